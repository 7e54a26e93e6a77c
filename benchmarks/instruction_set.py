"""Keeping everybody to one instruction set, as on a smaller machine."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import cpuid

#: Instruction set -> what the peers' libraries read of the environment when they are loaded.
ENVIRONMENT = {
    "avx2": {
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
    }
}

#: Peers whose libraries the environment holds. XLA's flag holds the code it generates but not its matrix
#: products, and ONNX Runtime has no switch: both ask the processor, and are held by :mod:`benchmarks.cpuid`.
SWITCHED = ("torch.nn", "PackedSequence")


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
    best = _core.available_isas()[-1]
    missing = uncapped_environment(isa, os.environ)
    if isa != best and isa in ENVIRONMENT and "LD_AUDIT" not in os.environ:
        missing |= _audit()
    if missing:
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks", *words], {**os.environ, **missing})
    _core.set_isa(isa)
    if isa == best:
        return {}
    audited = _audited(os.environ)
    held = (*SWITCHED, *audited) if isa in ENVIRONMENT else ()
    return {"Remy": True} | {peer: peer in held for peer in (*SWITCHED, *cpuid.ASKING)}


def _audit() -> dict[str, str]:
    print("looking where the peers ask the processor what it has ...", file=sys.stderr, flush=True)
    try:
        return cpuid.audit(cpuid.installed())
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{', '.join(cpuid.ASKING)} cannot be held: {error}", file=sys.stderr)
        return {}


def _audited(environment: Mapping[str, str]) -> list[str]:
    """Return whose libraries are being held, and have what holds them cleared away at the end."""
    if "REMY_CPUID_SITES" not in environment:
        return []
    atexit.register(cpuid.clear, dict(environment))
    place = Path(environment["REMY_CPUID_SITES"])
    listed = {peer: place / library.name for peer, library in cpuid.installed().items()}
    return [peer for peer, sites in listed.items() if sites.is_file() and sites.stat().st_size]
