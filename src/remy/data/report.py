"""The report of a check as lines for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from remy.data.records import describe_counts

_MOST_LABELS = 12
_MOST_SERIES = 10
_KINDS = {
    "text": "texts with labels",
    "conll": "tagged sentences",
    "series": "series over time",
    "sequences": "sequences of vectors",
    "pairs": "pairs of texts",
    "music": "music",
    "plain": "running text",
}


def lines(report: Mapping[str, Any]) -> list[str]:
    r"""Return what :func:`remy.data.check` found, a sentence or a row a line.

    Examples
    --------
    >>> report = {"file": "a.txt", "kind": "plain", "reason": ".txt text that is no table", "kept": 2,
    ...           "dropped": {}, "notes": [], "characters": 9, "different_characters": 6, "words": 2,
    ...           "problems": []}
    >>> print("\n".join(lines(report)))
    a.txt: running text (.txt text that is no table)
    2 lines, 2 words, 9 characters (6 different)
    nothing wrong found
    """
    said = [f"{report['file']}: {_KINDS[report['kind']]} ({report['reason']})"]
    said += [f"note: {note}" for note in report["notes"]]
    if report["kind"] == "plain":
        said.append(
            f"{report['kept']:,} lines, {report['words']:,} words, {report['characters']:,} characters "
            f"({report['different_characters']:,} different)"
        )
    else:
        said.append(describe_counts(report["kept"], report["dropped"]))
        said += _details(report)
    if report["problems"]:
        said += [f"problem: {problem}" for problem in report["problems"]]
    else:
        said.append("nothing wrong found")
    return said


def _details(report: Mapping[str, Any]) -> list[str]:
    said = []
    if "words" in report:
        said.append(f"{report['words']:,} words, {report['different_words']:,} different")
    if "features" in report:
        said.append(f"{report['features']:,} features a step")
    said.append(_lengths(report["lengths"]))
    if "target_lengths" in report:
        said.append(f"targets: {_lengths(report['target_lengths'])}")
    if "labels" in report:
        said += _labels(report["labels"])
    if "duplicates" in report:
        found = report["duplicates"]
        first = f" ({found['first']})" if "first" in found else ""
        said.append(
            f"duplicates: {found['same']:,}{first}, of these {found['conflicting']:,} with another label"
        )
    if "series" in report:
        said += _series(report["series"])
        said += [f"missing in '{column}': {count:,}" for column, count in report["missing"].items() if count]
    if "against" in report:
        other = report["against"]
        first = f", the first {other['first_shared']}" if "first_shared" in other else ""
        said.append(f"against {other['file']}: {other['shared']:,} of {other['records']:,} shared{first}")
    return said


def _lengths(found: Mapping[str, Any]) -> str:
    return (
        f"length in {found['unit']}: {found['min']:,} to {found['max']:,}, median {found['median']:,g}, "
        f"mean {found['mean']:,g}, nine in ten up to {found['p90']:,g}"
    )


def _labels(found: Mapping[str, int]) -> list[str]:
    total = sum(found.values())
    shown = list(found.items())[:_MOST_LABELS]
    said = [f"label {label}: {count:,} ({100 * count / total:.1f} %)" for label, count in shown]
    if len(found) > len(shown):
        said.append(f"and {len(found) - len(shown):,} more labels")
    return said


def _series(found: Sequence[Mapping[str, Any]]) -> list[str]:
    said = [
        f"series {one['name']}: {one['rows']:,} rows from {one['first']} to {one['last']}, "
        f"{'step ' + one['step'] if one['step'] else 'irregular'}, {one['breaks']:,} breaks"
        for one in found[:_MOST_SERIES]
    ]
    if len(found) > len(said):
        said.append(f"and {len(found) - len(said):,} more series")
    return said
