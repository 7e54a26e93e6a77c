"""Scene 5: what the tower shows is what a trace computed here says."""

from __future__ import annotations

import numpy as np
import pytest

from remy.inspect import Trace
from remy.lab.binding import bind
from remy.lab.library import Library
from remy.lab.schemas.choices import FreshModel, NoiseInput, TextInput
from web.tests.lab import Scene, as_shown, number

TOWER, MAP, LAGS = "The tower", "The gradient by layer and step", "The gradient by lag"
RESIDUAL, PARTS = "With and without residual connections", "What it learns, in numbers"
TEXT = "HELLO you"


def traced(given: TextInput | NoiseInput, **model: object) -> Trace:
    library = Library()
    choice = FreshModel.model_validate({"kind": "fresh", "units": 16, "layers": 3, **model})
    is_text = isinstance(given, TextInput)
    return bind(library, choice, given, "next" if is_text else "last", -1 if is_text else None).trace()


def of_text(**model: object) -> Trace:
    return traced(TextInput(kind="text", text=TEXT), **model)


def gradients(trace: Trace) -> list[list[float]]:
    """Return ``(T, L)``, the lowest layer first, as the page shows them."""
    norms = []
    for layer in trace.layers:
        assert layer.gradients is not None
        norms.append(layer.gradients.norms["h"][0])
    return [[as_shown(value) for value in step] for step in np.stack(norms, axis=1).tolist()]


def numbers(rows: list[list[str]], start: int) -> list[list[float]]:
    return [[number(value) for value in row[start:]] for row in rows]


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_states_and_gradients_are_those_of_a_trace(scene: Scene, cell: str) -> None:
    scene.open(f"#/tower?text=HELLO+you&cell={cell}")
    found = of_text(cell=cell)
    columns, rows = scene.table(TOWER)
    assert columns[:3] == ["step", "item", "layer 1: h0"]
    assert columns[-1] == "layer 3: h15"
    states = np.concatenate([layer.h[0] for layer in found.layers], axis=1)
    assert numbers(rows, 2) == [[as_shown(value) for value in step] for step in states.tolist()]
    columns, rows = scene.table(MAP)
    assert columns[2:] == ["layer 3", "layer 2", "layer 1"]
    assert [row[::-1] for row in numbers(rows, 2)] == gradients(found)


def test_the_lines_are_the_gradients_in_the_order_of_the_lag(scene: Scene) -> None:
    scene.open("#/tower?text=HELLO+you")
    _, rows = scene.table(LAGS)
    # The loss counts at the last letter whose follower is known: that is lag 0.
    assert [int(row[0]) for row in rows] == list(range(len(TEXT) - 1))
    assert numbers(rows, 1) == gradients(of_text())[-2::-1]


def test_residual_connections_are_measured_both_ways(scene: Scene) -> None:
    scene.open("#/tower?text=HELLO+you")
    columns, rows = scene.table(RESIDUAL)
    assert columns[2:] == ["layer 1 with", "layer 1 without"]
    both = [gradients(of_text(residual=residual)) for residual in (True, False)]
    assert numbers(rows, 2) == [[led[0], plain[0]] for led, plain in zip(*both, strict=True)]
    said = scene.sentences(RESIDUAL)
    first = [trace.layers[0].gradients for trace in (of_text(residual=True), of_text())]
    for one in first:
        assert one is not None
        assert f"{float(one.norms['h'][0, 0]):.3g} with" in said
    before = scene.table(MAP)
    scene.page.get_by_label("Residual connections", exact=True).check()
    scene.settle()
    assert scene.table(RESIDUAL) == (columns, rows)
    assert scene.table(MAP) != before
    assert numbers(scene.table(MAP)[1], 2)[0][::-1] == both[0][0]
    assert "residual=true" in scene.address()


def test_the_parameters_add_up(scene: Scene) -> None:
    for layers in (2, 5):
        scene.open(f"#/tower?text=HELLO+you&layers={layers}&cell=gru")
        _, rows = scene.table(PARTS)
        counts = [int(row[3]) for row in rows]
        assert sum(counts[:-1]) == counts[-1]
        assert [row[0] for row in rows] == [f"layer {each + 1}" for each in range(layers)] + [
            "output",
            "together",
        ]
        assert rows[1][1:4] == ["3 (I·H + H·H + 2·H)", "3 (16·16 + 16·16 + 2·16)", "1632"]


def test_layers_that_read_both_ways_read_noise(scene: Scene) -> None:
    scene.open("#/tower?reads=noise&steps=10&bidirectional=true&layers=2&units=8")
    found = traced(NoiseInput(kind="noise", steps=10), bidirectional=True, layers=2, units=8)
    columns, rows = scene.table(MAP)
    assert columns[2:] == ["layer 2 backward", "layer 2 forward", "layer 1 backward", "layer 1 forward"]
    assert [row[::-1] for row in numbers(rows, 2)] == gradients(found)
    scene.page.get_by_role("group", name="Direction").get_by_text("backward").click()
    scene.settle()
    columns, rows = scene.table(LAGS)
    assert columns[1:] == ["layer 1 backward", "layer 2 backward"]
    assert numbers(rows, 1) == [[row[1], row[3]] for row in gradients(found)]
    scene.page.get_by_text("letters", exact=True).click()
    scene.settle()
    assert scene.page.get_by_label("Bidirectional", exact=True).count() == 0


def test_a_click_on_a_map_moves_the_cursor_to_its_layer(scene: Scene) -> None:
    scene.open("#/tower?text=HELLO+you")
    scene.figure(MAP).get_by_role("img").click(position={"x": 3, "y": 3})
    address = scene.address()
    assert "layer=2" in address
    assert "step=" not in address
    assert scene.table(RESIDUAL)[0][2:] == ["layer 3 with", "layer 3 without"]


def test_settings_come_back_with_the_address(scene: Scene) -> None:
    settings = (
        "cell=gru&units=8&layers=4&residual=true&start=pytorch&seed=3&reads=noise&steps=20&layer=3&step=5"
    )
    scene.open(f"#/tower?{settings}")
    assert set(scene.address().split("?")[1].split("&")) == set(settings.split("&"))
    model = {
        "cell": "gru",
        "units": 8,
        "layers": 4,
        "residual": True,
        "seed": 3,
        "start": {"recipe": "pytorch"},
    }
    found = traced(NoiseInput(kind="noise", steps=20, seed=3), **model)
    assert [row[::-1] for row in numbers(scene.table(MAP)[1], 2)] == gradients(found)


def test_a_trained_tower_is_shown_as_it_was_trained(scene: Scene) -> None:
    library = Library()
    card = next(
        (card for card in library.cards().models if card.task == "language_model" and card.layers > 1), None
    )
    assert card is not None, "run `make lab-models`"
    scene.open("#/tower?text=HELLO+you")
    scene.page.get_by_label("Network").select_option(card.id)
    scene.settle()
    assert scene.figure(RESIDUAL).count() == 0
    found = library.load(card.id)
    from remy.inspect import trace

    expected = trace(found, TEXT, TEXT[1:] + TEXT[-1], at=len(TEXT) - 2)
    assert [row[::-1] for row in numbers(scene.table(MAP)[1], 2)] == gradients(expected)
    assert int(scene.table(PARTS)[1][-1][3]) == card.parameters
