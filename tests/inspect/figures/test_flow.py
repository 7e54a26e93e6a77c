"""The gradient over the lag."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from remy.errors import UsageError
from remy.inspect import Flow, gradient_flow
from remy.inspect.figures import plot_gradient_flow
from remy.layers import GRU, LSTM, SimpleRNN
from tests.inspect.figures.drawn import expect_named, expect_whole


def flow(factor: float, *, steps: int = 60, name: str = "rnn", start: float = 1.0) -> Flow:
    """Return a gradient that changes by a factor a step."""
    lags = np.arange(steps)
    h = start * factor**lags
    return Flow(name, "forward", "lstm", lags, h, None, h[:, None], h)


def curves(figure: Figure) -> list[Line2D]:
    return [line for line in figure.axes[0].lines if len(line.get_xdata()) > 1]


def rings(figure: Figure) -> list[Line2D]:
    return [line for line in figure.axes[0].lines if len(line.get_xdata()) == 1]


def test_a_curve_is_the_gradient_as_it_is() -> None:
    torch.manual_seed(2)
    found = gradient_flow(LSTM(4), torch.randn(2, 20, 3))[0]
    figure = plot_gradient_flow(found)
    np.testing.assert_array_equal(curves(figure)[0].get_ydata(), found.carried)
    np.testing.assert_array_equal(curves(figure)[0].get_xdata(), found.lags)
    assert figure.axes[0].get_yscale() == "log"


def test_doubled_gradients_lie_twice_as_high() -> None:
    one = flow(0.9)
    once, twice = curves(plot_gradient_flow([one, replace(one, carried=2 * one.carried)]))
    np.testing.assert_array_equal(twice.get_ydata(), 2 * np.asarray(once.get_ydata()))


def test_a_ring_marks_one_percent_of_lag_0_at_the_horizon() -> None:
    found = flow(0.8, start=3.0)
    ring = rings(plot_gradient_flow(found))[0]
    assert ring.get_xdata()[0] == found.horizon == 21
    assert ring.get_ydata()[0] == pytest.approx(0.03)


def test_a_gradient_that_stays_has_no_ring() -> None:
    assert not rings(plot_gradient_flow(flow(1.0)))


def test_each_curve_is_told_apart_without_colour() -> None:
    figure = plot_gradient_flow([flow(0.5 + 0.05 * k) for k in range(8)])
    drawn = curves(figure)
    # The pattern of dashes that a grey print keeps, in points.
    patterns = {repr(line._unscaled_dash_pattern) for line in drawn}
    assert len(patterns) == len({line.get_marker() for line in drawn}) == len(drawn) == 8
    handles = figure.legends[0].legend_handles
    assert len({handle.get_marker() for handle in handles[:8]}) == 8


def test_the_legend_has_the_fitted_decay_and_the_horizon() -> None:
    figure = plot_gradient_flow([flow(0.9), flow(1.0)], labels=["mine", "yours"])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "mine: fitted × 0.9 a step, below 1 % from lag 44",
        "yours: fitted × 1 a step, not below 1 %",
        "1 % of lag 0, at the horizon",
    ]


@pytest.mark.parametrize(
    ("flows", "title"),
    [
        ([0.9], "a falls below 1 % of lag 0 at lag 44"),
        ([0.9, 0.8], "a reaches furthest: below 1 % of lag 0 from lag 44"),
        ([0.7, 0.8, 0.8], "b and c reach furthest: below 1 % of lag 0 from lag 21"),
        ([0.8, 0.8], "a and b reach equally far: below 1 % of lag 0 from lag 21"),
        ([1.0], "a is still above 1 % of lag 0 at lag 59, the last"),
        (
            [1.0, 0.9],
            "a is still above 1 % of lag 0 at lag 59, the last: furthest; next b, below from lag 44",
        ),
        ([1.0, 1.1], "a and b are still above 1 % of lag 0 at lag 59, the last"),
        ([0.0], "No gradient arrives"),
    ],
)
def test_the_title_says_which_reaches_furthest(flows: list[float], title: str) -> None:
    given = [flow(factor, start=float(factor > 0)) for factor in flows]
    names = list("abc"[: len(given)])
    assert plot_gradient_flow(given, labels=names).axes[0].get_title().replace("\n", " ") == title


def test_what_was_not_measured_far_enough_is_not_called_furthest() -> None:
    figure = plot_gradient_flow([flow(0.99, steps=10), flow(0.9)], labels=["short", "long"])
    assert figure.axes[0].get_title() == (
        "short is still above 1 % of lag 0 at lag 9, the last; long below from lag 44"
    )


def test_lags_without_a_gradient_are_counted_and_not_drawn() -> None:
    found = flow(0.9)
    h = found.h.copy()
    h[50:] = 0.0
    figure = plot_gradient_flow(replace(found, carried=h))
    assert np.isnan(curves(figure)[0].get_ydata()[50:]).all()
    assert "0 at 10 lags" in figure.legends[0].get_texts()[0].get_text()


def test_flows_and_labels_are_counted() -> None:
    with pytest.raises(UsageError, match="expected 1 to 8 flows, got 0"):
        plot_gradient_flow([])
    with pytest.raises(UsageError, match="expected 1 to 8 flows, got 9; more curves cannot be told apart"):
        plot_gradient_flow([flow(0.9)] * 9)
    with pytest.raises(UsageError, match="expected 2 labels, one for each flow, got 1"):
        plot_gradient_flow([flow(0.9)] * 2, labels=["one"])


def test_the_figure_is_whole_with_strange_and_long_names() -> None:
    figure = plot_gradient_flow(
        [flow(0.9), flow(1.2), flow(0.5, steps=1)],
        labels=["$a$ and $b$", "你好 a very long name " * 5, "😀\n"],
    )
    expect_named(figure)
    expect_whole(figure)


def test_cells_that_were_run_are_drawn() -> None:
    x = torch.ones(1, 12, 2)
    figure = plot_gradient_flow([gradient_flow(layer(3), x)[0] for layer in (SimpleRNN, GRU, LSTM)])
    assert [text.get_text().split(":")[0] for text in figure.legends[0].get_texts()][:3] == [
        f"{name} ({cell}, forward)"
        for name, cell in (
            (gradient_flow(SimpleRNN(3), x)[0].name, "simple_rnn_tanh"),
            (gradient_flow(GRU(3), x)[0].name, "gru_reset_after"),
            (gradient_flow(LSTM(3), x)[0].name, "lstm"),
        )
    ]
