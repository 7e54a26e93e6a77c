"""What is traced: a network, how it is run, and what its scores mean."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from remy.errors import DataError, ShapeError, UsageError, choice
from remy.inspect.record import Array
from remy.layers import Sequential
from remy.layers.recurrent import Recurrent
from remy.layers.sequence_layer import SequenceLayer

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
        Computes the scores of the model as it is used, where that is not `run`; held against the trace.
    """

    network: torch.nn.Module
    run: Callable[[Any], Tensor]
    output: str = "numbers"
    losses: Callable[[Tensor], Tensor] | None = None
    counted: Tensor | None = None
    items: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Sequence[str] | None = None
    expected: Callable[[], Array] | None = None

    def answer(self, network: torch.nn.Module) -> Tensor:
        """Return the scores of `network`; what stateful layers carry stays as it was."""
        carried = {m: m._carried for m in network.modules() if isinstance(m, Recurrent)}
        try:
            return self.run(network)
        finally:
            for layer, state in carried.items():
                layer._carried = state

    def loss(self, scores: Tensor, at: int | None) -> Tensor | None:
        """Return the mean loss of the answers that count, or that of the answer `at` a step.

        The last step, -1, is each row's own last that counts.
        """
        if self.losses is None:
            return None
        each = self.losses(scores)
        counted = self.counted if each.dim() == 2 else None
        if at is not None:
            if each.dim() != 2:
                raise UsageError(f"trace: at={at} needs an answer at every step; this model gives one")
            steps = each.shape[1]
            if not isinstance(at, int | np.integer) or not -steps <= at < steps:
                raise UsageError(f"step: expected at from {-steps} to {steps - 1}, got {at}")
            places = torch.full((len(each),), int(at) % steps)
            if counted is not None and at == -1:
                places = steps - 1 - counted.flip(1).int().argmax(dim=1)
            rows = torch.arange(len(each))
            each, counted = each[rows, places], None if counted is None else counted[rows, places]
        if counted is None:
            return each.mean()
        if not bool(counted.any()):
            raise DataError("trace: no answer counts, all are masked; a loss needs a step that is not")
        return each[counted].mean()


@runtime_checkable
class Inspectable(Protocol):
    """A trained model that says what of it is traced: the estimators of :mod:`remy.tasks`."""

    def subject(self, x: Any, target: Any = None) -> Subject:
        """Bind an input, and a target, in the words of the model's task."""
        ...


def subject_of(model: Any, x: Any, target: Any, *, lengths: Any, mask: Any, output: str | None) -> Subject:
    """Return what is to be traced of `model`: a torch module or a trained model."""
    with torch.inference_mode(False):  # tensors made under it have no way back
        return _subject_of(model, x, target, lengths, mask, output)


def _subject_of(model: Any, x: Any, target: Any, lengths: Any, mask: Any, output: str | None) -> Subject:
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
    options = {
        name: _as_tensor(name, value)
        for name, value in (("lengths", lengths), ("mask", mask))
        if value is not None
    }
    counted = _counted(network, tuple(given.shape[:2]), options)
    wanted = None if target is None else _as_tensor("target", target)
    is_classes = wanted is not None and not wanted.is_floating_point()
    if wanted is not None and counted is not None and wanted.shape[:2] == counted.shape:
        # Whatever stands there to fill the place: a NaN would spoil the gradients of the others.
        if is_classes:
            wanted = wanted.where(counted, 0)
        elif wanted.dim() == 3:
            wanted = wanted.where(counted[..., None], 0)

    def run(network: torch.nn.Module) -> Tensor:
        like = next((p for p in network.parameters() if p.is_floating_point()), given)
        fitting = given.to(like.device, like.dtype if given.is_floating_point() else None)
        found = network(fitting, **options)
        while isinstance(found, tuple | list) and found:
            found = found[0]
        if not isinstance(found, Tensor):
            raise UsageError(
                f"trace: expected scores (B, T, V) or (B, V) from the model, got {type(found).__name__}"
            )
        return found

    return Subject(
        network,
        run,
        output or ("softmax" if is_classes else "numbers"),
        None if wanted is None else lambda scores: _losses(scores, wanted),
        counted,
    )


def _counted(
    network: torch.nn.Module, shape: tuple[int, ...], options: Mapping[str, Tensor]
) -> Tensor | None:
    """Return which answers count (B, T), in the order in which the network gives them."""
    if not options:
        return None
    batch, steps = shape
    found = torch.ones(shape, dtype=torch.bool)
    if (mask := options.get("mask")) is not None:
        if tuple(mask.shape) != shape:
            raise ShapeError(f"trace: expected mask of shape (B, T) = {shape}, got {tuple(mask.shape)}")
        found &= mask.bool().cpu()
    if (lengths := options.get("lengths")) is not None:
        if tuple(lengths.shape) != (batch,):
            raise ShapeError(
                f"trace: expected lengths of shape (B,) = {(batch,)}, got {tuple(lengths.shape)}"
            )
        found &= torch.arange(steps)[None] < lengths.cpu()[:, None]
    layers = list(network) if isinstance(network, Sequential) else [network]
    turns = [
        layer.returns_reversed
        for layer in layers
        if isinstance(layer, SequenceLayer) and layer.return_sequences
    ]
    return found.flip(1) if sum(turns) % 2 else found


def _losses(scores: Tensor, target: Tensor) -> Tensor:
    """Return the cross-entropy of classes or the squared error of numbers, one for every answer."""
    classes = not target.is_floating_point()
    shape = scores.shape[:-1] if classes else scores.shape
    if target.shape != shape:
        letters = {1: "(B,)", 2: "(B, T)"}.get(len(shape), "(B, T, ...)") if classes else "of the scores"
        raise ShapeError(
            f"trace: expected a target of shape {letters} = {tuple(shape)}, got {tuple(target.shape)}; "
            + ("one class for every answer" if classes else "one number for every score")
        )
    if not classes:
        if not is_finite(target):
            odd = float(target[~target.isfinite()][0])
            raise DataError(f"trace: expected finite numbers as target, got {odd}")
        return functional.mse_loss(scores, target.to(scores), reduction="none").mean(dim=-1)
    wanted, count = target.long().to(scores.device), scores.shape[-1]
    wrong = wanted[(wanted < 0) | (wanted >= count)]
    if len(wrong):
        raise DataError(f"trace: expected classes from 0 to {count - 1} as target, got {int(wrong[0])}")
    return functional.cross_entropy(scores.flatten(0, -2), wanted.flatten(), reduction="none").view(shape)


def is_finite(t: Tensor) -> bool:
    """Whether all values are; a sum says so in a tenth of the time, unless it overflows."""
    return math.isfinite(float(t.detach().sum())) or bool(t.isfinite().all())


def _as_tensor(what: str, given: Any) -> Tensor:
    try:
        found: Tensor = given if isinstance(given, Tensor) else torch.from_numpy(np.array(given))
    except (TypeError, ValueError) as error:
        raise ShapeError(
            f"trace: expected {what} as an array of numbers, got {type(given).__name__}"
        ) from error
    return found.clone() if found.is_inference() else found


def in_float64(network: torch.nn.Module) -> torch.nn.Module:
    """Return a copy in float64, with what stateful layers carry."""
    found = copy.deepcopy(network).double()
    for layer in found.modules():
        if isinstance(layer, Recurrent) and layer._carried is not None:
            layer._carried = tuple(state.double() for state in layer._carried)
    return found
