"""The answers of the telephone game, against the same measured anew."""

from __future__ import annotations

from statistics import median_low
from typing import Any

import numpy as np
import pytest
import torch

from remy.errors import DataError
from remy.inspect import Flow, compare_starts, gradient_flow, trace
from remy.lab.schemas.telephone import CellFlow, FlowAnswer, FlowAsked
from remy.lab.telephone import cells
from remy.lab.telephone.game import play
from remy.lab.telephone.sentences import Seeds, who_reaches_furthest
from remy.layers import GRU, LSTM, SimpleRNN
from remy.layers.recurrent import Recurrent
from remy.tasks.comparison.started import started_layer

#: Settings whose captions have to differ.
KERAS: dict[str, Any] = {"forget_bias": 1.0}
REMEMBERING: dict[str, Any] = {"forget_bias": 4.0}
PYTORCH: dict[str, Any] = {"recipe": "pytorch"}
LOUD: dict[str, Any] = {"recurrent_scale": 1.5}


def answered(start: dict[str, Any], **settings: Any) -> FlowAnswer:
    return play(FlowAsked.model_validate({"units": 16, "steps": 60, **settings, "start": start}))


def cell(answer: FlowAnswer, name: str) -> CellFlow:
    return next(each for each in answer.cells if each.name == name)


def layer_and_input(
    name: str, seed: int, start: dict[str, Any], *, units: int = 16, steps: int = 60, **options: Any
) -> tuple[Recurrent, torch.Tensor]:
    """Make a layer as `compare_starts` makes it."""
    generator = torch.Generator().manual_seed(seed)
    layer = started_layer(
        name,
        units,
        input_size=8,
        generator=generator,
        recipe=start.get("recipe", "keras"),
        bias=start.get({"lstm": "forget_bias", "gru": "update_bias"}.get(name, "")),
        scale=start.get("recurrent_scale", 1.0),
        **options,
    )
    return layer, torch.randn(4, steps, 8, generator=generator)


def flows(name: str, start: dict[str, Any], *, seeds: int = 3, **settings: Any) -> list[Flow]:
    found = []
    for seed in range(seeds):
        layer, x = layer_and_input(name, seed, start, **settings)
        found.append(gradient_flow(layer, x, seed=seed)[0])
    return found


def reach(flow: Flow) -> tuple[int, float]:
    """Count the lags before the horizon by hand, and what is left at the last one."""
    sizes = flow.carried / flow.carried[0]
    reached = 1 + max(lag for lag, size in enumerate(sizes) if size >= 0.01)
    return reached, float(sizes[-1])


def textbook_is_right(start: dict[str, Any], **settings: Any) -> bool:
    """Judge by the measured curves alone whether the LSTM carries further, with every seed."""
    simple = [reach(flow) for flow in flows("simple_rnn", start, **settings)]
    lstm = [reach(flow) for flow in flows("lstm", start, **settings)]
    return min(lstm) > max(simple)


@pytest.mark.parametrize(
    ("start", "settings", "right"),
    [
        (KERAS, {"units": 32}, True),
        (KERAS, {"units": 64, "steps": 100}, False),
        (REMEMBERING, {}, True),
        (PYTORCH, {"units": 32}, False),
        (LOUD, {}, False),
    ],
)
def test_the_caption_says_what_the_curves_say_of_the_textbook(
    start: dict[str, Any], settings: dict[str, Any], right: bool
) -> None:
    assert textbook_is_right(start, **settings) == right
    said = answered(start, **settings).caption[0]
    assert said.endswith(": as the textbook has it." if right else ": against the textbook.")


@pytest.mark.parametrize("start", [KERAS, REMEMBERING, PYTORCH, LOUD])
def test_the_caption_names_the_middle_horizons(start: dict[str, Any]) -> None:
    said = answered(start).caption[0]
    for name in ("simple_rnn", "lstm"):
        middle = median_low(reach(flow)[0] for flow in flows(name, start))
        assert (f"lag {middle}" if middle < 60 else "no lag up to 59") in said
    hidden = [flow.hidden_horizon for flow in flows("lstm", start)]
    middle_hidden = median_low(60 if each is None else each for each in hidden)
    whole = median_low(reach(flow)[0] for flow in flows("lstm", start))
    assert (f"at h alone at lag {middle_hidden}" in said) == (middle_hidden != whole)


def test_who_reaches_furthest_follows_the_update_bias() -> None:
    assert (
        answered({"update_bias": 4.0}).caption[1].startswith("The GRU reaches furthest, with every one of 3")
    )
    assert answered(LOUD).caption[1].startswith("The SimpleRNN reaches furthest, with every one")
    one = answered(REMEMBERING, seeds=1).caption[1]
    assert one == "With this seed the LSTM reaches furthest; more seeds would show whether that is chance."


def test_seeds_that_overlap_rank_nobody() -> None:
    found = answered(KERAS, units=64, steps=100).caption
    orders = {
        name: [reach(flow) for flow in flows(name, KERAS, units=64, steps=100)]
        for name in ("lstm", "simple_rnn")
    }
    assert not min(orders["lstm"]) > max(orders["simple_rnn"])
    assert not min(orders["simple_rnn"]) > max(orders["lstm"])
    assert "about as far as the LSTM" in found[0]
    assert found[1].endswith("reach furthest; their seeds overlap.")


def test_the_lines_are_those_of_gradient_flow() -> None:
    answer = answered(PYTORCH, activation="relu", reset_after=False)
    for name, own, options in (
        ("LSTM", "lstm", {}),
        ("GRU", "gru", {"reset_after": False}),
        ("SimpleRNN", "simple_rnn", {"activation": "relu"}),
    ):
        expected = flows(own, PYTORCH, **options)
        found = cell(answer, name)
        np.testing.assert_array_equal(found.carried, [flow.carried for flow in expected])
        np.testing.assert_array_equal(found.hidden, [flow.h for flow in expected])
        assert found.horizons == tuple(flow.horizon for flow in expected)
        assert found.verdicts == tuple(flow.verdict for flow in expected)
    assert [each.cell for each in answer.cells] == ["lstm", "gru_reset_before", "simple_rnn_relu"]


def test_the_horizons_are_those_of_compare_starts() -> None:
    expected = compare_starts(
        steps=60, units=16, seeds=3, forget_bias=[1.0], update_bias=[0.0], recurrent_scale=[1.5]
    )
    answer = answered({"recurrent_scale": 1.5})
    for row in expected.rows:
        found = cell(answer, cells.NAMES[row.cell])
        assert found.horizons == tuple(each.horizon for each in row.reaches)
        assert found.horizons[found.drawn] == row.horizon


def test_the_seed_that_is_drawn_has_the_middle_reach() -> None:
    for found, name in zip(answered(LOUD, seeds=4).cells, cells.CELLS, strict=True):
        reaches = [reach(flow) for flow in flows(name, LOUD, seeds=4)]
        assert reaches[found.drawn] == sorted(reaches)[1]


def test_the_links_are_the_jacobians_of_a_trace() -> None:
    answer = answered(KERAS)
    for found, name in zip(answer.cells, cells.CELLS, strict=True):
        layer, x = layer_and_input(name, found.drawn, KERAS)
        norms = trace(layer, x).layers[0].jacobians
        for ours, theirs in (
            (found.links.state, norms.state),
            (found.links.hidden, norms.hidden),
            (found.links.cell_road, norms.cell_road),
            (found.links.gate_road, norms.gate_road),
        ):
            np.testing.assert_allclose(ours, np.sqrt((theirs.astype(float) ** 2).mean(axis=0)), rtol=1e-6)
        assert found.links.carried == (32 if name == "lstm" else 16)
        assert found.roads == (1 if name == "simple_rnn" else 2)


@pytest.mark.parametrize("name", ["lstm", "gru", "simple_rnn"])
def test_what_a_link_hands_back_multiplies_to_the_gradient_that_autograd_finds(name: str) -> None:
    """The product of all links is the size of the gradient at an initial state, found by torch alone."""
    found = cell(answered(KERAS, steps=12), cells.NAMES[name])
    piece = cells.Piece.of(
        FlowAsked.model_validate({"units": 16, "steps": 12, "start": KERAS}), name, found.drawn
    )
    layer, x = piece.layer_and_input()
    # The state after the first step as an argument: everything later hangs on it.
    first = type(layer)
    assert first in (LSTM, GRU, SimpleRNN)
    states = tuple(t.detach().requires_grad_() for t in layer(x[:, :1], whole=True).state)
    last = layer(x[:, 1:], initial_state=states)
    gradients = torch.autograd.grad((last * piece.direction()).sum(), states)
    size = torch.cat(gradients, dim=1).double().norm(dim=1).square().mean().sqrt()
    assert np.prod(found.links.passed[1:]) == pytest.approx(float(size), rel=1e-4)


def test_the_lstms_roads_are_the_sides_of_a_right_angle() -> None:
    links = cell(answered(REMEMBERING), "LSTM").links
    np.testing.assert_allclose(np.hypot(links.passed_cell, links.passed_gates), links.passed, rtol=1e-5)
    assert np.all(links.passed_cell > links.passed_gates)


def test_a_share_of_what_float32_lost_is_not_told() -> None:
    links = cell(answered(PYTORCH, steps=300), "SimpleRNN").links
    lost = ~np.isfinite(links.passed)
    assert lost[:50].all()
    assert not lost[-50:].any()
    assert np.nanmin(links.passed) > 0.2


def test_clipping_multiplies_every_lag_by_one_factor_and_leaves_the_horizons() -> None:
    open_, clipped = answered(LOUD), answered(LOUD, clip=1.0)
    for before, after, name in zip(open_.cells, clipped.cells, cells.CELLS, strict=True):
        layer, x = layer_and_input(name, 0, LOUD)
        piece = cells.Piece.of(FlowAsked.model_validate({"units": 16, "steps": 60, "start": LOUD}), name, 0)
        (layer(x) * piece.direction()).sum(dim=1).mean().backward()
        norm = float(torch.nn.utils.clip_grad_norm_(layer.parameters(), 1.0))
        assert before.norms[0] == pytest.approx(norm, rel=1e-5)
        assert list(before.factors) == [1.0, 1.0, 1.0]
        shortened = float(
            torch.cat([p.grad.flatten() for p in layer.parameters() if p.grad is not None]).norm()
        )
        assert after.factors[0] * norm == pytest.approx(shortened, rel=1e-4)
        assert after.horizons == before.horizons
        np.testing.assert_array_equal(after.carried, before.carried)


def test_what_clipping_did_is_said_of_those_it_touched() -> None:
    found = answered(LOUD, clip=1.0)
    touched = [each.name for each in found.cells if each.factors[each.drawn] < 1]
    untouched = [each.name for each in found.cells if each.factors[each.drawn] == 1]
    assert touched
    assert untouched
    for name in touched:
        assert f"the {name}'s from" in found.clipping[0]
    for name in untouched:
        assert f"the {name}'s from" not in found.clipping[0]
    longest = max(each.norms[each.drawn] for each in found.cells)
    assert answered(LOUD, clip=1e6).clipping == (
        "No gradient is longer than 1e+06, so the limit changes nothing.",
        f"The longest is {longest:.3g}.",
    )
    assert answered(LOUD).clipping[1].startswith("Nothing is clipped")


def test_an_exploding_gradient_is_called_so() -> None:
    answer = answered({"recurrent_scale": 3.0}, steps=100)
    simple = cell(answer, "SimpleRNN")
    assert simple.verdicts == ("exploding",) * 3
    assert float(simple.carried[simple.drawn, -1]) > 100
    assert simple.sentence.startswith("SimpleRNN: exploding; ")
    sizes = simple.carried[simple.drawn].astype(float)
    grown = f"grows to {sizes.max() / sizes[0]:.3g} times that of lag 0 at lag {sizes.argmax()}"
    assert f"recurrent kernel times 3 explodes: its gradient {grown}" in answer.caption[0]
    assert "as the textbook says of large factors" in answer.caption[0]
    assert "against the textbook" not in answer.caption[0]
    assert "SimpleRNN reaches furthest" not in answer.caption[1]
    assert cell(answered(PYTORCH), "SimpleRNN").sentence.startswith(
        "SimpleRNN: vanishing; below 1 % of lag 0"
    )


def test_road_sentences_count_the_links() -> None:
    found = cell(answered({"recurrent_scale": 4.0}), "LSTM")
    wider = int(np.sum(found.links.passed_cell[1:] > found.links.passed_gates[1:]))
    assert found.road_sentences[1] == f"The road past all weights is the wider one at {wider} of 59 links."
    assert 0 < wider < 59
    assert cell(answered(KERAS), "SimpleRNN").road_sentences[0].startswith("The SimpleRNN has one road only")


def test_states_that_overflow_are_refused_with_a_way_out() -> None:
    with pytest.raises(
        DataError, match=r"^flow: expected states that float32 can hold, got more from SimpleRNN"
    ):
        answered({"recurrent_scale": 10.0}, activation="relu", steps=300)


def test_another_cells_bias_measures_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(KERAS)
    made: list[str] = []
    measure = cells._measure
    monkeypatch.setattr(cells, "_measure", lambda piece: (made.append(piece.cell), measure(piece))[1])
    answered({"forget_bias": 3.25})
    assert made == ["lstm"] * 3
    made.clear()
    answered({"forget_bias": 3.25}, clip=2.0)
    assert made == []


def test_who_overlaps_with_the_best_is_named_whatever_its_place() -> None:
    """Seeds of the third cell may reach into the best one's where the second's do not."""

    def seeds(name: str, lasts: list[float]) -> Seeds:
        def flow(last: float) -> Flow:
            h = np.array([1.0, last])
            return Flow("rnn", "forward", "gru_reset_after", np.arange(2), h, None, h[:, None], h)

        return Seeds(name, [flow(last) for last in lasts])

    best, second = seeds("LSTM", [0.5, 0.3]), seeds("GRU", [0.25, 0.2])
    assert who_reaches_furthest([best, second, seeds("SimpleRNN", [0.35, 0.02, 0.01])]) == (
        "Of the three the LSTM and the SimpleRNN reach furthest; their seeds overlap."
    )
    assert who_reaches_furthest([best, second, seeds("SimpleRNN", [0.02, 0.01])]) == (
        "The LSTM reaches furthest, with every one of 2 seeds."
    )
    overlapping = seeds("GRU", [0.4, 0.2])
    assert "None of the three" in who_reaches_furthest([best, overlapping, seeds("SimpleRNN", [0.35, 0.01])])
