"""The JSON form of a trace: what it holds, and what of it is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
import torch

from remy import ops
from remy.errors import DataError, UsageError
from remy.inspect import Trace, trace
from remy.inspect.record import SCHEMA
from remy.inspect.rounding import to_record
from remy.inspect.schema import CellName, TraceRecord, from_json, json_schema
from remy.layers import LSTM
from tests.inspect.made import MAKERS, ROWS, STEPS, UNITS

MOST_BYTES = 200_000


@pytest.fixture(scope="module")
def made() -> Callable[[str], Trace]:
    kept: dict[str, Trace] = {}

    def found(kind: str) -> Trace:
        if kind not in kept:
            kept[kind] = MAKERS[kind]()
        return kept[kind]

    return found


def numbers_in(values: Any) -> list[float]:
    if isinstance(values, dict):
        return [number for each in values.values() for number in numbers_in(each)]
    if isinstance(values, list):
        return [number for each in values for number in numbers_in(each)]
    return [values] if isinstance(values, float) else []


@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_written_is_plain_json_and_read_back_equal(made: Callable[[str], Trace], kind: str) -> None:
    for row in range(ROWS):
        values = made(kind).to_json(row=row)
        text = json.dumps(values, allow_nan=False)
        record = from_json(json.loads(text))
        assert record == to_record(made(kind), row=row)
        assert json.loads(text) == record.model_dump(mode="json", by_alias=True)
        assert (record.version, record.row, record.rows, record.digits) == (SCHEMA, row, ROWS, 4)


@pytest.mark.parametrize("kind", [kind for kind in MAKERS if kind != "words"])
def test_the_numbers_are_those_of_the_row_to_the_digits(made: Callable[[str], Trace], kind: str) -> None:
    found = made(kind)
    record = to_record(found, digits=5, row=1)
    assert len(record.layers) == len(found.layers)

    def same(written: Any, array: Any) -> None:
        assert (written is None) == (array is None)
        if array is not None:
            values = np.asarray(written, float)
            assert values.shape == array[1].shape[: values.ndim]
            assert values.size == array[1].size
            np.testing.assert_allclose(values.ravel(), array[1].ravel(), rtol=5.01e-5, atol=0)

    for layer, traced in zip(record.layers, found.layers, strict=True):
        assert (layer.name, layer.direction, layer.cell) == (traced.name, traced.direction, traced.cell)
        assert (layer.gate_names, layer.units) == (traced.gate_names, UNITS)
        assert list(layer.steps) == traced.steps.tolist()
        assert list(layer.valid) == traced.valid[1].tolist()
        assert layer.items == found.items_of(traced)
        for name in ("preactivations", "gates", "h", "c"):
            same(getattr(layer, name), getattr(traced, name))
        for name, norm in vars(traced.jacobians).items():
            same(getattr(layer.jacobians, name), norm)
        assert (layer.gradients is None) == (traced.gradients is None)
        if layer.gradients is not None and traced.gradients is not None:
            norms = {"c": None, **traced.gradients.norms}
            for name in ("h", "c", "x"):
                same(getattr(layer.gradients, name), norms[name])
            same(layer.gradients.cell_road, traced.gradients.cell_road)
            same(layer.gradients.gate_road, traced.gradients.gate_road)
    same(record.scores, found.scores)
    same(record.probabilities, found.probabilities)
    assert (record.loss is None) == (found.loss is None)
    if found.loss is not None:
        assert record.loss == pytest.approx(found.loss, rel=5.01e-5)
    assert (record.outputs, record.held) == (found.outputs, found.held)
    for name, value in vars(found.residuals).items():
        written = getattr(record.residuals, name)
        assert written is None if value is None else written == pytest.approx(value, rel=5.01e-5)


@pytest.mark.parametrize("digits", [1, 3, 17])
def test_every_number_has_at_most_so_many_significant_digits(
    made: Callable[[str], Trace], digits: int
) -> None:
    values = made("names").to_json(digits=digits)
    assert values["digits"] == digits
    numbers = numbers_in(values)
    assert len(numbers) > 200
    for number in numbers:
        assert number == float(f"{number:.{digits}g}")
        assert not (number == 0 and np.signbit(number))
    if digits == 17:
        assert numbers_in(values["layers"][0]["h"]) == made("names").layers[0].h[0].ravel().tolist()


def test_minus_zero_is_written_as_zero_and_what_is_not_finite_as_null(made: Callable[[str], Trace]) -> None:
    found = made("lstm")
    scores = np.zeros((ROWS, UNITS))
    scores[0] = [-0.0, np.nan, -np.inf, np.finfo(float).max]
    broken = replace(found, scores=scores, loss=float("inf"))
    text = json.dumps(broken.to_json(digits=1), allow_nan=False)
    values = json.loads(text)
    assert values["scores"] == [0.0, None, None, np.finfo(float).max]
    assert "-0.0," not in text
    assert values["loss"] is None
    assert from_json(values) == to_record(broken, digits=1)


def test_a_page_of_a_letter_model_is_small() -> None:
    generator = torch.Generator().manual_seed(0)
    layer = LSTM(32, return_sequences=True)
    x, target = (torch.randn(1, 40, size, generator=generator) for size in (16, 32))
    found = trace(layer, x, target)
    scores = torch.randn(1, 40, 65, generator=generator) * 3
    found = replace(
        found,
        scores=scores.numpy(),
        probabilities=scores.softmax(dim=-1).numpy(),
        outputs=tuple(map(str, range(65))),
        items={"": tuple("to be or not to be that is the question:")},
    )
    values = found.to_json()
    assert values["layers"][0]["gradients"] is not None
    assert len(json.dumps(values, separators=(",", ":"))) < MOST_BYTES


def test_a_layer_over_other_rows_stands_there_once_for_each_of_them(made: Callable[[str], Trace]) -> None:
    found = made("words")
    letters, words = found.layers
    record = to_record(found, digits=17, row=2)
    of_letters, of_words = record.layers[:-1], record.layers[-1]
    assert [layer.row for layer in of_letters] == list(range(ROWS * STEPS))
    assert {(layer.name, layer.rows) for layer in of_letters} == {("letters", ROWS * STEPS)}
    assert (of_words.name, of_words.row, of_words.rows) == ("words", 2, ROWS)
    np.testing.assert_array_equal(np.array(of_letters[17].h), letters.h[17])
    np.testing.assert_array_equal(np.array(of_words.h), words.h[2])


def test_items_of_the_other_layers_are_not_those_of_a_layer_with_rows_of_its_own(
    made: Callable[[str], Trace],
) -> None:
    named = replace(made("words"), items={"": tuple("abcdefg")})
    assert to_record(named).layers[0].items == ("0", "1", "2", "3")
    assert to_record(named).layers[-1].items == tuple("abcdefg")
    named = replace(named, items={"letters": tuple("wxyz")})
    assert to_record(named).layers[5].items == tuple("wxyz")


def test_what_was_held_is_marked_by_name(made: Callable[[str], Trace]) -> None:
    held = made("held").to_json()["layers"][0]["held"]
    assert set(held) == {"forget", "c"}
    assert [any(step) for step in held["forget"]] == [False, False, True, True, False, False, False]
    assert held["c"][4] == [False, True, False, False]
    assert made("held").to_json()["held"] == ["forget = 0, steps 2, 3", "cell = 1.5, steps 4, units 1"]
    assert made("lstm").to_json()["layers"][0]["held"] is None


def test_a_stride_that_leaves_the_held_steps_out_leaves_nothing_marked() -> None:
    found = trace(LSTM(2), torch.ones(1, 4, 3), override={"forget": 0.5}, stride=2)
    layer = replace(found.layers[0], held=np.zeros_like(found.layers[0].held))
    assert replace(found, layers=(layer,)).to_json()["layers"][0]["held"] is None


def test_a_row_or_digits_out_of_range_and_scores_of_another_form_are_refused(
    made: Callable[[str], Trace],
) -> None:
    found = made("lstm")
    for row in (-1, ROWS):
        with pytest.raises(UsageError, match=rf"^row: expected 0 to 2, got {row}$"):
            found.to_json(row=row)
    for digits in (0, 18):
        with pytest.raises(UsageError, match=rf"^digits: expected 1 to 17, got {digits}$"):
            found.to_json(digits=digits)
    with pytest.raises(DataError, match=r"expected scores \(B, T, V\) or \(B, V\), got the shape \(3,\)"):
        replace(found, scores=np.zeros(3)).to_json()
    with pytest.raises(DataError, match=r"^trace: layers\[0\]\.h: expected \(T, H\) = \(7, 4\), got T = 6$"):
        replace(found, layers=(replace(found.layers[0], h=found.layers[0].h[:, 1:]),)).to_json()


def put(values: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """Return a copy of `values` with another value at ``layers.0.gates``."""
    values = copy.deepcopy(values)
    *parts, last = place.split(".")
    inner: Any = values
    for part in parts:
        inner = inner[int(part)] if part.isdigit() else inner[part]
    inner[int(last) if last.isdigit() else last] = value
    return values


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("schema", "remy-trace/2", "expected the schema 'remy-trace/1', got 'remy-trace/2'; trace it anew"),
        ("schema", ["remy-trace/1"], r"expected the schema 'remy-trace/1', got \['remy-trace/1'\]; trace it"),
        ("gatez", 1, "unknown field 'gatez'; did you mean 'gates'"),
        ("layers.0.speed", 1, r"unknown field 'speed' in layers\[0\]"),
        ("layers.0.gradients.y", 1, r"unknown field 'y' in layers\[0\]\.gradients"),
        ("layers.0.gates", [[]] * 7, r"\.gates\[0\]: expected \(T, G, H\) = \(7, 4, 4\), got G = 0"),
        ("layers.0.gates.3.1", [0.5], r"layers\[0\]\.gates\[3\]\[1\]: expected .*, got H = 1"),
        ("layers.0.preactivations", [], r"preactivations: expected \(T, P, H\) = \(7, 4, 4\), got T = 0"),
        ("layers.0.gates.3.1.0", "0.5", r"\.gates\[3\]\[1\]\[0\]: expected a valid number, got '0.5'"),
        ("layers.0.gates.3.1.0", float("nan"), "expected a finite number, got nan"),
        ("layers.0.h.2", 0.5, r"layers\[0\]\.h\[2\]: expected a list, got 0.5"),
        ("layers.0.c", None, r"layers\[0\]\.c: expected values with lstm"),
        ("layers.0.gate_names", ["input"], r"gate_names: expected those of lstm, got input"),
        ("layers.0.cell", "elman", r"layers\[0\]\.cell: expected 'simple_rnn_tanh', .* got 'elman'"),
        ("layers.0.direction", "up", "direction: expected 'forward' or 'backward', got 'up'"),
        ("layers.0.units", 5, r"got H = 4"),
        ("layers.0.row", 3, r"layers\[0\]\.row: expected less than rows, 3, got 3"),
        ("layers.0.row", 1, r"layers\[0\]\.row: expected 0, the trace's, got 1"),
        ("layers.0.steps.1", 0, r"layers\[0\]\.steps: expected rising numbers"),
        ("layers.0.steps.1", 1.5, r"layers\[0\]\.steps\[1\]: expected a valid integer, got 1.5"),
        ("layers.0.steps", [0, 1], r"layers\[0\]\.items: expected \(T,\) = \(2,\), got T = 7"),
        ("layers.0.items", [], r"items: expected \(T,\) = \(7,\), got T = 0"),
        ("layers.0.valid.0", 1, r"valid\[0\]: expected a valid boolean, got 1"),
        ("layers.0.jacobians.state", [1.0], r"\[0\]\.jacobians\.state: expected \(T,\) = \(7,\), got T = 1"),
        ("layers.0.gradients.x", [1.0], r"layers\[0\]\.gradients\.x: expected \(T,\) = \(7,\), got T = 1"),
        ("layers.0.held", {"reset": []}, "held: expected names among input, .*, h, c, got 'reset'"),
        ("layers.0.held", {"forget": [[True]]}, r"held\.forget: expected \(T, H\) = \(7, 4\), got T = 1"),
        ("scores", [[0.0], [0.0, 1.0]], r"scores\[1\]: expected \(T, V\) = \(2, 1\), got V = 2"),
        ("scores", [0.0, [1.0]], r"scores\[1\]: expected a valid number, got \[1\.0\]"),
        ("scores", [0.0, 1.0], r"probabilities: expected \(V,\) = \(2,\), got V = 7"),
        ("probabilities", [[0.5] * 4] * 6, r"probabilities: expected \(T, V\) = \(7, 4\), got T = 6"),
        ("outputs", ["a"], r"outputs: expected \(V,\) = \(4,\), got V = 1"),
        ("row", 3, "row: expected less than rows, 3, got 3"),
        ("digits", 0, "digits: expected greater than or equal to 1, got 0"),
        ("residuals.forward", "none", r"residuals\.forward: expected a valid number, got 'none'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_a_sentence(
    made: Callable[[str], Trace], place: str, value: Any, message: str
) -> None:
    wrong = put(made("names").to_json(), place, value)
    with pytest.raises(DataError, match=f"^trace: .*{message}") as raised:
        from_json(wrong)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 200


def test_a_cell_state_where_the_cell_has_none_is_refused(made: Callable[[str], Trace]) -> None:
    values = made("gru").to_json()
    layer = values["layers"][0]
    with pytest.raises(DataError, match=r"layers\[0\]\.c: expected null with gru_reset_after"):
        from_json(put(values, "layers.0.c", layer["h"]))
    with pytest.raises(DataError, match=r"layers\[0\]\.gradients\.c: expected null with gru_reset_after"):
        from_json(put(values, "layers.0.gradients.c", layer["gradients"]["h"]))


def test_every_field_has_to_be_there(made: Callable[[str], Trace]) -> None:
    whole = made("names").to_json()
    for place, inner in (("", whole), ("layers[0].", whole["layers"][0]), ("residuals.", whole["residuals"])):
        for name in inner:
            values = copy.deepcopy(whole)
            part = values["layers"][0] if "layers" in place else values["residuals"] if place else values
            del part[name]
            message = "a mapping that names none" if name == "schema" else f"field {place}{name} is missing"
            with pytest.raises(DataError) as raised:
                from_json(values)
            assert str(raised.value).endswith(message)


@pytest.mark.parametrize("values", [None, [], "remy-trace/1", 7])
def test_what_is_no_mapping_is_refused(values: Any) -> None:
    with pytest.raises(DataError, match=r"^trace: expected a trace as a mapping of names, got \w+$"):
        from_json(values)


def test_a_record_never_changes(made: Callable[[str], Trace]) -> None:
    record = to_record(made("lstm"))
    with pytest.raises(ValueError, match="frozen"):
        record.loss = 1.0  # type: ignore[misc]


def test_the_json_schema_says_what_every_field_is_and_the_shape_of_every_array() -> None:
    schema = json_schema()
    parts = {"TraceRecord": schema, **schema["$defs"]}
    assert len(parts) == 5
    for part in parts.values():
        assert part["description"]
        assert part["additionalProperties"] is False
        assert set(part["required"]) == set(part["properties"])
        for name, field in part["properties"].items():
            assert field["description"], name
            assert "title" not in field
    layer = schema["$defs"]["LayerRecord"]["properties"]
    assert layer["preactivations"]["shape"] == ["T", "P", "H"]
    assert layer["held"]["shape"] == layer["c"]["shape"] == ["T", "H"]
    assert schema["properties"]["schema"]["const"] == SCHEMA
    assert json.loads(json.dumps(schema)) == schema


def test_the_schema_knows_every_cell() -> None:
    assert set(get_args(CellName)) == set(ops.CELLS)
    assert TraceRecord.model_fields["version"].annotation is not None
    assert get_args(TraceRecord.model_fields["version"].annotation) == (SCHEMA,)


@pytest.mark.parametrize("value", [2.5, "2", None])
def test_row_and_digits_are_whole_numbers(made: Callable[[str], Trace], value: Any) -> None:
    found = made("lstm")
    with pytest.raises(UsageError, match=rf"^digits: expected a whole number from 1 to 17, got {value!r}$"):
        found.to_json(digits=value)
    with pytest.raises(UsageError, match=rf"^row: expected a whole number from 0 to 2, got {value!r}$"):
        found.to_json(row=value)
    assert found.to_json(digits=np.int64(3), row=np.int64(1)) == found.to_json(digits=3, row=1)
