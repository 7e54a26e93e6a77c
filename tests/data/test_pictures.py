"""Pictures of every mode, and every way a file can be none."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remy.data import pictures
from remy.data.pictures import read_picture, read_pixels
from remy.errors import DataError

Image = pytest.importorskip("PIL.Image")

#: Four quarters: red, green, blue, white.
QUARTERS = (
    np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8).repeat(4, 0).repeat(4, 1)
)


def save(folder: Path, picture: Any, name: str = "a.png", **options: Any) -> Path:
    picture.save(folder / name, **options)
    return folder / name


def test_rows_columns_and_channels_stand_where_they_should(tmp_path: Path) -> None:
    path = save(tmp_path, Image.fromarray(QUARTERS))
    found = read_picture(path, size=8, colour=True)
    assert (found.shape, found.dtype) == ((8, 8, 3), np.float32)
    assert np.array_equal(found, QUARTERS.astype(np.float32) / 255)
    grey = read_picture(path, size=8)
    assert (grey.shape, grey.dtype) == ((8, 8), np.float32)
    np.testing.assert_allclose(grey[[0, 0, 7, 7], [0, 7, 0, 7]], [0.299, 0.587, 0.114, 1.0], atol=0.005)
    pixels = read_pixels(path, size=8, channels=1)
    assert (pixels.shape, pixels.dtype) == ((8, 8, 1), np.uint8)


@pytest.mark.parametrize(
    ("mode", "level", "name", "expected"),
    [
        ("1", 1, "a.png", (255, 255, 255)),
        ("L", 90, "a.png", (90, 90, 90)),
        ("LA", (90, 255), "a.png", (90, 90, 90)),
        ("LA", (90, 0), "a.png", (255, 255, 255)),
        ("RGB", (200, 100, 0), "a.png", (200, 100, 0)),
        ("RGBA", (200, 100, 0, 255), "a.png", (200, 100, 0)),
        ("RGBA", (200, 100, 0, 0), "a.png", (255, 255, 255)),
        ("RGBA", (200, 100, 0, 51), "a.png", (244, 224, 204)),
        ("CMYK", (0, 255, 255, 0), "a.tif", (255, 0, 0)),
        ("I;16", 0x8000, "a.png", (128, 128, 128)),
        ("I", 0x4000, "a.tif", (64, 64, 64)),
    ],
)
def test_every_mode_becomes_the_colour_it_means(
    tmp_path: Path, mode: str, level: Any, name: str, expected: tuple[int, int, int]
) -> None:
    path = save(tmp_path, Image.new(mode, (5, 5), level), name)
    pixels = read_pixels(path, size=5, channels=3)
    assert pixels.shape == (5, 5, 3)
    assert np.abs(pixels.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("name", ["a.png", "a.gif"])
def test_a_transparent_colour_of_a_palette_is_white(tmp_path: Path, name: str) -> None:
    picture = Image.new("P", (4, 4), 0)
    picture.putpalette([0, 0, 0, 0, 0, 255])
    picture.paste(1, (0, 0, 2, 4))
    pixels = read_pixels(save(tmp_path, picture, name, transparency=0), size=4, channels=3)
    assert pixels[0, 0].tolist() == [0, 0, 255]
    assert pixels[0, 3].tolist() == [255, 255, 255]


def test_a_photo_is_turned_as_its_exif_data_say(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it
    path = save(tmp_path, Image.fromarray(QUARTERS), "a.png", exif=exif)
    found = read_pixels(path, size=8, channels=3)
    assert np.array_equal(found, np.rot90(QUARTERS, -1))


def test_a_wide_picture_keeps_its_proportions_between_bars_of_its_edge_s_colour(tmp_path: Path) -> None:
    levels = np.full((10, 20), 40, np.uint8)
    levels[2:8, 4:16] = 220
    found = read_pixels(save(tmp_path, Image.fromarray(levels)), size=10, channels=1)[:, :, 0]
    assert (found[:2] == 40).all()
    assert (found[7:] == 40).all()
    assert (found[4, 3:7] == 220).all()
    tall = read_pixels(save(tmp_path, Image.fromarray(levels.T.copy())), size=10, channels=1)[:, :, 0]
    assert np.array_equal(tall, found.T)


def test_a_line_of_pixels_does_not_vanish(tmp_path: Path) -> None:
    found = read_pixels(save(tmp_path, Image.new("L", (1000, 1), 7)), size=8, channels=1)
    assert (found == 7).all()


def test_a_large_picture_is_averaged_rather_than_sampled(tmp_path: Path) -> None:
    board = (np.indices((512, 512)).sum(0) % 2 * 255).astype(np.uint8)
    found = read_pixels(save(tmp_path, Image.fromarray(board)), size=8, channels=1)
    assert np.abs(found.astype(int) - 128).max() <= 2


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.tif"])
def test_a_picture_that_moves_is_refused(tmp_path: Path, name: str) -> None:
    frames = [Image.new("RGB", (6, 6), colour) for colour in ("red", "green", "blue")]
    path = save(tmp_path, frames[0], name, save_all=True, append_images=frames[1:])
    with pytest.raises(DataError) as caught:
        read_picture(path, size=6)
    assert str(caught.value) == f"{path}: expected one picture, got 3 frames; save the one that is meant."


def test_a_gif_of_one_frame_is_a_picture(tmp_path: Path) -> None:
    assert read_picture(save(tmp_path, Image.new("L", (4, 4), 255), "a.gif"), size=4).min() == 1.0


def test_the_photo_in_front_of_a_preview_is_taken(tmp_path: Path) -> None:
    photo, preview = Image.new("RGB", (16, 16), "white"), Image.new("RGB", (16, 16), "black")
    path = save(tmp_path, photo, "a.jpg", format="MPO", save_all=True, append_images=[preview])
    assert read_picture(path, size=4).min() == 1.0


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.webp", "a.bmp", "a.tif"])
def test_a_file_that_was_cut_off_is_named(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = save(tmp_path, Image.fromarray(noise), name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DataError, match=rf"^{path}: not a picture ") as caught:
        read_picture(path, size=8)
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a picture of a known format."),
        (b"image,caption\n", "not a picture of a known format."),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n", "not a picture of a known format."),
    ],
)
def test_what_is_no_picture_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        read_picture(path, size=8)
    assert str(caught.value) == f"{path}: {message}"


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.png: no such file\.$"):
        read_picture(tmp_path / "none.png", size=8)
    with pytest.raises(DataError, match=r"expected a file, got a directory\.$"):
        read_picture(tmp_path, size=8)


@pytest.mark.parametrize("side", [10_000, 60_000])
def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused(tmp_path: Path, side: int) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    path = tmp_path / "bomb.png"
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    with pytest.raises(DataError, match=r"bomb\.png: .*more than 89,478,485.*; scale the picture down\.$"):
        read_picture(path, size=8)


def test_without_pillow_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path, Image.new("L", (4, 4)))
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(DataError, match=r"pictures need Pillow; `python -m pip install Pillow`\.$"):
        read_picture(path, size=4)


def test_numbers_run_from_zero_to_one() -> None:
    assert pictures.as_numbers(np.array([0, 51, 255], np.uint8)).tolist() == pytest.approx([0.0, 0.2, 1.0])
