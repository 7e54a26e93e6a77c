"""From what the page sends to what a trained model of its task reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy import runtime
from remy.data.pictures import require_pillow, squared
from remy.data.steps import Times
from remy.data.tracks import Track
from remy.errors import DataError, UsageError
from remy.lab.schemas.choices import (
    ColoursInput,
    Input,
    NumbersInput,
    PictureInput,
    TextInput,
    WordsInput,
)
from remy.lab.schemas.models import ModelCard

#: Kinds of inputs, and how they are called.
_KINDS = {
    "text": "a text",
    "words": "words",
    "numbers": "numbers",
    "noise": "noise",
    "picture": "a picture",
    "colours": "a picture in colour",
}


def read_input(card: ModelCard, trained: Any, given: Input) -> Any:
    """Return what the ``subject`` of the model's task takes.

    Parameters
    ----------
    card
        Of the model.
    trained
        The estimator.
    given
        What the page sent.

    Returns
    -------
    str, list, ndarray or Track
        A text; a list of words; numbers ``(T, F)`` float64, of a captioner a vector ``(D,)`` or a grid of
        vectors ``(S, D)``; a picture ``(size, size, channels)`` uint8; of a forecaster a series.

    Raises
    ------
    UsageError
        If the model reads another kind of input.
    DataError
        If rows differ in length, or are not as long as the model reads them.
    """
    if given.kind != card.takes and (given.kind, card.takes) != ("colours", "picture"):
        raise UsageError(
            f"input: '{card.id}' is a {card.task} that reads {_KINDS[card.takes]}, got {_KINDS[given.kind]}"
        )
    if isinstance(given, TextInput):
        return given.text
    if isinstance(given, WordsInput):
        return list(given.words)
    if isinstance(given, PictureInput | ColoursInput):
        model: runtime.Captioner = trained._need("trace")
        return picture_of(given, size=model.size, channels=model.channels)
    assert isinstance(given, NumbersInput)
    values = numbers_of(given)
    if card.features is not None and values.shape[1] != card.features:
        raise DataError(
            f"input: '{card.id}' reads {card.features} numbers a step, got {values.shape[1]}"
            + (f": {', '.join(_columns(trained))}" if card.task == "forecaster" else "")
        )
    if card.task == "forecaster":
        return _series(trained._need("trace").model, values, given)
    _expect_single(values)  # a series is scaled before it is rounded
    if card.task == "captioner" and len(values) == 1:
        return values[0]
    return values


def _expect_single(values: NDArray[np.float64]) -> None:
    """Raise a `DataError` for what float32, in which models compute, cannot hold."""
    large = np.argwhere(np.abs(values) > np.finfo(np.float32).max)
    if len(large):
        step, feature = large[0].tolist()
        raise DataError(
            f"input.values: expected numbers up to 3.4e38, got {values[step, feature]:g} in step {step}"
        )


def numbers_of(given: NumbersInput) -> NDArray[np.float64]:
    """Return a numeric sequence ``(T, F)``.

    Raises
    ------
    DataError
        If its steps differ in length, or have nothing in them.
    """
    return _table("input.values", "numbers", "step", given.values)


def picture_of(given: PictureInput | ColoursInput, *, size: int, channels: int) -> NDArray[np.uint8]:
    """Return a picture as a captioner reads it, ``(size, size, channels)``, 0 black and 255 white.

    Scaled to fit with its proportions kept, as pictures are for training, where it has another size.

    Raises
    ------
    DataError
        If its rows differ in length, or Pillow is not installed and the size differs.

    Examples
    --------
    >>> ink = PictureInput(kind="picture", pixels=((0, 1), (1, 0)))
    >>> picture_of(ink, size=2, channels=1)[..., 0].tolist()
    [[255, 0], [0, 255]]
    """
    values = _table("input.pixels", "pixels", "row", given.pixels)
    if isinstance(given, PictureInput):
        pixels = np.rint(255.0 * (1.0 - values)).astype(np.uint8)
        if pixels.shape == (size, size):
            return np.repeat(pixels[:, :, None], channels, axis=2)
    else:
        pixels = values.astype(np.uint8)
        if pixels.shape == (size, size, channels):
            return pixels
    image = require_pillow("input.pixels").fromarray(pixels)
    return squared(image, size, "RGB" if channels == 3 else "L")


def _table(what: str, items: str, row: str, values: Sequence[Sequence[Any]]) -> NDArray[np.float64]:
    width = len(values[0])
    if not width:
        raise DataError(f"{what}: expected {items} in every {row}, got none in {row} 0")
    other = next((place for place, each in enumerate(values) if len(each) != width), None)
    if other is not None:
        raise DataError(
            f"{what}: expected as many {items} in every {row}, got {width} in {row} 0 and "
            f"{len(values[other])} in {row} {other}"
        )
    return np.array(values, np.float64)


def _columns(trained: Any) -> tuple[str, ...]:
    """Return the columns of a forecaster's series, in their order."""
    columns = trained._need("trace").model.scaler.columns
    return (*columns.target, *columns.known, *columns.past)


def _series(model: runtime.Forecaster, values: NDArray[np.float64], given: NumbersInput) -> Track:
    """Return numbers ``(T, K + C + P)`` as a series.

    Without a name it is one that the model has learned, without times it begins when the model has seen one.
    """
    columns, step = model.scaler.columns, model.scaler.step
    golden = model.model_file.golden or {}
    name = (
        str(golden.get("series", next(iter(model.scaler.scales)))) if given.series is None else given.series
    )
    first = (golden.get("times") or [0 if step.unit == "1" else "2000-01-01"])[0]
    start: Any = np.int64(first) if step.unit == "1" else np.datetime64(first, "s")
    times: Times = np.concatenate([np.array([start]), step.following(start, len(values) - 1)])
    if given.times is not None:
        times = _times(given.times, len(values), whole=step.unit == "1")
    known = len(columns.target) + len(columns.known)
    target, ahead, past = np.split(values, [len(columns.target), known], axis=1)
    return Track(name, times, target, ahead, past, step)


def _times(written: Sequence[str], count: int, *, whole: bool) -> Times:
    """Return the times of a series; whole numbers where the model counts its steps."""
    if len(written) != count:
        raise DataError(f"input.times: expected {count}, one a step, got {len(written)}")
    try:
        times: Times = np.array(list(map(int, written))) if whole else np.array(written, "datetime64[s]")
    except ValueError:
        kind = "whole numbers" if whole else "times such as 2012-01-31 or 2012-01-31T06:00"
        raise DataError(f"input.times: expected {kind}, got others") from None
    if not (np.diff(times).astype(np.int64) > 0).all():
        raise DataError("input.times: expected times that rise, got others")
    return times


def known_ahead(model: runtime.Forecaster, track: Track, horizon: int) -> dict[str, dict[Any, Any]] | None:
    """Return what is taken to be known of the steps ahead: what was known at the last one.

    As :func:`remy.tasks.forecasting.inspection.subject_of` takes it; None where the model reads no such
    columns.
    """
    columns = model.scaler.columns
    if not columns.known:
        return None
    times = track.step.following(track.times[-1], horizon)
    last = track.known[-1].tolist()
    return {track.name if columns.series is not None else "": dict.fromkeys(times.tolist(), last)}
