"""Scene 2: what the telephone game shows is what `remy.inspect` measures here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

from remy.inspect import Flow, gradient_flow, trace
from remy.layers.recurrent import Recurrent
from remy.tasks.comparison.started import started_layer
from web.tests.lab import Scene, as_shown, number

FLOW, LINKS, ROADS = "What comes back", "The factor of every link", "The roads back"
CLIPPING = "The gradient over all weights"
NAMES = {"lstm": "LSTM", "gru": "GRU", "simple_rnn": "SimpleRNN"}
SMALL = "#/telephone?steps=40&units=16"


def layer_and_input(
    cell: str, seed: int, *, units: int = 16, steps: int = 40, **start: Any
) -> tuple[Recurrent, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    layer = started_layer(cell, units, input_size=8, generator=generator, **start)
    return layer, torch.randn(4, steps, 8, generator=generator)


def flows(cell: str, seeds: int = 3, **settings: Any) -> list[Flow]:
    made = [layer_and_input(cell, seed, **settings) for seed in range(seeds)]
    return [gradient_flow(layer, x, seed=seed)[0] for seed, (layer, x) in enumerate(made)]


def reach(flow: Flow) -> tuple[int, float]:
    sizes = flow.carried / flow.carried[0]
    return 1 + max(lag for lag, size in enumerate(sizes) if size >= 0.01), float(sizes[-1])


def middle(found: Sequence[Flow]) -> int:
    """Return the seed whose reach is in the middle."""
    reaches = [reach(flow) for flow in found]
    return reaches.index(sorted(reaches)[(len(reaches) - 1) // 2])


def shown_column(scene: Scene, title: str, name: str) -> list[float]:
    columns, rows = scene.table(title)
    place = columns.index(name)
    return [number(row[place]) for row in rows]


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_every_seed_of_the_table_is_gradient_flows(scene: Scene, cell: str) -> None:
    scene.open(SMALL)
    for seed, flow in enumerate(flows(cell)):
        shown = shown_column(scene, FLOW, f"{NAMES[cell]}, seed {seed}")
        assert shown == [as_shown(value) for value in flow.carried.tolist()]
    columns, rows = scene.table(FLOW)
    assert [row[:2] for row in rows[:2]] == [["0", "39"], ["1", "38"]]
    assert columns[:2] == ["lag", "step"]


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_the_links_are_those_of_a_trace_of_the_seed_that_is_drawn(scene: Scene, cell: str) -> None:
    scene.open(SMALL)
    layer, x = layer_and_input(cell, middle(flows(cell)))
    norms = trace(layer, x).layers[0].jacobians
    state = np.sqrt((norms.state.astype(float) ** 2).mean(axis=0))[:0:-1]
    shown = shown_column(scene, LINKS, f"{NAMES[cell]}: Jacobian norm")
    assert shown == [as_shown(value) for value in state.tolist()]
    width = math.sqrt(32 if cell == "lstm" else 16)
    shown = shown_column(scene, LINKS, f"{NAMES[cell]}: factor")
    assert shown == [as_shown(value) for value in (state / width).tolist()]


def test_the_roads_are_those_of_the_cell_that_is_chosen(scene: Scene) -> None:
    scene.open(SMALL)
    for cell, name in NAMES.items():
        scene.figure(ROADS).get_by_text(name, exact=True).click()
        scene.settle()
        layer, x = layer_and_input(cell, middle(flows(cell)))
        norms = trace(layer, x).layers[0].jacobians
        for column, values in (("past the weights", norms.cell_road), ("through the gates", norms.gate_road)):
            expected = np.sqrt((values.astype(float) ** 2).mean(axis=0))[:0:-1]
            shown = shown_column(scene, ROADS, f"Jacobian norm: {column}")
            assert shown == [as_shown(value) for value in expected.tolist()]
        assert name in scene.sentences(ROADS)
    assert "lane=2" in scene.address()


CAPTIONS = [
    ("steps=40&units=32&forget=1", {"units": 32, "bias": {"lstm": 1.0}}),
    ("steps=100&units=64", {"units": 64, "steps": 100}),
    ("steps=40&units=16&forget=4", {"bias": {"lstm": 4.0}}),
    ("steps=40&units=32&start=pytorch", {"units": 32, "recipe": "pytorch"}),
    ("steps=40&units=16&scale=1.5", {"scale": 1.5}),
]


def textbook_is_right(settings: dict[str, Any]) -> bool:
    own = dict(settings)
    bias = own.pop("bias", {})
    lstm, simple = (
        [reach(flow) for flow in flows(cell, bias=bias.get(cell), **own)] for cell in ("lstm", "simple_rnn")
    )
    return min(lstm) > max(simple)


def test_the_caption_agrees_with_the_curves_where_settings_give_opposite_answers(scene: Scene) -> None:
    said = []
    for address, settings in CAPTIONS:
        scene.open(f"#/telephone?{address}")
        right = textbook_is_right(settings)
        caption = scene.sentences(FLOW)
        assert ("as the textbook has it" in caption) == right
        assert ("against the textbook" in caption) != right
        said.append(right)
    assert said == [True, False, True, False, False]


def test_moving_the_forget_bias_moves_the_gradient_of_the_lstm_alone(scene: Scene) -> None:
    scene.open(SMALL)
    before = scene.table(FLOW)[1]
    scene.page.get_by_role("group", name="Forget bias of the LSTM").get_by_text("4", exact=True).click()
    scene.settle()
    columns, after = scene.table(FLOW)
    lstm, simple = columns.index("LSTM, seed 0"), columns.index("SimpleRNN, seed 0")
    assert number(after[-1][lstm]) > 10 * number(before[-1][lstm])
    assert [row[simple] for row in after] == [row[simple] for row in before]
    assert "forget=4" in scene.address()


def test_clipping_shortens_every_lag_by_the_same_factor(scene: Scene) -> None:
    scene.open(f"{SMALL}&scale=2&clip=1")
    _, rows = scene.table(CLIPPING)
    name, seed, length, factor, clipped = rows[-1]
    assert (name, seed) == ("SimpleRNN", "2")
    assert number(factor) == pytest.approx(1 / number(length), rel=1e-3)
    assert number(clipped) == pytest.approx(1, rel=1e-3)
    shown = shown_column(scene, FLOW, "SimpleRNN, seed 2")
    flow = flows("simple_rnn", scale=2.0)[2]
    assert shown == pytest.approx((flow.carried * number(factor)).tolist(), rel=1e-3)


def test_the_cursor_is_a_step_and_keeps_its_lag_in_words(scene: Scene) -> None:
    scene.open(f"{SMALL}&step=10")
    assert "step 10, which is lag 29" in scene.page.locator(".where").inner_text()
    scene.page.locator("#heading").focus()
    scene.page.keyboard.press("ArrowRight")
    assert "step 11, which is lag 28" in scene.page.locator(".where").inner_text()
    assert "step=11" in scene.address()


def test_settings_come_back_with_the_address(scene: Scene) -> None:
    address = "#/telephone?steps=20&units=8&seeds=2&start=pytorch&update=2&scale=1.25&clip=10&activation=relu"
    scene.open(f"{address}&reset=before&lane=1&step=4")
    assert set(scene.address().split("?")[1].split("&")) == set(
        f"{address}&reset=before&lane=1&step=4".split("?")[1].split("&")
    )
    columns, rows = scene.table(FLOW)
    assert len(rows) == 20
    assert "GRU, seed 1" in columns
    assert "GRU, seed 2" not in columns
    flow = flows("gru", 1, units=8, steps=20, recipe="pytorch", bias=2.0, scale=1.25, reset_after=False)[0]
    shown = shown_column(scene, FLOW, "GRU, seed 0")
    assert shown == [as_shown(value) for value in flow.carried.tolist()]


def test_states_that_overflow_are_said_and_the_pictures_stay(scene: Scene) -> None:
    scene.open("#/telephone?steps=300&units=8&seeds=1&activation=relu")
    scale = scene.page.get_by_label("Recurrent kernel times")
    scale.fill("4")
    scene.settle()
    assert "take a smaller recurrent scale" in scene.page.get_by_role("alert").inner_text()
    scale.fill("1")
    scene.settle()
    assert scene.page.get_by_role("alert").count() == 0


def test_a_gradient_that_explodes_is_not_praised(scene: Scene) -> None:
    scene.open("#/telephone?steps=300&units=16&start=pytorch&scale=4")
    found = flows("simple_rnn", units=16, steps=300, recipe="pytorch", scale=4.0)
    sizes = found[middle(found)].carried.astype(float)
    said = scene.sentences(FLOW)
    assert f"explodes: its gradient grows to {sizes.max() / sizes[0]:.3g} times" in said
    assert "against the textbook" not in said


def test_the_start_of_a_bias_is_named_with_its_number(scene: Scene) -> None:
    scene.open(SMALL)
    biases = scene.page.get_by_role("group", name="Forget bias of the LSTM")
    assert biases.get_by_text("as it starts (1)", exact=True).count() == 1
    scene.open(f"{SMALL}&start=pytorch")
    assert biases.get_by_text("as it starts (within ±0.5)", exact=True).count() == 1
