"""From cells to times: which way a column writes them, and what each cell says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from remy.data.records import Place
from remy.data.steps import Times
from remy.errors import DataError

_CLOCK = r"(?:[T ]+(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,](?P<f>\d+))?)?)?"
_ZONE = r"(?: ?(?P<z>Z|[+-]\d\d(?::?\d\d)?))?"
_LARGEST = int(np.iinfo(np.int64).max)
_EXAMPLE = "2012-01-31, 2012-01-31 18:00, 2012/01/31, 01/31/2012 or an integer"


@dataclass(frozen=True)
class _Form:
    """A way to write times: its name, its pattern, and in which order the parts of the date stand."""

    name: str
    pattern: re.Pattern[str]
    order: str


def _form(name: str, date: str, order: str) -> _Form:
    return _Form(name, re.compile(date + _CLOCK + _ZONE), order)


_INTEGER = _Form("integers", re.compile(r"[+-]?\d+"), "")
_COMPACT = _form("YYYYMMDD", r"(\d{4})(\d\d)(\d\d)", "ymd")
_DASHES = _form("YYYY-MM-DD", r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", "ymd")
_SLASHES = _form("YYYY/MM/DD", r"(\d{4})/(\d{1,2})(?:/(\d{1,2}))?", "ymd")
_AMERICAN = _form("MM/DD/YYYY", r"(\d{1,2})/(\d{1,2})/(\d{4})", "mdy")
_EUROPEAN = _form("DD/MM/YYYY", r"(\d{1,2})/(\d{1,2})/(\d{4})", "dmy")
_DOTS = _form("DD.MM.YYYY", r"(\d{1,2})\.(\d{1,2})\.(\d{4})", "dmy")
_FORMS = (_DASHES, _SLASHES, _AMERICAN, _DOTS, _INTEGER)


def parse_times(cells: Sequence[str], places: Sequence[Place], column: str) -> tuple[Times, list[str]]:
    """Return the times that the cells of one column say, and what was guessed.

    All cells are written one way, that of the first: dates or date-times of ISO 8601 (a time zone is
    converted to UTC), the same with slashes, ``MM/DD/YYYY`` or ``DD/MM/YYYY`` where a day above 12 tells
    which, ``DD.MM.YYYY``, or integers. Eight digits that are all dates of 1900 to 2100 are ``YYYYMMDD``.

    Parameters
    ----------
    cells
        N cells, none empty.
    places
        The N rows they are in.
    column
        The column's name, for errors.

    Returns
    -------
    times
        Array (N,) of ``datetime64[s]``, or int64 of integers.
    notes
        Sentences.

    Raises
    ------
    DataError
        For the first cell that is no such time, or if nothing tells days from months.

    Examples
    --------
    >>> places = [Place("a.csv", 2), Place("a.csv", 3)]
    >>> times, notes = parse_times(["1/31/2012", "2/1/2012"], places, "date")
    >>> [str(time) for time in times], notes
    (['2012-01-31T00:00:00', '2012-02-01T00:00:00'], ['times are read as MM/DD/YYYY'])
    """
    form = next((form for form in _FORMS if form.pattern.fullmatch(cells[0].strip())), None)
    if form is None:
        raise DataError(
            f"{places[0]}: column '{column}': expected a time such as {_EXAMPLE}, got '{cells[0]}'."
        )
    found = [form.pattern.fullmatch(cell.strip()) for cell in cells]
    for match, cell, place in zip(found, cells, places, strict=True):
        if match is None:
            raise DataError(
                f"{place}: column '{column}': expected a time like '{cells[0].strip()}' in the first row, "
                f"got '{cell}'."
            )
    matches = [match for match in found if match is not None]
    if form is _INTEGER:
        if not all(_is_compact_date(match[0]) for match in matches):
            return _integers(matches, places, column), []
        form = _COMPACT
        matches = [match for cell in cells if (match := form.pattern.fullmatch(cell.strip()))]
    notes = []
    if form is _AMERICAN:
        form = _days_or_months(matches, f"{places[0]}: column '{column}'")
    if form in (_AMERICAN, _EUROPEAN, _COMPACT):
        notes.append(f"times are read as {form.name}")
    zoned = matches[0]["z"] is not None
    if zoned:
        notes.append("times are converted to UTC")
    times = []
    for match, place in zip(matches, places, strict=True):
        try:
            times.append(_moment(match, form.order, zoned=zoned))
        except ValueError as error:
            raise DataError(f"{place}: column '{column}': '{match[0]}' is no time: {error}.") from None
    return np.array(times, dtype="datetime64[s]"), notes


def _integers(matches: Sequence[re.Match[str]], places: Sequence[Place], column: str) -> Times:
    for match, place in zip(matches, places, strict=True):
        if abs(int(match[0])) > _LARGEST:
            raise DataError(f"{place}: column '{column}': '{match[0]}' does not fit into 64 bits.")
    return np.array([int(match[0]) for match in matches], np.int64)


def _moment(match: re.Match[str], order: str, *, zoned: bool) -> datetime:
    parts = dict(zip(order, (int(part) if part else 1 for part in match.groups()[:3]), strict=True))
    if match["f"] and int(match["f"]):
        raise ValueError("times are kept in whole seconds")
    if (match["z"] is not None) != zoned:
        raise ValueError("some times have a time zone and some have none")
    hour, minute, second = (int(match[part] or 0) for part in "HMS")
    moment = datetime(parts["y"], parts["m"], parts["d"], hour, minute, second)
    if match["z"] in (None, "Z"):
        return moment
    digits = match["z"][1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    zone = timezone(-offset if match["z"][0] == "-" else offset)
    return moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def _days_or_months(matches: Sequence[re.Match[str]], where: str) -> _Form:
    first = max(int(match[1]) for match in matches)
    second = max(int(match[2]) for match in matches)
    if first > 12 and second <= 12:
        return _EUROPEAN
    if second > 12 and first <= 12:
        return _AMERICAN
    reason = "no day is above 12" if first <= 12 else "both parts go above 12"
    raise DataError(
        f"{where}: cannot tell MM/DD/YYYY from DD/MM/YYYY ({reason}); write the times as YYYY-MM-DD."
    )


def _is_compact_date(cell: str) -> bool:
    if len(cell) != 8 or not "1900" <= cell[:4] <= "2100":
        return False
    try:
        datetime(int(cell[:4]), int(cell[4:6]), int(cell[6:]))
    except ValueError:
        return False
    return True
