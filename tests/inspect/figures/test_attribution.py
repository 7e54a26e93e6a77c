"""Contributions as bars."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes

from remy.errors import UsageError
from remy.inspect.attribution import Attribution, attribute
from remy.inspect.figures import plot_attribution
from remy.layers import GRU
from tests.inspect.figures.drawn import expect_named, expect_whole

STRANGE = ("$", "5$", "😀", "你好", "\n", " ", "antidisestablishmentarianism")


def attributed(items: tuple[str, ...] | None = STRANGE, steps: int = 7) -> Attribution:
    torch.manual_seed(3)
    found = attribute(GRU(4), torch.randn(2, steps, 3), 1)
    return found if items is None else replace(found, items=items)


def heights(axes: Axes) -> dict[int, float]:
    return {
        round(bar.get_x() + bar.get_width() / 2): bar.get_height() for each in axes.containers for bar in each
    }


def test_a_bar_is_the_contribution_as_it_is() -> None:
    found = attributed()
    once = heights(plot_attribution(found, row=1).axes[0])
    twice = heights(plot_attribution(replace(found, values=2 * found.values), row=1).axes[0])
    assert once == dict(enumerate(found.values[1]))
    assert twice == dict(enumerate(2 * found.values[1]))


def test_both_signs_are_told_apart_without_colour() -> None:
    figure = plot_attribution(replace(attributed(), values=np.array([[1.0, -1, 2, -2, 3, -3, 0]] * 2)))
    hatched = {bar.get_height() < 0: bar.get_hatch() for each in figure.axes[0].containers for bar in each}
    assert hatched == {False: "", True: "////"}


def test_masked_steps_have_no_bar() -> None:
    found = attributed()
    valid = found.valid.copy()
    valid[0, 2:4] = False
    figure = plot_attribution(replace(found, valid=valid))
    assert sorted(heights(figure.axes[0])) == [0, 1, 4, 5, 6]
    assert "grey: masked" in figure.axes[0].get_xlabel()


def test_the_title_has_the_score_and_what_is_missed() -> None:
    found = replace(
        attributed(),
        method="leave_one_out",
        values=np.array([[1.0] * 7] * 2),
        score=np.array([9.5, 0]),
        baseline=np.array([2.0, 0]),
        explained=("$yes$", "no"),
    )
    assert plot_attribution(found).get_suptitle().replace("\n", " ") == (
        f"leave one out at {found.name}: score '$yes$' is 9.5, without input 2; the contributions add up to "
        "7 and miss the difference by 0.5"
    )


def test_the_step_of_the_answer_is_marked() -> None:
    figure = plot_attribution(replace(attributed(), answers=np.array([5, 6])))
    legend = figure.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["answer after step 5"]


def test_a_row_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="row: expected 0 to 1, got 2"):
        plot_attribution(attributed(), row=2)


@pytest.mark.parametrize(
    ("items", "steps"), [(STRANGE, 7), (("one",), 1), (tuple("the quick fox " * 22)[:300], 300), (None, 25)]
)
def test_the_figure_is_whole(items: tuple[str, ...] | None, steps: int) -> None:
    figure = plot_attribution(attributed(items, steps))
    expect_named(figure)
    expect_whole(figure)
