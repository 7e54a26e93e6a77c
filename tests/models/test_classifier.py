"""The network of a classifier: what it reads, and what it must not."""

from typing import Any

import numpy as np
import pytest
import torch

from remy.data.tokenizer import UNKNOWN_ID
from remy.errors import ModelFileError
from remy.io.architecture import expected_tensors
from remy.models import ClassifierNetwork
from remy.models.pooling import Pooling

POOLINGS = ["last", "mean", "max", "attention"]
NUMBERS = {"vocabulary_size": 0, "embedding_size": 0, "features": 2}


def architecture(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "classifier",
        "vocabulary_size": 11,
        "embedding_size": 5,
        "features": 0,
        "outputs": 3,
        "output": "softmax",
        "pooling": "max",
        "bidirectional": True,
        "cell": "lstm",
        "units": 4,
        "layers": 2,
        "reset_after": True,
        "activation": "tanh",
        **changes,
    }


def network(**changes: Any) -> ClassifierNetwork:
    torch.manual_seed(0)
    made = ClassifierNetwork(architecture(**changes)).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(std=0.4)
    return made


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("bidirectional", [True, False])
def test_what_stands_past_a_row_s_length_changes_nothing(pooling: str, bidirectional: bool) -> None:
    made = network(
        pooling=pooling, bidirectional=bidirectional, vocabulary_size=0, embedding_size=0, features=2
    )
    x, lengths = torch.randn(3, 6, 2), torch.tensor([6, 2, 1])
    expected = [
        made(x[row : row + 1, :length], lengths[row : row + 1]) for row, length in enumerate([6, 2, 1])
    ]
    for padding in (0.0, 1e6):
        padded = x.clone()
        padded[1, 2:] = padding
        padded[2, 1:] = padding
        torch.testing.assert_close(made(padded, lengths), torch.cat(expected), rtol=0.0, atol=2e-6)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_padding_gets_no_gradient_and_every_step_within_the_length_does(pooling: str) -> None:
    made = network(pooling=pooling, **NUMBERS)
    x = torch.randn(2, 5, 2, requires_grad=True)
    made(x, torch.tensor([5, 2])).sum().backward()
    assert x.grad is not None
    assert (x.grad[1, 2:] == 0.0).all()
    assert (x.grad[0].abs().sum(dim=1) > 0.0).all()
    assert (x.grad[1, :2].abs().sum(dim=1) > 0.0).all()


def test_pooling_is_what_its_name_says() -> None:
    from remy.layers.sequence_layer import Whole

    outputs = torch.tensor([[[1.0, -9.0], [4.0, -2.0], [100.0, 100.0]]])
    whole = Whole(outputs, torch.tensor([[4.0, -9.0]]), ())
    lengths = torch.tensor([2])
    assert Pooling("last", 2)(whole, lengths).tolist() == [[4.0, -9.0]]
    assert Pooling("mean", 2)(whole, lengths).tolist() == [[2.5, -5.5]]
    assert Pooling("max", 2)(whole, lengths).tolist() == [[4.0, -2.0]]
    attention = Pooling("attention", 2)
    assert attention(whole, lengths).tolist() == [[2.5, -5.5]]  # it begins by weighing all steps the same
    with torch.no_grad():
        attention.kernel[:] = torch.tensor([[np.log(3.0) / 3.0], [0.0]])
    torch.testing.assert_close(attention(whole, lengths), torch.tensor([[3.25, -3.75]]))


def test_tokens_become_unknown_in_training_only_and_about_as_often_as_asked() -> None:
    made = ClassifierNetwork(architecture(), token_dropout=0.25)
    ids = torch.full((40, 100), 7)
    made.train()
    dropped = made._drop_tokens(ids)
    assert set(dropped.unique().tolist()) == {UNKNOWN_ID, 7}
    assert 0.2 < (dropped == UNKNOWN_ID).double().mean() < 0.3
    made.eval()
    assert torch.equal(made._drop_tokens(ids), ids)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"pooling": "attention", "bidirectional": False, "cell": "gru"},
        {
            "vocabulary_size": 0,
            "embedding_size": 0,
            "features": 3,
            "cell": "simple_rnn",
            "activation": "relu",
        },
    ],
)
def test_its_weights_are_those_of_the_architecture_and_come_back(changes: dict[str, Any]) -> None:
    made = network(**changes)
    tensors = made.to_tensors()
    assert {name: array.shape for name, array in tensors.items()} == expected_tensors(architecture(**changes))
    assert len(list(made.parameters())) == len(tensors)
    other = ClassifierNetwork(architecture(**changes))
    other.from_tensors(tensors)
    for name, array in other.to_tensors().items():
        assert np.array_equal(array, tensors[name]), name


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"features": 2}, "either a vocabulary_size and an embedding_size, or features, got 11, 5 and 2"),
        ({"embedding_size": 0}, "either a vocabulary_size"),
        ({"outputs": 0}, "expected outputs from 1"),
        ({"pooling": "sum"}, "expected pooling out of last, mean, max, attention, got 'sum'"),
        ({"output": "tanh"}, "expected output out of softmax, sigmoid, linear"),
    ],
)
def test_an_architecture_that_cannot_be_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        ClassifierNetwork(architecture(**changes))
