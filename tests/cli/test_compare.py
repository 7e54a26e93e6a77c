"""`remy compare`: tables on standard output, progress on standard error, one sentence for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from remy.cli.app import run
from remy.cli.compare import _horizons
from tests.tasks.comparison.made import row
from tests.training import tiny

QUICK = ["--units", "4", "--epochs", "0.03", "--steps", "8", "--threads", "1"]


def test_a_table_a_sentence_a_cell_and_the_untrained_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "adding", *QUICK, "--seeds", "2"]) == 0
    captured = capsys.readouterr()
    head, *rows = captured.out.splitlines()
    assert head.split()[:3] == ["adding", "parameters", "updates"]
    assert [line.split()[:3] for line in rows[:3]] == [
        ["simple_rnn", "33", "3"], ["lstm", "117", "3"], ["gru", "101", "3"],
    ]  # fmt: skip
    assert rows[3].startswith("always 1 (baseline)")
    assert "\nEvery training made 3 updates.\n" in captured.out
    assert "\nlstm, forget bias 1 " in captured.out
    assert "\nUntrained, simple_rnn with its orthogonal recurrent kernel " in captured.out
    progress = captured.err.splitlines()
    assert len(progress) == 6
    assert progress[0].startswith("remy: simple_rnn, seed 0: mean squared error ")
    assert progress[0].endswith(" after 3 updates in 0:00")


def test_json_is_one_object_with_the_same_figures(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "copy", *QUICK, "--cell", "gru,lstm", "--seeds", "1", "--seed", "4"]
    assert run([*words, "--json", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    found = json.loads(captured.out)
    assert [each["name"] for each in found["rows"]] == ["gru", "lstm"]
    assert found["seeds"] == [4]
    assert found["budget"]["threads"] == 1
    assert run([*words, "--quiet"]) == 0
    shown = capsys.readouterr().out
    assert found["rows"][0]["sentence"] in shown
    assert found["verdict"] in shown


def test_a_file_is_compared_with_what_set_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "text.txt"
    file.write_text(tiny.text(), encoding="utf-8")
    words = ["--units", "4", "--epochs", "0.1", "--seeds", "1", "--cell", "gru", "--bidirectional", "both"]
    sets = ["--set", "model.embedding=4", "--set", "train.steps=16", "--set", "train.batch_size=2"]
    assert run(["compare", str(file), *words, *sets, "--layers", "1,2", "--threads", "1"]) == 0
    shown = capsys.readouterr().out
    assert "\n2-layer gru " in shown
    assert "Left out: bidirectional gru: the task language_model has no choice of directions" in shown


def test_files_are_written_and_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    words = ["compare", "adding", *QUICK, "--seeds", "1", "--cell", "gru", "-o", str(tmp_path / "a")]
    assert run(words) == 0
    assert f"remy: {tmp_path / 'a'}: comparison.json and comparison.svg" in capsys.readouterr().err
    before = (tmp_path / "a" / "comparison.json").read_bytes()
    assert run([*words, "--seed", "1"]) == 2
    assert "comparison.json: exists; give --force" in capsys.readouterr().err
    assert (tmp_path / "a" / "comparison.json").read_bytes() == before
    assert run([*words, "--seed", "1", "--force"]) == 0
    assert (tmp_path / "a" / "comparison.json").read_bytes() != before


def test_a_horizon_past_the_lags_seen_is_no_number() -> None:
    assert _horizons(row("lstm", [0.1, 0.1])) == "> 149"
    assert _horizons(row("lstm", [0.1, 0.1], horizon=7)) == "7"


@pytest.mark.parametrize(("words", "code", "message"), [
    (["adding", "--cell", "lstn"], 2, "cell: expected one of simple_rnn, lstm, gru, got 'lstn'; did"),
    (["adding", "--seeds", "0"], 2, "seeds: expected at least 1, got 0"),
    (["adding", "--steps", "1"], 2, "steps: the adding problem needs at least 2, got 1"),
    (["adding", "--layers", "two"], 2, "--layers: expected a number or several as 1,2, got 'two'"),
    (["adding", "--bidirectional", "maybe"], 2, "--bidirectional: expected one of no, yes, both, got"),
    (["adding", "--set", "train.lr=-1"], 2, "train.lr: expected greater than 0, got -1"),
    (["missing.csv"], 1, "missing.csv"),
])  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(
    words: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compare", *words]) == code
    error = capsys.readouterr().err
    assert error.startswith("remy: error: ")
    assert message in error
    assert error.count("\n") == 1
