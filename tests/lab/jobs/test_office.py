"""Who may do what to which race, and what happens when a page has gone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from remy.errors import DataError
from remy.lab.jobs.messages import Command
from remy.lab.jobs.office import Office
from remy.lab.jobs.settings import JobSettings
from remy.lab.schemas.jobs import ControlAsked, JobAnswer, JobAsked
from tests.lab.jobs.fakes import FakeCrew, Page, race, run, until

ONE, OTHER = "the-first-tab", "the-other-tab"


class House:
    """An office, its crew and the pages that are open."""

    def __init__(self, **settings: Any) -> None:
        self.crew = FakeCrew()
        self.office = Office(JobSettings(**{"gone_seconds": 60.0, **settings}), crew=self.crew)
        self._open: list[tuple[Page, asyncio.Task[None]]] = []

    async def open(self, tab: str, last: str | None = None) -> Page:
        page = Page()
        task = asyncio.create_task(self.office.stream(tab, last)({}, page.receive, page.send))
        self._open.append((page, task))
        await until(lambda: page.status == 200)
        return page

    async def leave(self, page: Page) -> None:
        page.go()
        await next(task for each, task in self._open if each is page)

    async def start(self, tab: str = ONE, **options: Any) -> JobAnswer:
        return await self.office.start(JobAsked(tab=tab, race=race(**options)))

    def control(self, job: str, do: str, tab: str = ONE, **options: Any) -> JobAnswer:
        return self.office.control(job, ControlAsked(tab=tab, do=do, **options))  # type: ignore[arg-type]

    def states(self, tab: str = ONE) -> list[str]:
        return [each.job.state for each in self.office.races(tab).jobs]

    def sentences(self, tab: str = ONE) -> list[str | None]:
        return [each.job.sentence for each in self.office.races(tab).jobs]

    async def __aenter__(self) -> House:
        return self

    async def __aexit__(self, *raised: object) -> None:
        for page, task in self._open:
            page.go()
            await task
        await self.office.close()


def refused(status: int, words: str) -> Any:
    """Expect an `HTTPException`."""
    return pytest.raises(
        HTTPException, check=lambda error: error.status_code == status and words in error.detail
    )


def test_a_race_runs_and_its_page_is_told() -> None:
    async def story() -> None:
        async with House() as house:
            page = await house.open(ONE)
            answer = await house.start()
            assert (answer.state, answer.position) == ("running", None)
            await until(lambda: page.events)
            assert page.events[0][1:] == (
                "job",
                {
                    "job": answer.id,
                    "state": "running",
                    "position": None,
                    "sentence": None,
                    "updates": 6,
                    "lanes": [],
                },
            )
            assert (await house.start()).position == 1

    run(story())


def test_fifty_at_once_from_several_pages() -> None:
    async def story() -> None:
        async with House() as house:

            async def attempt(tab: str) -> str:
                try:
                    return (await house.start(tab)).state
                except HTTPException as error:
                    return f"{error.status_code} {error.detail}"

            answers = await asyncio.gather(*[attempt((ONE, OTHER)[number % 2]) for number in range(50)])
            full = "429 jobs: the lab trains 1 job at a time and 8 wait already: stop one or wait"
            assert sorted(answers) == sorted([full] * 41 + ["running"] + ["waiting"] * 8)
            # Those that were refused are not among the races of their pages.
            assert len(house.states(ONE)) + len(house.states(OTHER)) == 9

    run(story())


def test_commands_reach_the_worker() -> None:
    async def story() -> None:
        async with House() as house:
            job = (await house.start()).id
            for do, options in (
                ("pause", {}),
                ("step", {"updates": 4}),
                ("step", {}),
                ("rate", {"lr": 0.2}),
                ("resume", {}),
            ):
                house.control(job, do, **options)
            await until(lambda: house.crew.hired and len(house.crew.hired[0].told) == 6)
            assert house.crew.hired[0].told[1:] == [
                Command(do="pause"), Command(do="step", updates=4), Command(do="step", updates=1),
                Command(do="rate", lr=0.2), Command(do="resume"),
            ]  # fmt: skip

    run(story())


def test_stop_ends_a_race_also_one_that_waits() -> None:
    async def story() -> None:
        async with House() as house:
            running, waiting = (await house.start()).id, (await house.start()).id
            assert house.control(waiting, "stop").state == "stopped"
            assert house.control(running, "stop").state == "stopped"
            assert house.states() == ["stopped", "stopped"]

    run(story())


def test_what_a_page_may_not_do_is_refused_with_a_sentence() -> None:
    async def story() -> None:
        async with House() as house:
            running, waiting = (await house.start()).id, (await house.start()).id
            with refused(404, "pause: expected a race of this page, got 'nothing'"):
                house.control("nothing", "pause")
            with refused(404, f"stop: expected a race of this page, got '{running}'"):
                house.control(running, "stop", tab=OTHER)
            with refused(
                409, "step: expected a race that runs, got one that waits at place 1; it can be stopped"
            ):
                house.control(waiting, "step")
            house.control(running, "stop")
            for do in ("stop", "pause"):
                with refused(
                    409, f"{do}: expected a race that runs, got one that is stopped; start it again"
                ):
                    house.control(running, do)

    run(story())


def test_a_text_that_cannot_be_learned_is_refused_before_it_stands_in_line() -> None:
    async def story() -> None:
        async with House() as house:
            with pytest.raises(DataError, match="5 characters are too little to learn from"):
                await house.start(problem="text", text="short")
            assert house.states() == []

    run(story())


def test_when_a_page_has_gone_its_races_stop_and_those_of_others_go_on() -> None:
    async def story() -> None:
        async with House(gone_seconds=0.05) as house:
            page, _ = await house.open(ONE), await house.open(OTHER)
            await house.start()
            await house.start(OTHER)
            await house.start()
            await house.leave(page)
            assert house.states() == ["running", "waiting"]
            await until(lambda: house.states() == ["stopped", "stopped"])
            assert house.sentences() == ["its page was closed"] * 2
            await until(lambda: house.states(OTHER) == ["running"])
            assert [worker.is_alive for worker in house.crew.hired] == [False, True]

    run(story())


def test_a_page_that_comes_back_in_time_keeps_its_races_and_misses_nothing() -> None:
    async def story() -> None:
        async with House(gone_seconds=0.3) as house:
            page = await house.open(ONE)
            await house.start()
            await until(lambda: page.events)
            await house.leave(page)
            await house.start()
            again = await house.open(ONE, page.events[-1][0])
            await until(lambda: again.events)
            assert [(name, data["position"]) for _, name, data in again.events] == [("job", 1)]
            await asyncio.sleep(0.5)
            assert house.states() == ["running", "waiting"]

    run(story())


def test_a_race_whose_page_never_opens_a_stream_stops_too() -> None:
    async def story() -> None:
        async with House(gone_seconds=0.05) as house:
            await house.start()
            await until(lambda: house.states() == ["stopped"])

    run(story())


def test_so_does_one_that_is_started_after_its_page_has_gone() -> None:
    async def story() -> None:
        async with House(gone_seconds=0.05) as house:
            await house.leave(await house.open(ONE))
            await asyncio.sleep(0.2)
            await house.start()
            await until(lambda: house.states() == ["stopped"])

    run(story())


def test_a_second_stream_of_a_page_that_ends_late_stops_nothing() -> None:
    async def story() -> None:
        async with House(gone_seconds=0.05) as house:
            older = await house.open(ONE)
            await house.start()
            newer = await house.open(ONE)
            await until(lambda: "replaced" in older.text)
            await asyncio.sleep(0.2)
            assert house.states() == ["running"]
            await house.leave(newer)
            await until(lambda: house.states() == ["stopped"])

    run(story())


def test_a_page_that_was_opened_anew_is_shown_its_races() -> None:
    async def story() -> None:
        async with House() as house:
            page = await house.open(ONE)
            job = (await house.start()).id
            await house.leave(page)
            again = await house.open(ONE)
            await until(lambda: again.events)
            ((_, name, data),) = again.events
            assert name == "snapshot"
            assert data["job"]["job"] == job
            assert data == house.office.races(ONE).jobs[0].model_dump(mode="json")

    run(story())


def test_a_page_that_nobody_knows_has_no_races() -> None:
    async def story() -> None:
        async with House() as house:
            assert house.states("an-unknown-tab") == []

    run(story())


def test_only_so_many_races_that_are_over_are_kept() -> None:
    async def story() -> None:
        async with House(kept=2) as house:
            jobs = []
            for _ in range(5):
                jobs.append((await house.start()).id)
                house.control(jobs[-1], "stop")
            await house.start()
            assert [each.job.job for each in house.office.races(ONE).jobs][:-1] == jobs[-2:]

    run(story())


def test_more_pages_than_may_be_open_are_refused_until_one_has_gone() -> None:
    async def story() -> None:
        async with House(tabs=2, gone_seconds=0.05) as house:
            page, _ = await house.open(ONE), await house.open(OTHER)
            with refused(429, "the lab: at most 2 pages can be open; close one"):
                await house.start("a-third-tab")
            await house.leave(page)
            await asyncio.sleep(0.2)
            assert (await house.start("a-third-tab")).state == "running"
            assert house.states(ONE) == []

    run(story())


def test_a_process_is_made_ready_when_a_page_opens_and_again_when_a_race_has_begun() -> None:
    async def story() -> None:
        async with House(gone_seconds=0.05, spare_seconds=0.05) as house:
            page = await house.open(ONE)
            assert house.crew.made_ready == 1
            await house.start()
            await until(lambda: house.crew.made_ready == 2)
            assert house.crew.dismissed == 0
            await house.leave(page)
            await until(lambda: house.crew.dismissed == 1)

    run(story())


def test_none_is_made_ready_where_nobody_looks() -> None:
    async def story() -> None:
        async with House(spare_seconds=0.01) as house:
            await house.start()
            await asyncio.sleep(0.1)
            assert house.crew.made_ready == 0

    run(story())
