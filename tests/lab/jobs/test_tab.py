"""A page gets every event once and in order, or is told that some are lost and gets a picture instead."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remy.lab.jobs import tab as tabs
from remy.lab.jobs.curves import Picture
from remy.lab.jobs.tab import Reader, Tab
from remy.lab.schemas.jobs import JobEvent, JobPicture, NoteEvent
from tests.lab.jobs.fakes import race


def picture(name: str) -> JobPicture:
    job = JobEvent(job=name, state="running", position=None, sentence=None, updates=6, lanes=())
    return Picture(race()).record(job)


def make(*races: str, events: int = 10, size: int = 10**6) -> Tab:
    return Tab("a-tab-name", lambda: [picture(name) for name in races], most_events=events, most_bytes=size)


def note(number: int) -> NoteEvent:
    return NoteEvent(job="a race", at=0.0, update=number, lane=None, sentence="x")


def publish(tab: Tab, *numbers: int) -> None:
    for number in numbers:
        tab.publish(note(number))


def parsed(sent: bytes) -> list[tuple[str | None, str, Any]]:
    found = []
    for block in sent.decode().split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields.get("id"), fields["event"], json.loads(fields["data"])))
    return found


def updates(sent: bytes) -> list[int]:
    events = parsed(sent)
    assert {name for _, name, _ in events} <= {"note"}
    return [data["update"] for _, _, data in events]


def last_id(sent: bytes) -> str:
    found = [number for number, _, _ in parsed(sent) if number is not None][-1]
    assert found is not None
    return found


def opened(tab: Tab, last: str | None = None) -> tuple[Reader, bytes]:
    return tab.open(last)


def test_events_come_once_and_in_order() -> None:
    tab = make()
    reader, first = opened(tab)
    assert first == b""
    publish(tab, 1, 2)
    assert updates(tab.read(reader)) == [1, 2]
    publish(tab, 3)
    assert updates(tab.read(reader)) == [3]
    assert tab.read(reader) == b""


def test_their_numbers_rise_one_by_one() -> None:
    tab = make()
    reader, _ = opened(tab)
    publish(tab, 1, 2, 3)
    numbers = [number for number, _, _ in parsed(tab.read(reader))]
    life = str(numbers[0]).partition("-")[0]
    assert numbers == [f"{life}-1", f"{life}-2", f"{life}-3"]


@pytest.mark.parametrize("seen", range(1, 6))
def test_a_stream_that_comes_back_goes_on_after_what_it_has_seen(seen: int) -> None:
    tab = make()
    reader, _ = opened(tab)
    publish(tab, *range(1, seen + 1))
    last = last_id(tab.read(reader))
    tab.close(reader)
    publish(tab, *range(seen + 1, 6))
    again, first = opened(tab, last)
    assert first == b""
    assert updates(tab.read(again)) == list(range(seen + 1, 6))
    publish(tab, 6)
    assert updates(tab.read(again)) == [6]


def test_what_was_dropped_is_a_gap_and_a_picture_of_every_race_and_then_it_goes_on() -> None:
    tab = make("one", "two", events=3)
    reader, _ = opened(tab)
    publish(tab, 1)
    last = last_id(tab.read(reader))
    tab.close(reader)
    publish(tab, *range(2, 6))  # 2 is dropped
    again, _ = opened(tab, last)
    sent = parsed(tab.read(again))
    assert [name for _, name, _ in sent] == ["gap", "snapshot", "snapshot"]
    assert [data["job"]["job"] for _, name, data in sent if name == "snapshot"] == ["one", "two"]
    # Whoever is cut off before the last picture has not seen it all, and begins anew.
    assert [number is None for number, _, _ in sent] == [True, True, False]
    publish(tab, 6)
    assert updates(tab.read(again)) == [6]


def test_all_that_is_kept_can_still_be_sent_again() -> None:
    tab = make("one", events=3)
    reader, _ = opened(tab)
    publish(tab, 1)
    last = last_id(tab.read(reader))
    tab.close(reader)
    publish(tab, 2, 3, 4)
    again, _ = opened(tab, last)
    assert updates(tab.read(again)) == [2, 3, 4]


@pytest.mark.parametrize(
    "last", ["00000000-1", "1", "", "-", "{life}-99", "{life}--1", "{life}-x", "{life}-²", "x" * 9999]
)
def test_a_number_of_another_life_or_of_nobody_is_a_gap(last: str) -> None:
    tab = make("one")
    publish(tab, 1, 2)
    _, first = opened(tab, last.format(life=tabs._LIFE))
    assert [name for _, name, _ in parsed(first)] == ["gap", "snapshot"]


def test_a_page_without_a_number_is_shown_all_that_is_known_and_no_old_event() -> None:
    tab = make("one", "two")
    publish(tab, 1, 2)
    reader, first = opened(tab)
    assert [name for _, name, _ in parsed(first)] == ["snapshot", "snapshot"]
    assert tab.read(reader) == b""
    publish(tab, 3)
    assert updates(tab.read(reader)) == [3]


def test_a_page_that_goes_after_a_picture_comes_back_after_it() -> None:
    tab = make("one")
    publish(tab, 1, 2)
    reader, first = opened(tab)
    tab.close(reader)
    publish(tab, 3)
    again, _ = opened(tab, last_id(first))
    assert updates(tab.read(again)) == [3]


def test_a_slow_page_costs_no_more_memory_than_a_fast_one() -> None:
    tab = make("one", events=50, size=5000)
    reader, _ = opened(tab)
    publish(tab, *range(10_000))
    assert len(tab._events) <= 50
    assert sum(map(len, tab._events)) == tab._bytes <= 5000
    assert [name for _, name, _ in parsed(tab.read(reader))] == ["gap", "snapshot"]


def test_a_reader_gets_no_more_at_once_than_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabs, "_MOST_AT_ONCE", 400)
    tab = make()
    reader, _ = opened(tab)
    publish(tab, *range(8))
    found: list[int] = []
    while sent := tab.read(reader):
        assert len(sent) <= 400
        found += updates(sent)
    assert found == list(range(8))


def test_of_two_streams_the_newer_one_gets_the_events() -> None:
    tab = make()
    older, _ = opened(tab)
    newer, _ = opened(tab)
    publish(tab, 1)
    assert older.is_replaced
    assert older.wake.is_set()
    assert tab.read(older) == b""
    assert updates(tab.read(newer)) == [1]
    tab.close(older)
    assert tab.reader is newer
    tab.close(newer)
    assert tab.reader is None
