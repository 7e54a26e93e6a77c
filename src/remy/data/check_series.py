"""What a check says of series: their times, gaps and missing values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from remy.data.faults import Faults
from remy.data.findings import lengths
from remy.data.records import Tally
from remy.data.series import REPEATED, UNSORTED, check_order, describe_breaks, say_time
from remy.data.series_columns import (
    SeriesColumns,
    column_names,
    find_series_columns,
    number_columns,
    time_columns,
)
from remy.data.series_rows import MISSING, UNREADABLE, Block, gather
from remy.data.steps import Times, find_spacing
from remy.data.tables import open_table

_SAID = {
    MISSING: "missing value",
    UNREADABLE: "cell that is no number",
    REPEATED: "repeated time",
    UNSORTED: "time out of order",
}


def check_series(
    location: str | Path, against: str | Path | None, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the report on a file of series; see :func:`remy.data.check`.

    Here no target need be named: without one all columns of numbers are looked at. Faults of cells and of the
    order of times are counted, not raised.
    """
    chosen, blocks, tally, faults = _read(location, options)
    problems: list[str] = []
    series = []
    for block in blocks:
        check_order(block, chosen, faults)
        times: Times = np.unique(block.times)  # type: ignore[assignment]
        spacing = find_spacing(times)
        if times.size == block.times.size and (np.diff(block.times).astype(np.int64) > 0).all():
            tally.notes.extend(describe_breaks(block, spacing))
        series.append(
            {
                "name": block.name,
                "rows": len(block.places),
                "first": say_time(times[0]),
                "last": say_time(times[-1]),
                "step": spacing.step.code if spacing.step is not None else None,
                "breaks": int(spacing.breaks.size),
            }
        )
    for kind, count in faults.counts.items():
        problems.append(
            f"{count:,} {_SAID[kind]}{'s' if count != 1 else ''}, the first: {faults.first[kind]}"
        )
    report: dict[str, Any] = {
        "kept": sum(len(block.places) for block in blocks),
        "dropped": dict(tally.dropped),
        "notes": [*chosen.notes, *tally.notes],
        "columns": {"time": chosen.time, "series": chosen.series, "numbers": list(chosen.numeric)},
        "faults": {kind: faults.counts[kind] for kind in _SAID},
        "missing": _missing(blocks, chosen.numeric),
        "lengths": lengths([len(block.places) for block in blocks], "rows a series"),
        "series": series,
    }
    if against is not None:
        other = report["against"] = _against(against, chosen, blocks, options)
        shared = other["shared"]
        if shared:
            problems.append(f"{shared:,} of {other['records']:,} times of {other['file']} are in this file")
        unknown = other["unknown_series"]
        if unknown:
            problems.append(f"{other['file']} has series this file has not: {', '.join(unknown)}")
    return {**report, "problems": problems}


def _read(
    location: str | Path, options: Mapping[str, Any]
) -> tuple[SeriesColumns, list[Block], Tally, Faults]:
    chosen_by_name = {key: options.get(key) for key in ("time", "series")}
    target, known = column_names(options.get("target")), column_names(options.get("known"))
    named = [column for column in (*chosen_by_name.values(), *target, *known) if column]
    table = open_table(location, format=options.get("format"), named=named, tabs=True)
    if not target:
        taken = {*time_columns(table), *named}
        target = tuple(column for column in number_columns(table) if column not in taken)
    chosen = find_series_columns(table, target=target, known=known, **chosen_by_name)
    tally = Tally(notes=list(table.notes))
    faults = Faults(counted=True)
    blocks = gather(table, chosen, tally, faults, drop_missing=options.get("missing") == "drop")
    return chosen, blocks, tally, faults


def _missing(blocks: Sequence[Block], columns: Sequence[str]) -> dict[str, int]:
    empty = sum((np.isnan(block.values).sum(axis=0) for block in blocks), np.zeros(len(columns), np.int64))
    return {column: int(count) for column, count in zip(columns, empty, strict=True)}


def _against(
    against: str | Path, chosen: SeriesColumns, blocks: Sequence[Block], options: Mapping[str, Any]
) -> dict[str, Any]:
    """Count the times of the test file that the file has too, and the series it has not."""
    same = {"time": chosen.time, "series": chosen.series, "target": chosen.target, "known": chosen.known}
    _, others, _, _ = _read(against, {**options, **same})
    several = chosen.series is not None
    known = {block.name if several else "": block.times for block in blocks}
    unknown = [block.name for block in others if several and block.name not in known]
    return {
        "file": str(against),
        "records": sum(len(block.places) for block in others),
        "shared": sum(
            int(np.isin(block.times, known[name]).sum())
            for block in others
            if (name := block.name if several else "") in known
        ),
        "unknown_series": unknown,
    }
