"""``remy info``: what a model is, and whether it still answers as when it was written."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remy.cli.options import DebugFlag, JsonFlag, QuietFlag, RunArgument
from remy.cli.output import fields, print_json


def info(
    run: RunArgument,
    verify: Annotated[
        bool, typer.Option("--verify", help="Replay the example kept in the model file and compare.")
    ] = False,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Describe a model: task, network, data, scores."""
    from remy import runtime

    model = runtime.load(run)
    described = model.info()
    if verify:
        model.verify()
        described["verified"] = True
    if as_json:
        print_json(described)
        return
    print(fields(_flat(described)))


def _flat(value: dict[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = []
    for key, inner in value.items():
        if isinstance(inner, dict):
            pairs += _flat(inner, f"{prefix}{key}.")
        elif isinstance(inner, float):
            pairs.append((prefix + key, f"{inner:.6g}"))
        elif inner is not None:
            # Line ends in the vocabulary and the golden example would tear the columns.
            plain = not isinstance(inner, str) or inner.isprintable()
            pairs.append((prefix + key, inner if plain else repr(inner)))
    return pairs
