"""How far back an input still moves the last answer, measured by changing inputs; no gradient is used."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import index
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from remy.errors import UsageError
from remy.inspect.changing import drawing, nothing_to_swap
from remy.inspect.flow import HORIZON
from remy.inspect.inputs import LayerInputs
from remy.inspect.options import whole_number
from remy.inspect.record import Array

#: Up to so many lags are all measured; of more, so many in all.
MOST_LAGS = 64
#: What a move of the answer is, by what the scores become.
DISTANCES = {
    "softmax": "total variation",
    "sigmoid": "mean difference of a probability",
    "numbers": "Euclidean distance",
}


@dataclass(frozen=True)
class Influence:
    """How much the last answer moves when one input before it is changed.

    Attributes
    ----------
    name
        Of the layer whose inputs were changed.
    change
        ``"swap"``, ``"noise"`` or ``"given"``.
    distance
        What a move is: of probabilities the total variation ``½ Σ|p - q|``, of independent probabilities
        (notes, labels) the mean of ``|p - q|``, of numbers the Euclidean distance.
    lags
        ``(K,)``: how many steps before the last one the changed input was.
    moves
        ``(K,)``: how far the answer moved, mean over the changes and rows.
    spread
        ``(K,)``: standard deviation over them.
    counts
        ``(K,)``: how many there were.
    """

    name: str
    change: str
    distance: str
    lags: Array
    moves: Array
    spread: Array
    counts: Array

    @property
    def horizon(self) -> int | None:
        """The first lag at which the move is, and stays, below 1 % of that at lag 0; None where none is.

        Of the lags that were measured; None also where the move at lag 0 is 0, or lag 0 was not measured.
        """
        if self.lags[0] != 0 or not self.moves[0] > 0:
            return None
        first = int(np.flatnonzero(self.moves >= HORIZON * self.moves[0])[-1]) + 1
        return int(self.lags[first]) if first < len(self.lags) else None

    def __str__(self) -> str:
        first, last = int(self.lags[0]), int(self.lags[-1])
        begin = (
            f"{self.name}: changing one input ({self.change}) moves the last answer by "
            f"{self.moves[0]:.3g} ({self.distance}) at lag {first}"
        )
        if not self.moves.any():
            return f"{begin}, and by nothing at any lag up to {last}"
        if self.horizon is not None:
            return f"{begin}; from lag {self.horizon} on by less than 1 % of that"
        if len(self.lags) == 1:
            return begin
        largest = int(self.moves.argmax())
        peak = (
            f", most at lag {self.lags[largest]} (by {self.moves[largest]:.3g})"
            if 0 < largest < len(self.lags) - 1
            else ""
        )
        return f"{begin}{peak} and still by {self.moves[-1]:.3g} at lag {last}, the last measured"


def input_influence(
    model: Any,
    x: Any,
    *,
    lengths: Any = None,
    mask: Any = None,
    output: str | None = None,
    layer: int | str | None = None,
    lags: Sequence[int] | None = None,
    change: str | Array = "swap",
    changes: int = 8,
    size: float = 1.0,
    seed: int = 0,
) -> Influence:
    """Return how far the last answer moves when the input of one earlier step is changed, over the lag.

    One input at a time is changed, the network is run again, and the answers are compared. What is changed is
    the vector that a recurrent layer reads at that step (of tokens, their embedding), so one definition holds
    for every model. Both directions of a bidirectional layer read the changed vector. Lag 0 is the step that
    is read last of those that count; of a layer that only reads backward, that is the first. Compare U.
    Khandelwal et al., *Sharp Nearby, Fuzzy Far Away*, ACL 2018.

    Parameters
    ----------
    model, x, lengths, mask, output
        As in :func:`remy.inspect.trace`.
    layer
        Whose inputs are changed: its place among the layers, or its name; None for the first whose rows are
        those of the answers (of a tagger, not the layer that reads a word's characters).
    lags
        Which; None for all up to 64, and for 64 of a longer sequence, the near ones more densely.
    change
        ``"swap"``: the vector becomes that of another step of the same row that reads something else, drawn
        by `seed`. ``"noise"``: normal noise is added, of the deviation of each feature over all steps that
        count. An array ``(K, I)``: each of these vectors is added.
    changes
        How many of each lag and row, for ``"swap"`` at most as many as there are other steps.
    size
        Factor of the noise, above 0.
    seed
        Of the draws.

    Raises
    ------
    UsageError
        If an option has a value that cannot be used, or a lag lies before the first step.
    ShapeError
        If the vectors to add have another width than the layer reads.
    DataError
        If all steps read the same, so that there is nothing to swap, or no deviation to take noise from.

    Examples
    --------
    A linear recurrence that keeps half of its state a step forgets a change in seven steps, as
    ``0.5 ** 7 < 0.01``:

    >>> import numpy as np, torch
    >>> from remy.inspect.influence import input_influence
    >>> from remy.layers import SimpleRNN
    >>> layer = SimpleRNN(4, activation="linear", recurrent_initializer=lambda w: w.copy_(0.5 * torch.eye(4)))
    >>> input_influence(layer, torch.randn(2, 30, 3), change=np.ones((1, 3))).horizon
    7
    """
    changes, seed = whole_number("changes", changes, least=1), whole_number("seed", seed, least=0)
    _expect_size(size)
    inputs = LayerInputs("influence", model, x, lengths=lengths, mask=mask, output=output, layer=layer)
    orders = [inputs.order(row) for row in range(len(inputs.x))]
    chosen = _lags(lags, max(len(order) for order in orders))
    draw = drawing(inputs, change, changes, size, seed)
    tried: list[_Tried] = []

    def added() -> Iterator[Tensor]:
        yield torch.zeros_like(inputs.x)
        for lag in chosen:
            steps = [int(order[lag]) if lag < len(order) else None for order in orders]
            drawn = [None if step is None else draw(row, step) for row, step in enumerate(steps)]
            for k in range(max(0 if each is None else len(each) for each in drawn)):
                nudge = torch.zeros_like(inputs.x)
                rows = []
                for row, (step, vectors) in enumerate(zip(steps, drawn, strict=True)):
                    if vectors is not None and k < len(vectors):
                        nudge[row, step] = vectors[k]
                        rows.append(row)
                tried.append(_Tried(lag, rows))
                yield nudge

    answers = _as_used(inputs.answers(added()), inputs.subject.output)
    moved = _distances(answers[1:], answers[0], inputs.subject.output)
    by_lag: dict[int, list[float]] = {lag: [] for lag in chosen}
    for each, found in zip(tried, moved, strict=True):
        by_lag[each.lag] += [float(found[row]) for row in each.rows]
    measured = [lag for lag in chosen if by_lag[lag]]
    if not measured:
        raise nothing_to_swap()
    return Influence(
        name=inputs.name,
        change=change if isinstance(change, str) else "given",
        distance=DISTANCES[inputs.subject.output],
        lags=np.array(measured),
        moves=np.array([np.mean(by_lag[lag]) for lag in measured]),
        spread=np.array([np.std(by_lag[lag]) for lag in measured]),
        counts=np.array([len(by_lag[lag]) for lag in measured]),
    )


class _Tried(NamedTuple):
    """A change that was made: at which lag, and in which rows."""

    lag: int
    rows: list[int]


def _expect_size(size: Any) -> None:
    # Neither a negative size nor one that is not finite is a deviation; of size 0 nothing would be changed.
    if not isinstance(size, int | float | np.number) or not 0 < size < math.inf:
        raise UsageError(f"size: expected a finite number above 0, got {size!r}")


def _lags(lags: Sequence[int] | None, longest: int) -> list[int]:
    if lags is None:
        if longest <= MOST_LAGS:
            return list(range(longest))
        near = MOST_LAGS // 2
        far = np.geomspace(near, longest - 1, MOST_LAGS - near).round().astype(int)
        return sorted({*range(near), *far.tolist()})
    try:
        found = sorted({index(lag) for lag in lags})
    except TypeError as error:
        raise UsageError(f"lags: expected whole numbers, [0, 1], got {lags!r}") from error
    if not found:
        raise UsageError("lags: expected at least one lag, got none; None for all")
    wrong = next((lag for lag in found if not 0 <= lag < longest), None)
    if wrong is not None:
        raise UsageError(f"lags: expected 0 to {longest - 1} steps before the last, got {wrong}")
    return found


def _as_used(scores: Tensor, output: str) -> Array:
    """Return probabilities, or scores where a model answers with numbers, in float64."""
    wide = scores.double()
    if output != "numbers":
        wide = wide.softmax(dim=-1) if output == "softmax" else wide.sigmoid()
    found: Array = wide.cpu().numpy()
    return found


def _distances(changed: Array, before: Array, output: str) -> Array:
    """Return how far answers ``(K, B, V)`` are from those before ``(B, V)``, ``(K, B)``."""
    difference = np.abs(changed - before)
    if output == "numbers":
        return np.asarray(np.linalg.norm(difference, axis=2))
    return np.asarray(difference.sum(axis=2) / 2 if output == "softmax" else difference.mean(axis=2))
