"""`remy train` on music, and `remy generate --output`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from remy import runtime
from remy.cli.app import run
from remy.data.abc import find_tunes, tidy
from remy.data.notation import ABC, MIDI
from tests import music


def test_a_file_of_tunes_is_learned_with_no_other_word_and_split_between_tunes(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("songs.abc").write_text(music.tunes(20) + "\nX:99\nT:Lost\nABc|\n", encoding="utf-8")
    assert run(["train", "songs.abc", *words]) == 0
    shown = capsys.readouterr().err
    assert "task: language_model (guessed: tunes in ABC notation)" in shown
    assert "remy train songs.abc -o runs/songs-1 --task language_model" in shown
    assert "remy: songs.abc: 1 of 21 tunes skipped: songs.abc:141: the tune 'Lost' has no key (K:)" in shown
    assert "remy: tunes in ABC notation: 18 to learn from, 2 held out" in shown
    assert "remy: next: remy generate runs/songs-1 --output tune.abc, or tune.mid" in shown
    data = json.loads(Path("runs/songs-1/metrics.json").read_text())["data"]
    assert (data["notation"], data["train_tunes"], data["valid_tunes"], data["skipped"]) == ("abc", 18, 2, 1)
    assert runtime.load_as("runs/songs-1", runtime.LanguageModel).notation is ABC


def test_a_folder_of_midi_files_is_learned_with_no_other_word(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pieces").mkdir()
    for number in range(5):
        Path(f"pieces/{number}.mid").write_bytes(music.midi([(k * 480, 60 + k, 480) for k in range(12)]))
    Path("pieces/5.mid").write_bytes(b"MThd, but no more")
    assert run(["train", "pieces", *words]) == 0
    shown = capsys.readouterr().err
    assert "task: language_model (guessed: MIDI files)" in shown
    assert "pieces: 1 of 6 files skipped: pieces/5.mid: not a MIDI file, or damaged" in shown
    assert "MIDI files: 4 to learn from, 1 held out" in shown
    assert "remy: next: remy generate runs/pieces-1 --output tune.mid" in shown
    assert runtime.load_as("runs/pieces-1", runtime.LanguageModel).notation is MIDI
    assert run(["evaluate", "runs/pieces-1"]) == 0
    assert run(["train", "runs/pieces-1", "--resume"]) == 0


def test_a_folder_of_corrupt_files_only_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pieces").mkdir()
    for name in ("a.mid", "b.mid"):
        Path("pieces", name).write_bytes(b"no music")
    assert run(["train", "pieces"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("remy: error: pieces: expected files with notes, none of 2 can be used: ")
    assert shown.err.count("\n") == 1
    assert not Path("runs").exists()


@pytest.mark.parametrize("name", ["tune.abc", "tune.mid"])
def test_a_model_of_tunes_writes_one_as_abc_or_midi(
    name: str, composer: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    line = ["generate", str(composer), "--output", str(path), "--seed", "4", "--temperature", "0.3"]
    assert run(line) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    expected = runtime.load_as(composer, runtime.LanguageModel).write(
        tmp_path / "again.abc", seed=4, temperature=0.3
    )
    assert shown.err == f"remy: {path}: a tune of {len(expected)} characters\n"
    if name == "tune.abc":
        assert path.read_text() == expected
        [found] = find_tunes(expected)
        assert tidy(found) == expected
        for field in ("X:1\n", "\nT:", "\nM:", "\nK:"):
            assert field in expected
    else:
        _, notes = music.notes_of(path.read_bytes())
        assert len(notes) > 4


def test_a_prompt_is_the_beginning_of_the_tune(composer: Path, tmp_path: Path) -> None:
    path = tmp_path / "tune.abc"
    begin = music.JIG[: music.JIG.index("cde")]
    line = ["generate", str(composer), "-o", str(path), "--prompt", begin, "--temperature", "0", "--quiet"]
    assert run(line) == 0
    assert path.read_text().startswith(begin)


def test_a_model_of_midi_files_writes_one_and_goes_on_from_one(
    player: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.mid"
    line = ["generate", str(player), "--output", str(path), "--seed", "1", "--json"]
    assert run(line) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["output"], result["prompt"], result["seed"]) == (str(path), "", 1)
    _, first = music.notes_of(path.read_bytes())
    assert first
    begin = tmp_path / "begin.mid"
    begin.write_bytes(music.midi([(240 * step, 60 + step % 12, 240) for step in range(4)]))
    line = ["generate", str(player), "-o", str(path), "--force", "--seed", "1", "--prompt", str(begin)]
    assert run([*line, "--temperature", "0"]) == 0
    _, notes = music.notes_of(path.read_bytes())
    assert [pitch for _, pitch, _ in notes[:4]] == [60, 61, 62, 63]
    assert len(notes) > 4


def test_a_model_of_midi_files_predicts_events_in_words(
    player: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = tmp_path / "begin.mid"
    begin.write_bytes(music.midi([(240 * step, 60 + step % 12, 240) for step in range(4)]))
    assert run(["predict", str(player), str(begin), "--top", "1"]) == 0
    assert capsys.readouterr().out.split("  ")[0] == "move 6"


@pytest.mark.parametrize(
    ("who", "flags", "code", "message"),
    [
        ("composer", ["--output", "tune.wav"], 2, "ends in .abc, .mid or .midi, got tune.wav"),
        ("player", ["--output", "tune.abc"], 2, "MIDI files, whose notes have no ABC notation, writes"),
        ("finished", ["--output", "tune.mid"], 2, "a model of plain text writes a file that ends in .txt"),
        ("composer", ["--output", "there.abc"], 2, "there.abc exists; give --force"),
        ("composer", ["--output", "none/tune.abc"], 1, "there is no directory none"),
        ("composer", ["--output", "tune.abc", "--length", "3"], 1, "no tune with a whole bar of notes"),
        ("composer", ["--force"], 2, "--force replaces the file of --output, which is not given"),
        ("player", [], 2, "writes notes and no text; give --output FILE.mid"),
        ("player", ["--output", "tune.mid", "--prompt", "C4"], 2, "goes on from a MIDI file, got 'C4'"),
        ("player", ["--output", "tune.mid", "--prompt", "none.mid"], 1, "none.mid: no such file"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_sentence_and_changes_nothing(
    who: str,
    flags: list[str],
    code: int,
    message: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model: Path = request.getfixturevalue(who)
    monkeypatch.chdir(tmp_path)
    Path("there.abc").write_text("mine")
    assert run(["generate", str(model), *flags]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("remy: error: ")
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["there.abc"]
    assert Path("there.abc").read_text() == "mine"


def test_text_goes_to_a_file_too(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    line = ["generate", str(finished), "--output", str(path), "--prompt", "the king", "--seed", "7"]
    assert run([*line, "--length", "40"]) == 0
    assert capsys.readouterr().err == f"remy: {path}: 48 characters\n"
    assert path.read_text() == "the king" + runtime.load(finished).generate("the king", 40, seed=7)  # type: ignore[attr-defined]


def test_a_wrong_place_is_refused_before_standard_input_is_read(composer: Path) -> None:
    line = [sys.executable, "-m", "remy.cli", "generate", str(composer), "-o", "tune.wav", "--prompt", "-"]
    with subprocess.Popen(
        line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.wait(timeout=60) == 2, "it waited for what nobody would need"
        assert process.stdin is not None


def test_only_music_of_its_own_notation_is_scored(
    composer: Path, player: Path, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    songs, pieces = composer.parent / "songs.abc", player.parent / "pieces"
    other = tmp_path / "others.abc"
    other.write_text(music.JIG + "\nX:2\nT:Lost\nABc|\n")
    assert run(["evaluate", str(composer), str(other)]) == 0
    shown = capsys.readouterr()
    assert "1 of 2 tunes skipped" in shown.err
    assert f"{len(music.JIG)} characters of others.abc" in shown.err
    for model, data, message in (
        (composer, pieces, "pieces: expected tunes in ABC notation, as "),
        (player, songs, "songs.abc: expected MIDI files, as "),
        (finished, songs, "songs.abc: expected plain text, as "),
        (composer, finished.parent / "text.txt", "has, got plain text"),
    ):
        assert run(["evaluate", str(model), str(data)]) == 1
        assert message in capsys.readouterr().err
