"""Notes from and to MIDI files."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.data.midi import Note, in_order, midi_bytes, midi_of_abc, parse_notes, read_notes
from remy.errors import DataError
from tests import music

NOTES = st.lists(
    st.builds(Note, st.integers(0, 400), st.integers(0, 127), st.integers(1, 200)), min_size=1, max_size=30
)


def test_notes_are_read_with_onset_pitch_and_duration(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(music.midi([(0, 60, 480), (480, 64, 240), (480, 67, 720)]))
    assert read_notes(path, step=0.5) == [Note(0, 60, 2), Note(2, 64, 1), Note(2, 67, 3)]


@pytest.mark.parametrize("quarter", [96, 120, 480, 1000])
def test_steps_are_counted_in_quarter_notes_whatever_the_ticks(quarter: int) -> None:
    data = music.midi([(quarter, 60, quarter), (2 * quarter, 0, 2 * quarter)], quarter=quarter)
    assert parse_notes(data, "a", step=1 / 12) == [Note(12, 60, 12), Note(24, 0, 24)]


def test_beginnings_and_ends_go_to_the_nearest_step_and_no_note_is_lost() -> None:
    data = music.midi([(19, 60, 40), (21, 62, 5), (1000, 127, 1)])
    assert parse_notes(data, "a", step=1 / 12) == [Note(0, 60, 1), Note(1, 62, 1), Note(25, 127, 1)]


def test_drums_are_left_out() -> None:
    assert parse_notes(music.midi([(0, 36, 10)], channel=9), "a", step=1 / 12) == []


def test_tracks_are_read_together() -> None:
    one, two = (music.midi([(k, 60 + k, 480)]) for k in (0, 7))
    both = one[:8] + struct.pack(">HHH", 1, 2, 480) + one[14:] + two[14:]
    assert [note.pitch for note in parse_notes(both, "a", step=1 / 12)] == [60, 67]


def test_a_key_that_is_struck_again_was_released_and_of_two_the_longer_stays() -> None:
    notes = [Note(4, 60, 4), Note(0, 60, 9), Note(0, 60, 2), Note(0, 61, 9)]
    assert in_order(notes) == [Note(0, 60, 4), Note(0, 61, 9), Note(4, 60, 4)]


@given(NOTES)
def test_what_is_written_is_read_again_and_by_others_too(notes: list[Note]) -> None:
    ordered = in_order(notes)
    data = midi_bytes(ordered, step=1 / 12)
    assert parse_notes(data, "a", step=1 / 12) == ordered
    quarter, found = music.notes_of(data)
    assert quarter == 480
    assert found == [(40 * onset, pitch, 40 * duration) for onset, pitch, duration in ordered]


@pytest.mark.parametrize(
    "data", [b"", b"MThd", b"no music at all, but some bytes", music.midi([(0, 60, 480)])[:-6]]
)
def test_a_damaged_file_is_named(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"a\.mid: not a MIDI file, or damaged \(.*[^.! ]\)\.$"):
        read_notes(path, step=1 / 12)


def test_a_note_after_a_day_is_a_damage_and_not_a_memory_full_of_events() -> None:
    data = music.midi([(0, 60, 1), (200_000_000, 60, 1)], quarter=96)
    with pytest.raises(
        DataError, match=r"damaged .a note more than 86,400 quarter notes after the beginning"
    ):
        parse_notes(data, "a", step=1 / 12)


def test_a_file_without_a_length_of_the_quarter_note_is_refused() -> None:
    with pytest.raises(DataError, match="a: "):
        parse_notes(music.midi([(0, 60, 480)], quarter=0), "a", step=1 / 12)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.mid: no such file"):
        read_notes(tmp_path / "none.mid", step=1 / 12)


def test_a_tune_is_played_as_it_is_written() -> None:
    data = midi_of_abc("X:1\nT:A\nM:4/4\nL:1/4\nK:G\nC F ^c2|z2 d'/ c,3/|]\n")
    notes = parse_notes(data, "a", step=1 / 12)
    assert [note.pitch for note in notes] == [60, 66, 73, 86, 60 - 12 + 12]
    assert [note.onset for note in notes] == [0, 12, 24, 72, 78]


def test_repeats_are_played() -> None:
    once = parse_notes(midi_of_abc("X:1\nL:1/4\nK:C\nCDEF|]\n"), "a", step=1 / 12)
    twice = parse_notes(midi_of_abc("X:1\nL:1/4\nK:C\n|:CDEF:|\n"), "a", step=1 / 12)
    assert [note.pitch for note in twice] == 2 * [note.pitch for note in once]


@pytest.mark.parametrize("tune", ["", "X:1\nK:C\nz4|\n", "no tune"])
def test_a_tune_that_cannot_be_played_is_said_to_be_so(tune: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DataError, match=r"cannot be played .* write it as \.abc\.$"):
        midi_of_abc(tune)
    assert capfd.readouterr() == ("", ""), "abc2midi's own words"


def test_the_player_gets_a_minute_and_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*command: Any, timeout: float, **options: Any) -> None:
        raise subprocess.TimeoutExpired("abc2midi", timeout)

    monkeypatch.setattr(subprocess, "run", slow)
    with pytest.raises(DataError, match="cannot be played"):
        midi_of_abc(music.SCALE)
    monkeypatch.undo()
    monkeypatch.setitem(os.environ, "SYMUSIC_ABC2MIDI", "/none/abc2midi")
    with pytest.raises(DataError, match="cannot be played"):
        midi_of_abc(music.SCALE)


def test_without_symusic_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "symusic", None)
    path = tmp_path / "a.mid"
    path.write_bytes(music.midi([(0, 60, 480)]))
    for call in (
        lambda: read_notes(path, step=1),
        lambda: midi_bytes([], step=1),
        lambda: midi_of_abc(music.SCALE),
    ):
        with pytest.raises(DataError, match="MIDI needs symusic, which is missing; `python -m pip install"):
            call()
