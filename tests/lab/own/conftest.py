"""A lab with a run of every task, trained once."""

from __future__ import annotations

from pathlib import Path

import pytest

from remy.lab.library import Library
from tests.lab import trained


@pytest.fixture(scope="session")
def library() -> Library:
    """The models of the runs, and none that ship with the lab."""
    return Library(trained.runs(), shipped=Path("nowhere"))
