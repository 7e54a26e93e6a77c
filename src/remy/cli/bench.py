"""``remy bench``: how fast the layers are here, beside their peers."""

from __future__ import annotations

from typing import Annotated

import typer

from remy import defaults
from remy.cli.options import DebugFlag, JsonFlag, QuietFlag
from remy.cli.output import print_json, say
from remy.errors import UsageError

#: What to do about a missing library.
INSTALL = "pip install 'remy-rnn[bench]'"


def bench(
    cell: Annotated[
        list[str] | None, typer.Option(help="simple_rnn, gru or lstm; repeatable. [all]", show_default=False)
    ] = None,
    turns: Annotated[
        int | None,
        typer.Option(help=f"Rounds in which each has its turn. [{defaults.TURNS}]", show_default=False),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help=f"{defaults.QUICK_TURNS} rounds, for a first look.")
    ] = False,
    threads: Annotated[int | None, typer.Option(help="Processors to use. [all]", show_default=False)] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Time the layers here beside torch.nn, Keras and ONNX Runtime.

    Everyone has the same weights, and only who computes the same numbers is timed. The table shows Remy's
    time, its share of the machine's ceiling, and how often it goes into each other's time.
    """
    try:
        from remy.bench import run, text
    except ModuleNotFoundError as error:
        raise UsageError(f"bench: {error.name} is not installed; {INSTALL}") from None
    if turns is None:
        turns = defaults.QUICK_TURNS if quick else defaults.TURNS
    results = run(
        cells=cell or None,
        turns=turns,
        threads=threads,
        listener=lambda result: say(text.case_line(result), quiet=quiet),
    )
    if as_json:
        print_json(results.model_dump(mode="json"))
    else:
        print("\n".join([*text.where(results), "", text.short_table(results)]))
    if results.failures:
        raise typer.Exit(1)
