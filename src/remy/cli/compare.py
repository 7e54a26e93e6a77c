"""``remy compare``: the cells side by side, trained under equal budgets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remy.cli.options import DebugFlag, JsonFlag, QuietFlag
from remy.cli.output import print_json, say
from remy.errors import UsageError, choice

if TYPE_CHECKING:
    from rich.table import Table

    from remy.tasks.comparison import Comparison, Row, Starts

#: Columns of a table that goes to no terminal.
_WIDTH = 140

_DIRECTIONS = {"no": (False,), "yes": (True,), "both": (False, True)}


def compare(
    data: Annotated[
        str,
        typer.Argument(
            metavar="FILE|DATASET|PROBLEM",
            help="What remy train takes, or a problem of pure memory: adding or copy.",
        ),
    ],
    cell: Annotated[
        list[str] | None,
        typer.Option(help="simple_rnn, lstm or gru; repeatable, or a,b. [all]", show_default=False),
    ] = None,
    units: Annotated[
        int | None, typer.Option(help="Size of each layer's state. [the task's]", show_default=False)
    ] = None,
    layers: Annotated[str, typer.Option(help="Recurrent layers: 1, or 1,2.")] = "1",
    bidirectional: Annotated[str, typer.Option(help="Read in both directions: no, yes or both.")] = "no",
    seeds: Annotated[int, typer.Option(help="Trainings of each.")] = 3,
    epochs: Annotated[
        float | None,
        typer.Option(
            help="Passes over the training data; of a problem hundreds of updates. [the task's; 40]",
            show_default=False,
        ),
    ] = None,
    max_time: Annotated[
        str | None,
        typer.Option(help="End each training after 90s, 8m, 1h30m. [none]", show_default=False),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(help="Of a problem: length of adding [150], delay of copy [10].", show_default=False),
    ] = None,
    task: Annotated[str | None, typer.Option(help="What to learn. [guessed]", show_default=False)] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="The first of the seeds; the data are cut by it. [0]", show_default=False),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="Processors to use. [the task's]", show_default=False)
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Any other option of remy train, such as data.label=stars."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Folder for comparison.json and comparison.svg. [none]", show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a comparison in that folder.")] = False,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Train the cells under equal budgets and seeds, and show who learns and who remembers.

    All trainings make the same updates on the same data. The second table shows the same cells untrained.
    """
    from remy import config as configuration
    from remy.tasks.comparison import compare as train_all

    options = configuration.parse_assignments(assignments or [])
    options |= {
        key: value for key, value in (("train.seed", seed), ("train.threads", threads)) if value is not None
    }
    found = train_all(
        data,
        **({"cells": _names(cell)} if cell else {}),
        units=units,
        layers=_counts(layers),
        bidirectional=_DIRECTIONS[choice("--bidirectional", bidirectional, _DIRECTIONS)],
        seeds=seeds,
        epochs=epochs,
        max_time=max_time,
        steps=steps,
        task=task,
        options=options,
        out=out,
        force=force,
        quiet=quiet,
    )
    if as_json:
        print_json(found.to_json())
    else:
        _show(found)
    for note in found.notes:
        say(note, quiet=quiet)
    if out is not None:
        say(f"{out}: comparison.json and comparison.svg", quiet=quiet)


def _names(given: list[str]) -> tuple[str, ...]:
    return tuple(name.strip() for each in given for name in each.split(",") if name.strip())


def _counts(given: str) -> tuple[int, ...]:
    try:
        return tuple(int(count) for count in given.split(","))
    except ValueError:
        raise UsageError(f"--layers: expected a number or several as 1,2, got '{given}'") from None


def _show(found: Comparison) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = _WIDTH
    console.print(_table(found))
    console.print()
    console.print(_legend(found))
    for sentence in (*found.sentences, found.verdict, found.fairness):
        console.print(sentence)
    for each in found.left_out:
        console.print(f"Left out: {each.name}: {each.reason}")
    if found.starts is not None:
        console.print()
        console.print(_starts(found.starts))
        console.print()
        for sentence in found.starts.sentences:
            console.print(sentence)


def _table(found: Comparison) -> Table:
    item = found.rows[0].item
    scale = found.scale
    heads = ["parameters", "updates", f"{item}s/s", "one step", scale.name, "horizon", "gate", "saturated"]
    table = _empty(found.data, heads)
    for row in found.rows:
        table.add_row(row.name, *_cells(row))
    if scale.baseline is not None:
        table.add_row(f"{scale.baseline_name} (baseline)", *[""] * 4, f"{scale.baseline:.4g}", *[""] * 3)
    return table


def _legend(found: Comparison) -> str:
    """Say what the columns mean."""
    seeds = len(found.seeds)
    middle = f"the middle one of {seeds} seeds" if seeds > 1 else "of one seed"
    return (
        f"Figures are {middle}, scores the mean ± standard deviation. horizon: the lag from which the "
        f"gradient of the last state is below 1 % of that at lag 0, on {found.looked_at}. "
        "saturated: share of the gate's values below 0.1 or above 0.9."
    )


def _cells(row: Row) -> list[str]:
    from remy.tasks.comparison.sentences import spread

    updates = sorted({each.updates for each in row.trainings})
    gate = next((name for name in ("forget gate", "update gate") if name in row.measures), None)
    return [
        f"{row.parameters:,}",
        f"{updates[0]:,}" if len(updates) == 1 else f"{updates[0]:,} to {updates[-1]:,}",
        f"{row.median(f'{row.item}s/s'):,.0f}",
        f"{row.median('one step'):.1f} µs",
        spread(row.scores),
        _horizons(row),
        "" if gate is None else f"{gate.removesuffix(' gate')} {row.median(gate):.2f}",
        "" if gate is None else f"{row.median('saturated gates'):.0%}",
    ]


def _horizons(row: Row) -> str:
    """Return the middle horizon of the seeds, with its range where they differ."""
    from statistics import median_low

    each = sorted(zip(row.measures["memory horizon"], row.at_least, strict=True))
    words = [f"> {lags - 1:.0f}" if beyond else f"{lags:.0f}" for lags, beyond in each]
    middle = words[median_low(range(len(words)))]
    return middle if len(set(words)) == 1 else f"{middle} ({words[0]} to {words[-1]})"


def _starts(starts: Starts) -> Table:
    table = _empty("untrained", ["horizon", "gradient a step"])
    for row in starts.rows:
        horizon = f"> {starts.steps - 1}" if row.horizon is None else str(row.horizon)
        table.add_row(row.name, horizon, f"{row.decay:.4f}")
    return table


def _empty(first: str, heads: list[str]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(first, no_wrap=True)
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    return table
