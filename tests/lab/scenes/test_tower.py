"""POST /api/tower."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_a_tower_comes_back_with_its_floors_and_its_twin(client: TestClient) -> None:
    asked = {
        "model": {"kind": "fresh", "units": 4, "layers": 2},
        "input": {"kind": "noise", "steps": 6},
    }
    found = client.post("/api/tower", json=asked).json()
    assert [floor["name"] for floor in found["tower"]["floors"]] == ["rnn_0", "rnn_1"]
    assert found["tower"]["floors"][0]["h"]["$tensor"]["shape"] == [6, 4]
    assert found["other"]["residual"] is True
    assert all(len(found[name]) >= 2 for name in found if name.endswith("_sentences"))


def test_a_text_of_one_letter_is_refused_in_words(client: TestClient) -> None:
    asked = {"model": {"kind": "fresh"}, "input": {"kind": "text", "text": "a"}}
    refused = client.post("/api/tower", json=asked)
    assert refused.status_code == 400
    assert refused.json()["error"] == "target: 'next' needs a text of 2 characters or more, got 1"
