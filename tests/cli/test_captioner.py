"""Captioning from the command line: a table of pictures in, a run, captions and scores out."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from remy.cli.app import run
from tests.cli.test_without_torch import WITHOUT_TORCH
from tests.tasks.captioning import toy

FLAGS = [
    *("--units", "16", "--epochs", "24", "--lr", "0.02", "--dropout", "0", "--batch-size", "8"),
    *("--threads", "1", "--split", "0.7", "--set", "data.held_out=0.15", "--set", "data.size=16"),
    *("--set", "model.embedding=16", "--set", "model.filters=8", "--set", "model.blocks=2"),
    *("--set", "train.shift=0", "--set", "data.min_count=1", "--set", "train.label_smoothing=0"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of pictures, a finished run of it, and some pictures that cannot be read."""
    place = tmp_path_factory.mktemp("captioner")
    toy.folder(place, 160)
    toy.folder(place, 6, seed=9, name="new.csv")
    assert run(["train", str(place / "seen.csv"), "-o", str(place / "run"), *FLAGS, "--quiet"]) == 0
    frames = [Image.new("L", (8, 8), shade) for shade in (0, 255)]
    frames[0].save(place / "moves.gif", save_all=True, append_images=frames[1:])
    (place / "broken.png").write_bytes(b"none")
    return place


def test_a_table_with_pictures_is_known_for_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = toy.folder(tmp_path, 40)
    words = ["1" if word == "24" else word for word in FLAGS]
    assert run(["train", str(table), "-o", str(tmp_path / "a"), *words]) == 0
    captured = capsys.readouterr()
    assert "task: captioner (guessed:" in captured.err
    assert "the picture is column 'image'" in captured.err
    assert "28 pictures with 28 captions to learn from, 6 to choose the best model on and 6" in captured.err
    assert f"next: remy predict {tmp_path / 'a'} PICTURE" in captured.err
    assert "word F1" in captured.out
    assert "most frequent caption" in captured.out
    (line,) = [line for line in captured.err.splitlines() if line.startswith("remy:   remy train ")]
    again = line.removeprefix("remy:   remy ").replace(str(tmp_path / "a"), str(tmp_path / "b")).split()
    assert run([*again, "--quiet"]) == 0
    models = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("a", "b")]
    assert models[0] == models[1]


def test_a_picture_is_captioned(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", str(folder / "run"), str(folder / "shown/9-0.png")]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{toy.pictures(6, seed=9)[1][0]}\n"
    assert captured.err == ""


def test_a_picture_has_several_captions_with_scores(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["predict", str(folder / "run"), str(folder / "shown/9-0.png"), "--top", "3", "--beam", "4"]
    assert run(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].split(maxsplit=1)[1] == toy.pictures(6, seed=9)[1][0]
    assert run([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["predicted"] == found["candidates"][0]["text"] == toy.pictures(6, seed=9)[1][0]
    assert len(found["candidates"]) == 3
    assert len(found["candidates"][0]["attention"][0]) == 16


def test_the_rows_of_a_table_get_captions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", str(folder / "run"), str(folder / "new.csv")]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["predicted"] for row in rows] == [row["caption"] for row in rows]
    assert [row["image"] for row in rows] == [f"shown/9-{number}.png" for number in range(6)]


def test_a_table_names_its_column_of_pictures(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = folder / "shown/9-0.png"
    (tmp_path / "t.csv").write_text(f"a,b\n{picture},{picture}\n", encoding="utf-8")
    words = ["predict", str(folder / "run"), str(tmp_path / "t.csv")]
    assert run([*words, "--image", "b"]) == 0
    assert toy.pictures(6, seed=9)[1][0] in capsys.readouterr().out
    assert run(words) == 1
    assert "cannot tell which column is the image" in capsys.readouterr().err
    assert run([*words, "--image", "c"]) == 1
    assert "no column 'c' for the image" in capsys.readouterr().err


def test_paths_on_standard_input_get_a_caption_a_line_and_keep_their_places(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["shown/9-0.png", "moves.gif", "shown/9-1.png", "", "broken.png", "missing.png", "shown/9-2.png"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, "predict", "run", "-"],
        input="".join(f"{name}\n" for name in names),
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    one, two, three = toy.pictures(6, seed=9)[1][:3]
    assert done.stdout.splitlines() == [one, "", two, "", "", "", three]
    for name in ("moves.gif: expected one picture, got 2 frames", "broken.png", "missing.png: no such file"):
        assert f"left out: {name}" in done.stderr
    assert "4 of 7 pictures cannot be read; their captions are left empty" in done.stderr


def test_a_table_keeps_the_rows_of_pictures_that_cannot_be_read(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["broken.png", "shown/9-1.png"]
    lines = ["image", *(str(folder / name) for name in names)]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    assert run(["predict", str(folder / "run"), str(tmp_path / "t.csv"), "--json"]) == 0
    captured = capsys.readouterr()
    rows = [json.loads(line) for line in captured.out.splitlines()]
    assert [row["predicted"] for row in rows] == ["", toy.pictures(6, seed=9)[1][1]]
    assert [row["ended"] for row in rows] == [False, True]
    assert "1 of 2 pictures cannot be read" in captured.err


def test_nothing_is_written_where_no_picture_can_be_read(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text("image\na.png\nb.png\n", encoding="utf-8")
    (tmp_path / "out.csv").write_text("before", encoding="utf-8")
    words = ["predict", str(folder / "run"), str(tmp_path / "t.csv"), "-o", str(tmp_path / "out.csv")]
    assert run(words) == 1
    assert "not one of the 2 pictures can be read" in capsys.readouterr().err
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["PICTURE", "--alignment"], "--alignment: a captioner reads no text; leave it out"),
        (["PICTURE", "--plot", "a.png"], "--plot: a captioner reads no text"),
        (["PICTURE", "--source", "a"], "--source: a captioner reads no text"),
        (["PICTURE", "--image", "a"], "--image: names a column of a table"),
        (["PICTURE", "--beam", "0"], "beam: expected at least 1, got 0"),
        (["PICTURE", "--max-length", "0"], "max_length: expected at least 1, got 0"),
        (["PICTURE", "--top", "0"], "top: expected at least 1, got 0"),
        (["PICTURE", "--top", "3", "--beam", "2"], "n_best: expected from 1 to the beam"),
        (["-", "--image", "a", "--format", "text"], "image: - is lines of paths without columns"),
        (["moves.gif"], "moves.gif: expected one picture, got 2 frames"),
        (["broken.png"], "broken.png: not a picture of a known format"),
        (["missing.png"], "missing.png: no such file"),
        (["missing.csv"], "missing.csv: no such file"),
        (["a picture"], "there is no such file or data set"),
        (["empty.csv"], "empty"),
        (["new.csv", "--format", "pairs"], "format"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_one_clear_sentence(
    words: list[str],
    message: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    (folder / "empty.csv").touch()
    before = sorted(folder.rglob("*"))
    line = ["shown/9-0.png" if word == "PICTURE" else word for word in words]
    assert run(["predict", "run", *line]) in (1, 2)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert sorted(folder.rglob("*")) == before


def test_pictures_are_refused_by_models_of_texts(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", str(finished), "a", "--image", "b"]) == 2
    assert "--image: a language_model reads no pictures; leave it out" in capsys.readouterr().err


def test_a_run_is_scored_without_torch(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, "evaluate", "run", "new.csv"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    assert "6 records of new.csv" in done.stderr
    assert "caption of the most similar picture" in done.stdout
    assert "word F1 of the 6 whose words were learned from 20 times or more" in done.stdout
