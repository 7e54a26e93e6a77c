"""Rolls as MIDI files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remy.data.midi import Note, read_notes
from remy.data.rolls import read_rolls
from remy.errors import DataError, UsageError
from remy.runtime.roll_writing import check_midi_output, write_midi
from tests.data.test_piano_roll import random_roll


@pytest.mark.parametrize("step", [0.25, 0.5, 1.0])
def test_a_roll_that_is_written_is_read_again(tmp_path: Path, step: float) -> None:
    roll = random_roll(20)
    write_midi(tmp_path / "a.mid", roll, step=step)
    [found] = read_rolls(tmp_path / "a.mid", step=step).parts["all"]
    assert np.array_equal(found, roll)


def test_a_key_that_sounds_on_is_held(tmp_path: Path) -> None:
    roll = np.zeros((6, 88), np.uint8)
    roll[1:5, 39] = roll[5, 40] = 1
    write_midi(tmp_path / "a.mid", roll, step=0.5)
    assert read_notes(tmp_path / "a.mid", step=0.5) == [Note(1, 60, 4), Note(5, 61, 1)]


def test_silence_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no key sounds in what the model composed; try another seed"):
        write_midi(tmp_path / "a.mid", np.zeros((5, 88), np.uint8), step=1.0)
    assert not list(tmp_path.iterdir())


def test_a_place_is_refused_before_anything_is_composed(tmp_path: Path) -> None:
    there = tmp_path / "there.mid"
    there.write_bytes(b"mine")
    for path, kind, message in (
        (tmp_path / "a.wav", UsageError, r"ends in \.mid or \.midi, got .*a\.wav"),
        (tmp_path / "a", UsageError, r"ends in \.mid or \.midi"),
        (there, UsageError, r"there\.mid exists; give --force"),
        (tmp_path / "none" / "a.mid", DataError, "there is no directory"),
    ):
        with pytest.raises(kind, match=message):
            check_midi_output(path, force=False)
    (tmp_path / "folder.mid").mkdir()
    with pytest.raises(UsageError, match="is a directory"):
        check_midi_output(tmp_path / "folder.mid", force=True)
    check_midi_output(there, force=True)
    check_midi_output(tmp_path / "b.MIDI", force=False)
