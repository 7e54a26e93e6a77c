"""Which task a file is for."""

from pathlib import Path

import pytest

from remy import datasets
from remy.errors import DataError
from remy.tasks.guess import guess_task
from tests import music


@pytest.mark.parametrize("location", ["plays.txt", "shakespeare", "-", "README.md", "a.b/c"])
def test_running_text_is_for_a_language_model(location: str) -> None:
    assert guess_task(location).task == "language_model"


@pytest.mark.parametrize(
    ("name", "content", "task"),
    [
        ("a.csv", "text,label\nfine day,good\n", "classifier"),
        ("a.conllu", "1\tdog\t_\tNOUN\t_\t_\t_\t_\t_\t_\n\n", "tagger"),
        ("a.tsv", "date\train\n2020-01-01\t1.5\n2020-01-02\t2.5\n", "forecaster"),
        ("a.text", "no table at all\n", "language_model"),
        ("a.abc", "X:1\nK:C\nC|\n", "language_model"),
        ("a.mid", "not looked into", "language_model"),
    ],
)
def test_files_of_records_are_told_apart(name: str, content: str, task: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    guess = guess_task(str(path))
    assert guess.task == task
    assert guess.reason


def test_a_table_of_neither_texts_nor_times_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y,z\n1,2,3\n", encoding="utf-8")
    with pytest.raises(DataError):
        guess_task(str(path))


def test_music_is_told_by_its_ending_and_a_folder_by_its_files(tmp_path: Path) -> None:
    (tmp_path / "songs.ABC").write_text("not looked into")
    assert guess_task(str(tmp_path / "songs.ABC")).reason == "tunes in ABC notation"
    (tmp_path / "songs.ABC").unlink()
    (tmp_path / "a.mid").write_bytes(b"")
    assert guess_task(str(tmp_path)).reason == "MIDI files"
    (tmp_path / "b.abc").write_bytes(b"")
    with pytest.raises(DataError, match="got both"):
        guess_task(str(tmp_path))


def test_the_tunes_are_music(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Fetched:
        path = tmp_path / "tunes.abc"

    Fetched.path.write_text(music.SCALE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets, "files", lambda name: Fetched)
    guess = guess_task("tunes")
    assert (guess.task, guess.reason) == ("language_model", "tunes in ABC notation")
