"""Vectors for ids."""

import pytest
import torch

from remy.errors import ShapeError, UsageError
from remy.layers import Embedding


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.uint8])
def test_every_id_gets_its_row(dtype):
    layer = Embedding(10, 4)
    ids = torch.tensor([[3, 0], [9, 3]], dtype=dtype)
    assert torch.equal(layer(ids), layer.embeddings[ids.long()])
    layer(ids).sum().backward()
    assert layer.embeddings.grad.sum(1).tolist() == [4, 0, 0, 8, 0, 0, 0, 0, 0, 4]


def test_first_values_lie_within_keras_bound():
    layer = Embedding(100, 40)
    assert layer.embeddings.shape == (100, 40)
    assert 0.045 < layer.embeddings.abs().max() <= 0.05


def test_zeros_are_masked_on_request():
    ids = torch.tensor([[3, 0]])
    assert Embedding(4, 2, mask_zero=True).compute_mask(ids).tolist() == [[True, False]]
    assert Embedding(4, 2).compute_mask(ids) is None


def test_wrong_sizes_and_ids_are_refused():
    with pytest.raises(UsageError, match="embedding: expected input_dim of at least 1, got 0"):
        Embedding(0, 4)
    with pytest.raises(UsageError, match="embedding: expected output_dim of at least 1, got -1"):
        Embedding(3, -1)
    with pytest.raises(ShapeError, match="embedding: expected ids of an integer dtype, got float32"):
        Embedding(3, 4)(torch.zeros(2))
    with pytest.raises(IndexError, match="index out of range"):
        Embedding(3, 4)(torch.tensor([3]))
