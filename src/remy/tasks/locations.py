"""From what a person gives to a file (a path, standard input, a part of a data set) and to a run's name."""

from __future__ import annotations

from pathlib import Path

from remy import datasets
from remy.errors import DataError, nearest


def directory_name(stem: str, *, otherwise: str) -> str:
    """Return `stem` with nothing but letters, digits, ``-`` and ``_``, or `otherwise` where it is empty.

    Examples
    --------
    >>> directory_name("my data", otherwise="data")
    'my-data'
    """
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem) or otherwise


def find_file(location: str) -> str:
    """Return the path that `location` means: itself, or a file of a packaged data set.

    Raises
    ------
    DataError
        If there is no such file or data set, with the nearest name.
    """
    name, _, part = location.partition(":")
    known = [each for each in datasets.names() if not datasets.is_text(each)]
    if location == "-" or Path(location).exists():
        return location
    if name in known and part in ("", "test"):
        found = datasets.files(name)
        if part == "test" and found.test is None:
            raise DataError(f"{location}: the data set {name} has no test part")
        return str(found.test if part == "test" else found.path)
    if not Path(location).suffix and "/" not in location:
        raise DataError(f"{location}: there is no such file or data set{nearest(name, known)}")
    return location  # whoever opens it says why it cannot
