"""What is done before anybody asks."""

from __future__ import annotations

from typing import Any

import pytest

from remy.errors import UsageError
from remy.lab import warming
from remy.lab.endpoint import Endpoint
from remy.lab.lab import Lab
from remy.lab.schemas.alive import Alive
from remy.lab.schemas.trace import TraceAsked


def test_the_usual_model_and_a_fresh_one_are_traced_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def trace(opened: Lab, question: TraceAsked) -> Alive:
        assert opened is lab
        asked.append(question)
        return Alive(version="1")

    monkeypatch.setattr(warming, "all_endpoints", lambda: (Endpoint("/api/trace", TraceAsked, Alive, trace),))
    warming.warm_up(lab)
    trained, fresh = asked
    assert trained.model.id == "letters-lstm-64"
    assert fresh.model.kind == "fresh"
    assert trained.target == fresh.target == "next"


def test_a_lab_without_the_usual_model_is_still_a_lab(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(opened: Lab, question: TraceAsked) -> Alive:
        if question.model.kind == "trained":
            raise UsageError("model: there is no 'letters-lstm-64'")
        raise ZeroDivisionError("a fault is not hidden")

    monkeypatch.setattr(
        warming, "all_endpoints", lambda: (Endpoint("/api/trace", TraceAsked, Alive, refuse),)
    )
    with pytest.raises(ZeroDivisionError):
        warming.warm_up(lab)
