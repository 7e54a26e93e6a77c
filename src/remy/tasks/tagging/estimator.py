"""The estimator: a tag for every word, in three lines of Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from remy import runtime
from remy.config import TaggerConfig
from remy.data.words import UNKNOWN_ID
from remy.errors import UsageError
from remy.tasks.estimator import Estimator, configured
from remy.tasks.tagging.corpus import Corpus, Sentences, corpus_of, read_corpus
from remy.tasks.tagging.prediction import column_for
from remy.tasks.tagging.scoring import score_tagger

if TYPE_CHECKING:
    from remy.inspect import Subject
    from remy.tasks.opened import Opened

#: A file with tagged sentences, or words and tags of each sentence.
Tagged = str | Path | tuple[Sentences, Sentences]


class Tagger(Estimator[runtime.Tagger]):
    """A recurrent network that gives every word of a sentence a tag.

    Words are read by an embedding and by their characters. Training uses torch; everything after it runs on
    `remy.runtime`, the same path as the command line.

    Parameters
    ----------
    cell
        ``"lstm"``, ``"gru"`` or ``"simple_rnn"``.
    units
        Size of each layer's state; None for 128.
    layers
        Number of recurrent layers; None for 2.
    live
        Use no future: the tag of a word never changes when more words come.
    output
        ``"softmax"`` or ``"crf"``; None: a CRF where tags mark spans, unless `live`.
    dropout
        Share of what each layer reads that is dropped while training; None for the usual one.
    tag
        Which column of a file is learned: ``"upos"``, ``"xpos"``, ... or a number.
    epochs
        Passes over the sentences; None chooses by their number.
    lr
        The highest learning rate; None for the usual one.
    metric
        What the best model is chosen by: ``"accuracy"``, ``"span_f1"`` or ``"loss"``; None: span F1 where
        tags mark spans, else accuracy.
    seed
        All randomness comes from it.
    max_time
        Seconds, or ``"90s"``, ``"8m"``: training ends then, in good order.
    options
        Any other option of `remy.config`, dotted: ``options={"train.clip": 0.5}``.

    Raises
    ------
    UsageError
        If an option is unknown or has a value that cannot be used.

    Examples
    --------
    >>> words = [["the", "dog", "barks"], ["a", "cat", "sleeps"]] * 10
    >>> tags = [["DET", "NOUN", "VERB"]] * 20
    >>> model = Tagger(units=8, layers=1, epochs=20, options={"train.batch_size": 4}).fit((words, tags))
    >>> model.predict([["the", "cat", "barks"]])
    [['DET', 'NOUN', 'VERB']]
    """

    def __init__(
        self,
        *,
        cell: str | None = None,
        units: int | None = None,
        layers: int | None = None,
        live: bool = False,
        output: str | None = None,
        dropout: float | None = None,
        tag: str | None = None,
        epochs: float | None = None,
        lr: float | None = None,
        metric: str | None = None,
        seed: int | None = None,
        max_time: float | str | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        named = {
            "model.cell": cell,
            "model.units": units,
            "model.layers": layers,
            "model.live": live or None,
            "model.bidirectional": False if live else None,
            "model.output": output,
            "model.dropout": dropout,
            "data.tag": tag,
            "train.epochs": epochs,
            "train.lr": lr,
            "train.metric": metric,
            "train.seed": seed,
            "train.max_time": max_time,
        }
        given = {key: value for key, value in named.items() if value is not None}
        self.config = configured(TaggerConfig(), "Tagger", given, options)

    def fit(
        self,
        data: Tagged,
        *,
        valid: Tagged | None = None,
        out: str | Path | None = None,
        force: bool = False,
        quiet: bool = True,
    ) -> Self:
        """Learn from tagged sentences.

        Parameters
        ----------
        data
            The path of a file, CoNLL-U or plain columns; or ``(sentences, tags)``, a list of words and a list
            of tags for each sentence.
        valid
            Other sentences to choose the best model on, given in the same ways. Without it the last ones of
            `data` are held out.
        out
            Directory for the run. Without it only this object has the result.
        force
            Replace an existing run at `out`.
        quiet
            Say nothing on standard error.

        Raises
        ------
        DataError
            If the sentences cannot be read or used.
        ShapeError
            If there are not as many tags as words.
        UsageError
            If there is something at `out`.
        """
        from remy.tasks.tagging.opening import open_sentences

        def read() -> Opened:
            held = self._corpus(valid) if valid is not None else None
            return open_sentences(self.config, self._corpus(data), held)

        _, trained = self._train(read, out, force=force, quiet=quiet)
        self._trained = runtime.Tagger(trained.model)
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """The K tags, in the order of `predict_proba`."""
        return self._need("labels").labels

    def predict(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """Return the tags of each sentence, one for each of its words.

        Raises
        ------
        DataError
            If a sentence is no list of words.
        """
        return self._need("predict").tag(sentences)

    def predict_proba(self, sentences: Sequence[Sequence[str]]) -> list[NDArray[np.float64]]:
        """Return the probability (T, K) of every tag at every word of each sentence."""
        return self._need("predict_proba").probabilities(sentences)

    def predict_live(self, words: Iterator[str] | Sequence[str]) -> Iterator[str]:
        """Yield the tag of each word as soon as it is read; for a tagger trained with ``live``.

        Raises
        ------
        UsageError
            If the tagger reads the future.
        """
        return map(self._need("predict_live").stream().step, words)

    def knows(self, words: Sequence[str]) -> list[bool]:
        """Return for each word whether the vocabulary has it; of others only the characters are read."""
        return [number != UNKNOWN_ID for number in self._need("knows").vocabulary.ids(words).tolist()]

    def evaluate(self, data: Tagged) -> dict[str, Any]:
        """Score the model on tagged sentences, given as to `fit`.

        Returns
        -------
        dict
            As ``metrics["model"]``, but for what needs the words of training.

        Raises
        ------
        DataError
            If the sentences cannot be read or used.
        """
        model = self._need("evaluate")
        if isinstance(data, tuple):
            corpus = corpus_of(*data)
        else:
            corpus = read_corpus(data, tag=self.config.data.tag or column_for(model, str(data)))
        found: dict[str, Any] = score_tagger(model, None, corpus)["model"]
        return found

    def subject(self, x: Sequence[str], target: Sequence[str] | None = None) -> Subject:
        """Bind the words of one sentence, and their tags, for :func:`remy.inspect.trace`."""
        from remy.tasks.tagging.inspection import subject_of

        return subject_of(self._need("trace"), x, target)

    def _corpus(self, data: Tagged) -> Corpus:
        if isinstance(data, tuple):
            if len(data) != 2:
                raise UsageError(f"Tagger.fit: expected (sentences, tags), got {len(data)} parts")
            return corpus_of(*data)
        return read_corpus(data, tag=self.config.data.tag)
