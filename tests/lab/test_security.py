"""Who is refused, and what every response carries."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from remy.lab.endpoint import Endpoint
from remy.lab.faults import Faults
from remy.lab.lab import Lab
from remy.lab.limits import BodyLimit
from remy.lab.schemas.base import Answered, Asked
from remy.lab.security import HEADERS, Guard
from tests.lab.asked import BEARER, PORT, TOKEN, URL, client_of

COOKIE = f"remy-lab-{PORT}"


class Number(Asked):
    value: int


class Doubled(Answered):
    value: int


def double(lab: Lab, asked: Number) -> Doubled:
    return Doubled(value=2 * asked.value)


def three(lab: Lab) -> Doubled:
    return Doubled(value=3)


QUESTIONS = (
    Endpoint("/api/double", Number, Doubled, double),
    Endpoint("/api/three", None, Doubled, three),
)


@pytest.fixture
def stranger(lab: Lab, tmp_path: Any) -> Iterator[TestClient]:
    """A client without the token, of a lab with a page."""
    (tmp_path / "index.html").write_text("<title>the page</title>")
    with client_of(lab, QUESTIONS, headers={}, page=tmp_path) as opened:
        yield opened


def test_the_token_in_the_address_becomes_a_cookie_and_leaves_the_address(stranger: TestClient) -> None:
    answer = stranger.get(f"/?scene=gates&token={TOKEN}&step=3")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?scene=gates&step=3"
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name == f"{COOKIE}={TOKEN}"
    assert {each.lower() for each in attributes} == {"httponly", "samesite=strict", "path=/"}
    assert stranger.get(f"/?token={TOKEN}").headers["location"] == "/"
    assert "the page" in stranger.get("/").text
    assert stranger.get("/api/three").json() == {"value": 3}


def test_a_program_may_bring_the_token_in_a_header(stranger: TestClient) -> None:
    assert stranger.get("/api/three", headers=BEARER).json() == {"value": 3}
    assert stranger.post("/api/double", json={"value": 4}, headers=BEARER).json() == {"value": 8}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": "Bearer "},
        {"Authorization": b"Bearer \xe9"},
        {"Cookie": f"{COOKIE}=wrong"},
        {"Cookie": f"remy-lab-{PORT + 1}={TOKEN}"},
        {"Cookie": f"{COOKIE}="},
    ],
)
@pytest.mark.parametrize("path", ["/api/three", "/api/nothing", "/api"])
def test_without_the_token_a_program_is_refused_in_one_sentence(
    path: str, headers: dict[str, str], stranger: TestClient
) -> None:
    answer = stranger.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"error": "the lab: expected its token; open the address that the terminal shows"}


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/?token=", "/assets/a.js", "/nothing"])
def test_without_the_token_a_person_is_told_to_open_the_address_of_the_terminal(
    path: str, stranger: TestClient
) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")
    assert "Open the address that the terminal shows" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_wrong_token_is_refused_also_with_the_cookie(stranger: TestClient) -> None:
    cookie = {"Cookie": f"{COOKIE}={TOKEN}"}
    assert stranger.get("/", headers=cookie).status_code == 200
    assert stranger.get("/?token=wrong", headers=cookie).status_code == 401
    assert stranger.get(f"/?token={TOKEN}&token=wrong", headers=cookie).status_code == 401


def test_the_token_counts_in_the_address_of_the_page_only(stranger: TestClient) -> None:
    assert stranger.get(f"/api/three?token={TOKEN}").status_code == 401
    assert stranger.post(f"/?token={TOKEN}").status_code == 401


@pytest.mark.parametrize(
    "host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"]
)
def test_this_machine_goes_by_three_names(host: str, stranger: TestClient) -> None:
    assert stranger.get("/api/three", headers={**BEARER, "Host": host}).json() == {"value": 3}


@pytest.mark.parametrize(
    "host",
    [
        f"evil.example:{PORT}",
        "evil.example",
        "127.0.0.1",
        f"127.0.0.1:{PORT + 1}",
        f"127.0.0.1:{PORT}.evil.example",
        f"0.0.0.0:{PORT}",
        "",
    ],
)
def test_a_foreign_host_is_refused_whatever_else_it_brings(host: str, stranger: TestClient) -> None:
    answer = stranger.get(f"/?token={TOKEN}", headers={**BEARER, "Host": host})
    assert answer.status_code == 421
    assert answer.json()["error"].startswith("the lab: expected one of the hosts 127.0.0.1:8717, [::1]:8717,")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        f"http://localhost:{PORT}",
        f"https://127.0.0.1:{PORT}",
        f"http://127.0.0.1:{PORT + 1}",
        "null",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_foreign_origin_is_refused(method: str, origin: str, stranger: TestClient) -> None:
    answer = stranger.request(method, "/api/double", headers={**BEARER, "Origin": origin})
    assert answer.status_code == 403
    assert answer.json() == {"error": f"the lab: expected a request from its own page, got one from {origin}"}
    assert "access-control-allow-origin" not in answer.headers


def test_the_pages_own_origin_may_ask(stranger: TestClient) -> None:
    headers = {**BEARER, "Origin": URL, "Sec-Fetch-Site": "same-origin"}
    assert stranger.post("/api/double", json={"value": 1}, headers=headers).json() == {"value": 2}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_page_may_lead_here_but_ask_nothing(site: str, stranger: TestClient) -> None:
    headers = {**BEARER, "Sec-Fetch-Site": site}
    for answer in (
        stranger.post("/api/double", json={"value": 1}, headers=headers),
        stranger.get("/api/three", headers=headers),
        stranger.post("/", headers=headers),
    ):
        assert answer.status_code == 403
        assert answer.json()["error"].endswith(f"its own page, got one from a {site} page")
    assert stranger.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", BEARER, 200),
        ("/api/three", BEARER, 200),
        ("/api/nothing", BEARER, 404),
        ("/nothing", BEARER, 404),
        ("/", {}, 401),
        (f"/?token={TOKEN}", {}, 303),
        ("/", {**BEARER, "Host": "evil.example"}, 421),
        ("/api/double", {**BEARER, "Origin": "null"}, 403),
    ],
)
def test_every_response_carries_the_protecting_headers(
    path: str, headers: dict[str, str], status: int, stranger: TestClient
) -> None:
    answer = stranger.get(path, headers=headers)
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers.get_list(name) == [value]
    assert "cache-control" in answer.headers


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    told = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert told["default-src"] == "'none'"
    assert told["script-src"] == told["style-src"] == told["connect-src"] == "'self'"
    assert told["frame-ancestors"] == told["base-uri"] == told["form-action"] == "'none'"


def test_answers_are_kept_by_nobody(stranger: TestClient) -> None:
    assert stranger.get("/api/three", headers=BEARER).headers["cache-control"] == "no-store"
    assert stranger.get(f"/?token={TOKEN}").headers["cache-control"] == "no-store"


def test_events_pass_one_by_one() -> None:
    """The application sends its second piece only when the first has arrived."""
    arrived = asyncio.Event()
    pieces: list[bytes] = []

    async def stream(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await asyncio.wait_for(arrived.wait(), 5)
        await send({"type": "http.response.body", "body": b"two", "more_body": False})

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            pieces.append(message["body"])
            arrived.set()

    headers = [(b"host", f"localhost:{PORT}".encode()), (b"authorization", f"Bearer {TOKEN}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/api/events", "query_string": b"", "headers": headers}
    app = Guard(Faults(BodyLimit(stream, most_bytes=10)), token=TOKEN, port=PORT)
    asyncio.run(app(scope, receive, send))
    assert pieces == [b"one", b"two"]


def test_a_web_socket_is_refused() -> None:
    sent: list[Any] = []

    async def never(*_: Any) -> None:
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Guard(never, token=TOKEN, port=PORT)({"type": "websocket"}, never, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]
