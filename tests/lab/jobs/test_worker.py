"""Races in processes of their own: they run, obey, and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from remy.lab.jobs.crew import Crew, Process
from remy.lab.jobs.messages import Command, Start
from remy.lab.jobs.office import Office
from remy.lab.jobs.settings import JobSettings
from remy.lab.schemas.jobs import ControlAsked, JobAsked, JobEvent, Race
from tests.lab.jobs.fakes import Page, Said, race, run, run_contest, until

TAB = "the-first-tab"
#: Long enough that it does not end by itself.
LONG = race(updates=100_000)


def is_there(process: int) -> bool:
    """Whether there is such a process, be it only as a zombie."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


#: Says something when torch is loaded.
TALKATIVE = """
import sys

class Talker:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            print("hello from a library", flush=True)

sys.meta_path.insert(0, Talker())
"""


async def listen(worker: Process, until_state: str) -> Said:
    """Listen until a race is in a state, or its worker has ended."""
    said = Said()
    while (record := await worker.receive()) is not None:
        said.append(record)
        if isinstance(record, JobEvent) and record.state == until_state:
            break
    return said


@pytest.mark.slow
def test_a_process_trains_as_here_and_obeys() -> None:
    chosen = race(cells=["lstm", "gru"], updates=8)

    async def story() -> Said:
        worker = await Process.start()
        worker.send(Start(job="a race", race=chosen))
        worker.send(Command(do="step", updates=3))
        said = await listen(worker, "paused")
        # A pause is a pause: only the look at its scores is still to come.
        await asyncio.sleep(0.3)
        worker.send(Command(do="resume"))
        rest = await listen(worker, "running")
        assert not rest.losses()
        rest += await listen(worker, "done")
        number = worker.number
        assert await worker.end() == -signal.SIGKILL
        assert not is_there(number)
        assert len(said.losses()) == 3
        return Said([*said, *rest])

    said, here = run(story()), run_contest(chosen)
    assert said.losses(0) == here.losses(0)
    assert said.losses(1) == here.losses(1)
    assert said[-1] == here[-1].model_copy(update={"job": "a race"})


@pytest.mark.slow
def test_neither_what_a_library_prints_nor_a_torch_in_the_folder_disturbs_and_a_fault_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "libraries").mkdir()
    (tmp_path / "libraries" / "sitecustomize.py").write_text(TALKATIVE)
    (tmp_path / "torch.py").write_text("raise RuntimeError('this is not torch')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "libraries"))
    monkeypatch.chdir(tmp_path)

    async def story() -> Said:
        worker = await Process.start()
        # What the server would have refused.
        asked = Race.model_construct(**{**dict(race()), "problem": "text", "text": "short"})
        worker.send(Start.model_construct(job="a race", race=asked))
        said = await listen(worker, "failed")
        await worker.end()
        return said

    (event,) = run(story())
    assert isinstance(event, JobEvent)
    assert event.sentence == "the text: 5 characters are too little to learn from; at least 20 are needed"
    assert "hello from a library" in capfd.readouterr().err


class Hall:
    """An office with real processes, and the page that is open there."""

    def __init__(self) -> None:
        self.crew = Crew()
        self.office = Office(JobSettings(gone_seconds=0.2, spare_seconds=0.0), crew=self.crew)
        self.page = Page()
        self.stream: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Hall:
        stream = self.office.stream(TAB, None)
        self.stream = asyncio.create_task(stream({}, self.page.receive, self.page.send))
        await until(lambda: self.page.status == 200)
        return self

    async def __aexit__(self, *raised: object) -> None:
        self.page.go()
        assert self.stream is not None
        await self.stream
        await self.office.close()

    async def start(self) -> str:
        """Start a race and return its name when it has made an update."""
        job = (await self.office.start(JobAsked(tab=TAB, race=LONG))).id
        await until(lambda: self.losses(job), 120)
        return job

    def control(self, job: str, do: str, **options: Any) -> None:
        self.office.control(job, ControlAsked(tab=TAB, do=do, **options))  # type: ignore[arg-type]

    def told(self, job: str, name: str) -> list[dict[str, Any]]:
        return [data for _, event, data in self.page.events if event == name and data["job"] == job]

    def losses(self, job: str) -> int:
        """Return how many were told."""
        return sum(len(lane["losses"]) for event in self.told(job, "figures") for lane in event["lanes"])

    def state(self, job: str) -> str:
        state: str = self.told(job, "job")[-1]["state"]
        return state

    async def spare(self) -> int:
        """Return the number of the process that is ready for the next race."""
        await until(lambda: self.crew._spare is not None and self.crew._spare.done())
        assert self.crew._spare is not None
        return self.crew._spare.result().number

    def worker(self, job: str) -> int:
        """Return the number of the process of a race."""
        (worker,) = [each._worker for each in self.office._jobs[TAB] if each.id == job]
        assert isinstance(worker, Process)
        return worker.number


@pytest.mark.slow
def test_a_race_gets_the_process_that_is_ready_stopping_ends_it_and_closing_ends_all() -> None:
    async def story() -> list[int]:
        async with Hall() as hall:
            first = await hall.spare()
            job = await hall.start()
            second = await hall.spare()
            assert hall.worker(job) == first != second
            hall.control(job, "stop")
            await until(lambda: not is_there(first))
            assert hall.state(job) == "stopped"
            count = hall.losses(job)
            another = await hall.start()
            assert hall.losses(job) == count
            assert hall.worker(another) == second
            return [second, await hall.spare()]

    assert not any(is_there(process) for process in run(story()))


@pytest.mark.slow
def test_a_pause_stops_updates_a_step_makes_so_many_and_a_killed_process_fails_its_race() -> None:
    async def story() -> None:
        async with Hall() as hall:
            job = await hall.start()
            hall.control(job, "pause")
            await until(lambda: hall.state(job) == "paused")
            made = hall.losses(job)
            await asyncio.sleep(0.5)
            assert hall.losses(job) == made
            hall.control(job, "step", updates=2)
            await until(lambda: hall.losses(job) >= made + 2 and hall.state(job) == "paused")
            await asyncio.sleep(0.2)
            assert hall.losses(job) == made + 2
            worker = hall.worker(job)
            os.kill(worker, signal.SIGKILL)
            await until(lambda: hall.state(job) == "failed")
            assert "was ended by SIGKILL, perhaps for want of memory" in hall.told(job, "job")[-1]["sentence"]
            assert not is_there(worker)

    run(story())


@pytest.mark.slow
def test_when_the_page_goes_all_its_processes_do() -> None:
    async def story() -> None:
        async with Hall() as hall:
            worker, spare = hall.worker(await hall.start()), await hall.spare()
            hall.page.go()
            await until(lambda: not is_there(worker) and not is_there(spare))
            assert hall.crew._spare is None

    run(story())


PARENT = """
import asyncio, sys
from remy.lab.jobs.crew import Process
from remy.lab.jobs.messages import Start
from tests.lab.jobs.fakes import race

async def main():
    busy, idle = await Process.start(), await Process.start()
    busy.send(Start(job="a race", race=race(updates=100_000)))
    while (await busy.receive()).__class__.__name__ != "FiguresEvent":
        pass
    print(busy.number, idle.number, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.slow
def test_a_server_that_is_killed_leaves_no_orphan() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    )
    assert parent.stdout is not None
    with parent:
        children = [int(word) for word in parent.stdout.readline().split()]
        assert len(children) == 2
        assert all(is_there(child) for child in children)
        parent.kill()
    give_up = time.monotonic() + 20
    while any(is_running(child) for child in children):
        assert time.monotonic() < give_up, "they are still there"
        time.sleep(0.05)


def is_running(process: int) -> bool:
    """Whether it runs; one that has ended may wait long until its new parent takes note of it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
