"""Runs from beginning to end: what they leave, and that nothing that stops one costs more than time."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remy.errors import DataError, UsageError
from remy.io import model_file, tensor_file
from remy.tasks.language.opening import resume_language_model, train_language_model
from remy.tasks.language.sources import Source, open_source
from remy.training.checkpoint import Checkpoint
from remy.training.run_directory import RunDirectory
from tests.training import tiny


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "text.txt"
    path.write_text(tiny.text(), encoding="utf-8")
    return open_source(path)


def history(run: Path) -> list[dict[str, Any]]:
    lines = (run / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines]


def assert_same_runs(one: Path, other: Path) -> None:
    """Equal to the last bit but for the clock: model, history, scores and last checkpoint."""
    assert history(one) == history(other)
    for name in ("model.safetensors", "checkpoints/last.safetensors"):
        mine, _ = tensor_file.read(one / name)
        theirs, _ = tensor_file.read(other / name)
        assert mine.keys() == theirs.keys()
        for tensor, array in mine.items():
            assert array.tobytes() == theirs[tensor].tobytes(), (name, tensor)
    assert (one / "model.safetensors").read_bytes() == (other / "model.safetensors").read_bytes()
    for run in (one, other):
        assert (run / "plots" / "learning_curve.png").is_file()
    scores = [json.loads((run / "metrics.json").read_text(encoding="utf-8")) for run in (one, other)]
    for key in ("model", "baseline", "data"):
        assert scores[0][key] == scores[1][key]


def test_a_run_keeps_its_scores_beside_the_baseline(source: Source, tmp_path: Path) -> None:
    trained = train_language_model(tiny.config(), source, out=tmp_path / "run")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics == trained.metrics
    assert metrics["baseline"]["name"] == "order-4 n-gram, interpolated"
    assert metrics["model"]["characters"] == len(source.text) // 10 - 1
    # Both measure the same text: training reads it in streams, the runtime in one pass.
    assert metrics["training"]["validation_score"] == pytest.approx(
        metrics["model"]["nats_per_character"], rel=0.02
    )
    read = model_file.read(tmp_path / "run" / "model.safetensors")
    clock = {"seconds", "scoring_seconds", "items_per_second"}
    assert clock <= metrics["training"].keys()
    metrics["training"] = {key: value for key, value in metrics["training"].items() if key not in clock}
    assert read.metrics == metrics
    assert read.golden is not None


def test_the_model_that_is_kept_is_the_best_one(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter([3.0, 1.0, 2.0, 2.5, 1.5, 1.25])
    monkeypatch.setattr("remy.training.stream_lesson.validate", lambda *arguments, **options: next(scores))
    trained = train_language_model(tiny.config(), source, out=tmp_path / "run")
    second = history(tmp_path / "run")[1]
    assert trained.metrics["training"]["best_update"] == second["update"]
    kept = model_file.read(tmp_path / "run" / "model.safetensors").tensors
    last, _ = tensor_file.read(tmp_path / "run" / "checkpoints" / "last.safetensors")
    assert all(np.array_equal(array, last[f"best/{name}"]) for name, array in kept.items())
    assert not np.array_equal(kept["dense/kernel"], last["network/dense.kernel"])


def test_without_a_directory_nothing_is_written(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert train_language_model(tiny.config(train__epochs=0.5), source).run is None
    assert list(folder.iterdir()) == []


def test_a_full_disk_leaves_the_last_checkpoint_and_the_run_goes_on_from_it_bit_for_bit(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny.config(train__checkpoint_seconds=0.0)
    train_language_model(config, source, out=tmp_path / "whole")
    fsync, calls = os.fsync, 0

    def sometimes_full(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 60:
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", sometimes_full)
    with pytest.raises(DataError, match="No space left on device"):
        train_language_model(config, source, out=tmp_path / "stopped")
    monkeypatch.undo()
    assert not (tmp_path / "stopped" / "metrics.json").exists()
    resume_language_model(tmp_path / "stopped")
    assert_same_runs(tmp_path / "whole", tmp_path / "stopped")


def test_a_run_killed_at_a_random_moment_goes_on_bit_for_bit(source: Source, tmp_path: Path) -> None:
    changes = {"train__epochs": 5, "train__checkpoint_seconds": 0.0}
    train_language_model(tiny.config(**changes), source, out=tmp_path / "whole")
    program = (
        "import sys; from pathlib import Path\n"
        "from remy.tasks.language.opening import resume_language_model, train_language_model\n"
        "from remy.tasks.language.sources import open_source\n"
        "from tests.training import tiny\n"
        "out = Path(sys.argv[2])\n"
        "if out.exists(): resume_language_model(out)\n"
        f"else: train_language_model(tiny.config(**{changes!r}), open_source(sys.argv[1]), out=out)\n"
    )
    out = tmp_path / "killed"
    kills = 0
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", program, source.location, str(out)], cwd=Path(__file__).parents[3]
        )
        checkpoint = out / "checkpoints" / "last.safetensors"
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        while process.poll() is None:
            if checkpoint.exists() and checkpoint.stat().st_mtime_ns != before:
                time.sleep(random.uniform(0.0, 0.3))
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.005)
        kills += process.wait() == -signal.SIGKILL
    assert kills >= 1
    resume_language_model(out)
    assert_same_runs(tmp_path / "whole", out)


def test_a_run_killed_before_its_first_checkpoint_begins_again(source: Source, tmp_path: Path) -> None:
    train_language_model(tiny.config(), source, out=tmp_path / "whole")
    config = tiny.config()
    data = config.data.model_copy(update={"train": source.location})
    RunDirectory.create(tmp_path / "killed", config.model_copy(update={"data": data}))
    resume_language_model(tmp_path / "killed")
    assert_same_runs(tmp_path / "whole", tmp_path / "killed")


def test_resuming_a_finished_run_changes_nothing(source: Source, tmp_path: Path) -> None:
    first = train_language_model(tiny.config(), source, out=tmp_path / "run")
    before = history(tmp_path / "run")
    tensors, _ = tensor_file.read(tmp_path / "run" / "checkpoints" / "last.safetensors")
    second = resume_language_model(tmp_path / "run")
    again, _ = tensor_file.read(tmp_path / "run" / "checkpoints" / "last.safetensors")
    assert history(tmp_path / "run") == before
    assert second.metrics["model"] == first.metrics["model"]
    assert all(np.array_equal(again[name], array) for name, array in tensors.items())


def test_more_epochs_make_a_finished_run_longer(source: Source, tmp_path: Path) -> None:
    first = train_language_model(tiny.config(), source, out=tmp_path / "run")
    second = resume_language_model(tmp_path / "run", changes={"train.epochs": 3})
    assert second.metrics["training"]["updates"] == pytest.approx(1.5 * first.metrics["training"]["updates"])
    assert RunDirectory(tmp_path / "run").read_config().train.epochs == 3


def test_a_changed_text_is_refused(source: Source, tmp_path: Path) -> None:
    train_language_model(tiny.config(train__epochs=0.2), source, out=tmp_path / "run")
    Path(source.location).write_text(tiny.text(seed=8), encoding="utf-8")
    with pytest.raises(DataError, match="the data changed since the run began"):
        resume_language_model(tmp_path / "run")


def test_a_text_that_moved_can_be_pointed_to(source: Source, tmp_path: Path) -> None:
    train_language_model(tiny.config(train__epochs=0.2), source, out=tmp_path / "run")
    Path(source.location).rename(tmp_path / "elsewhere.txt")
    with pytest.raises(DataError, match=r"no such file.*say where it is now: remy train FILE -o .* --resume"):
        resume_language_model(tmp_path / "run")
    resume_language_model(tmp_path / "run", source=open_source(tmp_path / "elsewhere.txt"))


def test_texts_given_from_python_are_kept_for_the_resumption(tmp_path: Path) -> None:
    train, valid = Source("text", tiny.text()), Source("text", tiny.text(400, seed=3))
    train_language_model(tiny.config(train__epochs=0.2), train, valid, out=tmp_path / "run")
    again = resume_language_model(tmp_path / "run", changes={"train.epochs": 0.4})
    assert again.metrics["data"]["valid_characters"] == 400


def test_what_would_make_it_another_run_is_refused(source: Source, tmp_path: Path) -> None:
    train_language_model(tiny.config(train__epochs=0.2), source, out=tmp_path / "run")
    with pytest.raises(
        UsageError, match=r"model.units: a resumed run keeps model.units = 12, got 13; only train"
    ):
        resume_language_model(tmp_path / "run", changes={"model.units": 13})
    with pytest.raises(UsageError, match=r"--split: a resumed run keeps data.split = 0.9"):
        resume_language_model(tmp_path / "run", changes={"data.split": 0.5}, names={"data.split": "--split"})


def test_a_damaged_checkpoint_is_named_and_nothing_is_overwritten(source: Source, tmp_path: Path) -> None:
    train_language_model(tiny.config(train__epochs=0.2), source, out=tmp_path / "run")
    path = tmp_path / "run" / "checkpoints" / "last.safetensors"
    content = path.read_bytes()[:-40]
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"last\.safetensors: cut short"):
        resume_language_model(tmp_path / "run")
    assert path.read_bytes() == content


def contents(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_a_finished_run_without_its_checkpoint_is_not_started_over(source: Source, tmp_path: Path) -> None:
    train_language_model(tiny.config(), source, out=tmp_path / "run")
    (tmp_path / "run" / "checkpoints" / "last.safetensors").unlink()
    before = contents(tmp_path / "run")
    with pytest.raises(DataError, match=r"last\.safetensors: is missing, and the run has a finished model"):
        resume_language_model(tmp_path / "run")
    assert contents(tmp_path / "run") == before


def test_a_run_is_not_replaced_by_one_that_cannot_be_made(source: Source, tmp_path: Path) -> None:
    train_language_model(tiny.config(), source, out=tmp_path / "run")
    before = contents(tmp_path / "run")
    with pytest.raises(UsageError, match="--device: no 'meta'"):
        train_language_model(tiny.config(train__device="meta"), source, out=tmp_path / "run", force=True)
    assert contents(tmp_path / "run") == before


def test_a_run_that_holds_the_text_is_not_replaced(tmp_path: Path) -> None:
    train_language_model(tiny.config(), Source("text", tiny.text()), out=tmp_path / "run")
    before = contents(tmp_path / "run")
    inside = open_source(tmp_path / "run" / "data" / "train.txt")
    with pytest.raises(UsageError, match="holds the data"):
        train_language_model(tiny.config(), inside, out=tmp_path / "run", force=True)
    assert contents(tmp_path / "run") == before


def test_a_run_that_another_process_trains_is_not_replaced(source: Source, tmp_path: Path) -> None:
    train_language_model(tiny.config(), source, out=tmp_path / "run")
    before = contents(tmp_path / "run")
    with RunDirectory(tmp_path / "run").lock(), pytest.raises(DataError, match="another process is training"):
        train_language_model(tiny.config(), source, out=tmp_path / "run", force=True)
    assert contents(tmp_path / "run") == before


def test_a_model_is_there_from_the_first_validation_on(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StoppedError(Exception):
        pass

    def stop(run: RunDirectory, checkpoint: Checkpoint) -> None:
        if checkpoint.record["history"]:
            raise StoppedError

    monkeypatch.setattr(RunDirectory, "save_checkpoint", stop)
    with pytest.raises(StoppedError):
        train_language_model(tiny.config(), source, out=tmp_path / "run")
    assert model_file.read(tmp_path / "run" / "model.safetensors").golden is not None
