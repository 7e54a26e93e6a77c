"""The model file: a network's weights and everything needed to run them, in one ``.safetensors`` file.

The weights lie under Keras-style names (:func:`remy.io.architecture.expected_tensors`). The metadata key
``remy`` holds a JSON object:

========================  ============================================================================
``format_version``        1
``crc32``                 CRC-32 of the rest of this object (keys sorted, no spaces), eight hex digits
``library_version``       the version of Remy that wrote the file
``task``                  ``language_model``, ``classifier``, ``regressor``, ``tagger``, ``forecaster``,
                          ``translator``, ``captioner``, ``piano_roll``
``architecture``          settings of the network
``tokenizer``             how the input becomes numbers: a tokenizer, vocabularies or a scaler; or null
``labels``                names of the classes, or null
``metrics``               scores, with the name and SHA-256 of the data they were measured on
``golden``                a short input and the output it gave when the file was written, or null
``tensors``               CRC-32 of every tensor's bytes, by name
========================  ============================================================================

The golden example of a language model is ``{"prompt": "ROMEO:", "next": [["\\n", 0.98], ...]}``: the most
probable next characters with their probabilities; those of the other tasks are described in
``remy.runtime.golden_answer``, ``golden_tags``, ``golden_forecast`` and ``writer``. Each model's ``verify``
replays it.
The tokenizer of a language model of music also has its text's ``notation``: ``abc`` or ``midi``.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import remy
from remy.errors import ModelFileError
from remy.io import tensor_file
from remy.io.architecture import expected_tensors

FORMAT_VERSION = 1

#: Version -> function that turns that version's header into the next version's. None is needed yet.
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}

_FIELDS: dict[str, tuple[type, ...]] = {
    "library_version": (str,),
    "task": (str,),
    "architecture": (dict,),
    "tokenizer": (dict, type(None)),
    "labels": (list, type(None)),
    "metrics": (dict,),
    "golden": (dict, type(None)),
    "tensors": (dict,),
}


@dataclass(frozen=True)
class ModelFile:
    """A trained network in memory: what :func:`read` returns and :func:`write` takes.

    Attributes
    ----------
    task
        What the network does.
    architecture
        Settings of the network, see :func:`remy.io.architecture.expected_tensors`.
    tensors
        float32 arrays by name, exactly those the architecture asks for.
    tokenizer
        For example ``{"kind": "character", "vocabulary": ["\\n", " ", ...]}``.
    labels
        Names of the classes, where the task has classes.
    metrics
        Scores and what they were measured on.
    golden
        A short input with its output.
    library_version
        The version of Remy that wrote it.
    """

    task: str
    architecture: dict[str, Any]
    tensors: dict[str, NDArray[np.float32]]
    tokenizer: dict[str, Any] | None = None
    labels: list[str] | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    golden: dict[str, Any] | None = None
    library_version: str = remy.__version__


def write(path: str | Path, model: ModelFile) -> None:
    """Write `model` to `path` in one step; what it holds is checked first, as :func:`read` would.

    Raises
    ------
    ModelFileError
        If a tensor is missing, too many, of the wrong shape or dtype, or holds NaN or infinity.
    DataError
        If the file cannot be written. What was there before is untouched.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from remy.io.architecture import expected_tensors
    >>> architecture = {"kind": "language_model", "vocabulary_size": 2, "embedding_size": 3,
    ...     "cell": "lstm", "units": 4, "layers": 1, "reset_after": True, "activation": "tanh",
    ...     "residual": False, "tied": False}
    >>> tensors = {n: np.zeros(s, np.float32) for n, s in expected_tensors(architecture).items()}
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> write(path, ModelFile("language_model", architecture, tensors))
    >>> read(path).architecture["units"]
    4
    """
    expected = _expected(path, model.architecture)
    _same_names(path, expected, model.tensors)
    for name, shape in expected.items():
        tensor = model.tensors[name]
        _same_layout(path, name, shape, tuple(tensor.shape), str(tensor.dtype))
        _finite(path, name, tensor)
    body = {
        "library_version": model.library_version,
        "task": model.task,
        "architecture": model.architecture,
        "tokenizer": model.tokenizer,
        "labels": model.labels,
        "metrics": model.metrics,
        "golden": model.golden,
        "tensors": {name: _crc32(tensor) for name, tensor in model.tensors.items()},
    }
    try:
        check = _header_crc32(body)
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"{path}: the header cannot be written as JSON: {error}.") from error
    header = {"format_version": FORMAT_VERSION, "crc32": check, **body}
    tensor_file.write(path, model.tensors, {"remy": json.dumps(header, allow_nan=False)})


def read(path: str | Path) -> ModelFile:
    """Read the model file at `path`, checked whole: nothing half-loads.

    Sizes are checked against the length of the file before anything is allocated; then the format version,
    the header, and every tensor's name, shape, dtype, checksum and finiteness against the architecture.

    Raises
    ------
    ModelFileError
        Naming the file and the first thing that differs.
    """
    with tensor_file.open_file(path) as stream:
        contents = tensor_file.read_contents(path, stream)
        header = _header(path, contents.metadata)
        expected = _expected(path, header["architecture"])
        _same_names(path, expected, contents.entries)
        for name, shape in expected.items():
            entry = contents.entries[name]
            _same_layout(path, name, shape, entry.shape, str(tensor_file.DTYPES[entry.dtype]))
        tensors = {}
        for name in expected:
            tensor = tensor_file.read_array(path, stream, name, contents.entries[name])
            promised, found = header["tensors"].get(name), _crc32(tensor)
            if promised != found:
                raise ModelFileError(
                    f"{path}: damaged: tensor '{name}' has CRC-32 {found}, the header says {promised}."
                )
            _finite(path, name, tensor)
            tensors[name] = tensor
    return ModelFile(**{**header, "tensors": tensors})


def read_task(path: str | Path) -> str:
    """Return the task of the model file at `path`; only its header is read, and checked.

    Raises
    ------
    ModelFileError
        Naming the file and the first thing that is wrong with its header.
    """
    task: str = read_header(path)["task"]
    return task


def read_header(path: str | Path) -> dict[str, Any]:
    """Return what the model file at `path` says of itself, see above; no weight is read, nor checked.

    Raises
    ------
    ModelFileError
        Naming the file and the first thing that is wrong with its header.
    """
    with tensor_file.open_file(path) as stream:
        return _header(path, tensor_file.read_contents(path, stream).metadata)


def _header(path: str | Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return the checked header of the current version, without ``format_version`` and ``crc32``."""
    if "remy" not in metadata:
        raise ModelFileError(f"{path}: a safetensors file, but not one of Remy's: it has no 'remy' header.")
    try:
        header = json.loads(metadata["remy"])
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{path}: damaged: its 'remy' header is not JSON.") from error
    version = header.pop("format_version", None) if isinstance(header, dict) else None
    if type(version) is not int:
        raise ModelFileError(f"{path}: damaged: its 'remy' header has no format version.")
    if version > FORMAT_VERSION:
        raise ModelFileError(
            f"{path}: has format version {version}, this Remy {remy.__version__} reads up to "
            f"{FORMAT_VERSION}; update with `pip install --upgrade remy-rnn`."
        )
    promised = header.pop("crc32", None)
    found = _header_crc32(header)
    if promised != found:
        raise ModelFileError(f"{path}: damaged: its header has CRC-32 {found}, but says {promised}.")
    for old in range(version, FORMAT_VERSION):
        if old not in MIGRATIONS:
            raise ModelFileError(
                f"{path}: has format version {version}, which Remy {remy.__version__} cannot read."
            )
        header = MIGRATIONS[old](header)
    for name, types in _FIELDS.items():
        if not isinstance(header.get(name), types):
            raise ModelFileError(f"{path}: damaged: the header's '{name}' is missing or of the wrong kind.")
    return {name: header[name] for name in _FIELDS}


def _expected(path: str | Path, architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    try:
        return expected_tensors(architecture)
    except ModelFileError as error:
        raise ModelFileError(f"{path}: {error}") from None


def _same_names(path: str | Path, expected: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    for name in expected:
        if name not in found:
            raise ModelFileError(f"{path}: tensor '{name}' is missing.")
    for name in found:
        if name not in expected:
            raise ModelFileError(f"{path}: tensor '{name}' does not belong to this architecture.")


def _same_layout(
    path: str | Path, name: str, expected: tuple[int, ...], shape: tuple[int, ...], dtype: str
) -> None:
    if shape != expected:
        raise ModelFileError(f"{path}: tensor '{name}': expected shape {expected}, got {shape}.")
    if dtype != "float32":
        raise ModelFileError(f"{path}: tensor '{name}': expected dtype float32, got {dtype}.")


def _finite(path: str | Path, name: str, tensor: NDArray[Any]) -> None:
    # A float64 sum of finite float32 values is finite; this needs no array of flags.
    with np.errstate(invalid="ignore"):
        total = tensor.sum(dtype=np.float64)
    if not np.isfinite(total):
        raise ModelFileError(f"{path}: tensor '{name}' holds NaN or infinity.")


def _crc32(tensor: NDArray[Any]) -> str:
    data = np.ascontiguousarray(tensor, dtype=tensor.dtype.newbyteorder("<"))
    return f"{zlib.crc32(data.reshape(-1).view(np.uint8).data):08x}"


def _header_crc32(body: dict[str, Any]) -> str:
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return f"{zlib.crc32(canonical.encode()):08x}"
