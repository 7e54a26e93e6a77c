"""The way to scikit-learn, which comes with the extra `train` and is imported at first use."""

from __future__ import annotations

import importlib
from typing import Any

from remy.errors import UsageError

#: What to do about a missing scikit-learn.
INSTALL = "pip install 'remy-rnn[train]'"


def scikit_learn(part: str, *, asker: str) -> Any:
    """Import a part of scikit-learn.

    Parameters
    ----------
    part
        A module below ``sklearn``, such as ``linear_model``.
    asker
        Who needs it, for the message.

    Raises
    ------
    UsageError
        If scikit-learn is not installed; it says what to install.

    Examples
    --------
    >>> scikit_learn("linear_model", asker="Ridge").Ridge().alpha
    1.0
    """
    try:
        return importlib.import_module(f"sklearn.{part}")
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("sklearn"):
            raise
        raise UsageError(f"{asker}: scikit-learn is not installed; {INSTALL}") from None
