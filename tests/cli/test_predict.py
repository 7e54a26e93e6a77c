"""`remy predict`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from remy import runtime
from remy.cli.app import run


def test_candidates_come_with_probabilities_the_best_first(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["predict", str(finished), "HELL", "--top", "3"]) == 0
    captured = capsys.readouterr()
    rows = captured.out.splitlines()
    expected = runtime.load(finished).predict("HELL", top=3)
    assert [row.rsplit(maxsplit=1)[1] for row in rows] == [
        f"{probability:.4f}" for _, probability in expected
    ]
    assert rows[0].startswith(repr(expected[0][0]))
    assert captured.err == ""


def test_json_names_character_and_probability(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", str(finished), "HELL", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["text"] == "HELL"
    assert len(result["next"]) == 5
    assert set(result["next"][0]) == {"character", "probability"}


def test_the_text_may_come_from_standard_input(finished: Path) -> None:
    line = [sys.executable, "-m", "remy.cli", "predict", str(finished), "-", "--json"]
    shown = subprocess.run(line, input=b"HELL\n", capture_output=True, check=True).stdout
    assert json.loads(shown)["text"] == "HELL"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [(["Ωmega"], 1, "'Ω'"), (["HELL", "--top", "0"], 2, "top: expected at least 1, got 0")],
)
def test_what_cannot_be_used_is_said_in_one_sentence(
    words: list[str], code: int, message: str, finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["predict", str(finished), *words]) == code
    complaint = capsys.readouterr().err
    assert complaint.startswith("remy: error: ")
    assert complaint.count("\n") == 1
    assert message in complaint


def test_a_path_without_a_model_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["predict", str(tmp_path), "x"]) == 1
    assert "model.safetensors" in capsys.readouterr().err
