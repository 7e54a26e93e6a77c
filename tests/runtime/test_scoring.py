"""Scores against the reference, and streams against one pass."""

from __future__ import annotations

import math

import numpy as np
import pytest

from remy.runtime import scoring
from remy.runtime.network import RecurrentNetwork
from tests.runtime import oracle, small_models


def text_ids(count: int) -> np.ndarray:
    return np.random.default_rng(2).integers(0, len(small_models.ALPHABET), count).astype(np.intp)


def runner(seed: int = 0, **changes: object) -> RecurrentNetwork:
    model = small_models.model_file(seed, **changes)
    return RecurrentNetwork(model.architecture, model.tensors)


@pytest.mark.parametrize("count", [2, 3, 50, 401])
def test_one_stream_is_one_pass_with_the_state_carried(count: int) -> None:
    ids = text_ids(count)
    assert scoring.mean_nats(runner(), ids, 1) == pytest.approx(
        oracle.nats(small_models.model_file(), ids), rel=1e-5
    )


def test_chunks_do_not_change_the_score(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = text_ids(100)
    whole = scoring.mean_nats(runner(), ids, 1)
    monkeypatch.setattr(scoring, "_LOGITS", 7 * len(small_models.ALPHABET))
    assert scoring.mean_nats(runner(), ids, 1) == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize("streams", [2, 3, 7, 12])
@pytest.mark.parametrize("count", [13, 100, 1203])
def test_streams_with_enough_warm_up_give_the_score_of_one_pass(
    streams: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = text_ids(count)
    # With the whole text before it as warm-up every stream finds exactly the state of the single pass.
    monkeypatch.setattr(scoring, "WARM_UP", count)
    network = runner()
    assert scoring.mean_nats(network, ids, streams) == pytest.approx(
        scoring.mean_nats(network, ids, 1), rel=1e-6
    )


def test_the_usual_warm_up_is_enough_for_a_forgetful_network() -> None:
    ids = text_ids(6000)
    network = runner()
    assert scoring.mean_nats(network, ids, 4) == pytest.approx(scoring.mean_nats(network, ids, 1), rel=1e-6)


def test_short_texts_are_read_in_one_pass_and_long_ones_in_streams() -> None:
    counts = [scoring.stream_count(size) for size in (1, 32_767, 32_768, 100_000, 10_000_000)]
    assert counts == [1, 1, 2, 6, 32]


def test_bits_are_nats_in_base_two() -> None:
    score = scoring.Score.of(math.log(2) * 1.5, 10, 3)
    assert score.bits_per_character == pytest.approx(1.5)
    assert (score.characters, score.dropped) == (10, 3)
