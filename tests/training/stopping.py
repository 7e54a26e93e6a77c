"""Ending a run in its middle, as Ctrl-C does."""

from __future__ import annotations

from typing import Any

import pytest


def stop_at(monkeypatch: pytest.MonkeyPatch, job: Any, update: int) -> Any:
    """Make runs of a class of jobs end at an update, with a checkpoint after each one before.

    Returns
    -------
    callable
        From a configuration to its ``train`` section with checkpoints after every update.
    """
    loss = job._loss

    def stopping(self: Any, *arguments: Any) -> Any:
        stopping.calls += 1  # type: ignore[attr-defined]
        if stopping.calls > update:  # type: ignore[attr-defined]
            raise KeyboardInterrupt
        return loss(self, *arguments)

    stopping.calls = 0  # type: ignore[attr-defined]
    monkeypatch.setattr(job, "_loss", stopping)
    return lambda config: config.train.model_copy(update={"checkpoint_seconds": 0.0})
