"""Reading a picture file into an array of one size, with one clear sentence for each way it can fail."""

from __future__ import annotations

import warnings
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from remy.data.lines import unreadable
from remy.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

#: What the files of pictures end in.
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".ico")

#: Formats that only draw a picture; EPS, for one, is a program that would be run.
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "DIB", "TIFF", "PPM", "ICO", "JPEG2000", "AVIF")

#: Pillow's own limit, a quarter of a gigabyte of colours: a file of some kilobytes can unpack to any size.
_MOST_PIXELS = 89_478_485

#: Modes of 16 bits a pixel, and the one that has them in 32.
_SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N", "I")

_TRANSPARENT = ("LA", "PA", "RGBA", "RGBa")


def read_picture(path: str | Path, *, size: int, colour: bool = False) -> NDArray[np.float32]:
    """Return a picture as numbers from 0 (black) to 1 (white).

    It is turned as its EXIF data say, laid on white where it is transparent, and scaled to fit a square with
    its proportions kept; what is left of the square takes the median colour of the picture's own edge.
    Grey is ITU-R BT.601's luma.

    Parameters
    ----------
    path
        A PNG, JPEG, WebP, GIF, BMP, TIFF, PPM or ICO file; also AVIF and JPEG 2000 where Pillow has them.
    size
        Width and height of the square, in pixels.
    colour
        Whether red, green and blue are kept.

    Returns
    -------
    Array
        (size, size) float32, or (size, size, 3) in colour.

    Raises
    ------
    DataError
        If Pillow is not installed; if the file is missing, no picture, damaged or cut off, has more than one
        frame (the first of a motion photo is taken), or more pixels than 89,478,485.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from PIL import Image
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "wide.png"
    >>> Image.new("RGB", (200, 100), "white").save(path)
    >>> picture = read_picture(path, size=4)
    >>> picture.shape, float(picture.min())
    ((4, 4), 1.0)
    """
    pixels = as_numbers(read_pixels(path, size=size, channels=3 if colour else 1))
    return pixels if colour else pixels[:, :, 0]


def read_pixels(path: str | Path, *, size: int, channels: int) -> NDArray[np.uint8]:
    """Return a picture as :func:`read_picture` does, (size, size, channels) from 0 to 255.

    Raises
    ------
    DataError
        As :func:`read_picture`.
    """
    name = str(path)
    pil = require_pillow(name)
    try:
        with warnings.catch_warnings(), open(path, "rb") as file:
            # Damaged metadata are warned of, and pictures a little too large; both are dealt with here.
            warnings.simplefilter("ignore")
            formats = [each for each in _FORMATS if each in pil.OPEN]
            with pil.open(file, formats=formats) as picture:
                _refuse_unfit(picture, name)
                # A JPEG is decoded at a fraction of its size, still twice as large as what is asked for.
                picture.draft(None, (2 * size, 2 * size))
                return squared(_upright(picture), size, "RGB" if channels == 3 else "L")
    except DataError:
        raise
    except pil.UnidentifiedImageError as error:
        raise DataError(f"{name}: not a picture of a known format.") from error
    except pil.DecompressionBombError as error:
        raise DataError(f"{name}: more than {_MOST_PIXELS:,} pixels; scale the picture down.") from error
    except OSError as error:
        if error.errno is not None:
            raise unreadable(name, error) from error
        raise _damaged(name, error) from error
    except Exception as error:  # Pillow's decoders raise nearly anything over damaged bytes
        raise _damaged(name, error) from error


def as_numbers(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return pixels from 0 to 255, of any shape, as float32 from 0 to 1."""
    return pixels.astype(np.float32) / np.float32(255.0)


def require_pillow(name: str) -> ModuleType:
    """Return ``PIL.Image`` with all its formats; `name` says in the error what it is needed for.

    Raises
    ------
    DataError
        If Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise DataError(f"{name}: pictures need Pillow; `python -m pip install Pillow`.") from error
    Image.init()
    return Image


def _refuse_unfit(picture: Image, name: str) -> None:
    width, height = picture.size
    if width * height > _MOST_PIXELS:
        raise DataError(
            f"{name}: {width:,} x {height:,} pixels, more than {_MOST_PIXELS:,}; scale the picture down."
        )
    frames = getattr(picture, "n_frames", 1)
    # A camera's MPO is one photo, with a preview or a second eye behind it.
    if frames > 1 and picture.format != "MPO":
        raise DataError(f"{name}: expected one picture, got {frames} frames; save the one that is meant.")


def _upright(picture: Image) -> Image:
    """Return the picture in RGB or L, turned as its EXIF data say, laid on white where it is transparent."""
    from PIL import Image, ImageOps

    picture.load()
    turned = ImageOps.exif_transpose(picture)
    if turned.mode in _SIXTEEN_BITS:
        # Pillow would cut every value at 255.
        return Image.fromarray((np.asarray(turned).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
    if turned.mode == "F":
        raise ValueError("floating-point levels, whose range nobody knows")
    if turned.mode in _TRANSPARENT or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return turned if turned.mode == "L" else turned.convert("L" if turned.mode == "1" else "RGB")


def squared(picture: Image, size: int, mode: str) -> NDArray[np.uint8]:
    """Return the picture scaled to fit, in the middle of a square (size, size, 1 or 3)."""
    from PIL import Image

    picture = picture.convert(mode)
    scale = size / max(picture.size)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    # Bilinear: each pixel is an average of all that it stands for, and never leaves their range.
    scaled = picture.resize((width, height), Image.Resampling.BILINEAR)
    pixels = np.asarray(scaled, np.uint8).reshape(height, width, -1)
    if width == height:
        return pixels.copy()
    square = np.empty((size, size, pixels.shape[2]), np.uint8)
    square[:] = _edge_colour(picture)
    top, left = (size - height) // 2, (size - width) // 2
    square[top : top + height, left : left + width] = pixels
    return square


def _edge_colour(picture: Image) -> NDArray[np.float64]:
    """Return the median of each channel over the outermost pixels."""
    width, height = picture.size
    pixels = np.asarray(picture, np.uint8).reshape(height, width, -1)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return np.asarray(np.median(edge, axis=0).round())


def _damaged(name: str, error: Exception) -> DataError:
    reason = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
    return DataError(f"{name}: not a picture that can be read: {reason}.")
