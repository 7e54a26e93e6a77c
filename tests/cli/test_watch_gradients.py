"""`remy train --watch-gradients --tensorboard`: what is asked for, what it leaves behind, what it refuses."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from remy.cli.app import run
from remy.errors import UsageError
from tests.training import tiny
from tests.training.events import events


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "plays.txt"
    path.write_text(tiny.text(), encoding="utf-8")
    return path


def looks(out: Path) -> list[dict[str, Any]]:
    lines = (out / "history.jsonl").read_text().splitlines()
    return [look for line in lines for look in json.loads(line).get("watch", [])]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["FILE", "--watch-gradients", "7"], 7),
        (["FILE", "--watch-gradients=7"], 7),
        (["FILE", "--watch-gradients"], 50),
        (["--watch-gradients", "FILE"], 50),
        (["--watch-gradients", "7", "FILE"], 7),
        (["FILE", "--watch-gradients", "--quiet"], 50),
        (["FILE", "--watch-gradients", "-3"], -3),
        (["FILE"], None),
    ],
)
def test_the_number_of_updates_may_be_left_out(
    words: list[str], expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Any] = []

    def start(data: str, out: Any, force: bool, config: Any, given: dict[str, Any], *_: Any) -> None:
        found.append((data, given.get("--watch-gradients")))
        raise UsageError("enough is known")

    monkeypatch.setattr("remy.cli.train._start", start)
    assert run(["train", *words]) == 2
    assert found == [("FILE", expected)]


def test_a_number_that_is_none_is_refused(
    text: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", str(text), *words, "--watch-gradients", "0"]) == 2
    assert "--watch-gradients" in capsys.readouterr().err
    assert run(["train", str(text), *words, "--watch-gradients", "-3"]) == 2


def test_a_run_is_drawn_and_resumed_and_replaced(text: Path, tmp_path: Path, words: list[str]) -> None:
    out, fixed = tmp_path / "run", ["--quiet", *words]
    asked = ["--watch-gradients", "20", "--tensorboard"]
    assert run(["train", str(text), "-o", str(out), *fixed, *asked]) == 0
    (first,) = (out / "tensorboard").iterdir()
    kept = first.read_bytes()
    moved = tmp_path / "elsewhere"
    out.rename(moved)
    assert (
        run(["train", "-o", str(moved), "--resume", "--quiet", "--epochs", "2", "--watch-gradients", "10"])
        == 0
    )
    first, second = sorted((moved / "tensorboard").iterdir(), key=lambda path: path.suffix)
    assert first.read_bytes() == kept
    ended, begun = events(first)[-1].step, events(second)[1].step
    assert begun == ended + 1
    updates = [look["update"] for look in looks(moved)]
    assert updates == sorted(set(updates))
    assert {update % 20 for update in updates if update <= ended} == {0}
    assert {update % 10 for update in updates if update > ended} == {0}
    tags = {value.tag for event in events(second) for value in event.summary.value}
    assert {"loss/train", "loss/valid", "learning_rate", "gradient/median_norm", "dead/rnn_0_forward"} <= tags
    assert {"gradient_by_lag/rnn_0_forward/h/lag_0004", "saturation/rnn_0_forward/forget"} <= tags
    assert run(["train", str(text), "-o", str(moved), "--force", *fixed]) == 0
    assert not (moved / "tensorboard").exists()
    assert looks(moved) == []


def test_without_the_package_nothing_is_begun(
    text: Path,
    tmp_path: Path,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    out = tmp_path / "run"
    assert run(["train", str(text), "-o", str(out), *words, "--tensorboard"]) == 2
    said = capsys.readouterr().err
    assert said.count("tensorboardX is not installed; pip install 'remy-rnn[tensorboard]'") == 1
    assert not out.exists()
    assert run(["train", str(text), "-o", str(out), "--quiet", *words, "--watch-gradients"]) == 0
