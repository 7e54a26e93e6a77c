"""What was left out is named and counted."""

import pytest

from remy.data.skipped import Skipped
from remy.errors import DataError


def test_nothing_is_said_where_nothing_was_left_out() -> None:
    assert Skipped("songs", "files").notes(3) == ()


def test_reasons_are_counted_and_the_first_five_given() -> None:
    skipped = Skipped("songs", "files")
    for number in range(7):
        skipped.add(f"{number}.mid: damaged.")
    assert len(skipped) == 7
    [note] = skipped.notes(kept=2)
    assert note == (
        "songs: 7 of 9 files skipped: 0.mid: damaged; 1.mid: damaged; 2.mid: damaged; 3.mid: damaged; "
        "4.mid: damaged; and 2 more"
    )


def test_none_left_is_an_error_with_the_reasons() -> None:
    skipped = Skipped("songs", "files")
    with pytest.raises(DataError, match=r"^songs: expected files with notes, got none\.$"):
        skipped.notes(0)
    skipped.add("a.mid: damaged")
    with pytest.raises(DataError, match=r"^songs: expected files with notes, none of 1 can be used: a\.mid"):
        skipped.notes(0)
