"""``remy backtest``: forecast again from earlier presents, and compare with what came."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from remy.cli.forecast import plot_form
from remy.cli.options import DebugFlag, JsonFlag, QuietFlag, RunArgument
from remy.cli.output import print_json, say
from remy.cli.rows import write_rows


def backtest(
    run: RunArgument,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="Series, or -. [the held-out end of the run's own series]"),
    ] = None,
    horizon: Annotated[int | None, typer.Option(help="Steps ahead. [as in training]")] = None,
    step: Annotated[
        int | None, typer.Option(help="Steps from one present to the next. [the horizon]")
    ] = None,
    windows: Annotated[int | None, typer.Option(help="Presents of each series, the last ones. [all]")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write every forecast to a CSV or .jsonl file. [none]")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the last forecasts to a .png or .svg file. [none]")
    ] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Forecast from many earlier presents, beside naive, seasonal naive and drift.

    The model is not trained again in between. Without a FILE only times are used that it neither learned
    from nor was chosen on, unless --windows asks for more; then it is said how many are earlier.
    """
    form = plot_form(plot)
    from remy.cli.scores import score_lines
    from remy.tasks.forecasting.backtest import backtest_run

    found = backtest_run(run, file, horizon=horizon, step=step, windows=windows)
    for note in found.scores["notes"]:
        say(note, quiet=quiet)
    if out is not None:
        write_rows(found.rows(), out=out, as_json=out.suffix.lower() in (".jsonl", ".json"))
    if plot is not None:
        from remy.io.atomic import write_bytes
        from remy.tasks.forecasting.figures import rolling_fan

        write_bytes(plot, rolling_fan(found.test, found.scores["targets"][0], form=form))
    if as_json:
        print_json(found.scores)
        return
    scored = found.scores["scored_on"]
    say(
        f"{scored['records']} forecasts of {scored['horizon']} steps on {scored['name']}, "
        f"from {scored['from']} to {scored['until']}",
        quiet=quiet,
    )
    print("\n".join(score_lines(found.scores)))
