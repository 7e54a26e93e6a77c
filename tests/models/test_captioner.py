"""The network of a captioner in torch; that the runtime computes the same is tested there."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from remy.errors import ModelFileError
from remy.io.architecture import expected_tensors
from remy.models.captioner import CaptionerNetwork

ARCHITECTURE: dict[str, Any] = {
    "kind": "captioner",
    "picture_size": 8,
    "picture_channels": 1,
    "filters": 2,
    "blocks": 1,
    "target_vocabulary_size": 7,
    "target_embedding_size": 4,
    "decoder_units": 5,
    "readout_units": 4,
    "attention": "additive",
    "input_feeding": False,
    "tied": True,
    "cell": "lstm",
    "layers": 1,
    "reset_after": True,
    "activation": "tanh",
}


def test_every_weight_has_its_name_in_the_model_file_and_learns() -> None:
    network = CaptionerNetwork(ARCHITECTURE)
    named = network.named_weights()
    assert {name: tuple(each.shape) for name, each in named.items()} == expected_tensors(ARCHITECTURE)
    memory = network(torch.rand(3, 8, 8, 1))
    network.decoder.scores(network.decoder(torch.tensor([[1, 3, 4]] * 3), memory)).square().sum().backward()
    assert all(each.grad is not None and each.grad.abs().sum() > 0 for each in named.values())


def test_the_decoder_starts_from_the_mean_of_what_it_looks_at() -> None:
    memory = CaptionerNetwork(ARCHITECTURE)(torch.rand(3, 8, 8, 1))
    assert memory.parts.shape == (3, 16, 2)
    torch.testing.assert_close(memory.start, memory.parts.mean(dim=1))
    assert bool(memory.inside.all())


def test_pictures_are_moved_only_while_it_learns() -> None:
    network = CaptionerNetwork(ARCHITECTURE, shift=3)
    pictures = torch.rand(4, 8, 8, 1)
    torch.manual_seed(0)
    assert not torch.equal(network(pictures).parts, network(pictures).parts)
    network.eval()
    assert torch.equal(network(pictures).parts, network(pictures).parts)


def test_settings_of_pictures_and_vectors_together_are_refused() -> None:
    with pytest.raises(ModelFileError, match="unknown setting"):
        CaptionerNetwork({**ARCHITECTURE, "vector_size": 3})
