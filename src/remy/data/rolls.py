"""Pieces of music as piano rolls: from MATLAB's and NumPy's files, from MIDI files and folders of them."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from remy.data.lines import unreadable
from remy.data.midi import ENDINGS, read_notes
from remy.data.npy import expect_whole
from remy.data.piano_roll import KEYS, Roll, checked_roll, roll_of
from remy.data.skipped import Skipped
from remy.errors import DataError

#: Length of a frame in quarter notes where nobody says it, of MIDI files and of what is a roll already.
MIDI_STEP: Final = 0.5
ROLL_STEP: Final = 1.0

#: The parts a file may be divided into by itself.
PARTS: Final = ("train", "valid", "test")

#: In a ``.npz`` file: ``train_0``, ``train/bwv66``, ``test``.
_OWN_PART = re.compile(r"(train|valid|test)(?![a-z])")


@dataclass(frozen=True)
class Rolls:
    """What was read of a file or folder.

    Attributes
    ----------
    name
        For people.
    parts
        The pieces (T, 88) in order: under ``train``, ``valid`` and ``test`` where the file is divided, else
        all under ``all``.
    step
        Length of a frame in quarter notes.
    notes
        What was left out, a sentence each.
    """

    name: str
    parts: Mapping[str, tuple[Roll, ...]]
    step: float
    notes: tuple[str, ...] = ()

    @property
    def divided(self) -> bool:
        """Whether the file says itself what is learned from and what is held out."""
        return "all" not in self.parts


def read_rolls(location: str | Path, *, step: float | None = None) -> Rolls:
    """Read pieces of music as piano rolls.

    Parameters
    ----------
    location
        A ``.mat`` file with ``traindata``, ``validdata`` and ``testdata``, each a row of rolls (T, 88), as
        JSB Chorales, Nottingham, MuseData and Piano-midi.de are handed out; a ``.npz`` file whose arrays are
        rolls, one a piece, divided into parts where their names begin with ``train``, ``valid`` and ``test``;
        a MIDI file; or a folder of MIDI files, with the folders in it, by name. Pickles are never loaded.
    step
        Length of a frame in quarter notes. None: half a quarter for MIDI, a quarter for rolls (that of the
        JSB Chorales). Most music moves in eighth notes; on a finer grid most frames repeat the one before,
        on a coarser one eighths become chords.

    Raises
    ------
    DataError
        If it cannot be read, a roll has another shape or values other than 0 and 1, a piece of a ``.mat`` or
        ``.npz`` file has a single frame, or no MIDI file of a folder can be used. Those that cannot are left
        out and named in ``notes``.

    References
    ----------
    N. Boulanger-Lewandowski, Y. Bengio and P. Vincent, "Modeling temporal dependencies in high-dimensional
    sequences: application to polyphonic music generation and transcription", ICML 2012.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "two.npz"
    >>> np.savez(path, train_0=np.eye(5, 88), test_0=np.eye(9, 88))
    >>> found = read_rolls(path)
    >>> found.divided, {part: [len(roll) for roll in rolls] for part, rolls in found.parts.items()}
    (True, {'train': [5], 'test': [9]})
    """
    path, name = Path(location), str(location)
    if name == "-":
        raise DataError("standard input: piano rolls are read from a file or a folder; give its path.")
    ending = path.suffix.lower()
    if path.is_dir():
        return _folder(path, name, MIDI_STEP if step is None else step)
    if ending in ENDINGS:
        frame = MIDI_STEP if step is None else step
        return Rolls(path.name, {"all": (_midi(path, frame),)}, frame)
    frame = ROLL_STEP if step is None else step
    if ending == ".mat":
        return Rolls(path.name, _mat(path, name), frame)
    if ending == ".npz":
        return Rolls(path.name, _npz(path, name), frame)
    raise DataError(
        f"{name}: expected piano rolls in a .mat or .npz file, a MIDI file or a folder of them, "
        f"got {f'a file that ends in {ending}' if ending else 'a file without ending'}."
    )


def holds_rolls(path: Path) -> bool:
    """Whether a file must be one of piano rolls: ``.mat``, or ``.npz`` without ``x`` and with 88 columns."""
    if path.suffix.lower() == ".mat":
        return True
    if path.suffix.lower() != ".npz":
        return False
    try:
        expect_whole(path)
        with np.load(path, allow_pickle=False) as file:
            if not file.files or "x" in file.files:
                return False
            first = file[file.files[0]]
            return bool(first.ndim == 2 and first.shape[1] == KEYS)
    except (OSError, DataError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
        return False


def _mat(path: Path, name: str) -> dict[str, tuple[Roll, ...]]:
    from scipy.io import loadmat

    keys = [f"{part}data" for part in PARTS]
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(name, error) from error
    if not content:
        raise DataError(f"{name}: the file is empty.")
    try:
        found = loadmat(io.BytesIO(content), variable_names=keys)
    except Exception as error:  # whatever the library makes of a damaged file
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise DataError(f"{name}: not a MATLAB file, or damaged ({reason}).") from None
    missing = [key for key in keys if key not in found]
    if missing:
        raise DataError(
            f"{name}: expected traindata, validdata and testdata, each a row of piano rolls; "
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing."
        )
    parts: dict[str, tuple[Roll, ...]] = {}
    for part, key in zip(PARTS, keys, strict=True):
        cells = np.asarray(found[key])
        if cells.dtype != object or not cells.size:
            raise DataError(
                f"{name}: expected {key} to be a row of piano rolls, got {cells.dtype} of {cells.shape}."
            )
        rolls = cells.ravel()
        parts[part] = tuple(
            checked_roll(roll, f"{name}: {key}, piece {number}") for number, roll in enumerate(rolls, 1)
        )
    return parts


def _npz(path: Path, name: str) -> dict[str, tuple[Roll, ...]]:
    try:
        expect_whole(path)
        with open(path, "rb") as file:
            loaded = np.load(file, allow_pickle=False)
            arrays = (
                {"array": loaded} if isinstance(loaded, np.ndarray) else {k: loaded[k] for k in loaded.files}
            )
    except OSError as error:
        raise unreadable(name, error) from error
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error, MemoryError, OverflowError) as error:
        if "allow_pickle" in str(error) or "Python objects" in str(error):
            raise DataError(
                f"{name}: holds Python objects, or is no NumPy file; save an array (T, {KEYS}) a piece "
                "with np.savez."
            ) from error
        raise DataError(f"{name}: not a NumPy file, or damaged: {error}.") from error
    if not arrays:
        raise DataError(f"{name}: expected an array for each piece, got none.")
    pieces: dict[str, list[Roll]] = {}
    for key, array in arrays.items():
        own = _OWN_PART.match(key)
        pieces.setdefault(own[1] if own else "all", []).append(checked_roll(array, f"{name}: {key}"))
    if "all" in pieces and len(pieces) > 1:
        odd = next(key for key in arrays if not _OWN_PART.match(key))
        raise DataError(
            f"{name}: expected the names of all arrays or none to begin with train, valid or test; got {odd}."
        )
    if "all" not in pieces and "train" not in pieces:
        raise DataError(f"{name}: expected arrays whose names begin with train to learn from, got none.")
    return {part: tuple(pieces[part]) for part in (*PARTS, "all") if part in pieces}


def _folder(path: Path, name: str, step: float) -> Rolls:
    skipped, rolls = Skipped(name, "files"), []
    for file in sorted(one for one in path.rglob("*") if one.suffix.lower() in ENDINGS and one.is_file()):
        try:
            rolls.append(_midi(file, step))
        except DataError as error:
            skipped.add(str(error))
    return Rolls(path.name or name, {"all": tuple(rolls)}, step, skipped.notes(len(rolls)))


def _midi(path: Path, step: float) -> Roll:
    notes: Sequence[Any] = read_notes(path, step=step)
    if not notes:
        raise DataError(f"{path}: has no notes.")
    try:
        roll = roll_of(notes)
    except DataError as error:
        raise DataError(f"{path}: {error}.") from None
    return checked_roll(roll, str(path))
