"""What a check says of music."""

from __future__ import annotations

from pathlib import Path

import pytest

from remy.data.check import check, lines
from remy.errors import DataError, UsageError
from tests import music


def test_tunes_are_counted_and_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / "songs.abc"
    path.write_text(f"{music.SCALE}\n{music.JIG}\nX:9\nT:Lost\nABc|\n")
    report = check(path)
    assert (report["kind"], report["reason"]) == ("music", "tunes in ABC notation")
    assert (report["kept"], report["dropped"]) == (2, {"that cannot be used": 1})
    assert report["lengths"]["max"] == max(len(music.SCALE), len(music.JIG)) + 1
    assert report["problems"] == []
    said = lines(report)
    assert said[0] == f"{path}: music (tunes in ABC notation)"
    assert "the tune 'Lost' has no key (K:)" in said[1]
    assert said[-1] == "nothing wrong found"


def test_the_same_music_under_another_title_is_found(tmp_path: Path) -> None:
    path = tmp_path / "songs.abc"
    path.write_text(music.tunes(4))
    assert check(path)["problems"] == ["2 of 4 tunes have the music of an earlier one"]


def test_tunes_that_both_files_have_are_counted(tmp_path: Path) -> None:
    path, other = tmp_path / "songs.abc", tmp_path / "others.abc"
    path.write_text(music.SCALE)
    other.write_text(music.tunes(2))
    report = check(path, against=other)
    assert report["against"] == {"file": str(other), "records": 2, "shared": 1}
    assert report["problems"] == [f"1 of 2 tunes of {other} are in this file"]
    assert f"against {other}: 1 of 2 shared" in lines(report)


def test_a_folder_of_midi_files_is_checked(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.mid").write_bytes(music.midi([(0, 60 + number // 2, 480)]))
    report = check(tmp_path)
    assert (report["kept"], report["lengths"]["unit"], report["lengths"]["max"]) == (3, "events", 3)
    assert report["problems"] == ["1 of 3 tunes have the music of an earlier one"]


def test_what_is_no_music_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected a folder of tunes in ABC notation"):
        check(tmp_path)
    with pytest.raises(UsageError, match="label: not an option of a check of kind music"):
        check(tmp_path / "a.mid", kind="music", label="x")
