"""Notes as a text of events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from remy.data.events import decode, describe, encode
from remy.data.midi import Note, in_order
from tests.data.test_midi import NOTES


def said(notes: list[Note]) -> list[str]:
    return [describe(event) for event in encode(notes)]


def test_a_key_is_struck_then_held_then_time_moves_on() -> None:
    assert said([Note(0, 60, 12), Note(12, 61, 6)]) == ["C4", "hold 12", "move 12", "C#4", "hold 6"]


def test_keys_struck_together_come_from_the_lowest_up() -> None:
    chord = [Note(3, 67, 2), Note(3, 60, 1), Note(3, 64, 3)]
    assert said(chord) == ["move 3", "C4", "hold 1", "E4", "hold 3", "G4", "hold 2"]


def test_long_times_add_up() -> None:
    assert said([Note(193, 0, 400)]) == ["move 192", "move 1", "C-1", "hold 192", "hold 192", "hold 16"]


def test_the_code_points_are_those_of_the_documentation() -> None:
    assert encode([Note(7, 60, 12)]) == chr(0xE200 + 7) + chr(0xE000 + 60) + chr(0xE100 + 12)


@given(NOTES)
def test_what_is_encoded_is_decoded_again(notes: list[Note]) -> None:
    assert decode(encode(notes)) == in_order(notes)


@given(st.text(st.characters(min_codepoint=0xDFF0 + 0x10, max_codepoint=0xE2D0) | st.sampled_from("\na ")))
def test_any_text_can_be_read(text: str) -> None:
    notes = decode(text)
    assert in_order(notes) == notes
    assert all(0 <= note.pitch < 128 and note.duration >= 1 and note.onset >= 0 for note in notes)


def test_what_means_nothing_is_left_out() -> None:
    hold, move, key = chr(0xE100 + 5), chr(0xE200 + 5), chr(0xE000 + 60)
    assert decode(hold + key + hold) == [Note(0, 60, 5)], "a length before the key is not its own"
    assert decode(key + move + hold) == [], "time has moved on before the key was held"
    assert decode(key + "a" + hold + key + hold) == [Note(0, 60, 5)]
    assert decode(key) == []


def test_time_ends_before_midi_can_no_longer_count_it() -> None:
    far = chr(0xE200 + 192) * 6000 + chr(0xE000 + 60) + chr(0xE100 + 5)
    assert decode(far) == decode(far + far[-2:]) == []
    held = chr(0xE000 + 60) + chr(0xE100 + 192) * 6000
    [note] = decode(held)
    assert note.duration == 1 << 20


def test_other_characters_are_shown_as_python_writes_them() -> None:
    assert [describe(character) for character in "a\n"] == ["'a'", "'\\n'"]
    assert describe(chr(0xE080)) == repr(chr(0xE080)), "one above the highest key"
