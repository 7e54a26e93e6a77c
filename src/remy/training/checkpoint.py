"""The checkpoint file: everything a training run needs to go on exactly where it was.

One ``.safetensors`` file of tensors with a JSON record in its header, no pickle. It is written beside the old
one and renamed over it, so a killed writer or a full disk leaves the previous checkpoint.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from remy.errors import ModelFileError
from remy.io import tensor_file

FORMAT_VERSION = 1
_KEY = "remy_checkpoint"


@dataclass(frozen=True)
class Checkpoint:
    """Tensors by name, and a record that JSON can hold."""

    tensors: dict[str, np.ndarray[Any, Any]]
    record: dict[str, Any]


def write(path: Path, checkpoint: Checkpoint) -> None:
    """Write `checkpoint` to `path`, wholly or not at all.

    Raises
    ------
    DataError
        If the disk is full or the directory cannot be written; an older checkpoint at `path` is still there.
    """
    header = {
        "format_version": FORMAT_VERSION,
        "crc32": {name: _crc(tensor) for name, tensor in checkpoint.tensors.items()},
        "record": checkpoint.record,
    }
    tensor_file.write(path, checkpoint.tensors, {_KEY: json.dumps(header)})


def read(path: Path) -> Checkpoint:
    """Read and check a checkpoint.

    Raises
    ------
    ModelFileError
        If the file is missing, cut short, damaged, of another kind or of a future version.
    """
    tensors, metadata = tensor_file.read(path)
    header = _header(path, metadata)
    checksums: Mapping[str, int] = header["crc32"]
    if set(checksums) != set(tensors):
        odd = min(set(checksums) ^ set(tensors))
        raise ModelFileError(f"{path}: the checkpoint's record and its tensors differ at '{odd}'")
    for name, tensor in tensors.items():
        if _crc(tensor) != checksums[name]:
            raise ModelFileError(
                f"{path}: damaged: tensor '{name}' does not have the checksum it was written with"
            )
    return Checkpoint(tensors, header["record"])


def _header(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    try:
        header = json.loads(metadata[_KEY])
        version = int(header["format_version"])
        complete = isinstance(header["record"], dict) and isinstance(header["crc32"], dict)
    except (KeyError, TypeError, ValueError):
        complete, version, header = False, FORMAT_VERSION, {}
    if not complete:
        raise ModelFileError(f"{path}: not a checkpoint of Remy: its header has no usable '{_KEY}' record")
    if version > FORMAT_VERSION:
        raise ModelFileError(
            f"{path}: has checkpoint format {version}, this Remy reads up to {FORMAT_VERSION}; "
            "update with `pip install --upgrade remy-rnn`"
        )
    return dict(header)


def _crc(tensor: np.ndarray[Any, Any]) -> int:
    return zlib.crc32(np.ascontiguousarray(tensor).tobytes())
