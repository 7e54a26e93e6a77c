"""Small tunes, and MIDI files written and read by hand, without the library that Remy uses."""

from __future__ import annotations

import struct
from collections.abc import Iterable

#: Two tunes of four bars, in the plain form of `remy.data.abc`.
SCALE = "X:1\nT:Scale\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|cBAG|FEDC|]\n"
JIG = "X:1\nT:Jig\nM:6/8\nL:1/8\nK:G\nGAB GAB|cde d3|edc BAG|AGF G3|]\n"


def tunes(count: int) -> str:
    """Return a file of so many tunes, each with a title of its own."""
    each = (SCALE, JIG)
    texts = (each[k % 2].replace("X:1", f"X:{k + 1}").replace("T:", f"T:{k} ") for k in range(count))
    return "\n".join(texts)


def midi(notes: Iterable[tuple[int, int, int]], *, quarter: int = 480, channel: int = 0) -> bytes:
    """Return a MIDI file of notes: onset and duration in ticks, the pitch between them."""
    events = []
    for onset, pitch, duration in notes:
        events += [
            (onset, 1, bytes([0x90 | channel, pitch, 64])),
            (onset + duration, 0, bytes([0x80 | channel, pitch, 0])),
        ]
    track, now = b"", 0
    for time, _, event in sorted(events):
        track += _variable(time - now) + event
        now = time
    track += b"\x00\xff\x2f\x00"
    head = b"MThd" + struct.pack(">IHHH", 6, 0, 1, quarter)
    return head + b"MTrk" + struct.pack(">I", len(track)) + track


def notes_of(data: bytes) -> tuple[int, list[tuple[int, int, int]]]:
    """Return the ticks of a quarter note and the notes of a MIDI file, as `midi` takes them."""
    assert data[:4] == b"MThd"
    quarter = struct.unpack(">H", data[12:14])[0]
    found, place = [], 14
    while place < len(data):
        assert data[place : place + 4] == b"MTrk"
        end = place + 8 + struct.unpack(">I", data[place + 4 : place + 8])[0]
        found += _track(data, place + 8, end)
        place = end
    return quarter, sorted(found)


def _track(data: bytes, place: int, end: int) -> list[tuple[int, int, int]]:
    found, held, now, status = [], {}, 0, 0
    while place < end:
        delta, place = _number(data, place)
        now += delta
        if data[place] & 0x80:
            status, place = data[place], place + 1
        if status in (0xFF, 0xF0, 0xF7):
            place += status == 0xFF
            length, place = _number(data, place)
            place += length
            continue
        kind = status >> 4
        first, second = data[place], data[place + 1]
        place += 1 if kind in (0xC, 0xD) else 2
        if kind == 0x9 and second:
            assert first not in held, "the key is down already"
            held[first] = now
        elif kind in (0x8, 0x9):
            begin = held.pop(first)
            found.append((begin, first, now - begin))
    assert not held
    return found


def _number(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    while True:
        value = value << 7 | data[place] & 0x7F
        place += 1
        if not data[place - 1] & 0x80:
            return value, place


def _variable(value: int) -> bytes:
    parts = [value & 0x7F]
    while value := value >> 7:
        parts.append(value & 0x7F | 0x80)
    return bytes(reversed(parts))
