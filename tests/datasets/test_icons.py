"""Pictures drawn from a font, with the captions the names make."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest

from remy import datasets
from remy.datasets.icons import SIZE, make_icons
from remy.errors import DataError

Image = pytest.importorskip("PIL.Image")
ImageFont = pytest.importorskip("PIL.ImageFont")


@pytest.fixture
def members() -> dict[str, bytes]:
    """The font that Pillow carries, and a map of three of its letters."""
    font = ImageFont.load_default(10).path.getvalue()
    return {"fonts/some.ttf": font, "fonts/some.json": b'{"big-ell": "0x4c", "dot": "0x2e", "i": "0x49"}'}


def test_a_name_becomes_a_caption_and_its_glyph_a_picture(members: dict[str, bytes]) -> None:
    made = dict(make_icons(members))
    assert list(made) == ["pictures/big-ell.png", "pictures/dot.png", "pictures/i.png", "icons.csv"]
    assert made["icons.csv"].decode() == (
        "image,caption\npictures/big-ell.png,big ell\npictures/dot.png,dot\npictures/i.png,i\n"
    )
    picture = Image.open(io.BytesIO(made["pictures/big-ell.png"]))
    assert (picture.mode, picture.size) == ("L", (SIZE, SIZE))
    ink = np.asarray(picture) < 128
    assert ink.any()
    upper, lower = ink[: SIZE // 2].sum(), ink[SIZE // 2 :].sum()
    assert lower > upper, "an L has its foot at the bottom"
    assert np.asarray(picture)[0, 0] == 255, "black on white"


def test_a_small_glyph_stays_small(members: dict[str, bytes]) -> None:
    made = dict(make_icons(members))
    ink = np.asarray(Image.open(io.BytesIO(made["pictures/dot.png"]))) < 128
    assert 0 < ink.sum() < SIZE


def test_drawn_twice_the_pictures_are_the_same(members: dict[str, bytes]) -> None:
    assert list(make_icons(members)) == list(make_icons(members))


def test_without_pillow_the_command_is_named(
    members: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(DataError, match=r"^icons: .*`python -m pip install Pillow`\.$"):
        next(make_icons(members))


@pytest.mark.slow
def test_the_real_icons_are_all_there_and_none_is_empty() -> None:
    found = datasets.files("icons")
    assert found.sha256 == "5217389d9d983e7b6620fa99bb2d427d979932d9d646d42f9089f60744d16590"
    pictures = sorted((found.path.parent / "pictures").iterdir())
    assert len(pictures) == 7_367
    assert all(np.asarray(Image.open(path)).min() < 128 for path in pictures)
