"""``remy generate``: write on."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from remy import defaults
from remy.cli.options import DebugFlag, JsonFlag, QuietFlag, RunArgument
from remy.cli.output import print_json, read_prompt


def generate(
    run: RunArgument,
    prompt: Annotated[str, typer.Option(metavar="TEXT", help="The beginning; - reads standard input.")] = "",
    length: Annotated[int, typer.Option(help="How many characters to write.")] = defaults.LENGTH,
    temperature: Annotated[
        float, typer.Option(help="Below 1: more probable characters; 0: always the most probable.")
    ] = defaults.TEMPERATURE,
    top_k: Annotated[int | None, typer.Option(help="Choose among so many candidates only. [all]")] = None,
    top_p: Annotated[
        float | None,
        typer.Option(help="Choose among the candidates that make up this probability. [all]"),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed writes the same text. [a new one]")] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Write on from a beginning."""
    from remy import runtime

    beginning = read_prompt(prompt)
    model = runtime.load_as(run, runtime.LanguageModel)
    pieces = model.stream(beginning, length, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
    if as_json:
        print_json({"prompt": beginning, "text": "".join(pieces), "seed": seed})
        return
    # The first character is asked for before anything is printed, so that an error stands alone.
    first = next(pieces, "")
    sys.stdout.write(beginning + first)
    for piece in pieces:
        sys.stdout.write(piece)
        sys.stdout.flush()
    sys.stdout.write("\n")
