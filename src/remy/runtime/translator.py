"""A trained translator: a text in, texts of their own lengths out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.data.pieces import PieceTokenizer
from remy.errors import DataError, ModelFileError
from remy.io.model_file import ModelFile
from remy.runtime.decoder import Ints
from remy.runtime.description import describe
from remy.runtime.translator_network import RecurrentTranslator
from remy.runtime.writer import Search, Written, golden_record, golden_replay, judge, mean_nats, write

#: Sources that are translated together.
_TOGETHER = 64
#: Characters of the golden example's source.
_GOLDEN = 100


class Translator:
    """A trained translator, run by the compiled core with NumPy alone.

    Parameters
    ----------
    model_file
        As :func:`remy.io.model_file.read` returns it, or made in memory.
    path
        Where it came from, for :meth:`info` and error messages.

    Raises
    ------
    ModelFileError
        If its tokenizers do not fit the network.
    """

    def __init__(self, model_file: ModelFile, *, path: str | Path | None = None) -> None:
        name = str(path) if path is not None else "translator"
        record = model_file.tokenizer or {}
        try:
            self.source = PieceTokenizer.from_json(record.get("source"))
            self.target = PieceTokenizer.from_json(record.get("target"))
        except ModelFileError as error:
            raise ModelFileError(f"{name}: {error}") from None
        self.max_source: int = int(record.get("max_length", 1_000))
        self.lowercase: bool = bool(record.get("lowercase", False))
        for side, key in ((self.source, "vocabulary_size"), (self.target, "target_vocabulary_size")):
            if len(side) != model_file.architecture[key]:
                raise ModelFileError(
                    f"{name}: a tokenizer has {len(side)} pieces, the network {model_file.architecture[key]}."
                )
        self.model_file = model_file
        self.path = path
        self._network = RecurrentTranslator(model_file.architecture, model_file.tensors)

    def translate(self, texts: Sequence[str], search: Search | None = None) -> list[list[Written]]:
        """Return what is written of each text: ``search.n_best`` sequences, the best first.

        A text without any piece (an empty one) gives one empty sequence. Of a longer text than the model was
        trained for, `max_source` pieces, only the beginning is read.

        Raises
        ------
        DataError
            If a text is no string.
        """
        search = search or Search()
        sources = self.source.encode(texts, max_length=self.max_source)
        found: list[list[Written]] = [[Written("", (), 0.0, 0.0, True, None)] for _ in texts]
        places = [place for place, source in enumerate(sources) if len(source) > 1]
        lengths = [len(sources[place]) for place in places]
        for k, written in write(
            lambda some: self._network.write_of([sources[places[each]] for each in some]),
            self.target,
            parts=lengths,
            longest=[2 * length + 10 for length in lengths],
            search=search,
            together=_TOGETHER,
        ):
            found[places[k]] = written
        return found

    def pieces(self, text: str) -> list[str]:
        """Return the pieces that a text is read in, with the end: the columns of the attention."""
        ids = self.source.encode([text], max_length=self.max_source)[0]
        return [self.source.vocabulary[number] for number in ids.tolist()]

    def log_probabilities(self, sources: Sequence[str], targets: Sequence[str]) -> list[NDArray[np.float64]]:
        """Return the logarithm of the probability of every piece of given targets, and of their ends.

        Every piece is judged by the right ones before it (teacher forcing).

        Raises
        ------
        DataError
            If there are not as many targets as sources, or one is no string.
        """
        if len(sources) != len(targets):
            raise DataError(f"translator: expected {len(sources)} targets, one a source, got {len(targets)}.")
        read = self.source.encode(sources, max_length=self.max_source)
        written = self.target.encode(targets)
        return judge(
            lambda some: self._network.write_of([read[place] for place in some]),
            self._network.decoder,
            written,
            together=_TOGETHER,
        )

    def mean_loss(self, sources: Sequence[str], targets: Sequence[str]) -> float:
        """Return the mean of -log P of the known pieces of given targets, in nats; e to it: perplexity.

        Pieces that are not in the vocabulary are never written and are left out.
        """
        return mean_nats(self.log_probabilities(sources, targets))

    def info(self) -> dict[str, Any]:
        """Return what the model is, as plain values that JSON can hold."""
        return describe(
            self.model_file,
            self.path,
            source_pieces=self.source.pieces,
            target_pieces=self.target.pieces,
        )

    def golden(self, text: str) -> dict[str, Any]:
        """Return a golden example for the model file: the greedy translation of the beginning of a text."""
        beginning = text[:_GOLDEN]
        [[best]] = self.translate([beginning], Search(beam=1))
        return golden_record(self._likelihoods, beginning, self.target.numbers(best.pieces))

    def verify(self) -> float:
        """Replay the golden example and return the largest difference of a log-probability.

        Raises
        ------
        ModelFileError
            If there is no golden example, or this machine's output differs from it.
        """
        return golden_replay(self._likelihoods, self.model_file.golden)

    def _likelihoods(self, source: str, ids: Ints) -> NDArray[np.float64]:
        [read] = self.source.encode([source], max_length=self.max_source)
        writing = self._network.write_of([read])
        return self._network.decoder.log_probabilities(writing, [ids])[0]
