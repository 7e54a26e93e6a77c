"""Loading what was trained."""

from __future__ import annotations

from pathlib import Path

from remy import runtime
from remy.tasks.language_model import LanguageModel


def load(path: str | Path) -> LanguageModel:
    """Load a trained model from a run directory or a model file. torch is not needed.

    Parameters
    ----------
    path
        A run directory (its ``model.safetensors`` is read) or a ``.safetensors`` file.

    Raises
    ------
    ModelFileError
        If there is no usable model, with the first thing that is wrong.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> model = LanguageModel(units=4, layers=1, epochs=1, steps=20).fit("what is past is prologue. " * 20)
    >>> model.save(path)
    >>> load(path).predict("what ") == model.predict("what ")
    True
    """
    return LanguageModel._of(runtime.load(path))
