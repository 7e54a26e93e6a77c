"""Batches of similar length."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.data.batches import Batches

LENGTHS = st.lists(st.integers(1, 40), min_size=1, max_size=60)


@given(LENGTHS, st.integers(1, 9), st.integers(1, 120), st.integers(0, 3))
def test_every_epoch_has_every_record_once_within_the_budget(
    lengths: list[int], batch_size: int, batch_tokens: int, epoch: int
) -> None:
    batches = Batches(lengths, batch_size=batch_size, batch_tokens=batch_tokens, seed=5)
    found = batches.epoch(epoch)
    assert len(found) == len(batches)
    assert sorted(np.concatenate(found).tolist()) == list(range(len(lengths)))
    for batch in found:
        longest = max(lengths[place] for place in batch)
        assert len(batch) <= batch_size
        assert len(batch) == 1 or longest * len(batch) <= batch_tokens
        assert lengths[batch[0]] == longest


def test_records_of_a_batch_are_of_similar_length() -> None:
    lengths = np.random.default_rng(0).integers(1, 100, 1000)
    batches = Batches(lengths.tolist(), batch_size=32, batch_tokens=10_000, seed=0)
    spread = [np.ptp(lengths[batch]) for batch in batches.epoch(1)]
    assert max(spread) < 8


def test_batches_follow_from_seed_and_epoch_and_differ_between_epochs() -> None:
    def order(seed: int, epoch: int) -> list[list[int]]:
        batches = Batches([3] * 20, batch_size=4, batch_tokens=100, seed=seed)
        return [batch.tolist() for batch in batches.epoch(epoch)]

    assert order(1, 2) == order(1, 2)
    assert order(1, 2) != order(1, 3)
    assert order(1, 2) != order(2, 2)


@pytest.mark.parametrize("length", [1, 500])
def test_a_record_longer_than_the_budget_is_a_batch_of_its_own(length: int) -> None:
    batches = Batches([length, 1000], batch_size=4, batch_tokens=100, seed=0)
    assert [batch.tolist() for batch in batches.in_order()] == [[1], [0]]
