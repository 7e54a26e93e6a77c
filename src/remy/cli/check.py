"""``remy check``: what a file holds and what is odd about it, without training."""

from __future__ import annotations

from typing import Annotated

import typer

from remy.cli.options import DebugFlag, JsonFlag, QuietFlag
from remy.cli.output import print_json


def check(
    data: Annotated[
        str, typer.Argument(metavar="FILE|DATASET", help="A file, a folder of music, or a packaged data set.")
    ],
    test: Annotated[
        str | None, typer.Option(help="A file to test on: what both have, and what only it has. [none]")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="text, conll, series, sequences, pairs, music or plain. [guessed]")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of the text. [guessed]")] = None,
    label: Annotated[str | None, typer.Option(help="Column of the label. [guessed]")] = None,
    tag: Annotated[str | None, typer.Option(help="Column of CoNLL. [upos, or the last]")] = None,
    time: Annotated[str | None, typer.Option(help="Column of the time. [guessed]")] = None,
    source: Annotated[str | None, typer.Option(help="Column that is translated. [guessed]")] = None,
    target: Annotated[
        str | None, typer.Option(help="Column it is translated to; columns to forecast: a,b. [guessed]")
    ] = None,
    series: Annotated[str | None, typer.Option(help="Column that tells series apart. [one series]")] = None,
    known: Annotated[str | None, typer.Option(help="Columns known ahead: a,b. [none]")] = None,
    format: Annotated[str | None, typer.Option(help="csv, tsv, jsonl or parquet. [by the ending]")] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Say what a file holds: counts, lengths, labels, and what looks wrong."""
    from remy.data.check import check as check_file
    from remy.data.check import lines
    from remy.tasks.locations import find_file

    report = check_file(
        find_file(data),
        kind=kind,
        against=find_file(test) if test is not None else None,
        text=text,
        label=label,
        tag=tag,
        time=time,
        source=source,
        target=target if source is not None else listed(target),
        series=series,
        known=listed(known),
        format=format,
    )
    if as_json:
        print_json(report)
    else:
        print("\n".join(lines(report)))


def listed(words: str | None) -> list[str] | None:
    """Return the words between commas.

    Examples
    --------
    >>> listed("high, low"), listed(None)
    (['high', 'low'], None)
    """
    return [word.strip() for word in words.split(",")] if words is not None else None
