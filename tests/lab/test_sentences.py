"""What the sentences say is what the numbers are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from remy.lab.schemas.trace import TraceAnswer
from remy.lab.wording import number, quoted, share
from tests.lab import trained
from tests.lab.scenes.asking import ask_trace, beginning

TEXT = "HELLO, my lord."


def after(answer: TraceAnswer, step: int) -> tuple[str, str]:
    """Return the likeliest name at a step, and how likely it is, as sentences say them."""
    assert answer.probabilities is not None
    assert answer.outputs is not None
    chances = answer.probabilities[step]
    return quoted(answer.outputs[int(chances.argmax())]), share(chances.max())


def test_the_first_sentence_of_a_text_says_what_comes_next() -> None:
    for model in (trained.LETTERS, {"kind": "fresh", "units": 5}):
        answer = ask_trace(model, TEXT)
        name, chance = after(answer, -1)
        step = len(TEXT) - 1
        assert answer.sentences[0].startswith(f"After “.” at step {step}, {name} with {chance} and ")
        assert answer.sentences[0].endswith(f"are likeliest to come next, of {len(answer.outputs or ())}.")


def test_the_first_sentence_of_tags_names_the_surest_and_the_least_sure() -> None:
    answer = ask_trace("run:tags", {"kind": "words", "words": ["the", "fish", "Anna", "dreamly"]})
    assert answer.probabilities is not None
    tops = answer.probabilities.max(axis=1)
    for what, step in (("Surest is", int(tops.argmax())), ("least sure", int(tops.argmin()))):
        name, chance = after(answer, step)
        item = answer.layers[0].items[step]
        assert f"{what} {name} for “{item}” with {chance} (step {step})" in answer.sentences[0]


def test_the_first_sentence_of_an_answer_at_the_end_is_of_that_answer() -> None:
    answer = ask_trace("run:reviews", "a good one")
    name, chance = after(answer, 0)
    assert answer.sentences[0].startswith(f"After the last step, {name} with {chance} and ")
    model = trained.library().load("run:heights")
    given = beginning("run:heights")
    answer = ask_trace("run:heights", given)
    [value] = model.predict([np.array(given["values"])])
    assert answer.sentences[0].startswith(f"The answer is {number(value)}, {number(answer.scores[0, 0])} dev")
    answer = ask_trace({"kind": "fresh", "units": 5}, {"kind": "noise", "steps": 4})
    unit = int(np.abs(answer.scores[0]).argmax())
    size = number(float(np.linalg.norm(answer.scores)))
    expected = f"of {size}; largest is unit {unit} with {number(answer.scores[0, unit])}."
    assert answer.sentences[0].endswith(expected)


def test_the_first_sentence_of_a_forecast_is_in_the_units_of_the_data() -> None:
    given = beginning("run:days")
    answer = ask_trace("run:days", given)
    assert answer.outputs is not None
    mean, scale = trained.library().load("run:days")._need("ask").model.scaler.target_scale("data")
    medians = answer.scores[:, answer.outputs.index("q0.5")] * scale[0] + mean[0]
    first, third = number(medians[0]), number(medians[2])
    assert (
        answer.sentences[0] == f"The median of the first step ahead is {first}; 3 steps ahead it is {third}."
    )


def test_the_first_sentence_of_a_piece_names_the_likeliest_key() -> None:
    answer = ask_trace("run:chords", beginning("run:chords"))
    assert answer.probabilities is not None
    assert answer.outputs is not None
    step, key = divmod(int(answer.probabilities.argmax()), 88)
    held = (answer.probabilities >= 0.5).sum() / len(answer.probabilities)
    assert (
        f"“{answer.outputs[key]}” in step {step} with {share(answer.probabilities.max())}"
        in answer.sentences[0]
    )
    assert f"{number(held)} keys of each step" in answer.sentences[0]


def test_the_second_sentence_says_where_the_state_moves_most() -> None:
    answer = ask_trace(trained.LETTERS, TEXT)
    h = answer.layers[0].h.astype(np.float64)
    moves = np.linalg.norm(np.diff(h, axis=0, prepend=0), axis=1)
    step = int(moves.argmax())
    assert answer.sentences[1] == (
        f"The state of rnn_0, forward, moves most at step {step}, {quoted(TEXT[step])}: by "
        f"{number(moves[step])}, against {number(moves.mean())} a step on average."
    )


def test_a_state_that_is_held_never_moves() -> None:
    answer = ask_trace("run:letters", TEXT, holds=[{"name": "hidden", "value": 0.0}])
    assert answer.sentences[1] == "The state never moves."


@pytest.mark.parametrize("at", [None, 7])
def test_the_third_sentence_says_where_the_gradient_goes_and_how_far(at: int | None) -> None:
    answer = ask_trace(trained.LETTERS, TEXT, target="next", at=at)
    gradients = answer.layers[0].gradients
    assert gradients is not None
    sizes = gradients.h
    most = int(sizes.argmax())
    said = answer.sentences[2]
    assert answer.loss is not None
    assert said.startswith(f"The loss is {number(answer.loss)}{'' if at is None else ' at step 7'}; ")
    assert f"{share(sizes[most] / sizes.sum())} of its gradient at the states goes to step {most}" in said
    first = int(np.argmax(sizes >= 0.01 * sizes[most]))
    if most == 0:
        assert said.endswith("the first one read.")
    elif first == 0:
        assert f"reaches the first step read, 0, with {share(sizes[0] / sizes[most])} of the largest" in said
    else:
        assert f"read before step {first} gets less than 1 % of the largest" in said


def test_a_gradient_that_vanishes_is_said_to_end_somewhere() -> None:
    fresh = {"kind": "fresh", "cell": "simple_rnn", "units": 6, "start": {"recurrent_scale": 0.3}}
    answer = ask_trace(fresh, {"kind": "noise", "steps": 20}, target="last")
    sizes = answer.layers[0].gradients.h  # type: ignore[union-attr]
    first = int(np.argmax(sizes >= 0.01 * sizes.max()))
    assert first > 10
    assert f"what is read before step {first} gets less than 1 % of the largest." in answer.sentences[2]
    backward: Any = {**fresh, "bidirectional": True}
    both = ask_trace(backward, {"kind": "noise", "steps": 20}, target="last")
    assert "read before step" in both.sentences[2]


def test_states_that_explode_are_spoken_of_as_they_are() -> None:
    exploding = {
        "kind": "fresh",
        "cell": "simple_rnn",
        "activation": "relu",
        "start": {"recurrent_scale": 10},
    }
    answer = ask_trace(exploding, {"kind": "noise", "steps": 30}, target="last")
    size = float(np.linalg.norm(answer.scores.astype(np.float64)))
    assert size > 1e20
    assert f"a size of {number(size)};" in answer.sentences[0]


def test_what_is_held_hands_no_gradient_back() -> None:
    holds = [{"name": "hidden", "value": 0.5}, {"name": "cell", "value": 0.5}]
    given = {"kind": "text", "text": TEXT}
    answer = ask_trace(trained.LETTERS, given, target="next", at=3, holds=holds)
    assert answer.layers[0].gradients is not None
    assert not answer.layers[0].gradients.h.any()
    assert answer.sentences[2].endswith("none of its gradient arrives at the state.")
    assert answer.sentences[3].startswith("Held: hidden = 0.5; cell = 0.5 (")
