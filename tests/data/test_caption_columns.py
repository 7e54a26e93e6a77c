"""Which columns hold pictures and captions."""

from __future__ import annotations

from pathlib import Path

import pytest

from remy.data.caption_columns import find_caption_columns, names_pictures
from remy.data.tables import open_table
from remy.errors import DataError, UsageError


def table(folder: Path, text: str, name: str = "a.csv") -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(
    ("text", "image", "caption"),
    [
        ("image,caption\na.png,b\n", "image", "caption"),
        ("Caption,Image\nb,a.JPG\n", "Image", "Caption"),
        ("id,file,name\n1,a.npy,b\n", "file", "name"),
        ("where,what\na.png,b\n", "where", "what"),
        ("name,text\na.png,b\n", "name", "text"),
        ("id,picture,title\n1,a,b\n", "picture", "title"),
        ("title,caption,path,source\nt,c,a.webp,s\n", "path", "caption"),
    ],
)
def test_columns_are_guessed_by_endings_usual_names_or_as_the_other_of_two(
    tmp_path: Path, text: str, image: str, caption: str
) -> None:
    found = find_caption_columns(open_table(table(tmp_path, text)))
    assert (found.image, found.caption) == (image, caption)
    assert found.notes == (
        f"the picture is column '{found.image}'",
        f"the caption is column '{found.caption}'",
    )


def test_named_columns_need_no_usual_name(tmp_path: Path) -> None:
    found = find_caption_columns(open_table(table(tmp_path, "a,b,c\nx,y,z\n")), image="c", caption="a")
    assert (found.image, found.caption, found.notes) == ("c", "a", ())


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("a,b,c\nx,y,z\n", {}, "cannot tell which column is the image; name one of a, b, c with `image`."),
        (
            "image,b,c\na.png,y,z\n",
            {},
            "cannot tell which column is the caption; name one of image, b, c with",
        ),
        (
            "image,captain,c\na.png,y,z\n",
            {"caption": "caption"},
            "no column 'caption' for the caption; the columns are image, captain, c; did you mean 'captain'?",
        ),
        (
            "image\na.png\n",
            {},
            "expected a column of pictures and one of captions, got only 'image'; say with",
        ),
        ("a.png,a cat\nb.png,a dog\n", {}, "the first row names a picture, 'a.png', not the columns; put a"),
    ],
)
def test_what_cannot_be_told_is_asked_for(
    tmp_path: Path, text: str, options: dict[str, str], message: str
) -> None:
    path = table(tmp_path, text)
    with pytest.raises(DataError) as caught:
        find_caption_columns(open_table(path), **options)  # type: ignore[arg-type]
    assert str(caught.value).startswith(f"{path}: {message}")


def test_one_column_cannot_be_both(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected another column than the picture's, got 'image' for both"):
        find_caption_columns(
            open_table(table(tmp_path, "image,caption\na.png,b\n")), image="image", caption="image"
        )


def test_a_table_of_pictures_is_known_by_its_endings(tmp_path: Path) -> None:
    assert names_pictures(open_table(table(tmp_path, "image,caption\na.png,b\n")))
    assert not names_pictures(open_table(table(tmp_path, "image,caption\na,b\n")))
