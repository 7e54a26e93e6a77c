"""Sequences drawn from a network's own probabilities, for many sources at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.decoding.beam import Steps
from remy.decoding.hypothesis import Hypothesis
from remy.decoding.likeliest import log_probabilities
from remy.decoding.sampling import Sampling
from remy.errors import UsageError


def draw_sequences(
    steps: Steps,
    *,
    longest: ArrayLike,
    begin: int,
    end: int,
    sampling: Sampling,
    generator: np.random.Generator,
    parts: ArrayLike | None = None,
) -> list[Hypothesis]:
    """Return one sequence a source, each token drawn.

    Parameters
    ----------
    steps
        The network, with one row a source, before the first token.
    longest
        (N,) the most tokens of each sequence, the end not counted.
    begin, end
        The token that is read first, and the one that ends a sequence.
    sampling
        How tokens are drawn. A sequence's probability is that of the network, whatever the temperature.
    generator
        Where randomness comes from: one number a live sequence and token, in the order of the sources.
    parts
        (N,) how many parts of each source can be looked at; None: as many as the attention has columns.

    Raises
    ------
    UsageError
        If a length is below 1.
    """
    limits = np.asarray(longest, np.int64)
    if limits.size and limits.min() < 1:
        raise UsageError(f"max_length: expected at least 1, got {limits.min()}.")
    counts = np.asarray(parts, np.int64) if parts is not None else None
    sources = np.arange(len(limits))
    written: list[list[int]] = [[] for _ in sources]
    looks: list[list[NDArray[np.float32]]] = [[] for _ in sources]
    totals = np.zeros(len(limits))
    found: dict[int, Hypothesis] = {}
    last = np.full(len(limits), begin, np.int64)
    while sources.size:
        scores = steps.step(last)
        look = steps.attention()
        drawn = np.array([sampling.next_token(row, generator) for row in scores])
        likelihoods = log_probabilities(scores, drawn)
        live = []
        for row, source in enumerate(sources.tolist()):
            ended, full = drawn[row] == end, len(written[source]) == limits[source]
            if ended or full:
                total = totals[source] + (likelihoods[row] if ended else 0.0)
                seen = np.stack(looks[source]) if looks[source] else None
                ids = np.array(written[source], np.int64)
                found[source] = Hypothesis(ids, float(total), float(total), bool(ended), seen)
                continue
            written[source].append(int(drawn[row]))
            totals[source] += likelihoods[row]
            if look is not None:
                looks[source].append(look[row, : None if counts is None else counts[source]])
            live.append(row)
        rows = np.array(live, np.int64)
        sources, last = sources[rows], drawn[rows]
        if sources.size:
            steps.keep(rows, rows)
    return [found[source] for source in range(len(limits))]
