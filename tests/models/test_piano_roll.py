"""The network of a piano roll: what it reads, what counts as its loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from remy import reference
from remy.errors import ModelFileError
from remy.io.architecture import core_cell, expected_tensors
from remy.models import PianoRollNetwork
from tests.tolerances import assert_close

CELLS = ["lstm", "gru", "simple_rnn"]


def architecture(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "piano_roll",
        "keys": 88,
        "cell": "gru",
        "units": 5,
        "layers": 2,
        "reset_after": True,
        "activation": "tanh",
    } | changes


def network(seed: int = 0, **changes: Any) -> PianoRollNetwork:
    """Random weights, large enough that every one of them shows in the output."""
    settings = architecture(**changes)
    random = np.random.default_rng(seed)
    made = PianoRollNetwork(settings)
    made.from_tensors(
        {
            name: random.normal(0, 0.6, shape).astype(np.float32)
            for name, shape in expected_tensors(settings).items()
        }
    )
    return made.eval()


def rolls(*lengths: int, seed: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch with rubbish past the ends."""
    random = np.random.default_rng(seed)
    values = (random.random((len(lengths), max(lengths), 88)) < 0.2).astype(np.float32)
    for row, length in enumerate(lengths):
        values[row, length:] = 1.0
    return torch.from_numpy(values), torch.tensor(lengths)


def by_hand(made: PianoRollNetwork, roll: np.ndarray) -> np.ndarray:
    """Scores (T, 88) from the reference cells in float64."""
    tensors = {name: array.astype(np.float64) for name, array in made.to_tensors().items()}
    x = np.concatenate([np.zeros((1, 88)), roll[:-1].astype(np.float64)])[:, None]
    for layer in range(made.architecture["layers"]):
        weights = [tensors[f"rnn_{layer}/{part}"] for part in ("kernel", "recurrent_kernel", "bias")]
        x = reference.sequence_forward(core_cell(made.architecture), x, *weights).outputs
    return (x @ tensors["dense/kernel"] + tensors["dense/bias"])[:, 0]


@pytest.mark.parametrize("cell", CELLS)
def test_scores_are_those_of_the_textbook_cells_over_the_frames_before(cell: str) -> None:
    made = network(cell=cell)
    batch, lengths = rolls(9, 4, 1)
    with torch.no_grad():
        scores = made(batch, lengths).numpy()
    for row, length in enumerate(lengths.tolist()):
        roll = batch[row, :length].numpy()
        assert_close(scores[row, :length], by_hand(made, roll), dtype=np.float32, steps=9)


def test_a_frame_is_scored_without_a_look_at_itself_or_what_follows() -> None:
    made = network()
    batch, lengths = rolls(12)
    other = batch.clone()
    other[0, 6:] = 1 - other[0, 6:]
    with torch.no_grad():
        first, second = made(batch, lengths), made(other, lengths)
    assert torch.equal(first[0, :7], second[0, :7])
    assert not torch.allclose(first[0, 7], second[0, 7])


@pytest.mark.parametrize("cell", CELLS)
def test_the_loss_is_summed_over_keys_and_averaged_over_real_frames(cell: str) -> None:
    made = network(cell=cell)
    batch, lengths = rolls(9, 4, 1)
    with torch.no_grad():
        loss = float(made.loss(made(batch, lengths), batch, lengths))
    total = 0.0
    for row, length in enumerate(lengths.tolist()):
        roll = batch[row, :length].numpy()
        chances = 1 / (1 + np.exp(-by_hand(made, roll)))
        total -= np.log(np.where(roll == 1, chances, 1 - chances)).sum()
    assert loss == pytest.approx(total / 14, rel=1e-5)


def test_what_lies_past_the_end_of_a_piece_changes_neither_loss_nor_gradient() -> None:
    made = network()
    batch, lengths = rolls(9, 4)
    longer = torch.cat([batch, torch.ones(2, 30, 88)], dim=1)
    longer[1, 4:9] = 0.0
    found = []
    for each in (batch, longer):
        made.zero_grad()
        loss = made.loss(made(each, lengths), each, lengths)
        loss.backward()
        gradients = [weight.grad.clone() for weight in made.parameters() if weight.grad is not None]
        found.append((loss.item(), gradients))
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-6)
    for ours, theirs in zip(found[0][1], found[1][1], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_training_begins_at_the_frequency_of_each_key() -> None:
    often = np.linspace(0.01, 0.6, 88)
    made = PianoRollNetwork(architecture(), frequencies=often).eval()
    with torch.no_grad():
        made.dense.kernel.zero_()
        chances = torch.sigmoid(made(*rolls(3)))[0]
    np.testing.assert_allclose(chances.numpy(), np.tile(often, (3, 1)), rtol=1e-5)


@pytest.mark.parametrize("kind", ["dropout", "recurrent_dropout"])
@pytest.mark.parametrize("layers", [1, 2])
def test_each_dropout_falls_on_training_alone(kind: str, layers: int) -> None:
    torch.manual_seed(0)
    made = PianoRollNetwork(architecture(units=50, layers=layers), **{kind: 0.5})
    batch, lengths = rolls(9)
    with torch.no_grad():
        assert not torch.equal(made(batch, lengths), made(batch, lengths))
        made.eval()
        assert torch.equal(made(batch, lengths), made(batch, lengths))


def test_weights_go_to_the_names_of_the_model_file_and_back() -> None:
    made, other = network(), PianoRollNetwork(architecture())
    tensors = made.to_tensors()
    assert {name: array.shape for name, array in tensors.items()} == expected_tensors(architecture())
    assert tensors["rnn_0/kernel"].shape == (88, 15)
    assert tensors["dense/kernel"].shape == (5, 88)
    other.from_tensors(tensors)
    assert all(np.array_equal(array, tensors[name]) for name, array in other.to_tensors().items())


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"keys": 0}, "expected keys from 1"), ({"residual": True}, "unknown setting 'residual'")],
)
def test_an_architecture_that_is_none_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        PianoRollNetwork(architecture(**changes))
