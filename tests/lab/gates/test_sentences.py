"""What is said of the cells is what their numbers are."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from remy.lab.wording import number, share
from tests.lab.scenes.test_gates import ask


def test_a_gates_shares_means_and_reach_are_those_of_its_values() -> None:
    answer = ask(cell="lstm", start={"forget_bias": 3.0})
    values = answer.trace.layers[0].gates[:, 1]
    first, second, third = answer.cells[0].gate_sentences[1]
    assert share((values > 0.9).mean()) in first
    assert share((values < 0.1).mean()) in first
    means = values.mean(axis=0)
    assert f"unit {means.argmax()} ({number(means.max())})" in second
    assert f"unit {means.argmin()} ({number(means.min())})" in second
    reach = answer.trace.layers[0].time_constants
    assert reach is not None
    assert f"unit {reach.argmax()} forgets all but 37 % in {number(reach.max())} steps" in third


@pytest.mark.parametrize(("value", "said"), [(1.0, "never forgets"), (0.0, "forgets everything")])
def test_a_forget_gate_that_is_held_everywhere_is_said_to_never_forget_or_to_forget_everything(
    value: float, said: str
) -> None:
    answer = ask([{"name": "forget", "value": value}], cell="lstm")
    sentences = answer.cells[0].gate_sentences[1]
    assert sentences[-1] == f"By this gate every unit {said}."
    assert "66 of 66 are held" in sentences[0]


def test_only_the_gates_that_keep_a_state_have_a_reach() -> None:
    for name, said in zip(
        ("update", "reset", "candidate"), ask(cell="gru").cells[0].gate_sentences, strict=True
    ):
        assert ("By this gate" in " ".join(said)) == (name == "update")


def test_a_simple_cell_has_no_gate_and_says_so() -> None:
    [inside] = ask(cell="simple_rnn").cells
    assert inside.gate_sentences == ()
    assert "Without a gate" in inside.state_sentences[1]


def test_the_steps_before_the_hold_are_said_to_be_equal_to_the_bit_and_they_are() -> None:
    answer = ask([{"name": "forget", "value": 0, "steps": [5]}], cell="lstm", layers=2)
    assert answer.change is not None
    assert answer.before is not None
    first = answer.change.sentences[0]
    # Two layers with h and c.
    assert first == (
        "Steps 0 to 4, before the first held one, did not change by a bit: all "
        f"{2 * 2 * 5 * 6} numbers are equal."
    )
    for was, now in zip(answer.before.layers, answer.trace.layers, strict=True):
        assert np.array_equal(was.h[:5], now.h[:5])


def test_a_layer_that_reads_backwards_lets_a_hold_reach_the_steps_before_it() -> None:
    answer = ask([{"name": "update", "value": 0, "steps": [3]}], cell="gru", bidirectional=True)
    assert answer.change is not None
    assert answer.change.sentences[0] == "Of the 3 steps before the first held one 3 changed."


@pytest.mark.parametrize("hold", [{"steps": None}, {"steps": [0, 1]}])
def test_nothing_comes_before_a_hold_from_the_first_step_on(hold: dict[str, Any]) -> None:
    answer = ask([{"name": "update", "value": 1, **hold}], cell="gru")
    assert answer.change is not None
    assert "nothing comes before" in answer.change.sentences[0]


def test_where_states_and_probabilities_moved_most_is_said_as_it_is() -> None:
    answer = ask([{"name": "input", "value": 0, "steps": list(range(4, 11))}], cell="lstm")
    change, before = answer.change, answer.before
    assert change is not None
    assert before is not None
    assert change.moved is not None
    distance = change.layers[0].distance
    assert f"at step {distance.argmax()}, " in change.sentences[1]
    assert f"by {number(distance.max())}" in change.sentences[1]
    others = (answer.trace.scores.argmax(axis=1) != before.scores.argmax(axis=1))[4:].sum()
    found = re.search(r"another one at (\d+) of the (\d+) steps", change.sentences[2])
    assert found is not None
    assert [int(each) for each in found.groups()] == [others, 7]
    assert f"at step {change.moved.argmax()}, " in change.sentences[2]
    assert share(change.moved.max()) in change.sentences[2]
