"""What a trace says of itself, in sentences computed from its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from remy.inspect.flow import Flow
from remy.inspect.record import LayerTrace, Trace


def layer_sentence(trace: Trace, layer: LayerTrace) -> str:
    """Return which layer is shown, what was held, and which others there are."""
    others = [f"{each.name} ({each.direction})" for each in trace.layers if each is not layer]
    more = f"; others: {', '.join(others)}" if others else ""
    return f"{layer.name}: {layer.cell}, {layer.direction}, {layer.units} units{more}"


def held_sentences(trace: Trace) -> list[str]:
    """Return a sentence for every override."""
    return [f"held: {each}" for each in trace.held]


def flow_sentences(trace: Trace, flows: Sequence[Flow]) -> list[str]:
    """Return what the gradients are of, and for every layer how far back they reach."""
    if trace.loss is None:
        return []
    said = [f"loss {trace.loss:.4g}; the gradients above are its own"]
    if flows:
        said.append("how far back the gradient reaches from the last step with an answer:")
    return [*said, *map(str, flows)]


def residual_sentences(trace: Trace, *, full: bool = False) -> list[str]:
    """Return how far the trace is from what it has to equal.

    Parameters
    ----------
    trace
        The trace.
    full
        Whether every step was compared, as of ``trace(..., check="full")``.
    """
    found = trace.residuals
    where = "at every step" if full else "at a sample of steps"
    gradients = found.reference_gradients
    if found.reference is None:
        why = "something was held at every step" if trace.held else "no check was asked for"
        sentences = [f"nothing was compared with the float64 reference: {why}"]
    else:
        sentences = [
            f"the kernels agree with the float64 reference to {found.reference:.1g} {where}"
            + (" where nothing was held" if trace.held else "")
            + ("" if gradients is None else f", their gradients to {gradients:.1g} of the largest")
        ]
    if found.forward is not None:
        sentences.append(f"the traced scores agree with the model's own to {found.forward:.1g}")
    if found.finite_differences is not None:
        sentences.append(
            f"the gradients agree with finite differences in float64 to {found.finite_differences:.1g} of "
            "the slope"
        )
    return sentences
