"""What each item that was read contributed to a score."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from remy.errors import DataError, ShapeError, UsageError, choice, nearest
from remy.inspect.faults import short
from remy.inspect.inputs import LayerInputs
from remy.inspect.options import whole_number
from remy.inspect.record import Array

METHODS = ("integrated_gradients", "gradient_x_input", "leave_one_out")


@dataclass(frozen=True)
class Attribution:
    """What each step's input contributed to a score, and how well the contributions add up to it.

    Attributes
    ----------
    method
        One of ``integrated_gradients``, ``gradient_x_input``, ``leave_one_out``.
    name
        Of the layer at whose inputs the contributions are measured.
    values
        ``(B, T)``: the contribution of each step, in units of the score; 0 at masked steps.
    features
        ``(B, T, I)``: the same for each number that the layer reads, which add up to `values`; None of
        ``leave_one_out``.
    valid
        ``(B, T)`` bool: the steps that count.
    items
        What was read at each step, where that is known; else the steps' numbers.
    explained
        For each row, which score is explained: its name, or its number.
    answers
        ``(B,)``: the step whose answer is explained; None where the model gives one answer.
    score, baseline
        ``(B,)``: the score with the input, and with every input vector zero.
    """

    method: str
    name: str
    values: Array
    features: Array | None
    valid: Array
    items: tuple[str, ...]
    explained: tuple[str, ...]
    answers: Array | None
    score: Array
    baseline: Array

    @property
    def error(self) -> Array:
        """``(B,)``: the sum of the contributions, less the difference of score and baseline."""
        found: Array = self.values.sum(axis=1) - (self.score - self.baseline)
        return found

    @property
    def relative_error(self) -> Array:
        """``(B,)``: its size, relative to that of the difference; infinite where only that is zero."""
        size, difference = np.abs(self.error), np.abs(self.score - self.baseline)
        safe = np.where(difference > 0, difference, 1)
        found: Array = np.where(difference > 0, size / safe, np.where(size > 0, np.inf, 0))
        return found

    def ranked(self, row: int = 0) -> list[tuple[int, str, float]]:
        """Return step, item and contribution of the steps that count, the largest in size first."""
        steps = np.flatnonzero(self.valid[row])
        order = steps[np.argsort(-np.abs(self.values[row, steps]), kind="stable")]
        return [(int(step), self.items[step], float(self.values[row, step])) for step in order]

    def __str__(self) -> str:
        parts = []
        for row, which in enumerate(self.explained):
            top = ", ".join(
                f"{item!r} at {step} ({value:+.3g})" for step, item, value in self.ranked(row)[:3]
            )
            where = "" if self.answers is None else f" after step {self.answers[row]}"
            parts.append(
                f"score {which!r}{where} is {self.score[row]:.4g}, without input {self.baseline[row]:.4g}: "
                f"most by {top}; the contributions miss the difference by {abs(self.error[row]):.2g} "
                f"({self.relative_error[row]:.2g} of it)"
            )
        return f"{self.method} at {self.name}: " + "\n".join(parts)


def attribute(
    model: Any,
    x: Any,
    target: Any = None,
    *,
    method: str = "integrated_gradients",
    steps: int = 64,
    layer: int | str | None = None,
    at: int | None = None,
    lengths: Any = None,
    mask: Any = None,
) -> Attribution:
    """Return what each item that was read contributed to a score of the model.

    The items' vectors are those that a recurrent layer reads (of tokens, their embeddings), the baseline is
    zero vectors, and the score is the number before any softmax.

    - ``integrated_gradients``: ``x ⊙ ∫₀¹ ∂score(α x)/∂x dα``, by Gauss-Legendre quadrature. The contributions
      add up to ``score(x) - score(0)`` but for the error of the quadrature, which the result has and prints
      (M. Sundararajan, A. Taly and Q. Yan, *Axiomatic Attribution for Deep Networks*, ICML 2017).
    - ``gradient_x_input``: ``x ⊙ ∂score(x)/∂x``, the first order at the input itself.
    - ``leave_one_out``: the score, less that with the step's vector replaced by zeros; the step is still
      taken. No gradient is used.

    Of a network that is linear in its input all three agree.

    Parameters
    ----------
    model, x, lengths, mask
        As in :func:`remy.inspect.trace`.
    target
        Which score is explained: its name or its number, for all rows or one a row; None for the highest of
        each row, which is what the model predicts.
    method
        One of the three.
    steps
        Points of the quadrature; a network with kinks, such as a maximum over the steps, needs more.
    layer
        At whose inputs: its place among the layers, or its name; None for the first whose rows are those of
        the answers (of a tagger, not the layer that reads a word's characters).
    at
        The step whose answer is explained, of a model with an answer at each; None for each row's last that
        counts.

    Raises
    ------
    UsageError
        If an option has a value that cannot be used, or there is no such score.
    ShapeError
        If there are several targets, but not one a row.
    DataError
        As :func:`remy.inspect.trace`.

    Examples
    --------
    A linear recurrence that keeps half of its state a step:

    >>> import torch
    >>> from remy.inspect.attribution import attribute
    >>> from remy.layers import SimpleRNN
    >>> half, one = (lambda w: w.fill_(0.5)), (lambda w: w.fill_(1.0))
    >>> layer = SimpleRNN(1, activation="linear", kernel_initializer=one, recurrent_initializer=half)
    >>> attribute(layer, torch.tensor([[[4.0], [2.0], [1.0]]]), method="leave_one_out").values
    array([[1., 1., 1.]])
    """
    choice("method", method, METHODS)
    steps = whole_number("steps", steps, least=1)
    at = None if at is None else whole_number("at", at)
    inputs = LayerInputs("attribute", model, x, lengths=lengths, mask=mask, layer=layer, at=at)
    valid = torch.from_numpy(inputs.valid).to(inputs.x.device)
    if not inputs.valid.any(axis=1).all():
        raise DataError(
            f"attribute: expected a step that counts in every row of {inputs.name}; drop the others"
        )
    read = torch.where(valid[..., None], inputs.x, 0)
    whole, empty = inputs.answers([torch.zeros_like(read), -read])
    chosen = _chosen(target, whole, inputs.subject.names)
    score, baseline = (_of(each, chosen) for each in (whole, empty))
    features = None
    if method == "leave_one_out":
        values = _left_out(inputs, read, chosen, score)
    else:
        points, weights = _quadrature(steps) if method == "integrated_gradients" else ([1.0], [1.0])
        slopes = inputs.gradients((read * (point - 1) for point in points), chosen)
        total = sum(weight * slope.double() for weight, slope in zip(weights, slopes, strict=True))
        features = (total * read.double()).cpu().numpy()
        values = features.sum(axis=2)
    items = inputs.subject.items.get(inputs.name, inputs.subject.items.get(""))
    count = values.shape[1]
    names = inputs.subject.names
    return Attribution(
        method=method,
        name=inputs.name,
        values=values,
        features=features,
        valid=inputs.valid,
        items=tuple(items) if items is not None and len(items) == count else tuple(map(str, range(count))),
        explained=tuple(str(k) if names is None else names[k] for k in chosen.tolist()),
        answers=inputs.answer_steps,
        score=score,
        baseline=baseline,
    )


def _left_out(inputs: LayerInputs, read: Tensor, chosen: Tensor, score: Array) -> Array:
    """Return the score less that without each step, ``(B, T)``."""

    def added() -> Iterator[Tensor]:
        for step in range(read.shape[1]):
            without = torch.zeros_like(read)
            without[:, step] = -read[:, step]
            yield without

    found = np.stack([score - _of(each, chosen) for each in inputs.answers(added())], axis=1)
    return np.where(inputs.valid, found, 0)


def _quadrature(steps: int) -> tuple[Sequence[float], Sequence[float]]:
    """Return points and weights of the Gauss-Legendre rule from 0 to 1."""
    points, weights = np.polynomial.legendre.leggauss(steps)
    return ((points + 1) / 2).tolist(), (weights / 2).tolist()


def _of(scores: Tensor, chosen: Tensor) -> Array:
    """Return the chosen ones of scores ``(B, V)`` in float64, ``(B,)``."""
    found: Array = scores.gather(1, chosen[:, None])[:, 0].double().cpu().numpy()
    return found


def _chosen(target: Any, scores: Tensor, names: Sequence[str] | None) -> Tensor:
    """Return which score of each row is explained, ``(B,)``."""
    rows, count = scores.shape
    if target is None:
        return scores.argmax(dim=1)
    listed = isinstance(target, Sequence) and not isinstance(target, str)
    several = listed or getattr(target, "ndim", 0) == 1
    each = list(target) if several else [target] * rows
    if len(each) != rows:
        raise ShapeError(f"attribute: expected one target a row, {rows}, got {len(each)}")
    return torch.tensor([_number(one, count, names) for one in each], device=scores.device)


def _number(target: Any, count: int, names: Sequence[str] | None) -> int:
    if isinstance(target, str):
        if names is None:
            raise UsageError(f"target: the scores have no names; expected 0 to {count - 1}, got '{target}'")
        if target not in names:
            raise UsageError(f"target: there is no score '{target}'{nearest(target, names)}")
        return list(names).index(target)
    try:
        number = math.nan if isinstance(target, bool) else float(target)
    except (TypeError, ValueError, RuntimeError, OverflowError):  # RuntimeError: a tensor of several numbers
        number = math.nan
    if not number.is_integer() or not 0 <= number < count:
        raise UsageError(
            f"target: expected a score's number from 0 to {count - 1}, or its name, got {short(target)}"
        )
    return int(number)
