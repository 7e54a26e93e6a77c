"""What the server keeps of a race, for a page that missed something or was opened anew."""

from __future__ import annotations

from dataclasses import dataclass, field

from remy.lab.schemas import jobs as records
from remy.lab.schemas.base import Answered
from remy.lab.schemas.jobs import JobEvent, LaneCurve, LaneFlow, NoteEvent, Race, Scale

#: Most points of a curve, and most notes of a race.
MOST_POINTS = 1000
MOST_NOTES = 100


@dataclass
class Thinned:
    """Numbers by update, of which every second is dropped whenever there are too many; the last one stays.

    Examples
    --------
    >>> curve = Thinned(most=4)
    >>> for update in range(1, 8):
    ...     curve.add(update, update / 10)
    >>> curve.points
    [(1, 0.1), (3, 0.3), (5, 0.5), (7, 0.7)]
    """

    most: int = MOST_POINTS
    _kept: list[tuple[int, float | None]] = field(default_factory=list)
    _last: tuple[int, float | None] | None = None
    _count: int = 0
    _stride: int = 1

    @property
    def points(self) -> list[tuple[int, float | None]]:
        """What is kept, in order."""
        if self._last is None or self._kept[-1] == self._last:
            return self._kept
        return [*self._kept, self._last]

    def add(self, update: int, value: float | None) -> None:
        """Take the next number."""
        self._last = (update, value)
        if self._count % self._stride == 0:
            self._kept.append(self._last)
        self._count += 1
        if len(self._kept) > self.most:
            self._kept = self._kept[::2]
            self._stride *= 2


@dataclass
class _Curves:
    losses: Thinned = field(default_factory=Thinned)
    scores: Thinned = field(default_factory=Thinned)
    rate: float | None = None
    seconds: float = 0.0


class Picture:
    """Everything that is known of a race.

    Parameters
    ----------
    race
        As it was asked for.
    """

    def __init__(self, race: Race) -> None:
        self._race = race.model_copy(update={"text": race.text and ""})
        self._curves: dict[int, _Curves] = {}
        self._scale: Scale | None = None
        self._flow: tuple[LaneFlow, ...] = ()
        self._sentences: tuple[str, ...] = ()
        self._notes: list[NoteEvent] = []

    def take(self, record: Answered) -> None:
        """Take note of what a worker told."""
        match record:
            case records.FiguresEvent():
                for figures in record.lanes:
                    curves = self._of(figures.lane)
                    for update, loss in enumerate(figures.losses, figures.first):
                        curves.losses.add(update, loss)
                    curves.rate, curves.seconds = figures.rate, figures.seconds
            case records.ScoresEvent():
                for each in record.scores:
                    self._of(each.lane).scores.add(each.update, each.score)
                self._scale, self._sentences = record.scale, record.sentences
            case records.FlowEvent():
                self._flow = record.lanes
            case records.NoteEvent():
                self._notes = [*self._notes, record][-MOST_NOTES:]

    def record(self, job: JobEvent) -> records.JobPicture:
        """Return it, with where the race stands."""
        return records.JobPicture(
            job=job,
            race=self._race,
            curves=tuple(_curve(lane, curves) for lane, curves in sorted(self._curves.items())),
            scale=self._scale,
            flow=self._flow,
            sentences=self._sentences,
            notes=tuple(self._notes),
        )

    def _of(self, lane: int) -> _Curves:
        return self._curves.setdefault(lane, _Curves())


def _curve(lane: int, curves: _Curves) -> LaneCurve:
    losses, scores = curves.losses.points, curves.scores.points
    return LaneCurve(
        lane=lane,
        updates=tuple(update for update, _ in losses),
        losses=tuple(loss for _, loss in losses),
        scored=tuple(update for update, _ in scores),
        scores=tuple(score for _, score in scores),
        rate=curves.rate,
        seconds=curves.seconds,
    )
