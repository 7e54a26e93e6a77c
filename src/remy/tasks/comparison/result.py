"""What a comparison came to: the rows of the table, what follows from them, and both as files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import remy
from remy.errors import UsageError
from remy.tasks.comparison.rows import Row, Scale, Training, finite
from remy.tasks.comparison.variants import LeftOut

if TYPE_CHECKING:
    from remy.tasks.comparison.starts import Starts

#: Name and version of what :meth:`Comparison.to_json` returns.
SCHEMA: Final = "remy-comparison/1"

#: What is written into a folder.
FILES: Final = ("comparison.json", "comparison.svg")


@dataclass(frozen=True)
class Comparison:
    """Cells trained under equal budgets; see :func:`remy.inspect.compare`.

    Attributes
    ----------
    data, task
        What was learned.
    scale
        What was scored, with the baseline.
    rows
        One a variant, in the order they were asked for.
    left_out
        What was asked for and is not there, and why.
    budget
        Of each training: ``epochs``, ``batch_size``, ``lr``, ``units``, ``max_time`` and ``threads``.
    seeds
        Of the trainings.
    looked_at
        What horizons and gates were measured on.
    notes
        What a reader should know.
    starts
        The same cells before any training; None where nobody asked.
    """

    data: str
    task: str
    scale: Scale
    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...] = ()
    budget: Mapping[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = ()
    looked_at: str = ""
    notes: tuple[str, ...] = ()
    starts: Starts | None = None

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @property
    def sentences(self) -> list[str]:
        """One a row, from its figures."""
        from remy.tasks.comparison.sentences import row_sentence

        return [row_sentence(row, self.scale) for row in self.rows]

    @property
    def verdict(self) -> str:
        """Who is ahead of whom, as far as the seeds allow to say it."""
        from remy.tasks.comparison.sentences import verdict

        return verdict(self.rows, self.scale)

    @property
    def fairness(self) -> str:
        """Whether the trainings made the same updates."""
        from remy.tasks.comparison.sentences import fairness

        return fairness(self.rows)

    def __str__(self) -> str:
        return "\n".join([*self.sentences, self.verdict, self.fairness])

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values of the schema ``remy-comparison/1``."""
        scale = self.scale
        return {
            "schema": SCHEMA,
            "version": remy.__version__,
            "data": self.data,
            "task": self.task,
            "budget": dict(self.budget),
            "seeds": list(self.seeds),
            "looked_at": self.looked_at,
            "score": {"name": scale.name, "more_is_better": scale.more_is_better, "solved": scale.solved},
            "baseline": (
                None if scale.baseline is None else {"name": scale.baseline_name, "score": scale.baseline}
            ),
            "rows": [_row(row, sentence) for row, sentence in zip(self.rows, self.sentences, strict=True)],
            "left_out": [{"name": each.name, "reason": each.reason} for each in self.left_out],
            "verdict": self.verdict,
            "fairness": self.fairness,
            "notes": list(self.notes),
            "starts": None if self.starts is None else self.starts.to_json(),
        }

    def save(self, folder: str | Path, *, force: bool = False) -> None:
        """Write ``comparison.json`` and the figure ``comparison.svg`` into a folder, which is made.

        Raises
        ------
        UsageError
            If one is there already and `force` is not given.
        DataError
            If they cannot be written.
        """
        from remy.inspect.figures import plot_comparison, save_figure
        from remy.io.atomic import write_text

        expect_free(folder, force=force)
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        write_text(place / FILES[0], json.dumps(self.to_json(), indent=2, allow_nan=False) + "\n")
        save_figure(plot_comparison(self), place / FILES[1])


def expect_free(folder: str | Path, *, force: bool) -> None:
    """Refuse a folder that has a comparison already, before any work is done.

    Raises
    ------
    UsageError
        If it is a file, or has one and `force` is not given.
    """
    place = Path(folder)
    if place.exists() and not place.is_dir():
        raise UsageError(f"{place}: a file of this name exists; choose another folder")
    there = [name for name in FILES if (place / name).exists()]
    if there and not force:
        raise UsageError(f"{place / there[0]}: exists; give --force to replace it, or another folder")


def _row(row: Row, sentence: str) -> dict[str, Any]:
    units = row.units
    variant = row.variant
    return {
        "name": row.name,
        "cell": variant.cell,
        "layers": variant.layers,
        "bidirectional": variant.bidirectional,
        "parameters": row.parameters,
        "measures": {
            name: {
                "unit": units[name],
                "values": [finite(each) for each in values],
                "median": finite(median(values)),
            }
            for name, values in row.measures.items()
        },
        "trainings": [_training(each) for each in row.trainings],
        "sentence": sentence,
    }


def _training(training: Training) -> dict[str, Any]:
    return {
        "seed": training.seed,
        "score": training.score,
        "updates": training.updates,
        "ended_by": training.ended_by,
        "seconds": round(training.seconds, 3),
        "items_per_second": round(training.items_per_second, 1),
        "step_microseconds": round(1e6 * training.step_seconds, 3),
        "reaches": [
            {**vars(each), "decay": finite(each.decay), "last": finite(each.last)}
            for each in training.reaches
        ],
        "gates": [vars(each) for each in training.gates],
    }
