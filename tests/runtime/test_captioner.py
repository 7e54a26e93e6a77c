"""The captioner without torch: the same log-probabilities as the network that was trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from remy import runtime
from remy.data.pictures import as_numbers
from remy.data.pieces import BEGIN_ID, PieceTokenizer
from remy.errors import DataError, ModelFileError, ShapeError
from remy.io import model_file
from remy.io.architecture import expected_tensors
from remy.io.model_file import ModelFile
from remy.models.captioner import CaptionerNetwork
from remy.models.written import written_loss
from remy.runtime import Search
from tests.tolerances import tolerance

TOKENIZER = PieceTokenizer.fit(["a red house", "two dogs on a red house", "rain"], pieces="words")
CAPTIONS = ["a red house", "rain", "two dogs on a house", "dogs", "a a a a red red"]
VECTORS: dict[str, Any] = {"vector_size": 6}
PICTURES: dict[str, Any] = {"picture_size": 12, "picture_channels": 1, "filters": 3, "blocks": 2}


def made(read: dict[str, Any], seed: int = 0, **changes: Any) -> ModelFile:
    """A model of random weights, large enough that every one of them shows in the output."""
    architecture = {
        "kind": "captioner",
        **read,
        "target_vocabulary_size": len(TOKENIZER),
        "target_embedding_size": 5,
        "decoder_units": 7,
        "readout_units": 5,
        "attention": "additive",
        "input_feeding": False,
        "tied": True,
        "cell": "lstm",
        "layers": 1,
        "reset_after": True,
        "activation": "tanh",
    } | changes
    generator = np.random.default_rng(seed)
    tensors = {
        name: generator.normal(0, 0.7, shape).astype(np.float32)
        for name, shape in expected_tensors(architecture).items()
    }
    tokenizer = {"captions": TOKENIZER.to_json(), "max_length": 9, "lowercase": True}
    return ModelFile("captioner", architecture, tensors, tokenizer=tokenizer)


def shown(model: ModelFile, count: int = 5, seed: int = 1) -> Any:
    generator = np.random.default_rng(seed)
    if "vector_size" in model.architecture:
        return generator.normal(0, 1, (count, 6)).astype(np.float32)
    channels = model.architecture["picture_channels"]
    return generator.integers(0, 256, (count, 12, 12, channels), np.uint8)


def of_torch(model: ModelFile, values: Any, captions: list[str]) -> list[np.ndarray[Any, Any]]:
    """The log-probabilities of captions, one at a time, by the network in torch."""
    network = CaptionerNetwork(model.architecture)
    network.from_tensors(model.tensors)
    network.eval()
    numbers = as_numbers(values) if values.dtype == np.uint8 else values
    found = []
    with torch.no_grad():
        for place, ids in enumerate(TOKENIZER.encode(captions)):
            memory = network(torch.from_numpy(numbers[place : place + 1]))
            read = torch.tensor([[BEGIN_ID, *ids[:-1].tolist()]])
            scores = network.decoder.scores(network.decoder(read, memory))[0]
            scores[:, [0, 1]] = -torch.inf  # never written
            found.append(scores.log_softmax(dim=1).numpy()[np.arange(len(ids)), ids])
    return found


def assert_same(model: ModelFile, values: Any) -> None:
    ours = runtime.Captioner(model).log_probabilities(values, CAPTIONS)
    for one, other in zip(ours, of_torch(model, values, CAPTIONS), strict=True):
        # A sum over the vocabulary, behind the decoder's steps and a few layers.
        np.testing.assert_allclose(one, other, rtol=0, atol=10 * tolerance(np.float32, 8))


@pytest.mark.parametrize("attention", ["none", "additive", "multiplicative"])
@pytest.mark.parametrize("read", [PICTURES, VECTORS], ids=["pictures", "vectors"])
@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_torch_and_the_runtime_give_the_same_log_probabilities(
    cell: str, read: dict[str, Any], attention: str
) -> None:
    model = made(read, cell=cell, attention=attention)
    assert_same(model, shown(model))


@pytest.mark.parametrize(
    "changes",
    [
        {"input_feeding": True},
        {"tied": False, "readout_units": 4},
        {"layers": 2},
        {"cell": "gru", "reset_after": False},
        {"picture_channels": 3},
        {"picture_channels": 3, "input_feeding": True, "attention": "multiplicative", "layers": 2},
    ],
    ids=str,
)
def test_every_setting_gives_the_same_log_probabilities(changes: dict[str, Any]) -> None:
    model = made(PICTURES, **changes)
    assert_same(model, shown(model))


def test_grids_of_vectors_are_looked_at_part_by_part() -> None:
    model = made(VECTORS)
    grids = np.random.default_rng(3).normal(0, 1, (5, 4, 6)).astype(np.float32)
    assert_same(model, grids)
    [[best]] = runtime.Captioner(model).caption(grids[:1], Search(beam=2))
    assert best.attention is not None
    assert best.attention.shape == (len(best.pieces) + best.ended, 4) or best.attention.shape == (
        len(best.pieces),
        4,
    )
    np.testing.assert_allclose(best.attention.sum(axis=1), 1.0, atol=1e-5)


def test_every_place_of_a_picture_can_be_looked_at() -> None:
    model = made(PICTURES)
    [[best]] = runtime.Captioner(model).caption(shown(model)[:1])
    assert best.attention is not None
    assert best.attention.shape[1] == 9
    np.testing.assert_allclose(best.attention.sum(axis=1), 1.0, atol=1e-5)


def test_what_is_past_the_end_of_a_caption_does_not_count() -> None:
    model = made(PICTURES)
    network = CaptionerNetwork(model.architecture)
    network.from_tensors(model.tensors)
    values = torch.from_numpy(as_numbers(shown(model, 2)))
    lengths = torch.tensor([2, 4])
    losses = []
    for filler in (0, 4):
        ids = torch.tensor([[5, 2, filler, filler], [3, 4, 5, 2]])
        losses.append(written_loss(network.decoder, network(values), ids, lengths, begin=BEGIN_ID).item())
    assert losses[0] == losses[1]
    alone = [
        written_loss(
            network.decoder,
            network(values[row : row + 1]),
            torch.tensor([ids]),
            torch.tensor([len(ids)]),
            begin=BEGIN_ID,
        ).item()
        for row, ids in enumerate(([5, 2], [3, 4, 5, 2]))
    ]
    np.testing.assert_allclose(losses[0], (2 * alone[0] + 4 * alone[1]) / 6, rtol=1e-5)


def test_a_caption_does_not_depend_on_what_is_captioned_beside_it() -> None:
    model = runtime.Captioner(made(PICTURES))
    values = shown(model.model_file, 70)
    together = [found[0] for found in model.caption(values)]
    for place in (0, 31, 69):
        [[alone]] = model.caption(values[place : place + 1])
        assert alone.text == together[place].text
        np.testing.assert_allclose(alone.score, together[place].score, atol=1e-4)


def test_a_wider_search_finds_nothing_less_likely() -> None:
    model = runtime.Captioner(made(VECTORS))
    values = shown(model.model_file, 20)
    greedy = model.caption(values, Search(beam=1, length_penalty=0.0))
    wide = model.caption(values, Search(beam=40, length_penalty=0.0))
    assert all(b[0].score >= a[0].score - 1e-5 for a, b in zip(greedy, wide, strict=True))


def test_no_caption_is_longer_than_those_of_training_unless_that_is_said() -> None:
    tensors = made(VECTORS).tensors
    tensors["output/bias"][2] = -100.0  # never ends
    model = runtime.Captioner(replace(made(VECTORS), tensors=tensors))
    [[usual]] = model.caption(shown(model.model_file, 1), Search(beam=1))
    [[short]] = model.caption(shown(model.model_file, 1), Search(beam=1, max_length=3))
    assert (len(usual.pieces), usual.ended, len(short.pieces)) == (9, False, 3)


def test_a_model_written_and_read_again_writes_the_same(tmp_path: Path) -> None:
    model = made(PICTURES)
    golden = runtime.Captioner(model).golden(shown(model)[0])
    model_file.write(tmp_path / "m", replace(model, golden=golden))
    again = runtime.load_as(tmp_path / "m", runtime.Captioner)
    assert again.verify() < 1e-6
    assert again.info()["reads"] == "pictures"
    texts = [
        [one[0].text for one in each.caption(shown(model))] for each in (again, runtime.Captioner(model))
    ]
    assert texts[0] == texts[1]


def test_the_golden_example_of_a_long_grid_is_its_beginning() -> None:
    model = made(VECTORS)
    golden = runtime.Captioner(model).golden(np.ones((49, 6), np.float32))
    assert np.shape(golden["source"]) == (4, 6)
    assert runtime.Captioner(replace(model, golden=golden)).verify() == 0.0


@pytest.mark.parametrize("source", [[[1]], "picture", [[[[1]]]]])
def test_a_golden_example_that_is_none_is_refused(source: Any) -> None:
    model = made(PICTURES)
    golden = {**runtime.Captioner(model).golden(shown(model)[0]), "source": source}
    with pytest.raises(ModelFileError, match="golden example is not a valid one"):
        runtime.Captioner(replace(model, golden=golden)).verify()


def test_values_of_another_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"expected pictures of shape \(N, 12, 12, 1\), got \(2, 8, 8, 1\)"):
        runtime.Captioner(made(PICTURES)).caption(np.zeros((2, 8, 8, 1), np.uint8))
    with pytest.raises(ShapeError, match=r"expected vectors of shape \(N, 6\), or grids .* got \(2, 5\)"):
        runtime.Captioner(made(VECTORS)).caption(np.zeros((2, 5), np.float32))
    with pytest.raises(DataError, match="expected 1 captions, one a picture, got 2"):
        runtime.Captioner(made(VECTORS)).log_probabilities(np.zeros((1, 6), np.float32), ["a", "b"])


def test_a_vector_file_of_another_size_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.zeros(5))
    with pytest.raises(DataError, match=r"v\.npy: expected vectors of 6 numbers, as in training, got \(5,\)"):
        runtime.Captioner(made(VECTORS)).read(tmp_path / "v.npy")


def test_no_pictures_have_no_captions() -> None:
    assert runtime.Captioner(made(VECTORS)).caption(np.zeros((0, 6), np.float32)) == []


def test_a_tokenizer_of_another_size_is_refused() -> None:
    other = PieceTokenizer.fit(["one two"], pieces="words").to_json()
    with pytest.raises(ModelFileError, match="the tokenizer has 5 pieces, the network"):
        runtime.Captioner(replace(made(VECTORS), tokenizer={"captions": other}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({**PICTURES, **VECTORS}, "unknown setting 'picture_size'"),
        ({}, "the setting 'picture_size' is missing"),
        ({**PICTURES, "blocks": 4}, "4 blocks halve a picture of 12 x 12 pixels to nothing"),
        ({**VECTORS, "units": 3}, "unknown setting 'units'"),
        ({"vector_size": 0}, "expected vector_size from 1"),
    ],
)
def test_settings_that_do_not_belong_together_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        made(changes)
