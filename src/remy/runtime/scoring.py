"""How well a language model predicts a text: nats and bits per character."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remy.runtime.network import Floats, Ids, RecurrentNetwork

#: Characters a stream reads before it is scored, where it does not begin at the beginning of the text.
WARM_UP = 512
#: A long text is read as several streams at once, each at least this long ...
LEAST_STREAM = 16384
#: ... and at most so many, which is where more rows no longer make the core faster.
MOST_STREAMS = 32
#: Logits kept at a time, so that memory does not grow with the text.
_LOGITS = 1 << 20


@dataclass(frozen=True)
class Score:
    """What :meth:`remy.runtime.LanguageModel.evaluate` found.

    Attributes
    ----------
    nats_per_character
        Mean of -log P(character | all before it), natural logarithm.
    bits_per_character
        The same with logarithm to base 2.
    characters
        How many characters were predicted: all the model knows, but the first.
    dropped
        How many characters of the text the model does not know; they were left out.
    """

    nats_per_character: float
    bits_per_character: float
    characters: int
    dropped: int

    @classmethod
    def of(cls, nats: float, characters: int, dropped: int) -> Score:
        """Return the score of `nats` per character."""
        return cls(nats, nats / math.log(2), characters, dropped)


def stream_count(predictions: int) -> int:
    """Return in how many streams a text with so many predictions is read."""
    return max(1, min(MOST_STREAMS, predictions // LEAST_STREAM))


def mean_nats(network: RecurrentNetwork, ids: Ids, streams: int) -> float:
    """Return the mean of -log P(ids[t] | before) over t = 1 .. N - 1, in nats.

    With one stream this is one pass from a zero state, the state carried through the whole text. With S
    streams the text is cut in S parts that are read side by side; each part first reads the WARM_UP
    characters before it, unscored, to find its state.

    Parameters
    ----------
    ids (N,)
        At least two.
    """
    predictions = ids.size - 1
    length = math.ceil(predictions / streams)
    warm = WARM_UP if streams > 1 else 0
    # Column s reads positions s * length - warm .. (s + 1) * length - 1 and predicts the ones after them.
    places = np.arange(-warm, length)[:, None] + length * np.arange(streams)[None, :]
    readable = (places >= 0) & (places < predictions)
    scored = readable & (np.arange(-warm, length) >= 0)[:, None]
    places = np.where(readable, places, 0)
    state = network.zero_state(streams)
    chunk = max(1, _LOGITS // (streams * network.vocabulary_size))
    total = 0.0
    for start in range(0, places.shape[0], chunk):
        part = slice(start, start + chunk)
        mask = None if readable[part].all() else np.ascontiguousarray(readable[part])
        logits = network.sequence(ids[places[part]], state, mask)
        chosen = scored[part]
        if chosen.any():
            total += _nats(logits[chosen], ids[places[part][chosen] + 1])
    return total / predictions


def _nats(logits: Floats, targets: NDArray[np.intp]) -> float:
    """Return the sum of -log softmax(logits (M, V))[targets (M,)]."""
    largest = logits.max(axis=1)
    sums = np.exp(logits - largest[:, None]).sum(axis=1, dtype=np.float64)
    hits = logits[np.arange(targets.size), targets]
    return float((np.log(sums) + largest.astype(np.float64) - hits).sum())
