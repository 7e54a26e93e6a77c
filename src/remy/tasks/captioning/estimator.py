"""The estimator: words of a picture, in three lines of Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from remy import runtime
from remy.config import CaptionerConfig
from remy.runtime import Search, Written
from remy.tasks.captioning.corpus import Corpus, read_corpus
from remy.tasks.captioning.evaluation import check_kind, read_as
from remy.tasks.captioning.given import corpus_of, values_of
from remy.tasks.captioning.scoring import score_captioner
from remy.tasks.estimator import Estimator, by_key, configured, keys

if TYPE_CHECKING:
    from remy.inspect import Subject
    from remy.tasks.opened import Opened

#: The path of a table, or pictures (paths, or an array of pictures or vectors) and their captions.
Captioned = str | Path | tuple[Any, Sequence[str | Sequence[str]]]

#: Option -> key of the configuration.
_KEYS: Final = keys(
    data=(
        "image", "caption", "folder", "size", "colour", "pieces", "vocabulary", "min_count", "lowercase",
        "max_length", "split",
    ),
    model=(
        "cell", "units", "layers", "embedding", "attention", "filters", "blocks", "input_feeding", "tied",
        "dropout",
    ),
    train=(
        "epochs", "batch_size", "lr", "shift", "label_smoothing", "scheduled_sampling", "metric", "patience",
        "max_time", "seed", "threads",
    ),
)  # fmt: skip


class Captioner(Estimator[runtime.Captioner]):
    """Convolutions and a decoder with attention: a picture, or a vector that stands for one, in; words out.

    Training uses torch; everything after it runs on `remy.runtime`, the same path as the command line.

    Parameters
    ----------
    image, caption, folder
        Columns of a table; None guesses. Where its paths begin; None at its own folder.
    size, colour
        Pictures are scaled to so many pixels each way, 32; whether colours are read, or grey.
    pieces, vocabulary, min_count, lowercase, max_length
        ``"words"``, ``"characters"`` or ``"subwords"``; most different pieces; pieces seen less often, 2, are
        not known; whether capitals are written as small letters, which they are; longest caption.
    split
        Share of the pictures that is learned from, 0.9.
    cell, units, layers, embedding
        The decoder: ``"lstm"``; its state, 256; recurrent layers, 1; size of a piece's vector, 128.
    attention
        ``"additive"`` (Bahdanau et al. 2015), ``"multiplicative"`` (Luong et al. 2015) or ``"none"``.
    filters, blocks
        Convolutions: filters of the first block, 32, and blocks, 4.
    input_feeding, tied
        Let the decoder read what it last saw; use the pieces' vectors for the output too.
    dropout
        Share dropped around layers while training, 0.4.
    epochs, batch_size, lr, label_smoothing, scheduled_sampling, metric, patience, max_time, seed, threads
        How it is trained.
    shift
        Pixels that pictures are moved by, at most, while it learns, 2.
    options
        Any other option of `remy.config`, dotted: ``options={"train.clip": 0.5}``.

    Raises
    ------
    UsageError
        If an option is unknown or has a value that cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> vectors = np.tile(np.eye(3), (8, 1))
    >>> captions = ["a red house", "two dogs", "rain"] * 8
    >>> model = Captioner(units=16, embedding=16, dropout=0.0, epochs=20, lr=0.02, batch_size=4, threads=1)
    >>> model = model.fit((vectors, captions), valid=(vectors[:3], captions[:3]))
    >>> model.predict(np.eye(3)[1:])
    ['two dogs', 'rain']
    """

    def __init__(self, *, options: dict[str, Any] | None = None, **named: Any) -> None:
        self.config = configured(CaptionerConfig(), "Captioner", by_key("Captioner", _KEYS, named), options)

    def fit(
        self,
        data: Captioned,
        *,
        valid: Captioned | None = None,
        test: Captioned | None = None,
        out: str | Path | None = None,
        force: bool = False,
        quiet: bool = True,
    ) -> Self:
        """Learn from pictures, or vectors, and their captions.

        Parameters
        ----------
        data
            The path of a table that names pictures; or ``(pictures, captions)``: paths of pictures or of
            ``.npy`` files, pictures (N, size, size) uint8 or (N, size, size, channels) uint8 or from 0 to 1,
            vectors (N, D) or grids of vectors (N, S, D); and N captions, or N lists of captions.
        valid, test
            Others to choose the best model on, and to score it on, given in the same ways. Without them
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
            If they cannot be read or used.
        ShapeError
            If there are not as many captions as pictures, or arrays have no shape that can be meant.
        UsageError
            If there is something at `out`.
        """
        from remy.tasks.captioning.opening import open_pictures

        def read() -> Opened:
            held = [self._corpus(one) if one is not None else None for one in (valid, test)]
            return open_pictures(self.config, self._corpus(data), *held)

        _, trained = self._train(read, out, force=force, quiet=quiet)
        self._trained = runtime.Captioner(trained.model)
        return self

    def predict(self, pictures: Any, *, beam: int = 5) -> list[str]:
        """Return a caption of each picture: the best that a search with so many live sequences finds.

        Parameters
        ----------
        pictures
            Paths, or an array of pictures or vectors, as to `fit`.
        beam
            Sequences alive at once.

        Raises
        ------
        DataError
            If there are none, or a file cannot be read.
        ShapeError
            If they have another shape than the model reads.
        UsageError
            If `beam` is below 1.
        """
        return [found[0].text for found in self.describe(pictures, beam=beam)]

    def describe(self, pictures: Any, **search: Any) -> list[list[Written]]:
        """Return the best captions of each picture, with scores and attention.

        Parameters
        ----------
        pictures
            Paths, or an array of pictures or vectors, as to `fit`.
        search
            Options of :class:`remy.runtime.Search`: ``beam``, ``n_best``, ``length_penalty``,
            ``coverage_penalty``, ``max_length``, ``sampling``, ``seed``.

        Raises
        ------
        DataError
            If there are none, or a file cannot be read.
        ShapeError
            If they have another shape than the model reads.
        UsageError
            If an option is out of its range.
        """
        model = self._need("describe")
        options = Search(**search)
        return model.caption(values_of(pictures, size=model.size, channels=model.channels)[0], options)

    def evaluate(self, data: Captioned, *, beam: int = 5) -> dict[str, Any]:
        """Score the model on pictures and captions, given as to `fit`.

        Returns
        -------
        dict
            As ``metrics["model"]``.

        Raises
        ------
        DataError
            If they cannot be read or used.
        """
        model = self._need("evaluate")
        if isinstance(data, str | Path):
            columns = {"image": self.config.data.image, "caption": self.config.data.caption}
            corpus = read_corpus(str(data), read_as(model, **columns, folder=self.config.data.folder))
        else:
            corpus = corpus_of(*data, size=model.size, colour=model.channels == 3)
        found: dict[str, Any] = score_captioner(
            model, None, check_kind(model, corpus), figure="word_f1", search=Search(beam=beam)
        )["model"]
        return found

    def subject(self, x: Any, target: str | None = None) -> Subject:
        """Bind one picture or vector, and its caption, for :func:`remy.inspect.trace`."""
        from remy.tasks.captioning.inspection import subject_of

        return subject_of(self._need("trace"), x, target)

    def _corpus(self, data: Captioned) -> Corpus:
        if isinstance(data, str | Path):
            return read_corpus(str(data), self.config.data)
        return corpus_of(*data, size=self.config.data.size, colour=self.config.data.colour)
