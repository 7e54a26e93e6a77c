"""The questions about trainings as a page asks them, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from remy.lab.jobs.office import Office
from remy.lab.jobs.routes import routes
from tests.lab.jobs.fakes import FakeCrew, race

TAB = "the-first-tab"


@pytest.fixture(autouse=True)
def _no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the lab of the client have workers that do nothing."""
    monkeypatch.setattr("remy.lab.jobs.office.Crew", FakeCrew)


def started(client: TestClient, **options: Any) -> dict[str, Any]:
    answer = client.post("/api/jobs", json={"tab": TAB, "race": race(**options).model_dump(mode="json")})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_race_is_started_listed_and_stopped(client: TestClient) -> None:
    job = started(client)
    assert job == {"id": job["id"], "state": "running", "position": None}
    (listed,) = client.get("/api/jobs", params={"tab": TAB}).json()["jobs"]
    assert listed["job"]["job"] == job["id"]
    assert listed["race"]["units"] == 4
    answer = client.post(f"/api/jobs/{job['id']}/control", json={"tab": TAB, "do": "stop"})
    assert answer.json() == {"id": job["id"], "state": "stopped", "position": None}


def test_every_refusal_is_a_status_and_a_sentence(client: TestClient) -> None:
    job = started(client)["id"]
    for _ in range(8):
        started(client)

    def post(path: str, asked: object) -> tuple[int, str]:
        answer = client.post(path, json=asked)
        return answer.status_code, answer.json()["error"]

    control = f"/api/jobs/{job}/control"
    for path in ("/api/jobs", control):
        assert client.post(path, data={"tab": TAB, "do": "stop"}).status_code == 415
    assert post("/api/jobs", {"tab": TAB}) == (
        429, "jobs: the lab trains 1 job at a time and 8 wait already: stop one or wait",
    )  # fmt: skip
    assert post("/api/jobs", {"tab": TAB, "race": {"units": 0}}) == (
        422, "jobs: race.units: expected at least 1, got 0",
    )  # fmt: skip
    assert post("/api/jobs", {"tab": TAB, "race": {"steps": 5}}) == (
        422, "jobs: race.steps: expected 10 to 300 for the problem 'adding', got 5",
    )  # fmt: skip
    assert post("/api/jobs", {"tab": TAB, "race": {"problem": "text", "text": "short"}}) == (
        400, "the text: 5 characters are too little to learn from; at least 20 are needed",
    )  # fmt: skip
    assert post(control, {"tab": TAB, "do": "leap"})[0] == 422
    assert post(control, {"tab": "the-other-tab", "do": "stop"})[0] == 404
    assert post("/api/jobs/nothing/control", {"tab": TAB, "do": "stop"})[0] == 404
    client.post(control, json={"tab": TAB, "do": "stop"})
    assert post(control, {"tab": TAB, "do": "pause"})[0] == 409


@pytest.mark.parametrize("path", ["/api/jobs", "/api/events"])
@pytest.mark.parametrize("tab", ["", "short", "x" * 65, "with a space", "line-end\n", "ümläute-ü"])
def test_a_tab_without_a_proper_name_is_refused(client: TestClient, path: str, tab: str) -> None:
    answer = client.get(path, params={"tab": tab})
    assert answer.status_code == 422
    name = path.removeprefix("/api/")
    assert answer.json()["error"].startswith(f"{name}: expected tab, 8 to 64 letters, digits, - and _, got ")


def test_half_a_character_is_no_text(client: TestClient) -> None:
    asked = json.dumps({"tab": TAB, "race": {"problem": "text", "text": "\ud800" * 50}})
    answer = client.post("/api/jobs", content=asked, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def test_to_ask_for_the_head_of_a_stream_does_not_last_for_ever(client: TestClient) -> None:
    answer = client.head("/api/events", params={"tab": TAB})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_nobody_without_the_key_trains(client: TestClient) -> None:
    for method, path in (("POST", "/api/jobs"), ("GET", "/api/events"), ("POST", "/api/jobs/x/control")):
        assert client.request(method, path, headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_the_last_event_may_stand_in_the_address_or_in_the_head(
    monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    asked: list[tuple[str, str | None]] = []

    def stream(self: Office, tab: str, last: str | None) -> Any:
        asked.append((tab, last))
        return EmptyStream()

    monkeypatch.setattr(Office, "stream", stream)
    client.get("/api/events", params={"tab": TAB})
    client.get("/api/events", params={"tab": TAB, "last": "a-1"})
    client.get("/api/events", params={"tab": TAB, "last": "a-1"}, headers={"Last-Event-ID": "a-2"})
    assert asked == [(TAB, None), (TAB, "a-1"), (TAB, "a-2")]


class EmptyStream:
    """A stream that ends at once."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def test_there_are_four_questions() -> None:
    assert [(route.path, sorted(route.methods or ())) for route in routes(None, Office(crew=FakeCrew()))] == [  # type: ignore[arg-type]
        ("/api/jobs", ["POST"]),
        ("/api/jobs", ["GET", "HEAD"]),
        ("/api/jobs/{id}/control", ["POST"]),
        ("/api/events", ["GET", "HEAD"]),
    ]
