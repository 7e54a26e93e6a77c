"""What is said of the cells is what their numbers are."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from remy.inspect import Override
from remy.lab.gates.sentences import change_sentences
from remy.lab.scenes.gates import answer_gates
from remy.lab.schemas.gates import GatesAsked
from remy.lab.wording import number, share
from tests.lab.scenes.asking import lab
from tests.lab.scenes.test_gates import ask, model, traced


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


def test_a_hold_in_the_backward_direction_alone_is_told_in_the_order_in_which_that_reads() -> None:
    hold = {"name": "update", "value": 0, "steps": [3], "direction": "backward"}
    answer = ask([hold], cell="gru", bidirectional=True)
    change, before = answer.change, answer.before
    assert change is not None
    assert before is not None
    # Two directions; the answers of steps 3 to 0 may change.
    assert change.sentences[0] == (
        "Steps 4 to 10, read before the first held one, did not change by a bit: all "
        f"{2 * 7 * 6} numbers are equal."
    )
    distance = change.layers[1].distance
    assert f"; at step 0, the last one read, they are {number(distance[0])} apart" in change.sentences[1]
    others = (answer.trace.scores.argmax(axis=1) != before.scores.argmax(axis=1))[:4].sum()
    assert f"at {others} of the 4 steps from the hold on, read backwards" in change.sentences[2]


def test_a_backward_hold_at_the_last_step_has_nothing_read_before_it() -> None:
    hold = {"name": "update", "value": 0, "steps": [10], "direction": "backward"}
    answer = ask([hold], cell="gru", bidirectional=True)
    assert answer.change is not None
    assert answer.change.sentences[0] == (
        "Something is held from the first step read on, so nothing comes before it."
    )


@pytest.mark.parametrize("units", [6, 64])
@pytest.mark.parametrize(
    ("name", "form"), [("forget", {"cell": "lstm"}), ("reset", {"cell": "gru", "reset_after": False})]
)
def test_what_float32_rounds_is_no_effect_and_a_hold_with_nothing_to_act_on_is_said_to_have_none(
    name: str, form: dict[str, Any], units: int
) -> None:
    # Before the first step the states are 0, so it does not matter what is kept of them.
    answer = ask([{"name": name, "value": 0, "steps": [0]}], **form, units=units)
    assert answer.change is not None
    _, said = answer.change.sentences
    assert said.startswith("Nothing after it changed")
    assert said.endswith(": what is held had nothing to act on.")
    distance = answer.change.layers[0].distance.max()
    assert (f"but by rounding, {number(distance)}" in said) == (distance > 0)


def test_a_hold_at_the_very_value_is_said_to_hold_what_was_there() -> None:
    free = ask(cell="lstm")
    value = float(free.trace.layers[0].gates[3, 1, 1])
    answer = ask([{"name": "forget", "value": value, "steps": [3], "units": [1]}], cell="lstm")
    assert answer.change is not None
    assert answer.change.sentences[1].startswith("Nothing after it changed")
    assert answer.change.sentences[1].endswith(": what is held is what was there.")


def test_an_effect_that_is_small_but_no_rounding_is_told() -> None:
    free = ask(cell="lstm")
    value = float(free.trace.layers[0].gates[3, 1, 1]) + 1e-3
    answer = ask([{"name": "forget", "value": value, "steps": [3], "units": [1]}], cell="lstm")
    assert answer.change is not None
    assert f"by {number(answer.change.layers[0].distance.max())}" in answer.change.sentences[1]


def test_where_cell_states_alone_move_that_is_told() -> None:
    holds = [{"name": "output", "value": 0}, {"name": "forget", "value": 0, "steps": [4]}]
    free, held = ask(holds[:1], cell="lstm"), ask(holds, cell="lstm")
    assert np.array_equal(free.trace.layers[0].h, held.trace.layers[0].h)
    one, other = (
        traced(Override("output", 0), cell="lstm"),
        traced([Override("output", 0), Override("forget", 0, [4])], cell="lstm"),
    )
    said = change_sentences(one, other, [np.zeros(11)], None)
    assert said[1].startswith("The cell states alone move most at step 4, ")


def state_sentences_of(text: str, cell: str, units: int, holds: Any = ()) -> tuple[str, ...]:
    asked = {"model": model(cell=cell, units=units), "input": {"kind": "text", "text": text}, "holds": holds}
    return answer_gates(lab(), GatesAsked.model_validate(asked)).cells[0].state_sentences


def test_of_one_step_no_unit_is_said_to_move() -> None:
    assert state_sentences_of("H", "gru", 3) == (
        "There is one step only, so no unit moves from one to another.",
        "All 3 units let something in.",
    )


def test_one_unit_is_spoken_of_in_the_singular() -> None:
    first, second = state_sentences_of("Hello", "gru", 1)
    assert first.startswith("The one unit moves over 0.")
    assert second == "The one unit moves and lets something in."
    shut = [{"name": "update", "value": 1}]
    assert state_sentences_of("Hello", "gru", 1, shut) == (
        "The one unit does not move.",
        "The one unit never lets anything in or never moves.",
    )


def test_where_nothing_moves_no_unit_moves_most() -> None:
    first, second = state_sentences_of("Hello", "gru", 2, [{"name": "hidden", "value": 0}])
    assert first == "No unit moves."
    assert second == "2 of 2 units never let anything in or never move."


def test_a_gate_of_one_unit_at_one_step_has_no_range_and_no_every() -> None:
    asked = {"model": model(cell="lstm", units=1), "input": {"kind": "text", "text": "H"}, "holds": []}
    gates = answer_gates(lab(), GatesAsked.model_validate(asked)).cells[0].gate_sentences
    said = " ".join(sentence for each in gates for sentence in each)
    assert "every unit" not in said
    assert "ranges" not in said
    assert "By this gate the one unit forgets" in said


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


def test_one_value_that_is_held_is_held_in_the_singular() -> None:
    answer = ask([{"name": "forget", "value": 0, "steps": [3], "units": [1]}], cell="lstm")
    assert answer.cells[0].gate_sentences[1][0].endswith("; 1 of 66 is held.")
