"""What one layer of a model reads, and what the model answers where the layer reads something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from remy import ops
from remy.errors import UsageError
from remy.inspect.layers import LayerSteps
from remy.inspect.record import Array
from remy.inspect.recorder import Recorder
from remy.inspect.subject import Subject, subject_of
from remy.inspect.tracing import run_once, undisturbed
from remy.layers.recurrent import Recurrent

# Numbers that copies of an input that run side by side hold at most.
_TOGETHER = 1 << 23
# Of `run_once`: a trace would keep one step, as nothing of it is kept here.
_NO_LIMIT = 1 << 62


class LayerInputs:
    """The inputs of a recurrent layer of a model: they can be changed, and the answer be asked for again.

    Both directions of a bidirectional layer read the same, and what is changed is changed for both. The layer
    is the place: what another layer reads of the same embedding stays.

    Parameters
    ----------
    function
        Who asks, for the messages.
    model, x, lengths, mask, output
        As in :func:`remy.inspect.trace`.
    layer
        By its name in the trace, or its place among the names in the order in which they ran; None for the
        first whose rows are those of the answers (of a tagger, not the layer that reads a word's characters).
    at
        The step whose answer is asked for, where there is one at every step; None for each row's last that
        counts.

    Attributes
    ----------
    subject
        The model with its input.
    name
        Of the layer.
    x
        ``(B, T, I)``: what it reads.
    valid
        ``(B, T)`` bool array: the steps that count.
    backward
        Whether it only reads from the last step to the first.
    answer_steps
        ``(B,)``: the step whose answer is asked for; None where there is one answer.
    """

    def __init__(
        self,
        function: str,
        model: Any,
        x: Any,
        *,
        lengths: Any = None,
        mask: Any = None,
        output: str | None = None,
        layer: int | str | None = None,
        at: int | None = None,
    ) -> None:
        subject = subject_of(model, x, None, lengths=lengths, mask=mask, output=output)
        self.subject = replace(subject, losses=None, expected=None)
        with undisturbed(self.subject.network):
            runs, scores, _ = run_once(self.subject, stride=_NO_LIMIT)
        rows = {run.place.name: run.segments[0].recording.arguments.batch for run in runs}
        self.name = _chosen(rows, len(scores), layer)
        # Numbers that a run holds, about: what is read, gates, states and their gradients.
        self._size = sum(
            run.steps * len(scores) * (run.place.layer.kernel.shape[0] + 10 * run.place.layer.units)
            for run in runs
        )
        read = [LayerSteps(run) for run in runs if run.place.name == self.name]
        self.x = read[0].x
        self.valid: Array = read[0].valid.cpu().numpy()
        self.backward = all(each.reverse for each in read)
        self.answer_steps = _answered(function, scores.shape, self.subject.counted, at)
        self._copied = self._how_to_copy(model, x, lengths, mask, output)

    def _how_to_copy(
        self, model: Any, x: Any, lengths: Any, mask: Any, output: str | None
    ) -> Callable[[int], Subject] | None:
        """Return how the input is given several times, side by side; None where it cannot be."""
        network = self.subject.network
        carries = any(isinstance(module, Recurrent) and module.stateful for module in network.modules())
        if carries or not isinstance(model, torch.nn.Module):
            return None
        given = x if isinstance(x, Tensor) else torch.from_numpy(np.array(x))
        each_length = None if lengths is None else torch.as_tensor(lengths)
        each_mask = None if mask is None else torch.as_tensor(mask)

        def copied(count: int) -> Subject:
            found = subject_of(
                model,
                torch.cat([given] * count),
                None,
                lengths=None if each_length is None else each_length.repeat(count),
                mask=None if each_mask is None else each_mask.repeat(count, 1),
                output=output,
            )
            return replace(found, losses=None)

        return copied

    @property
    def together(self) -> int:
        """How many copies of the input run side by side; 1 where the model takes its input as it is."""
        if self._copied is None:
            return 1
        return max(1, _TOGETHER // self._size)

    def changed(self, added: Iterator[Tensor] | list[Tensor]) -> Iterator[tuple[Tensor, ...]]:
        """Yield what is added to the inputs, ``(B, T, I)`` each, in groups that can run side by side."""
        group: list[Tensor] = []
        for each in added:
            group.append(each)
            if len(group) == self.together:
                yield tuple(group)
                group = []
        if group:
            yield tuple(group)

    def answers(self, added: Iterator[Tensor] | list[Tensor]) -> Tensor:
        """Return the scores ``(K, B, V)`` of the answer with each of K things added to the inputs."""
        return torch.cat([self._run(group, None)[0] for group in self.changed(added)])

    def gradients(self, added: Iterator[Tensor] | list[Tensor], chosen: Tensor) -> Iterator[Tensor]:
        """Yield a score's gradient at the inputs ``(B, T, I)``, for each thing added.

        `chosen` ``(B,)`` is which of the V scores.
        """
        for group in self.changed(added):
            with torch.inference_mode(False), torch.enable_grad():
                token = torch.zeros((), requires_grad=True)
                scores, recorder = self._run(group, token)
                places = chosen.expand(len(group), -1)[..., None]
                wanted = torch.zeros_like(scores).scatter(2, places, 1.0)
                torch.autograd.grad(scores, token, wanted, allow_unused=True)
            read = [LayerSteps(run) for run in recorder.runs if run.place.name == self.name]
            total = sum(each.d_x for each in read if each.d_x is not None)
            if not isinstance(total, Tensor):  # the score does not depend on this layer
                total = torch.zeros_like(read[0].x)
            yield from total.view(len(group), *self.x.shape)

    def _run(self, group: tuple[Tensor, ...], token: Tensor | None) -> tuple[Tensor, Recorder]:
        """Return the answer's scores ``(K, B, V)``, and who watched."""
        count = len(group)
        subject = self.subject if self._copied is None else self._copied(count)
        recorder = Recorder(subject.network, token=token, nudge=((self.name, None), torch.cat(group)))
        network, goes_back = subject.network, token is not None
        with undisturbed(network), torch.set_grad_enabled(goes_back), ops.watch(recorder):
            scores = subject.answer(network)
        if self.answer_steps is not None:
            places = torch.from_numpy(np.tile(self.answer_steps, count))
            scores = scores[torch.arange(len(scores)), places]
        return scores.view(count, -1, scores.shape[-1]), recorder

    def order(self, row: int) -> Array:
        """Return the steps of a row that count, from the one that is read last to the first."""
        steps = np.flatnonzero(self.valid[row])
        return steps if self.backward else steps[::-1]


def _answered(function: str, shape: torch.Size, counted: Tensor | None, at: int | None) -> Array | None:
    if len(shape) == 2:
        if at is not None:
            raise UsageError(f"{function}: at={at} needs an answer at every step; this model gives one")
        return None
    rows, steps = shape[:2]
    if at is not None:
        if not -steps <= at < steps:
            raise UsageError(f"step: expected at from {-steps} to {steps - 1}, got {at}")
        return np.full(rows, at % steps)
    if counted is None:
        return np.full(rows, steps - 1)
    last: Array = steps - 1 - counted.cpu().numpy()[:, ::-1].argmax(axis=1)
    return last


def _chosen(rows: Mapping[str, int], answers: int, layer: int | str | None) -> str:
    """Return the name of a layer, of those whose names are given with their rows."""
    names = list(rows)
    fitting = [name for name in names if rows[name] == answers]
    known = ", ".join(names)
    if layer is None and fitting:
        return fitting[0]
    if isinstance(layer, str) and layer not in names:
        raise UsageError(f"layer: there is no '{layer}'; there are {known}")
    if isinstance(layer, int) and not 0 <= layer < len(names):
        raise UsageError(f"layer: expected 0 to {len(names) - 1} ({known}), got {layer}")
    found = layer if isinstance(layer, str) else names[layer or 0]
    if found not in fitting:
        able = ", ".join(fitting) or "none is"
        raise UsageError(
            f"layer: expected one with the {answers} rows of the answers ({able}), "
            f"got {found}, which has {rows[found]} rows"
        )
    return found
