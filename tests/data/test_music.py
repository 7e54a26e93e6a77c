"""Music from files and folders."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from remy.data.events import decode, encode
from remy.data.midi import Note
from remy.data.music import read_music
from remy.data.notation import ABC, MIDI
from remy.errors import DataError, UsageError
from tests import music

TWO = [(0, 60, 480), (480, 62, 240)]


def test_a_file_of_tunes_gives_each_in_the_plain_form(tmp_path: Path) -> None:
    path = tmp_path / "songs.abc"
    path.write_bytes(b"\xef\xbb\xbf" + music.tunes(2).replace("\n", "\r\n").encode())
    found = read_music(path)
    assert found.notation is ABC
    assert found.tunes == (
        music.SCALE.replace("T:", "T:0 ") + "\n",
        music.JIG.replace("T:", "T:1 ") + "\n",
    )
    assert found.text == "".join(found.tunes)
    assert ABC.tunes(found.text) == list(found.tunes)
    assert (found.skipped, found.notes) == (0, ())


def test_a_midi_file_is_one_tune_of_events(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(music.midi(TWO))
    found = read_music(path)
    assert found.notation is MIDI
    assert found.tunes == (encode([Note(0, 60, 12), Note(12, 62, 6)]) + "\n",)


def test_a_folder_is_read_by_name_and_every_file_is_whole(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for number, name in enumerate(("b.mid", "a.midi", "inner/c.mid")):
        (tmp_path / name).write_bytes(music.midi([(0, 60 + number, 480)]))
    (tmp_path / "notes.txt").write_text("not read")
    found = read_music(tmp_path)
    assert [decode(tune)[0].pitch for tune in found.tunes] == [61, 60, 62]
    assert MIDI.tunes(found.text) == list(found.tunes)


def test_corrupt_midi_files_are_named_skipped_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(music.midi(TWO))
    (tmp_path / "b.mid").write_bytes(b"nothing of the kind")
    (tmp_path / "c.mid").write_bytes(music.midi([]))
    found = read_music(tmp_path)
    assert (len(found.tunes), found.skipped) == (1, 2)
    [note] = found.notes
    assert note.startswith(f"{tmp_path}: 2 of 3 files skipped: {tmp_path / 'b.mid'}: not a MIDI file")
    assert note.endswith(f"{tmp_path / 'c.mid'}: has no notes")


def test_corrupt_tunes_and_files_are_named_skipped_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.abc").write_text(f"{music.SCALE}\nX:7\nT:{'Lost ' * 20}\nABc|\n\nX:8\nK:D\nz|\n")
    (tmp_path / "b.abc").write_bytes(b"X:1\nT:caf\xe9\nK:C\nC|\n")
    (tmp_path / "c.abc").write_text("no tune at all\n")
    (tmp_path / "d.abc").write_text(music.JIG)
    found = read_music(tmp_path)
    assert found.tunes == (f"{music.SCALE}\n", f"{music.JIG}\n")
    assert found.skipped == 4
    files, tunes = found.notes
    assert files.startswith(f"{tmp_path}: 2 of 4 files skipped: ")
    assert "b.abc: not UTF-8: byte 0xe9 at offset 9" in files
    assert "c.abc: has no tune (no line begins with X:)" in files
    assert tunes == (
        f"{tmp_path}: 2 of 4 tunes skipped: {tmp_path / 'a.abc'}:8: the tune '{('Lost ' * 20)[:40]}' has no "
        f"key (K:); {tmp_path / 'a.abc'}:12: the tune has no notes"
    )


def test_where_nothing_is_left_one_error_says_why(tmp_path: Path) -> None:
    path = tmp_path / "songs.abc"
    path.write_text("X:1\nT:A\nABc|\n")
    with pytest.raises(DataError, match=r"expected tunes with notes, none of 1 can be used: .*no key"):
        read_music(path)
    path.write_text("only words\n")
    with pytest.raises(DataError, match=r"songs\.abc: has no tune"):
        read_music(path)
    with pytest.raises(DataError, match=r"expected tunes with notes, none of 1 .*has no tune"):
        read_music(tmp_path)
    path.unlink()
    (tmp_path / "a.mid").write_bytes(b"")
    with pytest.raises(DataError, match=r"expected files with notes, none of 1 .*not a MIDI file"):
        read_music(tmp_path)
    with pytest.raises(DataError, match=rf"^{tmp_path / 'a.mid'}: not a MIDI file"):
        read_music(tmp_path / "a.mid")


def test_a_missing_library_is_no_corrupt_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(music.midi(TWO))
    monkeypatch.setitem(sys.modules, "symusic", None)
    with pytest.raises(DataError, match=rf"^{tmp_path}: MIDI needs symusic, which is missing"):
        read_music(tmp_path)


def test_tunes_need_no_library_for_midi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.abc").write_text(music.SCALE)
    monkeypatch.setitem(sys.modules, "symusic", None)
    assert len(read_music(tmp_path).tunes) == 1


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"expected a file that ends in \.abc, \.mid or \.midi"):
        read_music(tmp_path / "a.wav")
