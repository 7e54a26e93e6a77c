"""Pictures, or vectors that stand for them, and their captions: a table that names their files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from remy.data import pictures, vectors
from remy.data.caption_columns import CaptionColumns, find_caption_columns
from remy.data.records import Place, Tally, describe_counts
from remy.data.rows import Row, Table
from remy.data.tables import open_table
from remy.errors import DataError, UsageError

EMPTY_PATH = "without a path"
EMPTY_CAPTION = "with an empty caption"
BAD_PICTURE = "with a picture that cannot be read"

#: Bad pictures that are named; a folder in the wrong place would name them all.
_NAMED = 10


@dataclass(frozen=True, eq=False)
class CaptionedPictures:
    """Pictures or vectors, each once, and the captions that belong to them.

    Attributes
    ----------
    name
        The table they come from.
    values
        Pictures (N, size, size, channels) uint8; or vectors (N, D), or grids of them (N, S, D), float32.
    paths
        The N files, as the table has them.
    captions
        M captions, in the table's order, without white space around them; a picture may have several.
    rows
        (M,): which picture each caption is of.
    places
        Where the M captions stand.
    image_column, caption_column
        Where they were found.
    dropped
        How many rows were left out, by reason.
    notes
        What was guessed, and which pictures were left out and why.
    """

    name: str
    values: NDArray[np.uint8] | NDArray[np.float32]
    paths: tuple[str, ...]
    captions: tuple[str, ...]
    rows: NDArray[np.int64]
    places: tuple[Place, ...]
    image_column: str
    caption_column: str
    dropped: Counter[str]
    notes: tuple[str, ...]

    @property
    def are_vectors(self) -> bool:
        """Whether the values are vectors rather than pixels."""
        return self.values.dtype != np.uint8

    @property
    def kept(self) -> int:
        """How many captions there are."""
        return len(self.captions)

    def summary(self) -> str:
        """Return the counts as a sentence: ``7,000 records kept; 2 dropped: 2 with an empty caption``."""
        return describe_counts(self.kept, self.dropped)


def read_captions(
    location: str | Path,
    *,
    image: str | None = None,
    caption: str | None = None,
    folder: str | Path | None = None,
    size: int = 48,
    colour: bool = False,
    format: str | None = None,
) -> CaptionedPictures:
    r"""Read pictures with their captions into memory, each picture once.

    Rows without a path or a caption, and rows whose picture is missing or cannot be read, are dropped and
    counted, and the first ten such pictures named. A vector that cannot be used is refused instead: whoever
    computed it can compute it again.

    Parameters
    ----------
    location
        A CSV, TSV, JSONL or Parquet file with a column of paths and one of captions, or a ``.txt`` file with
        tabs between them; or ``-`` for standard input.
    image, caption
        Names of the columns; None to guess: by a usual name, the paths also by their endings, or the other
        one of two columns.
    folder
        What the paths are relative to; None for the table's own folder (of standard input: the current one).
    size, colour
        As in :func:`remy.data.pictures.read_picture`; vectors stay as they are.
    format
        ``csv``, ``tsv``, ``jsonl`` or ``parquet``; None to go by the ending.

    Raises
    ------
    UsageError
        If `format` is unknown, `size` below 1, or one column is to be both.
    DataError
        If the table cannot be read, has no such column, no rows, or leaves open which column is meant; if no
        record is left; if Pillow is not installed and there are pictures; if a vector cannot be read, is not
        finite, or has another shape than the first; if there are pictures among vectors.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from PIL import Image
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> Image.new("L", (9, 9)).save(folder / "night.png")
    >>> lines = ["image,caption", "night.png,a night", "night.png,no light", "day.png,a day"]
    >>> _ = (folder / "seen.csv").write_text("\n".join(lines))
    >>> found = read_captions(folder / "seen.csv", size=8)
    >>> found.values.shape, found.captions, found.rows.tolist()
    ((1, 8, 8, 1), ('a night', 'no light'), [0, 0])
    >>> found.summary()
    '2 records kept; 1 dropped: 1 with a picture that cannot be read'
    """
    if size < 1:
        raise UsageError(f"size: expected at least 1 pixel, got {size}.")
    named = [column for column in (image, caption) if column is not None]
    table = open_table(location, format=format, named=named, tabs=True)
    columns = find_caption_columns(table, image=image, caption=caption)
    if folder is None:
        folder = Path(".") if str(location) == "-" else Path(location).parent
    gathering = _Gathering(table, columns, Path(folder), size, 3 if colour else 1)
    for row in table:
        gathering.add(row)
    return gathering.finished()


class _Gathering:
    """The rows of a table, one after the other, and the files they name."""

    def __init__(self, table: Table, columns: CaptionColumns, folder: Path, size: int, channels: int) -> None:
        self._table, self._columns = table, columns
        self._folder, self._size, self._channels = folder, size, channels
        self._tally = Tally()
        self._held = bytearray()  # the values end to end: a list of arrays would need them twice in the end
        self._shape: tuple[int, ...] = ()
        self._vectors = False
        self._rows: dict[str, int] = {}
        self._bad: dict[str, str] = {}
        self._captions: list[tuple[int, str, Place]] = []

    def add(self, row: Row) -> None:
        """Take one row's caption, and its file unless an earlier row had it."""
        path, caption = (row.values[name].strip() for name in (self._columns.image, self._columns.caption))
        if not path:
            self._tally.dropped[EMPTY_PATH] += 1
        elif not caption:
            self._tally.dropped[EMPTY_CAPTION] += 1
        elif path in self._bad or not self._has(path, row.place):
            self._tally.dropped[BAD_PICTURE] += 1
        else:
            self._captions.append((self._rows[path], caption, row.place))

    def finished(self) -> CaptionedPictures:
        """Return everything that was taken, if anything was."""
        name, dropped = self._table.name, self._tally.dropped
        if not self._captions:
            first = f"; the first: {next(iter(self._bad.values()))}" if self._bad else "."
            raise DataError(f"{name}: {describe_counts(0, dropped)}{first}")
        notes = [f"left out: {reason}" for reason in list(self._bad.values())[:_NAMED]]
        if len(self._bad) > _NAMED:
            notes.append(f"left out: {len(self._bad) - _NAMED:,} more pictures that cannot be read")
        rows, captions, places = zip(*self._captions, strict=True)
        shape = (len(self._rows), *self._shape)
        return CaptionedPictures(
            name=name,
            values=(
                np.frombuffer(self._held, np.float32).reshape(shape)
                if self._vectors
                else np.frombuffer(self._held, np.uint8).reshape(shape)
            ),
            paths=tuple(self._rows),
            captions=captions,
            rows=np.array(rows, np.int64),
            places=places,
            image_column=self._columns.image,
            caption_column=self._columns.caption,
            dropped=dropped,
            notes=(*self._table.notes, *self._columns.notes, *notes),
        )

    def _has(self, path: str, place: Place) -> bool:
        """Return whether the file's values are held, read now if they were not."""
        if path in self._rows:
            return True
        is_vector = PurePath(path).suffix.lower() == vectors.ENDING
        if self._rows and is_vector != self._vectors:
            kinds = ("a vector", "pictures") if is_vector else ("a picture", "vectors")
            raise DataError(f"{place}: {path} is {kinds[0]} among {kinds[1]}; make a table of each.")
        values = self._vector(path) if is_vector else self._picture(path)
        if values is None:
            return False
        self._vectors, self._shape = is_vector, values.shape
        self._rows[path] = len(self._rows)
        self._held += values.tobytes()
        return True

    def _picture(self, path: str) -> NDArray[np.uint8] | None:
        pictures.require_pillow(self._table.name)
        try:
            return pictures.read_pixels(self._folder / path, size=self._size, channels=self._channels)
        except DataError as error:
            self._bad[path] = str(error)
            return None

    def _vector(self, path: str) -> NDArray[np.float32]:
        values = vectors.read_vector(self._folder / path)
        if self._rows and values.shape != self._shape:
            first = next(iter(self._rows))
            raise DataError(
                f"{self._folder / path}: expected the shape {self._shape} of {first}, got {values.shape}; "
                "all vectors of a table have one shape."
            )
        return values
