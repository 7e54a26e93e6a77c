"""The page of a trace."""

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import torch

from remy.inspect import Trace, trace
from remy.inspect.report import page, write_page
from remy.layers import LSTM

BREAKOUT = "</script><script>alert(1)</script>&amp;<!--\u2028{{trace}}"


class Parts(HTMLParser):
    """Every element with its attributes and, of scripts and styles, what stands in it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {}
        self._within: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._within = tag if tag in ("script", "style", "title", "h1") else None
        if self._within:
            self.inside.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._within = None

    def handle_data(self, data: str) -> None:
        if self._within:
            self.inside[self._within][-1] += data


@pytest.fixture
def found() -> Trace:
    torch.manual_seed(0)
    made = trace(LSTM(2, return_sequences=True), torch.ones(1, 3, 2), torch.zeros(1, 3, 2))
    return replace(made, items={"": ("a", BREAKOUT, "c")}, outputs=("x", BREAKOUT))


def embedded(text: str) -> Any:
    [data] = re.findall(r'<script type="application/json" id="trace">(.*?)</script>', text, re.DOTALL)
    return json.loads(data)


def test_the_trace_is_in_the_page_whole_and_no_text_in_it_is_read_as_html(found: Trace) -> None:
    made = page(found, title=BREAKOUT)
    assert embedded(made) == found.to_json()
    parts = Parts(made)
    assert [tag for tag, _ in parts.elements].count("script") == 2
    assert parts.inside["title"] == parts.inside["h1"] == [BREAKOUT]
    assert "alert(1)" not in made.replace(html.escape(BREAKOUT), "").replace(
        "\\u003cscript\\u003ealert(1)", ""
    )


def test_the_policy_allows_the_pages_own_script_and_style_and_nothing_else(found: Trace) -> None:
    parts = Parts(page(found, title="t"))
    [policy] = [
        str(attributes["content"])
        for tag, attributes in parts.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    code, [style] = parts.inside["script"][1], parts.inside["style"]
    for name, text in (("script-src", code), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules.pop(name) == f"'sha256-{digest}'"
    assert set(rules.values()) == {"'none'"}
    assert "default-src" in rules


def test_readers_of_screens_find_one_main_part_and_a_name_for_every_picture_and_place_that_scrolls(
    found: Trace,
) -> None:
    parts = Parts(page(found, title="t"))
    assert [tag for tag, _ in parts.elements].count("main") == 1
    # The map's name says what it shows, and is set when that is chosen.
    assert 'byId("map").setAttribute("aria-label"' in page(found, title="t")
    for tag, attributes in parts.elements:
        named = attributes.get("id") == "map" or "aria-label" in attributes
        assert named or tag != "canvas", attributes
        if attributes.get("role") == "region":
            assert named, attributes
            assert attributes.get("tabindex") == "0", attributes


def test_nothing_is_loaded_from_anywhere(found: Trace) -> None:
    made = page(found, title="t")
    parts = Parts(made)
    assert not {"link", "img", "iframe", "object", "base", "form"} & {tag for tag, _ in parts.elements}
    for tag, attributes in parts.elements:
        assert not {"src", "href", "style"} & set(attributes), tag
        assert not any(name.startswith("on") for name in attributes), tag
    for word in ("url(", "@import", "fetch(", "XMLHttpRequest", "import(", "innerHTML", "eval("):
        assert word not in made, word


def test_everything_the_script_looks_for_is_in_the_page(found: Trace) -> None:
    made = page(found, title="t")
    there = {attributes["id"] for _, attributes in Parts(made).elements if "id" in attributes}
    wanted = set(re.findall(r'(?:byId|getElementById)\("([\w-]+)"\)', made))
    assert wanted
    assert wanted <= there


def test_what_the_script_reads_is_in_the_schema(found: Trace) -> None:
    record = embedded(page(found, title="t"))
    code = Parts(page(found, title="t")).inside["script"][1]
    for name in set(re.findall(r"\btrace\.(\w+)", code)):
        assert name in record, name
    for name in set(re.findall(r"\blayer\.(\w+)", code)):
        assert name in record["layers"][0], name


def test_its_sentences_are_those_of_the_trace(found: Trace) -> None:
    measured = replace(found.residuals, reference=0.25)
    made = page(replace(found, residuals=measured, held=("forget = 0 <b>",)), title="t")
    assert "float64 reference to 0.2 at a sample of steps" in made
    assert "held: forget = 0 &lt;b&gt;" in made
    assert f"<li>loss {found.loss:.4g}</li>" in made


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to read the script")
def test_the_script_is_javascript(found: Trace, tmp_path: Path) -> None:
    path = tmp_path / "page.js"
    path.write_text(Parts(page(found, title="t")).inside["script"][1], encoding="utf-8")
    done = subprocess.run(["node", "--check", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_is_written_whole(found: Trace, tmp_path: Path) -> None:
    write_page(found, tmp_path / "page.html", title="t")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page(found, title="t")
