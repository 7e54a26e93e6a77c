"""What a run takes from the machine: a device, threads and torch's random numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from remy import threads
from remy.errors import UsageError


def find_device(name: str) -> torch.device:
    """Return torch's device of that name: ``cpu``, or ``cuda`` or ``cuda:N`` where there is one.

    Raises
    ------
    UsageError
        If there is no such device here.

    Examples
    --------
    >>> find_device("cpu")
    device(type='cpu')
    """
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    known = ["cpu", *(["cuda"] if count else []), *(f"cuda:{index}" for index in range(count))]
    if name not in known:
        raise UsageError(f"--device: no {name!r} on this machine; use {' or '.join(known[:2])}")
    return torch.device(name)


@contextmanager
def own_threads(count: int | None) -> Iterator[None]:
    """Let both torch and the core use `count` threads inside; None leaves them as they are."""
    before = torch.get_num_threads(), threads.get_num_threads()
    if count is not None:
        torch.set_num_threads(count)
        threads.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        threads.set_num_threads(before[1])


@contextmanager
def own_randomness(seed: int, device: torch.device) -> Iterator[None]:
    """Seed torch inside, and leave its generators afterwards as they were before."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield
