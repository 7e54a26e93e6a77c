"""Printing what a model writes: lines for lines, or rows with scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remy.cli.rows import write_rows

if TYPE_CHECKING:
    from remy.runtime import Search, Written


def search_of(
    *,
    beam: int | None,
    top: int | None,
    length_penalty: float | None,
    coverage_penalty: float | None,
    max_length: int | None,
    temperature: float | None,
    seed: int | None,
) -> Search:
    """Return how sequences are looked for, by the flags that were given.

    Raises
    ------
    UsageError
        If a value is out of its range.
    """
    from remy.decoding import Sampling
    from remy.runtime import Search

    named = {
        "beam": beam,
        "n_best": top,
        "length_penalty": length_penalty,
        "coverage_penalty": coverage_penalty,
        "max_length": max_length,
        "seed": seed,
    }
    given: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if top is not None and beam is None:
        given["beam"] = max(top, Search().beam)
    if temperature is not None:
        given["sampling"] = Sampling(temperature=temperature)
    return Search(**given)


def print_one(found: list[Written], *, alone: bool) -> None:
    """Print what was written of one thing, the best first; `alone`: without its score."""
    for one in found:
        print(one.text if alone else f"{one.score:8.4f}  {one.text}")


def print_lines(texts: Iterable[str], out: Path | None, *, at_once: bool) -> None:
    """Write a text a line; to a file all of them or, after an error, none."""
    if out is None:
        for text in texts:
            print(text, flush=at_once)
        return
    from remy.io.atomic import write_text

    write_text(out, "".join(f"{text}\n" for text in texts))


def print_rows(
    rows: Iterable[tuple[Mapping[str, Any], list[Written], dict[str, Any]]],
    out: Path | None,
    *,
    top: int,
    as_json: bool,
) -> None:
    """Write a row for everything that was given: its columns, then the answer, and more columns behind it."""
    write_rows(_rows(rows, top), out=out, as_json=as_json)


def _rows(
    rows: Iterable[tuple[Mapping[str, Any], list[Written], dict[str, Any]]], top: int
) -> Iterator[Mapping[str, Any]]:
    from remy.errors import DataError

    for columns, found, more in rows:
        best = found[0]
        answer: dict[str, Any] = {"predicted": best.text, "score": best.score, "ended": best.ended, **more}
        if top > 1:
            answer["top"] = [[one.text, one.score] for one in found]
        taken = [name for name in answer if name in columns]
        if taken:
            raise DataError(
                f"predict: the file has a column '{taken[0]}' already; rename it, or leave it out"
            )
        yield {**columns, **answer}


def as_record(one: Written) -> dict[str, Any]:
    """Return everything about what was written, for JSON."""
    found = {
        "text": one.text,
        "score": one.score,
        "log_probability": one.log_probability,
        "ended": one.ended,
        "pieces": list(one.pieces),
    }
    if one.attention is not None:
        found["attention"] = [[round(float(weight), 6) for weight in row] for row in one.attention]
    return found
