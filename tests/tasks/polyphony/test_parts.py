"""Which pieces are learned from, chosen on and scored on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remy.errors import DataError
from remy.tasks.polyphony.parts import divide
from remy.tasks.polyphony.pieces import read_source, reopen, source_of, to_npz
from tests.tasks.polyphony import toy


def test_the_last_pieces_of_an_undivided_file_are_held_out() -> None:
    parts = divide(source_of(toy.pieces(20)), None, None, 0.9)
    assert (len(parts.train), len(parts.valid), parts.test) == (18, 2, None)
    assert parts.scored is parts.valid
    assert np.array_equal(parts.valid.rolls[1], toy.pieces(20)[19])
    assert parts.valid.name == "the last 2 pieces of what was given"


def test_other_files_come_before_the_files_own_parts(tmp_path: Path) -> None:
    divided, other = read_source(toy.write_divided(tmp_path)), read_source(toy.write(tmp_path, count=5))
    parts = divide(divided, None, None, 0.9)
    assert [len(part) for part in (parts.train, parts.valid, parts.scored)] == [14, 4, 2]
    parts = divide(divided, other, None, 0.9)
    assert [len(part) for part in (parts.train, parts.valid, parts.scored)] == [14, 5, 2]
    parts = divide(other, divided, divided, 0.9)
    assert [len(part) for part in (parts.train, parts.valid, parts.scored)] == [5, 4, 2]


def test_a_file_without_a_validation_part_holds_some_of_its_train_part_out(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "a.npz",
        **{f"train_{k}": roll for k, roll in enumerate(toy.pieces(10))},
        test=toy.piece(9, 0),
    )
    parts = divide(read_source(tmp_path / "a.npz"), None, None, 0.8)
    assert [len(part) for part in (parts.train, parts.valid, parts.scored)] == [8, 2, 1]


def test_one_piece_is_too_few_to_hold_one_out() -> None:
    with pytest.raises(
        DataError, match="one piece is too few to hold one out; give another file with --valid"
    ):
        divide(source_of([toy.piece(9, 0)]), None, None, 0.9)


def test_a_part_a_divided_file_has_not_is_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", train_0=toy.piece(9, 0))
    with pytest.raises(DataError, match="expected a test part, got train only"):
        read_source(tmp_path / "a.npz").held_out("test")


def test_what_is_said_of_the_data_has_counts_and_names(tmp_path: Path) -> None:
    (note,) = divide(read_source(toy.write_divided(tmp_path)), None, None, 0.9).notes()
    assert note.startswith("14 pieces with ")
    assert (
        "frames of 1 quarter notes to learn from, 4 held out (the validation part of parts.npz), 2 to" in note
    )


def test_kept_pieces_are_found_again_with_their_hash(tmp_path: Path) -> None:
    given = source_of(toy.pieces(), step=0.5)
    (tmp_path / "train.npz").write_bytes(to_npz(given))
    again = reopen(tmp_path / "train.npz", step=0.5)
    ours, theirs = given.part("all"), again.part("all")
    assert ours is not None
    assert theirs is not None
    assert (theirs.sha256, theirs.name, theirs.location) == (ours.sha256, "what was given", "")


def test_the_hash_tells_pieces_grids_and_cuts_apart() -> None:
    whole = toy.piece(16, 0)
    found = set()
    for source in (
        source_of([whole]),
        source_of([whole], step=0.5),
        source_of([whole[:8], whole[8:]]),
        source_of([toy.piece(16, 1)]),
    ):
        part = source.part("all")
        assert part is not None
        found.add(part.sha256)
    assert len(found) == 4


def test_nothing_and_what_is_no_roll_are_refused() -> None:
    with pytest.raises(DataError, match="expected at least one piece, got none"):
        source_of([])
    with pytest.raises(DataError, match="piano roll: piece 2: expected a piano roll of shape"):
        source_of([toy.piece(9, 0), np.zeros((9, 12))])
