"""The picture encoder in torch: what its convolutions mean, and what training may move."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from remy.io.architecture.picture import picture_tensors
from remy.models.picture import PictureEncoder, shifted


def settings(**changes: int) -> dict[str, Any]:
    return {"picture_size": 13, "picture_channels": 3, "filters": 4, "blocks": 2} | changes


def test_its_weights_are_those_of_the_architecture() -> None:
    encoder = PictureEncoder(settings())
    named = encoder.named_weights()
    shapes, places, width = picture_tensors(settings())
    assert {name: tuple(weight.shape) for name, weight in named.items()} == shapes
    assert len(list(encoder.parameters())) == len(named)
    assert encoder(torch.zeros(2, 13, 13, 3)).shape == (2, places, width)
    assert set(encoder.named_weights("eye")) == {name.replace("conv", "eye") for name in shapes}


def test_first_values_keep_the_size_of_what_passes() -> None:
    torch.manual_seed(0)
    encoder = PictureEncoder(settings(picture_size=32, picture_channels=1, filters=32, blocks=3))
    grid = encoder(torch.rand(16, 32, 32, 1))
    assert 0.2 < float(grid.detach().std()) < 5.0


def test_gradients_reach_every_weight_and_every_pixel_that_is_read() -> None:
    torch.manual_seed(0)
    encoder = PictureEncoder(settings(picture_size=8))
    x = torch.rand(2, 8, 8, 3, requires_grad=True)
    encoder(x).square().sum().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in encoder.parameters())
    assert x.grad is not None
    assert (x.grad.abs().sum(dim=(0, 3)) > 0).all()


def test_pictures_move_in_training_only_each_by_itself_and_no_further_than_asked() -> None:
    torch.manual_seed(0)
    x = torch.zeros(200, 9, 9, 1)
    x[:, 4, 4] = 1.0
    moved = shifted(x, 2)
    places = {tuple(place) for place in moved.nonzero()[:, 1:3].tolist()}
    assert places == {(row, column) for row in range(2, 7) for column in range(2, 7)}
    assert (moved.sum(dim=(1, 2, 3)) == 1.0).all()
    encoder = PictureEncoder(settings(picture_size=9, picture_channels=1), shift=2)
    still = PictureEncoder(settings(picture_size=9, picture_channels=1))
    still.load_state_dict(encoder.state_dict())
    assert torch.equal(encoder.eval()(x), still.eval()(x))
    assert not torch.equal(encoder.train()(x), still.train()(x))


def test_what_comes_in_at_the_edge_has_the_edge_s_colour() -> None:
    torch.manual_seed(0)
    ramp = torch.arange(6.0).repeat(6, 1)[None, :, :, None].repeat(50, 1, 1, 1)
    moved = shifted(ramp, 2)[:, 0, :, 0]
    rows = {tuple(row) for row in np.asarray(moved).astype(int).tolist()}
    assert rows == {
        (0, 0, 0, 1, 2, 3),
        (0, 0, 1, 2, 3, 4),
        (0, 1, 2, 3, 4, 5),
        (1, 2, 3, 4, 5, 5),
        (2, 3, 4, 5, 5, 5),
    }
