"""Items as labels."""

import pytest

from remy.inspect.figures.labels import every, label_items, places, readable
from remy.inspect.figures.style import new_figure


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        ("the", "the"),
        (" ", "␣"),
        ("\n", "⏎"),
        ("\t", "⇥"),
        ("a b", "a␣b"),
        ("", "∅"),
        ("你", "U+4F60"),
        ("\x07", "U+0007"),
        ("\ud800", "U+D800"),
        ("é", "é"),
        ("$x$", "$x$"),
        ("antidisestablishmentarianism", "antidisestabl…"),
        ("fourteenletter", "fourteenletter"),
    ],
)
def test_every_item_is_readable(item: str, shown: str) -> None:
    assert readable(item) == shown


@pytest.mark.parametrize(
    ("count", "labels", "said"),
    [
        (1, 1, ""),
        (80, 80, ""),
        (81, 41, ", every 2nd named"),
        (300, 75, ", every 4th named"),
        (880, 80, ", every 11th named"),
    ],
)
def test_at_most_eighty_items_have_a_label(count: int, labels: int, said: str) -> None:
    assert len(places(count)) == labels
    assert every(count) == said


def test_a_dollar_sign_begins_no_formula() -> None:
    axes = new_figure(2, 2).subplots()
    label_items(axes, ["$", "a", "$x$"])
    assert not any(label.get_parse_math() for label in axes.get_xticklabels())


def test_only_longer_labels_stand_upright() -> None:
    axes = new_figure(2, 2).subplots()
    label_items(axes, ["a", "word"])
    assert [label.get_rotation() for label in axes.get_xticklabels()] == [0, 90]
