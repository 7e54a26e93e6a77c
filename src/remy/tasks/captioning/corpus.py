"""Pictures or vectors with their captions, and where they came from: a table, a data set, or Python."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remy.config.captioner import CaptionsConfig
from remy.data.captions import read_captions
from remy.errors import DataError
from remy.tasks.locations import directory_name, find_file
from remy.tasks.writing.splitting import Places

#: What pictures are called that no table names.
GIVEN = "what was given"

Values = NDArray[np.uint8] | NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Corpus:
    """N pictures or vectors, and M captions of them.

    Attributes
    ----------
    name
        For people and for the model file.
    values
        (N, size, size, channels) uint8; or (N, D) or (N, S, D) float32.
    paths
        N names, the files' where there are any.
    captions, rows
        M texts, none of them empty, and of which picture each is (M,). Every picture has one.
    location
        What to give to read them again; empty if that cannot be done.
    columns
        Of the paths and the captions, where they stand in a table.
    notes
        What was guessed or dropped, a sentence each.
    """

    name: str
    values: Values
    paths: tuple[str, ...]
    captions: tuple[str, ...]
    rows: NDArray[np.int64]
    location: str = ""
    columns: tuple[str | None, str | None] = (None, None)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def are_vectors(self) -> bool:
        """Whether the values are vectors rather than pixels."""
        return self.values.dtype != np.uint8

    @cached_property
    def each(self) -> list[list[str]]:
        """The captions of each of the N pictures."""
        found: list[list[str]] = [[] for _ in range(len(self))]
        for row, caption in zip(self.rows.tolist(), self.captions, strict=True):
            found[row].append(caption)
        return found

    @property
    def keys(self) -> list[bytes]:
        """One for each picture, the same for the same pixels: two files may hold one picture."""
        return [hashlib.sha256(one.tobytes()).digest() for one in self.values]

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of all values and captions, whatever files they stand in."""
        found = hashlib.sha256(np.ascontiguousarray(self.values).tobytes())
        found.update(json.dumps([self.values.shape, self.captions, self.rows.tolist()]).encode())
        return found.hexdigest()

    @property
    def files(self) -> tuple[str, ...]:
        """The table they were read from; none if they cannot be read again."""
        return (self.location,) if self.location else ()

    @property
    def short_name(self) -> str:
        """A name for a directory: the table's without its endings."""
        stem = Path(self.location).name.split(".")[0] if self.location else "captions"
        return directory_name(stem, otherwise="captions")

    def part(self, places: Places, name: str) -> Corpus:
        """Return some of the pictures, each with all its captions."""
        numbers = np.full(len(self), -1, np.int64)
        numbers[places] = np.arange(len(places))
        kept = np.flatnonzero(numbers[self.rows] >= 0)
        return replace(
            self,
            name=name,
            values=self.values[places],
            paths=tuple(self.paths[place] for place in places),
            captions=tuple(self.captions[place] for place in kept),
            rows=numbers[self.rows[kept]],
        )


def read_corpus(location: str, config: CaptionsConfig) -> Corpus:
    """Read a table, or a data set, and the pictures it names, as `config` says.

    Raises
    ------
    DataError
        If they cannot be read, or no record is left.
    """
    found = read_captions(
        find_file(location),
        image=config.image,
        caption=config.caption,
        folder=config.folder,
        size=config.size,
        colour=config.colour,
    )
    stdin = location == "-"
    return Corpus(
        "standard input" if stdin else location,
        found.values,
        found.paths,
        found.captions,
        found.rows,
        "" if stdin else location,
        (found.image_column, found.caption_column),
        (*found.notes, *([f"{found.name}: {found.summary()}"] if found.dropped else [])),
    )


def kept_at(run: Path, part: str) -> Path:
    """Return where a run has its own copy of a part that cannot be read again."""
    return run / "data" / f"{part}.npz"


def to_bytes(corpus: Corpus) -> bytes:
    """Return a corpus as an ``.npz`` file, so that `reopen` finds the same one."""
    whole = io.BytesIO()
    about = json.dumps({"paths": corpus.paths, "captions": corpus.captions, "columns": corpus.columns})
    np.savez(whole, values=corpus.values, rows=corpus.rows, about=np.array(about))
    return whole.getvalue()


def reopen(path: Path) -> Corpus:
    """Read what `to_bytes` wrote.

    Raises
    ------
    DataError
        If it is missing or damaged.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as held:
            about = json.loads(str(held["about"]))
            values, rows = held["values"], held["rows"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: the run's own copy of its data is missing or damaged: {error}") from None
    columns = tuple(about["columns"])
    return Corpus(
        GIVEN, values, tuple(about["paths"]), tuple(about["captions"]), rows, columns=(columns[0], columns[1])
    )
