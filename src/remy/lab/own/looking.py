"""A model and an input: everything that happened, and what each picture of it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remy.inspect import Flow, Trace, gradient_flow
from remy.lab.binding import bind
from remy.lab.bound import Bound
from remy.lab.own.sentences import say_pictures
from remy.lab.schemas.choices import Input, TrainedModel
from remy.lab.schemas.own import LookAnswer, LookAsked
from remy.lab.traced import answer_of, shown_layers

if TYPE_CHECKING:
    from remy.lab.library import Library


def bound_of(library: Library, model: str, given: Input, target: str | None, at: int | None) -> Bound:
    """Bind an input, and what was right, to a trained model; as :func:`remy.lab.binding.bind`."""
    return bind(library, TrainedModel(kind="trained", id=model), given, target, at)


def bound_as_asked(library: Library, asked: LookAsked) -> Bound:
    """Bind what a question names."""
    return bound_of(library, asked.model, asked.input, asked.target, asked.at)


def look(library: Library, asked: LookAsked) -> LookAnswer:
    """Trace a model and say what is seen.

    Raises
    ------
    RemyError
        If there is no such model, or it cannot read the input or the target.
    """
    bound = bound_as_asked(library, asked)
    trace = bound.trace()
    answer = answer_of(bound, trace)
    return LookAnswer(trace=answer, said=tuple(say_pictures(trace, answer, flows_of(bound, trace))))


def flows_of(bound: Bound, trace: Trace) -> list[Flow]:
    """Return how far back the gradient reaches in the layers that are shown; none without a target."""
    if trace.loss is None:
        return []
    shown = {(layer.name, layer.direction) for layer in shown_layers(trace)}
    # Without a step that is asked for, the last answer's: the mean of all hides the reach of each.
    flows = gradient_flow(bound, None, at=bound.at)
    return [flow for flow in flows if (flow.name, flow.direction) in shown]
