"""One race at a time, eight in line, and a clear answer to the ninth."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from remy.lab.jobs.job import Job
from remy.lab.jobs.messages import Command, Start
from remy.lab.jobs.queue import FullError, Queue
from remy.lab.schemas.base import Answered
from remy.lab.schemas.jobs import ControlAsked, JobEvent, NoteEvent
from tests.lab.jobs.fakes import FakeCrew, race, run, until


class Line:
    """A queue with workers that do as they are told, and what each page hears."""

    def __init__(self, *, running: int = 1, waiting: int = 8) -> None:
        self.crew = FakeCrew()
        self.queue = Queue(self.crew.hire, running=running, waiting=waiting)
        self.told: dict[str, list[Answered]] = {}
        self.jobs: list[Job] = []

    def add(self) -> Job:
        heard: list[Answered] = []
        job = Job(race(), heard.append)
        self.told[job.id] = heard
        self.queue.add(job)
        self.jobs.append(job)
        return job

    def states(self, job: Job) -> list[tuple[str, int | None]]:
        events = [event for event in self.told[job.id] if isinstance(event, JobEvent)]
        return [(event.state, event.position) for event in events]

    async def hired(self, count: int) -> None:
        await until(lambda: len(self.crew.hired) == count and self.crew.hired[-1].told)


def test_fifty_at_once_one_runs_eight_wait_and_all_others_are_refused() -> None:
    async def story() -> None:
        line, refusals = Line(), []
        for _ in range(50):
            try:
                line.add()
            except FullError as error:
                refusals.append(str(error))
        assert Counter(job.state for job in line.jobs) == {"running": 1, "waiting": 8}
        assert [job.position for job in line.jobs] == [None, *range(1, 9)]
        assert len(refusals) == 41
        assert set(refusals) == {"the lab trains 1 job at a time and 8 wait already: stop one or wait"}
        await line.hired(1)
        assert len(line.crew.hired) == 1
        await line.queue.close()
        assert {job.state for job in line.jobs} == {"stopped"}

    run(story())


def test_when_one_is_done_the_next_begins_and_all_others_move_up() -> None:
    async def story() -> None:
        line = Line()
        first, second, third = line.add(), line.add(), line.add()
        await line.hired(1)
        assert line.crew.hired[0].told == [Start(job=first.id, race=first.race)]
        line.crew.hired[0].stand("done")
        await line.hired(2)
        assert first.state == "done"
        assert not line.crew.hired[0].is_alive
        assert line.crew.hired[1].told == [Start(job=second.id, race=second.race)]
        assert line.states(second) == [("waiting", 1), ("running", None)]
        assert line.states(third) == [("waiting", 2), ("waiting", 1)]
        await line.queue.close()

    run(story())


def test_two_may_run_where_that_is_set() -> None:
    async def story() -> None:
        line = Line(running=2, waiting=1)
        first, second, third = line.add(), line.add(), line.add()
        assert [first.state, second.state, third.state] == ["running", "running", "waiting"]
        with pytest.raises(FullError, match="trains 2 jobs at a time and 1 wait already"):
            line.add()
        await line.hired(2)
        await line.queue.close()

    run(story())


def test_stopping_one_that_runs_ends_its_worker_before_the_next_begins() -> None:
    async def story() -> None:
        line = Line()
        first, second = line.add(), line.add()
        await line.hired(1)
        line.queue.stop(first)
        assert first.state == "stopped"
        assert second.state == "waiting"
        await line.hired(2)
        assert not line.crew.hired[0].is_alive
        assert second.state == "running"
        await line.queue.close()

    run(story())


def test_stopping_one_that_waits_moves_up_those_behind_it() -> None:
    async def story() -> None:
        line = Line()
        jobs = [line.add() for _ in range(4)]
        line.queue.stop(jobs[2])
        assert [job.position for job in jobs] == [None, 1, None, 2]
        assert line.states(jobs[2]) == [("waiting", 2), ("stopped", None)]
        assert line.states(jobs[1]) == [("waiting", 1)]
        assert line.states(jobs[3]) == [("waiting", 3), ("waiting", 2)]
        await line.queue.close()

    run(story())


def test_stopping_at_once_leaves_no_worker() -> None:
    async def story() -> None:
        line = Line()
        line.queue.stop(line.add())
        await until(lambda: line.queue.is_idle)
        job = line.add()
        await asyncio.sleep(0)  # it is being hired
        line.queue.stop(job)
        await until(lambda: line.queue.is_idle)
        assert line.states(job) == [("running", None), ("stopped", None)]
        assert all(not worker.is_alive for worker in line.crew.hired)

    run(story())


def test_what_was_said_after_the_stop_is_not_told() -> None:
    async def story() -> None:
        line = Line()
        job = line.add()
        await line.hired(1)
        line.queue.stop(job)
        line.crew.hired[0].stand("done")
        await until(lambda: line.queue.is_idle)
        assert job.state == "stopped"
        line.queue.stop(job, "once more")
        assert line.states(job) == [("running", None), ("stopped", None)]

    run(story())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-9, "was ended by SIGKILL, perhaps for want of memory; start the race again"),
        (-11, "was ended by SIGSEGV; start the race again"),
        (3, "was ended with exit code 3; start the race again"),
    ],
)
def test_a_worker_that_dies_fails_its_race_and_the_next_begins(code: int, words: str) -> None:
    async def story() -> None:
        line = Line()
        first, _ = line.add(), line.add()
        await line.hired(1)
        line.crew.hired[0].die(code)
        await line.hired(2)
        last = line.told[first.id][-1]
        assert isinstance(last, JobEvent)
        assert last.state == "failed"
        assert last.sentence is not None
        assert words in last.sentence
        await line.queue.close()

    run(story())


def test_where_no_process_can_be_started_the_race_fails_with_the_reason() -> None:
    async def story() -> None:
        line = Line()

        async def hire() -> None:
            raise OSError("too many open files")

        line.queue._hire = hire  # type: ignore[assignment]
        job = line.add()
        await until(lambda: line.queue.is_idle)
        last = line.told[job.id][-1]
        assert isinstance(last, JobEvent)
        assert last.sentence == "no process could be started to train in: too many open files"

    run(story())


def test_a_worker_that_talks_nonsense_fails_its_race_and_the_line_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def story() -> None:
        line = Line()
        first, second = line.add(), line.add()
        await line.hired(1)
        line.crew.hired[0].say("nonsense")  # type: ignore[arg-type]

        def refuse(record: Answered) -> None:
            raise ValueError(f"no record: {record}")

        first._picture.take = refuse  # type: ignore[method-assign]
        await until(lambda: first.is_over)
        await line.hired(2)
        assert second.state == "running"
        assert line.told[first.id][-1].sentence == "the lab failed: ValueError: no record: nonsense"  # type: ignore[attr-defined]
        assert not line.crew.hired[0].is_alive
        await line.queue.close()

    run(story())
    assert "no record: nonsense" in capsys.readouterr().err


def test_what_is_wanted_before_there_is_a_worker_reaches_it() -> None:
    async def story() -> None:
        line = Line()
        job = line.add()
        job.control(ControlAsked(tab="a-tab-name", do="step", updates=3))
        await line.hired(1)
        job.control(ControlAsked(tab="a-tab-name", do="rate", lr=0.5))
        await until(lambda: len(line.crew.hired[0].told) == 3)
        assert line.crew.hired[0].told[1:] == [Command(do="step", updates=3), Command(do="rate", lr=0.5)]
        await line.queue.close()

    run(story())


def test_what_a_worker_says_is_told_to_the_page_and_kept() -> None:
    async def story() -> None:
        line = Line()
        job = line.add()
        await line.hired(1)
        note = NoteEvent(job=job.id, at=0.0, update=3, lane=None, sentence="look")
        line.crew.hired[0].say(note)
        line.crew.hired[0].stand("paused")
        await until(lambda: job.state == "paused")
        assert line.told[job.id][-2] == note
        assert job.picture().notes == (note,)
        assert job.picture().job.state == "paused"
        await line.queue.close()

    run(story())
