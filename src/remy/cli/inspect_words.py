"""Words of ``remy inspect``: ranges, gates that are held, files, and flags that do not go together."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remy.errors import DataError, UsageError

if TYPE_CHECKING:
    from remy.inspect import Override

#: A range longer than this is a slip of the finger: no trace has so many steps.
_MOST = 1_000_000

#: Flag -> flags that mean nothing, or something else, beside it, and why.
_APART: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "--unit": (
        "shows one unit in the terminal",
        ("--json", "--html", "--plot", "--gradients", "--attribution"),
    ),
    "--attribution": (
        "measures items, not the inside of the layers",
        (
            *(
                "--json",
                "--html",
                "--plot",
                "--gradients",
                "--set-gate",
                "--stride",
                "--direction",
                "--steps",
            ),
            "--check",
        ),
    ),
    "--json": ("prints the whole trace", ("--layer", "--direction", "--steps", "--rows")),
    "--html": ("holds the whole trace", ("--steps", "--rows")),
    "--plot": ("draws every step that is kept", ("--steps", "--rows")),
}

#: Flag -> flags of which it needs one.
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "--at": ("--set-gate",),
    "--units": ("--set-gate",),
    "--target": ("--gradients", "--attribution", "--check"),
    "--force": ("--html", "--plot"),
}


def expect_sensible(given: Mapping[str, Any]) -> None:
    """Raise a `UsageError` for flags that do not go together.

    `given` are all flags with their values; None, False and an empty list stand for what was not given.
    """
    there = [
        flag for flag, value in given.items() if value is not None and value is not False and value != []
    ]
    for flag, (what, apart) in _APART.items():
        other = next((each for each in apart if each in there), None)
        if flag in there and other is not None:
            raise UsageError(f"{other}: {flag} {what}; leave one of them out")
    for flag, needed in _NEEDED.items():
        if flag in there and not any(each in there for each in needed):
            raise UsageError(f"{flag}: goes with {' or '.join(needed)}; add one of them or leave it out")
    if "--layer" in there and "--html" in there and "--plot" not in there:
        raise UsageError("--layer: --html holds every layer; leave one of them out")


def expect_writable(flag: str, path: Path | None, endings: Sequence[str], *, force: bool) -> None:
    """Raise an error if a file of that name cannot, or may not, be written.

    A link is there whether or not what it names is: that would be written through it.
    """
    if path is None:
        return
    if path.suffix.lower() not in endings:
        raise UsageError(f"{flag}: expected a file that ends in {' or '.join(endings)}, got {path}")
    if path.is_dir():
        raise UsageError(f"{flag}: {path} is a directory; choose another file")
    if os.path.lexists(path) and not force:
        raise UsageError(f"{flag}: {path} exists; give --force to replace it")
    if not path.parent.is_dir():
        raise DataError(f"{path}: there is no folder {path.parent}; make it first")


def parse_numbers(flag: str, words: str) -> list[int]:
    """Return the whole numbers of ``"3-7"`` (the last included) or ``"1,4,6-8"``, in order.

    Examples
    --------
    >>> parse_numbers("--at", "3-5,1")
    [1, 3, 4, 5]

    Raises
    ------
    UsageError
        If it is none of these.
    """
    found: set[int] = set()
    for part in words.split(","):
        match = re.fullmatch(r"\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?", part, re.ASCII)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last or last - first > _MOST:
            raise UsageError(f"{flag}: expected numbers from 0 such as 3-7 or 1,2,5, got '{words}'")
        found.update(range(first, last + 1))
    return sorted(found)


def parse_overrides(gates: Sequence[str], at: Sequence[str], units: Sequence[str]) -> tuple[Override, ...]:
    """Return what ``--set-gate [LAYER/[DIRECTION/]]GATE=VALUE`` holds, where ``--at`` and ``--units`` say.

    Each of these is given once, for all, or as often as ``--set-gate``, in its order.

    Raises
    ------
    UsageError
        If one cannot be understood, or their numbers differ.
    """
    from remy.inspect import Override

    steps = _for_each("--at", at, len(gates))
    chosen = _for_each("--units", units, len(gates))
    found = []
    for words, each_steps, each_units in zip(gates, steps, chosen, strict=True):
        name, equals, value = words.partition("=")
        try:
            number = float(value) if equals else float("nan")
        except ValueError:
            number = float("nan")
        if not name.strip() or not abs(number) < float("inf"):
            raise UsageError(f"--set-gate: expected GATE=VALUE such as forget=0, got '{words}'")
        path, _, gate = name.strip().rpartition("/")
        layer, _, direction = path.rpartition("/")
        if direction not in ("forward", "backward"):
            layer, direction = path, ""
        found.append(Override(gate, number, each_steps, each_units, layer or None, direction or None))
    return tuple(found)


def _for_each(flag: str, given: Sequence[str], count: int) -> list[list[int] | None]:
    if len(given) not in (0, 1, count):
        raise UsageError(
            f"{flag}: expected it once, or once for each of the {count} --set-gate, got {len(given)}"
        )
    parsed: list[list[int] | None] = [parse_numbers(flag, words) for words in given]
    return parsed if len(given) == count else (parsed or [None]) * count
