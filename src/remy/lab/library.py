"""The models that can be looked into: those that ship with the lab, and the runs of one folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from remy.errors import DataError, ModelFileError, RemyError, UsageError, nearest
from remy.io.model_file import read_header
from remy.lab.cache import Cache
from remy.lab.cards import card_of
from remy.lab.schemas.models import ModelCard, ModelList
from remy.lab.shipped import SHIPPED, described

#: The model's file in a run, and the scores beside it: of a run, and of a model that ships with the lab.
_MODEL: Final = "model.safetensors"
_METRICS: Final = {"run": "metrics.json", "shipped": "scores.json"}
#: What the ids of runs begin with.
_RUN: Final = "run:"
#: Models in memory: bytes of their files together.
_MOST_BYTES: Final = 256_000_000


@dataclass(frozen=True)
class _Place:
    """Where a model lies.

    Attributes
    ----------
    id
        As questions name it.
    name
        For people.
    source
        Whose it is.
    file
        The model's file; links are followed.
    scores
        The file beside it.
    """

    id: str
    name: str
    source: Literal["shipped", "run"]
    file: Path
    scores: Path

    @property
    def model_stamp(self) -> tuple[str, tuple[int, int, int]]:
        """What differs once the model's file is another."""
        return str(self.file), _stamp(self.file)

    @property
    def card_stamp(self) -> tuple[Any, ...]:
        """What differs once the model's file, or that of its scores, is another."""
        return self.id, self.model_stamp, _stamp(self.scores)


class Library:
    """Finds, describes and loads models.

    Parameters
    ----------
    run
        A run, of which nothing else is seen, or a model file; or a folder whose sub-folders with a
        ``model.safetensors`` are the runs. None: no runs.
    shipped
        The folder with the models that ship with the lab.

    Raises
    ------
    DataError
        If there is nothing at `run`, or it is one model and that cannot be read.

    Examples
    --------
    >>> Library(shipped=Path("nowhere")).cards()
    ModelList(models=(), faults=(), opened=None)
    """

    def __init__(self, run: Path | None = None, *, shipped: Path = SHIPPED) -> None:
        self._shipped = shipped
        self._cards = Cache[Any, ModelCard](most=10_000)
        self._loaded = Cache[Any, tuple[Any, int]](most=_MOST_BYTES, weigh=lambda made: made[1])
        self._folder: Path | None = None
        self._only: str | None = None
        if run is not None:
            self._open(run)

    @property
    def opened(self) -> str | None:
        """The id of the run that the lab was opened with; None of a folder of runs."""
        return None if self._only is None else f"{_RUN}{self._only}"

    def cards(self) -> ModelList:
        """Return the cards of all models, those that ship with the lab first; no weights are read."""
        found: list[ModelCard] = []
        faults: list[str] = []
        runs = list(self._run_names())
        for id in (*sorted(self._shipped_names()), *(f"{_RUN}{name}" for name in runs)):
            if not _is_text(id):
                faults.append(
                    f"{_printable(id)}: its name is not UTF-8, so no question can ask for it; rename it"
                )
                continue
            try:
                found.append(self.card(id))
            except RemyError as error:
                faults.append(_printable(str(error)))
        if self._folder is not None and not runs:
            faults.append(f"{self._folder}: has no run yet, which is a folder with a {_MODEL}")
        return ModelList(models=tuple(found), faults=tuple(faults), opened=self.opened)

    def card(self, id: str) -> ModelCard:
        """Return the card of a model.

        Raises
        ------
        UsageError
            If there is none of this name, or it is not in the folder.
        ModelFileError
            If it cannot be read.
        """
        return self._card(self._place(id))

    def load(self, id: str) -> Any:
        """Return the estimator of a model, as :func:`remy.load` does; a file that changed is read anew.

        Of a forecaster the series that it learned from stay unread.

        Raises
        ------
        UsageError
            If there is no model of this name, or it is not in the folder.
        ModelFileError
            If it cannot be read.
        """
        place = self._place(id)
        return self._loaded.get(place.model_stamp, partial(_load, place.file))[0]

    def letters(self) -> tuple[str, ...]:
        """Return the characters that the letter models know, or all that can be printed in ASCII."""
        for name in sorted(self._shipped_names()):
            card = self._card(self._shipped_place(name))
            if card.task == "language_model" and card.outputs is not None:
                return card.outputs
        return ("\n", *map(chr, range(32, 127)))

    def _open(self, run: Path) -> None:
        given = run.expanduser()
        if not given.exists():
            raise DataError(f"{run}: there is no such run, model file or folder of runs")
        found = given.resolve()
        if found.is_dir() and not os.path.lexists(found / _MODEL):
            self._folder = found
            return
        if not _is_text(found.name):
            raise DataError(f"{_printable(str(run))}: its name is not UTF-8; rename it")
        self._folder, self._only = found.parent, found.name
        self._card(self._run_place(f"{_RUN}{found.name}"))

    def _place(self, id: str) -> _Place:
        if id.startswith(_RUN):
            return self._run_place(id)
        known = self._shipped_names()
        if id not in known:
            raise UsageError(f"model: there is no '{id}'{nearest(id, known)}")
        return self._shipped_place(id)

    def _shipped_names(self) -> list[str]:
        try:
            return [entry.name for entry in os.scandir(self._shipped) if (Path(entry) / _MODEL).is_file()]
        except OSError:
            return []

    def _shipped_place(self, name: str) -> _Place:
        folder = self._shipped / name
        return _Place(name, name, "shipped", folder / _MODEL, folder / _METRICS["shipped"])

    def _run_names(self) -> list[str]:
        """Return the runs of the folder, and what looks like one."""
        if self._folder is None:
            return []
        if self._only is not None:
            return [self._only]
        try:
            entries = [entry.name for entry in os.scandir(self._folder)]
        except OSError:
            return []
        return sorted(name for name in entries if os.path.lexists(self._folder / name / _MODEL))

    def _run_place(self, id: str) -> _Place:
        """Return where a run lies, which has to be inside the folder, whatever its name and links say."""
        name, folder = id.removeprefix(_RUN), self._folder
        if folder is None:
            raise UsageError(f"model: '{id}' is a run, and the lab was opened without any: remy lab RUN")
        try:
            run = (folder / name).resolve()
            is_folder = run.is_dir()
            file = (run / _MODEL if is_folder else run).resolve()
            scores = ((run if is_folder else run.parent) / _METRICS["run"]).resolve()
            is_file = file.is_file()
        except (OSError, RuntimeError, ValueError):  # a name too long, links in a circle, a zero byte
            run = file = scores = Path()
            is_file = False
        chosen = run != folder if self._only is None else run == folder / self._only
        if not chosen or not all(path.is_relative_to(folder) for path in (run, file, scores)):
            raise UsageError(f"model: '{id}' is not in {folder}")
        if not is_file:
            raise UsageError(f"model: '{id}' is no run in {folder}: it has no {_MODEL}")
        relative = run.relative_to(folder).as_posix()
        return _Place(f"{_RUN}{relative}", relative, "run", file, scores)

    def _card(self, place: _Place) -> ModelCard:
        return self._cards.get(place.card_stamp, partial(_card, place))


def _card(place: _Place) -> ModelCard:
    header = read_header(place.file)
    metrics = _read_metrics(place.scores) or header["metrics"]
    try:
        if place.source == "run":
            title = place.name.removesuffix(".safetensors")
            return card_of(header, id=place.id, title=title, source="run", metrics=metrics)
        own = described(place.name, header["architecture"], metrics.get("about"))
        return card_of(header, id=place.id, source="shipped", metrics=metrics, **own)
    except ModelFileError as error:
        raise ModelFileError(f"{place.file}: {error}") from None


def _read_metrics(path: Path) -> Mapping[str, Any]:
    """Return the scores; none where there are none or they are being written."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _stamp(file: Path) -> tuple[int, int, int]:
    """Return when a file was written, its size, and which of that name it is; zeros where there is none."""
    try:
        found = file.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino


def _printable(sentence: str) -> str:
    """Return a sentence without what a file's name may hold that is no character."""
    return sentence.encode("utf-8", "backslashreplace").decode()


def _is_text(name: str) -> bool:
    """Whether a file's name can be sent: one whose bytes are no UTF-8 holds what is no character."""
    return _printable(name) == name


def _load(file: Path) -> tuple[Any, int]:
    """Return a model, and how large its file is."""
    from remy.lab.loading import load_model

    return load_model(file), file.stat().st_size
