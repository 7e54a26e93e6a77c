"""A tower's gradients against torch's, its counts against its weights, its sentences against its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy, one_hot

from remy.errors import UsageError
from remy.inspect import trace
from remy.lab.fresh import fresh_network
from remy.lab.library import Library
from remy.lab.schemas.choices import FreshModel
from remy.lab.schemas.tower import Floor, Tower, TowerAnswer, TowerAsked
from remy.lab.tower import sentences
from remy.lab.tower.measuring import measure
from tests.lab import trained
from tests.training import tiny

TEXT = "to be or not"
BARE = Library()


def asked(given: dict[str, Any], **model: Any) -> TowerAsked:
    return TowerAsked.model_validate(
        {"model": {"kind": "fresh", "units": 8, "layers": 3, **model}, "input": given}
    )


def of_noise(**model: Any) -> TowerAnswer:
    return measure(BARE, asked({"kind": "noise", "steps": 15, "seed": 3}, **model))


def of_text(**model: Any) -> TowerAnswer:
    return measure(BARE, asked({"kind": "text", "text": TEXT}, **model))


def by_torch(residual: bool, cell: str) -> list[np.ndarray[Any, Any]]:
    """Return the norm of the gradient at every state, taken step by step through torch's autograd.

    Of the loss at the last step whose follower is known.
    """
    model = FreshModel(kind="fresh", units=8, layers=3, cell=cell, residual=residual)  # type: ignore[arg-type]
    letters = BARE.letters()
    network = fresh_network(model, inputs=len(letters), outputs=len(letters))
    ids = torch.tensor([letters.index(each) for each in TEXT])
    x = one_hot(ids, len(letters))[None].float()
    states = []
    for layer in network.rnn.layers:
        state, own = None, []
        for step in range(len(TEXT)):
            state = layer(x[:, step : step + 1], initial_state=state, whole=True).state
            state[0].retain_grad()
            own.append(state[0])
        states.append(own)
        h = torch.stack(own, dim=1)
        x = h + x if residual and h.shape == x.shape else h
    assert network.dense is not None
    cross_entropy(network.dense(x)[0, -2:-1], ids[-1:]).backward()
    return [np.array([0.0 if h.grad is None else float(h.grad.norm()) for h in own]) for own in states]


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_the_gradients_are_those_that_torch_finds_layer_by_layer(cell: str, residual: bool) -> None:
    found = of_text(cell=cell, residual=residual)
    assert found.at == len(TEXT) - 2
    for tower, has in ((found.tower, residual), (found.other, not residual)):
        assert tower is not None
        assert tower.residual == has
        expected = by_torch(has, cell)
        assert [floor.layer for floor in tower.floors] == [0, 1, 2]
        for floor, gradient in zip(tower.floors, expected, strict=True):
            np.testing.assert_allclose(floor.gradient, gradient, rtol=1e-4, atol=1e-9)


def test_residual_connections_leave_the_first_weights_as_they_are() -> None:
    found = of_noise()
    assert found.other is not None
    np.testing.assert_array_equal(found.tower.floors[0].h, found.other.floors[0].h)
    assert not np.array_equal(found.tower.floors[2].h, found.other.floors[2].h)


def test_the_lags_count_from_the_step_that_counts_as_each_layer_reads() -> None:
    assert of_text().tower.floors[0].lags == tuple(range(len(TEXT) - 2, -2, -1))
    both = of_noise(bidirectional=True, layers=2).tower.floors
    assert [(floor.layer, floor.direction) for floor in both] == [
        (0, "forward"), (0, "backward"), (1, "forward"), (1, "backward"),
    ]  # fmt: skip
    assert both[0].lags == tuple(range(14, -1, -1))
    assert both[1].lags == tuple(range(15))
    # At the top nothing but its own direction's last state counts: there the gradient is largest.
    assert both[2].lags[int(both[2].gradient.argmax())] == 0
    assert both[3].lags[int(both[3].gradient.argmax())] == 0


@pytest.mark.parametrize(
    ("model", "formula", "numbers"),
    [
        ({"cell": "simple_rnn"}, "I·H + H·H + H", "8·8 + 8·8 + 8"),
        ({"cell": "lstm"}, "4 (I·H + H·H + H)", "4 (8·8 + 8·8 + 8)"),
        ({"cell": "gru"}, "3 (I·H + H·H + 2·H)", "3 (8·8 + 8·8 + 2·8)"),
        ({"cell": "gru", "reset_after": False}, "3 (I·H + H·H + H)", "3 (8·8 + 8·8 + 8)"),
        ({"cell": "gru", "bidirectional": True}, "2 · 3 (I·H + H·H + 2·H)", "2 · 3 (16·8 + 8·8 + 2·8)"),
    ],
)
def test_the_formula_of_a_layer_gives_its_count(model: dict[str, Any], formula: str, numbers: str) -> None:
    found = of_noise(**model)
    layer = found.parts[1]
    assert (layer.name, layer.formula, layer.numbers) == ("layer 2", formula, numbers)
    for part in found.parts:
        assert _value(part.numbers) == part.count
    network = fresh_network(asked({"kind": "noise"}, **model).model, inputs=8)  # type: ignore[arg-type]
    assert sum(part.count for part in found.parts) == found.parameters
    assert found.parameters == sum(weight.numel() for weight in network.parameters())
    kernels = [weight for name, weight in network.named_parameters() if name.endswith("recurrent_kernel")]
    assert sum(part.recurrent for part in found.parts) == sum(kernel.numel() for kernel in kernels)


def _value(numbers: str) -> int:
    """Compute a formula: what stands before the bracket multiplies it."""
    written = numbers.replace("·", "*").replace(" (", "*(").replace(" * ", "*")
    assert set(written) <= set("0123456789*+() ")
    return int(eval(written))


def test_a_trained_model_is_measured_as_it_is() -> None:
    library, text = Library(shipped=trained.shipped()), tiny.text(9)
    found = measure(
        library,
        TowerAsked.model_validate(
            {"model": {"kind": "trained", "id": trained.LETTERS}, "input": {"kind": "text", "text": text}}
        ),
    )
    # What follows the last letter is not known: its place is filled with any.
    expected = trace(trained.letters(), text, text[1:] + text[0], at=len(text) - 2)
    assert found.trained
    assert found.other is None
    assert found.tower.loss == pytest.approx(expected.loss, rel=1e-6)
    for floor, layer in zip(found.tower.floors, expected.layers, strict=True):
        assert layer.gradients is not None
        np.testing.assert_allclose(floor.gradient, layer.gradients.norms["h"][0], rtol=1e-5, atol=1e-12)
        np.testing.assert_array_equal(floor.h, layer.h[0])
    assert [part.name for part in found.parts] == ["embedding", "layer 1", "layer 2", "output"]
    assert [part.formula for part in found.parts][::3] == ["V·E", "I·V + V"]
    assert (
        sum(part.count for part in found.parts)
        == found.parameters
        == library.card(trained.LETTERS).parameters
    )
    for part in found.parts:
        assert _value(part.numbers) == part.count
    assert found.residual_sentences[0] == "This network was trained without residual connections."


def test_a_model_that_writes_no_letters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(shipped=trained.shipped())
    card = library.card(trained.LETTERS)
    monkeypatch.setattr(library, "card", lambda id: card.model_copy(update={"task": "tagger"}))
    question = {"model": {"kind": "trained", "id": "tags"}, "input": {"kind": "text", "text": "ab"}}
    with pytest.raises(UsageError, match=r"^model: expected a language model, got the tagger"):
        measure(library, TowerAsked.model_validate(question))


def test_what_residual_connections_bring_is_measured_over_all_steps() -> None:
    for model in ({"cell": "lstm", "layers": 6}, {"cell": "simple_rnn", "layers": 6}):
        plain, residual = of_noise(**model), of_noise(**model, residual=True)
        assert plain.residual_sentences == residual.residual_sentences
        without, led = (each.tower.floors[0].gradient.astype(float) for each in (plain, residual))
        whole, alone = (float(np.sqrt((each**2).sum())) for each in (led, without))
        first, second = plain.residual_sentences
        assert f"layer 1 receives {whole:.3g} with residual connections and {alone:.3g} without" in first
        assert first.endswith(
            "as they are meant to." if whole > alone else "against what they are meant for."
        )
        assert f"it is {led[0]:.3g} with them and {without[0]:.3g} without" in second


@pytest.mark.parametrize(
    ("led", "first", "second"),
    [
        ([1.0, 0.0, 8.0], ": 3.61 times as much, as they are meant to.", "without, 50 % of it."),
        ([4.0, 0.0, 0.0], "1.79 times as much, as they are meant to.", "without, 2 times as much."),
        ([1.0, 0.0, 0.5], "50 % of it, against what they are meant for.", "without, 50 % of it."),
        ([0.0, 2.0, 1.0], "next to no difference, against what they are meant for.", "without, 0 % of it."),
    ],
)
def test_residual_connections_are_judged_by_all_steps_and_not_by_the_furthest(
    led: list[float], first: str, second: str
) -> None:
    with_ = Tower(residual=True, loss=1, floors=(floor(0, led, SLOW), floor(1, [0, 0, 4], SLOW)))
    without = Tower(residual=False, loss=1, floors=(floor(0, [2, 0, 1], SLOW), floor(1, [0, 0, 4], SLOW)))
    for said in (sentences.of_residuals(with_, without), sentences.of_residuals(without, with_)):
        assert said[0].endswith(first)
        assert said[1].endswith(second)


@pytest.mark.parametrize(
    ("low", "ending"),
    [
        (3.0, "75 % of that at the top comes down: it shrinks, although the residual connections pass "
         "it on."),
        (4.0, "as much as at the top comes down, as one would expect with residual connections, which pass "
         "it on."),
        (8.0, "2 times that at the top comes down: it grows, as one would expect with residual connections, "
         "which pass it on and add."),
    ],
)  # fmt: skip
def test_what_is_expected_to_come_down_depends_on_residual_connections(low: float, ending: str) -> None:
    tower = Tower(residual=True, loss=1, floors=(floor(0, [0, low, 0], SLOW), floor(1, [0, 0, 4], SLOW)))
    assert sentences.of_gradients(tower)[1] == f"Over all steps together {ending}"


def test_one_layer_has_nothing_that_could_be_passed_by() -> None:
    assert of_noise(layers=1).residual_sentences[1].startswith("They change no gradient here")


def floor(layer: int, gradient: list[float], h: list[list[float]]) -> Floor:
    return Floor(
        name=f"rnn_{layer}",
        layer=layer,
        direction="forward",
        cell="lstm",
        units=len(h[0]),
        h=np.array(h, np.float32),
        gradient=np.array(gradient, np.float32),
        lags=tuple(range(len(gradient) - 1, -1, -1)),
    )


SLOW, FAST = [[1.0], [1.1], [1.0]], [[1.0], [-1.0], [1.0]]


@pytest.mark.parametrize(
    ("low", "high", "ending"),
    [
        (FAST, SLOW, "as one often reads."),
        (SLOW, FAST, "the opposite of what one often reads."),
        (SLOW, SLOW, "is not so in each of these."),
    ],
)
def test_which_layer_moves_more_slowly_is_said_as_it_is(low: Any, high: Any, ending: str) -> None:
    tower = Tower(residual=False, loss=1, floors=(floor(0, [1, 1, 1], low), floor(1, [1, 1, 1], high)))
    assert sentences.of_states(tower)[1].endswith(ending)


@pytest.mark.parametrize(
    ("low", "said"),
    [
        (
            [0.0, 3.0, 0.0],
            "75 % of that at the top comes down: it shrinks, as one would expect of a deep stack.",
        ),
        ([0.0, 0.0, 8.0], "2 times that at the top comes down: it grows, against what one would expect."),
        ([0.0, 4.0, 0.0], "as much as at the top comes down, where one would expect less of a deep stack."),
    ],
)
def test_what_comes_down_is_said_as_it_is(low: list[float], said: str) -> None:
    tower = Tower(residual=False, loss=1, floors=(floor(0, low, SLOW), floor(1, [0, 0, 4], SLOW)))
    assert sentences.of_gradients(tower)[1] == f"Over all steps together {said}"


def test_the_horizon_of_a_layer_is_counted_from_its_own_lag_0() -> None:
    tower = Tower(
        residual=False,
        loss=1,
        floors=(floor(0, [0.5, 0.009, 0.5, 1.0], SLOW), floor(1, [0.001, 0.009, 0.5, 1.0], SLOW)),
    )
    first, second = sentences.of_lags(tower)
    assert first == (
        "The gradient is below 1 % of that at lag 0 in layer 1 at no lag up to 3 and layer 2 from lag 2 on."
    )
    assert second.startswith("A step back multiplies it by ")


def test_a_single_step_is_told_without_a_change() -> None:
    found = measure(BARE, asked({"kind": "noise", "steps": 1}, layers=2))
    assert found.state_sentences[0] == "There is one step, so no state changes."
    assert "too few lags to tell (layer 1)" in found.line_sentences[1]


def test_most_is_said_of_more_than_half_only() -> None:
    many = of_noise(layers=8, units=8)
    largest = max(part.count for part in many.parts)
    assert 2 * largest < many.parameters
    assert f"the largest part, {largest:,} (" in many.part_sentences[0]
    assert "most of them" in of_text(layers=2, units=8).part_sentences[0]


def test_states_that_are_all_zero_are_not_taken_for_a_single_step() -> None:
    network = {"cell": "simple_rnn", "activation": "relu", "units": 1, "layers": 1}
    said = [
        measure(BARE, asked({"kind": "noise", "steps": 2, "features": 1, "seed": seed}, **network))
        for seed in range(12)
    ]
    still = [answer for answer in said if not np.abs(answer.tower.floors[0].h).max() > 0]
    assert still
    assert all("are 0 at every step" in answer.state_sentences[0] for answer in still)
