"""Tracing a network: one run with everything that happened inside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from remy import ops
from remy.errors import DataError, UsageError, choice
from remy.inspect.checking import against_reference, by_finite_differences
from remy.inspect.layers import LayerSteps, numbers_per_step
from remy.inspect.override import Override, as_overrides, expect_possible
from remy.inspect.record import Array, Residuals, Trace
from remy.inspect.recorder import Recorder, Run, places
from remy.inspect.subject import Subject, is_finite, subject_of
from remy.layers.recurrent import Recurrent
from remy.ops.arguments import Arguments
from remy.ops.watching import Result

#: Steps that a trace keeps at most.
MOST_STEPS = 4096

_turns: WeakKeyDictionary[torch.nn.Module, Any] = WeakKeyDictionary()
_taking_turns = threading.Lock()


def trace(
    model: Any,
    x: Any,
    target: Any = None,
    *,
    lengths: Any = None,
    mask: Any = None,
    output: str | None = None,
    at: int | None = None,
    override: Any = None,
    stride: int = 1,
    check: str = "quick",
) -> Trace:
    """Run a network once and return everything that happened inside its recurrent layers.

    The numbers are those that the compiled kernels stored on their way there and back, not a second
    computation; the trace holds itself against the float64 reference and says how far it is off.

    Parameters
    ----------
    model
        A torch module with recurrent layers, trained or not, or what :func:`remy.load` or ``fit`` returned.
    x
        For a module its input ``(B, T)`` or ``(B, T, I)``; for a trained model an input in its task's words,
        such as a text.
    target
        What was right; with it the trace has the gradients of the loss. For a module whole numbers ``(B, T)``
        or ``(B,)`` (cross-entropy) or numbers of the shape of its scores (mean squared error); for a trained
        model in its task's words.
    lengths, mask
        For a module, as its layers take them.
    output
        For a module: what its scores become, ``"softmax"``, ``"sigmoid"`` or ``"numbers"``; by default
        ``softmax`` with a target of whole numbers.
    at
        The step whose loss counts, negative from the end; None for the mean of all.
    override
        Gates or states to hold: ``{"forget": 0}`` everywhere, or one or several
        :class:`~remy.inspect.Override`. Everything that ran before the first of these steps stays as it is,
        to the last bit; from there to the last of these steps a loop of torch operators takes over.
    stride
        Keep every so many steps; all are run.
    check
        ``"quick"`` holds the forward pass against the model's own and a sample of steps against the
        reference; ``"full"`` every step, and the gradients against finite differences in float64; ``"none"``
        nothing, which saves a third of the time.

    Returns
    -------
    Trace
        Arrays with the rows first; gradients absolute.

    Raises
    ------
    UsageError
        If the model has no recurrent layer, or an option names something that is not there.
    ShapeError
        If the target does not fit the scores.
    DataError
        If the input is empty or has too many steps for `stride`, or a weight is not finite.

    Examples
    --------
    >>> import torch
    >>> from remy.layers import LSTM
    >>> from remy.inspect import trace
    >>> found = trace(LSTM(4), torch.ones(1, 6, 3), target=torch.zeros(1, 4))
    >>> found.layers[0].gate("forget").shape, found.layers[0].gradients.norms["c"].shape
    ((1, 6, 4), (1, 6))
    """
    choice("check", check, ("quick", "full", "none"))
    if not isinstance(stride, int | np.integer) or stride < 1:
        raise UsageError(f"stride: expected a whole number of at least 1, got {stride}")
    subject = subject_of(model, x, target, lengths=lengths, mask=mask, output=output)
    network = subject.network
    if not any(isinstance(module, Recurrent) for module in network.modules()):
        raise UsageError(
            f"trace: {type(network).__name__} has no recurrent layer; expected SimpleRNN, LSTM or GRU in it"
        )
    overrides = as_overrides(override)
    with undisturbed(network):
        runs, scores, loss = run_once(subject, overrides, at=at, stride=stride)
        expected = None if overrides or check == "none" else _expected(subject)
        layers = [LayerSteps(run) for run in runs]
        found = scores.detach().cpu().numpy()
        residuals = _residuals(subject, layers, overrides, at, found, expected, check)
        traced = tuple(layer.trace(slice(None, None, stride)) for layer in layers)
    return Trace(
        layers=traced,
        scores=found,
        probabilities=_probabilities(scores.detach(), subject.output),
        residuals=residuals,
        items={name: tuple(items) for name, items in subject.items.items()},
        outputs=None if subject.names is None else tuple(subject.names),
        loss=None if loss is None else float(loss.detach()),
        held=tuple(str(each) for each in overrides),
    )


def run_once(
    subject: Subject, overrides: tuple[Override, ...] = (), *, at: int | None = None, stride: int = 1
) -> tuple[list[Run], Tensor, Tensor | None]:
    """Run a subject under a recorder, there and, with a target, back.

    Returns
    -------
    runs : list of Run
        What each layer did.
    scores : Tensor
        ``(B, T, V)`` or ``(B, V)``.
    loss : Tensor or None
        The mean, or that of the step `at`.
    """
    wants_gradients = subject.losses is not None
    token = torch.zeros((), requires_grad=True) if wants_gradients else None
    recorder = Recorder(subject.network, token=token, overrides=overrides)
    with _looking_ahead(subject, overrides, recorder, stride, wants_gradients):
        scores = subject.answer(subject.network)
    if not recorder.runs:
        raise UsageError("trace: no recurrent layer ran; expected a model that calls its layers")
    _expect_finite(subject, recorder.runs, scores)
    ran = [(r.place.name, r.place.direction, r.place.layer.cell, r.place.layer.units) for r in recorder.runs]
    expect_possible(overrides, ran, max(run.steps for run in recorder.runs))
    with torch.set_grad_enabled(wants_gradients):
        loss = subject.loss(scores, at)
    if loss is not None and token is not None:
        if loss.requires_grad:
            torch.autograd.grad(loss, token, allow_unused=True)
        for run in recorder.runs:
            for segment in run.segments:
                segment.recording.expect_gradients()
    return recorder.runs, scores, loss


@contextmanager
def undisturbed(network: torch.nn.Module) -> Iterator[None]:
    """Run a network as when it is used, without dropout, and leave its modes as they were.

    Threads take turns with a network: one would else take what another has put in place for what was there.
    """
    with _taking_turns:
        turn = _turns.setdefault(network, threading.RLock())
    with turn:
        yield from _undisturbed(network)


def _undisturbed(network: torch.nn.Module) -> Iterator[None]:
    modes = {module: module.training for module in network.modules()}
    network.eval()
    device = next((parameter.device.type for parameter in network.parameters()), "cpu")
    try:
        # Gradients are wanted wherever the question is asked, and every number as precise as the weights.
        with torch.inference_mode(False), torch.autocast(device, enabled=False):
            yield
    finally:
        for module, training in modes.items():
            module.training = training


@contextmanager
def _looking_ahead(
    subject: Subject, overrides: tuple[Override, ...], recorder: Recorder, stride: int, gradients: bool
) -> Iterator[None]:
    """Watch the calls of the network; refuse, at the first of a layer, what could not be kept or held."""
    known = places(subject.network)

    def observe(a: Arguments, loop: bool) -> Result:
        if not a.steps or not a.batch:
            raise DataError("trace: expected at least one step, got an empty sequence")
        kept = -(-a.steps // stride)
        if kept > MOST_STEPS:
            layers = [p.layer for p in known.values()]
            each = sum(
                numbers_per_step(p.cell, p.units, p.input_size or 0, gradients=gradients) for p in layers
            )
            size = each * a.batch * kept * a.x.element_size() / 1e6
            raise DataError(
                f"trace: {a.steps:,} steps would make a trace of {size:,.0f} MB; the most are "
                f"{MOST_STEPS:,} steps: pass stride={-(-a.steps // MOST_STEPS)} to keep one in so many"
            )
        return recorder(a, loop)

    with torch.set_grad_enabled(gradients), ops.watch(observe):
        yield


def _expect_finite(subject: Subject, runs: list[Run], scores: Tensor) -> None:
    """Raise a `DataError` that names the first tensor that is not finite, and where it shows first."""
    named = getattr(subject.network, "named_weights", None)
    weights = dict(subject.network.named_parameters()) if named is None else named()
    wrong = next((name for name, weight in weights.items() if not is_finite(weight)), None)
    if wrong is None and is_finite(scores):
        return
    layers = [LayerSteps(run) for run in runs]
    # A weight may overflow a gate and leave the states finite: it shows before the activation, or later.
    seen = [(f"in {_named(each)}", _first_bad(each.h, each)) for each in layers]
    seen += [
        (f"before the gates of {_named(each)}", _first_bad(each.preactivations, each)) for each in layers
    ]
    seen.append(("in the scores", _first_bad(scores) if scores.dim() == 3 else None))
    where, step = next(((where, step) for where, step in seen if step is not None), seen[-1])
    shows = where if step is None else f"first {where} at step {step}"
    what = "the scores are" if wrong is None else f"tensor '{wrong}' is"
    if wrong is None and (step := _first_bad(layers[0].x, layers[0])) is not None:
        what = f"the input at step {step} is"
    raise DataError(f"trace: {what} not finite; it shows {shows}")


def _named(layer: LayerSteps) -> str:
    return f"{layer.place.name} ({layer.place.direction})"


def _first_bad(values: Tensor, layer: LayerSteps | None = None) -> int | None:
    """Return the first step of ``(B, T, ...)`` with a value that is not finite, as the layer reads."""
    bad = (~values.detach().isfinite()).flatten(2).any(dim=2)
    if layer is not None:
        bad = bad & layer.valid
    places = bad.any(dim=0).nonzero()[:, 0]
    return None if not len(places) else int(places[-1 if layer is not None and layer.reverse else 0])


def _residuals(
    subject: Subject,
    layers: list[LayerSteps],
    overrides: tuple[Override, ...],
    at: int | None,
    scores: Array,
    expected: Array | None,
    check: str,
) -> Residuals:
    checked = [] if check == "none" else layers
    found = (against_reference(layer, every=check == "full") for layer in checked)
    each = [differences for differences in found if differences is not None]
    backward = [difference for _, difference in each if difference is not None]
    return Residuals(
        forward=None if expected is None else float(np.abs(scores - expected).max(initial=0.0)),
        # Unlike `max`, NumPy's does not pass over NaN.
        reference=float(np.max([difference for difference, _ in each])) if each else None,
        reference_gradients=float(np.max(backward)) if backward else None,
        finite_differences=by_finite_differences(subject, layers, overrides, at)
        if check == "full" and subject.losses is not None
        else None,
    )


@torch.no_grad()
def _expected(subject: Subject) -> Array:
    """Return the scores of the model as it is used."""
    if subject.expected is not None:
        return subject.expected()
    return np.asarray(subject.answer(subject.network).detach().cpu().numpy())


def _probabilities(scores: Tensor, output: str) -> Array | None:
    if output == "numbers":
        return None
    found = scores.softmax(dim=-1) if output == "softmax" else scores.sigmoid()
    return np.asarray(found.cpu().numpy())
