"""The gallery of units."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from remy.errors import DataError, UsageError
from remy.inspect import Trace, trace
from remy.inspect.figures import plot_units
from remy.inspect.units import Selectivity, unit_selectivity
from remy.layers import LSTM, SimpleRNN
from tests.inspect.figures.drawn import expect_named, expect_whole

TEXT = 'said "the cat" and "$5" 你\n went on "and on" again'


def traced(items: tuple[str, ...] = tuple(TEXT), units: int = 3) -> Trace:
    torch.manual_seed(1)
    x = torch.tensor([[[float(item == '"'), float(item == " ")] for item in items]])
    return replace(trace(LSTM(units), x), items={"": items})


def measured(found: Trace) -> Selectivity:
    return unit_selectivity(found, shifts=5)


def written(figure: Figure, panel: int, line: int) -> str:
    letters = [
        (t.get_position()[0], t.get_text()) for t in figure.axes[panel].texts if t.get_position()[1] == line
    ]
    return "".join(letter for _, letter in sorted(letters))


def test_a_passage_stands_over_the_mean_of_its_unit() -> None:
    selectivity = measured(traced())
    figure = plot_units(selectivity)
    for panel, unit in enumerate(selectivity.units):
        shown = figure.axes[panel].images[0].get_array()
        for line, passage in enumerate(unit.passages):
            text = passage.text.replace(" ", "␣").replace("\n", "⏎").replace("你", "□")
            assert written(figure, panel, line) == text
            np.testing.assert_allclose(shown[line].compressed(), passage.mean)


def test_with_the_trace_every_item_stands_over_its_own_state() -> None:
    found = traced()
    selectivity = measured(found)
    figure = plot_units(selectivity, trace=found)
    layer = found.layers[0]
    assert layer.c is not None
    for panel, unit in enumerate(selectivity.units):
        state = (layer.h if unit.state == "h" else layer.c)[0, :, unit.unit]
        for line, passage in enumerate(unit.passages):
            first = max(0, passage.start - 6)
            last = min(len(TEXT), passage.stop + 6)
            shown = figure.axes[panel].images[0].get_array()[line].compressed()
            np.testing.assert_array_equal(shown, state[first:last])
            underlined = figure.axes[panel].lines[line].get_xdata()
            assert list(underlined) == [passage.start - first - 0.5, passage.stop - first - 0.5]


def test_a_panel_names_the_property_and_the_correlation() -> None:
    selectivity = measured(traced())
    figure = plot_units(selectivity)
    first = selectivity.units[0]
    assert figure.axes[0].get_title(loc="left") == (
        f"unit {first.unit}, {first.state}: {first.property}, correlation {first.correlation:+.2f}"
    )


def test_the_title_counts_the_units_beyond_chance() -> None:
    selectivity = measured(traced())
    for chance, count in ((0.0, 3), (1.0, 0)):
        title = plot_units(replace(selectivity, chance=chance)).get_suptitle().replace("\n", " ")
        assert f"{count} of 3 units follow a property more closely than chance ({chance:.2f})" in title


def test_the_colours_end_at_the_largest_size_that_is_shown() -> None:
    image = plot_units(measured(traced())).axes[0].images[0]
    assert (
        image.get_clim()[1] == -image.get_clim()[0] == pytest.approx(float(np.abs(image.get_array()).max()))
    )


def test_words_are_written_whole_with_spaces_between_them() -> None:
    items = ("one", '"', "two", "three", '"', "four", "five", '"', "six", "seven", '"', "eight")
    found = traced(items)
    selectivity = measured(found)
    figure = plot_units(selectivity, trace=found)
    assert "three" in "".join(written(figure, 0, line) for line in range(len(selectivity.units[0].passages)))
    expect_whole(figure)


def test_a_long_passage_is_cut_with_a_mark() -> None:
    selectivity = measured(traced())
    unit = selectivity.units[0]
    long = replace(unit.passages[0], text="a" * 300)
    figure = plot_units(replace(selectivity, units=(replace(unit, passages=(long,)),)))
    assert written(figure, 0, 0) == "a" * 71 + "…"
    expect_whole(figure)


def test_a_unit_that_never_moves_has_no_passage() -> None:
    still = SimpleRNN(1, kernel_initializer=lambda w: w.fill_(0.0))
    found = replace(trace(still, torch.ones(1, 12, 1)), items={"": tuple("abcdefghi kl")})
    figure = plot_units(measured(found))
    assert [text.get_text() for text in figure.axes[0].texts] == ["no passage"]
    expect_named(figure)


def test_another_trace_is_refused() -> None:
    selectivity = measured(traced())
    with pytest.raises(
        DataError, match="expected the trace that was measured, got one of 10 items and 3 units"
    ):
        plot_units(selectivity, trace=traced(tuple(TEXT[:10])))
    with pytest.raises(UsageError, match=r"layer: there is no 'other \(forward\)'"):
        plot_units(replace(selectivity, name="other"), trace=traced())
    with pytest.raises(DataError, match="expected at least one unit, got none"):
        plot_units(replace(selectivity, units=()))


@pytest.mark.parametrize("units", [1, 4])
def test_the_figure_is_whole(units: int) -> None:
    found = traced(units=units)
    for given in (None, found):
        figure = plot_units(measured(found), trace=given)
        expect_named(figure)
        expect_whole(figure)
