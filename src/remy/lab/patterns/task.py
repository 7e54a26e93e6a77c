"""What a pattern's run needs to know of a task, whatever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from remy.inspect import Trace
    from remy.lab.patterns.padded import Padded

OutputKind = Literal["end", "step", "decoder"]


@dataclass(frozen=True)
class Row:
    """An input, and what is right for it.

    Attributes
    ----------
    title
        How a person calls it.
    x
        As the runtime reads it: a text, words, numbers ``(T, F)`` or a picture ``(size, size, channels)``.
    right
        A label, marks, or a text.
    """

    title: str
    x: Any
    right: str | tuple[str, ...]


@dataclass(frozen=True)
class Own:
    """What the runtime says of one input.

    Attributes
    ----------
    said
        The whole answer, and as a target.
    items
        (A,) what stands at each place with an answer.
    probabilities
        (A, V).
    attention
        (A, S), or None.
    read
        (S,) what can be looked at.
    written
        What a search kept, the best first.
    prefixes
        (T, C): the answers if the input had ended at each step, of a model that reads no future; or None.
    """

    said: str | tuple[str, ...]
    items: tuple[str, ...]
    probabilities: NDArray[Any]
    attention: NDArray[Any] | None = None
    read: tuple[str, ...] = ()
    written: Sequence[Any] = ()
    prefixes: NDArray[Any] | None = None


class Task(Protocol):
    """Reads, binds and answers for the models of one task."""

    output_kind: OutputKind

    @property
    def names(self) -> tuple[str, ...]:
        """The V answers."""

    def steps(self, row: Row) -> int:
        """Return how long a row is where rows are padded."""

    def own(self, x: Any, beam: int) -> Own:
        """Return what the runtime says of an input."""

    def alone(self, row: Row) -> NDArray[Any]:
        """Return the probabilities (A, V) that the runtime gives a row read by itself."""

    def bind(self, rows: Sequence[Row]) -> Padded:
        """Bind rows as a padded batch."""

    def stages(self, padded: Padded, found: Trace) -> list[tuple[str, str, tuple[int, ...]]]:
        """Return name, letters and shape of every array on the way."""

    def read_items(self, row: Row) -> tuple[str, ...]:
        """Return the items of the reading side; none of a picture."""

    def fed_items(self, row: Row) -> tuple[str, ...]:
        """Return the items that a decoder is fed; none without one."""

    def right_items(self, row: Row) -> tuple[str, ...]:
        """Return what is right at each place with an answer."""


def softmax(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Return what scores become, over the last axis, in float64."""
    wide = scores.astype(np.float64)
    shifted = np.exp(wide - wide.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def layer_stages(found: Trace, prefix: str = "") -> list[tuple[str, str, tuple[int, ...]]]:
    """Return what the recurrent layers with a name of this beginning read, and their states."""
    stages: list[tuple[str, str, tuple[int, ...]]] = []
    for layer in found.layers:
        if layer.name.startswith(prefix):
            stages.append((f"states of {layer.name}, {layer.direction}", "BTH", layer.h.shape))
    return stages


def read_by(found: Trace, prefix: str = "") -> tuple[int, ...]:
    """Return the shape of what the first of these layers read."""
    layer = next(each for each in found.layers if each.name.startswith(prefix))
    assert layer.gradients is not None
    return tuple(layer.gradients.x.shape)
