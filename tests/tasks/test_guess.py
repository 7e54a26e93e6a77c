"""Which task a file is for."""

import pytest

from remy.errors import UsageError
from remy.tasks.guess import guess_task


@pytest.mark.parametrize("location", ["plays.txt", "shakespeare", "-", "README.md", "a.b/c"])
def test_running_text_is_for_a_language_model(location: str) -> None:
    assert guess_task(location).task == "language_model"


@pytest.mark.parametrize("location", ["a.csv", "A.CSV", "b.jsonl", "c.parquet"])
def test_records_are_not_guessed(location: str) -> None:
    with pytest.raises(UsageError, match="give --task language_model"):
        guess_task(location)
