"""Notes as a text of characters, so that what reads and writes texts reads and writes music.

Every event is one character of Unicode's private use area:

====================  ===================================================================================
``U+E000`` + p        the key p, 0 to 127, is struck now
``U+E100`` + d        the key struck last is held d steps, 1 to 192; several in a row add up
``U+E200`` + t        time moves on by t steps, 1 to 192; several in a row add up
====================  ===================================================================================

Keys that are struck together come from the lowest up, each followed by how long it is held. A line end closes
a piece. A step is a twelfth of a quarter note, so that sixteenths and triplets fall on the grid. Loudness,
tempo, instruments and drums are not kept.

Any text can be read: a key without a length, a length without a key and characters that are no events mean
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from remy.data.midi import Note, in_order

#: Length of a time step in quarter notes.
STEP: Final = 1 / 12
#: What closes a piece.
END: Final = "\n"

_PITCH, _HOLD, _MOVE = 0xE000, 0xE100, 0xE200
_PITCHES, _LONGEST = 128, 192
#: Steps after which events are left out: 12 hours at 120 quarter notes a minute, which MIDI can still count.
_LAST = 1 << 20

_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def encode(notes: Iterable[Note]) -> str:
    """Return notes on the grid of `STEP` as a text, without the line end that closes a piece.

    Examples
    --------
    >>> [describe(event) for event in encode([Note(0, 60, 12), Note(12, 62, 6)])]
    ['C4', 'hold 12', 'move 12', 'D4', 'hold 6']
    """
    now, text = 0, []
    for onset, pitch, duration in in_order(notes):
        text += [*_amount(_MOVE, onset - now), chr(_PITCH + pitch), *_amount(_HOLD, duration)]
        now = onset
    return "".join(text)


def decode(text: str) -> list[Note]:
    """Return the notes of any text, as `in_order` returns them; it never fails.

    Examples
    --------
    >>> decode(encode([Note(3, 60, 300)])), decode("no music")
    ([Note(onset=3, pitch=60, duration=300)], [])
    """
    found: list[Note] = []
    now, pitch, held = 0, -1, 0
    for character in text:
        code = ord(character)
        if _HOLD < code <= _HOLD + _LONGEST:
            held += code - _HOLD
            continue
        if pitch >= 0 and held:
            found.append(Note(now, pitch, min(held, _LAST)))
        pitch, held = -1, 0
        if _PITCH <= code < _PITCH + _PITCHES:
            pitch = code - _PITCH
        elif _MOVE < code <= _MOVE + _LONGEST:
            now += code - _MOVE
            if now > _LAST:
                break
    if pitch >= 0 and held and now <= _LAST:
        found.append(Note(now, pitch, min(held, _LAST)))
    return in_order(found)


def describe(character: str) -> str:
    """Return an event so that a person can read it; any other character as Python writes it."""
    code = ord(character)
    if _PITCH <= code < _PITCH + _PITCHES:
        octave, name = divmod(code - _PITCH, 12)
        return f"{_NAMES[name]}{octave - 1}"
    if _HOLD < code <= _HOLD + _LONGEST:
        return f"hold {code - _HOLD}"
    if _MOVE < code <= _MOVE + _LONGEST:
        return f"move {code - _MOVE}"
    return repr(character)


def _amount(base: int, steps: int) -> Iterator[str]:
    """Yield the characters that add up to so many steps."""
    while steps > 0:
        part = min(steps, _LONGEST)
        yield chr(base + part)
        steps -= part
