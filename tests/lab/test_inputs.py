"""From what the page sends to what a model reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

import remy
from remy.data.pictures import read_pixels
from remy.errors import DataError
from remy.lab.inputs import known_ahead, picture_of, read_input
from remy.lab.schemas.choices import NumbersInput, PictureInput
from remy.lab.targets import read_target
from tests.lab import trained
from tests.tasks.captioning import toy as shapes


def ink_of(picture: Image.Image) -> PictureInput:
    """Return a picture as the page sends it."""
    ink = 1.0 - np.asarray(picture, np.float64) / 255.0
    return PictureInput(kind="picture", pixels=ink.tolist())


def test_a_picture_of_the_models_size_arrives_as_it_is() -> None:
    picture = shapes.pictures(1)[0][0].resize((16, 16))
    grey, colour = (picture_of(ink_of(picture), size=16, channels=channels) for channels in (1, 3))
    assert np.array_equal(grey[..., 0], np.asarray(picture))
    assert all(np.array_equal(colour[..., channel], np.asarray(picture)) for channel in range(3))


@pytest.mark.parametrize("size", [(32, 32), (40, 20), (7, 30)])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_of_another_size_is_scaled_as_for_training(tmp_path: Any, size: Any, channels: int) -> None:
    picture = shapes.pictures(1)[0][0].resize(size)
    picture.save(tmp_path / "a.png")
    found = picture_of(ink_of(picture), size=16, channels=channels)
    assert np.array_equal(found, read_pixels(tmp_path / "a.png", size=16, channels=channels))


def test_rows_of_different_lengths_are_no_picture() -> None:
    ragged = PictureInput(kind="picture", pixels=((0, 1), (1,)))
    with pytest.raises(DataError, match="as many pixels in every row, got 2 in row 0 and 1 in row 1"):
        picture_of(ragged, size=2, channels=1)


def test_a_series_has_its_columns_in_their_order_and_what_is_known_ahead_stays() -> None:
    days = np.arange("2022-01-01", "2022-03-02", dtype="datetime64[D]")
    numbers = {name: np.arange(60.0) % count for name, count in (("sales", 7), ("promo", 2), ("rain", 3))}
    model = remy.Forecaster(
        horizon=2, units=4, window=6, epochs=1, threads=1, target="sales", known="promo", past="rain"
    )
    model.fit({"date": days, **numbers})
    library = trained.library()
    card = library.card("run:days").model_copy(update={"features": 3})
    values = np.stack([numbers[name][:20] for name in ("sales", "promo", "rain")], axis=1)
    track = read_input(card, model, NumbersInput(kind="numbers", values=values.tolist()))
    for part, name in (("target", "sales"), ("known", "promo"), ("past", "rain")):
        assert np.array_equal(getattr(track, part)[:, 0], numbers[name][:20])
    runtime = model._need("ask").model
    ahead = known_ahead(runtime, track, 2)
    assert ahead is not None
    assert [rows for by_time in ahead.values() for rows in by_time.values()] == [[1.0], [1.0]]
    with pytest.raises(DataError, match=r"reads 3 numbers a step, got 2: sales, promo, rain"):
        read_input(card, model, NumbersInput(kind="numbers", values=((1, 2),)))


def test_several_labels_are_a_list_or_stand_between_the_models_separator() -> None:
    texts, labels = ["a good one", "a bad one", "good and bad"] * 8, [["good"], ["bad"], ["good", "bad"]] * 8
    model = remy.Classifier(units=4, layers=1, epochs=1, embedding=4).fit(texts, labels)
    assert read_target(model, "good | bad") == ["good", "bad"]
    assert read_target(model, ("good", "bad")) == ["good", "bad"]
    assert read_target(model, "") == []
    assert read_target(model, None) is None


def test_numbers_and_tags_are_read_from_words() -> None:
    library = trained.library()
    assert read_target(library.load("run:heights"), "-1.5") == -1.5
    assert read_target(library.load("run:tags"), "DET  NOUN") == ["DET", "NOUN"]
    assert read_target(library.load("run:days"), "1, 2.5").tolist() == [1.0, 2.5]
