"""Where a text comes from."""

import hashlib
from pathlib import Path

import pytest

from remy import datasets
from remy.data.notation import ABC, MIDI
from remy.errors import DataError
from remy.tasks.language.sources import Source, open_source, text_sha256
from tests import music


def test_a_file_gives_its_text_name_and_place(tmp_path: Path) -> None:
    path = tmp_path / "plays and poems.txt"
    path.write_bytes(b"one\r\ntwo")
    source = open_source(path)
    assert (source.name, source.text, source.location) == ("plays and poems.txt", "one\ntwo", str(path))
    assert source.short_name == "plays-and-poems"


def test_the_hash_is_of_the_text() -> None:
    assert Source("text", "abc").sha256 == text_sha256("abc") == hashlib.sha256(b"abc").hexdigest()


def test_a_data_set_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Fetched:
        name, text, licence = "shakespeare", "To be", "public domain"

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets, "load", lambda name: Fetched)
    source = open_source("shakespeare")
    assert (source.name, source.text, source.location) == ("shakespeare", "To be", "shakespeare")
    assert source.licence == "public domain"


def test_a_file_wins_over_a_data_set_of_the_same_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shakespeare").write_text("my own", encoding="utf-8")
    assert open_source("shakespeare").text == "my own"


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("shakespaere", r"no such file or data set; did you mean 'shakespeare'\?"),
        ("none.txt", r"none\.txt: no such file"),
        ("folder/none", r"no such file"),
    ],
)
def test_what_is_not_there_is_named(
    location: str, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=message):
        open_source(location)


def test_a_text_without_a_place_has_a_plain_short_name() -> None:
    assert Source("standard input", "x").short_name == "text"


def test_music_is_read_as_tunes(tmp_path: Path) -> None:
    path = tmp_path / "my songs.abc"
    path.write_text(music.tunes(3) + "\nX:9\nT:Lost\nABc|\n", encoding="utf-8")
    source = open_source(path)
    assert (source.name, source.location, source.notation) == ("my songs.abc", str(path), ABC)
    assert len(ABC.tunes(source.text)) == 3
    assert source.skipped == 1
    assert "1 of 4 tunes skipped" in source.notes[0]
    assert source.short_name == "my-songs"


def test_a_folder_of_midi_files_is_a_source(tmp_path: Path) -> None:
    folder = tmp_path / "pieces"
    folder.mkdir()
    (folder / "a.mid").write_bytes(music.midi([(0, 60, 480)]))
    source = open_source(str(folder) + "/")
    assert (source.name, source.notation, source.short_name) == ("pieces", MIDI, "pieces")


def test_the_tunes_are_music_with_their_terms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Fetched:
        path = tmp_path / "kept" / "tunes.abc"

    Fetched.path.parent.mkdir()
    Fetched.path.write_text(music.tunes(2))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets, "files", lambda name: Fetched)
    source = open_source("tunes")
    assert (source.name, source.location, source.notation) == ("tunes", "tunes", ABC)
    assert source.licence is not None
    assert source.licence.startswith("tunes: public domain")
