"""A trace as an ``.npz`` file, whole: every array as it is, the rest as ``trace.json`` beside them.

Without this module too, ``numpy.load(path)["layers/0/gates"]`` reads an array. No pickle is written or read.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from numpy.lib import format as npy
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from remy.errors import DataError
from remy.inspect.faults import first_fault
from remy.inspect.fitting import SHAPES, expect_answers, expect_layer
from remy.inspect.record import SCHEMA, Array, Gradients, Jacobians, LayerTrace, Residuals, Trace
from remy.inspect.schema import CellName, expect_version
from remy.io.atomic import write_bytes

_JSON = "trace.json"
_Real = Annotated[float, Field(strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Layer(_Part):
    name: str
    direction: Literal["forward", "backward"]
    cell: CellName
    gate_names: tuple[str, ...]
    arrays: tuple[str, ...]


class _Residuals(_Part):
    forward: _Real | None
    reference: _Real | None
    reference_gradients: _Real | None
    finite_differences: _Real | None


class _Rest(_Part):
    """What ``trace.json`` holds; `arrays` are those that are there, by their names in :data:`SHAPES`."""

    version: Literal["remy-trace/1"] = Field(alias="schema")
    layers: tuple[_Layer, ...]
    arrays: tuple[Literal["scores"]] | tuple[Literal["scores"], Literal["probabilities"]]
    items: dict[str, tuple[str, ...]]
    outputs: tuple[str, ...] | None
    loss: _Real | None
    residuals: _Residuals
    held: tuple[str, ...]


def save(trace: Trace, path: str | Path) -> None:
    """Write a trace to `path`, all rows, every array in its own dtype.

    A file that is there is replaced whole or not at all.

    Raises
    ------
    DataError
        If the file cannot be written, or arrays of the trace do not fit together. What was at `path` stays.

    Examples
    --------
    >>> import pathlib, tempfile, torch
    >>> from remy.inspect import trace
    >>> from remy.layers import GRU
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "trace.npz"
    >>> save(trace(GRU(2), torch.ones(3, 5, 1)), path)
    >>> load_trace(path).layers[0].h.shape
    (3, 5, 2)
    """
    layers = [_arrays_of(layer) for layer in trace.layers]
    rest = _rest(trace, layers)
    for index, (layer, own) in enumerate(zip(trace.layers, layers, strict=True)):
        expect_layer(layer.cell, layer.gate_names, own, f"trace: layers/{index}")
    expect_answers(trace.scores, trace.probabilities, trace.outputs, "trace")
    arrays = {f"layers/{index}/{name}": array for index, name, array in _numbered(layers)}
    arrays |= {name: getattr(trace, name) for name in rest.arrays}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        with file.open(_JSON, "w") as member:
            member.write(json.dumps(rest.model_dump(by_alias=True), indent=1).encode())
        for name, array in arrays.items():
            with file.open(f"{name}.npy", "w", force_zip64=True) as member:
                npy.write_array(member, array, allow_pickle=False)
    write_bytes(path, buffer.getbuffer())


def load_trace(path: str | Path) -> Trace:
    """Read a trace that :meth:`remy.inspect.Trace.save` wrote, equal to the one that was saved.

    Parameters
    ----------
    path
        The ``.npz`` file.

    Raises
    ------
    DataError
        If the file cannot be read, is no ``.npz`` file or damaged, is of another version, holds Python
        objects (a pickle, which is never read), or lacks an array or has one of another shape or kind.

    Examples
    --------
    >>> import pathlib, tempfile, torch
    >>> from remy.inspect import load_trace, trace
    >>> from remy.layers import LSTM
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "trace.npz"
    >>> trace(LSTM(2), torch.ones(1, 4, 3)).save(path)
    >>> load_trace(path).layers[0].gate("forget").shape
    (1, 4, 2)
    """
    try:
        with zipfile.ZipFile(path) as file:
            rest = _read_rest(file, str(path))
            arrays = _read_arrays(file, rest, str(path))
    except OSError as error:
        raise DataError(f"{path}: cannot read the trace: {error.strerror or error}") from error
    except zipfile.BadZipFile as error:
        raise DataError(f"{path}: not an .npz file, or damaged: {error}") from error
    except (EOFError, KeyError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise DataError(f"{path}: damaged: {error}") from error
    layers = []
    for index, about in enumerate(rest.layers):
        own = {name: arrays[f"layers/{index}/{name}"] for name in about.arrays}
        expect_layer(about.cell, about.gate_names, own, f"{path}: layers/{index}")
        layers.append(_layer(about, own))
    scores, probabilities = arrays["scores"], arrays.get("probabilities")
    expect_answers(scores, probabilities, rest.outputs, str(path))
    return Trace(
        layers=tuple(layers),
        scores=scores,
        probabilities=probabilities,
        residuals=Residuals(**rest.residuals.model_dump()),
        items=rest.items,
        outputs=rest.outputs,
        loss=rest.loss,
        held=rest.held,
    )


def _arrays_of(layer: LayerTrace) -> dict[str, Array]:
    """Return the arrays that a layer has, by their names in `SHAPES`."""
    found: dict[str, Array] = {}
    for name in SHAPES:
        part, _, own = name.rpartition("/")
        array = getattr(getattr(layer, part) if part else layer, own, None)
        if array is not None:
            found[name] = array
    return found


def _numbered(layers: Sequence[Mapping[str, Array]]) -> Iterator[tuple[int, str, Array]]:
    return ((index, name, array) for index, layer in enumerate(layers) for name, array in layer.items())


def _rest(trace: Trace, layers: Sequence[Mapping[str, Array]]) -> _Rest:
    values = {
        "schema": SCHEMA,
        "layers": [
            {
                "name": layer.name,
                "direction": layer.direction,
                "cell": layer.cell,
                "gate_names": layer.gate_names,
                "arrays": tuple(arrays),
            }
            for layer, arrays in zip(trace.layers, layers, strict=True)
        ],
        "arrays": ("scores",) if trace.probabilities is None else ("scores", "probabilities"),
        "items": trace.items,
        "outputs": trace.outputs,
        "loss": trace.loss,
        "residuals": vars(trace.residuals),
        "held": trace.held,
    }
    try:
        return _Rest.model_validate(values)
    except ValidationError as error:
        raise DataError(f"trace: {first_fault(error, _FIELDS)}") from None


def _read_rest(file: zipfile.ZipFile, where: str) -> _Rest:
    if _JSON not in file.namelist():
        raise DataError(f"{where}: expected a trace that Trace.save wrote, got a file without {_JSON}")
    values = json.loads(_bytes_of(file, _JSON, where))
    expect_version(values, where)
    try:
        return _Rest.model_validate(values)
    except ValidationError as error:
        raise DataError(f"{where}: {_JSON}: {first_fault(error, _FIELDS)}") from None


def _read_arrays(file: zipfile.ZipFile, rest: _Rest, where: str) -> dict[str, Array]:
    names: list[str] = list(rest.arrays)
    names += [f"layers/{index}/{name}" for index, layer in enumerate(rest.layers) for name in layer.arrays]
    there = file.namelist()
    missing = next((name for name in names if f"{name}.npy" not in there), None)
    if missing is not None:
        raise DataError(f"{where}: array '{missing}' is missing")
    strange = next((name for name in there if name.removesuffix(".npy") not in (*names, _JSON)), None)
    if strange is not None:
        raise DataError(f"{where}: holds '{strange}', which is no part of this trace")
    found = {}
    for name in names:
        # The whole member first: its checksum is compared before anything of it is believed.
        data = io.BytesIO(_bytes_of(file, f"{name}.npy", where))
        try:
            found[name] = npy.read_array(data, allow_pickle=False)
        except Exception as error:  # at a forged header NumPy raises nearly anything, TokenError too
            if "allow_pickle" in str(error):
                raise DataError(
                    f"{where}: array '{name}' holds Python objects, a pickle; it is not read"
                ) from None
            raise DataError(f"{where}: array '{name}' is damaged: {error}") from error
    return found


def _bytes_of(file: zipfile.ZipFile, name: str, where: str) -> bytes:
    if file.getinfo(name).compress_type != zipfile.ZIP_STORED:  # a small file must not become a large one
        raise DataError(f"{where}: expected '{name}' as Trace.save writes it, got it compressed")
    return file.read(name)


def _layer(about: _Layer, arrays: Mapping[str, Array]) -> LayerTrace:
    def part(prefix: str) -> dict[str, Array]:
        return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}

    gradients: dict[str, Any] = part("gradients/")
    own: dict[str, Any] = {name: array for name, array in arrays.items() if "/" not in name}
    return LayerTrace(
        name=about.name,
        direction=about.direction,
        cell=about.cell,
        gate_names=about.gate_names,
        jacobians=Jacobians(**part("jacobians/")),
        gradients=Gradients(**{"c": None, **gradients}) if gradients else None,
        **{"c": None, "c_before": None, "recurrent_part": None, **own},
    )


_FIELDS = [name for kind in (_Rest, _Layer, _Residuals) for name in kind.model_fields]
