"""Files as a browser uploads them."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np

from remy.lab.schemas.own import Uploaded


def uploaded(name: str, content: bytes | str, column: str | None = None) -> Uploaded:
    """Return a file's question."""
    body = content.encode() if isinstance(content, str) else content
    return Uploaded(kind="uploaded", name=name, content=base64.b64encode(body).decode(), column=column)


def npy(array: Any) -> bytes:
    """Return the bytes of a ``.npy`` file."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def npz(**arrays: Any) -> bytes:
    """Return the bytes of a ``.npz`` file, compressed."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()
