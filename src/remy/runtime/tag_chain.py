"""From the scores of a sentence's words to tags and their probabilities, by the rules of the tags' scheme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.decoding import Scheme, allowed_transitions, log_partition, marginals, viterbi
from remy.decoding.left_to_right import LeftToRight
from remy.runtime.stack import Floats

_DISALLOWED = -1e4  # as in the CRF: its exponential is 0


class TagChain:
    """How scores become tags: of a CRF, or of a softmax with the rules of a scheme.

    Parameters
    ----------
    architecture, tensors, labels
        As in :class:`remy.io.model_file.ModelFile`; the settings and shapes are taken as checked.

    Raises
    ------
    DataError
        If a label does not belong to the scheme.
    """

    def __init__(
        self, architecture: Mapping[str, Any], tensors: Mapping[str, Floats], labels: Sequence[str]
    ) -> None:
        scheme: Scheme | None = None if architecture["scheme"] == "none" else architecture["scheme"]
        self._start, self._transitions, end = allowed_transitions(labels, scheme)
        self._is_plain = scheme is None
        self._is_crf = architecture["output"] == "crf"
        if self._is_crf:
            self._weights = {name: tensors[f"crf/{name}"] for name in ("transitions", "start", "end")}
        else:
            allowed = {"transitions": self._transitions, "start": self._start, "end": end}
            self._weights = {
                name: np.where(may, 0.0, _DISALLOWED).astype(np.float32) for name, may in allowed.items()
            }

    def left_to_right(self) -> LeftToRight:
        """Return what chooses the tags of a sentence one after the other."""
        return LeftToRight(self._start, self._transitions)

    def best(self, scores: Floats, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number (T, B) of each word's tag on the likeliest path, by scores (T, B, K)."""
        if self._is_crf:
            return viterbi(scores, lengths=lengths, **self._weights)[0]
        if self._is_plain:
            likeliest: NDArray[np.int64] = scores.argmax(axis=2)
            return likeliest
        return viterbi(_log_softmax(scores), lengths=lengths, **self._weights)[0]

    def probabilities(self, scores: Floats, lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the probability (T, B, K) of every tag: of a CRF the marginal one."""
        if self._is_crf:
            return marginals(scores, lengths=lengths, **self._weights)
        chances: NDArray[np.float64] = np.exp(_log_softmax(scores))
        return chances

    def log_likelihood(
        self, scores: Floats, tags: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> tuple[float, int]:
        """Return the log-likelihood of tags (T, B), and of how many words.

        Sentences whose tags a CRF does not allow are left out.
        """
        inside = np.arange(len(scores))[:, None] < lengths
        if not self._is_crf:
            chosen = np.take_along_axis(_log_softmax(scores), tags[:, :, None], axis=2)[:, :, 0]
            return float(chosen[inside].sum()), int(lengths.sum())
        weights = {name: array.astype(np.float64) for name, array in self._weights.items()}
        emitted = np.take_along_axis(scores.astype(np.float64), tags[:, :, None], axis=2)[:, :, 0]
        path = weights["start"][tags[0]] + weights["end"][tags[lengths - 1, np.arange(len(lengths))]]
        path += np.where(inside, emitted, 0.0).sum(axis=0)
        path += np.where(inside[1:], weights["transitions"][tags[:-1], tags[1:]], 0.0).sum(axis=0)
        chance = path - log_partition(scores, lengths=lengths, **weights)
        allowed = chance > _DISALLOWED / 2
        return float(chance[allowed].sum()), int(lengths[allowed].sum())


def _log_softmax(scores: Floats) -> NDArray[np.float64]:
    shifted = scores.astype(np.float64) - scores.max(axis=2, keepdims=True)
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    return result
