"""What is measured of a trained network: the time of a step, how far gradients reach, what the gates do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from statistics import median
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from remy import ops, runtime
from remy.inspect import Flow, Subject, gate_use, gradient_flow, trace
from remy.io.architecture.decoder import DECODER
from remy.io.architecture.tagger import CHARACTERS
from remy.io.model_file import ModelFile
from remy.ops.arguments import Arguments
from remy.ops.watching import Result, observer
from remy.runtime.stack import RecurrentStack
from remy.tasks.comparison.rows import Gate, Reach
from remy.training.snapshot import Arrays

#: Rows of a batch that are looked at, the longest.
ROWS: Final = 16
#: Steps that are not timed, rounds, and the shortest round in seconds.
_WARM, _ROUNDS, _ROUND = 50, 5, 0.01

_KERNEL = re.compile(r"(?P<prefix>\w+)_(?P<layer>\d+)(?P<way>/\w+)?/recurrent_kernel")
#: Which layers are stepped where a network has several groups: those that go on from step to step.
_STEPPED = ("rnn", DECODER, "decoder")


class _SeenError(Exception):
    """A layer is about to read a second time: everything ran once."""


class Reading:
    """A network that reads something, as what is traced; of every layer the first thing it reads counts.

    Parameters
    ----------
    network
        With its trained weights.
    read
        Lets it read; stopped where a layer begins its second sequence.
    """

    def __init__(self, network: torch.nn.Module, read: Callable[[], object]) -> None:
        self._network, self._read = network, read

    def subject(self, x: Any, target: Any = None) -> Subject:
        """Return what is traced; `x` and `target` are not looked at."""
        return Subject(self._network, self._run)

    def _run(self, network: torch.nn.Module) -> Tensor:
        outer, seen = observer(), set[int]()

        def once(a: Arguments, loop: bool) -> Result:
            if id(a.recurrent_kernel) in seen:
                raise _SeenError
            seen.add(id(a.recurrent_kernel))
            if outer is not None:
                outer(_longest(a), loop)
            return ops.record(a, loop=loop)[0]

        with ops.watch(once), torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            with suppress(_SeenError):
                self._read()
        return torch.zeros(1, 1)


def reaches_and_gates(
    network: torch.nn.Module, read: Callable[[], object]
) -> tuple[tuple[Reach, ...], tuple[Gate, ...]]:
    """Return how far gradients reach in every layer while a network reads, and what its gates do.

    A tagger's layers that read the characters of single words are left out: what they remember is a word.

    Parameters
    ----------
    network, read
        As in :class:`Reading`. Gradients are those of each layer's last state along random directions.
    """
    reading = Reading(network, read)
    flows = gradient_flow(reading, None)
    reaches = tuple(reach_of(flow) for flow in flows if not flow.name.startswith(CHARACTERS))
    gates = []
    for layer in trace(reading, None, check="none").layers:
        if layer.name.startswith(CHARACTERS):
            continue
        use = gate_use(layer)
        for k, name in enumerate(use.gates):
            mean, closed, opened = (float(each[k].mean()) for each in (use.mean, use.shut, use.open))
            gates.append(Gate(layer.name, layer.direction, name, mean, closed, opened))
    return reaches, tuple(gates)


def reach_of(flow: Flow) -> Reach:
    """Return what of a flow is kept."""
    first = float(flow.carried[0])
    last = float(flow.carried[-1]) / first if first > 0 else 0.0
    return Reach(
        flow.name, flow.direction, len(flow.lags), flow.horizon, flow.decay, last, flow.hidden_horizon
    )


def seconds_of_a_step(tensors: Arrays, architecture: Mapping[str, Any], model: ModelFile | None) -> float:
    """Return the median time in which the runtime takes one step with one row.

    Parameters
    ----------
    tensors, architecture
        Of the network; its recurrent layers are stepped (of a translator or captioner those that write).
    model
        Of a language model, whose step also has embedding and output; None for all others.
    """
    step = _step_of_layers(tensors, architecture) if model is None else _step_of_language(model)
    for _ in range(_WARM):
        step()
    count, times = 1, list[float]()
    while len(times) < _ROUNDS:
        began = time.perf_counter()
        for _ in range(count):
            step()
        spent = time.perf_counter() - began
        if spent < _ROUND:
            count *= 2
            continue
        times.append(spent / count)
    return median(times)


def _step_of_language(model: ModelFile) -> Callable[[], object]:
    trained = runtime.LanguageModel(model)
    state, ids = trained.state(), np.zeros(1, np.intp)
    return lambda: trained.step(ids, state)


def _step_of_layers(tensors: Arrays, architecture: Mapping[str, Any]) -> Callable[[], object]:
    found = [match for name in tensors if (match := _KERNEL.fullmatch(name)) is not None]
    prefixes = {match["prefix"] for match in found}
    prefix = next(name for name in _STEPPED if name in prefixes)
    own = [match for match in found if match["prefix"] == prefix]
    described = {
        **architecture,
        "units": tensors[own[0][0]].shape[0],
        "layers": len({match["layer"] for match in own}),
        "bidirectional": own[0]["way"] is not None,
    }
    stack = RecurrentStack(described, tensors, prefix=prefix)
    kernel = tensors[f"{own[0][0].removesuffix('recurrent_kernel')}kernel"]
    x = np.random.default_rng(0).standard_normal((1, 1, kernel.shape[0]), np.float32)
    lengths, states = np.ones(1, np.int64), stack.zero_states()
    return lambda: stack.read(x, lengths, states)


def _longest(a: Arguments) -> Arguments:
    """Return the call with its longest rows only."""
    if a.batch <= ROWS:
        return a
    if a.lengths is not None:
        rows = a.lengths.argsort(descending=True, stable=True)[:ROWS]
    else:
        rows = torch.arange(ROWS)

    def chosen(t: Tensor | None, axis: int = 0) -> Any:
        return None if t is None else t.index_select(axis, rows).contiguous()

    axis = 0 if a.batch_first else 1
    return a._replace(
        x=chosen(a.x, axis),
        h0=chosen(a.h0),
        c0=chosen(a.c0),
        lengths=chosen(a.lengths),
        mask=chosen(a.mask, axis),
        recurrent_dropout=chosen(a.recurrent_dropout),
    )
