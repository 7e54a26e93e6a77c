"""Trained captioners can be traced."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from remy.errors import DataError, ShapeError
from remy.inspect import trace
from remy.tasks import Captioner
from tests.tasks.captioning import toy
from tests.tasks.traced import checked_trace, loss_of, refuses

OPTIONS = {**toy.SMALL, "train.epochs": 3}


def shown(count: int = 40, seed: int = 0) -> tuple[Any, list[str]]:
    pictures, captions = toy.pictures(count, seed)
    return np.stack([np.asarray(one.resize((16, 16))) for one in pictures]), captions


@pytest.fixture(scope="module")
def of_pictures() -> Captioner:
    return Captioner(options=OPTIONS).fit(shown())


@pytest.fixture(scope="module")
def of_vectors() -> Captioner:
    return Captioner(options={**OPTIONS, "model.input_feeding": True}).fit(toy.vectors(40))


def test_a_captioner_of_pictures_agrees_with_its_runtime_and_the_reference(of_pictures: Captioner) -> None:
    picture = shown(3, seed=5)[0][0]
    found = checked_trace(of_pictures, picture, "left square")
    assert found.items_of(found.layer("decoder_rnn_0")) == ("<start>", "▁left", "▁square")
    assert [layer.name for layer in found.layers] == ["decoder_rnn_0"]
    trained = of_pictures._need("judge")
    judged = trained.log_probabilities(picture[None, :, :, None], ["left square"])[0]
    assert found.loss == pytest.approx(-judged.mean(), rel=1e-4)
    assert loss_of(of_pictures, picture, "ring ring") != pytest.approx(found.loss, rel=1e-2)


def test_a_captioner_of_vectors_agrees_with_its_runtime_and_the_reference(of_vectors: Captioner) -> None:
    vector = toy.vectors(1, seed=4)[0][0]
    checked_trace(of_vectors, vector, "left square")


def test_without_a_caption_it_reads_what_it_writes_itself(of_vectors: Captioner) -> None:
    vector = toy.vectors(1, seed=4)[0][0]
    [[best]] = of_vectors.describe(vector[None])
    found = trace(of_vectors, vector)
    assert found.items_of(found.layers[0]) == ("<start>", *best.pieces)
    assert found.probabilities is not None
    assert found.outputs is not None
    places = [found.outputs.index(piece) for piece in (*best.pieces, "</s>")]
    chances = found.probabilities[0, range(len(places)), places]
    assert np.log(chances).sum() == pytest.approx(best.log_probability, rel=1e-4)


def test_a_path_is_traced_as_the_picture_there(of_pictures: Captioner, tmp_path: Path) -> None:
    picture = shown(3, seed=5)[0][0]
    Image.fromarray(picture).save(tmp_path / "a.png")
    by_path, by_array = trace(of_pictures, tmp_path / "a.png"), trace(of_pictures, picture)
    assert np.array_equal(by_path.scores, by_array.scores)
    assert np.array_equal(trace(of_pictures, str(tmp_path / "a.png")).scores, by_array.scores)


def test_what_cannot_be_traced_is_refused_in_a_sentence(
    of_pictures: Captioner, of_vectors: Captioner, tmp_path: Path
) -> None:
    refuses(of_pictures, tmp_path / "no.png", None, DataError, "no.png")
    refuses(
        of_pictures, np.zeros((8, 8), np.uint8), None, ShapeError, r"\(N, 16, 16, 1\), got \(1, 8, 8, 1\)"
    )
    refuses(of_pictures, None, None, ShapeError, "expected paths or arrays of numbers")
    refuses(of_vectors, np.zeros(0), None, ShapeError, r"got \(1, 0\)")
    refuses(of_vectors, np.zeros(5), None, ShapeError, r"expected vectors of shape \(N, 6\)")
    refuses(of_vectors, np.zeros(6), ["left"], DataError, "expected target as a text, got list")
    refuses(of_vectors, np.zeros(6), "", DataError, "target as a text with at least one character")
