"""Cutting records into what is learned from, validated on and scored on."""

from __future__ import annotations

import numpy as np
import pytest

from remy.errors import DataError
from remy.tasks.writing.splitting import split_three


def test_every_record_is_in_one_part_and_a_key_never_in_two() -> None:
    keys = [f"word {number * 37 % 200 % 70}" for number in range(200)]
    parts = split_three(keys, split=0.8, held_out=0.1, seed=3, name="words")
    assert sorted(np.concatenate(parts).tolist()) == list(range(200))
    kinds = [{keys[place] for place in part} for part in parts]
    assert [len(kind) for kind in kinds] == [56, 7, 7]
    assert len(set.union(*kinds)) == 70
    assert all((np.diff(part) > 0).all() for part in parts)


def test_the_seed_chooses_and_the_order_is_random() -> None:
    one, again, other = (
        split_three(range(100), split=0.8, held_out=0.1, seed=s, name="n") for s in (1, 1, 2)
    )
    assert [part.tolist() for part in one] == [part.tolist() for part in again]
    assert one[2].tolist() != other[2].tolist()
    assert one[2].tolist() != list(range(90, 100))


def test_too_few_are_refused() -> None:
    assert [len(p) for p in split_three("abc", split=0.9, held_out=0.05, seed=0, name="n")] == [1, 1, 1]
    with pytest.raises(DataError, match="n: 2 different records are too few to hold some out"):
        split_three("abab", split=0.9, held_out=0.05, seed=0, name="n")
