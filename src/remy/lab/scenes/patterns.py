"""The four patterns: what there is to try, and one input gone through one of them."""

from __future__ import annotations

from typing import Any

from remy.errors import RemyError, UsageError
from remy.lab.endpoint import Endpoint
from remy.lab.lab import Lab
from remy.lab.patterns.drawings import SHAPES, drawn
from remy.lab.patterns.kinds import KINDS, OTHERS, WAYS, Kind, task_of
from remy.lab.patterns.recordings import how_to_get, recordings
from remy.lab.schemas.patterns import (
    Pattern,
    PatternList,
    PatternModel,
    PatternRun,
    PatternRunAsked,
    PatternSample,
)

#: Side of a picture where there is no model that says it.
_SIDE = 24


def catalogue(lab: Lab) -> PatternList:
    """Return the patterns with their models, samples and programs."""
    return PatternList(
        patterns=tuple(
            Pattern(
                name=way.name,
                title=way.title,
                idea=way.idea,
                models=tuple(_described(lab, kind) for kind in way.kinds),
            )
            for way in WAYS
        ),
        others=OTHERS,
    )


def answer(lab: Lab, asked: PatternRunAsked) -> PatternRun:
    """Return what happens to an input beside another one, and what the model says of it.

    Raises
    ------
    UsageError
        If it is no model of a pattern, or reads another kind of input.
    DataError
        If the input is empty, or what is right is nothing that the model can answer.
    """
    from remy.lab.patterns.running import run_pattern
    from remy.lab.patterns.samples import bind

    kind = KINDS.get(asked.model)
    if kind is None:
        raise UsageError(f"patterns: expected one of the models {', '.join(KINDS)}, got '{asked.model}'")
    model = lab.library.load(kind.id)
    task = task_of(kind)(model)
    bound = bind(kind, task, model._need("golden").model_file.golden, asked)
    return run_pattern(kind.id, task, bound.row, bound.others, right_is=bound.right_is, beam=asked.beam)


def _described(lab: Lab, kind: Kind) -> PatternModel:
    side, golden = _SIDE, None
    missing = how_to_get(kind.data) if kind.takes == "recording" else None
    try:
        side = lab.library.card(kind.id).picture or _SIDE
        if kind.takes == "recording":
            golden = lab.library.load(kind.id)._need("golden").model_file.golden
        here = True
    except RemyError:
        here = False
        missing = f"The model “{kind.id}” is not in this installation; `make lab-models` trains it."
    return PatternModel(
        id=kind.id,
        name=kind.name,
        takes=kind.takes,
        asks=kind.asks,
        asks_right=kind.asks_right,
        here=here,
        samples=tuple(_samples(kind, side, golden)),
        missing=missing,
        program=kind.program,
    )


def _samples(kind: Kind, side: int, golden: Any) -> list[PatternSample]:
    if kind.takes == "picture":
        return [
            PatternSample(name=name, right=name, picture=drawn(name, side), steps=None) for name in SHAPES
        ]
    if kind.takes == "recording":
        return [
            PatternSample(name=each.name, right=each.right, picture=None, steps=len(each.values))
            for each in recordings(kind.data, golden)
        ]
    return [
        PatternSample(name=name, right=right, picture=None, steps=None)
        for name, right in kind.samples.items()
    ]


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("/api/patterns", None, PatternList, catalogue),
    Endpoint("/api/patterns/run", PatternRunAsked, PatternRun, answer),
)
