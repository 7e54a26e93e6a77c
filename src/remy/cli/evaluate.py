"""``remy evaluate``: how well a model predicts a text, beside the baseline."""

from __future__ import annotations

from typing import Annotated

import typer

from remy.cli.options import DebugFlag, JsonFlag, QuietFlag, RunArgument
from remy.cli.output import print_json, say, score_table


def evaluate(
    run: RunArgument,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]",
            help="A text, a data set, or -. [the held-out part of the run's own text]",
        ),
    ] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Score a model on a text, beside an n-gram model.

    Both are given in nats and bits per character; the n-gram model is of the text the run learned from.
    """
    from remy.tasks.evaluation import evaluate_run
    from remy.tasks.sources import open_source

    result = evaluate_run(run, open_source(file) if file is not None else None)
    for note in result["notes"]:
        say(note, quiet=quiet)
    if as_json:
        print_json(result)
        return
    say(f"{result['model']['characters']} characters of {result['data']}", quiet=quiet)
    print(score_table(result["model"], result["baseline"]))
