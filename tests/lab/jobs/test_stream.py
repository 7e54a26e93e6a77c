"""A stream over its whole life: it begins, is silent, is slow, is replaced, and its page goes."""

from __future__ import annotations

import asyncio

import pytest

from remy.lab.jobs.stream import EventStream
from remy.lab.jobs.tab import Tab
from tests.lab.jobs.fakes import Page, run, until
from tests.lab.jobs.test_tab import make, publish


class Log:
    """Streams of one tab, and when they began and ended."""

    def __init__(self, tab: Tab, heartbeat: float = 60.0) -> None:
        self.tab, self.heartbeat = tab, heartbeat
        self.lines: list[str] = []

    def begin(self, page: Page, last: str | None = None) -> asyncio.Task[None]:
        stream = EventStream(
            self.tab,
            last,
            heartbeat=self.heartbeat,
            opened=lambda tab: self.lines.append("opened"),
            closed=lambda tab: self.lines.append(
                "closed" if tab.reader is None else "closed, another is open"
            ),
        )
        return asyncio.create_task(stream({}, page.receive, page.send))


def updates(page: Page) -> list[int]:
    return [data["update"] for _, name, data in page.events if name == "note"]


def test_events_arrive_as_they_come_and_it_ends_with_its_page() -> None:
    async def story() -> None:
        log, page = Log(make()), Page()
        task = log.begin(page)
        await until(lambda: page.status == 200)
        assert page.text == "retry: 1000\n\n"
        for number in range(5):
            publish(log.tab, number)
            await until(lambda number=number: updates(page) == list(range(number + 1)))
        assert log.lines == ["opened"]
        page.go()
        await task
        assert log.lines == ["opened", "closed"]

    run(story())


def test_a_silent_stream_says_now_and_then_that_it_is_there() -> None:
    async def story() -> None:
        log, page = Log(make(), heartbeat=0.02), Page()
        task = log.begin(page)
        await until(lambda: page.text.count(": here\n\n") >= 3)
        page.go()
        await task

    run(story())


def test_a_page_that_does_not_read_is_not_sent_to_and_gets_a_picture_when_it_does() -> None:
    async def story() -> None:
        log, page = Log(make("one", events=5)), Page(is_slow=True)
        task = log.begin(page)
        await until(lambda: page.status == 200)
        for number in range(1000):
            publish(log.tab, number)
            if number % 100 == 0:
                await asyncio.sleep(0)
        assert page.text == ""
        page.may_read.set()
        await until(lambda: page.events)
        assert [name for _, name, _ in page.events] == ["snapshot", "gap", "snapshot"]
        publish(log.tab, 1000)
        await until(lambda: updates(page) == [1000])
        page.go()
        await task

    run(story())


def test_a_page_that_goes_while_it_is_sent_to_ends_the_stream() -> None:
    async def story() -> None:
        log, page = Log(make()), Page(is_slow=True)
        task = log.begin(page)
        await until(lambda: page.status == 200)
        page.go()
        await task
        assert log.lines == ["opened", "closed"]

    run(story())


def test_the_newer_stream_wins_and_the_older_is_told_not_to_come_back() -> None:
    async def story() -> None:
        log, older, newer = Log(make()), Page(), Page()
        first = log.begin(older)
        await until(lambda: older.status == 200)
        second = log.begin(newer)
        await first
        assert [name for _, name, _ in older.events] == ["replaced"]
        publish(log.tab, 7)
        await until(lambda: updates(newer) == [7])
        assert log.lines == ["opened", "opened", "closed, another is open"]
        newer.go()
        await second

    run(story())


def test_resuming_again_and_again_gives_every_event_once_and_in_order() -> None:
    async def story() -> list[int]:
        log, found, last = Log(make(events=100)), list[int](), None
        publish_at = iter(range(60))
        for _ in range(12):
            page = Page()
            task = log.begin(page, last)
            await until(lambda page=page: page.status == 200)
            for _ in range(3):
                publish(log.tab, next(publish_at))
            await until(lambda page=page: page.events)
            page.go()
            await task
            publish(log.tab, next(publish_at), next(publish_at))
            found += updates(page)
            last = page.events[-1][0]
        return found

    found = run(story())
    assert len(found) > 30
    assert found == list(range(len(found)))


def test_an_error_in_sending_ends_the_stream_and_is_seen() -> None:
    async def story() -> None:
        log = Log(make())
        page = Page()

        async def send(message: object) -> None:
            raise OSError("the pipe is broken")

        page.send = send  # type: ignore[method-assign, assignment]
        with pytest.raises(OSError, match="the pipe is broken"):
            await log.begin(page)
        assert log.lines == ["opened", "closed"]

    run(story())
