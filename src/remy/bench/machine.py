"""What a result depends on besides the code: the machine and the versions."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from remy import __version__, _core
from remy.bench.results import Machine


def describe_machine() -> Machine:
    """Return the processor, the cores this process may use, and the instruction set of the core."""
    return Machine(
        cpu=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        isa=_core.isa(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
    )


def versions(distributions: Iterable[str]) -> dict[str, str]:
    """Return the versions of Python, Remy and those of `distributions` that are installed."""
    found = {"python": platform.python_version(), "remy": __version__}
    for name in distributions:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
