"""Tracing both versions of a sentence, and what differs between the traces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from remy.errors import UsageError
from remy.inspect import LayerTrace, Override, Trace, trace
from remy.lab.bank.aligning import aligned
from remy.lab.bank.sentences import carry_sentences, merge_sentences, state_sentence, tag_sentences
from remy.lab.schemas.bank import (
    BankAnswer,
    BankAsked,
    BankRow,
    BankSide,
    Carried,
    DirectionChange,
    Merged,
)
from remy.lab.schemas.base import Array
from remy.lab.traced import shown_layers
from remy.layers import Bidirectional
from remy.layers.bidirectional import MERGE_MODES, merged
from remy.tasks import Tagger


def compare_sentences(model: Any, asked: BankAsked) -> BankAnswer:
    """Trace both sentences and return what differs.

    Parameters
    ----------
    model
        The estimator.
    asked
        The sentences.

    Raises
    ------
    UsageError
        If the model is no tagger.
    """
    if not isinstance(model, Tagger):
        raise UsageError(
            f"bank: expected a tagger, which answers at every word, got a {type(model).__name__}"
        )
    rows = aligned(asked.before, asked.after)
    first, second = trace(model, asked.before, check="none"), trace(model, asked.after, check="none")
    before, after = _side(model, asked.before, first), _side(model, asked.after, second)
    moved = _moved(_row_differences(rows, before.probabilities, after.probabilities))
    names = [(before.words if row.before is not None else after.words)[_place(row)] for row in rows]
    pair = _last_pair(second)
    own = _merge_mode(model, asked.after) if pair is not None else None
    return BankAnswer(
        rows=rows,
        before=before,
        after=after,
        outputs=model.labels,
        layers=tuple(
            _change(one, other, rows, names)
            for one, other in zip(shown_layers(first), shown_layers(second), strict=True)
        ),
        moved=moved,
        sentences=tag_sentences(rows, before, after, moved, model.labels),
        merge_mode=own,
        merged=() if pair is None or own is None else _merges(pair, own, asked.after),
        carried=None if pair is None else _carried(model, asked.after, second, pair),
    )


def _side(model: Tagger, words: Sequence[str], found: Trace) -> BankSide:
    # Of a CRF the trace has scores only; what it makes of them, the runtime says.
    shares = model.predict_proba([words])[0] if found.probabilities is None else found.probabilities[0]
    return BankSide(
        words=tuple(words),
        known=tuple(model.knows(words)),
        tags=tuple(model.predict([words])[0]),
        probabilities=shares,
    )


def _place(row: BankRow) -> int:
    found = row.after if row.before is None else row.before
    assert found is not None
    return found


def _row_differences(rows: Sequence[BankRow], before: Array, after: Array) -> Array:
    """Return the second less the first, (R, N), in float64: exactly 0 where they agree."""
    found = np.full((len(rows), before.shape[1]), np.nan)
    for place, row in enumerate(rows):
        if row.before is not None and row.after is not None:
            found[place] = np.subtract(after[row.after], before[row.before], dtype=np.float64)
    return found


def _moved(differences: Array) -> Array:
    """Return half the sum of the absolute differences of probabilities."""
    found: Array = np.abs(differences).sum(axis=1) / 2
    return found


def _change(
    before: LayerTrace, after: LayerTrace, rows: Sequence[BankRow], names: Sequence[str]
) -> DirectionChange:
    difference = _row_differences(rows, before.h[0], after.h[0])
    norm = np.linalg.norm(difference, axis=1)
    return DirectionChange.model_validate(
        {
            "name": before.name,
            "direction": before.direction,
            "units": before.units,
            "difference": difference,
            "norm": norm,
            "sentence": state_sentence(before.direction, norm, rows, names),
        }
    )


def _last_pair(found: Trace) -> tuple[LayerTrace, LayerTrace] | None:
    """Return the forward and the backward direction of the last layer; None where it has only one."""
    layers = shown_layers(found)
    last = {layer.direction: layer for layer in layers if layer.name == layers[-1].name}
    return (last["forward"], last["backward"]) if len(last) == 2 else None


def _merge_mode(model: Tagger, words: Sequence[str]) -> str | None:
    modes = [
        layer.merge_mode
        for layer in model.subject(words).network.modules()
        if isinstance(layer, Bidirectional)
    ]
    return modes[-1]


def _merges(pair: tuple[LayerTrace, LayerTrace], own: str, words: Sequence[str]) -> tuple[Merged, ...]:
    forward, backward = (layer.h[0] for layer in pair)
    found = []
    for mode in MERGE_MODES:
        values = merged(torch.from_numpy(forward), torch.from_numpy(backward), mode=mode).numpy()
        said = merge_sentences(mode, own, forward, backward, values, words)
        found.append(Merged.model_validate({"mode": mode, "values": values, "sentences": said}))
    return tuple(found)


def _carried(
    model: Tagger, words: Sequence[str], found: Trace, pair: tuple[LayerTrace, LayerTrace]
) -> Carried | None:
    if found.probabilities is None:
        return None
    without = {}
    for layer in pair:
        held = Override("hidden", 0, layer=layer.name, direction=layer.direction)
        silent = trace(model, words, override=held, check="none").probabilities
        assert silent is not None
        without[layer.direction] = silent[0]
    moved = {
        direction: _moved(np.subtract(shares, found.probabilities[0], dtype=np.float64))
        for direction, shares in without.items()
    }
    norms = [np.linalg.norm(layer.h[0].astype(np.float64), axis=1) for layer in pair]
    return Carried(
        forward_norm=norms[0],
        backward_norm=norms[1],
        without_forward=without["forward"],
        without_backward=without["backward"],
        moved_by_forward=moved["forward"],
        moved_by_backward=moved["backward"],
        sentences=carry_sentences(moved["forward"], moved["backward"], words),
    )
