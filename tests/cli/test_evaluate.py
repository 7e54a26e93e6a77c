"""`remy evaluate`."""

import json
import shutil
from pathlib import Path

import pytest

from remy.cli.app import run
from tests.training import tiny


def test_without_a_file_the_held_out_part_is_scored_as_after_training(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["evaluate", str(finished), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    metrics = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    assert result["model"] == metrics["model"]
    assert result["baseline"] == metrics["baseline"]
    assert result["notes"] == []


def test_a_file_is_scored_beside_the_baseline(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.txt"
    other.write_text(tiny.text(500, seed=9) + "Ω", encoding="utf-8")
    assert run(["evaluate", str(finished), str(other)]) == 0
    captured = capsys.readouterr()
    rows = captured.out.splitlines()
    assert rows[0].split() == ["nats/char", "bits/char"]
    assert rows[1].split()[0] == "model"
    assert rows[2].startswith("order-4 n-gram")
    assert "1 characters are not in the model's vocabulary" in captured.err
    assert "499 characters of other.txt" in captured.err


def test_scoring_the_training_text_itself_is_remarked_upon(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["evaluate", str(finished), str(finished.parent / "text.txt")]) == 0
    assert "is the text the run learned from" in capsys.readouterr().err


def test_a_moved_model_file_is_scored_without_a_baseline(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = Path(shutil.copy(finished / "model.safetensors", tmp_path / "moved.safetensors"))
    (tmp_path / "other.txt").write_text(tiny.text(300), encoding="utf-8")
    assert run(["evaluate", str(model), str(tmp_path / "other.txt"), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["baseline"] is None
    assert "no baseline, because this is a model file without its run directory" in captured.err
    assert run(["evaluate", str(model)]) == 2
    assert "give a text to score" in capsys.readouterr().err


def test_a_text_that_changed_since_gives_no_baseline(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(finished.parent, tmp_path / "moved"))
    (folder / "text.txt").write_text("another text altogether " * 20, encoding="utf-8")
    config = folder / "run" / "config.yaml"
    written = config.read_text(encoding="utf-8")
    config.write_text(written.replace(str(finished.parent), str(folder)), encoding="utf-8")
    (tmp_path / "other.txt").write_text(tiny.text(300), encoding="utf-8")
    assert run(["evaluate", str(folder / "run"), str(tmp_path / "other.txt")]) == 0
    assert (
        "no baseline, because text.txt is not the text the run learned from any more"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("content", ["", "ΩΩΩΩ"])
def test_a_text_with_nothing_to_score_exits_1(
    content: str, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.txt"
    path.write_text(content, encoding="utf-8")
    assert run(["evaluate", str(finished), str(path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
