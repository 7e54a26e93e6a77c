"""The validation score while training."""

import numpy as np
import pytest
import torch

from remy.models import LanguageNetwork
from remy.training.validation import validate
from tests.models.test_language import network_with_random_weights
from tests.training import tiny


@pytest.fixture
def network() -> LanguageNetwork:
    return network_with_random_weights(vocabulary_size=7)


def whole_loss(network: LanguageNetwork, ids: np.ndarray[tuple[int], np.dtype[np.int32]]) -> float:
    row = torch.from_numpy(ids.astype(np.int64))[None]
    with torch.no_grad():
        logits, _ = network(row[:, :-1])
    return float(torch.nn.functional.cross_entropy(logits[0].double(), row[0, 1:], reduction="sum"))


@pytest.mark.parametrize("length", [2, 3, 50, 499, 501])
def test_one_stream_is_one_pass_over_the_text(network: LanguageNetwork, length: int) -> None:
    ids = tiny.ids(length)
    expected = whole_loss(network, ids) / (length - 1)
    assert validate(network, ids, batch_size=8, steps=16) == pytest.approx(expected, rel=1e-5)


def test_several_streams_score_every_character_but_the_first_once(network: LanguageNetwork) -> None:
    ids = tiny.ids(1603)
    # 1602 pairs in 3 streams of 534, each from a zero state.
    parts = [ids[0:535], ids[534:1069], ids[1068:1603]]
    expected = sum(whole_loss(network, part) for part in parts) / 1602
    assert validate(network, ids, batch_size=8, steps=100) == pytest.approx(expected, rel=1e-5)


def test_what_is_left_over_is_scored_too(network: LanguageNetwork) -> None:
    ids = tiny.ids(1605)
    parts = [ids[0:535], ids[534:1069], ids[1068:1603], ids[1602:1605]]
    expected = sum(whole_loss(network, part) for part in parts) / 1604
    assert validate(network, ids, batch_size=8, steps=100) == pytest.approx(expected, rel=1e-5)


def test_it_draws_no_random_number_and_leaves_the_mode_as_it_was(network: LanguageNetwork) -> None:
    network.dropout = 0.5
    before = torch.get_rng_state()
    for training in (True, False):
        network.train(training)
        validate(network, tiny.ids(100), batch_size=2, steps=16)
        assert network.training is training
    assert torch.equal(torch.get_rng_state(), before)
