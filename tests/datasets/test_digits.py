"""The digits without scikit-learn."""

from __future__ import annotations

import sys

import pytest

from remy.datasets.digits import make_digits
from remy.errors import DataError


def test_without_scikit_learn_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(DataError, match=r"^digits: .*`python -m pip install scikit-learn`\.$"):
        make_digits()
