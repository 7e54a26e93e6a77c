"""Two inputs of a trained model as one padded batch, traced as it is trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from remy.inspect import Subject, Trace, trace
from remy.models.attention import Attention


@dataclass(frozen=True)
class Padded:
    """Rows of different lengths bound to a network; :func:`remy.inspect.trace` takes it as a trained model.

    Attributes
    ----------
    network
        Of the model, with its weights.
    run
        From the network to its scores ``(B, C)`` or ``(B, A, V)``.
    right
        ``(B,)`` or ``(B, A)``: the number of the right answer at each place, 0 where there is none.
    counted
        Of the same shape, bool: which answers the loss is the mean of.
    given
        Shape of what the network was given.
    names
        Of the V answers.
    watched
        Modules whose outputs' shapes are noted, by the name of the stage.
    """

    network: torch.nn.Module
    run: Callable[[Any], Tensor]
    right: NDArray[np.int64]
    counted: NDArray[np.bool_]
    given: tuple[int, ...]
    names: tuple[str, ...]
    watched: Mapping[str, torch.nn.Module]
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    looks: list[NDArray[np.float32]] = field(default_factory=list)

    def traced(self) -> Trace:
        """Run it, there and back; what it looked at, and the shapes on the way, are noted meanwhile."""
        return trace(self, None, check="none")

    def subject(self, x: Any, target: Any = None) -> Subject:
        """Return what is traced; the batch is bound already."""
        right = torch.from_numpy(self.right)

        def run(network: Any) -> Tensor:
            with self._watching():
                return self.run(network)

        def losses(scores: Tensor) -> Tensor:
            flat = torch.nn.functional.cross_entropy(scores.flatten(0, -2), right.flatten(), reduction="none")
            return flat.view(scores.shape[:-1])

        return Subject(self.network, run, "softmax", losses, torch.from_numpy(self.counted), names=self.names)

    @property
    def attention(self) -> NDArray[np.float32] | None:
        """What was looked at, ``(B, A, S)``; None of a model that looks at nothing."""
        return np.concatenate(self.looks, axis=1) if self.looks else None

    @contextmanager
    def _watching(self) -> Iterator[None]:
        self.shapes.clear()
        self.looks.clear()
        handles = [module.register_forward_hook(self._note(name)) for name, module in self.watched.items()]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _note(self, name: str) -> Callable[[torch.nn.Module, Any, Any], None]:
        def note(module: torch.nn.Module, read: Any, made: Tensor) -> None:
            self.shapes[name] = _lengthened(self.shapes.get(name), tuple(made.shape))
            if isinstance(module, Attention):
                queries, _, keys, inside = read
                with torch.no_grad():
                    scores = module.scores(queries, keys).masked_fill(~inside[:, None], -torch.inf)
                    self.looks.append(scores.softmax(dim=2).numpy())

        return note


def _lengthened(before: tuple[int, ...] | None, now: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of all calls together: one that is fed what it wrote is called step by step."""
    return now if before is None else (now[0], before[1] + now[1], *now[2:])


def partner(own: int, others: Sequence[int]) -> int:
    """Return which of the other lengths makes a batch with padding that is seen.

    The longest of those that are at most two thirds, else the longest that is shorter, else the shortest that
    is longer, so that the person's own input is padded; where all are as long, the first.

    Examples
    --------
    >>> partner(6, [8, 5, 3, 4]), partner(6, [8, 5]), partner(3, [9, 3, 5]), partner(3, [3])
    (3, 1, 2, 0)
    """
    places = range(len(others))
    for most in (2 * own / 3, own - 1):
        shorter = [place for place in places if others[place] <= most]
        if shorter:
            return max(shorter, key=lambda place: others[place])
    longer = [place for place in places if others[place] > own]
    return min(longer, key=lambda place: others[place]) if longer else 0
