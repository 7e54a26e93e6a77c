"""What pairs of texts hold and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from remy.data.findings import Seen, lengths
from remy.data.pairs import read_pairs


def check_pairs(
    location: str | Path, against: str | Path | None, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Report on pairs, as `remy.data.check` describes; two are the same if their sources are.

    Raises
    ------
    DataError
        If they cannot be read as pairs.
    """
    reading = read_pairs(location, **options)
    sources: list[int] = []
    targets: list[int] = []
    seen = Seen()
    known = set()
    for pair in reading:
        sources.append(len(pair.source.split()))
        targets.append(len(pair.target.split()))
        seen.add(pair.source, pair.target, pair.place)
        known.add(pair.source)
    report: dict[str, Any] = {
        "kept": reading.kept,
        "dropped": dict(reading.dropped),
        "notes": list(reading.notes),
        "lengths": lengths(sources, "words"),
        "target_lengths": lengths(targets, "words"),
        "duplicates": seen.to_json(),
    }
    problems = [f"{count:,} dropped {reason}" for reason, count in reading.dropped.items()]
    other = report["duplicates"]["conflicting"]
    same = report["duplicates"]["same"] - other
    if same:
        problems.append(f"{same:,} repeat an earlier pair")
    if other:
        problems.append(f"{other:,} repeat an earlier source with another target")
    if against is not None:
        others = [pair.source for pair in read_pairs(against, **options)]
        shared = sum(source in known for source in others)
        report["against"] = {"file": str(against), "records": len(others), "shared": shared}
        if shared:
            problems.append(f"{shared:,} of {len(others):,} sources of {against} are in this file")
    return {**report, "problems": problems}
