"""The short benchmark: a few cases on the user's own machine."""

from __future__ import annotations

from collections.abc import Sequence

from remy import defaults
from remy.bench.cases import CELLS, SHORT_SHAPES, layer_cases, step_cases
from remy.bench.peers.keras_jax import KerasJax
from remy.bench.peers.onnx_runtime import OnnxRuntime
from remy.bench.peers.torch_nn import TorchNN
from remy.bench.results import Results
from remy.bench.session import Listener, Session, ignore
from remy.bench.side import Side
from remy.bench.turns import Pace
from remy.errors import UsageError, choice
from remy.threads import MOST_THREADS
from remy.training.machine import own_threads

SHORT_UNITS = (128,)


def run(
    *,
    cells: Sequence[str] | None = None,
    shapes: Sequence[tuple[int, int, int]] = SHORT_SHAPES,
    units: Sequence[int] = SHORT_UNITS,
    turns: int = defaults.TURNS,
    threads: int | None = None,
    peers: Sequence[Side] | None = None,
    listener: Listener = ignore,
) -> Results:
    """Measure Remy beside ``torch.nn``, Keras on JAX and ONNX Runtime, in turn, on this machine.

    Everyone computes with the same weights, and only who gives the same numbers is timed.

    Parameters
    ----------
    cells
        Out of ``simple_rnn``, ``gru``, ``lstm``; None for all.
    shapes
        (B, T, units) of inference and training steps of one layer with as many inputs as units.
    units
        Sizes of a single step at batch 1 with 32 inputs, by the torch-free runtime.
    turns
        Rounds in which everyone has a turn; the result is the median.
    threads
        For everyone; None for all.
    peers
        Whom to compare with; None for all. One that is not installed is named in ``missing``.
    listener
        Told of every case as soon as it is measured.

    Raises
    ------
    UsageError
        If an argument has a value that cannot be used.

    Examples
    --------
    >>> found = run(cells=["gru"], shapes=[(1, 2, 4)], units=[4], turns=1, peers=[])
    >>> [case.title for case in found.cases]
    ['GRU inference B1 T2 u4', 'GRU training B1 T2 u4', 'GRU step B1 T1 u4']
    """
    cells = tuple(CELLS) if cells is None else cells
    _check(cells, [number for shape in shapes for number in shape], units, turns, threads)
    with own_threads(threads):
        session = Session(
            [TorchNN(), KerasJax(), OnnxRuntime()] if peers is None else peers,
            pace=Pace(turns=turns),
            threads=threads,
            listener=listener,
        )
        for case in layer_cases(cells, shapes):
            session.measure(case, part="layers")
        for case in step_cases(cells, units):
            session.measure(case, part="step")
        return session.results()


def _check(
    cells: Sequence[str], sizes: Sequence[int], units: Sequence[int], turns: int, threads: int | None
) -> None:
    for cell in cells:
        choice("bench: cell", cell, CELLS)
    if min([*sizes, *units], default=1) < 1:
        raise UsageError("bench: expected sizes of at least 1")
    if turns < 1:
        raise UsageError(f"bench: expected at least 1 turn, got {turns}")
    if threads is not None and not 1 <= threads <= MOST_THREADS:
        raise UsageError(f"bench: expected from 1 to {MOST_THREADS} threads, got {threads}")
