"""AdamW over the weights of a network."""

import torch

from remy.config import TrainConfig
from remy.training.optimizer import make_optimizer
from tests.models.test_language import network_with_random_weights


def test_matrices_decay_and_biases_and_embeddings_do_not() -> None:
    network = network_with_random_weights()
    optimizer = make_optimizer(network, TrainConfig(weight_decay=0.1))
    names = {parameter: name for name, parameter in network.named_parameters()}
    decay = {names[p]: group["weight_decay"] for group in optimizer.param_groups for p in group["params"]}
    assert set(decay) == set(names.values())
    for name, value in decay.items():
        kernel = "kernel" in name
        assert value == (0.1 if kernel else 0.0), name


def test_an_update_moves_against_the_gradient() -> None:
    network = network_with_random_weights()
    optimizer = make_optimizer(network, TrainConfig(lr=0.01, weight_decay=0.0))
    before = [parameter.detach().clone() for parameter in network.parameters()]
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    for old, new in zip(before, network.parameters(), strict=True):
        torch.testing.assert_close(new.detach(), old - 0.01, rtol=1e-4, atol=1e-6)
