"""A process that measures the peak memory of one side's training step: ``python -m benchmarks.peak REQUEST``.

It prints the bytes by which the process was at most larger, during three steps, than before the first one.
Layers, inputs and a run of two steps of two rows come before, so that libraries are loaded; what a side
keeps for later calls counts, as does what it allocates and frees.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import sys
from dataclasses import replace
from pathlib import Path

from remy import _core
from remy.bench.cases import Case
from remy.bench.problem import make_problem
from remy.bench.side import Side

STEPS = 3

#: Side -> where its class is; only that one is imported.
SIDES = {
    "Remy": ("remy.bench.ours", "Remy"),
    "torch.nn": ("remy.bench.peers.torch_nn", "TorchNN"),
    "Keras-JAX": ("remy.bench.peers.keras_jax", "KerasJax"),
}


def measure(side: Side, case: Case) -> int:
    """Return the bytes that training steps of `case` need at most."""
    prepared = side.prepare(make_problem(case))
    tiny = side.prepare(make_problem(replace(case, batch=min(2, case.batch), steps=2)))
    for _ in range(STEPS):
        tiny.call()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # else the steps reuse what preparing them has freed
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    before = _kilobytes("VmRSS")
    for _ in range(STEPS):
        prepared.call()
    return (_kilobytes("VmHWM") - before) * 1024


def _kilobytes(name: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{name}:"))


def main(request: str) -> None:
    """Measure what `request`, a JSON object, says and print the bytes."""
    given = json.loads(request)
    module, name = SIDES[given["side"]]
    side: Side = getattr(importlib.import_module(module), name)()
    side.load(given["threads"])
    if given["isa"] is not None:
        _core.set_isa(given["isa"])
    print(measure(side, Case(**given["case"])))


if __name__ == "__main__":
    main(sys.argv[1])
