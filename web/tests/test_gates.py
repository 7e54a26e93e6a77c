"""Scene 3: what the gates show is what a trace computed here says, and it adds up."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from remy.inspect import LayerTrace, Override, time_constants, trace
from remy.lab.library import Library
from web.tests.lab import Scene, as_shown, number

INSIDE, CHANGED = "Inside the cell", "What the hold changed"
TEXT, STEP, UNIT = "ROMEO: what", 4, 3
PLACE = f"text={TEXT}&step={STEP}&unit={UNIT}"
GATES = {"lstm": ["input", "forget", "candidate", "output"], "gru": ["update", "reset", "candidate"]}


def layer_of(cell: str, override: Any = None) -> LayerTrace:
    return trace(Library().load(f"letters-{cell}-32"), TEXT, override=override).layers[0]


def title_of(gate: str) -> str:
    return "Candidate" if gate == "candidate" else f"{gate.capitalize()} gate"


def column(scene: Scene, title: str, name: str) -> list[float]:
    columns, rows = scene.table(title)
    return [number(row[columns.index(name)]) for row in rows]


def parts(scene: Scene) -> dict[str, float]:
    """Return what the table of the diagram says."""
    return {name: number(value) for name, value in scene.table(INSIDE)[1] if name != "read"}


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_strips_are_the_gates_of_a_trace(scene: Scene, cell: str) -> None:
    scene.open(f"#/gates?cell={cell}&{PLACE}")
    layer = layer_of(cell)
    for gate in GATES[cell]:
        _, rows = scene.table(title_of(gate))
        shown = [[number(value) for value in row[2:]] for row in rows]
        assert shown == [[as_shown(value) for value in step] for step in layer.gate(gate)[0].tolist()]
    assert column(scene, "States", f"h {UNIT}") == [as_shown(value) for value in layer.h[0, :, UNIT].tolist()]


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_the_numbers_in_the_cell_are_those_of_the_unit_at_the_step(scene: Scene, cell: str) -> None:
    scene.open(f"#/gates?cell={cell}&{PLACE}")
    found, layer = parts(scene), layer_of(cell)
    here = 0, STEP, UNIT
    assert found["h before"] == as_shown(float(layer.h[0, STEP - 1, UNIT]))
    assert found["h"] == as_shown(float(layer.h[here]))
    for gate in GATES.get(cell, []):
        assert found[gate] == as_shown(float(layer.gate(gate)[here]))
    if layer.c is not None:
        assert found["c before"] == as_shown(float(layer.c[0, STEP - 1, UNIT]))
        assert found["c"] == as_shown(float(layer.c[here]))
    scene.page.locator("body").press("ArrowRight")
    scene.page.locator("body").press("ArrowDown")
    assert parts(scene)["h"] == as_shown(float(layer.h[0, STEP + 1, UNIT + 1]))


def half_a_digit(text: str) -> float:
    """Return how far the number that is shown as `text` may be from the one that it shows."""
    mantissa, _, power = text.replace("−", "").partition("e")
    digits = len(mantissa.partition(".")[2])
    return float(0.5 * 10.0 ** (int(power.replace("−", "-") or 0) - digits if power else -digits))


NUMBER = r"(−?[\d.]+(?:e−?\d+)?)"


@pytest.mark.parametrize("address", ["cell=lstm", "cell=gru", "cell=gru&reset=before", "cell=simple_rnn"])
def test_what_is_written_adds_up_to_the_digits_that_are_written(scene: Scene, address: str) -> None:
    scene.open(f"#/gates?{address}&{PLACE}")
    lines = scene.page.locator("[data-line]").all()
    assert len(lines) == (2 if "lstm" in address else 1)
    for line in lines:
        *steps, result = line.locator(".number").all_inner_texts()
        final = re.findall(NUMBER, result)[0]
        for step in steps:
            value, error = evaluated(step.removeprefix("="))
            assert abs(value - number(final)) <= error + half_a_digit(final), (step, result)
    for row in scene.page.locator("tbody tr").all() if "simple" not in address else []:
        texts = row.locator("td").all_inner_texts()
        if len(texts) == 4:
            by_state, rest, total, _ = texts
            error = sum(map(half_a_digit, (by_state, rest, total)))
            assert abs(number(by_state) + number(rest) - number(total)) <= error * 1.000001


def test_what_is_written_follows_when_the_cursor_rests(scene: Scene) -> None:
    scene.open(f"#/gates?cell=lstm&{PLACE}")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        scene.page.locator("body").press(key)
    scene.settle()
    written = {
        line.get_attribute("data-line"): number(line.locator(".number strong").inner_text())
        for line in scene.page.locator("[data-line]").all()
    }
    drawn = parts(scene)
    assert written == {"c": drawn["c"], "h": drawn["h"]}


def evaluated(text: str) -> tuple[float, float]:
    """Return what is written, and how far the rounding of its numbers may have moved it."""
    inner = re.fullmatch(r"\s*(tanh|relu)\((.*)\)\s*", text)
    if inner:
        value, error = evaluated(inner[2])
        return (math.tanh(value) if inner[1] == "tanh" else max(0.0, value)), error
    total = error = 0.0
    for sign, term in re.findall(r"(^|[+−] )(.+?)(?= [+−] |$)", text.strip()):
        factors = [(number(each), half_a_digit(each)) for each in re.findall(NUMBER, term)]
        if "tanh" in term:
            factors[-1] = math.tanh(factors[-1][0]), factors[-1][1]
        value = math.prod(each for each, _ in factors)
        error += sum(
            half * math.prod(abs(other) for place, (other, _) in enumerate(factors) if place != own)
            for own, (_, half) in enumerate(factors)
        )
        total += -value if sign.startswith("−") else value
    return total, error


def test_holding_a_gate_shut_changes_what_comes_after_and_nothing_before(scene: Scene) -> None:
    scene.open(f"#/gates?{PLACE}")
    _, plain = scene.table("States")
    scene.page.get_by_role("button", name="Hold it").click()
    scene.settle()
    layer = layer_of("lstm", Override("forget", 0, range(STEP, len(TEXT))))
    assert column(scene, "States", "h 0") == [as_shown(value) for value in layer.h[0, :, 0].tolist()]
    _, held = scene.table("States")
    assert held[:STEP] == plain[:STEP]
    assert all(one != other for one, other in zip(held[STEP:], plain[STEP:], strict=True))
    assert parts(scene)["forget"] == 0
    said = scene.sentences(CHANGED)
    assert f"Steps 0 to {STEP - 1}, before the first held one, did not change by a bit" in said
    difference = layer.h[0].astype(np.float64) - layer_of("lstm").h[0]
    assert column(scene, CHANGED, "distance of h") == [
        as_shown(float(np.linalg.norm(each))) for each in difference
    ]
    scene.page.get_by_role("button", name="Let go: forget").click()
    scene.settle()
    assert scene.figure(CHANGED).count() == 0
    assert scene.table("States")[1] == plain


def test_the_value_of_a_hold_is_moved_by_its_slider(scene: Scene) -> None:
    holds = '["forget=0@4-","output=1@6/3"]'
    scene.open(f"#/gates?{PLACE}&holds={holds}")
    slider = scene.page.get_by_role("slider", name="forget, from step 4 on, all units")
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    scene.settle()
    held = [Override("forget", 0.1, range(4, len(TEXT))), Override("output", 1, [6], [3])]
    layer = layer_of("lstm", held)
    assert column(scene, "States", "h 3") == [as_shown(value) for value in layer.h[0, :, 3].tolist()]
    assert "forget%3D0.1%404-" in scene.address()
    scene.page.get_by_role("button", name="Let go of all").click()
    scene.settle()
    assert "holds" not in scene.address()


def test_one_unit_at_one_step_can_be_held(scene: Scene) -> None:
    scene.open(f"#/gates?cell=gru&{PLACE}&when=one&whose=one&gate=update&value=1")
    scene.page.get_by_role("button", name="Hold it").click()
    scene.settle()
    layer = layer_of("gru", Override("update", 1, [STEP], [UNIT]))
    found = parts(scene)
    assert found["h"] == found["h before"]
    for unit in (0, UNIT):
        assert column(scene, "States", f"h {unit}") == [as_shown(v) for v in layer.h[0, :, unit].tolist()]


def test_a_hold_that_the_cell_does_not_have_waits_for_one_that_has_it(scene: Scene) -> None:
    scene.open(f'#/gates?cell=gru&{PLACE}&holds=["forget=0@*"]')
    assert "not in this cell" in scene.page.locator("main").inner_text()
    assert scene.figure(CHANGED).count() == 0
    scene.page.get_by_text("LSTM", exact=True).click()
    scene.settle()
    assert scene.figure(CHANGED).count() == 1


def test_units_are_sorted_by_what_they_remember_or_hold(scene: Scene) -> None:
    scene.open(f"#/gates?{PLACE}&sort=time")
    layer = layer_of("lstm")
    order = np.argsort(-time_constants(layer), kind="stable")
    assert scene.table("Forget gate")[0][2:] == [f"forget {unit}" for unit in order]
    scene.page.get_by_text("h at this step").click()
    order = np.argsort(-layer.h[0, STEP], kind="stable")
    # The table that is open follows.
    assert scene.table("Forget gate")[0][2:] == [f"forget {unit}" for unit in order]


def test_the_sums_before_the_curves_are_shown_on_demand(scene: Scene) -> None:
    scene.open(f"#/gates?{PLACE}")
    assert len(scene.table("Output gate")[0]) == 2 + 32
    scene.page.get_by_label("Sums before the curves").check()
    layer = layer_of("lstm")
    assert column(scene, "Output gate", "sum 5") == [
        as_shown(value) for value in layer.preactivations[0, :, 3, 5].tolist()
    ]


def test_a_valve_is_open_as_far_as_its_gate(scene: Scene) -> None:
    scene.open(f"#/gates?{PLACE}")
    plates = scene.figure(INSIDE).locator("rect.plate").all()
    layer = layer_of("lstm")
    for plate, gate in zip(plates, ("forget", "input", "output"), strict=True):
        closed = float(plate.get_attribute("height") or "nan") / 32
        assert closed == pytest.approx(1 - float(layer.gate(gate)[0, STEP, UNIT]), abs=1e-5)


def test_a_map_that_comes_into_view_stands_where_the_cursor_does(scene: Scene) -> None:
    """Off the screen it does not follow."""
    scene.open("#/gates?step=2")
    steps = len("ROMEO: what light")
    fields = scene.figure("States").locator(".field")
    for step in (3, 4, 5):
        scene.page.evaluate("scrollTo(0, 0)")
        scene.page.locator("body").press("ArrowRight")
        fields.last.scroll_into_view_if_needed()
        scene.page.wait_for_timeout(200)
        for field in fields.all():
            whole, column = field.bounding_box(), field.locator(".column").bounding_box()
            assert whole is not None
            assert column is not None
            assert column["x"] - whole["x"] == pytest.approx(step * whole["width"] / steps, abs=1)
