"""Training: the loop, its checkpoints, its progress and the directory of a run.

Everything is loaded at first use: the directory of a run can be looked at without torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remy.training.batch_lesson import BatchLesson
    from remy.training.checkpoint import Checkpoint
    from remy.training.interruption import Interrupted
    from remy.training.lesson import Lesson, Words
    from remy.training.loop import Trainer
    from remy.training.outcome import Outcome
    from remy.training.progress import Reporter, choose_reporter
    from remy.training.run_directory import RunDirectory
    from remy.training.schedule import learning_rate
    from remy.training.store import Store
    from remy.training.stream_lesson import StreamLesson
    from remy.training.streams import StreamPlan, epoch_streams, plan_streams

_HOMES = {
    "BatchLesson": "batch_lesson",
    "Checkpoint": "checkpoint",
    "Interrupted": "interruption",
    "Lesson": "lesson",
    "Outcome": "outcome",
    "Reporter": "progress",
    "RunDirectory": "run_directory",
    "Store": "store",
    "StreamLesson": "stream_lesson",
    "StreamPlan": "streams",
    "Trainer": "loop",
    "Words": "lesson",
    "choose_reporter": "progress",
    "epoch_streams": "streams",
    "learning_rate": "schedule",
    "plan_streams": "streams",
}

__all__ = [
    "BatchLesson",
    "Checkpoint",
    "Interrupted",
    "Lesson",
    "Outcome",
    "Reporter",
    "RunDirectory",
    "Store",
    "StreamLesson",
    "StreamPlan",
    "Trainer",
    "Words",
    "choose_reporter",
    "epoch_streams",
    "learning_rate",
    "plan_streams",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'remy.training' has no attribute '{name}'")
    return getattr(importlib.import_module(f"remy.training.{_HOMES[name]}"), name)
