"""``remy predict``: what comes next, with probabilities."""

from __future__ import annotations

from typing import Annotated

import typer

from remy import defaults
from remy.cli.options import DebugFlag, JsonFlag, QuietFlag, RunArgument
from remy.cli.output import print_json, read_prompt, visible


def predict(
    run: RunArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The beginning; - reads standard input.")],
    top: Annotated[int, typer.Option(help="How many candidates.")] = defaults.TOP,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Say what probably comes next, and how probably."""
    from remy import runtime

    beginning = read_prompt(text)
    candidates = runtime.load(run).predict(beginning, top=top)
    if as_json:
        rows = [{"character": character, "probability": probability} for character, probability in candidates]
        print_json({"text": beginning, "next": rows})
        return
    width = max(len(visible(character)) for character, _ in candidates)
    for character, probability in candidates:
        print(f"{visible(character):<{width}}  {probability:.4f}")
