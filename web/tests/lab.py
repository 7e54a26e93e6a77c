"""Starting a lab, and reading what its page shows."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
#: Keep the browser from asking anybody but the lab.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

ROOT = Path(__file__).parents[2]
#: What a scene has when it is there: a picture, or the race's word on where it stands.
READY = "main figure, main .standing"


class Lab:
    """A lab in a process of its own; stopped and started again it keeps its port and its token."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self._folder = folder
        self._environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "OMP_NUM_THREADS": "1"}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        """Without the token."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start, and wait until it says its address."""
        command = [
            sys.executable,
            "-m",
            "remy.cli",
            "lab",
            str(self._folder),
            "--no-open",
            "--port",
            str(self.port),
        ]
        self._process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=self._environment, cwd=ROOT
        )
        assert self._process.stderr is not None
        for line in self._process.stderr:
            found = re.search(r"http://\S+", line)
            if found:
                self.url = found[0]
                return
        raise AssertionError("the lab ended before it said its address")

    def stop(self, *, kill: bool = False) -> None:
        """Stop it, by Ctrl-C or at once."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL if kill else signal.SIGINT)
        self._process.wait(20)
        assert self._process.stderr is not None
        self._process.stderr.close()


class Scene:
    """A page that shows a scene; `home` is the lab's address, with the token if the page has none yet."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self._home = home

    def open(self, address: str) -> None:
        """Go to an address such as ``#/notebook?text=HELL`` and wait until all is drawn."""
        if self.page.url == "about:blank":
            self.page.goto(f"{self._home}{address}")
        else:
            self.page.evaluate("address => { location.hash = address }", address)
        self.page.wait_for_selector(READY)
        self.settle()

    def settle(self) -> None:
        """Wait until the newest question is answered and on screen."""
        # The address is written a fifth of a second after an edit; questions are asked at once.
        self.page.wait_for_timeout(60)
        still = (
            "document.body.dataset.asked === undefined"
            " ? document.querySelector('main .standing') !== null"
            " : Number(document.body.dataset.drawn) >= Number(document.body.dataset.asked)"
        )
        # `wait_for_function` evaluates a text inside the page, which the Content-Security-Policy forbids.
        for _ in range(600):
            if self.page.evaluate(still):
                return
            self.page.wait_for_timeout(25)
        raise AssertionError("the newest question was not answered")

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, as long as a busy machine may need, or fail."""
        for _ in range(150):
            if holds():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("it did not come to hold")

    def race(self, query: str = "steps=20&units=8&updates=60", *, state: str = "done") -> None:
        """Start a race, and wait until it is in a state."""
        self.open(f"#/race?{query}")
        self.page.get_by_role("button", name="Start").click()
        self.page.locator("main .standing", has_text=f"is {state}").wait_for(timeout=60_000)
        # A process that trains may have to be started first.
        self.page.wait_for_selector("main figure", timeout=60_000)

    def figure(self, title: str) -> Locator:
        """Return the picture of a title."""
        return self.page.locator(f'figure[data-figure="{title}"]')

    def sentences(self, title: str) -> str:
        """Return what is said below a picture."""
        return self.figure(title).locator("figcaption").inner_text()

    def table(self, title: str) -> tuple[list[str], list[list[str]]]:
        """Return a picture's table, as it is shown: the names of its columns, and its rows."""
        figure = self.figure(title)
        button = figure.get_by_role("button", name="as a table")
        if button.get_attribute("aria-pressed") != "true":
            button.click()
        found = figure.locator(".table table").evaluate(
            "table => [...table.rows].map(row => [...row.cells].map(cell => cell.textContent))"
        )
        return found[0], found[1:]

    def address(self) -> str:
        """Return the address when it has been written."""
        self.page.wait_for_timeout(350)
        return str(self.page.evaluate("location.hash"))


def number(text: str) -> float:
    """Return the number that the page shows as `text`."""
    return float(text.replace("−", "-").replace("–", "nan").replace("∞", "inf"))


def as_shown(value: float, digits: int = 4) -> float:
    """Return a number as the page rounds it."""
    return float(f"{value:.{digits - 1}e}")
