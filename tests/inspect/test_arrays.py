"""A trace as a file: whole there and back, and what is no whole trace is refused."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.lib import format as npy

from remy.errors import DataError
from remy.inspect import LayerTrace, Trace
from remy.inspect.arrays import load_trace
from remy.inspect.fitting import SHAPES
from remy.inspect.rounding import to_record
from remy.inspect.schema import from_json
from remy.io import atomic
from tests.inspect.made import MAKERS, ROWS, STEPS, UNITS


def assert_equal(found: Any, expected: Any, place: str = "trace") -> None:
    """Assert that two values are the same in type, and arrays in dtype, shape and every bit."""
    assert type(found) is type(expected), place
    if is_dataclass(expected):
        for field in fields(expected):
            assert_equal(getattr(found, field.name), getattr(expected, field.name), f"{place}.{field.name}")
    elif isinstance(expected, np.ndarray):
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape), place
        assert found.tobytes() == expected.tobytes(), place
    elif isinstance(expected, tuple):
        assert len(found) == len(expected), place
        for index, pair in enumerate(zip(found, expected, strict=True)):
            assert_equal(*pair, f"{place}[{index}]")
    else:
        assert found == expected, place


@pytest.mark.parametrize("kind", MAKERS)
def test_a_trace_is_read_back_equal(tmp_path: Path, kind: str) -> None:
    trace = MAKERS[kind]()
    path = tmp_path / "trace.npz"
    trace.save(path)
    found = load_trace(str(path))
    assert_equal(found, trace)
    assert found.to_json() == trace.to_json()
    assert os.listdir(tmp_path) == ["trace.npz"]


def test_the_kinds_of_traces_cover_every_array_and_its_absence() -> None:
    layers = [layer for kind in MAKERS for layer in MAKERS[kind]().layers]
    for name in ("c", "c_before", "recurrent_part", "held", "gradients"):
        assert {getattr(layer, name) is None for layer in layers} == {False, True}, name
    assert {layer.gradients.c is None for layer in layers if layer.gradients} == {False, True}
    assert {layer.h.dtype for layer in layers} == {np.dtype("f4"), np.dtype("f8")}
    assert any(len(layer.steps) < STEPS and layer.steps[1] > 1 for layer in layers)
    own = {field.name for field in fields(LayerTrace)} - {"name", "direction", "cell", "gate_names"}
    assert {name.partition("/")[0] for name in SHAPES} == own


def test_what_is_not_finite_and_a_text_of_any_kind_survive(tmp_path: Path) -> None:
    trace = MAKERS["names"]()
    scores = trace.scores.copy()
    scores[0, 0] = [np.nan, np.inf, -np.inf, -0.0]
    trace = replace(
        trace,
        scores=scores,
        loss=float("inf"),
        residuals=replace(trace.residuals, reference=float("-inf")),
        items={"": ('"\\', "\x00", "\n", "☃", "", "\ud800", "🎼")},
    )
    trace.save(tmp_path / "a.npz")
    assert_equal(load_trace(tmp_path / "a.npz"), trace)
    assert from_json(json.loads(json.dumps(trace.to_json()))) == to_record(trace)


def test_the_same_trace_makes_the_same_bytes_and_numpy_can_read_them(tmp_path: Path) -> None:
    trace = MAKERS["lstm"]()
    trace.save(tmp_path / "a")
    trace.save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    with np.load(tmp_path / "a", allow_pickle=False) as file:
        np.testing.assert_array_equal(file["layers/0/gates"], trace.layers[0].gates)
        assert json.loads(file["trace.json"])["schema"] == "remy-trace/1"


def test_a_saved_trace_is_read_without_torch(tmp_path: Path) -> None:
    MAKERS["lstm"]().save(tmp_path / "a.npz")
    code = (
        "import sys; from remy.inspect.arrays import load_trace; "
        "load_trace(sys.argv[1]).to_json(); sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.npz")], check=True)


def test_a_file_is_replaced_whole_or_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npz"
    first, second = MAKERS["lstm"](), MAKERS["gru"]()
    first.save(path)
    second.save(path)
    assert_equal(load_trace(path), second)
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(atomic.os, "fsync", full)
        with pytest.raises(DataError, match="No space left on device; nothing was changed"):
            first.save(path)
    with pytest.raises(DataError, match="trace: layers/0/h: expected the shape"):
        replace(first, layers=(replace(first.layers[0], h=first.layers[0].h[1:]),)).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.npz"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot write .*a\.npz: No such file or directory"):
        MAKERS["lstm"]().save(tmp_path / "none" / "a.npz")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"h": np.zeros((ROWS, STEPS, UNITS), int)}, "h: expected floating-point numbers, got an array of"),
        ({"c": None}, "layers/0: array 'c' is missing"),
        ({"gate_names": ("input",)}, "expected the names of the gates of lstm, got 1 names"),
        ({"cell": "elman"}, "layers.0..cell: expected 'simple_rnn_tanh'"),
        ({"steps": np.arange(STEPS)[::-1]}, r"steps: expected rising numbers from 0, got \[6, 5"),
        ({"steps": np.arange(STEPS) - 1}, r"steps: expected rising numbers from 0, got \[-1, 0"),
        ({"recurrent_part": np.zeros((ROWS, STEPS, UNITS))}, "a layer of lstm has no array 'recurrent_part'"),
        ({"name": 7}, r"layers.0..name: expected a valid string, got 7"),
    ],
)  # fmt: skip
def test_a_trace_that_could_not_be_read_back_is_not_written(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    trace = MAKERS["lstm"]()
    with pytest.raises(DataError, match=f"^trace: .*{message}"):
        replace(trace, layers=(replace(trace.layers[0], **changes),)).save(tmp_path / "a.npz")
    assert not os.listdir(tmp_path)


def test_a_cell_state_where_the_cell_has_none_is_not_written(tmp_path: Path) -> None:
    trace = MAKERS["gru"]()
    layer = trace.layers[0]
    assert layer.gradients is not None
    for name, wrong in (
        ("c", replace(layer, c=layer.h)),
        ("gradients/c", replace(layer, gradients=replace(layer.gradients, c=layer.gradients.h))),
    ):
        with pytest.raises(DataError, match=f"layers/0: a layer of gru_reset_after has no array '{name}'"):
            replace(trace, layers=(wrong,)).save(tmp_path / "a.npz")


Change = Callable[[dict[str, Any]], None]


def rewritten(path: Path, trace: Trace, change: Change, **options: Any) -> Path:
    """Save a trace, let `change` edit its members (arrays and the values of the JSON) and write them anew."""
    trace.save(path)
    with zipfile.ZipFile(path) as file:
        members: dict[str, Any] = {name: file.read(name) for name in file.namelist()}
    members["trace.json"] = json.loads(members["trace.json"])
    change(members)
    with zipfile.ZipFile(path, "w", **options) as file:
        for name, value in members.items():
            file.writestr(name, value if isinstance(value, bytes) else json.dumps(value))
    return path


def as_bytes(array: np.ndarray, *, allow_pickle: bool = False) -> bytes:
    buffer = io.BytesIO()
    npy.write_array(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()


def array(name: str, value: np.ndarray) -> Change:
    return lambda members: members.update({f"{name}.npy": as_bytes(value)})


def in_json(**values: Any) -> Change:
    return lambda members: members["trace.json"].update(values)


def in_layer(**values: Any) -> Change:
    return lambda members: members["trace.json"]["layers"][0].update(values)


def without(name: str) -> Change:
    """Take an array out of the file and of the list of what is there."""

    def change(members: dict[str, Any]) -> None:
        del members[f"layers/0/{name}.npy"]
        members["trace.json"]["layers"][0]["arrays"].remove(name)

    return change


def a_pickle(members: dict[str, Any]) -> None:
    members["layers/0/h.npy"] = as_bytes(np.array([print, 1], dtype=object), allow_pickle=True)


def a_huge_shape(members: dict[str, Any]) -> None:
    buffer = io.BytesIO()
    npy.write_array_header_1_0(buffer, {"descr": "<f4", "fortran_order": False, "shape": (10**15,)})
    members["layers/0/h.npy"] = buffer.getvalue() + bytes(16)


def a_forged_header(members: dict[str, Any]) -> None:
    members["layers/0/h.npy"] = members["layers/0/h.npy"].replace(b"}", b" ", 1)


SHAPE = r"expected the shape \(B, T, G, H\) = \(3, 7, 4, 4\), got \(3, 7, 3, 4\)"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (in_json(schema="remy-trace/2"), "expected the schema 'remy-trace/1', got 'remy-trace/2'; trace it"),
        (lambda members: members["trace.json"].pop("schema"), "a mapping that names none"),
        (lambda members: members.update({"trace.json": b"[1]"}), "expected a trace as a mapping of names"),
        (lambda members: members.update({"trace.json": b"{"}), "damaged: Expecting property name"),
        (lambda members: members.pop("trace.json"), "that Trace.save wrote, got a file without trace.json"),
        (lambda members: members["trace.json"].pop("loss"), "trace.json: field loss is missing"),
        (in_json(looss=1), "trace.json: unknown field 'looss'; did you mean 'loss'"),
        (in_json(loss="1"), "trace.json: loss: expected a valid number, got '1'"),
        (in_json(outputs=["a"]), "outputs: expected a name for each of 4 scores, got 1"),
        (in_layer(cell="elman"), r"trace.json: layers\[0\]\.cell: expected 'simple_rnn_tanh'"),
        (in_layer(cell="gru_reset_after"), "expected the names of the gates of gru_reset_after, got 4 names"),
        (in_layer(gate_names=[]), "expected the names of the gates of lstm, got 0 names"),
        (in_layer(arrays=[]), "holds 'layers/0/steps.npy', which is no part of this trace"),
        (lambda members: members["trace.json"]["layers"].clear(), "holds 'layers/0/steps.npy', which is no"),
        (lambda members: members.pop("layers/0/gates.npy"), "array 'layers/0/gates' is missing"),
        (lambda members: members.pop("scores.npy"), "array 'scores' is missing"),
        (without("gates"), "layers/0: array 'gates' is missing"),
        (without("c_before"), "layers/0: array 'c_before' is missing"),
        (without("jacobians/state"), "layers/0: array 'jacobians/state' is missing"),
        (without("gradients/x"), "layers/0: array 'gradients/x' is missing"),
        (lambda members: members.update({"evil.npy": pickle.dumps(1)}), "holds 'evil.npy', which is no part"),
        (array("layers/0/gates", np.zeros((3, 7, 3, 4), "f4")), "layers/0/gates: " + SHAPE),
        (array("layers/0/recurrent_kernel", np.zeros((4, 12), "f4")), r"\(H, W\) = \(4, 16\), got \(4, 12\)"),
        (array("layers/0/gradients/x", np.zeros((3, 7), "f4")), r"\(B, T, I\) = \(3, 7, I\), got \(3, 7\)"),
        (array("layers/0/valid", np.zeros((3, 7), int)), "valid: expected booleans, got an array of int64"),
        (array("layers/0/steps", np.zeros(7)), "steps: expected whole numbers, got an array of float64"),
        (array("layers/0/steps", np.zeros(7, int)), "steps: expected rising numbers from 0"),
        (array("scores", np.array("a")), "scores: expected floating-point numbers, got an array of <U1"),
        (array("scores", np.array(1.0)), "scores: expected an answer for each row, got a single number"),
        (array("probabilities", np.zeros((3, 7))), r"probabilities: expected the shape of the scores \(3,"),
        (a_pickle, "array 'layers/0/h' holds Python objects, a pickle; it is not read"),
        (a_huge_shape, "array 'layers/0/h' is damaged: Unable to allocate"),
        (a_forged_header, "array 'layers/0/h' is damaged: "),
        (lambda members: members.update({"layers/0/h.npy": b"nothing"}), "array 'layers/0/h' is damaged: "),
    ],
)  # fmt: skip
def test_what_is_no_whole_trace_is_refused_in_a_sentence(
    tmp_path: Path, change: Change, message: str
) -> None:
    path = rewritten(tmp_path / "a.npz", MAKERS["names"](), change)
    with pytest.raises(DataError, match=message) as raised:
        load_trace(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert "\n" not in str(raised.value)


def test_rewriting_alone_changes_nothing_but_compressing_is_refused(tmp_path: Path) -> None:
    trace = MAKERS["names"]()
    assert_equal(load_trace(rewritten(tmp_path / "a.npz", trace, lambda members: None)), trace)
    path = rewritten(tmp_path / "b.npz", trace, lambda members: None, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(
        DataError, match=r"expected 'trace\.json' as Trace\.save writes it, got it compressed"
    ):
        load_trace(path)


def test_a_file_that_is_no_npz_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with pytest.raises(DataError, match="cannot read the trace: No such file or directory"):
        load_trace(path)
    with pytest.raises(DataError, match="cannot read the trace: Is a directory"):
        load_trace(tmp_path)
    for content in (b"", b"nothing", as_bytes(np.zeros(3)), pickle.dumps({"schema": "remy-trace/1"})):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"not an \.npz file, or damaged: File is not a zip file"):
            load_trace(path)
    np.savez(path, x=np.zeros(3))
    with pytest.raises(DataError, match=r"that Trace\.save wrote, got a file without trace\.json"):
        load_trace(path)


def test_a_file_with_a_wrong_byte_or_an_end_too_early_is_refused_or_means_the_same(tmp_path: Path) -> None:
    trace = MAKERS["simple"]()
    path = tmp_path / "a.npz"
    trace.save(path)
    whole = path.read_bytes()
    generator = torch.Generator().manual_seed(3)
    places = torch.randint(0, len(whole), (300,), generator=generator).tolist()
    # The ends of a .zip, where it says what it holds, are the parts that no checksum covers.
    places += range(len(whole) - 150, len(whole))
    refused = 0
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        try:
            found = load_trace(path)
        except DataError:
            refused += 1
        else:
            assert_equal(found, trace)
    assert refused > len(places) // 2
    for end in range(0, len(whole), 997):
        path.write_bytes(whole[:end])
        with pytest.raises(DataError):
            load_trace(path)
