"""What a training run says while it runs: a bar on a terminal, one plain line a validation elsewhere.

Everything goes to standard error. Nothing is drawn more often than `INTERVAL`, and reading the loss back from
the device, which waits for it, happens only then.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: Seconds between two updates of the bar.
INTERVAL = 0.25


@dataclass(frozen=True)
class Report:
    """The state of a run, as far as a person watching wants to know it."""

    update: int
    updates: int
    loss: float | None
    best: float | None
    characters_per_second: float
    seconds_left: float


class Reporter(Protocol):
    """Where a training run reports to."""

    def due(self) -> bool:
        """Whether `progress` would show anything now; ask before computing a report."""

    def progress(self, report: Report) -> None:
        """Show how far the run is."""

    def validated(self, report: Report, valid: float) -> None:
        """Show the result of a validation, in nats per character."""

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

    def validated(self, report: Report, valid: float) -> None:
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

    def validated(self, report: Report, valid: float) -> None:
        best = report.best if report.best is not None else valid
        self.note(
            f"update {report.update}/{report.updates}  train {_nats(report.loss)}  valid {_nats(valid)}  "
            f"best {_nats(best)} nats/char  {_rate(report.characters_per_second)} char/s  "
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
            f"loss {_nats(report.loss)}  best {_nats(report.best)}  "
            f"{_rate(report.characters_per_second)} char/s  {format_seconds(report.seconds_left)} left"
        )
        self._bar.update(self._task, total=report.updates, completed=report.update, description=description)
        self._bar.refresh()

    def validated(self, report: Report, valid: float) -> None:
        best = "  [bold green]best[/]" if report.best is not None and valid <= report.best else ""
        self._console.print(
            f"update {report.update:>6}  train {_nats(report.loss)}  "
            f"valid [bold]{_nats(valid)}[/] nats/char{best}"
        )
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


def _nats(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _rate(characters_per_second: float) -> str:
    if characters_per_second >= 1000.0:
        return f"{characters_per_second / 1000.0:.0f}k"
    return f"{characters_per_second:.0f}"
