"""`remy train`, `evaluate`, `predict` and `generate` with piano rolls."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from remy import runtime
from remy.cli.app import run
from remy.data import read_rolls
from remy.data.midi import Note
from remy.data.piano_roll import KEY_NAMES
from remy.tasks.polyphony.opening import open_piano_roll
from remy.tasks.starting import start
from tests.cli.test_without_torch import WITHOUT_TORCH
from tests.data.test_rolls import write_mat, write_midi
from tests.tasks.polyphony import toy

WORDS = ["--units", "8", "--epochs", "1", "--threads", "1"]


@pytest.fixture(scope="module")
def pianist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run on ``parts.npz`` beside it."""
    folder = tmp_path_factory.mktemp("pianist")
    start(open_piano_roll(toy.config(data__train=str(toy.write_divided(folder)))), out=folder / "run")
    return folder / "run"


def test_a_benchmark_file_is_learned_with_no_other_word_and_its_test_part_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_mat(tmp_path / "JSB.mat")
    assert run(["train", "JSB.mat", *WORDS]) == 0
    shown = capsys.readouterr()
    assert "task: piano_roll (guessed: .mat with piano rolls); in flags:" in shown.err
    assert "remy train JSB.mat -o runs/JSB-1 --task piano_roll" in shown.err
    assert "3 pieces with 12 frames of 1 quarter notes to learn from, 2 held out" in shown.err
    assert "next: remy generate runs/JSB-1 --output tune.mid" in shown.err
    assert shown.out.splitlines()[0].split() == ["nats/frame", "accuracy", "F1"]
    assert [line.split("  ")[0] for line in shown.out.splitlines()[1:4]] == [
        "model", "how often each key sounds", "each key after itself",
    ]  # fmt: skip
    metrics = json.loads(Path("runs/JSB-1/metrics.json").read_text())
    assert metrics["scored_on"] == {"name": "the test part of JSB.mat", "records": 1, "frames": 7}
    assert run(["info", "runs/JSB-1", "--verify"]) == 0
    assert "verified" in capsys.readouterr().out


def test_an_npz_file_of_rolls_is_told_from_one_of_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    toy.write(tmp_path)
    assert run(["train", "toy.npz", *WORDS, "--json"]) == 0
    shown = capsys.readouterr()
    assert "task: piano_roll (guessed: .npz with piano rolls)" in shown.err
    result = json.loads(shown.out)
    assert (result["task"], result["data"]["valid"]) == ("piano_roll", "the last 2 pieces of toy.npz")


def test_a_folder_of_midi_files_is_learned_on_a_grid_of_eighths(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(6):
        write_midi(
            tmp_path / "songs" / f"{number}.mid", [Note(k, 60 + (k + number) % 9, 1) for k in range(16)]
        )
    (tmp_path / "songs" / "bad.mid").write_bytes(b"no music")
    assert run(["train", "songs", "--task", "piano_roll", *WORDS]) == 0
    shown = capsys.readouterr().err
    assert "songs: 1 of 7 files skipped: songs/bad.mid: not a MIDI file, or damaged" in shown
    assert (
        "5 pieces with 80 frames of 0.5 quarter notes to learn from, 1 held out (the last 1 pieces of songs)"
        in shown
    )
    assert runtime.load_as("runs/songs-1", runtime.PianoRoll).step == 0.5
    assert run(["evaluate", "runs/songs-1", "songs/3.mid"]) == 0
    assert "1 records of 3.mid" in capsys.readouterr().err


def test_a_folder_of_corrupt_files_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("songs").mkdir()
    Path("songs/a.mid").write_bytes(b"no music")
    assert run(["train", "songs", "--task", "piano_roll"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("remy: error: songs: expected files with notes, none of 1 can be used: ")
    assert shown.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["songs"]


@pytest.mark.parametrize("name", ["bad.mat", "bad.npz"])
def test_a_damaged_file_is_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(b"MATLAB, but no more")
    assert run(["train", name, "--task", "piano_roll"]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith(f"remy: error: {name}: ")
    assert shown.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_predict_gives_every_key_in_every_frame_and_the_next_in_order(
    pianist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = toy.write(tmp_path, count=3)
    assert run(["predict", str(pianist), str(path)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0]) == ["piece", "frame", *KEY_NAMES]
    pieces, model = toy.pieces(3), runtime.load_as(pianist, runtime.PianoRoll)
    places = [(str(k), str(t)) for k, roll in enumerate(pieces, 1) for t in range(1, len(roll) + 2)]
    assert [(row["piece"], row["frame"]) for row in rows] == places
    found = np.array([[float(row[name]) for name in KEY_NAMES] for row in rows])
    np.testing.assert_allclose(found, np.concatenate(model.probabilities(pieces)), rtol=1e-6, atol=1e-6)
    assert run(["predict", str(pianist), str(path), "--json", "-o", str(tmp_path / "rows.jsonl")]) == 0
    assert len((tmp_path / "rows.jsonl").read_text().splitlines()) == len(rows)
    assert run(["predict", str(pianist), str(pianist.parent / "parts.npz")]) == 0
    parts = [row["part"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))]
    assert parts == sorted(parts, key=["train", "valid", "test"].index)


def test_generate_composes_a_midi_file_and_the_same_seed_the_same(
    pianist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, again = tmp_path / "a.mid", tmp_path / "b.mid"
    assert run(["generate", str(pianist), "--output", str(path), "--seed", "3", "--length", "12"]) == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", f"remy: {path}: 12 frames of 1 quarter notes\n")
    assert run(["generate", str(pianist), "-o", str(again), "--seed", "3", "--length", "12", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert path.read_bytes() == again.read_bytes()
    expected = runtime.load_as(pianist, runtime.PianoRoll).compose(length=12, seed=3)
    [found] = read_rolls(path, step=1.0).parts["all"]
    first = int(np.flatnonzero(expected.any(axis=1))[0])
    assert np.array_equal(found, expected[first : first + len(found)])
    assert (result["output"], result["seed"], result["step"]) == (str(again), 3, 1.0)
    assert sum(note["duration"] for note in result["notes"]) == expected.sum()
    assert run(["generate", str(pianist), "-o", str(path), "--seed", "4", "--length", "12", "--force"]) == 0
    assert path.read_bytes() != again.read_bytes()


def test_generate_goes_on_with_a_piece(pianist: Path, tmp_path: Path) -> None:
    roll = toy.piece(20, 1)
    np.savez(tmp_path / "begin.npz", piece=roll[:8])
    line = ["generate", str(pianist), "-o", str(tmp_path / "a.mid"), "--prompt", str(tmp_path / "begin.npz")]
    assert run([*line, "--temperature", "0", "--length", "12"]) == 0
    [found] = read_rolls(tmp_path / "a.mid", step=1.0).parts["all"]
    assert np.array_equal(found, roll)


@pytest.mark.parametrize(
    ("flags", "code", "message"),
    [
        (["--output", "tune.wav"], 2, "writes a file that ends in .mid or .midi, got tune.wav"),
        (["--output", "there.mid"], 2, "there.mid exists; give --force"),
        (["--output", "none/tune.mid"], 1, "there is no directory none"),
        (["--output", "tune.mid", "--length", "-1"], 2, "length: expected at least 0, got -1"),
        (["--output", "tune.mid", "--length", "0"], 1, "no key sounds in what the model composed"),
        (["--output", "tune.mid", "--temperature", "-1"], 2, "temperature: expected"),
        (
            ["--output", "tune.mid", "--top-k", "3"],
            2,
            "--top-k: a model of piano rolls draws each key by itself",
        ),
        (["--output", "tune.mid", "--prompt", "none.mid"], 1, "none.mid: no such file"),
        (["--output", "tune.mid", "--prompt", "two.npz"], 2, "expected one piece to go on with, got 2"),
        (["--force"], 2, "--force replaces the file of --output, which is not given"),
        ([], 2, "writes notes and no text; give --output FILE.mid"),
    ],
)
def test_what_cannot_be_composed_is_said_in_one_sentence_and_changes_nothing(
    flags: list[str],
    code: int,
    message: str,
    pianist: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.mid").write_text("mine")
    toy.write(tmp_path, "two.npz", count=2)
    assert run(["generate", str(pianist), *flags]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("remy: error: ")
    assert message in shown.err
    assert shown.err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there.mid", "two.npz"]
    assert Path("there.mid").read_text() == "mine"


def test_a_run_is_resumed_and_needs_no_other_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    toy.write(tmp_path)
    assert run(["train", "toy.npz", "-o", "run", *WORDS]) == 0
    assert run(["train", "run", "--resume", "--epochs", "2"]) == 0
    assert len(Path("run/history.jsonl").read_text().splitlines()) == 2
    capsys.readouterr()
    Path("toy.npz").rename("moved.npz")
    assert run(["train", "run", "--resume", "--epochs", "3"]) == 1
    assert "say where it is now: remy train FILE -o run --resume" in capsys.readouterr().err
    assert run(["train", "moved.npz", "-o", "run", "--resume", "--epochs", "3"]) == 0


@pytest.mark.parametrize(
    "words",
    [
        ["evaluate", "RUN"],
        ["predict", "RUN", "DATA"],
        ["generate", "RUN", "--json", "--length", "4", "--seed", "1"],
        ["info", "RUN", "--verify"],
    ],
)
def test_a_verb_runs_with_torch_forbidden(words: list[str], pianist: Path) -> None:
    places = {"RUN": str(pianist), "DATA": str(pianist.parent / "parts.npz")}
    line = [places.get(word, word) for word in words]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, *line], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
