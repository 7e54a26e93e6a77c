"""Your own, asked as the page asks."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from remy.lab.lab import Lab
from remy.lab.library import Library
from tests.lab.asked import client_of
from tests.lab.trained import runs

TEXT = {"kind": "text", "text": "the king, my lord."}


@pytest.fixture(scope="module")
def owner() -> Iterator[TestClient]:
    with client_of(Lab(library=Library(runs(), shipped=Path("nowhere")))) as client:
        yield client


def asked(owner: TestClient, question: str, **body: Any) -> Any:
    response = owner.post(f"/api/own/{question}", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_the_page_reads_an_example_looks_at_it_and_compares(owner: TestClient) -> None:
    examples = asked(owner, "read", model="run:letters", given=None)["inputs"]
    assert examples[0]["input"]["kind"] == "text"
    given = {"kind": "text", "text": examples[0]["input"]["text"][:8]}
    found = asked(owner, "look", model="run:letters", input=given, target="next")
    assert found["trace"]["loss"] > 0
    assert found["trace"]["layers"][0]["h"]["$tensor"]["shape"] == [len(given["text"]), 8]
    assert {each["picture"] for each in found["said"]} >= {"answers", "h", "c", "forget", "roads"}
    both = asked(owner, "compare", models=["run:letters", "run:others"], input=given)
    assert both["distance"] == "total variation"
    assert len(both["traces"]) == 2


def test_what_is_uploaded_can_be_sent_back_as_it_came(owner: TestClient) -> None:
    content = base64.b64encode(b"[[1, 2], [3, 4], [5, 6]]").decode()
    given = {"kind": "uploaded", "name": "steps.json", "content": content}
    [found] = asked(owner, "read", model="run:ways", given=given)["inputs"]
    answer = asked(owner, "look", model="run:ways", input=found["input"], target="up")
    assert answer["trace"]["layers"][0]["items"] == ["0", "1", "2"]
    asked(owner, "attribution", model="run:ways", input=found["input"])
    asked(owner, "influence", model="run:ways", input=found["input"])


@pytest.mark.parametrize(
    ("question", "more", "kind", "begins"),
    [
        ("export", {"form": "json"}, "application/json", b'{"schema":"remy-trace/1"'),
        ("export", {"form": "csv"}, "text/csv; charset=utf-8", b"layer,direction,step,item"),
        ("export", {"form": "html", "title": "t"}, "text/html; charset=utf-8", b"<!doctype html>"),
        ("figure", {"what": "h", "format": "svg"}, "image/svg+xml", b"<?xml"),
        ("figure", {"what": "h", "format": "png"}, "image/png", b"\x89PNG"),
    ],
)
def test_files_come_as_they_are(
    owner: TestClient, question: str, more: dict[str, str], kind: str, begins: bytes
) -> None:
    response = owner.post(f"/api/own/{question}", json={"model": "run:letters", "input": TEXT, **more})
    assert response.status_code == 200
    assert response.headers["content-type"] == kind
    assert response.content.startswith(begins)


REFUSED: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "a model outside the folder": ("look", {"model": "run:../../etc", "input": TEXT}, 400, "is not in"),
    "a model file that is not one": (
        "look",
        {"model": "run:broken", "input": TEXT},
        400,
        "not a safetensors file, or damaged",
    ),
    "an upload that is not readable": (
        "read",
        {"model": "run:letters", "given": {"kind": "uploaded", "name": "a.txt", "content": "/w=="}},
        400,
        "a.txt: ",
    ),
    "an empty upload": (
        "read",
        {"model": "run:letters", "given": {"kind": "uploaded", "name": "a.txt", "content": ""}},
        400,
        "a.txt: expected a file with something in it, got an empty one",
    ),
    "an upload of the wrong kind": (
        "read",
        {"model": "run:letters", "given": {"kind": "uploaded", "name": "a.png", "content": "eA=="}},
        400,
        "a.png: expected a text for a language_model in a file that ends in .txt",
    ),
    "numbers for a model of texts": (
        "look",
        {"model": "run:letters", "input": {"kind": "numbers", "values": [[1]]}},
        400,
        "'run:letters' is a language_model that reads a text, got numbers",
    ),
    "an unknown form": (
        "export",
        {"model": "run:letters", "input": TEXT, "form": "pickle"},
        422,
        "form: expected one of json, csv, html",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_answered_is_refused_in_one_sentence(owner: TestClient, case: str) -> None:
    question, body, status, sentence = REFUSED[case]
    response = owner.post(f"/api/own/{question}", json=body)
    assert response.status_code == status
    assert sentence in response.json()["error"]


def test_an_upload_over_the_limit_is_refused() -> None:
    content = base64.b64encode(bytes(3000)).decode()
    body = {"model": "run:letters", "given": {"kind": "uploaded", "name": "a.txt", "content": content}}
    with client_of(Lab(library=Library(runs(), shipped=Path("nowhere"))), most_bytes=2000) as client:
        response = client.post("/api/own/read", json=body)
    assert response.status_code == 413
    assert "expected a body of at most 2,000 bytes" in response.json()["error"]


def test_runs_that_cannot_be_read_are_listed_with_their_sentence(owner: TestClient) -> None:
    listed = owner.get("/api/models").json()
    assert {"run:letters", "run:others", "run:tags", "run:ways"} < {each["id"] for each in listed["models"]}
    assert len(listed["faults"]) == 1
    assert "broken" in listed["faults"][0]
    json.dumps(listed)
