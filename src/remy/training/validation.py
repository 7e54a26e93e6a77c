"""The score of a network on held-out text while it trains.

It reads the text as parallel streams, each from a zero state, because that is many times faster than one
pass; the score that is reported in the end comes from `remy.runtime`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from remy.models import LanguageNetwork

#: A stream is at least this long, so that starting from a zero state weighs little.
SHORTEST_STREAM = 500


def validate(network: LanguageNetwork, ids: NDArray[np.int32], *, batch_size: int, steps: int) -> float:
    """Return the mean loss of `network` over `ids`, in nats per character.

    Every character but the first is predicted once. The network's training mode is as before afterwards, no
    random number is drawn.

    Parameters
    ----------
    ids
        Held-out text, ``(N,)`` with N at least 2.
    batch_size
        At most so many streams.
    steps
        Characters in one call of the network; the state is carried on.
    """
    pairs = len(ids) - 1
    batch = max(1, min(batch_size, pairs // SHORTEST_STREAM))
    stream = pairs // batch
    device = next(network.parameters()).device
    training = network.training
    network.eval()
    try:
        with torch.no_grad():
            starts = stream * np.arange(batch)[:, None]
            windows = [ids[starts + np.arange(stream + 1)[None, :]]]
            if stream * batch < pairs:
                windows.append(ids[None, stream * batch :])
            total = sum(_loss_sum(network, window, steps, device) for window in windows)
    finally:
        network.train(training)
    return total / pairs


def _loss_sum(network: LanguageNetwork, window: NDArray[np.int32], steps: int, device: torch.device) -> float:
    ids = torch.from_numpy(np.ascontiguousarray(window).astype(np.int64)).to(device)
    total = torch.zeros((), dtype=torch.float64, device=device)
    state = None
    for start in range(0, ids.shape[1] - 1, steps):
        inputs = ids[:, start : start + steps][:, : ids.shape[1] - 1 - start]
        targets = ids[:, start + 1 : start + 1 + steps]
        logits, state = network(inputs, state)
        losses = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")
        total += losses.double()
    return float(total)
