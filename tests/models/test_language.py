"""The language network: shapes, names of its weights, the carried state, and agreement with the runtime."""

from typing import Any

import numpy as np
import pytest
import torch

from remy import runtime
from remy.data.characters import CharacterTokenizer
from remy.errors import ModelFileError, ShapeError
from remy.io.architecture import expected_tensors
from remy.io.model_file import ModelFile
from remy.models import LanguageNetwork
from tests.training import tiny

CELLS: list[dict[str, Any]] = [
    {"cell": "lstm"},
    {"cell": "gru"},
    {"cell": "gru", "reset_after": False},
    {"cell": "simple_rnn"},
    {"cell": "simple_rnn", "activation": "relu"},
    {"cell": "lstm", "residual": True, "embedding_size": 6},
    {"cell": "gru", "tied": True, "embedding_size": 6},
]


def architecture(**changes: Any) -> dict[str, Any]:
    plain = {
        "kind": "language_model",
        "vocabulary_size": 11,
        "embedding_size": 4,
        "cell": "lstm",
        "units": 6,
        "layers": 2,
        "reset_after": True,
        "activation": "tanh",
        "residual": False,
        "tied": False,
    }
    return {**plain, **changes}


def network_with_random_weights(**changes: Any) -> LanguageNetwork:
    network = LanguageNetwork(architecture(**changes)).eval()
    generator = np.random.default_rng(1)
    tensors = {
        name: generator.normal(scale=0.4, size=shape).astype(np.float32)
        for name, shape in expected_tensors(network.architecture).items()
    }
    network.from_tensors(tensors)
    return network


@pytest.mark.parametrize("changes", CELLS)
def test_its_weights_are_those_the_model_file_expects(changes: dict[str, Any]) -> None:
    network = LanguageNetwork(architecture(**changes))
    tensors = network.to_tensors()
    assert {name: array.shape for name, array in tensors.items()} == expected_tensors(network.architecture)
    assert sum(array.size for array in tensors.values()) == sum(p.numel() for p in network.parameters())
    assert all(array.dtype == np.float32 for array in tensors.values())


@pytest.mark.parametrize("changes", CELLS)
def test_whole_equals_chunked_with_the_state_carried_on(changes: dict[str, Any]) -> None:
    network = network_with_random_weights(**changes)
    ids = torch.randint(11, (3, 13), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        whole, end = network(ids)
        first, state = network(ids[:, :5])
        second, state = network(ids[:, 5:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole, rtol=1e-5, atol=1e-6)
    for parts, expected in zip(state, end, strict=True):
        torch.testing.assert_close(parts, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("changes", CELLS)
def test_torch_and_the_runtime_give_the_same_score(changes: dict[str, Any]) -> None:
    text = tiny.text(700)
    tokenizer = CharacterTokenizer.fit(text)
    network = network_with_random_weights(vocabulary_size=len(tokenizer), **changes)
    ids = torch.from_numpy(tokenizer.encode(text).astype(np.int64))[None]
    with torch.no_grad():
        logits, _ = network(ids[:, :-1])
        loss = torch.nn.functional.cross_entropy(logits[0].double(), ids[0, 1:])
    model = ModelFile(
        task="language_model",
        architecture=network.architecture,
        tensors=network.to_tensors(),
        tokenizer=tokenizer.to_json(),
    )
    score = runtime.LanguageModel(model).evaluate(text, streams=1)
    assert score.nats_per_character == pytest.approx(float(loss), rel=1e-5)


def test_weights_survive_the_way_out_and_back() -> None:
    network = network_with_random_weights(cell="gru")
    other = LanguageNetwork(architecture(cell="gru"))
    other.from_tensors(network.to_tensors())
    for name, array in other.to_tensors().items():
        assert np.array_equal(array, network.to_tensors()[name]), name


def test_weights_taken_out_are_a_copy() -> None:
    network = network_with_random_weights()
    tensors = network.to_tensors()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
    assert all(array.any() for array in tensors.values())


def test_every_weight_gets_a_gradient() -> None:
    network = network_with_random_weights()
    logits, state = network(torch.randint(11, (2, 7)))
    (logits.square().sum() + sum(part.sum() for parts in state for part in parts)).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_dropout_acts_while_training_only() -> None:
    network = LanguageNetwork(architecture(), dropout=0.5, recurrent_dropout=0.3)
    ids = torch.randint(11, (2, 9))
    with torch.no_grad():
        network.train()
        assert not torch.equal(network(ids)[0], network(ids)[0])
        network.eval()
        assert torch.equal(network(ids)[0], network(ids)[0])


def test_a_missing_weight_and_a_wrong_shape_are_named() -> None:
    network = LanguageNetwork(architecture())
    tensors = network.to_tensors()
    short = {**tensors, "dense/kernel": tensors["dense/kernel"][:-1]}
    with pytest.raises(ModelFileError, match=r"'dense/kernel': expected shape \(6, 11\), got \(5, 11\)"):
        network.from_tensors(short)
    del tensors["rnn_1/kernel"]
    with pytest.raises(ModelFileError, match="'rnn_1/kernel' is missing"):
        network.from_tensors(tensors)


def test_ids_of_another_form_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"expected ids of shape \(B, T\), got \(3,\)"):
        LanguageNetwork(architecture())(torch.zeros(3, dtype=torch.int64))
