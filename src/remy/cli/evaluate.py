"""``remy evaluate``: how good a model is on a file, beside the baselines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from remy.cli.forecast import plot_form
from remy.cli.options import DebugFlag, JsonFlag, QuietFlag, RunArgument
from remy.cli.output import print_json, say
from remy.errors import UsageError


def evaluate(
    run: RunArgument,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]",
            help="A file, a data set, or -. [what was held out from the run's own data]",
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the confusion matrix to a .png or .svg file. [none]")
    ] = None,
    beam: Annotated[
        int | None, typer.Option(help="Sequences alive at once while one is written; 1 is greedy. [5]")
    ] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Score a model on a file, beside the baselines.

    Baselines are made from what the run learned from; they are left out, and it is said why, where that is
    not at hand.
    """
    from remy.cli.scores import score_lines
    from remy.tasks.evaluators import evaluate as evaluate_run

    form = plot_form(plot)
    result = evaluate_run(run, file, beam=beam)
    for note in result["notes"]:
        say(note, quiet=quiet)
    if plot is not None:
        _draw(result, plot, form)
    if as_json:
        print_json(result)
        return
    say(_what(result), quiet=quiet)
    print("\n".join(score_lines(result)))


def _what(result: dict[str, object]) -> str:
    """Say what was scored."""
    scored = result.get("scored_on")
    if isinstance(scored, dict):
        return f"{scored['records']} records of {scored['name']}"
    model = result["model"]
    assert isinstance(model, dict)
    return f"{model['characters']} characters of {result['data']}"


def _draw(result: dict[str, object], plot: Path, form: str) -> None:
    model = result["model"]
    if not isinstance(model, dict) or "confusion" not in model:
        raise UsageError(f"--plot: a {result['task']} has no confusion matrix of one label each to draw")
    from remy.io.atomic import write_bytes
    from remy.training.figures import confusion

    found = model["confusion"]
    write_bytes(plot, confusion(found["counts"], found["labels"], form=form))
