"""The written digits that scikit-learn carries, as a file of sequences: each row of a picture is a step."""

from __future__ import annotations

import io

import numpy as np

from remy.errors import DataError


def make_digits() -> bytes:
    """Return the digits as a ``.npz`` file: x (1797, 8, 8) float32 from 0 to 16, y (1797,) from 0 to 9.

    Raises
    ------
    DataError
        If scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise DataError(
            "digits: they come with scikit-learn, which is missing; `python -m pip install scikit-learn`."
        ) from error
    found = load_digits()
    file = io.BytesIO()
    np.savez_compressed(file, x=found.images.astype(np.float32), y=found.target.astype(np.int64))
    return file.getvalue()
