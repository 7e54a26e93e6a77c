"""GET /api/models: what can be looked into."""

from __future__ import annotations

from pathlib import Path

from remy.lab.answering import encode_json
from remy.lab.lab import Lab
from remy.lab.library import Library
from remy.lab.scenes.models import ENDPOINTS, list_models
from tests.lab import trained
from tests.lab.asked import client_of


def test_the_list_is_the_librarys() -> None:
    lab = Lab(library=trained.library())
    assert list_models(lab) == lab.library.cards()


def test_the_page_is_told_of_every_model_and_of_what_is_none() -> None:
    with client_of(Lab(library=trained.library())) as client:
        found = client.get("/api/models").json()
    ids = [each["id"] for each in found["models"]]
    assert ids[0] == trained.LETTERS
    assert "run:chords" in ids
    assert "run:broken" not in ids
    assert len(found["faults"]) == 1
    letters = found["models"][0]
    assert letters["about"] == "Guesses the next letter."
    assert letters["scores"][0] == {"who": "model", "name": "bits/char", "value": 4.25}
    assert {each["begin"]["kind"] for each in found["models"]} >= {"text", "words", "numbers", "picture"}


def test_runs_that_come_later_are_seen_without_the_lab_being_opened_again(tmp_path: Path) -> None:
    lab = Lab(library=Library(tmp_path, shipped=trained.shipped()))
    assert len(list_models(lab).models) == 1
    trained.save(trained.letters(), tmp_path / "later")
    assert [each.id for each in list_models(lab).models] == [trained.LETTERS, "run:later"]


def test_an_opened_run_is_named(tmp_path: Path) -> None:
    trained.save(trained.letters(), tmp_path / "mine")
    lab = Lab(library=Library(tmp_path / "mine", shipped=trained.shipped()))
    assert list_models(lab).opened == "run:mine"
    assert b'"opened":"run:mine"' in encode_json(list_models(lab))


def test_it_is_asked_without_a_record() -> None:
    (endpoint,) = ENDPOINTS
    assert (endpoint.path, endpoint.method) == ("/api/models", "GET")
