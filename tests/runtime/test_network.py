"""The network on the core against the reference cells, stepped, chunked and whole."""

from __future__ import annotations

import copy
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from remy import _core
from remy.errors import ShapeError
from remy.runtime.network import RecurrentNetwork
from tests.runtime import oracle, small_models
from tests.tolerances import assert_close

ARCHITECTURES = [
    {"cell": "lstm"},
    {"cell": "gru", "reset_after": True},
    {"cell": "gru", "reset_after": False},
    {"cell": "simple_rnn", "activation": "tanh"},
    {"cell": "simple_rnn", "activation": "relu"},
    {"cell": "simple_rnn", "activation": "linear", "layers": 1},
    {"cell": "lstm", "layers": 3, "residual": True},
    {"cell": "lstm", "layers": 2, "residual": True, "embedding_size": 7},
    {"cell": "gru", "tied": True, "embedding_size": 7},
    {"cell": "lstm", "units": 1, "layers": 1, "embedding_size": 1},
    {"cell": "lstm", "units": 63, "layers": 1},
]


def network(**changes: Any) -> RecurrentNetwork:
    model = small_models.model_file(**changes)
    return RecurrentNetwork(model.architecture, model.tensors)


def some_ids(*shape: int) -> np.ndarray:
    return np.random.default_rng(9).integers(0, len(small_models.ALPHABET), shape).astype(np.intp)


@pytest.mark.parametrize("changes", ARCHITECTURES, ids=str)
def test_a_sequence_gives_the_references_logits(changes: dict[str, Any]) -> None:
    model = small_models.model_file(**changes)
    # A relu without bounds grows with every step, and with it the float32 error: few steps there.
    ids = some_ids(8, 3)
    runner = RecurrentNetwork(model.architecture, model.tensors)
    actual = runner.sequence(ids, runner.zero_state(3))
    assert_close(actual, oracle.logits(model, ids), dtype=np.float32, steps=8)


@pytest.mark.parametrize("changes", ARCHITECTURES, ids=str)
def test_whole_and_chunked_and_stepped_agree(changes: dict[str, Any]) -> None:
    runner = network(**changes)
    ids = some_ids(7, 2)
    whole_state, chunked_state, stepped_state = (runner.zero_state(2) for _ in range(3))
    whole = runner.sequence(ids, whole_state)
    chunked = np.concatenate([runner.sequence(ids[cut], chunked_state) for cut in (slice(0, 3), slice(3, 7))])
    stepped = np.stack([runner.step(row, stepped_state).copy() for row in ids])
    assert_close(chunked, whole, dtype=np.float32, steps=7)
    assert_close(stepped, whole, dtype=np.float32, steps=7)
    for state in (chunked_state, stepped_state):
        for name in ("hidden", "cell"):
            for actual, expected in zip(getattr(state, name), getattr(whole_state, name), strict=True):
                assert_close(actual, expected, dtype=np.float32, steps=7)
        assert_close(state.logits, whole[-1], dtype=np.float32, steps=7)


def test_rows_do_not_meet() -> None:
    runner = network()
    ids = some_ids(6, 4)
    together = runner.sequence(ids, runner.zero_state(4))
    for row in range(4):
        alone = runner.sequence(np.ascontiguousarray(ids[:, row : row + 1]), runner.zero_state())
        assert_close(together[:, row : row + 1], alone, dtype=np.float32, steps=6)


def test_a_masked_step_carries_the_state_on() -> None:
    runner = network()
    ids = some_ids(6, 1)
    mask = np.array([False, True, False, True, True, False])[:, None]
    masked, plain = runner.zero_state(), runner.zero_state()
    runner.sequence(ids, masked, mask)
    runner.sequence(np.ascontiguousarray(ids[mask[:, 0]]), plain)
    for actual, expected in zip(masked.hidden + masked.cell, plain.hidden + plain.cell, strict=True):
        assert_close(actual, expected, dtype=np.float32, steps=3)


def test_a_copied_state_goes_its_own_way() -> None:
    runner = network()
    state = runner.zero_state()
    runner.step(some_ids(1), state)
    copy = state.copy()
    kept = [array.copy() for array in (*copy.hidden, *copy.cell, copy.logits)]
    runner.step(some_ids(1), state)
    for actual, expected in zip((*copy.hidden, *copy.cell, copy.logits), kept, strict=True):
        np.testing.assert_array_equal(actual, expected)
    assert not np.array_equal(state.logits, copy.logits)


def test_an_empty_sequence_changes_nothing() -> None:
    runner = network()
    state = runner.zero_state(2)
    runner.step(some_ids(2), state)
    before = state.copy()
    assert runner.sequence(np.zeros((0, 2), np.intp), state).shape == (0, 2, len(small_models.ALPHABET))
    np.testing.assert_array_equal(state.hidden[0], before.hidden[0])
    np.testing.assert_array_equal(state.logits, before.logits)


def test_the_number_of_threads_does_not_change_a_bit() -> None:
    runner = network(units=17)
    ids = some_ids(9, 11)
    before = _core.get_num_threads()
    try:
        results = []
        for count in (1, 2):
            _core.set_num_threads(count)
            results.append(runner.sequence(ids, runner.zero_state(11)))
    finally:
        _core.set_num_threads(before)
    np.testing.assert_array_equal(results[0], results[1])


def test_threads_may_share_a_network() -> None:
    runner = network(units=33)
    ids = some_ids(4, 200, 1)
    expected = [runner.sequence(part, runner.zero_state()) for part in ids]

    def stepped(part: np.ndarray) -> np.ndarray:
        state = runner.zero_state()
        return np.stack([runner.step(row, state).copy() for row in part])

    with ThreadPoolExecutor(4) as pool:
        for actual, whole in zip(pool.map(stepped, ids), expected, strict=True):
            assert_close(actual, whole, dtype=np.float32, steps=200)


def test_a_step_allocates_no_array() -> None:
    runner = network(units=64, layers=3, residual=True)
    state, ids = runner.zero_state(64), some_ids(64)
    runner.step(ids, state)
    tracemalloc.start()
    try:
        for _ in range(20):
            runner.step(ids, state)
        assert tracemalloc.get_traced_memory()[1] < state.hidden[0].nbytes / 4
    finally:
        tracemalloc.stop()


def test_arrays_of_the_wrong_shape_or_range_are_refused() -> None:
    runner = network()
    state = runner.zero_state(2)
    size = len(small_models.ALPHABET)
    with pytest.raises(ShapeError, match=r"expected ids of shape \(B,\) = \(2,\), got \(3,\)"):
        runner.step(some_ids(3), state)
    with pytest.raises(ShapeError, match=f"expected ids from 0 to {size - 1}, got 0 .. {size}"):
        runner.step(np.array([0, size]), state)
    with pytest.raises(ShapeError, match=r"expected ids of shape \(T, B\) = \(T, 2\), got \(4, 3\)"):
        runner.sequence(some_ids(4, 3), state)
    with pytest.raises(ShapeError, match=r"got -1 \.\. 0"):
        runner.sequence(np.array([[0, -1]]), state)
    with pytest.raises(ShapeError, match="batch of at least 1, got 0"):
        runner.zero_state(0)


def test_one_state_may_be_stepped_by_two_networks_in_turn() -> None:
    files = [small_models.model_file(seed=seed) for seed in (1, 2)]
    first, second = (RecurrentNetwork(file.architecture, file.tensors) for file in files)
    ids, shared = np.array([3]), first.zero_state()
    first.step(ids, shared)
    alone = copy.deepcopy(shared)
    np.testing.assert_array_equal(second.step(ids, shared), second.step(ids, alone))
    np.testing.assert_array_equal(shared.hidden[0], alone.hidden[0])
    first.step(ids, alone)
    second.step(ids, shared)
    assert not np.array_equal(shared.hidden[0], alone.hidden[0])
