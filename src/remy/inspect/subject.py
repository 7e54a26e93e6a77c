"""What is traced: a network, how it is run, and what its scores mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from remy.errors import DataError, ShapeError, UsageError, choice
from remy.inspect.record import Array

OUTPUTS = ("softmax", "sigmoid", "numbers")


@dataclass(frozen=True)
class Subject:
    """A network with its input bound, ready to be traced.

    Attributes
    ----------
    network
        Holds the recurrent layers.
    run
        From the network (or a copy of it in another dtype) to its scores: ``(B, T, V)``, or ``(B, V)``.
    output
        What the scores become: ``softmax``, ``sigmoid`` or ``numbers``.
    losses
        From scores to a loss for every answer, ``(B, T)`` or ``(B,)``; None without a target.
    counted
        ``(B, T)`` bool: which answers count; None where all do.
    items
        What is read at each step, by the name of the layer that reads it; ``""`` for all others.
    names
        Of the V scores.
    expected
        The scores of the model as it is used, where that is not `run`; held against the trace.
    """

    network: torch.nn.Module
    run: Callable[[Any], Tensor]
    output: str = "numbers"
    losses: Callable[[Tensor], Tensor] | None = None
    counted: Tensor | None = None
    items: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Sequence[str] | None = None
    expected: Array | None = None

    def loss(self, scores: Tensor, at: int | None) -> Tensor | None:
        """Return the mean loss of the answers that count, or that of the answer `at` a step.

        The last step, -1, is each row's own last that counts.
        """
        if self.losses is None:
            return None
        each = self.losses(scores)
        if at is not None:
            if each.dim() != 2:
                raise UsageError(f"trace: at={at} needs an answer at every step; this model gives one")
            steps = each.shape[1]
            if not -steps <= at < steps:
                raise UsageError(f"step: expected at from {-steps} to {steps - 1}, got {at}")
            if self.counted is not None and at == -1:
                last = steps - 1 - self.counted.flip(1).int().argmax(dim=1)
                return each[torch.arange(len(each)), last].mean()
            return each[:, at].mean()
        if self.counted is None or each.dim() != 2:
            return each.mean()
        return each[self.counted].mean()


@runtime_checkable
class Inspectable(Protocol):
    """A trained model that says what of it is traced: the estimators of :mod:`remy.tasks`."""

    def subject(self, x: Any, target: Any = None) -> Subject:
        """Bind an input, and a target, in the words of the model's task."""
        ...


def subject_of(model: Any, x: Any, target: Any, *, lengths: Any, mask: Any, output: str | None) -> Subject:
    """Return what is to be traced of `model`: a torch module or a trained model."""
    if isinstance(model, torch.nn.Module):
        return _of_module(model, x, target, lengths, mask, output)
    if isinstance(model, Inspectable):
        if lengths is not None or mask is not None or output is not None:
            raise UsageError(
                "trace: a trained model knows its lengths, masks and output; lengths, mask and output are "
                "for torch modules"
            )
        return model.subject(x, target)
    raise UsageError(
        f"trace: expected a torch module or a model that remy.load returned, got {type(model).__name__}"
    )


def _of_module(
    network: torch.nn.Module, x: Any, target: Any, lengths: Any, mask: Any, output: str | None
) -> Subject:
    if output is not None:
        choice("output", output, OUTPUTS)
    given = _as_tensor("x", x)
    steps = given.shape[1] if given.dim() >= 2 else 0
    if given.dim() < 2 or not steps or not given.shape[0]:
        raise DataError(
            f"trace: expected x of shape (B, T) or (B, T, I) with a step, got {tuple(given.shape)}"
        )
    options = {name: value for name, value in (("lengths", lengths), ("mask", mask)) if value is not None}
    wanted = None if target is None else _as_tensor("target", target)
    is_classes = wanted is not None and not wanted.is_floating_point()

    def run(network: torch.nn.Module) -> Tensor:
        like = next((p for p in network.parameters() if p.is_floating_point()), given)
        fitting = given.to(like.device, like.dtype if given.is_floating_point() else None)
        found = network(fitting, **options)
        while isinstance(found, tuple | list):
            found = found[0]
        scores: Tensor = found
        return scores

    counted = None
    if mask is not None or lengths is not None:
        counted = torch.ones(given.shape[:2], dtype=torch.bool)
        if mask is not None:
            counted &= torch.as_tensor(mask, dtype=torch.bool)
        if lengths is not None:
            counted &= torch.arange(steps)[None] < torch.as_tensor(lengths)[:, None]
    return Subject(
        network,
        run,
        output or ("softmax" if is_classes else "numbers"),
        None if wanted is None else lambda scores: _losses(scores, wanted),
        counted,
    )


def _losses(scores: Tensor, target: Tensor) -> Tensor:
    """Return the cross-entropy of classes or the squared error of numbers, one for every answer."""
    classes = not target.is_floating_point()
    shape = scores.shape[:-1] if classes else scores.shape
    if target.shape != shape:
        letters = "(B, T, V)"[: 3 * scores.dim() - 2 - (3 if classes else 0)] if classes else "of the scores"
        raise ShapeError(
            f"trace: expected a target of shape {letters.rstrip(', ') + (')' if classes else '')} = "
            f"{tuple(shape)}, got {tuple(target.shape)}; "
            + ("one class for every answer" if classes else "one number for every score")
        )
    if classes:
        return functional.cross_entropy(
            scores.flatten(0, -2), target.flatten().long(), reduction="none"
        ).view(shape)
    return ((scores - target.to(scores.dtype)) ** 2).mean(dim=-1)


def _as_tensor(what: str, given: Any) -> Tensor:
    if isinstance(given, Tensor):
        return given
    try:
        return torch.from_numpy(np.array(given))
    except (TypeError, ValueError) as error:
        raise ShapeError(
            f"trace: expected {what} as an array of numbers, got {type(given).__name__}"
        ) from error
