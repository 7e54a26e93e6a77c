"""The lab at a real port of this machine."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from remy.errors import RemyError, UsageError
from remy.lab import serving
from remy.lab.lab import open_lab
from remy.lab.serving import PORT, serve

#: The lab with a question that takes long and a stream that never ends; Ctrl-C as in a person's shell.
PROGRAM = """
import asyncio, signal, sys, time
from starlette.responses import StreamingResponse
from starlette.routing import Route
from remy.cli import main
from remy.lab import app
from remy.lab.endpoint import Endpoint, all_endpoints
from remy.lab.schemas.alive import Alive

def wait(lab):
    time.sleep(30)
    return Alive(version="late")

async def events(request):
    async def endless():
        while True:
            yield "data: here\\n\\n"
            await asyncio.sleep(0.05)
    return StreamingResponse(endless(), media_type="text/event-stream")

app.all_endpoints = lambda: (*all_endpoints(), Endpoint("/api/wait", None, Alive, wait))
jobs = app.job_routes
app.job_routes = lambda lab, office: [*jobs(lab, office), Route("/api/stream", events)]
signal.signal(signal.SIGINT, signal.default_int_handler)
main(["lab", "--no-open", "--json", *sys.argv[1:]])
"""


class Running(NamedTuple):
    """A lab in a process of its own."""

    process: subprocess.Popen[str]
    url: str

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.url).query)["token"][0]

    def ask(self, path: str, **options: Any) -> tuple[int, bytes]:
        """Return the status and the body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
            connection.request(options.pop("method", "GET"), path, headers=headers, **options)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def seconds(self, path: str, *, times: int) -> list[float]:
        """Return how long each of so many questions took, all through one connection."""
        found = []
        with contextlib.closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            for _ in range(times):
                began = time.perf_counter()
                connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
                connection.getresponse().read()
                found.append(time.perf_counter() - began)
        return found

    def interrupt(self) -> tuple[float, str]:
        """Press Ctrl-C; return the seconds until it ended and what it said."""
        began = time.perf_counter()
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=20)
        return time.perf_counter() - began, said


@contextlib.contextmanager
def running(*words: str, cache: Path) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "REMY_CACHE": str(cache)},
        cwd=cache,
    )
    assert process.stdout is not None
    try:
        lines = "".join(process.stdout.readline() for _ in range(3))
        assert lines, process.communicate()
        yield Running(process, json.loads(lines)["url"])
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.slow
def test_it_answers_and_ends_at_once_at_ctrl_c_with_a_stream_open_and_a_question_at_work(
    tmp_path: Path,
) -> None:
    with running("--port", "0", cache=tmp_path) as lab:
        status, body = lab.ask("/api/alive")
        assert (status, set(json.loads(body))) == (200, {"version"})
        assert lab.ask("/api/alive", headers={"Host": "evil.example"})[0] == 421
        assert lab.ask("/api/alive", headers={"Authorization": "Bearer wrong"})[0] == 401
        assert min(lab.seconds("/api/alive", times=20)) < 0.03  # Nagle's algorithm would wait 0.04
        kind = {"Content-Type": "application/json"}
        pieces = (b" " * 1_000_000 for _ in range(8))
        assert lab.ask("/api/trace", method="POST", body=pieces, headers=kind)[0] == 413

        stream = HTTPConnection("127.0.0.1", lab.port, timeout=10)
        stream.request("GET", "/api/stream", headers={"Authorization": f"Bearer {lab.token}"})
        assert stream.getresponse().readline() == b"data: here\n"
        waiting = HTTPConnection("127.0.0.1", lab.port, timeout=10)
        waiting.request("GET", "/api/wait", headers={"Authorization": f"Bearer {lab.token}"})
        time.sleep(0.2)
        seconds, said = lab.interrupt()
        assert seconds < 4
        assert lab.process.returncode == 130
        assert said == "remy: the lab is closed\n"
        stream.close()
        waiting.close()


@pytest.mark.slow
def test_a_lab_that_comes_back_has_the_same_address_and_one_more_gets_the_next_port(tmp_path: Path) -> None:
    port = free_port()
    with running("--port", str(port), cache=tmp_path) as first:
        assert first.port == port
        again = subprocess.run(
            [sys.executable, "-m", "remy.cli", "lab", "--no-open", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert again.returncode == 1
        assert again.stderr == (
            f"remy: error: lab: port {port} is taken; give another with --port, or 0 for any that is free\n"
        )
        assert first.ask("/api/alive")[0] == 200
        first.interrupt()
        assert first.process.returncode == 130
    with running("--port", str(port), cache=tmp_path) as second:
        assert second.url == first.url
        assert second.ask("/api/alive")[0] == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "example.org", ""])
def test_only_names_of_this_machine_alone_are_accepted(host: str) -> None:
    with pytest.raises(UsageError, match="expected a host of this machine alone"):
        serve(host=host, open_browser=False)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(UsageError, match=f"expected a port from 0 to 65535, got {port}"):
        serve(port=port, open_browser=False)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Serve without serving: the addresses at which a lab would have been."""
    urls: list[str] = []

    def announce_and_end(server: serving._Server, sockets: list[socket.socket]) -> None:
        assert sockets[0].getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        server._announce()

    monkeypatch.setenv("REMY_CACHE", str(tmp_path))
    monkeypatch.setattr(serving._Server, "run", announce_and_end)
    monkeypatch.setattr(serving, "warm_up", lambda lab: None)
    monkeypatch.setattr(serving, "_print_url", urls.append)
    return urls


def test_a_port_that_is_taken_is_said_before_anything_is_begun(started: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(RemyError, match=f"port {port} is taken; give another with --port") as error:
            serve(port=port, open_browser=False)
    assert error.value.exit_code == 1
    assert started == []


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_an_answer_never_waits_for_the_one_before_to_be_acknowledged(address: str) -> None:
    """Asyncio sets TCP_NODELAY on the connections of sockets that name their protocol only."""
    if ":" in address and not _has_ipv6():
        pytest.skip("this machine has no ::1")
    with serving._listen(address, 0) as listener, socket.create_connection(listener.getsockname()[:2]):
        connection, _ = listener.accept()
        assert connection.proto == socket.IPPROTO_TCP
        connection.close()


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_without_a_port_the_next_ten_are_tried(started: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(serving, "PORT", port)
        serve(open_browser=False)
        monkeypatch.setattr(serving, "_MORE_PORTS", 0)
        with pytest.raises(RemyError, match=f"the ports {port} to {port} are taken"):
            serve(open_browser=False)
    (url,) = started
    assert port < int(urlsplit(url).port or 0) <= port + 10
    assert (PORT, serving._loopback("localhost")) == (8717, "127.0.0.1")


def test_the_token_of_the_address_lasts_until_another_is_wanted(started: list[str]) -> None:
    for new in (False, False, True):
        serve(port=0, open_browser=False, new_token=new)
    first, second, third = (parse_qs(urlsplit(url).query)["token"] for url in started)
    assert first == second != third


def test_a_run_that_cannot_be_opened_is_said_first(started: list[str], tmp_path: Path) -> None:
    with pytest.raises(RemyError, match="there is no such run"):
        serve(tmp_path / "nothing", port=0, open_browser=False)
    (tmp_path / "bad.safetensors").write_bytes(b"no model")
    with pytest.raises(RemyError, match=r"bad\.safetensors"):
        serve(tmp_path / "bad.safetensors", port=0, open_browser=False)
    assert started == []


@pytest.mark.parametrize(
    ("wanted", "screen", "shown"), [(True, ":0", True), (False, ":0", False), (True, "", False)]
)
def test_the_browser_is_opened_where_there_is_a_screen_and_it_is_wanted(
    wanted: bool, screen: str, shown: bool, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", screen)
    serve(port=0, open_browser=wanted)
    deadline = time.monotonic() + (5 if shown else 0.05)
    while not opened and time.monotonic() < deadline:
        time.sleep(0.01)
    assert opened == (started if shown else [])


def test_the_runs_of_the_working_folder_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_lab().library.cards().faults == ()
    for place in ("one", "runs/two"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "one" / "model.safetensors").write_bytes(b"no model")
    (fault,) = open_lab().library.cards().faults
    assert "one/model.safetensors" in fault
    (tmp_path / "runs" / "two" / "model.safetensors").write_bytes(b"no model")
    (fault,) = open_lab().library.cards().faults
    assert "runs/two/model.safetensors" in fault
