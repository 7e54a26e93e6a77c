"""Durations as people write them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")


def parse_duration(text: object) -> object:
    """Return the seconds of ``"90"``, ``"90s"``, ``"8m"``, ``"1h30m"``; anything that is no text as it is."""
    if not isinstance(text, str):
        return text
    compact = text.strip().lower()
    try:
        return float(compact)
    except ValueError:
        match = _DURATION.fullmatch(compact)
    if not compact or match is None:
        raise ValueError("expected a duration such as 90s, 8m or 1h30m")
    hours, minutes, seconds = (float(part or 0.0) for part in match.groups())
    return 3600.0 * hours + 60.0 * minutes + seconds


#: A field of a configuration, in seconds.
Duration = Annotated[float, BeforeValidator(parse_duration)]
