"""What a training run says while it runs: a bar on a terminal, one plain line a validation elsewhere.

Everything goes to standard error. Nothing is drawn more often than `INTERVAL`, and reading the loss back from
the device, which waits for it, happens only then.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TextIO

from remy.training.lesson import Words

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: Seconds between two updates of the bar.
INTERVAL = 0.25


@dataclass(frozen=True)
class Report:
    """The state of a run, as far as a person watching wants to know it.

    Attributes
    ----------
    update, updates
        Made, and planned.
    loss
        The training loss; None before there is one.
    scores
        Of the last validation, ``loss`` among them.
    metric, best
        What the best model is chosen by, and its best value so far.
    words
        How things are called.
    """

    update: int
    updates: int
    loss: float | None
    scores: Mapping[str, float]
    metric: str
    best: float | None
    items_per_second: float
    seconds_left: float
    words: Words


class Reporter(Protocol):
    """Where a training run reports to."""

    def due(self) -> bool:
        """Whether `progress` would show anything now; ask before computing a report."""

    def progress(self, report: Report) -> None:
        """Show how far the run is."""

    def validated(self, report: Report) -> None:
        """Show the result of a validation."""

    def note(self, sentence: str) -> None:
        """Say something in one line."""

    def close(self) -> None:
        """Leave the terminal tidy."""


class Silent:
    """Says nothing."""

    def due(self) -> bool:
        return False

    def progress(self, report: Report) -> None:
        """Ignore `report`."""

    def validated(self, report: Report) -> None:
        """Ignore `report`."""

    def note(self, sentence: str) -> None:
        """Ignore `sentence`."""

    def close(self) -> None:
        """There is nothing to tidy."""


class PlainLines:
    """One line a validation."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def due(self) -> bool:
        return False

    def progress(self, report: Report) -> None:
        """Say nothing between validations."""

    def validated(self, report: Report) -> None:
        self.note(
            f"update {report.update}/{report.updates}  {_scores(report)}  "
            f"{_rate(report.items_per_second)} {report.words.item}/s  "
            f"{format_seconds(report.seconds_left)} left"
        )

    def note(self, sentence: str) -> None:
        # Looked up at each call: a test or a notebook may have replaced it.
        print(sentence, file=self._stream or sys.stderr, flush=True)

    def close(self) -> None:
        """There is nothing to tidy."""


class Bar:
    """A bar of rich, with a line above it for each validation."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._clock = clock
        self._next = 0.0
        self._lines = PlainLines()
        self._console = Console(stderr=True, highlight=False)
        self._bar: Progress = Progress(
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f}%  {task.description}"),
            console=self._console,
            auto_refresh=False,
            transient=True,
        )
        self._task: TaskID = self._bar.add_task("starting", total=None)
        self._bar.start()

    def due(self) -> bool:
        return self._clock() >= self._next

    def progress(self, report: Report) -> None:
        self._next = self._clock() + INTERVAL
        description = (
            f"loss {_number(report.loss)}  best {_number(report.best)}  "
            f"{_rate(report.items_per_second)} {report.words.item}/s  "
            f"{format_seconds(report.seconds_left)} left"
        )
        self._bar.update(self._task, total=report.updates, completed=report.update, description=description)
        self._bar.refresh()

    def validated(self, report: Report) -> None:
        best = "  [bold green]best[/]" if report.scores[report.metric] == report.best else ""
        self._console.print(f"update {report.update:>6}  {_scores(report)}{best}")
        self.progress(report)

    def note(self, sentence: str) -> None:
        self._console.print(sentence, markup=False, soft_wrap=True)

    def close(self) -> None:
        self._bar.stop()


def choose_reporter(*, quiet: bool = False) -> Reporter:
    """Return the bar on a terminal, plain lines elsewhere, silence if `quiet`."""
    if quiet:
        return Silent()
    return Bar() if sys.stderr.isatty() else PlainLines()


def out_of_time(reachable: float, epochs: float) -> str:
    """Return what to say where only so many of a run's epochs fit in the time there is."""
    return (
        f"at this speed time is up after {reachable:.1f} of {epochs:g} epochs, before the learning rate has "
        "come down; a run planned for that learns more in the same time: "
        f"--epochs {reachable:.1f}"
    )


def format_seconds(seconds: float) -> str:
    """Return ``"7:05"`` or ``"1:02:03"``.

    Examples
    --------
    >>> format_seconds(425.2), format_seconds(3723)
    ('7:05', '1:02:03')
    """
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def _scores(report: Report) -> str:
    """Return ``"train 1.812  valid 1.750  best 1.750 nats/char"``, and the metric if it is not the loss."""
    losses = f"train {_number(report.loss)}  valid {_number(report.scores['loss'])}"
    if report.metric == "loss":
        return f"{losses}  best {_number(report.best)} {report.words.loss}"
    metric = report.metric.replace("_", " ")
    score, best = _number(report.scores[report.metric]), _number(report.best)
    return f"{losses} {report.words.loss}  {metric} {score}  best {best}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _rate(items_per_second: float) -> str:
    if items_per_second >= 1000.0:
        return f"{items_per_second / 1000.0:.0f}k"
    return f"{items_per_second:.0f}"
