"""A race under way: turns, looks, and what it is told meanwhile."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final

from remy.inspect.flow import Flow
from remy.lab.jobs.batching import Batch
from remy.lab.jobs.lane import Lane
from remy.lab.jobs.messages import Command
from remy.lab.jobs.sentences import sentences
from remy.lab.jobs.track import Track, find_track
from remy.lab.schemas import jobs as records
from remy.lab.schemas.base import Answered
from remy.lab.schemas.jobs import Race, State
from remy.tasks.comparison import Reach
from remy.tasks.comparison.measuring import reach_of

#: Looks take at most this share of the time, and are at least so many seconds apart.
LOOKING: Final = 0.1
BETWEEN_LOOKS: Final = 0.25
#: Before the first look it is taken to cost as much as so many updates of every lane.
_FIRST_LOOK = 2.0


class Contest:
    """Lets the lanes of a race advance side by side, one update each in turn.

    Parameters
    ----------
    job
        What the race is called.
    race
        Who races, on what.
    say
        Takes what is to be told to the page.
    commands
        What the page wants; taken between two rounds, and waited for while it pauses.
    """

    def __init__(
        self, job: str, race: Race, say: Callable[[Answered], None], commands: SimpleQueue[Command]
    ) -> None:
        self._job, self._race, self._say, self._commands = job, race, say, commands
        self._track: Track = find_track(race)
        pairs = [(cell, seed) for cell in race.cells for seed in range(race.seed, race.seed + race.seeds)]
        self._lanes = [Lane(number, *pair, self._track) for number, pair in enumerate(pairs)]
        self._batch = Batch(job, say)
        self._made = 0  # rounds
        self._paused = False
        self._pause_at: int | None = None
        self._looked_at, self._look_ended = 0, -math.inf
        self._training, self._looking, self._looks = 0.0, 0.0, 0  # seconds, and how many

    def run(self) -> None:
        """Race to the end."""
        self._tell("running")
        while self._runs():
            self._obey()
            self._round()
            if self._made == self._pause_at and self._runs():
                self._pause()
            elif self._should_look():
                self._look()
        self._batch.send()
        self._look()
        faults = [lane.fault for lane in self._lanes]
        why = faults[0]
        if None in faults or why is None:
            self._tell("done")
        else:
            self._tell("failed", why[:1].upper() + why[1:])  # the page lets it stand as a sentence

    def _runs(self) -> bool:
        return any(lane.runs for lane in self._lanes)

    def _obey(self) -> None:
        """Do what is wanted; while it pauses, wait for it."""
        while True:
            try:
                command = self._commands.get(block=self._paused)
            except Empty:
                return
            self._do(command)

    def _do(self, command: Command) -> None:
        if command.do == "pause" and not self._paused:
            self._pause()
        elif command.do == "resume" and self._paused:
            self._pause_at = None
            self._go_on()
        elif command.do == "step":
            self._pause_at = self._made + command.updates
            if self._paused:
                self._go_on()
        elif command.do == "rate" and command.lr is not None:
            self._change_rate(command.lr)

    def _pause(self) -> None:
        self._paused, self._pause_at = True, None
        self._batch.send()
        self._tell("paused")
        self._look()

    def _go_on(self) -> None:
        self._paused = False
        self._tell("running")

    def _change_rate(self, rate: float) -> None:
        before = self._lanes[0].peak
        for lane in self._lanes:
            lane.peak = rate
        kind = "learning rate" if self._race.schedule == "constant" else "highest learning rate"
        self._note(f"from update {self._made + 1:,} on the {kind} is {rate:g}, before it was {before:g}")

    def _round(self) -> None:
        for lane in self._lanes:
            if not lane.runs:
                continue
            began = time.perf_counter()
            loss = lane.update()
            seconds = time.perf_counter() - began
            self._training += seconds
            self._batch.add(lane, loss, seconds)
            if lane.fault is not None:
                self._note(lane.fault, lane)
        self._made += 1

    def _should_look(self) -> bool:
        if self._made - self._looked_at < self._race.look_every:
            return False
        if time.monotonic() - self._look_ended < BETWEEN_LOOKS:
            return False
        round_ = self._training / self._made
        expected = self._looking / self._looks if self._looks else _FIRST_LOOK * round_
        return self._looking + expected <= LOOKING * (self._training + self._looking + expected)

    def _look(self) -> None:
        """Tell the scores and how far gradients reach, unless that has been told of this update."""
        lanes = [lane for lane in self._lanes if lane.fault is None]
        if self._looked_at == self._made or not lanes:
            return
        self._batch.send()
        began = time.perf_counter()
        scores = {lane: lane.score() for lane in lanes}
        flows = {lane: lane.flow() for lane in lanes}
        self._looking += time.perf_counter() - began
        self._looked_at, self._look_ended, self._looks = self._made, time.monotonic(), self._looks + 1
        at = time.time()
        told = tuple(
            records.LaneScore(lane=lane.number, update=lane.made, score=_number(score))
            for lane, score in scores.items()
        )
        self._say(
            records.FlowEvent(
                job=self._job, at=at, lanes=tuple(_flow(lane, flow) for lane, flow in flows.items())
            )
        )
        self._say(
            records.ScoresEvent(
                job=self._job,
                at=at,
                scale=self._track.scale,
                scores=told,
                sentences=self._sentences(scores, flows),
            )
        )

    def _sentences(self, scores: dict[Lane, float], flows: dict[Lane, Flow]) -> tuple[str, ...]:
        by_cell: dict[str, list[float]] = {}
        reaches: dict[str, list[Reach]] = {}
        for lane, score in scores.items():
            if not math.isfinite(score):
                continue
            by_cell.setdefault(lane.cell, []).append(score)
            reaches.setdefault(lane.cell, []).append(reach_of(flows[lane]))
        lanes: dict[str, int] = dict.fromkeys(self._race.cells, self._race.seeds)
        return sentences(self._track.scale, self._made, by_cell, reaches, lanes=lanes)

    def _tell(self, state: State, sentence: str | None = None) -> None:
        lanes = tuple(
            records.Lane(lane=lane.number, cell=lane.cell, seed=lane.seed, parameters=lane.parameters)
            for lane in self._lanes
        )
        self._say(
            records.JobEvent(
                job=self._job,
                state=state,
                position=None,
                sentence=sentence,
                updates=self._race.updates,
                lanes=lanes,
            )
        )

    def _note(self, sentence: str, lane: Lane | None = None) -> None:
        self._say(
            records.NoteEvent(
                job=self._job,
                at=time.time(),
                update=self._made if lane is None else lane.made,
                lane=None if lane is None else lane.number,
                sentence=sentence,
            )
        )


def _flow(lane: Lane, flow: Flow) -> records.LaneFlow:
    return records.LaneFlow(
        lane=lane.number,
        update=lane.made,
        carried=_numbers(flow.carried.tolist()),
        h=_numbers(flow.h.tolist()),
        c=None if flow.c is None else _numbers(flow.c.tolist()),
        decay=_number(flow.decay),
        horizon=flow.horizon,
    )


def _numbers(values: list[float]) -> tuple[float | None, ...]:
    return tuple(_number(value) for value in values)


def _number(value: float) -> float | None:
    """Return six digits, which is what is drawn, and no negative zero; None for what is no number."""
    return float(f"{value:.6g}") + 0.0 if math.isfinite(value) else None
