"""Eigenvalues of single steps."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from remy.errors import DataError, UsageError
from remy.inspect import LayerTrace, state_jacobians, trace
from remy.inspect.figures import plot_jacobian_spectrum
from remy.layers import LSTM, SimpleRNN
from tests.inspect.figures.drawn import expect_named, expect_whole, read


def turning(angle: float, size: float) -> LayerTrace:
    """Return the trace of a linear layer that turns its state and makes it `size` times as long."""
    turn = size * torch.tensor(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], dtype=torch.float32
    )
    layer = SimpleRNN(2, activation="linear", recurrent_initializer=lambda w: w.copy_(turn))
    return trace(layer, torch.ones(1, 5, 2)).layers[0]


def test_a_turning_state_has_its_two_eigenvalues_at_the_angle() -> None:
    figure = plot_jacobian_spectrum(turning(0.7, 1.25), steps=2)
    points = figure.axes[0].collections[0].get_offsets()
    wanted = [[1.25 * np.cos(0.7), -1.25 * np.sin(0.7)], [1.25 * np.cos(0.7), 1.25 * np.sin(0.7)]]
    np.testing.assert_allclose(sorted(map(list, points), key=lambda p: p[1]), wanted, atol=1e-6)
    assert "step 2:\nspectral radius 1.25, above 1 at 1 of 1" in figure.axes[0].get_title()


def test_an_lstms_state_is_h_and_c_and_both_roads_count() -> None:
    layer = read("hello", units=3).layers[0]
    figure = plot_jacobian_spectrum(layer)
    points = np.asarray(figure.axes[0].collections[0].get_offsets()).reshape(5, 6, 2)
    radii = [np.abs(np.linalg.eigvals(a + b)).max() for a, b in zip(*state_jacobians(layer), strict=True)]
    np.testing.assert_allclose(np.linalg.norm(points, axis=2).max(axis=1), radii, rtol=1e-4)
    title = figure.axes[0].get_title()
    assert f"spectral radius {min(radii):.3g} to {max(radii):.3g}" in title
    assert "one step of (h, c), 5 of 5 steps" in title


def test_the_colour_is_the_step_and_the_row_is_the_one_asked_for() -> None:
    layer = read("hello", rows=2).layers[0]
    points = plot_jacobian_spectrum(layer, steps=[3, -1], row=1).axes[0].collections[0]
    np.testing.assert_array_equal(np.unique(points.get_array()), [3, 4])
    cell_road, gate_road = state_jacobians(layer)
    wanted = np.linalg.eigvals((cell_road + gate_road)[5 + 3].astype(float))
    np.testing.assert_allclose(np.asarray(points.get_offsets())[:6, 0], wanted.real, atol=1e-5)


def test_the_axes_have_the_same_scale_and_the_circle_has_radius_1() -> None:
    axes = plot_jacobian_spectrum(turning(0.7, 1.25)).axes[0]
    assert axes.get_aspect() == 1.0
    circle = np.asarray(axes.lines[0].get_xydata())
    np.testing.assert_allclose(np.linalg.norm(circle, axis=1), 1.0)


def test_of_many_steps_some_are_drawn_and_the_title_says_how_many() -> None:
    figure = plot_jacobian_spectrum(read("a" * 300, units=2).layers[0])
    assert "32 of 300 steps" in figure.axes[0].get_title()


def test_masked_steps_are_left_out_or_refused() -> None:
    layer = read("abc", mask=[True, False, True]).layers[0]
    points = plot_jacobian_spectrum(layer).axes[0].collections[0]
    np.testing.assert_array_equal(np.unique(points.get_array()), [0, 2])
    with pytest.raises(UsageError, match="steps: step 1 is masked in row 0"):
        plot_jacobian_spectrum(layer, steps=1)
    layer = replace(layer, valid=np.zeros_like(layer.valid))
    with pytest.raises(DataError, match="every step of row 0 is masked"):
        plot_jacobian_spectrum(layer)


def test_a_step_or_row_that_is_not_there_is_refused() -> None:
    layer = read("abc").layers[0]
    with pytest.raises(UsageError, match="steps: expected kept steps from 0 to 2, or -1 to -3, got 3"):
        plot_jacobian_spectrum(layer, steps=3)
    with pytest.raises(UsageError, match="row: expected 0 to 0, got 1"):
        plot_jacobian_spectrum(layer, row=1)
    with pytest.raises(UsageError, match="expected at least one step, got none"):
        plot_jacobian_spectrum(layer, steps=[])


@pytest.mark.parametrize(("text", "units"), [("a", 1), ("hello", 8)])
def test_the_figure_is_whole(text: str, units: int) -> None:
    figure = plot_jacobian_spectrum(read(text, units=units, layer=LSTM).layers[0])
    expect_named(figure)
    expect_whole(figure)
