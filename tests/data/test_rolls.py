"""Piano rolls from MATLAB's and NumPy's files, MIDI files and folders."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from remy.data.midi import Note, midi_bytes
from remy.data.rolls import holds_rolls, read_rolls
from remy.errors import DataError
from tests.data.test_piano_roll import random_roll

PARTS = ("traindata", "validdata", "testdata")


def cells(rolls: list[Any]) -> np.ndarray:
    row = np.empty((1, len(rolls)), object)
    for place, roll in enumerate(rolls):
        row[0, place] = roll
    return row


def write_mat(path: Path, **changes: Any) -> Path:
    """A benchmark file of 3, 2 and 1 pieces; None leaves a part out."""
    usual = {
        "traindata": cells([random_roll(5, 0), random_roll(3, 1), random_roll(4, 2)]),
        "validdata": cells([random_roll(6, 3), random_roll(2, 4)]),
        "testdata": cells([random_roll(7, 5)]),
    }
    savemat(path, {key: value for key, value in (usual | changes).items() if value is not None})
    return path


def write_midi(path: Path, notes: list[Note] | None = None, step: float = 0.5) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(midi_bytes(notes or [Note(0, 60, 2), Note(2, 64, 1)], step=step))
    return path


def test_a_benchmark_file_has_its_own_parts_in_order(tmp_path: Path) -> None:
    found = read_rolls(write_mat(tmp_path / "JSB.mat"))
    assert (found.name, found.divided, found.step, found.notes) == ("JSB.mat", True, 1.0, ())
    assert list(found.parts) == ["train", "valid", "test"]
    seeds = {"train": [(5, 0), (3, 1), (4, 2)], "valid": [(6, 3), (2, 4)], "test": [(7, 5)]}
    for part, expected in seeds.items():
        pairs = zip(found.parts[part], expected, strict=True)
        assert all(np.array_equal(roll, random_roll(*given)) for roll, given in pairs)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"validdata": None}, r"expected traindata, validdata and testdata, .*; validdata is missing\.$"),
        ({"validdata": None, "testdata": None}, r"validdata and testdata are missing\.$"),
        ({"testdata": np.zeros((3, 88))}, r"expected testdata to be a row of piano rolls, got"),
        ({"testdata": cells([np.zeros((4, 87))])}, r"testdata, piece 1: expected a piano roll of shape"),
        ({"traindata": cells([random_roll(3), np.eye(88)[:1]])}, r"traindata, piece 2: expected at least 2"),
        ({"traindata": cells([np.full((3, 88), np.nan)])}, r"traindata, piece 1: .* got nan in frame 1"),
        ({"traindata": cells([2 * random_roll(3)])}, r"expected 0 or 1 for every key, got 2 in frame 1"),
    ],
)
def test_a_benchmark_file_that_is_none_is_refused_in_one_sentence(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    path = write_mat(tmp_path / "bad.mat", **changes)
    with pytest.raises(DataError, match=message) as caught:
        read_rolls(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.mat", "a.npz"])
@pytest.mark.parametrize("content", [b"", b"no data at all", b"MATLAB 5.0 MAT-file" + bytes(200)])
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_rolls(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    for path in (write_mat(tmp_path / "a.mat"), tmp_path / "b.npz"):
        if path.suffix == ".npz":
            np.savez_compressed(path, a=random_roll(50), b=random_roll(60))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(DataError, match=r"damaged|no NumPy file"):
            read_rolls(path)


def test_arrays_of_an_npz_file_are_pieces_in_order(tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", zebra=random_roll(4, 1), ape=random_roll(9, 2), trainer=random_roll(3, 3))
    found = read_rolls(tmp_path / "some.npz", step=0.25)
    assert (found.divided, found.step) == (False, 0.25)
    assert [len(roll) for roll in found.parts["all"]] == [4, 9, 3]


def test_names_of_an_npz_file_may_divide_it(tmp_path: Path) -> None:
    pieces = {"test_b": 6, "train_x": 4, "train/y": 5, "train2": 3, "valid": 2}
    np.savez(tmp_path / "some.npz", **{name: random_roll(frames) for name, frames in pieces.items()})
    found = read_rolls(tmp_path / "some.npz")
    lengths = {part: [len(roll) for roll in rolls] for part, rolls in found.parts.items()}
    assert lengths == {"train": [4, 5, 3], "valid": [2], "test": [6]}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"train_a": random_roll(3), "other": random_roll(3)}, "names of all arrays or none .*; got other"),
        ({"test_a": random_roll(3)}, "names begin with train to learn from, got none"),
        ({"a": random_roll(3)[:, :80]}, r"a: expected a piano roll of shape \(T, 88\)"),
        ({"a": random_roll(1)}, "a: expected at least 2 frames"),
        ({}, "expected an array for each piece, got none"),
    ],
)
def test_an_npz_file_of_something_else_is_refused(
    tmp_path: Path, arrays: dict[str, np.ndarray], message: str
) -> None:
    np.savez(tmp_path / "some.npz", **arrays)
    with pytest.raises(DataError, match=message):
        read_rolls(tmp_path / "some.npz")


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", a=np.array([{}], object), allow_pickle=True)
    with pytest.raises(DataError, match="holds Python objects"):
        read_rolls(tmp_path / "some.npz")


def test_a_folder_of_midi_files_is_read_by_name_on_a_grid_of_eighths(tmp_path: Path) -> None:
    write_midi(tmp_path / "b.mid", [Note(0, 60, 4)])
    write_midi(tmp_path / "a" / "c.MIDI", [Note(0, 62, 3), Note(3, 60, 2)])
    (tmp_path / "readme.txt").write_text("no music")
    found = read_rolls(tmp_path)
    assert (found.divided, found.step, found.notes) == (False, 0.5, ())
    assert [len(roll) for roll in found.parts["all"]] == [5, 4]
    assert np.flatnonzero(found.parts["all"][0][0]).tolist() == [62 - 21]
    assert [len(roll) for roll in read_rolls(tmp_path, step=0.25).parts["all"]] == [10, 8]


def test_what_cannot_be_used_of_a_folder_is_named_and_counted(tmp_path: Path) -> None:
    write_midi(tmp_path / "good.mid")
    (tmp_path / "bad.mid").write_bytes(b"MThd and nothing more")
    write_midi(tmp_path / "short.mid", [Note(0, 60, 1)])
    write_midi(tmp_path / "high.mid", [Note(0, 120, 4)])
    found = read_rolls(tmp_path)
    assert len(found.parts["all"]) == 1
    (note,) = found.notes
    assert "3 of 4 files skipped" in note
    assert "bad.mid: not a MIDI file, or damaged" in note
    assert "high.mid: has no note between A0 and C8" in note
    assert "short.mid: expected at least 2 frames" in note


def test_a_folder_without_a_usable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected files with notes, got none"):
        read_rolls(tmp_path)
    (tmp_path / "bad.mid").write_bytes(b"")
    with pytest.raises(DataError, match=r"none of 1 can be used: .*bad\.mid"):
        read_rolls(tmp_path)


def test_a_single_midi_file_is_a_piece_and_a_bad_one_is_refused(tmp_path: Path) -> None:
    assert [len(roll) for roll in read_rolls(write_midi(tmp_path / "a.mid")).parts["all"]] == [3]
    (tmp_path / "bad.mid").write_bytes(b"no music")
    with pytest.raises(DataError, match=r"bad\.mid: not a MIDI file"):
        read_rolls(tmp_path / "bad.mid")
    write_midi(tmp_path / "high.mid", [Note(0, 120, 4)])
    with pytest.raises(DataError, match=r"high\.mid: has no note between"):
        read_rolls(tmp_path / "high.mid")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.mat", r"none\.mat: no such file"),
        ("none.npz", r"none\.npz: no such file"),
        ("none.mid", r"none\.mid: no such file"),
        ("notes.csv", r"expected piano rolls in a \.mat or \.npz file, .* ends in \.csv"),
        ("notes", "a file without ending"),
        ("-", "standard input: piano rolls are read from a file"),
    ],
)
def test_a_missing_file_and_one_of_another_kind_are_named(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_rolls(tmp_path / name if name != "-" else name)


def test_files_that_hold_rolls_are_told_from_others(tmp_path: Path) -> None:
    np.savez(tmp_path / "rolls.npz", a=random_roll(4))
    np.savez(tmp_path / "records.npz", x=random_roll(4), y=np.zeros(4))
    np.savez(tmp_path / "narrow.npz", a=np.zeros((4, 12)))
    (tmp_path / "empty.npz").touch()
    with zipfile.ZipFile(tmp_path / "zip.npz", "w"):
        pass
    names = ("rolls.npz", "records.npz", "narrow.npz", "empty.npz", "zip.npz", "any.mat", "text.csv")
    held = [holds_rolls(tmp_path / name) for name in names]
    assert held == [True, False, False, False, False, True, False]
