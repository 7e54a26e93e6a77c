"""The estimator: a sequence from another one, in three lines of Python."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from remy import runtime
from remy.config import TranslatorConfig
from remy.runtime import Search, Written
from remy.tasks.estimator import Estimator, by_key, configured, keys
from remy.tasks.translation.corpus import Corpus, corpus_of, read_corpus
from remy.tasks.translation.scoring import score_translator

if TYPE_CHECKING:
    from remy.inspect import Subject
    from remy.tasks.opened import Opened

#: A path, the paths of two parallel files, or lists of sources and of targets.
Pairs = str | Path | tuple[str | Path, str | Path] | tuple[Sequence[str], Sequence[str]]

#: Option -> key of the configuration.
_KEYS: Final = keys(
    data=("source", "target", "source_pieces", "target_pieces", "vocabulary", "lowercase", "split"),
    model=(
        "cell", "units", "layers", "embedding", "decoder_units", "attention", "input_feeding", "tied",
        "dropout",
    ),
    train=(
        "epochs", "batch_size", "lr", "label_smoothing", "scheduled_sampling", "metric", "patience",
        "max_time", "seed", "threads",
    ),
)  # fmt: skip


class Translator(Estimator[runtime.Translator]):
    """An encoder and a decoder with attention: a text in, another one of its own length out.

    Training uses torch; everything after it runs on `remy.runtime`, the same path as the command line.

    Parameters
    ----------
    source, target
        Columns of a table; None guesses.
    source_pieces, target_pieces
        ``"words"``, ``"characters"`` or ``"subwords"``; None chooses by the texts.
    vocabulary, lowercase
        Most different pieces a side; whether capitals count as small letters.
    split
        Share of the pairs that is learned from, 0.9.
    cell, units, layers, embedding, decoder_units
        ``"lstm"``; the encoder's state in each direction, 256; recurrent layers of each side, 1; size of a
        piece's vector, 256; the decoder's state, twice the units.
    attention
        ``"additive"`` (Bahdanau et al. 2015), ``"multiplicative"`` (Luong et al. 2015) or ``"none"``.
    input_feeding, tied
        Let the decoder read what it last saw; use the written pieces' vectors for the output too.
    dropout
        Share dropped around layers while training, 0.3.
    epochs, batch_size, lr, label_smoothing, scheduled_sampling, metric, patience, max_time, seed, threads
        How it is trained.
    options
        Any other option of `remy.config`, dotted: ``options={"train.clip": 0.5}``.

    Raises
    ------
    UsageError
        If an option is unknown or has a value that cannot be used.

    Examples
    --------
    >>> english = ["the dog sleeps", "a cat eats fish", "we read books"] * 8
    >>> spanish = ["el perro duerme", "un gato come pescado", "leemos libros"] * 8
    >>> model = Translator(
    ...     units=16, embedding=16, dropout=0.0, epochs=10, lr=0.02, batch_size=4, threads=1,
    ...     source_pieces="words", target_pieces="words",
    ... )
    >>> model = model.fit((english, spanish), valid=(english[:3], spanish[:3]))
    >>> model.predict(["we read books"])
    ['leemos libros']
    """

    def __init__(self, *, options: dict[str, Any] | None = None, **named: Any) -> None:
        self.config = configured(
            TranslatorConfig(), "Translator", by_key("Translator", _KEYS, named), options
        )

    def fit(
        self,
        data: Pairs,
        *,
        valid: Pairs | None = None,
        test: Pairs | None = None,
        out: str | Path | None = None,
        force: bool = False,
        quiet: bool = True,
    ) -> Self:
        """Learn from pairs of texts.

        Parameters
        ----------
        data
            The path of a table; two paths of parallel files with a text a line; or ``(sources, targets)``,
            two lists of texts.
        valid, test
            Other pairs to choose the best model on, and to score it on, given in the same ways. Without them
            random parts of `data` are held out.
        out
            Directory for the run. Without it only this object has the result.
        force
            Replace an existing run at `out`.
        quiet
            Say nothing on standard error.

        Raises
        ------
        DataError
            If the pairs cannot be read or used.
        ShapeError
            If there are not as many targets as sources.
        UsageError
            If there is something at `out`.
        """
        from remy.tasks.translation.opening import open_pairs

        def read() -> Opened:
            held = [self._corpus(one) if one is not None else None for one in (valid, test)]
            return open_pairs(self.config, self._corpus(data), *held)

        _, trained = self._train(read, out, force=force, quiet=quiet)
        self._trained = runtime.Translator(trained.model)
        return self

    def predict(self, texts: Sequence[str], *, beam: int = 5) -> list[str]:
        """Return what is written of each text: the best that a search with so many live sequences finds.

        Raises
        ------
        DataError
            If a text is no string.
        UsageError
            If `beam` is below 1.
        """
        return [found[0].text for found in self.translate(texts, beam=beam)]

    def translate(self, texts: Sequence[str], **search: Any) -> list[list[Written]]:
        """Return the best sequences for each text, with scores and attention.

        Parameters
        ----------
        texts
            N texts.
        search
            Options of :class:`remy.runtime.Search`: ``beam``, ``n_best``, ``length_penalty``,
            ``coverage_penalty``, ``max_length``, ``sampling``, ``seed``.

        Raises
        ------
        DataError
            If a text is no string.
        UsageError
            If an option is out of its range.
        """
        return self._need("translate").translate(texts, Search(**search))

    def evaluate(self, data: Pairs, *, beam: int = 5) -> dict[str, Any]:
        """Score the model on pairs, given as to `fit`.

        Returns
        -------
        dict
            As ``metrics["model"]``.

        Raises
        ------
        DataError
            If the pairs cannot be read or used.
        """
        model, corpus = self._need("evaluate"), self._corpus(data)
        found: dict[str, Any] = score_translator(
            model, None, corpus, figure="bleu", search=Search(beam=beam)
        )["model"]
        return found

    def subject(self, x: str, target: str | None = None) -> Subject:
        """Bind a source, and its translation, for :func:`remy.inspect.trace`."""
        from remy.tasks.translation.inspection import subject_of

        return subject_of(self._need("trace"), x, target)

    def _corpus(self, data: Pairs) -> Corpus:
        columns = {"source": self.config.data.source, "target": self.config.data.target}
        if isinstance(data, str | Path):
            return read_corpus(str(data), **columns)
        first, second = data
        if isinstance(first, str | Path) and isinstance(second, str | Path):
            return read_corpus(f"{os.fspath(first)},{os.fspath(second)}", **columns)
        return corpus_of(first, second)  # type: ignore[arg-type]
