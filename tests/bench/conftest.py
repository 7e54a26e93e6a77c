"""Numbers of threads stay in the test that sets them."""

from collections.abc import Iterator

import pytest

from remy.training.machine import own_threads


@pytest.fixture(autouse=True)
def _threads_of_its_own() -> Iterator[None]:
    with own_threads(None):
        yield
