"""The directory of a run: made, found, replaced only on request, locked."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from remy.config import LanguageModelConfig
from remy.errors import DataError, UsageError
from remy.training.checkpoint import Checkpoint
from remy.training.run_directory import RunDirectory


def test_a_new_run_has_its_configuration(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path / "a" / "run", LanguageModelConfig())
    assert run.read_config() == LanguageModelConfig()
    assert run.checkpoint.parent.is_dir()


def test_an_empty_directory_may_become_a_run(tmp_path: Path) -> None:
    assert RunDirectory.create(tmp_path, LanguageModelConfig()).config.is_file()


def test_an_existing_run_is_not_overwritten(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path / "run", LanguageModelConfig())
    run.save_metrics({"kept": True})
    with pytest.raises(
        UsageError, match="this run exists; give --resume to go on with it or --force to replace"
    ):
        RunDirectory.create(tmp_path / "run", LanguageModelConfig())
    assert run.read_metrics() == {"kept": True}


def test_force_removes_what_the_run_made_and_nothing_else(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path / "run", LanguageModelConfig())
    run.save_metrics({"old": True})
    run.save_checkpoint(Checkpoint({"a": np.zeros(1, np.float32)}, {}))
    run.write(run.plots / "learning_curve.png", b"old")
    notes = run.path / "my-notes.txt"
    notes.write_text("mine", encoding="utf-8")
    RunDirectory.create(run.path, LanguageModelConfig(), force=True)
    assert notes.read_text(encoding="utf-8") == "mine"
    assert run.read_metrics() is None
    assert not run.checkpoint.exists()
    assert not run.plots.exists()


@pytest.mark.parametrize("force", [False, True])
def test_a_directory_that_is_no_run_is_never_replaced(tmp_path: Path, force: bool) -> None:
    (tmp_path / "thesis.tex").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="exists and is not a training run"):
        RunDirectory.create(tmp_path, LanguageModelConfig(), force=force)
    assert (tmp_path / "thesis.tex").exists()


def test_a_file_in_the_place_of_the_run_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="a file of this name exists"):
        RunDirectory.create(tmp_path / "run", LanguageModelConfig(), force=True)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match="cannot write: Not a directory"):
        RunDirectory.create(tmp_path / "file" / "run", LanguageModelConfig())


def test_fresh_names_count_on(tmp_path: Path) -> None:
    assert RunDirectory.fresh(tmp_path, "plays") == tmp_path / "plays-1"
    (tmp_path / "plays-1").mkdir()
    assert RunDirectory.fresh(tmp_path, "plays") == tmp_path / "plays-2"


def test_resuming_where_nothing_is_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such run to resume"):
        RunDirectory.existing(tmp_path / "none")
    with pytest.raises(DataError, match="not a training run"):
        RunDirectory.existing(tmp_path)


def test_a_second_process_cannot_train_in_the_same_run(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path / "run", LanguageModelConfig())
    program = (
        "import sys; from pathlib import Path; from remy.training.run_directory import RunDirectory\n"
        "with RunDirectory(Path(sys.argv[1])).lock(): print('trains')"
    )
    with run.lock():
        second = subprocess.run(
            [sys.executable, "-c", program, str(run.path)], capture_output=True, text=True, check=False
        )
    assert second.returncode != 0
    assert "another process is training in this run" in second.stderr
    with run.lock():
        pass


def test_metrics_that_are_no_json_are_named(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path / "run", LanguageModelConfig())
    run.metrics.write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"metrics\.json: cannot be read"):
        run.read_metrics()


def test_looking_at_a_run_needs_no_torch() -> None:
    program = "import sys, remy.training.run_directory as r; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_replacement_that_fails_brings_the_old_run_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunDirectory.create(tmp_path / "run", LanguageModelConfig())
    run.save_metrics({"kept": True})
    before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}

    def full(self: RunDirectory, config: LanguageModelConfig) -> None:
        raise DataError("no space left")

    monkeypatch.setattr(RunDirectory, "save_config", full)
    with pytest.raises(DataError, match="no space left"):
        RunDirectory.create(run.path, LanguageModelConfig(), force=True)
    assert {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()} == before


def test_a_directory_with_a_configuration_of_something_else_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("mine: true", encoding="utf-8")
    with pytest.raises(UsageError, match="exists and is not a training run"):
        RunDirectory.create(tmp_path, LanguageModelConfig(), force=True)
    assert (tmp_path / "config.yaml").read_text(encoding="utf-8") == "mine: true"
