"""Peak memory of a training step, of every side in processes of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict

from remy.bench.cases import Case
from remy.bench.results import Memory

#: Remy and those of its peers that train.
SIDES = ("Remy", "torch.nn", "Keras-JAX")

#: The least of so many processes counts: more is what happened to be touched for the first time.
TRIES = 2

#: The kernel counts pages in batches of its own, so differences below this say nothing.
RESOLUTION = 1 << 20


def measure(case: Case, sides: Sequence[str], *, threads: int, isa: str | None) -> Memory:
    """Return the peaks of `case`; a side whose process fails is named with its last words."""
    peaks: dict[str, int] = {}
    failures: dict[str, str] = {}
    for side in sides:
        request = json.dumps({"side": side, "case": asdict(case), "threads": threads, "isa": isa})
        found: list[int] = []
        for _ in range(TRIES):
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.peak", request],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                failures[side] = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
                break
            found.append(int(done.stdout.split()[-1]))
        else:
            peaks[side] = min(found)
    return Memory(case=case, bytes=peaks, failures=failures)


def share(found: Memory, peer: str) -> float | None:
    """Return Remy's peak as a share of a peer's, ``None`` where both are too small to say."""
    ours, theirs = found.bytes.get("Remy"), found.bytes.get(peer)
    if ours is None or theirs is None or max(ours, theirs) < RESOLUTION:
        return None
    return ours / max(theirs, 1)


def line(found: Memory) -> str:
    """Return one line for the terminal."""
    parts = [f"{name} {peak / 1e6:.1f} MB" for name, peak in found.bytes.items()]
    parts += [f"{name} FAILED: {reason}" for name, reason in found.failures.items()]
    return f"{found.case.title}, peak memory: {'; '.join(parts)}"
