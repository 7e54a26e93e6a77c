"""What the models that write sequences share: how they search, and the golden example."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.data.pieces import BEGIN_ID, END_ID, PieceTokenizer
from remy.decoding import Hypothesis, Penalties, Sampling, beam_search, draw_sequences
from remy.errors import DataError, ModelFileError, UsageError
from remy.runtime.decoder import Ints, RecurrentDecoder, Writing

#: Largest difference of a golden example's log-probability. Instruction sets differ by rounding only.
TOLERANCE = 1e-3


@dataclass(frozen=True, kw_only=True)
class Search:
    """How sequences are looked for.

    Parameters
    ----------
    beam
        Sequences alive at once; 1 is greedy search.
    n_best
        How many are given for each source.
    length_penalty, coverage_penalty
        As in :class:`remy.decoding.Penalties`.
    max_length
        Most tokens written; None: of a text twice its own and ten, of a picture as many as in training.
    sampling
        Draw tokens in this way rather than search; `n_best` then says how many are drawn.
    seed
        Of drawing; None draws a fresh one.

    Raises
    ------
    UsageError
        If a value is out of its range.
    """

    beam: int = 5
    n_best: int = 1
    length_penalty: float = 1.0
    coverage_penalty: float = 0.0
    max_length: int | None = None
    sampling: Sampling | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.beam < 1:
            raise UsageError(f"beam: expected at least 1, got {self.beam}.")
        if self.n_best < 1 or (self.sampling is None and self.n_best > self.beam):
            raise UsageError(f"n_best: expected from 1 to the beam, {self.beam}, got {self.n_best}.")
        if self.max_length is not None and self.max_length < 1:
            raise UsageError(f"max_length: expected at least 1, got {self.max_length}.")
        if self.seed is not None and self.seed < 0:
            raise UsageError(f"seed: expected at least 0, got {self.seed}.")
        Penalties(length=self.length_penalty, coverage=self.coverage_penalty)


@dataclass(frozen=True)
class Written:
    """A sequence that a model wrote.

    Attributes
    ----------
    text
        The sequence.
    pieces
        T pieces it was written in.
    log_probability
        Of all its pieces and its end.
    score
        What it was ranked by, see :class:`remy.decoding.Penalties`.
    ended
        Whether it came to its end; if not, it was cut.
    attention
        (T, S), how much of each part of the source was looked at for each piece; None without attention.
    """

    text: str
    pieces: tuple[str, ...]
    log_probability: float
    score: float
    ended: bool
    attention: NDArray[np.float32] | None

    @classmethod
    def of(cls, found: Hypothesis, tokenizer: PieceTokenizer) -> Written:
        """Return what a search found as text."""
        pieces = tuple(tokenizer.cut(found.ids))
        return cls(
            tokenizer.join(pieces),
            pieces,
            found.log_probability,
            found.score,
            found.ended,
            found.attention,
        )


def write(
    begin: Callable[[list[int]], Writing],
    tokenizer: PieceTokenizer,
    *,
    parts: Sequence[int],
    longest: Sequence[int],
    search: Search,
    together: int,
) -> Iterator[tuple[int, list[Written]]]:
    """Yield each source's place and what is written of it, the best first; not in the sources' order.

    Parameters
    ----------
    begin
        From places of sources to the beginning of what is written of them.
    tokenizer
        Of what is written.
    parts
        Parts of each source that can be looked at; sources with alike many are read together.
    longest
        Most tokens for each source, where `search` does not say.
    search
        How.
    together
        Most sources at once.
    """
    generator = np.random.default_rng(search.seed)
    order = sorted(range(len(parts)), key=lambda place: -parts[place])
    for start in range(0, len(order), together):
        places = order[start : start + together]
        limits = [search.max_length or longest[place] for place in places]
        options: dict[str, Any] = {"begin": BEGIN_ID, "end": END_ID}
        if search.sampling is not None:
            drawn = [place for place in places for _ in range(search.n_best)]
            found = draw_sequences(
                begin(drawn),
                longest=np.repeat(limits, search.n_best),
                parts=[parts[place] for place in drawn],
                sampling=search.sampling,
                generator=generator,
                **options,
            )
            groups = [found[k : k + search.n_best] for k in range(0, len(found), search.n_best)]
        else:
            groups = beam_search(
                begin(places),
                longest=limits,
                parts=[parts[place] for place in places],
                beam=search.beam,
                n_best=search.n_best,
                penalties=Penalties(length=search.length_penalty, coverage=search.coverage_penalty),
                **options,
            )
        for place, group in zip(places, groups, strict=True):
            yield place, [Written.of(one, tokenizer) for one in group]


def judge(
    begin: Callable[[list[int]], Writing],
    decoder: RecurrentDecoder,
    written: Sequence[Ints],
    *,
    together: int,
) -> list[NDArray[np.float64]]:
    """Return the logarithms of the probabilities of given sequences, (T,) each, one a source.

    Every token is judged by the right ones before it (teacher forcing). The parameters are those of `write`;
    sequences of alike lengths are read together.
    """
    found: list[NDArray[np.float64]] = [np.empty(0)] * len(written)
    order = sorted(range(len(written)), key=lambda place: -len(written[place]))
    for start in range(0, len(order), together):
        places = order[start : start + together]
        each = decoder.log_probabilities(begin(places), [written[place] for place in places])
        for place, values in zip(places, each, strict=True):
            found[place] = values
    return found


def mean_nats(logarithms: Sequence[NDArray[np.float64]]) -> float:
    """Return the mean of -log P of all tokens, those that are never written left out."""
    values = np.concatenate(logarithms)
    return float(-values[np.isfinite(values)].mean())


#: From a source and the numbers of what is written of it to the logarithms of their probabilities.
Likelihoods = Callable[[Any, Ints], NDArray[np.float64]]


def golden_record(likelihoods: Likelihoods, source: Any, ids: Ints) -> dict[str, Any]:
    """Return ``{"source": ..., "written": [...], "log_probabilities": [...]}``."""
    return {
        "source": source,
        "written": ids.tolist(),
        "log_probabilities": likelihoods(source, ids).tolist(),
    }


def golden_replay(likelihoods: Likelihoods, example: Mapping[str, Any] | None) -> float:
    """Read the golden example again and return the largest difference of a log-probability.

    Raises
    ------
    ModelFileError
        If there is no example, it is not a valid one, or one differs by more than 1e-3.
    """
    if example is None:
        raise ModelFileError("verify: the model file has no golden example.")
    try:
        found = likelihoods(example["source"], np.array(example["written"], np.int64))
        difference = np.abs(found - np.array(example["log_probabilities"], np.float64))
        worst = int(difference.argmax())
    except (KeyError, TypeError, ValueError, IndexError, DataError) as error:
        raise ModelFileError("verify: the model file's golden example is not a valid one.") from error
    if not difference[worst] <= TOLERANCE:
        raise ModelFileError(
            f"verify: the model gives token {worst + 1} of its golden example a log-probability that differs "
            f"by {difference[worst]:.6f} from the one when the file was written."
        )
    return float(difference[worst])
