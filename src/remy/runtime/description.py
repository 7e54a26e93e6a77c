"""What a trained model is, in plain values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remy.io.model_file import ModelFile


def describe(model: ModelFile, path: str | Path | None, **own: Any) -> dict[str, Any]:
    """Return what a model is, as plain values that JSON can hold.

    Parameters
    ----------
    model
        The model.
    path
        Where it came from, if from a file.
    own
        What only models of its task have.
    """
    return {
        "task": model.task,
        "path": str(path) if path is not None else None,
        "architecture": dict(model.architecture),
        "parameters": sum(int(tensor.size) for tensor in model.tensors.values()),
        "bytes": sum(int(tensor.nbytes) for tensor in model.tensors.values()),
        **own,
        "metrics": model.metrics,
        "golden": model.golden,
        "library_version": model.library_version,
    }
