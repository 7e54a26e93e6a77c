"""States and gates over time."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from remy.errors import UsageError
from remy.inspect.figures import plot_trace, save_figure
from remy.layers import GRU, LSTM, Bidirectional, SimpleRNN
from tests.inspect.figures.drawn import expect_named, expect_whole, read

STRANGE = (
    "$",
    "5$",
    "😀",
    "你好",
    "\n",
    " ",
    "antidisestablishmentarianism" * 3,
    "",
    "\t",
    "a_{b}",
    "\\frac",
)


def panels(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]


def bars(figure: Figure) -> dict[str, Axes]:
    return {a.get_ylabel().replace("\n", " "): a for a in figure.axes if a.get_label() == "<colorbar>"}


@pytest.mark.parametrize(
    ("layer", "labels"),
    [
        (SimpleRNN, ["h (no unit)"]),
        (GRU, ["h (no unit)", "update gate (share)", "reset gate (share)", "candidate (no unit)"]),
        (
            LSTM,
            ["h (no unit)", "c (no unit)", "input gate (share)", "forget gate (share)", "candidate (no unit)",
             "output gate (share)"],
        ),
    ],
)  # fmt: skip
def test_every_state_and_gate_has_its_panel(layer: Any, labels: list[str]) -> None:
    figure = plot_trace(read("hello", layer=layer))
    assert list(bars(figure)) == [*labels, "probability (share)"]
    assert len(panels(figure)) == len(labels) + 2
    expect_named(figure)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("h", lambda layer: layer.h),
        ("c", lambda layer: layer.c),
        ("forget", lambda layer: layer.gate("forget")),
    ],
)
def test_a_panel_shows_the_traces_own_numbers_units_down(name: str, values: Any) -> None:
    trace = read("hello", rows=2)
    image = panels(plot_trace(trace, what=name, row=1, units=[2, 0]))[0].images[0]
    np.testing.assert_array_equal(image.get_array(), values(trace.layers[0])[1][:, [2, 0]].T)


def test_a_states_scale_ends_at_the_largest_size_and_says_so() -> None:
    trace = read("hello")
    assert trace.layers[0].c is not None
    figure = plot_trace(trace, what="c")
    largest = float(np.abs(trace.layers[0].c).max())
    image = panels(figure)[0].images[0]
    assert image.get_clim() == (-largest, largest)
    written = [label.get_text() for label in bars(figure)["c (no unit)"].get_yticklabels()]
    assert written == [f"{-largest:.3g}", "0", f"{largest:.3g}"]


def test_masked_values_do_not_stretch_the_scale() -> None:
    trace = read("hello", mask=[True, True, False, True, True])
    layer = trace.layers[0]
    h = layer.h.copy()
    h[0, 2] = 50.0
    figure = plot_trace(replace(trace, layers=(replace(layer, h=h),)), what="h")
    assert panels(figure)[0].images[0].get_clim()[1] < 1


@pytest.mark.parametrize(("gate", "ends"), [("forget", (0, 1)), ("candidate", (-1, 1))])
def test_a_gates_scale_is_always_the_same(gate: str, ends: tuple[float, float]) -> None:
    assert panels(plot_trace(read("hello"), what=gate))[0].images[0].get_clim() == ends


def test_a_gate_held_beyond_its_scale_is_marked_by_an_arrow() -> None:
    trace = read("hello")
    layer = trace.layers[0]
    gates = layer.gates.copy()
    gates[0, 1, 1] = 2.0
    figure = plot_trace(replace(trace, layers=(replace(layer, gates=gates),)), what="forget")
    assert panels(figure)[0].images[0].colorbar.extend == "max"


def test_states_that_are_all_zero_are_drawn() -> None:
    trace = read("hello")
    layer = replace(trace.layers[0], h=np.zeros_like(trace.layers[0].h))
    figure = plot_trace(replace(trace, layers=(layer,)), what="h")
    assert [label.get_text() for label in bars(figure)["h (no unit)"].get_yticklabels()] == ["0"]


def test_masked_steps_are_hatched_and_hidden_in_every_panel() -> None:
    figure = plot_trace(read("abcdefg", mask=[False, True, True, False, False, True, True]))
    for axes in panels(figure):
        spans = [(p.get_x(), p.get_width()) for p in axes.patches if p.get_hatch()]
        assert spans == [(-0.5, 1.0), (2.5, 2.0)]
        for image in axes.images:
            assert image.get_array().mask.all(axis=0).tolist() == [
                True,
                False,
                False,
                True,
                True,
                False,
                False,
            ]
    assert "hatched: masked" in panels(figure)[-1].get_xlabel()


def test_the_gradients_are_drawn_as_they_are() -> None:
    trace = read("hello")
    gradients = trace.layers[0].gradients
    assert gradients is not None
    double = replace(gradients, h=2 * gradients.h)
    layer = replace(trace.layers[0], gradients=double)
    once = panels(plot_trace(trace, what="gradients"))[0]
    twice = panels(plot_trace(replace(trace, layers=(layer,)), what="gradients"))[0]
    np.testing.assert_array_equal(once.lines[0].get_ydata(), gradients.norms["h"][0])
    np.testing.assert_allclose(twice.lines[0].get_ydata(), 2 * once.lines[0].get_ydata(), rtol=1e-6)
    np.testing.assert_array_equal(twice.lines[1].get_ydata(), once.lines[1].get_ydata())
    assert once.get_yscale() == "log"


def test_a_gradient_of_nothing_is_counted_and_not_drawn() -> None:
    trace = read("hello")
    gradients = trace.layers[0].gradients
    assert gradients is not None
    h = gradients.h.copy()
    h[0, :2] = 0.0
    layer = replace(trace.layers[0], gradients=replace(gradients, h=h, x=0 * gradients.x))
    axes = panels(plot_trace(replace(trace, layers=(layer,)), what="gradients"))[0]
    said = [text.get_text() for text in axes.get_legend().get_texts()]
    assert said == ["at h (0 at 2 of 5 steps)", "at c", "at x (0 at 5 of 5 steps)"]
    assert np.isnan(axes.lines[0].get_ydata()[:2]).all()


def test_gradients_of_nothing_at_all_are_drawn(tmp_path: Path) -> None:
    trace = read("hello", layer=GRU)
    gradients = trace.layers[0].gradients
    assert gradients is not None
    layer = replace(trace.layers[0], gradients=replace(gradients, h=0 * gradients.h, x=0 * gradients.x))
    save_figure(plot_trace(replace(trace, layers=(layer,)), what="gradients"), tmp_path / "a.png")


def test_the_likeliest_answers_stand_at_their_steps() -> None:
    trace = read("hello")
    assert trace.probabilities is not None
    axes = panels(plot_trace(trace, what="answers"))[0]
    shown = {(t.get_position()[0], t.get_position()[1]): t.get_text() for t in axes.texts}
    names = {0: "a", 1: "␣", 2: "⏎", 3: "$", 4: "😀", 5: "U+4F60"}
    for step, likely in enumerate(trace.probabilities[0]):
        order = np.argsort(-likely)[:5]
        assert [shown[step, rank] for rank in range(5)] == [names[int(v)] for v in order]
        np.testing.assert_array_equal(axes.images[0].get_array()[:, step], likely[order])


def test_answers_of_other_steps_than_the_layers_are_left_out() -> None:
    trace = read("hello")
    assert trace.probabilities is not None
    longer = replace(trace, probabilities=np.concatenate([trace.probabilities] * 2, axis=1))
    with pytest.raises(UsageError, match="answers"):
        plot_trace(longer, what="answers")


def test_what_and_units_choose() -> None:
    figure = plot_trace(read("hello", units=7), what=["output", "h"], units=5)
    assert list(bars(figure)) == ["output gate (share)", "h (no unit)"]
    assert [label.get_text() for label in panels(figure)[0].get_yticklabels()] == ["5"]


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_the_title_says_which_direction(direction: str) -> None:
    trace = read("hello", layer=lambda units, **more: Bidirectional(GRU(units, **more)))
    name = trace.layers[0].name
    title = plot_trace(trace, layer=name, direction=direction, what="h").get_suptitle()
    assert title.startswith(f"{name} (gru_reset_after, {direction}): 3 units, 5 steps, loss ")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"row": 1}, "row: expected 0 to 0, got 1"),
        ({"row": -1}, "row: expected 0 to 0, got -1"),
        ({"units": 3}, "unit: expected 0 to 2 in rnn, got 3"),
        ({"units": []}, "units: expected some of 0 to 2, got none; pass None for all"),
        ({"layer": 1}, "layer: expected 0 to 0, got 1"),
        ({"what": "forgot"}, "what: expected one of h, c, input, forget, .*; did you mean 'forget'?"),
        ({"what": []}, "what: expected one or several of h, c, .*, got none"),
    ],
)
def test_what_is_not_there_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=f"^{said}"):
        plot_trace(read("hello"), **given)


@pytest.mark.parametrize(
    ("items", "units", "layer"),
    [
        (STRANGE, 3, LSTM),
        (("one",), 1, LSTM),
        (("one",), 1, SimpleRNN),
        (tuple("the quick brown fox " * 15), 2, SimpleRNN),
        (("words", "of", "a", "text"), 150, GRU),
    ],
)
def test_nothing_is_cut_off_or_written_over(items: tuple[str, ...], units: int, layer: Any) -> None:
    figure = plot_trace(read(items, units=units, layer=layer))
    expect_named(figure)
    expect_whole(figure)


def test_a_long_title_is_broken_into_lines() -> None:
    trace = replace(read("hello"), held=tuple(f"forget = {k}, steps 1 to 20" for k in range(9)))
    figure = plot_trace(trace, what="h")
    assert "held: forget = 0, steps 1 to 20; forget = 1" in figure.get_suptitle().replace("\n", " ")
    expect_whole(figure)


def test_of_three_hundred_steps_every_fourth_is_named() -> None:
    axes = panels(plot_trace(read("abcdefghij" * 30), what="h"))[-1]
    assert [label.get_text() for label in axes.get_xticklabels()][:5] == ["a", "e", "i", "c", "g"]
    assert axes.get_xlabel() == "step (what was read, every 4th named)"


def test_steps_without_items_are_numbered() -> None:
    trace = replace(read("hello"), items={})
    axes = panels(plot_trace(trace, what="h"))[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "1", "2", "3", "4"]
    assert axes.get_xlabel() == "step (number)"
