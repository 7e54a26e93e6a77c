"""From an uploaded file to inputs of a model. The file lies on the disk only while it is read."""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePath
from typing import Any, Final

from remy.data.tables import ending
from remy.errors import DataError, RemyError
from remy.lab.own.items import Item, Items
from remy.lab.own.readers import reader_of
from remy.lab.own.typed import as_typed, cut_note
from remy.lab.schemas.choices import NumbersInput, PictureInput, WordsInput
from remy.lab.schemas.models import ModelCard
from remy.lab.schemas.own import FoundInput, Uploaded

#: Inputs of one file that are shown at most, how many are counted, and characters and numbers in those that
#: are shown together.
MOST_INPUTS: Final = 200
MOST_COUNTED: Final = 1_000
MOST_NUMBERS: Final = 200_000
_SHOWN: Final = 60
#: Folders with a file that is being read.
_in_use: Final[set[str]] = set()


def read_upload(card: ModelCard, trained: Any, given: Uploaded) -> tuple[list[FoundInput], int, Items]:
    """Return the inputs of a file, how many were counted, and what was guessed.

    Parameters
    ----------
    card, trained
        The model, and its estimator.
    given
        The file.

    Raises
    ------
    DataError
        If the file is empty, ends in what the model's inputs do not, or cannot be read.
    """
    name = PurePath(given.name.replace("\\", "/")).name or "the file"
    content = _content(name, given.content)
    read, endings, what = reader_of(card)
    found = ending(name)
    if found not in endings or name.lower().endswith(".gz"):
        raise DataError(
            f"{name}: expected {what} for a {card.task} in a file that ends in {', '.join(endings)}, got "
            + (f"'{PurePath(name).suffix}'" if PurePath(name).suffix else "no ending")
        )
    with _folder() as folder:
        path = folder / f"{_stem(name)}{found}"
        path.write_bytes(content)
        try:
            items = read(path, card, trained, given.column)
            kept, total, more = _first(items)
        except RemyError as error:
            raise type(error)(_renamed(str(error), path, name)) from None
    if not total:
        raise DataError(f"{name}: expected {what}, got none")
    listed = [_found(card, item, place) for place, item in enumerate(kept)]
    notes = [_renamed(note, path, name) for note in items.notes]
    if len(kept) < total:
        counted = f"{'more than ' if more else ''}{total:,}"
        notes.append(f"The first {len(kept):,} of {counted} inputs can be chosen.")
    longest = max(kept, key=lambda each: each.steps)
    notes += (
        cut_note(longest.steps, _unit(longest), more=longest.more) if len(kept) == 1 else _cut_notes(kept)
    )
    return listed, total, Items(iter(()), items.columns, items.column, tuple(notes))


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Make a folder that is there until the file in it has been read, or the process ends."""
    with tempfile.TemporaryDirectory(prefix="remy-lab-") as folder:
        _in_use.add(folder)
        try:
            yield Path(folder)
        finally:
            _in_use.discard(folder)


def remove_uploads() -> None:
    """Remove the files that are still being read, of a process that ends at once."""
    for folder in tuple(_in_use):
        shutil.rmtree(folder, ignore_errors=True)


def _stem(name: str) -> str:
    """Return a file's name without its ending, of which readers call a series; letters alone, no place."""
    return re.sub(r"[^\w -]", "_", PurePath(name).stem)[:60] or "file"


def _content(name: str, encoded: str) -> bytes:
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise DataError(f"{name}: expected the file's bytes in base64, got something else") from None
    if not content:
        raise DataError(f"{name}: expected a file with something in it, got an empty one")
    return content


def _first(items: Items) -> tuple[list[Item], int, bool]:
    """Return as many inputs as may be shown, how many were counted, and whether there are more.

    To count a million records takes longer than a question may.
    """
    kept: list[Item] = []
    size = 0
    for item in islice(items.items, MOST_INPUTS):
        kept.append(item)
        size += _size(item)
        if size > MOST_NUMBERS:
            break
    total = len(kept) + sum(1 for _ in islice(items.items, MOST_COUNTED - len(kept)))
    return kept, total, next(items.items, None) is not None


def _size(item: Item) -> int:
    if isinstance(item.input, NumbersInput):
        return len(item.input.values) * len(item.input.values[0])
    if isinstance(item.input, PictureInput):
        return len(item.input.pixels) ** 2
    return sum(map(len, item.input.words)) if isinstance(item.input, WordsInput) else min(item.steps, 1000)


def _found(card: ModelCard, item: Item, place: int) -> FoundInput:
    text = as_typed(card, item.input)
    begins = item.name or (text or "the picture").strip()
    short = begins if len(begins) <= _SHOWN else f"{begins[: _SHOWN - 1]}…"
    return FoundInput(
        name=f"{place + 1}: {' '.join(short.split())}", text=text, input=item.input, target=item.target
    )


def _cut_notes(items: list[Item]) -> tuple[str, ...]:
    cut = sum(bool(cut_note(each.steps, "")) for each in items)
    if not cut:
        return ()
    return (f"{cut:,} of them {'is' if cut == 1 else 'are'} longer than the lab reads and cut.",)


def _unit(item: Item) -> str:
    return {"text": "characters", "words": "words"}.get(item.input.kind, "steps")


def _renamed(sentence: str, path: Path, name: str) -> str:
    """Return a sentence with the person's own name of the file."""
    return sentence.replace(str(path), name).replace(path.name, name)
