"""Scene 6 over HTTP: what there is to try, a run, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from remy.lab.lab import Lab
from remy.lab.library import Library
from remy.lab.patterns.drawings import SHAPES, drawn
from remy.lab.patterns.kinds import KINDS
from tests.lab.asked import client_of
from tests.lab.patterns import tiny


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of a lab with tiny models, and no recordings but the model file's own."""
    monkeypatch.setattr("remy.lab.patterns.recordings._archive", lambda data: None)
    with client_of(tiny.lab()) as client:
        yield client


def run(client: TestClient, model: str, given: dict[str, Any], **more: Any) -> Any:
    return client.post("/api/patterns/run", json={"model": model, "input": given, **more})


def models_of(client: TestClient) -> dict[str, Any]:
    """Return the models of all patterns, by their ids."""
    patterns = client.get("/api/patterns").json()["patterns"]
    return {model["id"]: model for pattern in patterns for model in pattern["models"]}


def test_there_are_four_patterns_and_each_has_a_model_with_samples_and_a_program(asked: TestClient) -> None:
    found = asked.get("/api/patterns").json()
    names = ["many-to-one", "one-to-many", "many-to-many", "encoder-decoder"]
    assert [pattern["name"] for pattern in found["patterns"]] == names
    assert any("Forecasting" in sentence for sentence in found["others"])
    models = models_of(asked)
    assert set(models) == set(KINDS)
    for model in models.values():
        assert model["here"]
        assert model["samples"]
        assert "from remy import" in model["program"]
        assert (model["missing"] is not None) == (model["id"] == "vowels")


def test_a_sample_of_a_drawing_has_the_size_that_the_model_reads(asked: TestClient) -> None:
    samples = models_of(asked)["icons"]["samples"]
    assert [sample["name"] for sample in samples] == list(SHAPES)
    picture = samples[0]["picture"]["$tensor"]
    assert picture["shape"] == [tiny.SIDE, tiny.SIDE]
    assert picture["values"] == drawn("circle", tiny.SIDE).ravel().tolist()


def test_models_that_do_not_ship_are_named_and_their_programs_still_shown() -> None:
    with client_of(Lab(library=Library(shipped=Path("nowhere")))) as client:
        for model in models_of(client).values():
            assert not model["here"]
            assert "make lab-models" in model["missing"]
            assert model["program"]
        refused = run(client, "tags", {"kind": "text", "text": "to be"})
    assert refused.status_code == 400
    assert "tags" in refused.json()["error"]


def test_every_sample_can_be_run_and_what_is_known_of_it_is_right(asked: TestClient) -> None:
    inputs = {
        "text": lambda sample, place: {"kind": "text", "text": sample["name"]},
        "recording": lambda sample, place: {"kind": "recording", "number": place},
        "picture": lambda sample, place: {
            "kind": "picture",
            "pixels": np.reshape(sample["picture"]["$tensor"]["values"], (tiny.SIDE, -1)).tolist(),
        },
    }
    known = {"1", "2"}  # the tiny model counts no further
    for name, model in models_of(asked).items():
        for place, sample in enumerate(model["samples"]):
            if name == "syllables" and sample["right"] not in known:
                continue
            found = run(asked, name, inputs[model["takes"]](sample, place)).json()
            assert found["model"] == name
            if sample["right"] and name in ("syllables", "icons"):
                assert found["unrolled"]["right_is"] == "known"
                right = [item for item in found["unrolled"]["lanes"][0]["right"] if item != "(end)"]
                assert " ".join(right) == sample["right"]


@pytest.mark.parametrize(
    ("model", "given", "more", "said"),
    [
        ("letters", {"kind": "text", "text": "a"}, {}, "expected one of the models syllables"),
        ("syllables", {"kind": "recording"}, {}, "'syllables' reads a text, got a recording"),
        ("syllables", {"kind": "text", "text": "banana"}, {"right": "9"}, "expected one of 1, 2, 3, got '9'"),
        ("tags", {"kind": "text", "text": " ?"}, {}, "at least one word"),
        ("sounds", {"kind": "text", "text": "  "}, {}, "at least one letter, got white space"),
        ("icons", {"kind": "picture", "pixels": [[0, 1], [1]]}, {}, "as many pixels in every row"),
        ("vowels", {"kind": "recording", "number": 7}, {}, "expected one of 1 recordings"),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_way_out(
    asked: TestClient, model: str, given: dict[str, Any], more: dict[str, Any], said: str
) -> None:
    refused = run(asked, model, given, **more)
    assert refused.status_code == 400
    assert said in refused.json()["error"]
