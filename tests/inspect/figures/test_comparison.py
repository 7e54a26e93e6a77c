"""Cells side by side."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from remy.inspect.figures import plot_comparison, save_figure
from remy.tasks.comparison import result, rows
from tests.inspect.figures.drawn import expect_named, expect_whole

SCALE = rows.Scale("nats/char", more_is_better=False)


@dataclass(frozen=True)
class Row:
    name: str
    measures: dict[str, list[float]]
    units: dict[str, str] = field(default_factory=dict)
    at_least: tuple[bool, ...] = (False, False)


@dataclass(frozen=True)
class Table:
    rows: tuple[Row, ...]
    scale: Any = SCALE
    data: str = "costs_$5.txt"
    task: str = "language-model"
    seeds: tuple[int, ...] = (0, 1)
    verdict: str = "By nats/char, lstm cannot be told apart from gru."

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


TABLE = Table(
    (
        Row(
            "lstm",
            {"nats/char": [2.0, 2.5], "words/s": [100, 110], "memory horizon": [30, 61]},
            {},
            (False, True),
        ),
        Row(
            "gru",
            {"nats/char": [1.5, 1.75], "words/s": [200, 220], "memory horizon": [12, 14], "open": [0.5, 1]},
        ),
    )
)


def panel(figure: Figure, beginning: str) -> Axes:
    return next(axes for axes in figure.axes if axes.get_xlabel().startswith(beginning))


def points(axes: Axes) -> dict[tuple[float, float], str]:
    lines = [line for line in axes.lines if line.get_marker() in ("o", ">") and len(line.get_xdata())]
    return {(line.get_xdata()[0], line.get_ydata()[0]): line.get_marker() for line in lines}


def test_every_seed_is_a_point_in_the_line_of_its_cell() -> None:
    axes = panel(plot_comparison(TABLE), "nats/char")
    assert set(points(axes)) == {(2.0, 0), (2.5, 0), (1.5, 1), (1.75, 1)}
    assert [label.get_text() for label in axes.get_yticklabels()] == ["lstm", "gru"]


def test_the_bar_reaches_over_the_seeds_and_the_stroke_is_their_median() -> None:
    axes = panel(plot_comparison(TABLE), "nats/char")
    spans = [list(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2]
    assert spans == [[2.0, 2.5], [2.25, 2.25], [1.5, 1.75], [1.625, 1.625]]


def test_every_axis_begins_at_0() -> None:
    assert [axes.get_xlim()[0] for axes in plot_comparison(TABLE).axes] == [0.0] * 4


def test_a_negative_score_keeps_0_in_sight() -> None:
    axes = plot_comparison(replace(TABLE, rows=(Row("lstm", {"R²": [-2.0, -1.0]}),))).axes[0]
    assert axes.get_xlim()[0] < -2 < 0 <= axes.get_xlim()[1]


def test_a_horizon_beyond_what_was_seen_is_at_least_so_much() -> None:
    axes = panel(plot_comparison(TABLE), "memory horizon")
    assert points(axes) == {(30, 0): "o", (61, 0): ">", (12, 1): "o", (14, 1): "o"}
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["at least"]


def test_the_score_says_which_way_is_better_beside_the_baseline() -> None:
    scale = rows.Scale("nats/char", False, "n-gram $", 1.875, 0.5)
    axes = panel(plot_comparison(replace(TABLE, scale=scale)), "nats/char")
    assert axes.get_xlabel() == "nats/char (less is better)"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["n-gram $ 1.88", "solved 0.5"]
    assert [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() in ("--", ":")] == [1.875, 0.5]


def test_what_a_cell_lacks_or_cannot_say_is_called_none() -> None:
    rows = (Row("a", {"x": [math.nan, math.nan], "y": [1.0, math.nan]}), Row("b", {"x": [1.0, 2.0]}))
    figure = plot_comparison(replace(TABLE, rows=rows))
    assert [(t.get_position()[1], t.get_text()) for t in panel(figure, "x").texts] == [(0, "none")]
    assert [(t.get_position()[1], t.get_text()) for t in panel(figure, "y").texts] == [(1, "none")]
    assert set(points(panel(figure, "y"))) == {(1.0, 0)}


def test_each_measure_is_named_with_its_unit() -> None:
    rows = (Row("a", {"one step": [3.0, 4.0], "words/s": [1, 2]}, {"one step": "µs"}),)
    names = [axes.get_xlabel() for axes in plot_comparison(replace(TABLE, rows=rows)).axes]
    assert names == ["one step (µs)", "training speed (words/s)"]


def test_the_title_is_the_verdict() -> None:
    assert plot_comparison(TABLE).get_suptitle().replace("\n", " ") == (
        "costs_$5.txt (language-model, 2 seeds): By nats/char, lstm cannot be told apart from gru."
    )


def test_a_comparison_as_the_tasks_make_it_is_drawn_whole(tmp_path: Path) -> None:
    from remy.tasks.comparison.variants import Variant

    def training(seed: int, gates: tuple[str, ...]) -> rows.Training:
        return rows.Training(
            seed, 1234567, 0.1 + 0.01 * seed, 100, "epochs", 3.0, 900.0 + seed, 3e-6,
            (rows.Reach("rnn_0", "forward", 60, None if seed else 12, 0.9, 0.02),),
            tuple(rows.Gate("rnn_0", "forward", gate, 0.7, 0.1, 0.2) for gate in gates),
        )  # fmt: skip

    table_rows = tuple(
        rows.Row(variant, tuple(training(seed, gates) for seed in range(2)), "mean squared error", "sequence")
        for variant, gates in ((Variant("simple_rnn"), ()), (Variant("lstm", 2, True), ("forget",)))
    )
    scale = rows.Scale("mean squared error", False, "always 1", 0.167, 0.02)
    table = result.Comparison("adding", "problem", scale, table_rows, seeds=(0, 1))
    figure = plot_comparison(table)
    expect_whole(figure)
    for axes in figure.axes[::3]:
        assert axes.get_ylabel() == "cell (name)"
    assert {name.split(" (")[0] for name in (axes.get_xlabel() for axes in figure.axes)} >= {
        "mean squared error", "parameters", "training speed", "one step", "memory horizon"
    }  # fmt: skip
    save_figure(figure, tmp_path / "comparison.svg")


@pytest.mark.parametrize("count", [1, 12])
def test_one_and_many_cells_are_drawn_whole(count: int) -> None:
    rows = tuple(replace(TABLE.rows[0], name=f"bidirectional cell {k}, 2 layers") for k in range(count))
    figure = plot_comparison(replace(TABLE, rows=rows))
    expect_whole(figure)
    expect_named(plot_comparison(replace(TABLE, rows=(Row("a", {"x": [1.0, 2.0]}),))))
