"""Which kind of data a file holds, by its ending and its first rows, with the reason."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from remy.data import sequences
from remy.data.caption_columns import names_pictures
from remy.data.header import LABEL_NAMES
from remy.data.lines import Lines
from remy.data.notation import find_notation
from remy.data.pairs import pair_columns, parallel_files
from remy.data.rows import Table, listed
from remy.data.series_columns import number_columns, time_columns
from remy.data.tables import TABLE_ENDINGS, ending, open_table
from remy.data.texts import find_text_columns, has_text_column
from remy.errors import DataError

Kind = Literal["text", "conll", "series", "sequences", "pairs", "captions", "music", "plain"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_CONLL = (".conllu", ".conll", ".bio", ".iob", ".bioes", ".iob2")
_LOOKED_AT = 60  # lines of a file whose ending says nothing


@dataclass(frozen=True)
class Guess:
    """A kind of data and why it was taken for that.

    Attributes
    ----------
    kind
        ``text`` (texts with labels), ``conll`` (tagged sentences), ``series`` (values over time),
        ``sequences`` (vectors, with labels), ``pairs`` (texts and what is written of them), ``captions``
        (pictures or vectors, and what is written of them), ``music`` (tunes) or ``plain`` (running text).
    reason
        For people: ``.csv with a time column 'date' and numbers``.
    """

    kind: Kind
    reason: str


def guess_kind(location: str | Path) -> Guess:
    """Return which kind of data a file holds; a folder can hold music only.

    Raises
    ------
    DataError
        If the file cannot be read, or its columns leave it open.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "rain.csv"
    >>> _ = path.write_text("date,rain,wind\\n2012-01-01,0.5,3\\n")
    >>> guess_kind(path)
    Guess(kind='series', reason=".csv with a time column 'date' and numbers")
    """
    notation = find_notation(location)
    if notation is not None:
        return Guess("music", notation.title)
    if parallel_files(str(location)) is not None:
        return Guess("pairs", "two parallel files")
    found = ending(location)
    if found in sequences.ENDINGS:
        return Guess("sequences", f"the ending {found}")
    if found in _CONLL:
        return Guess("conll", f"the ending {found}")
    if found in TABLE_ENDINGS:
        return _of_table(open_table(location), found)
    lines = Lines(location)
    looked_at = [line.rstrip("\r\n") for line in itertools.islice(lines.peek(), _LOOKED_AT)]
    if _is_conll(looked_at):
        return Guess("conll", "lines of a word and its tag, with empty lines between sentences")
    filled = [line for line in looked_at if line.strip()]
    if filled and len({line.count("\t") for line in filled}) == 1 and "\t" in filled[0]:
        return _of_table(open_table(location, format="tsv"), "text between tabs")
    return Guess("plain", f"{found or 'no ending,'} text that is no table")


def _of_table(table: Table, ending: str) -> Guess:
    if names_pictures(table):
        return Guess("captions", f"{ending} with a column of pictures or vectors")
    pair = pair_columns(table.columns)
    if pair is not None:
        return Guess("pairs", f"{ending} with a source column '{pair[0]}' and a target column '{pair[1]}'")
    if has_text_column(table):
        chosen = find_text_columns(table, labelled=False)
        return Guess("text", f"{ending} with a text column '{chosen.text}'")
    times = time_columns(table)
    numbers = [column for column in number_columns(table) if column not in times]
    if len(times) == 1 and numbers:
        return Guess("series", f"{ending} with a time column '{times[0]}' and numbers")
    named = [column for column in table.columns if column.strip().lower() in LABEL_NAMES]
    if len(table.columns) == 2 and len(numbers) < 2:
        chosen = find_text_columns(table)
        return Guess(
            "text", f"{ending} with two columns, the text '{chosen.text}' and the label '{chosen.label}'"
        )
    if named and len(table.columns) == 1 + len(named):
        return Guess("text", f"{ending} with a label column '{named[0]}'")
    raise DataError(
        f"{table.name}: cannot tell what the columns {listed(table.columns)} are; name the text and the "
        "label, or the time and the target."
    )


def _is_conll(lines: Sequence[str]) -> bool:
    """Return whether lines are sentences of words with tags: columns, and empty lines between."""
    if lines and lines[0].startswith("-DOCSTART-"):
        return True
    words = [line for line in lines if line.strip() and not line.startswith("# ")]
    between = any(not line.strip() for line in lines[:-1]) or len(lines) < _LOOKED_AT
    widths = (
        {len(line.split("\t") if "\t" in words[0] else line.split()) for line in words} if words else set()
    )
    empty = any(not line.strip() for line in lines)
    return empty and between and len(widths) == 1 and 2 <= min(widths) <= 10 and len(words) > 1
