"""POST /api/trace: what a network did while it read one input."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import one_hot

from remy.errors import RemyError
from remy.inspect import Override, trace
from remy.lab.answering import encode, encode_json
from remy.lab.binding import bind
from remy.lab.bound import CHECKED
from remy.lab.fresh import fresh_network
from remy.lab.schemas.choices import FreshModel, NoiseInput
from remy.lab.schemas.trace import TraceAnswer
from tests.lab import trained
from tests.lab.own.runs import series
from tests.lab.scenes.asking import ask_trace, beginning, expect_same
from tests.tasks.captioning import toy as shapes
from tests.tasks.polyphony import toy as music

TEXT = "HELLO, my lord."
FRESH = {"kind": "fresh", "cell": "gru", "units": 6, "seed": 4}
PICTURE = shapes.pictures(1)[0][0].resize((16, 16))


def estimator(id: str) -> Any:
    return trained.library().load(id)


def as_numbers(values: Any) -> dict[str, Any]:
    return {"kind": "numbers", "values": np.asarray(values, np.float64).tolist()}


def refusal(*question: Any, **more: Any) -> str:
    with pytest.raises(RemyError) as refused:
        ask_trace(*question, **more)
    return str(refused.value)


_MOVES = [[0.5, 0.25], [1.0, -0.5], [0.0, 0.75]]
_INK = (1.0 - np.asarray(PICTURE, np.float64) / 255.0).tolist()
#: Run -> what is sent, what was right in the page's words, and both as `remy.inspect.trace` takes them.
CASES: dict[str, tuple[dict[str, Any], Any, Any, Any]] = {
    "letters": ({"kind": "text", "text": "HELL"}, "ELLO", "HELL", "ELLO"),
    "reviews": ({"kind": "text", "text": "a good one"}, "good", "a good one", "good"),
    "ways": (as_numbers(_MOVES), "up", np.array(_MOVES), "up"),
    "heights": (as_numbers(_MOVES), "1.5", np.array(_MOVES), 1.5),
    "tags": (
        {"kind": "words", "words": ["the", "fish", "run"]},
        ("DET", "NOUN", "VERB"),
        ["the", "fish", "run"],
        ["DET", "NOUN", "VERB"],
    ),
    "phrases": ({"kind": "text", "text": "the dog sees."}, "el perro.", "the dog sees.", "el perro."),
    "shapes": ({"kind": "picture", "pixels": _INK}, "left square", np.asarray(PICTURE), "left square"),
    "vectors": (as_numbers([[1, 0, 0, 0, 0, 0]]), "left ring", np.eye(6)[0].astype(np.float32), "left ring"),
    "days": (
        {**as_numbers(series(50)["y"][:, None]), "times": series(50)["date"].astype(str).tolist()},
        "1,2.5,3",
        series(50),
        [1.0, 2.5, 3.0],
    ),
    "chords": (as_numbers(music.piece(5, 1)), "next", music.piece(5, 1), "next"),
}


@pytest.mark.parametrize("id", CASES)
@pytest.mark.parametrize("with_target", [False, True])
def test_the_answer_is_a_trace_of_the_model_to_the_last_bit(id: str, with_target: bool) -> None:
    given, words, x, target = CASES[id]
    target = target if with_target else None
    answer = ask_trace(f"run:{id}", given, target=words if with_target else None)
    model = estimator(f"run:{id}")
    expect_same(answer, trace(model, x, target))
    assert answer.trained
    assert answer.parameters == trained.library().card(f"run:{id}").parameters


def test_the_next_characters_are_right_where_they_are_known() -> None:
    answer = ask_trace(trained.LETTERS, TEXT, target="next")
    assert answer.outputs is not None
    assert answer.probabilities is not None
    chances = [answer.probabilities[t, answer.outputs.index(TEXT[t + 1])] for t in range(len(TEXT) - 1)]
    assert answer.loss == pytest.approx(-np.log(chances).mean(), rel=1e-5)
    known = trace(estimator(trained.LETTERS), TEXT[:-1], TEXT[1:])
    assert answer.loss == pytest.approx(known.loss, rel=1e-6)
    for found, expected in zip(answer.layers, known.layers, strict=True):
        assert found.gradients is not None
        assert expected.gradients is not None
        assert found.gradients.h[-1] == 0
        np.testing.assert_allclose(found.gradients.h[:-1], expected.gradients.norms["h"][0], rtol=1e-4)


@pytest.mark.parametrize(("at", "step"), [(0, 0), (3, 3), (-1, len(TEXT) - 2), (-2, len(TEXT) - 3)])
def test_the_loss_is_that_of_one_step_where_it_is_asked_for(at: int, step: int) -> None:
    answer = ask_trace(trained.LETTERS, TEXT, target="next", at=at)
    assert answer.outputs is not None
    assert answer.probabilities is not None
    chance = answer.probabilities[step, answer.outputs.index(TEXT[step + 1])]
    assert answer.loss == pytest.approx(-np.log(chance), rel=1e-5)
    gradients = answer.layers[-1].gradients
    assert gradients is not None
    assert (gradients.h[step + 1 :] == 0).all()
    assert gradients.h[step] > 0
    assert f"at step {step};" in " ".join(answer.sentences)


def test_a_torn_out_page_is_a_network_that_begins_anew() -> None:
    page = 6
    holds = [{"name": name, "value": 0.0, "steps": [page]} for name in ("hidden", "cell")]
    answer = ask_trace(trained.LETTERS, TEXT, holds=holds, target="next")
    anew = ask_trace(trained.LETTERS, TEXT[page + 1 :])
    for found, expected, whole in zip(
        answer.layers, anew.layers, ask_trace(trained.LETTERS, TEXT).layers, strict=True
    ):
        assert not found.h[page].any()
        assert found.c is not None
        assert not found.c[page].any()
        assert np.array_equal(found.h[:page], whole.h[:page])
        assert not np.array_equal(found.h[page + 1 :], whole.h[page + 1 :])
        assert np.array_equal(found.h[page + 1 :], expected.h)
    assert np.array_equal(answer.scores[page + 1 :], anew.scores)
    assert answer.held == ("hidden = 0, steps 6", "cell = 0, steps 6")
    expected_numbers = 2 * 2 * 8  # two states of two layers of 8 units
    assert f"({expected_numbers} values in all)" in answer.sentences[-1]
    override = [Override("hidden", 0.0, (page,)), Override("cell", 0.0, (page,))]
    model = estimator(trained.LETTERS)
    assert np.array_equal(answer.scores, trace(model, TEXT, override=override).scores[0])


def test_a_gate_is_held_at_some_units_of_one_layer_and_direction() -> None:
    given, words, x, target = CASES["tags"]
    hold = {
        "name": "forget",
        "value": 1.0,
        "steps": [0, 1],
        "units": [2],
        "layer": "rnn_0",
        "direction": "backward",
    }
    answer = ask_trace("run:tags", given, target=words, holds=[hold])
    override = Override("forget", 1.0, (0, 1), (2,), "rnn_0", "backward")
    expect_same(answer, trace(estimator("run:tags"), x, target, override=override))
    forward, backward = answer.layers
    gate = backward.gate_names.index("forget")
    assert (backward.gates[:2, gate, 2] == 1).all()
    assert (forward.gates[:, gate] < 1).all()
    assert answer.held == (str(override),)


def test_a_hold_without_a_layer_leaves_the_characters_of_words_alone() -> None:
    given = CASES["tags"][0]
    plain = bind(trained.library(), *_asked("run:tags", given)).trace()
    bound = bind(trained.library(), *_asked("run:tags", given))
    held = bound.trace(_holds(name="hidden", value=0.0, steps=[1]))
    by_name = {layer.name: layer for layer in held.layers if layer.direction == "forward"}
    spelled = next(name for name in by_name if name.startswith("characters"))
    assert np.array_equal(by_name[spelled].h, plain.layer(spelled).h)
    assert not by_name["rnn_0"].h[0, 1].any()


def _asked(id: str, given: dict[str, Any], **more: Any) -> tuple[Any, Any]:
    from remy.lab.schemas.trace import TraceAsked

    asked = TraceAsked.model_validate({"model": {"kind": "trained", "id": id}, "input": given, **more})
    return asked.model, asked.input


def _holds(**hold: Any) -> tuple[Any, ...]:
    from remy.lab.schemas.choices import Hold

    return (Hold(**hold),)


@pytest.mark.parametrize("value", [1e39, -1_000_001.0])
def test_a_hold_at_what_no_state_comes_near_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="1000000"):
        _holds(name="forget", value=value)
    assert _holds(name="forget", value=-1e6)


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
@pytest.mark.parametrize("target", [None, "next", "LLOX"])
def test_a_network_that_has_learned_nothing_reads_letters(cell: str, target: str | None) -> None:
    fresh = {**FRESH, "cell": cell, "layers": 2, "bidirectional": True}
    text = "HELL"
    target = target.replace("X", "O") if target else None
    answer = ask_trace(fresh, text, target=target)
    letters = trained.library().letters()
    network = fresh_network(FreshModel(**fresh), inputs=len(letters), outputs=len(letters))
    ids = torch.tensor([[letters.index(mark) for mark in text]])
    right = None if target != "LLOO" else torch.tensor([[letters.index(mark) for mark in target]])
    direct = trace(network, one_hot(ids, len(letters)).float(), right)
    assert np.array_equal(answer.scores, direct.scores[0])
    assert [layer.items for layer in answer.layers] == [tuple(text)] * 4
    assert (answer.outputs, answer.output_kind, answer.trained) == (letters, "softmax", False)
    assert answer.parameters == sum(weight.numel() for weight in network.parameters())
    if target == "LLOO":
        assert answer.loss == direct.loss
        for found, expected in zip(answer.layers, direct.layers, strict=True):
            assert np.array_equal(found.gradients.h, expected.gradients.norms["h"][0])  # type: ignore[union-attr]
    if target == "next":
        assert answer.loss == pytest.approx(np.log(len(letters)), rel=0.1)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_noise_is_read_as_it_is_and_its_gradients_are_those_of_the_last_state(bidirectional: bool) -> None:
    fresh = {**FRESH, "bidirectional": bidirectional}
    noise = {"kind": "noise", "steps": 12, "features": 3, "seed": 5}
    answer = ask_trace(fresh, noise, target="last")
    x = np.random.default_rng(5).standard_normal((12, 3)).astype(np.float32)
    direct = trace(fresh_network(FreshModel(**fresh), inputs=3), torch.from_numpy(x)[None])
    assert np.array_equal(answer.scores, direct.scores)
    assert np.array_equal(answer.layers[0].h, direct.layers[0].h[0])
    assert (answer.answers, answer.output_kind, answer.outputs) == ("end", "numbers", None)
    assert np.array_equal(ask_trace(fresh, as_numbers(x), target="last").scores, answer.scores)
    drawn = np.random.default_rng(FRESH["seed"]).standard_normal(answer.scores.shape[1])
    direction = drawn / np.linalg.norm(drawn)
    assert answer.loss == pytest.approx(float(answer.scores[0] @ direction), rel=1e-5)
    for layer, part in zip(answer.layers, np.split(direction, len(answer.layers)), strict=True):
        assert layer.gradients is not None
        last = 0 if layer.direction == "backward" else -1
        assert layer.gradients.h[last] == pytest.approx(np.linalg.norm(part), rel=1e-5)
    bound = bind(trained.library(), FreshModel(**fresh), NoiseInput(**noise), "last")
    residuals = trace(bound, None, check="full").residuals
    assert residuals.finite_differences is not None
    assert residuals.finite_differences < 1e-3


def test_small_traces_check_themselves_and_large_ones_do_not() -> None:
    small = ask_trace(trained.LETTERS, TEXT, target="next").residuals
    assert small.forward is not None
    assert small.forward < 1e-5
    assert small.reference is not None
    assert small.reference_gradients is not None
    steps = CHECKED // 64 + 1
    large = ask_trace({**FRESH, "units": 64}, {"kind": "noise", "steps": steps}).residuals
    assert (large.forward, large.reference, large.reference_gradients) == (None, None, None)


@pytest.mark.parametrize("id", CASES)
def test_the_input_that_a_model_brings_with_it_can_be_sent_as_it_is(id: str) -> None:
    answer = ask_trace(f"run:{id}", beginning(f"run:{id}"))
    assert len(answer.sentences) >= 2
    assert np.isfinite(answer.scores).all()


def test_an_answer_can_be_sent_in_either_form() -> None:
    answer = ask_trace(trained.LETTERS, TEXT, target="next")
    assert encode(answer).media_type == "application/json"
    assert b'"cell_road":{"$tensor":' in encode_json(answer)
    assert encode(ask_trace(trained.LETTERS, 20 * TEXT, target="next")).media_type != "application/json"


def test_threads_that_ask_at_once_are_answered_as_one_by_one() -> None:
    questions: list[tuple[Any, Any]] = [
        (trained.LETTERS, TEXT),
        (FRESH, TEXT),
        (FRESH, "HELL"),
        ("run:tags", CASES["tags"][0]),
    ]
    holds = [{"name": "hidden", "value": 0.0, "steps": [1]}]
    expected = [ask_trace(*question, holds=holds) for question in questions]
    found: list[tuple[int, TraceAnswer]] = []
    started = threading.Barrier(8)

    def ask(number: int) -> None:
        started.wait()
        for _ in range(5):
            found.append((number % 4, ask_trace(*questions[number % 4], holds=holds)))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    for number, answer in found:
        assert encode_json(answer) == encode_json(expected[number])
