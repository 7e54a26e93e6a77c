"""Tables of pictures and captions: columns, what is read once, what is left out and what is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars
import pytest

from remy.data.captions import BAD_PICTURE, EMPTY_CAPTION, EMPTY_PATH, read_captions
from remy.errors import DataError, UsageError

Image = pytest.importorskip("PIL.Image")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, each of one grey level, and a file that is none."""
    for level in (10, 20, 30):
        Image.new("L", (6, 6), level).save(tmp_path / f"{level}.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    return tmp_path


def write(folder: Path, text: str, name: str = "seen.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_each_picture_is_read_once_and_every_caption_knows_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from remy.data import pictures

    read: list[str] = []
    original = pictures.read_pixels

    def counted(
        path: str | Path, *, size: int, channels: int
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        read.append(Path(path).name)
        return original(path, size=size, channels=channels)

    monkeypatch.setattr(pictures, "read_pixels", counted)
    path = write(folder, "image,caption\n20.png,twenty\n10.png, ten \n20.png,a score\nbad.png,x\nbad.png,y\n")
    found = read_captions(path, size=4)
    assert (found.values.shape, found.values.dtype) == ((2, 4, 4, 1), np.uint8)
    assert [int(picture.mean()) for picture in found.values] == [20, 10]
    assert found.captions == ("twenty", "ten", "a score")
    assert (found.rows.tolist(), found.rows.dtype) == ([0, 1, 0], np.int64)
    assert found.paths == ("20.png", "10.png")
    assert [str(place) for place in found.places] == [f"{path}:2", f"{path}:3", f"{path}:4"]
    assert read == ["20.png", "10.png", "bad.png"]
    assert not found.are_vectors


def test_colour_is_kept_when_asked_for(folder: Path) -> None:
    path = write(folder, "image,caption\n20.png,twenty\n")
    assert read_captions(path, size=4, colour=True).values.shape == (1, 4, 4, 3)


def test_bad_rows_are_dropped_counted_and_the_pictures_named(folder: Path) -> None:
    lines = [
        "image,caption",
        "10.png,ten",
        "bad.png,x",
        "none.png,y",
        ",z",
        "20.png,",
        "bad.png,again",
        "30.png,thirty",
    ]
    found = read_captions(write(folder, "\n".join(lines) + "\n"), size=4)
    assert (found.captions, found.kept) == (("ten", "thirty"), 2)
    assert found.dropped == {BAD_PICTURE: 3, EMPTY_PATH: 1, EMPTY_CAPTION: 1}
    assert found.summary() == (
        "2 records kept; 5 dropped: 3 with a picture that cannot be read, 1 with an empty caption, "
        "1 without a path"
    )
    assert found.notes[-2:] == (
        f"left out: {folder / 'bad.png'}: not a picture of a known format.",
        f"left out: {folder / 'none.png'}: no such file.",
    )


def test_of_many_bad_pictures_ten_are_named(folder: Path) -> None:
    lines = ["image,caption", "10.png,ten", *(f"none-{number}.png,x" for number in range(13))]
    found = read_captions(write(folder, "\n".join(lines) + "\n"), size=4)
    named = [note for note in found.notes if note.startswith("left out: ")]
    assert len(named) == 11
    assert named[-1] == "left out: 3 more pictures that cannot be read"
    assert found.dropped[BAD_PICTURE] == 13


def test_all_formats_give_the_same(folder: Path) -> None:
    polars.DataFrame({"image": ["10.png"], "caption": ["a, ten"]}).write_parquet(folder / "a.parquet")
    paths = [
        write(folder, 'image,caption\n10.png,"a, ten"\n'),
        write(folder, "image\tcaption\n10.png\ta, ten\n", "a.tsv"),
        write(folder, "image\tcaption\n10.png\ta, ten\n", "a.txt"),
        write(folder, '{"image": "10.png", "caption": "a, ten"}\n', "a.jsonl"),
        folder / "a.parquet",
    ]
    for path in paths:
        found = read_captions(path, size=4)
        assert (found.captions, int(found.values.mean())) == (("a, ten",), 10), path


def test_paths_are_relative_to_the_table_or_to_the_folder_that_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "40.png").write_bytes((folder / "30.png").read_bytes())
    assert read_captions(write(folder, "image,caption\ndeep/40.png,x\n"), size=4).kept == 1
    path = write(folder, "image,caption\n40.png,x\n")
    assert read_captions(path, folder=folder / "deep", size=4).kept == 1
    absolute = write(folder, f"image,caption\n{folder / '10.png'},x\n", "absolute.csv")
    assert read_captions(absolute, size=4).kept == 1
    with pytest.raises(DataError) as caught:
        read_captions(path, size=4)
    assert str(caught.value) == (
        f"{path}: 0 records kept; 1 dropped: 1 with a picture that cannot be read; the first: "
        f"{folder / '40.png'}: no such file."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image,caption\n", "a header (image, caption) without rows."),
        ("image,caption\n10.png,\n", "0 records kept; 1 dropped: 1 with an empty caption."),
        ("", "the file is empty."),
    ],
)
def test_a_table_that_leaves_nothing_is_refused(folder: Path, text: str, message: str) -> None:
    path = write(folder, text)
    with pytest.raises(DataError) as caught:
        read_captions(path)
    assert str(caught.value) == f"{path}: {message}"


def test_without_pillow_no_picture_counts_as_bad(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(folder, "image,caption\n10.png,ten\n")
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(
        DataError, match=r"seen\.csv: pictures need Pillow; `python -m pip install Pillow`\.$"
    ):
        read_captions(path)


def test_a_size_of_nothing_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"^size: expected at least 1 pixel, got 0\.$"):
        read_captions(write(folder, "image,caption\n10.png,ten\n"), size=0)


@pytest.mark.parametrize("shape", [(3,), (4, 3)])
def test_vectors_and_grids_are_read_as_they_are(tmp_path: Path, shape: tuple[int, ...]) -> None:
    for number in (1, 2):
        np.save(tmp_path / f"{number}.npy", np.full(shape, float(number)))
    found = read_captions(write(tmp_path, "vector,title\n2.npy,two\n1.npy,one\n2.npy,pair\n"))
    assert (found.values.shape, found.values.dtype) == ((2, *shape), np.float32)
    assert found.values.reshape(2, -1)[:, 0].tolist() == [2.0, 1.0]
    assert (found.rows.tolist(), found.are_vectors) == ([0, 1, 0], True)


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (np.zeros(4), "expected the shape (3,) of 1.npy, got (4,); all vectors of a table have one shape."),
        (
            np.zeros((1, 3)),
            "expected the shape (3,) of 1.npy, got (1, 3); all vectors of a table have one shape.",
        ),
        (np.array([0.0, np.nan, 0.0]), "expected finite numbers, got nan at [1]."),
    ],
)
def test_a_vector_unlike_the_first_or_not_finite_is_refused(
    tmp_path: Path, second: np.ndarray[tuple[int, ...], np.dtype[np.float64]], message: str
) -> None:
    np.save(tmp_path / "1.npy", np.zeros(3))
    np.save(tmp_path / "2.npy", second)
    with pytest.raises(DataError) as caught:
        read_captions(write(tmp_path, "vector,caption\n1.npy,one\n2.npy,two\n"))
    assert str(caught.value) == f"{tmp_path / '2.npy'}: {message}"


def test_pictures_and_vectors_do_not_mix(folder: Path) -> None:
    np.save(folder / "1.npy", np.zeros(3))
    path = write(folder, "image,caption\n10.png,ten\n1.npy,one\n")
    with pytest.raises(DataError) as caught:
        read_captions(path)
    assert str(caught.value) == f"{path}:3: 1.npy is a vector among pictures; make a table of each."
