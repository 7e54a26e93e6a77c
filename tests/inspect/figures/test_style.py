"""Colours and lines that survive grey and colour blindness."""

import matplotlib
import numpy as np
import pytest

from remy.inspect.figures.style import LINES, SEQUENTIAL, diverging, house_style, new_figure

# Rec. 709: how bright the linear parts of a colour are.
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722])


def luminance(colors: np.ndarray) -> np.ndarray:
    c = np.asarray(colors)[..., :3]
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return linear @ _WEIGHTS


def test_the_sequential_map_only_becomes_lighter() -> None:
    steps = np.diff(luminance(matplotlib.colormaps[SEQUENTIAL](np.linspace(0, 1, 256))))
    assert (steps > 0).all()


def test_the_diverging_map_becomes_darker_on_both_sides_of_the_middle() -> None:
    found = luminance(diverging()(np.linspace(0, 1, 257)))
    assert (np.diff(found[:128]) > 0).all()
    assert (np.diff(found[129:]) < 0).all()


def test_equal_sizes_of_both_signs_are_about_equally_dark() -> None:
    found = luminance(diverging()(np.linspace(0, 1, 257)))
    np.testing.assert_allclose(found, found[::-1], atol=0.08)


def test_blue_and_orange_differ_for_the_red_green_blind() -> None:
    low, high = diverging()(0.1)[:3], diverging()(0.9)[:3]
    assert low[2] - low[0] > 0.3
    assert high[0] - high[2] > 0.3


@pytest.mark.parametrize("part", ["color", "linestyle", "marker"])
def test_no_two_curves_share_a_colour_a_line_style_or_a_marker(part: str) -> None:
    assert len({getattr(line, part) for line in LINES}) == len(LINES)


def test_the_users_own_settings_change_no_figure() -> None:
    with matplotlib.rc_context({"lines.linewidth": 9.0, "font.size": 30.0}), house_style():
        axes = new_figure(2, 2).subplots()
        assert axes.plot([0, 1])[0].get_linewidth() == matplotlib.rcParamsDefault["lines.linewidth"]
        assert axes.set_title("x").get_fontsize() == 9.5
