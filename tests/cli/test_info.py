"""`remy info`, and the model files nobody can use."""

import json
import shutil
from pathlib import Path

import pytest

from remy.cli.app import run


def test_a_run_is_described(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["info", str(finished)]) == 0
    shown = capsys.readouterr().out
    for part in ("language_model", "architecture.units", "metrics.data.sha256", "parameters"):
        assert part in shown
    assert all(line and not line.startswith(" ") for line in shown.splitlines())


def test_json_holds_the_same(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["info", str(finished), "--json"]) == 0
    described = json.loads(capsys.readouterr().out)
    assert described["architecture"]["units"] == 12
    metrics = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    for reading_of_the_clock in ("seconds", "scoring_seconds", "items_per_second"):
        del metrics["training"][reading_of_the_clock]
    assert described["metrics"] == metrics
    assert "verified" not in described


def test_verify_replays_the_golden_example(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["info", str(finished), "--verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verified"] is True


@pytest.mark.parametrize("verb", [["info"], ["predict"], ["generate"], ["evaluate"]])
@pytest.mark.parametrize("damage", ["short", "flipped", "text", "empty"])
def test_a_damaged_model_is_refused_by_every_verb_with_its_name(
    verb: list[str], damage: str, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(shutil.copy(finished / "model.safetensors", tmp_path / "m.safetensors"))
    content = bytearray(path.read_bytes())
    if damage == "short":
        content = content[:-100]
    elif damage == "flipped":
        content[-50] ^= 64
    elif damage == "text":
        content = bytearray(b"once upon a time there was a model")
    else:
        content = bytearray()
    path.write_bytes(content)
    extra = ["x"] if verb == ["predict"] else []
    assert run([*verb, str(path), *extra]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("remy: error: ")
    assert "m.safetensors" in captured.err
    assert captured.err.count("\n") == 1
