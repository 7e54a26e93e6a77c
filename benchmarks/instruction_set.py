"""Keeping everybody to one instruction set, as on a smaller machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

#: Instruction set -> what the peers' libraries read of the environment when they are loaded.
ENVIRONMENT = {
    "avx2": {
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
    }
}

#: Peer -> whether the environment holds it. ONNX Runtime asks the processor and has no such switch. XLA's
#: flag holds the code it generates, but not its matrix products: measured on one core with AVX-512, they made
#: 253 GFLOP/s with and without it, twice what AVX2 can.
CAPPED = {"torch.nn": True, "PackedSequence": True, "Keras-JAX": False, "ONNX Runtime": False}


def uncapped_environment(isa: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that have to be set before anything is loaded and are not yet."""
    wanted = ENVIRONMENT.get(isa, {})
    return {
        name: f"{environment[name]} {value}" if name == "XLA_FLAGS" and name in environment else value
        for name, value in wanted.items()
        if value not in environment.get(name, "")
    }


def keep_to(isa: str | None, words: Sequence[str]) -> dict[str, bool]:
    """Keep Remy and its peers to `isa`; start the process anew where they read the environment first.

    Returns
    -------
    dict
        Side -> whether it is held. Empty where nothing is capped.
    """
    from remy import _core

    if isa is None:
        return {}
    missing = uncapped_environment(isa, os.environ)
    if missing:
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks", *words], {**os.environ, **missing})
    _core.set_isa(isa)
    if isa == _core.available_isas()[-1]:
        return {}
    return {"Remy": True} | {peer: held and isa in ENVIRONMENT for peer, held in CAPPED.items()}
