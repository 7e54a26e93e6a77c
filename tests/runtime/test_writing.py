"""What a language model writes, as a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import symusic

from remy.data.events import encode
from remy.data.midi import Note
from remy.data.notation import ABC, MIDI, Notation
from remy.errors import DataError, ModelFileError, UsageError
from remy.runtime import LanguageModel, writing
from tests import music
from tests.runtime import small_models

NOTES = [Note(0, 60, 12), Note(0, 64, 6), Note(12, 62, 24)]


def model(text: str = "", notation: Notation | None = None) -> LanguageModel:
    """A model of random weights that writes `text` and then goes on by itself."""
    small = small_models.model_file()
    held = {"notation": notation.name} if notation is not None else {}
    found = LanguageModel(replace(small, tokenizer={**(small.tokenizer or {}), **held}))
    found.asked = 0  # type: ignore[attr-defined]
    own = found.stream

    def stream(prompt: str = "", length: int | None = None, **options: Any) -> Iterator[str]:
        if not text:
            return own(prompt, length, **options)
        return counted(text[:length])

    def counted(whole: str) -> Iterator[str]:
        for character in whole:
            found.asked += 1  # type: ignore[attr-defined]
            yield character

    found.stream = stream  # type: ignore[method-assign]
    return found


def test_a_text_is_written_with_its_prompt(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    text = model().write(path, "ROME", 30, seed=3)
    assert text == "ROME" + model().generate("ROME", 30, seed=3)
    assert path.read_bytes() == text.encode()
    assert len(model().write(tmp_path / "b.md", seed=1)) == 500


def test_a_tune_of_a_model_of_abc_is_written_to_its_end_and_no_further(tmp_path: Path) -> None:
    path = tmp_path / "a.abc"
    writer = model(f"{music.SCALE}\n{music.JIG}\n", ABC)
    assert writer.write(path) == music.SCALE
    assert path.read_text() == music.SCALE
    assert writer.asked == len(music.SCALE) + 1  # type: ignore[attr-defined]


def test_a_tune_goes_on_from_its_prompt(tmp_path: Path) -> None:
    begin = music.SCALE[: music.SCALE.index("GABc")]
    found = model(music.SCALE[len(begin) :] + "\n", ABC).write(tmp_path / "a.abc", begin)
    assert found == music.SCALE


def test_an_unfinished_tune_is_cut_at_the_last_whole_bar(tmp_path: Path) -> None:
    found = model(f"{music.SCALE}\n", ABC).write(tmp_path / "a.abc", length=music.SCALE.index("Bc|"))
    assert found == music.SCALE[: music.SCALE.index("GABc")] + "\n"


def test_a_tune_that_came_to_its_end_is_not_cut(tmp_path: Path) -> None:
    upbeat = "X:1\nT:A\nM:C\nK:D\nABc|de\n"
    assert model(f"{upbeat}\n", ABC).write(tmp_path / "a.abc") == upbeat
    assert model(upbeat, ABC).write(tmp_path / "b.abc") == upbeat.replace("de", "")


def test_line_ends_before_a_tune_do_not_end_it(tmp_path: Path) -> None:
    assert model(f"\n\n\n{music.SCALE}\n", ABC).write(tmp_path / "a.abc") == music.SCALE
    assert model(f"\n\n{encode(NOTES)}\n", MIDI).write(tmp_path / "a.mid") == encode(NOTES)


def test_a_tune_has_at_most_four_thousand_characters_or_as_many_as_asked_for(tmp_path: Path) -> None:
    endless = model("X:1\nK:C\n" + "CDEF|" * 2000, ABC)
    assert len(endless.write(tmp_path / "a.abc")) > 3990
    assert endless.asked == 4000  # type: ignore[attr-defined]


@pytest.mark.parametrize("ending", [".mid", ".midi", ".MID"])
def test_a_tune_in_abc_is_played_to_midi(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{ending}"
    assert model(f"{music.SCALE}\n", ABC).write(path) == music.SCALE
    pitches = [60, 62, 64, 65, 67, 69, 71, 72, 72, 71, 69, 67, 65, 64, 62, 60]
    quarter, notes = music.notes_of(path.read_bytes())
    assert [pitch for _, pitch, _ in notes] == pitches
    # abc2midi begins every note a tick late.
    assert [onset - 1 for onset, _, _ in notes] == [quarter * k for k in range(16)]
    assert [note.pitch for note in symusic.Score(str(path)).tracks[0].notes] == pitches


def test_a_model_of_midi_writes_what_other_programs_open(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    text = encode(NOTES)
    writer = model(f"{text}\n{text}\n", MIDI)
    assert writer.write(path) == text
    assert writer.asked == len(text) + 1  # type: ignore[attr-defined]
    quarter, notes = music.notes_of(path.read_bytes())
    assert (quarter, notes) == (480, [(0, 60, 480), (0, 64, 240), (480, 62, 960)])
    assert len(symusic.Score(str(path)).tracks[0].notes) == 3


@pytest.mark.parametrize(
    ("notation", "name", "message"),
    [
        (None, "a.mid", r"a model of plain text writes a file that ends in \.txt or \.md, got .*a\.mid"),
        (None, "a", r"ends in \.txt or \.md"),
        (ABC, "a.txt", r"a model of tunes in ABC notation .* in \.abc, \.mid or \.midi, got .*a\.txt"),
        (ABC, "a.wav", r"a\.wav"),
        (
            MIDI,
            "a.abc",
            r"a model of MIDI files, whose notes have no ABC notation, writes a file that ends in \.mid or",
        ),
        (MIDI, "a.txt", r"a model of MIDI files writes a file that ends in \.mid or \.midi, got"),
    ],
)
def test_another_ending_is_refused(
    notation: Notation | None, name: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        model("no matter", notation).write(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "a.abc"
    path.write_text("mine")
    writer = model(f"{music.SCALE}\n", ABC)
    with pytest.raises(UsageError, match=r"a\.abc exists; give --force \(in Python force=True\)"):
        writer.write(path)
    assert path.read_text() == "mine"
    assert writer.asked == 0, "it is said before anything is written"  # type: ignore[attr-defined]
    writer.write(path, force=True)
    assert path.read_text() == music.SCALE


def test_a_place_that_is_none_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "d.abc").mkdir()
    with pytest.raises(UsageError, match=r"d\.abc is a directory"):
        model("x", ABC).write(tmp_path / "d.abc", force=True)
    with pytest.raises(DataError, match=r"there is no directory .*none; nothing was written"):
        model("x", ABC).write(tmp_path / "none" / "a.abc")


@pytest.mark.parametrize(
    ("text", "notation", "name", "message"),
    [
        ("no tune", ABC, "a.abc", "no tune with a whole bar of notes"),
        ("\n\n\n\n", ABC, "a.abc", "no tune with a whole bar of notes"),
        ("no events", MIDI, "a.mid", "the model wrote no note; try another seed or more characters"),
        ("Ω", MIDI, "a.mid", "the model wrote no note"),
    ],
)
def test_where_no_tune_came_out_nothing_is_changed(
    text: str, notation: Notation, name: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text("mine")
    with pytest.raises(DataError, match=message):
        model(text, notation).write(path, length=100, force=True)
    assert path.read_text() == "mine"
    assert os.listdir(tmp_path) == [name]


def test_a_tune_that_cannot_be_played_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(tune: str) -> bytes:
        raise DataError("cannot be played")

    monkeypatch.setattr(writing, "midi_of_abc", refuse)
    with pytest.raises(DataError, match="cannot be played"):
        model(f"{music.SCALE}\n", ABC).write(tmp_path / "a.mid")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fails_leaves_the_file_that_was_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*paths: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.abc"
    path.write_text("mine")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(
        DataError, match=r"cannot write .*a\.abc: No space left on device; nothing was changed"
    ):
        model(f"{music.SCALE}\n", ABC).write(path, force=True)
    assert path.read_text() == "mine"
    assert os.listdir(tmp_path) == ["a.abc"]


def test_options_are_checked_and_the_seed_decides(tmp_path: Path) -> None:
    first = model().write(tmp_path / "a.txt", "a", 50, seed=5, temperature=0.8, top_k=3, top_p=0.9)
    again = model().generate("a", 50, seed=5, temperature=0.8, top_k=3, top_p=0.9)
    assert first == "a" + again
    with pytest.raises(UsageError, match="top_k"):
        model().write(tmp_path / "b.txt", top_k=0)
    with pytest.raises(DataError, match="Ω"):
        model().write(tmp_path / "b.txt", "Ω")
    assert not (tmp_path / "b.txt").exists()


def test_the_model_file_says_how_its_text_holds_tunes() -> None:
    assert model().notation is None
    assert "notation" not in model().info()
    assert model("x", ABC).notation is ABC
    assert model("x", MIDI).info()["notation"] == "midi"
    small = small_models.model_file()
    for wrong in ("kern", 3, ["abc"]):
        with pytest.raises(ModelFileError, match="expected a notation out of abc, midi, got"):
            LanguageModel(replace(small, tokenizer={**(small.tokenizer or {}), "notation": wrong}))


def test_an_empty_text_is_read_as_the_end_of_the_tune_before() -> None:
    for notation in (ABC, MIDI):
        found = model(notation=notation)
        assert found.predict("") == found.predict(notation.close)
    assert model(notation=ABC).predict("") != model().predict("")
