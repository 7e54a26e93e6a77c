"""Curves of a run for TensorBoard: an event file a session, written as it trains.

Every value is on the disk when `add` returns, and a full disk says so as for every other file of a run.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from remy.errors import DataError, UsageError

INSTALL = "pip install 'remy-rnn[tensorboard]'"


class Charts(Protocol):
    """Where the numbers of a run go to be drawn."""

    def add(self, update: int, values: Mapping[str, float]) -> None:
        """Keep numbers of an update, by their names."""


def curves(train_loss: float | None, scores: Mapping[str, float], *, rate: float) -> dict[str, float]:
    """Return what a validation adds: the losses, the other scores and the learning rate."""
    found = {f"{name}/valid": value for name, value in scores.items()}
    if train_loss is not None:
        found["loss/train"] = train_loss
    return {**found, "learning_rate": rate}


def expect_tensorboard() -> None:
    """Raise a `UsageError` where event files cannot be written."""
    try:
        import tensorboardX  # noqa: F401
    except ModuleNotFoundError:
        raise UsageError(f"tensorboard: tensorboardX is not installed; {INSTALL}") from None


class EventFile:
    """A new event file in a folder, beside those of earlier sessions.

    Parameters
    ----------
    folder
        Is made.
    update
        Updates made before; what earlier sessions wrote of later ones is shown no more.

    Raises
    ------
    UsageError
        If tensorboardX is not installed.
    DataError
        If the file cannot be written; so does `add`.
    """

    def __init__(self, folder: Path, *, update: int) -> None:
        expect_tensorboard()
        from tensorboardX.event_file_writer import EventsWriter
        from tensorboardX.proto.event_pb2 import Event, SessionLog

        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # The writer would begin a file of the same second and machine anew.
            session = sum(1 for _ in folder.iterdir()) + 1
            # Not SummaryWriter: its thread dies of a full disk in silence, and then the run waits for it.
            self._writer: Any = EventsWriter(str(folder / "events"), f".{session}")
        except OSError as error:
            raise self._cannot_write(error) from error
        started = SessionLog(status=SessionLog.START)
        self._write(Event(wall_time=time.time(), step=update + 1, session_log=started))

    def add(self, update: int, values: Mapping[str, float]) -> None:
        """Write numbers of an update; what is not finite is left out."""
        from tensorboardX.proto.event_pb2 import Event
        from tensorboardX.proto.summary_pb2 import Summary

        parts = [
            Summary.Value(tag=name, simple_value=value)
            for name, value in values.items()
            if math.isfinite(value)
        ]
        self._write(Event(wall_time=time.time(), step=update, summary=Summary(value=parts)))

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):  # only of what `add` could not write, and has said so
            self._writer.close()

    def _write(self, event: Any) -> None:
        try:
            self._writer.write_event(event)
            self._writer.flush()
        except OSError as error:
            raise self._cannot_write(error) from error

    def _cannot_write(self, error: OSError) -> DataError:
        return DataError(f"{self._folder}: cannot write: {error.strerror or error}")
