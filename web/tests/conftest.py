"""A real server, a real browser: what the tests of the page share.

Run by ``make test-web``; the page is built and Debian's chromium is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from web.tests.lab import CHROMIUM, QUIET, Lab, Scene


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two small trained runs, `ones` and `others`, and something that is none."""
    import remy

    folder = tmp_path_factory.mktemp("runs")
    for name, cell in (("ones", "gru"), ("others", "lstm")):
        model = remy.LanguageModel(cell=cell, units=12, layers=1, epochs=2, steps=24)
        model.fit("the notes it keeps are rewritten at every letter. " * 30, out=folder / name)
    (folder / "broken").mkdir()
    (folder / "broken" / "model.safetensors").write_bytes(b"no model at all")
    return folder


@pytest.fixture(scope="session")
def lab(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A running lab with a token of its own."""
    found = Lab(runs, tmp_path_factory.mktemp("cache"))
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh tab; in the end no error was said and nobody but the lab was asked."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.add_init_script("localStorage.setItem('remy-tour', 'seen')")
    found = context.new_page()
    found.set_default_timeout(15_000)
    said: list[str] = []
    asked: list[str] = []
    found.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    found.on("pageerror", lambda error: said.append(str(error)))
    found.on("request", lambda request: asked.append(request.url))
    yield found
    context.close()
    foreign = [
        url
        for url in asked
        if urlsplit(url).scheme not in ("blob", "data") and urlsplit(url).hostname != "127.0.0.1"
    ]
    assert foreign == []
    # A refused question is also said on the console; which are expected the tests themselves say.
    assert [each for each in said if "Failed to load resource" not in each] == []


@pytest.fixture
def scene(page: Page, lab: Lab) -> Scene:
    """The page, to open scenes in it and to read them."""
    return Scene(page, lab.url)
