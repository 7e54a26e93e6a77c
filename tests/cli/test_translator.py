"""Translating from the command line: lines in, lines out, in their order."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from remy.cli.app import run
from tests.cli.test_without_torch import WITHOUT_TORCH
from tests.tasks.translation import toy

FLAGS = [word for key, value in toy.SMALL.items() for word in ("--set", f"{key}={value}")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two parallel files and a finished run."""
    place = tmp_path_factory.mktemp("translator")
    for name, (sources, targets) in (("train", toy.pairs(300)), ("valid", toy.pairs(30, seed=1))):
        for language, texts in (("en", sources), ("es", targets)):
            (place / f"{name}.{language}").write_text("".join(f"{one}\n" for one in texts), encoding="utf-8")
    words = ["train", "--source", str(place / "train.en"), "--target", str(place / "train.es")]
    words += ["--valid", f"{place / 'valid.en'},{place / 'valid.es'}", "-o", str(place / "run"), *FLAGS]
    assert run([*words, "--quiet"]) == 0
    return place


def test_two_files_are_known_for_what_they_are_and_the_flags_say_the_same(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "--source", str(folder / "valid.en"), "--target", str(folder / "valid.es")]
    assert run([*words, "-o", str(tmp_path / "a"), *FLAGS, "--epochs", "1"]) == 0
    captured = capsys.readouterr()
    assert "task: translator (guessed: two parallel files)" in captured.err
    assert "copy of the source" in captured.out
    assert "perplexity" in captured.out
    (line,) = [line for line in captured.err.splitlines() if line.startswith("remy:   remy train ")]
    again = line.removeprefix("remy:   remy ").replace(str(tmp_path / "a"), str(tmp_path / "b")).split()
    assert run([*again, "--quiet"]) == 0
    models = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("a", "b")]
    assert models[0] == models[1]


def test_lines_come_back_as_lines_in_their_order(folder: Path) -> None:
    sources = toy.pairs(40, seed=3)[0]
    sources.insert(7, "")
    line = [sys.executable, "-c", WITHOUT_TORCH, "predict", str(folder / "run"), "-"]
    text = "".join(f"{source}\n" for source in sources)
    shown = subprocess.run(line, input=text, text=True, capture_output=True, check=True)
    found = shown.stdout.splitlines()
    assert len(found) == 41
    assert found[7] == ""
    for source, written in list(zip(sources, found, strict=True))[5:8]:
        alone = subprocess.run([*line[:-1], source or " "], text=True, capture_output=True, check=True)
        assert alone.stdout == f"{written}\n"


def test_a_file_of_lines_and_a_table_are_answered(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(["predict", str(folder / "run"), str(folder / "valid.en"), "-o", str(tmp_path / "out.es")]) == 0
    )
    written = (tmp_path / "out.es").read_text(encoding="utf-8").splitlines()
    assert len(written) == 30
    rows = "".join(f"{number},{text}\n" for number, text in enumerate(toy.pairs(30, seed=1)[0]))
    (tmp_path / "rows.csv").write_text(f"id,text\n{rows}", encoding="utf-8")
    words = ["predict", str(folder / "run"), str(tmp_path / "rows.csv"), "--source", "text", "--json"]
    assert run([*words, "--top", "2", "--alignment"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["predicted"] for row in found] == written
    assert list(found[0]) == ["id", "text", "predicted", "score", "ended", "alignment", "top"]
    assert all(row["top"][0] == [row["predicted"], row["score"]] for row in found)
    assert all(row["top"][0][1] >= row["top"][1][1] for row in found)
    assert all("-" in link for link in found[0]["alignment"].split())


def test_one_text_is_answered_with_all_there_is_to_say(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "the red dog sees the moon."
    words = ["predict", str(folder / "run"), text]
    assert run([*words, "--top", "3"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert run([*words, "--alignment", "--plot", str(tmp_path / "look.svg")]) == 0
    assert "<svg" in (tmp_path / "look.svg").read_text()
    written, links = capsys.readouterr().out.splitlines()
    assert len(links.split()) <= len(written.split())
    assert run([*words, "--json", "--beam", "2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["predicted"] == found["candidates"][0]["text"]
    assert found["source_pieces"][-1] == "</s>"
    rows = found["candidates"][0]["attention"]
    assert len(rows) == len(found["candidates"][0]["pieces"])
    assert all(sum(row) == pytest.approx(1, abs=1e-3) for row in rows)
    drawn = []
    for seed in ("1", "1", "2"):
        assert run([*words, "--temperature", "3", "--seed", seed]) == 0
        drawn.append(capsys.readouterr().out)
    assert drawn[0] == drawn[1] != drawn[2]


def test_what_was_odd_is_said_beside_the_answers(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.txt").write_text("the dog sees the moon.\nthe Ψ sees.\n" + "the dog " * 80 + "\n")
    assert run(["predict", str(folder / "run"), str(tmp_path / "odd.txt"), "--max-length", "3"]) == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 3
    assert "of 1 of 3 texts only the first 100 pieces were read" in captured.err
    assert "1 of 3 texts have pieces that were never seen in training" in captured.err
    assert "did not come to an end and were cut (--max-length)" in captured.err


def test_a_file_is_scored_beside_the_baselines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["evaluate", str(folder / "run"), f"{folder / 'valid.en'},{folder / 'valid.es'}", "--json"]
    assert run(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["model"]["bleu"] > 40
    assert found["model"]["search"]["beam"] == 5
    assert run([*words, "--beam", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["model"]["search"]["beam"] == 1
    assert run([*words, "--beam", "0"]) == 2
    assert "beam: expected at least 1, got 0" in capsys.readouterr().err
    assert run(["evaluate", str(folder / "run")]) == 0
    assert "target of the most similar source" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["a dog", "--beam", "0"], 2, "beam: expected at least 1, got 0"),
        (["a dog", "--max-length", "0"], 2, "max_length: expected at least 1, got 0"),
        (["a dog", "--top", "0"], 2, "top: expected at least 1, got 0"),
        (["a dog", "--temperature", "-1"], 2, "temperature"),
        (["a dog", "--length-penalty", "-1"], 2, "length"),
        (["nowhere.en"], 1, "no such file"),
        (["a dog", "--plot", "x.pdf"], 2, "--plot: expected a file that ends in .png or .svg"),
        (["valid.en", "--plot", "x.svg"], 2, "--plot: draws what was looked at for one text"),
        (["valid.en", "--source", "en"], 2, "is lines of text without columns"),
        (["valid.en", "--format", "xml"], 2, "format: expected one of text, csv, tsv, jsonl, parquet"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_leaves_no_file(
    words: list[str],
    code: int,
    message: str,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [str(folder / word) if word == "valid.en" else word for word in words]
    assert run(["predict", str(folder / "run"), *given]) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_files_of_unequal_line_counts_train_nothing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "--source", str(folder / "train.en"), "--target", str(folder / "valid.es")]
    assert run([*words, "-o", str(tmp_path / "run")]) == 1
    assert "train.en: 300 lines, but" in (said := capsys.readouterr().err)
    assert "valid.es has 30; expected one line for each line of the other." in said
    assert list(tmp_path.iterdir()) == []


def test_other_models_refuse_the_flags_of_those_that_write(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["predict", str(finished), "a", "--beam", "3"]) == 2
    assert "--beam: a language_model writes no sequence of its own; leave it out" in capsys.readouterr().err
    assert run(["evaluate", str(finished), "--beam", "3"]) == 2
    assert "beam: a language_model writes no sequence of its own; leave it out" in capsys.readouterr().err


def test_the_module_is_reached_as_a_program(folder: Path) -> None:
    line = [sys.executable, "-m", "remy.cli", "predict", str(folder / "run"), "the dog has the book."]
    assert subprocess.run(line, text=True, capture_output=True, check=True).stdout.strip()
