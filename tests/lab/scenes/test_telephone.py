"""POST /api/flow."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_the_three_cells_come_back_with_their_lines(client: TestClient) -> None:
    found = client.post("/api/flow", json={"steps": 12, "units": 4, "seeds": 2}).json()
    assert [cell["name"] for cell in found["cells"]] == ["LSTM", "GRU", "SimpleRNN"]
    assert found["cells"][0]["carried"]["$tensor"]["shape"] == [2, 12]
    assert len(found["caption"]) == 2


def test_a_question_beyond_the_limits_is_refused(client: TestClient) -> None:
    refused = client.post("/api/flow", json={"steps": 301})
    assert refused.status_code == 422
    assert refused.json()["error"] == "flow: steps: expected at most 300, got 301"


def test_states_that_overflow_are_refused_in_words(client: TestClient) -> None:
    asked = {"steps": 300, "units": 8, "seeds": 1, "activation": "relu", "start": {"recurrent_scale": 10}}
    refused = client.post("/api/flow", json=asked)
    assert refused.status_code == 400
    assert "take a smaller recurrent scale" in refused.json()["error"]
