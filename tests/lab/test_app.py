"""The application: paths, methods, faults, limits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from remy.errors import DataError
from remy.lab.app import make_app
from remy.lab.desk import THREADS
from remy.lab.endpoint import Endpoint, all_endpoints
from remy.lab.lab import Lab
from remy.lab.schemas.base import Answered, Asked
from remy.lab.settings import Settings
from tests.lab.asked import PORT, TOKEN, client_of


class Text(Asked):
    text: str


class Length(Answered):
    characters: int


def count(lab: Lab, asked: Text) -> Length:
    if asked.text == "unreadable":
        raise DataError("count: expected a text, got an unreadable one; give another.")
    if asked.text == "strange":
        raise ZeroDivisionError("oh")
    if asked.text == "wrong":
        return Length(characters="many")  # type: ignore[arg-type]
    return Length(characters=len(asked.text))


COUNT = Endpoint("/api/count", Text, Length, count)


def test_every_question_of_the_scenes_has_its_path(client: TestClient) -> None:
    for endpoint in all_endpoints():
        assert client.delete(endpoint.path).headers["allow"].startswith(endpoint.method)


def test_a_question_is_answered(lab: Lab) -> None:
    with client_of(lab, [COUNT]) as client:
        answer = client.post("/api/count", json={"text": "größer"})
    assert answer.json() == {"characters": 6}
    assert answer.headers["content-type"] == "application/json"


def test_a_question_that_makes_no_sense_is_refused_in_one_sentence(lab: Lab) -> None:
    with client_of(lab, [COUNT]) as client:
        answer = client.post("/api/count", json={"text": 5})
    assert answer.status_code == 422
    assert answer.json() == {"error": "count: text: expected a text, got 5"}


def test_a_question_that_has_no_answer_says_why(lab: Lab) -> None:
    with client_of(lab, [COUNT]) as client:
        answer = client.post("/api/count", json={"text": "unreadable"})
    assert answer.status_code == 400
    assert answer.json() == {"error": "count: expected a text, got an unreadable one; give another."}


def test_a_fault_of_ours_is_called_one_and_shown_in_the_terminal(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    with client_of(lab, [COUNT]) as client:
        answer = client.post("/api/count", json={"text": "strange"})
    assert answer.status_code == 500
    assert answer.json() == {"error": "the lab failed: ZeroDivisionError: oh"}
    shown = capsys.readouterr()
    assert "in count" in shown.err
    assert shown.out == ""


def test_a_record_of_ours_that_does_not_fit_is_no_fault_of_the_question(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    with client_of(lab, [COUNT]) as client:
        answer = client.post("/api/count", json={"text": "wrong"})
    assert answer.status_code == 500
    assert "ValidationError" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_of_another_type_is_refused(kind: str | None, lab: Lab) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    with client_of(lab, [COUNT]) as client:
        answer = client.post("/api/count", content=b'{"text": "a"}', headers=headers)
    assert answer.status_code == 415
    said = f"count: expected a body of type application/json, got {kind or 'nothing'}"
    assert answer.json() == {"error": said}


def test_a_path_that_is_not_there_is_said_with_the_nearest(lab: Lab) -> None:
    with client_of(lab, [COUNT]) as client:
        answer = client.get("/api/cuont")
    assert answer.status_code == 404
    said = "the lab: expected a question that it knows, got /api/cuont; did you mean '/api/count'?"
    assert answer.json() == {"error": said}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_wrong_method_is_said_with_the_right_one(method: str, lab: Lab) -> None:
    with client_of(lab, [COUNT]) as client:
        answer = client.request(method, "/api/count")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.json() == {"error": f"/api/count: expected POST, got {method}"}


def test_a_body_up_to_the_limit_is_read(lab: Lab) -> None:
    body = b'{"text": "%s"}' % (b"a" * 80)
    headers = {"Content-Type": "application/json"}
    with client_of(lab, [COUNT], most_bytes=len(body)) as client:
        assert client.post("/api/count", content=body, headers=headers).json() == {"characters": 80}
        answer = client.post("/api/count", content=body + b" ", headers=headers)
    assert answer.status_code == 413
    assert answer.json() == {"error": "the lab: expected a body of at most 92 bytes, got 93"}


def test_a_body_in_pieces_that_does_not_say_its_length_is_refused_over_the_limit(lab: Lab) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            yield b" " * 40

    headers = {"Content-Type": "application/json"}
    with client_of(lab, [COUNT], most_bytes=119) as client:
        answer = client.post("/api/count", content=pieces(), headers=headers)
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413
    assert answer.json() == {"error": "the lab: expected a body of at most 119 bytes, got more"}


def test_the_limit_is_five_megabytes() -> None:
    assert Settings(token=TOKEN, port=PORT).most_bytes == 5_000_000


def test_a_question_that_takes_too_long_is_given_up(lab: Lab) -> None:
    held = threading.Event()

    def wait(lab: Lab, asked: Text) -> Length:
        held.wait(10)
        return Length(characters=0)

    with client_of(lab, [Endpoint("/api/wait", Text, Length, wait), COUNT], seconds=0.1) as client:
        answer = client.post("/api/wait", json={"text": ""})
        assert client.post("/api/count", json={"text": "ab"}).json() == {"characters": 2}
        held.set()
    assert answer.status_code == 503
    said = "wait: expected an answer within 0.1 s, got none; ask for fewer steps or units"
    assert answer.json() == {"error": said}


def test_a_file_that_takes_too_long_should_be_smaller(lab: Lab) -> None:
    [reading] = [each for each in all_endpoints() if each.path == "/api/own/read"]
    held = threading.Event()
    slow = replace(reading, answer=lambda lab, asked: held.wait(10))
    with client_of(lab, [slow], seconds=0.1) as client:
        answer = client.post("/api/own/read", json={"model": "a", "given": None})
        held.set()
    assert answer.status_code == 503
    assert answer.json()["error"].endswith("got none; give a smaller file")


def test_a_question_that_nobody_waits_for_any_more_is_not_begun(lab: Lab) -> None:
    """Every thread is busy; three more ask, two of them leave, and only the last is answered."""
    busy, begun, held = threading.Semaphore(0), [], threading.Event()

    def answer(lab: Lab, asked: Text) -> Length:
        if asked.text == "long":
            busy.release()
            held.wait(10)
        begun.append(asked.text)
        return Length(characters=0)

    app = make_app(lab, settings=Settings(token=TOKEN, port=PORT), endpoints=[
        Endpoint("/api/answer", Text, Length, answer)
    ])  # fmt: skip

    async def ask(text: str, leaves: asyncio.Event) -> list[Any]:
        """Speak ASGI: no client can leave in the middle."""
        headers = {"host": f"localhost:{PORT}", "authorization": f"Bearer {TOKEN}"}
        headers["content-type"] = "application/json"
        came = iter([{"type": "http.request", "body": b'{"text": "%s"}' % text.encode(), "more_body": False}])
        sent: list[Any] = []

        async def receive() -> Any:
            for message in came:
                return message
            await leaves.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/api/answer", "query_string": b""}
        scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
        await app(scope, receive, send)
        return sent

    async def run() -> list[Any]:
        stays, leaves = asyncio.Event(), asyncio.Event()
        long = [asyncio.create_task(ask("long", stays)) for _ in range(THREADS)]
        for _ in range(THREADS):
            assert await asyncio.to_thread(busy.acquire, timeout=10)
        gone = [asyncio.create_task(ask(text, leaves)) for text in ("first", "second")]
        last = asyncio.create_task(ask("last", stays))
        await asyncio.sleep(0.05)
        leaves.set()
        await asyncio.gather(*gone)
        held.set()
        await asyncio.gather(*long)
        return await last

    async def live() -> list[Any]:
        async with app.router.lifespan_context(app):
            return await run()

    answered = asyncio.run(live())
    assert answered[0]["status"] == 200
    assert sorted(begun) == ["last", *["long"] * THREADS]
