"""``remy forecast``: the steps after the end of series."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remy.cli.options import DebugFlag, JsonFlag, QuietFlag, RunArgument
from remy.cli.output import say
from remy.cli.rows import write_rows
from remy.errors import UsageError

if TYPE_CHECKING:
    from remy import runtime
    from remy.data.tracks import Track


def forecast(
    run: RunArgument,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="Series up to the present, or -. [the run's own series]"),
    ] = None,
    horizon: Annotated[int | None, typer.Option(help="Steps ahead. [as in training]")] = None,
    quantiles: Annotated[str | None, typer.Option(help="Levels: 0.1,0.5,0.9. [0.1,0.5,0.9]")] = None,
    future: Annotated[
        str | None, typer.Option(metavar="FILE", help="Times ahead and what is known of them. [none]")
    ] = None,
    series: Annotated[str | None, typer.Option(help="Only the series of this name. [all]")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where the rows go. [standard output]")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw a series' forecast to a .png or .svg file. [none]")
    ] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Forecast the steps after the end of series: the median and quantiles of each.

    Rows are CSV, or with --json one JSON object a line.
    """
    form = plot_form(plot)
    levels = parse_levels(quantiles)
    from remy.tasks.forecasting.ahead import forecast_run, rows_of
    from remy.tasks.forecasting.evaluation import open_run

    opened = open_run(run)
    forecasts, tracks = forecast_run(
        opened, file, horizon=horizon, quantiles=levels, future=future, series=series
    )
    targets = opened.model.scaler.columns.target
    if plot is not None:
        _draw(forecasts[0], tracks[0], targets[0], plot, form)
        if len(forecasts) > 1 or len(targets) > 1:
            say(
                f"{plot}: {targets[0]} of series '{forecasts[0].series}'; --series draws another", quiet=quiet
            )
    write_rows(rows_of(forecasts, targets), out=out, as_json=as_json)


def parse_levels(words: str | None) -> list[float] | None:
    """Return the levels of ``"0.1,0.5,0.9"``.

    Raises
    ------
    UsageError
        If one is no number between 0 and 1, or they do not rise.
    """
    if words is None:
        return None
    from remy.runtime.forecaster import check_levels

    try:
        return list(check_levels([float(word) for word in words.split(",")]))
    except UsageError as error:
        raise UsageError(f"--{error}") from None
    except ValueError:
        raise UsageError(f"--quantiles: expected levels such as 0.1,0.5,0.9, got '{words}'") from None


def plot_form(plot: Path | None) -> str:
    """Return the form of a picture by its ending.

    Raises
    ------
    UsageError
        If that is none of a picture.
    """
    form = plot.suffix.lower().lstrip(".") if plot is not None else "png"
    if form not in ("png", "svg"):
        raise UsageError(f"--plot: expected a file that ends in .png or .svg, got {plot}")
    return form


def _draw(made: runtime.Forecast, track: Track, target: str, plot: Path, form: str) -> None:
    from remy.io.atomic import write_bytes
    from remy.tasks.forecasting.figures import forecast_fan

    start = max(0, len(track) - max(60, 3 * len(made.times)))
    picture = forecast_fan(
        track.times[start:],
        track.target[start:, 0],
        made.times,
        made.point[:, 0],
        made.levels,
        made.quantiles[:, 0],
        title=f"{made.series}: the next {len(made.times)} steps",
        unit=target,
        form=form,
    )
    write_bytes(plot, picture)
