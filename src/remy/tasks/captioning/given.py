"""Pictures or vectors with their captions that are at hand in Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from remy.data.pictures import read_pixels
from remy.data.vectors import ENDING, read_vector
from remy.errors import DataError, ShapeError
from remy.tasks.captioning.corpus import GIVEN, Corpus, Values


def corpus_of(pictures: Any, captions: Sequence[str | Sequence[str]], *, size: int, colour: bool) -> Corpus:
    """Return pictures or vectors that are at hand.

    Parameters
    ----------
    pictures
        As `values_of` takes them.
    captions
        N texts, or N lists of texts.
    size, colour
        How files of pictures are read.

    Raises
    ------
    ShapeError
        If there are not as many captions as pictures, or arrays have no shape that can be meant.
    DataError
        If there is none, a file cannot be read, or a caption is no text or empty.
    """
    values, paths = values_of(pictures, size=size, channels=3 if colour else 1)
    if isinstance(captions, str):
        raise DataError("captioner: expected a list of captions, got a string; give [caption].")
    if len(captions) != len(values):
        raise ShapeError(f"captioner: expected {len(values)} captions, one a picture, got {len(captions)}.")
    rows: list[int] = []
    texts: list[str] = []
    for number, several in enumerate(captions):
        of_one = [several] if isinstance(several, str) else list(several)
        if not of_one or not all(isinstance(text, str) and text.strip() for text in of_one):
            raise DataError(
                f"captioner: expected captions that are not empty, got {several!r} for picture {number}."
            )
        texts += [text.strip() for text in of_one]
        rows += [number] * len(of_one)
    return Corpus(GIVEN, values, paths, tuple(texts), np.array(rows, np.int64))


def values_of(pictures: Any, *, size: int, channels: int) -> tuple[Values, tuple[str, ...]]:
    """Return pictures or vectors as one array, and their names.

    Parameters
    ----------
    pictures
        Paths of pictures or of ``.npy`` files; or pictures (N, size, size) uint8 or (N, size, size, channels)
        uint8 or from 0 to 1; or vectors (N, D) or grids of vectors (N, S, D).
    size, channels
        How files of pictures are read.

    Raises
    ------
    ShapeError
        If an array has another shape.
    DataError
        If there are none, or a file cannot be read.
    """
    if isinstance(pictures, str | Path):
        raise DataError(f"captioner: expected a list of pictures, got one path; give [{str(pictures)!r}].")
    if not len(pictures):
        raise DataError("captioner: expected at least one picture, got none.")
    if all(isinstance(one, str | Path) for one in pictures):
        read = [_read(one, size, channels) for one in pictures]
        for path, one in zip(pictures, read, strict=True):
            if one.shape != read[0].shape or one.dtype != read[0].dtype:
                raise DataError(
                    f"{path}: expected the shape {read[0].shape} of the first, got {one.shape}; all vectors "
                    "have one shape, and none stands among pictures."
                )
        together: Any = np.stack(read)
        return together, tuple(map(str, pictures))
    try:
        array = np.asarray(pictures)
    except ValueError:  # rows of unequal lengths
        shapes = sorted({np.shape(one) for one in pictures})
        raise ShapeError(
            f"captioner: expected pictures or vectors of one shape, got {shapes[0]} and {shapes[1]}."
        ) from None
    names = tuple(str(number) for number in range(len(array)))
    if array.dtype.kind not in "fiub":
        raise ShapeError(f"captioner: expected paths or arrays of numbers, got {array.dtype}.")
    if array.dtype == np.uint8 and array.ndim == 3:
        array = array[:, :, :, None]
    if array.ndim not in (2, 3, 4) or 0 in array.shape:
        raise ShapeError(
            "captioner: expected pictures (N, size, size, channels), or vectors (N, D) or (N, S, D), got "
            f"{array.shape}."
        )
    if not np.isfinite(array).all():
        raise DataError("captioner: expected finite numbers, got others.")
    if array.ndim == 4:
        if array.shape[1] != array.shape[2] or array.shape[3] not in (1, 3):
            raise ShapeError(
                "captioner: expected pictures (N, size, size, channels), as wide as high, with 1 or 3 "
                f"channels, got {array.shape}."
            )
        if array.dtype != np.uint8:
            if array.min() < 0 or array.max() > 1:
                raise DataError(
                    "captioner: expected pixels as uint8, or from 0 to 1, got some from "
                    f"{array.min():g} to {array.max():g}."
                )
            array = np.rint(array * 255.0).astype(np.uint8)
        return np.asarray(array, np.uint8), names
    return np.asarray(array, np.float32), names


def _read(path: str | Path, size: int, channels: int) -> Values:
    if Path(path).suffix.lower() == ENDING:
        return read_vector(path)
    return read_pixels(path, size=size, channels=channels)
