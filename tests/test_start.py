"""How long it takes to begin, and what is loaded by then."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import pytest


def run(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True).stdout


def median_seconds(*arguments: str) -> float:
    """The median of what Python needs for these arguments, over what it needs for nothing."""

    def seconds(*command: str) -> float:
        start = time.perf_counter()
        run(*command)
        return time.perf_counter() - start

    pairs = [(seconds(*arguments), seconds("-c", "pass")) for _ in range(5)]
    return statistics.median(with_remy - without for with_remy, without in pairs)


def test_importing_remy_loads_neither_torch_nor_numpy_nor_the_core() -> None:
    loaded = run("-c", "import remy, sys; print(*sys.modules)").split()
    assert not {"torch", "numpy", "remy._core"} & set(loaded)


@pytest.mark.slow
def test_importing_remy_takes_less_than_150_milliseconds() -> None:
    assert median_seconds("-c", "import remy") < 0.15


@pytest.mark.slow
def test_the_help_text_comes_within_400_milliseconds() -> None:
    assert median_seconds("-m", "remy.cli", "--help") < 0.4
