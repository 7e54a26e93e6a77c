"""What a file or folder of music holds and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from remy.data.findings import lengths
from remy.data.music import read_music


def check_music(location: str | Path, against: str | Path | None, _: Mapping[str, Any]) -> dict[str, Any]:
    """Report on music, as `remy.data.check` describes; two tunes are the same if their music is.

    Raises
    ------
    DataError
        If no tune can be used.
    """
    music = read_music(location)
    known = [_music(tune) for tune in music.tunes]
    seen = set(known)
    unit = "characters" if music.notation.name == "abc" else "events"
    problems = []
    repeated = len(known) - len(seen)
    if repeated:
        problems.append(f"{repeated:,} of {len(known):,} tunes have the music of an earlier one")
    report: dict[str, Any] = {
        "kept": len(known),
        "dropped": {"that cannot be used": music.skipped} if music.skipped else {},
        "notes": list(music.notes),
        "lengths": lengths([len(tune) for tune in music.tunes], unit),
    }
    if against is not None:
        others = read_music(against).tunes
        shared = sum(_music(tune) in seen for tune in others)
        report["against"] = {"file": str(against), "records": len(others), "shared": shared}
        if shared:
            problems.append(f"{shared:,} of {len(others):,} tunes of {against} are in this file")
    return {**report, "problems": problems}


def _music(tune: str) -> str:
    """Return a tune from its key on, without its title; of MIDI all of it."""
    return tune[tune.find("\nK:") + 1 :]
