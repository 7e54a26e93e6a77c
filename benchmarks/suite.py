"""All parts of the benchmark, in order."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from benchmarks import character, classifier, memory, tagger
from benchmarks.arguments import Options
from remy.bench.cases import SHAPES, SHORT_SHAPES, STEP_UNITS, Case, layer_cases, step_cases
from remy.bench.ours import Remy
from remy.bench.peers.keras_jax import KerasJax
from remy.bench.peers.onnx_runtime import OnnxRuntime
from remy.bench.peers.packed_sequence import Packed
from remy.bench.peers.torch_nn import TorchNN
from remy.bench.results import Results
from remy.bench.session import Session
from remy.bench.short import SHORT_UNITS
from remy.bench.text import case_line
from remy.bench.turns import Pace

RECURRENT_DROPOUT = 0.2

#: (B, T, H) of the parts with one shape.
MIDDLE = (32, 100, 128)


def run(options: Options, capped: dict[str, bool]) -> Results:
    """Measure what `options` say, and print a line as soon as a case is done."""
    session = Session(
        [TorchNN(), Packed(), KerasJax(), OnnxRuntime()],
        pace=Pace(turns=options.turns),
        threads=options.threads,
        listener=lambda result: print(case_line(result), flush=True),
        capped=capped,
    )
    for name, reason in session.missing.items():
        print(f"missing: {name} ({reason})", file=sys.stderr)
    print(f"large product: {session.ceiling.rate / 1e9:.0f} GFLOP/s, {session.threads} threads", flush=True)
    for part in options.parts:
        _PARTS[part](session, options)
    return session.results()


def _shapes(options: Options) -> tuple[tuple[int, int, int], ...]:
    return SHORT_SHAPES if options.quick else SHAPES


def _layers(session: Session, options: Options) -> None:
    for case in layer_cases(options.cells, _shapes(options)):
        session.measure(case, part="layers")


def _call(session: Session, options: Options) -> None:
    """One unit, one step: what is around the kernel."""
    for case in layer_cases(options.cells, [(1, 1, 1)]):
        session.measure(case, part="call")


def _bidirectional(session: Session, options: Options) -> None:
    for mode in ("inference", "training"):
        if "lstm" in options.cells:
            session.measure(_middle("lstm", mode, layers=2, bidirectional=True), part="bidirectional")


def _mixed(session: Session, options: Options) -> None:
    for cell in _gated(options):
        session.measure(_middle(cell, "training", mixed=True), part="mixed")


def _dropout(session: Session, options: Options) -> None:
    """Remy beside itself: the ratio is what recurrent dropout costs."""
    name = f"recurrent_dropout={RECURRENT_DROPOUT}"
    for cell in _gated(options):
        case = _middle(cell, "training")
        session.measure(
            case,
            part="dropout",
            peers=[Remy(name, recurrent_dropout=RECURRENT_DROPOUT)],
            title=f"{case.title}, cost of {name}",
        )


def _middle(cell: str, mode: str, **changes: Any) -> Case:
    batch, steps, units = MIDDLE
    return Case(cell, mode, batch, steps, units, units, **changes)


def _gated(options: Options) -> list[str]:
    return [cell for cell in ("gru", "lstm") if cell in options.cells]


def _step(session: Session, options: Options) -> None:
    for case in step_cases(options.cells, SHORT_UNITS if options.quick else STEP_UNITS):
        session.measure(case, part="step")


def _model(part: str) -> Callable[[Session, Options], None]:
    """One whole training step of a model: the part's module has its case, its title and both sides."""

    def measure(session: Session, options: Options) -> None:
        model: Any = _MODELS[part]
        if model.CASE.cell in options.cells:
            ours, peer = model.sides()
            session.measure(
                model.CASE,
                part=part,
                ours=ours,
                peers=[peer],
                title=model.TITLE,
                other_operations=model.OTHER_OPERATIONS,
            )

    return measure


def _memory(session: Session, options: Options) -> None:
    sides = ["Remy", *(peer.name for peer in session.peers if peer.name in memory.SIDES)]
    for case in layer_cases(options.cells, _shapes(options), ("training",)):
        found = memory.measure(case, sides, threads=session.threads, isa=options.isa)
        session.memory.append(found)
        print(memory.line(found), flush=True)


_MODELS = {"character": character, "classifier": classifier, "tagger": tagger}

_PARTS: dict[str, Callable[[Session, Options], None]] = {
    "layers": _layers,
    "call": _call,
    "bidirectional": _bidirectional,
    "mixed": _mixed,
    "dropout": _dropout,
    "step": _step,
    **{part: _model(part) for part in _MODELS},
    "memory": _memory,
}
