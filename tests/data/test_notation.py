"""Which notation music is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from remy.data.notation import ABC, MIDI, NOTATIONS, find_notation, music_files
from remy.errors import DataError
from tests import music


@pytest.mark.parametrize(
    ("name", "notation"),
    [("a.abc", ABC), ("A.ABC", ABC), ("a.mid", MIDI), ("a.MIDI", MIDI), ("a.txt", None), ("abc", None)],
)
def test_a_file_is_known_by_its_ending(name: str, notation: object) -> None:
    assert find_notation(name) is notation


def test_a_folder_is_known_by_its_files_wherever_they_lie(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er.abc").mkdir(parents=True)
    (tmp_path / "deep" / "er.abc" / "b.mid").write_bytes(b"")
    (tmp_path / "a.MID").write_bytes(b"")
    (tmp_path / "readme.txt").write_bytes(b"")
    assert find_notation(tmp_path) is MIDI
    assert [path.name for path in music_files(tmp_path, MIDI)] == ["a.MID", "b.mid"]


def test_files_come_by_name_whatever_the_disk_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("c.mid", "a.mid", "b.mid")]
    for file in files:
        file.write_bytes(b"")
    for order in (files, files[::-1]):
        monkeypatch.setattr(Path, "rglob", lambda folder, pattern, order=order: iter(order))
        assert [path.name for path in music_files(tmp_path, MIDI)] == ["a.mid", "b.mid", "c.mid"]


def test_a_folder_of_nothing_or_of_both_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected a folder of tunes .*\.abc.* or MIDI .*\.mid, .* got none"):
        find_notation(tmp_path)
    (tmp_path / "a.abc").write_bytes(b"")
    (tmp_path / "a.mid").write_bytes(b"")
    with pytest.raises(DataError, match="got both; keep them in two folders"):
        find_notation(tmp_path)


def test_a_text_falls_into_its_tunes_and_nothing_is_lost() -> None:
    text = f"{music.SCALE}\n{music.JIG}\n"
    assert ABC.tunes(text) == [f"{music.SCALE}\n", f"{music.JIG}\n"]
    assert MIDI.tunes("ab\nc\n") == ["ab\n", "c\n"]
    assert {name: each.name for name, each in NOTATIONS.items()} == {"abc": "abc", "midi": "midi"}
