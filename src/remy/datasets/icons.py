"""The Material Design Icons as pictures with captions, drawn from their font."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping

from remy.errors import DataError

#: Name of the table; the pictures lie in the folder beside it.
TABLE = "icons.csv"
FOLDER = "pictures"

#: Width and height of a picture in pixels.
SIZE = 48


def make_icons(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Give a picture of every icon, grey levels of black on white, and the table of their captions.

    A picture is the whole square the font draws in, not the glyph scaled to its edges: ``circle``,
    ``circle-medium`` and ``circle-small`` differ in nothing but their size in it. A caption is the icon's
    name with spaces for hyphens. The same Pillow gives the same bytes.

    Parameters
    ----------
    members
        The font (``.ttf``) and its map from names to code points in hex (``.json``).

    Raises
    ------
    DataError
        If Pillow is not installed.
    """
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        raise DataError(
            "icons: drawing them needs Pillow, which is missing; `python -m pip install Pillow`."
        ) from error
    kinds = {name.rpartition(".")[2]: data for name, data in members.items()}
    codes: dict[str, str] = json.loads(kinds["json"])
    # The basic layout draws the same glyph whether or not the system has a library for complex scripts.
    font = ImageFont.truetype(io.BytesIO(kinds["ttf"]), SIZE, layout_engine=ImageFont.Layout.BASIC)
    ascent, _ = font.getmetrics()
    lines = ["image,caption\n"]
    for name, code in codes.items():
        picture = Image.new("L", (SIZE, SIZE), 255)
        ImageDraw.Draw(picture).text((0, ascent), chr(int(code, 16)), fill=0, font=font, anchor="ls")
        file = io.BytesIO()
        picture.save(file, "PNG")
        yield f"{FOLDER}/{name}.png", file.getvalue()
        lines.append(f"{FOLDER}/{name}.png,{name.replace('-', ' ')}\n")
    yield TABLE, "".join(lines).encode("ascii")
