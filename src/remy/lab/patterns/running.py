"""One input gone through a pattern: the batch it is trained in, and what the model says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from remy.inspect import LayerTrace, Trace
from remy.io.architecture.decoder import DECODER
from remy.io.architecture.tagger import CHARACTERS
from remy.lab.patterns.classifying import Classifying
from remy.lab.patterns.padded import Padded, partner
from remy.lab.patterns.sentences import (
    attention_sentences,
    candidate_sentences,
    tried_sentences,
    unrolled_sentences,
)
from remy.lab.patterns.task import Own, Row, Task, softmax
from remy.lab.schemas.patterns import (
    PatternCandidate,
    PatternChain,
    PatternLane,
    PatternRun,
    PatternStage,
    PatternTried,
    PatternUnrolled,
)

RightIs = Literal["given", "known", "its own answer"]


def run_pattern(
    model: str, task: Task, row: Row, others: Sequence[Row], *, right_is: RightIs, beam: int
) -> PatternRun:
    """Return what happens to a row beside one of others, and what the model says of it.

    Parameters
    ----------
    model
        Its id.
    task
        Of the model.
    row
        The person's input; an empty `right` stands for the model's own answer.
    others
        Rows with something right, one of which is put beside it.
    right_is
        Where the row's `right` comes from.
    beam
        Sequences alive at once while a decoder writes.
    """
    own = task.own(row.x, beam)
    if not row.right:
        row = replace(row, right=_said(own, task))
        right_is = "its own answer"
    beside = others[partner(task.steps(row), [task.steps(other) for other in others])]
    if not beside.right:
        beside = replace(beside, right=_said(task.own(beside.x, beam), task))
    rows = (row, beside)
    padded = task.bind(rows)
    found = padded.traced()
    return PatternRun(
        model=model,
        unrolled=_unrolled(task, rows, padded, found, right_is),
        tried=_tried(task, own, beam),
    )


def _said(own: Own, task: Task) -> str | tuple[str, ...]:
    """Return what the model says; of one that writes nothing the best that is something."""
    others = (one.text for one in own.written if one.text)
    return own.said or next(others, task.names[-1])


def _unrolled(
    task: Task, rows: Sequence[Row], padded: Padded, found: Trace, right_is: RightIs
) -> PatternUnrolled:
    scores = found.scores if found.scores.ndim == 3 else found.scores[:, None]
    shares = softmax(scores)
    lanes = tuple(_lane(task, row, place, padded, found, shares[place]) for place, row in enumerate(rows))
    read = _reading(found)
    writing = _writing(found)
    read_steps = read[0].h.shape[1] if read else 0
    write_steps = writing[0].h.shape[1] if writing else 0
    assert found.loss is not None
    counted = int(padded.counted.sum())
    apart = max(
        float(np.abs(task.alone(row) - shares[place, : len(lanes[place].right)]).max())
        for place, row in enumerate(rows)
    )
    return PatternUnrolled(
        stages=tuple(
            PatternStage(name=name, letters=tuple(letters), shape=tuple(shape))
            for name, letters, shape in task.stages(padded, found)
        ),
        lanes=lanes,
        read_steps=read_steps,
        write_steps=write_steps,
        pooling=task.pooling if isinstance(task, Classifying) else None,
        output_kind=task.output_kind,
        loss=found.loss,
        counted=counted,
        right_is=right_is,
        apart=apart,
        sentences=unrolled_sentences(
            lanes,
            kind=task.output_kind,
            read_steps=read_steps,
            write_steps=write_steps,
            loss=found.loss,
            counted=counted,
            right_is=right_is,
            apart=apart,
        ),
    )


def _lane(task: Task, row: Row, place: int, padded: Padded, found: Trace, shares: Any) -> PatternLane:
    right = task.right_items(row)
    count, names = len(right), task.names
    numbers = np.atleast_2d(padded.right.reshape(len(padded.right), -1))[place, :count]
    counts = padded.counted.reshape(len(padded.counted), -1)[place, :count]
    given = np.where(counts, shares[np.arange(count), numbers], np.nan)
    look = padded.attention
    return PatternLane(
        title=row.title,
        picture=1 - row.x.mean(axis=2) / 255 if not task.read_items(row) else None,
        read=task.read_items(row),
        reading=tuple(_chains(_reading(found), place)),
        fed=task.fed_items(row),
        writing=tuple(_chains(_writing(found), place)),
        answers=tuple(names[number] for number in shares[:count].argmax(axis=1)),
        right=right,
        shares=given,
        losses=-np.log(given),
        counts=tuple(counts.tolist()),
        attention=None if look is None else look[place, :count],
    )


def _chains(layers: Sequence[LayerTrace], place: int) -> Iterator[PatternChain]:
    for layer in layers:
        yield PatternChain(
            name=layer.name,
            direction="backward" if layer.direction == "backward" else "forward",
            sizes=np.sqrt((layer.h[place].astype(np.float64) ** 2).mean(axis=1)),
            valid=tuple(layer.valid[place].tolist()),
        )


def _writing(found: Trace) -> list[LayerTrace]:
    return [layer for layer in found.layers if layer.name.startswith(DECODER)]


def _reading(found: Trace) -> list[LayerTrace]:
    """Return the layers that read the input; those that spell words run over other steps."""
    return [layer for layer in found.layers if not layer.name.startswith((DECODER, CHARACTERS))]


def _tried(task: Task, own: Own, beam: int) -> PatternTried:
    candidates = tuple(
        PatternCandidate(text=one.text, log_probability=one.log_probability, score=one.score, ended=one.ended)
        for one in own.written
    )
    said = own.said if isinstance(own.said, str) else " ".join(own.said)
    return PatternTried(
        items=own.items,
        names=task.names,
        probabilities=own.probabilities,
        prefixes=own.prefixes,
        said=said,
        sentences=tried_sentences(task.output_kind, own, task.names),
        read=own.read,
        attention=own.attention,
        attention_sentences=attention_sentences(own),
        candidates=candidates,
        candidate_sentences=candidate_sentences(candidates, beam),
    )
