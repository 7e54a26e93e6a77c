"""Which columns of a table hold the paths of pictures and their captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from remy.data import pictures, vectors
from remy.data.header import TEXT_NAMES
from remy.data.rows import Table, listed
from remy.errors import DataError, UsageError

#: Names people give such columns, most telling first.
IMAGE_NAMES = (
    "image",
    "picture",
    "photo",
    "vector",
    "features",
    "file",
    "filename",
    "file_name",
    "image_path",
    "path",
)
CAPTION_NAMES = ("caption", "captions", *TEXT_NAMES, "name", "title", "alt")

_ENDINGS = (*pictures.ENDINGS, vectors.ENDING)


@dataclass(frozen=True)
class CaptionColumns:
    """Which columns of a table hold the paths and the captions, and how that was found."""

    image: str
    caption: str
    notes: tuple[str, ...]


def find_caption_columns(
    table: Table, *, image: str | None = None, caption: str | None = None
) -> CaptionColumns:
    """Return the columns of the paths and the captions: the named ones, else those that can only be meant.

    Raises
    ------
    UsageError
        If both are the same column.
    DataError
        If a column is not there, or cannot be told, or the first row was taken for a header and is none.
    """
    if image is not None and image == caption:
        raise UsageError(f"caption: expected another column than the picture's, got '{image}' for both.")
    for column in table.columns:
        if _names_a_file(column):
            raise DataError(
                f"{table.name}: the first row names a picture, '{column}', not the columns; put a first line "
                "such as image,caption before it."
            )
    image_column = table.require(image, "image") if image is not None else None
    caption_column = table.require(caption, "caption") if caption is not None else None
    if len(table.columns) < 2:
        raise DataError(
            f"{table.name}: expected a column of pictures and one of captions, got only "
            f"'{table.columns[0]}'; say with `format` if it is CSV under another ending."
        )
    notes = []
    if image_column is None:
        left = [column for column in table.columns if column != caption_column]
        image_column = _by_endings(table, left) or _guess(table, left, IMAGE_NAMES, "image")
        notes.append(f"the picture is column '{image_column}'")
    if caption_column is None:
        left = [column for column in table.columns if column != image_column]
        caption_column = _guess(table, left, CAPTION_NAMES, "caption")
        notes.append(f"the caption is column '{caption_column}'")
    return CaptionColumns(image_column, caption_column, tuple(notes))


def names_pictures(table: Table) -> bool:
    """Return whether a column of the table holds the paths of pictures or vectors, by their endings."""
    return _by_endings(table, table.columns) is not None


def image_column(table: Table) -> str:
    """Return the column that holds the paths of pictures or vectors, by their endings or its name.

    Raises
    ------
    DataError
        If it cannot be told.
    """
    return _by_endings(table, table.columns) or _guess(table, table.columns, IMAGE_NAMES, "image")


def _by_endings(table: Table, columns: Sequence[str]) -> str | None:
    """Return the one column whose cells all end as pictures or vectors do."""
    found = [
        column
        for column in columns
        if (cells := table.cells(column)) and all(_names_a_file(cell) for cell in cells)
    ]
    return found[0] if len(found) == 1 else None


def _names_a_file(cell: str) -> bool:
    return PurePath(cell.strip().lower()).suffix in _ENDINGS


def _guess(table: Table, left: Sequence[str], names: Sequence[str], role: str) -> str:
    """Return the column with the most telling usual name, or the only one left."""
    for name in names:
        for column in left:
            if column.strip().lower() == name:
                return column
    if len(left) == 1:
        return left[0]
    raise DataError(
        f"{table.name}: cannot tell which column is the {role}; name one of {listed(table.columns)} with "
        f"`{role}`."
    )
