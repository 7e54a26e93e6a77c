"""The directory of a training run: what lies where, and when it may be made or replaced.

::

    RUN/model.safetensors            the best model, complete
    RUN/config.yaml                  every option, resolved
    RUN/history.jsonl                one line a validation
    RUN/metrics.json                 the scores, with the baseline beside the model
    RUN/checkpoints/last.safetensors what --resume goes on from
    RUN/plots/learning_curve.png     and .svg
    RUN/tensorboard/                 event files, one a session, only if asked for
    RUN/data/train.txt, valid.txt    the text, only if it came from standard input or from Python
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from remy import config as configuration
from remy.config import Config
from remy.errors import DataError, UsageError
from remy.io.atomic import write_bytes, write_text
from remy.training import checkpoint as checkpoints
from remy.training.checkpoint import Checkpoint

#: Everything a run makes, and so everything that replacing a run removes.
_ENTRIES = (
    "model.safetensors",
    "history.jsonl",
    "metrics.json",
    "checkpoints",
    "plots",
    "tensorboard",
    "data/train.txt",
    "data/valid.txt",
    "data/train.conllu",
    "data/valid.conllu",
    "data/test.conllu",
    "data/train.jsonl",
    "data/valid.jsonl",
    "data/test.jsonl",
    "data/train.npz",
    "data/valid.npz",
    "data/test.npz",
    "data/encoder.json",
    "config.yaml",
)
#: Held by whoever trains in the directory; never removed, so that it says the same to everybody.
_LOCK = ".lock"
#: Where replaced entries wait until the new run stands.
_ASIDE = ".replaced"


class RunDirectory:
    """Paths inside a run, and writing to them.

    Parameters
    ----------
    path
        The directory. Making a `RunDirectory` touches nothing; see `create`, `fresh` and `existing`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.model = path / "model.safetensors"
        self.config = path / "config.yaml"
        self.history = path / "history.jsonl"
        self.metrics = path / "metrics.json"
        self.checkpoint = path / "checkpoints" / "last.safetensors"
        self.plots = path / "plots"
        self.tensorboard = path / "tensorboard"
        self.train_text = path / "data" / "train.txt"
        self.valid_text = path / "data" / "valid.txt"

    @classmethod
    def check_free(cls, path: Path, *, force: bool) -> None:
        """Refuse a `path` that `create` would refuse, before any work is done.

        Raises
        ------
        UsageError
            If something is there and `force` is not given, or is there and is not a run.
        """
        if not path.exists():
            return
        if not path.is_dir():
            raise UsageError(f"{path}: a file of this name exists; choose another directory for the run")
        if all(entry.name == _LOCK for entry in path.iterdir()):
            return
        if not ((path / "config.yaml").is_file() and (path / "checkpoints").is_dir()):
            raise UsageError(f"{path}: exists and is not a training run; choose another directory")
        if not force:
            raise UsageError(
                f"{path}: this run exists; give --resume to go on with it or --force to replace it"
            )

    @classmethod
    def create(
        cls,
        path: Path,
        config: Config,
        *,
        force: bool = False,
        fill: Callable[[RunDirectory], None] | None = None,
    ) -> Self:
        """Make the directory and write its configuration.

        Parameters
        ----------
        path
            Must not exist, or be empty, or, with `force`, be a run: then what the run made is removed, and
            nothing else, once the new one stands.
        fill
            Writes what else has to stand; if it fails, the old run comes back.

        Raises
        ------
        UsageError
            As `check_free`.
        DataError
            If the directory cannot be made or written.
        """
        cls.check_free(path, force=force)
        run = cls(path)
        with _writing(path):
            path.mkdir(parents=True, exist_ok=True)
            with _replacing(path):
                run.checkpoint.parent.mkdir(exist_ok=True)
                run.save_config(config)
                if fill is not None:
                    fill(run)
        return run

    @classmethod
    def fresh(cls, base: Path, name: str) -> Path:
        """Return the first of ``base/name-1``, ``base/name-2``, ... that does not exist."""
        number = 1
        while (base / f"{name}-{number}").exists():
            number += 1
        return base / f"{name}-{number}"

    @classmethod
    def existing(cls, path: Path) -> Self:
        """Return the run at `path`.

        Raises
        ------
        DataError
            If there is none.
        """
        run = cls(path)
        if not path.is_dir():
            raise DataError(f"{path}: there is no such run to resume")
        if not run.config.is_file():
            raise DataError(f"{path}: not a training run (it has no config.yaml)")
        return run

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep a second process from training in this directory at the same time.

        Raises
        ------
        DataError
            If one already does.
        """
        try:
            import fcntl
        except ImportError:  # no such locks on this system
            yield
            return
        with _writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            file = (self.path / _LOCK).open("w")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DataError(f"{self.path}: another process is training in this run") from None
            yield

    def read_config(self) -> Config:
        """Read the configuration the run was made with."""
        return configuration.read(self.config)

    def save_config(self, config: Config) -> None:
        """Write ``config.yaml``."""
        self.write(self.config, configuration.dump(config))

    def save_history(self, history: list[dict[str, Any]]) -> None:
        """Write ``history.jsonl``."""
        self.write(self.history, "".join(f"{json.dumps(record)}\n" for record in history))

    def save_metrics(self, metrics: dict[str, Any]) -> None:
        """Write ``metrics.json``."""
        self.write(self.metrics, json.dumps(metrics, indent=2, ensure_ascii=False) + "\n")

    def read_metrics(self) -> dict[str, Any] | None:
        """Return ``metrics.json``, or None if the run has not finished."""
        try:
            metrics: dict[str, Any] = json.loads(self.metrics.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise DataError(f"{self.metrics}: cannot be read: {error}") from error
        return metrics

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Write ``checkpoints/last.safetensors``."""
        checkpoints.write(self.checkpoint, checkpoint)

    def write(self, path: Path, content: str | bytes) -> None:
        """Write a file of the run, wholly or not at all, making its directory.

        Raises
        ------
        DataError
            If the disk is full or the place cannot be written.
        """
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                write_text(path, content)
            else:
                write_bytes(path, content)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn what the system says into one sentence."""
    try:
        yield
    except OSError as error:
        raise DataError(f"{path}: cannot write: {error.strerror or error}") from error


@contextmanager
def _replacing(path: Path) -> Iterator[None]:
    """Move the run at `path` aside; remove it when the block has ended well, and bring it back if not."""
    aside = path / _ASIDE
    moved: list[str] = []
    try:
        for entry in _ENTRIES:
            if (path / entry).exists() or (path / entry).is_symlink():
                (aside / entry).parent.mkdir(parents=True, exist_ok=True)
                (path / entry).rename(aside / entry)
                moved.append(entry)
        yield
    except BaseException:
        for entry in moved:
            _remove(path / entry)
            (aside / entry).rename(path / entry)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink(missing_ok=True)
