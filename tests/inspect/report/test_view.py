"""Which layer and steps are shown."""

import numpy as np
import pytest
import torch

from remy.errors import UsageError
from remy.inspect import trace
from remy.inspect.report import choose_layer, choose_steps
from remy.layers import GRU, LSTM, Bidirectional, Sequential
from tests.inspect.made import Words


def test_a_layer_is_known_by_its_name_or_its_number_among_the_names() -> None:
    network = Sequential([Bidirectional(LSTM(2, return_sequences=True)), GRU(3)])
    found = trace(network, torch.ones(1, 4, 2))
    names = [layer.name for layer in found.layers]
    assert names[0] == names[1] != names[2]
    assert choose_layer(found, "1") is choose_layer(found, names[2]) is found.layers[2]
    assert choose_layer(found, "0", "backward") is found.layers[1]


@pytest.mark.parametrize(
    ("which", "direction", "message"),
    [
        ("2", None, "layer: expected 0 to 0, or lstm; got 2"),
        ("-1", None, "layer: expected 0 to 0, or lstm; got -1"),
        ("gru", None, "layer: expected 0 to 0, or lstm; got 'gru'"),
        (None, "backward", "direction: lstm does not run backward"),
        (None, "up", "direction: expected one of forward, backward, got 'up'"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(
    which: str | None, direction: str | None, message: str
) -> None:
    found = trace(LSTM(2), torch.ones(1, 4, 2))
    with pytest.raises(UsageError, match=message):
        choose_layer(found, which, direction)


def test_the_words_come_before_their_letters() -> None:
    found = trace(Words(), torch.ones(1, 5, 6))
    letters, words = found.layers
    assert (len(letters.valid), len(words.valid)) == (5, 1)
    assert choose_layer(found) is words


def test_of_rows_of_its_own_a_layer_shows_all() -> None:
    found = trace(Words(), torch.rand(1, 2, 6))
    view = choose_steps(found, found.layers[0], [1, 2])
    assert view.labels == ["0:1", "0:2", "1:1", "1:2"]
    np.testing.assert_array_equal(view.of(found.layers[0].h)[2], found.layers[0].h[1, 1])
    assert view.answers is None


def test_only_the_chosen_steps_are_shown_and_the_others_counted() -> None:
    found = trace(LSTM(2, return_sequences=True), torch.ones(1, 9, 2), stride=2)
    layer = found.layers[0]
    view = choose_steps(found, layer, list(range(2, 9)), 3)
    assert view.labels == ["2", "4", "6"]
    assert view.left_out == 1
    np.testing.assert_array_equal(view.answers, found.scores[0, [2, 4, 6]])
    with pytest.raises(UsageError, match="step: expected 0 to 8 in lstm, got 9"):
        choose_steps(found, layer, [9])
    with pytest.raises(UsageError, match="the stride keeps every 2th"):
        choose_steps(found, layer, [3])
