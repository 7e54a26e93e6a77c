"""The estimators: one label or one number for a sequence, in three lines of Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from remy import config as configuration
from remy import runtime
from remy.config import ClassifierConfig, RegressorConfig
from remy.errors import DataError, UsageError
from remy.tasks.classification.data import AnyConfig
from remy.tasks.classification.examples import Examples, from_python, read_examples
from remy.tasks.classification.scoring import score_parts
from remy.tasks.estimator import Estimator, by_key, configured, keys

if TYPE_CHECKING:
    from remy.inspect import Subject
    from remy.tasks.opened import Opened

#: Option -> key of the configuration.
_KEYS = keys(
    data=("text", "label", "separator", "tokens", "split", "max_length"),
    model=("cell", "units", "layers", "embedding", "bidirectional", "pooling", "live", "dropout"),
    train=("epochs", "batch_size", "lr", "metric", "class_weights", "patience", "max_time", "seed"),
)


class _Estimator(Estimator[runtime.SequenceModel]):
    """What `Classifier` and `Regressor` share."""

    _config_class: ClassVar[type[ClassifierConfig] | type[RegressorConfig]]
    _model_class: ClassVar[type[runtime.SequenceModel]]

    def __init__(self, *, options: dict[str, Any] | None = None, **named: Any) -> None:
        owner = type(self).__name__
        if named.get("live") and "bidirectional" not in named:
            named["bidirectional"] = False
        self.config: AnyConfig = configured(self._config_class(), owner, by_key(owner, _KEYS, named), options)

    @classmethod
    def _of(cls, trained: runtime.SequenceModel) -> Self:
        estimator = cls()
        described = Path(trained.path).with_name("config.yaml") if trained.path is not None else None
        if described is not None and described.is_file():
            found = configuration.read(described)
            if isinstance(found, cls._config_class):
                estimator.config = found
        estimator._trained = trained
        return estimator

    def fit(
        self,
        inputs: str | Path | Sequence[Any],
        labels: Sequence[Any] | NDArray[Any] | None = None,
        *,
        valid: str | Path | tuple[Sequence[Any], Sequence[Any]] | None = None,
        out: str | Path | None = None,
        force: bool = False,
        quiet: bool = True,
    ) -> Self:
        """Learn from sequences with labels.

        Parameters
        ----------
        inputs
            N texts, or N arrays (T, F) or (T,), each of its own length; or the path of a file, or the name of
            a packaged data set, and no `labels`.
        labels
            N of them: for several labels each, N lists of them.
        valid
            What the best model is chosen on, ``(inputs, labels)`` or a file. Without it a random part of the
            data is held out.
        out
            Directory for the run. Without it only this object has the result.
        force
            Replace an existing run at `out`.
        quiet
            Say nothing on standard error.

        Raises
        ------
        DataError
            If the data cannot be used.
        UsageError
            If there is something at `out`, or not as many labels as sequences.
        """
        from remy.tasks.classification.opening import open_classifier, open_examples

        def read() -> Opened:
            if isinstance(inputs, str | Path) and labels is None and not isinstance(valid, tuple):
                held_out = str(valid) if valid is not None else None
                named = self.config.data.model_copy(update={"train": str(inputs), "valid": held_out})
                return open_classifier(self.config.model_copy(update={"data": named}))
            train = self._examples(inputs, labels)
            held = self._examples(*valid) if isinstance(valid, tuple) else None
            held = self._examples(valid, None) if isinstance(valid, str | Path) else held
            return open_examples(self._resolved(train), train, held, None)

        opened, trained = self._train(read, out, force=force, quiet=quiet)
        self.config = opened.job.config  # type: ignore[assignment]
        self._trained = self._model_class(trained.model)
        return self

    def evaluate(
        self, inputs: str | Path | Sequence[Any], labels: Sequence[Any] | None = None
    ) -> dict[str, Any]:
        """Score the model on sequences with labels, given as to `fit`.

        Returns
        -------
        dict
            As in ``metrics["model"]``.

        Raises
        ------
        DataError
            If the data cannot be used.
        """
        model = self._need("evaluate")
        examples = self._examples(inputs, labels)
        if examples.are_texts != model.reads_text:
            wanted = "texts" if model.reads_text else "numeric sequences"
            raise DataError(f"{type(self).__name__}.evaluate: the model reads {wanted}")
        found: dict[str, Any] = score_parts(model.model_file, None, examples, examples.name)["model"]
        return found

    def subject(self, x: Any, target: Any = None) -> Subject:
        """Bind one sequence, and its label or number, for :func:`remy.inspect.trace`."""
        from remy.tasks.classification.inspection import subject_of

        return subject_of(self._need("trace"), x, target)

    def _examples(self, inputs: Any, labels: Any) -> Examples:
        if isinstance(inputs, str | Path):
            if labels is not None:
                raise UsageError(f"{type(self).__name__}: a file has its own labels; leave out `labels`")
            return read_examples(str(inputs), self.config.data)
        if labels is None:
            raise UsageError(f"{type(self).__name__}: expected labels, one a sequence")
        return from_python(inputs, labels)

    def _resolved(self, train: Examples) -> AnyConfig:
        """Return the configuration; labels that are lists mean several each."""
        several = isinstance(train.labels[0], list | tuple | set | frozenset)
        if several and self.config.data.separator is None:
            return configuration.override(self.config, {"data.separator": "|"})
        return self.config


class Classifier(_Estimator):
    """A recurrent network that gives a sequence one label out of several, or any number of them.

    Texts and numeric sequences alike. Training uses torch; everything after it runs on `remy.runtime`.

    Parameters
    ----------
    cell, units, layers, bidirectional, dropout
        The recurrent layers: ``"lstm"``, ``"gru"`` or ``"simple_rnn"``; 128 units; 1 layer; both directions;
        0.3.
    embedding
        Size of a token's vector, 100; texts only.
    pooling
        How steps become one vector: ``"max"``, ``"mean"``, ``"last"`` or ``"attention"``.
    live
        Use no future, so that there is an answer after every step.
    tokens
        What a text is cut into: ``"words"``, ``"characters"`` or ``"subwords"``.
    epochs, batch_size, lr, patience, max_time, seed
        How it is trained; None for `epochs` chooses by the amount of data.
    class_weights
        ``"balanced"`` lets a record weigh the more the rarer its class is.
    metric
        What the best model is chosen by: ``"accuracy"``, ``"macro_f1"`` or ``"loss"``.
    split
        Share of the data that is learned from, where nothing is given to validate on.
    text, label, separator
        Columns of a file; what stands between several labels of one record.
    max_length
        Steps read of a sequence.
    options
        Any other option of `remy.config`, dotted: ``options={"train.clip": 0.5}``.

    Raises
    ------
    UsageError
        If an option is unknown or has a value that cannot be used.

    Examples
    --------
    >>> texts = ["good fun", "so bad", "a good one", "bad, bad"] * 5
    >>> model = Classifier(units=8, epochs=8, seed=1).fit(texts, ["+", "-", "+", "-"] * 5)
    >>> model.predict(["good", "bad"])
    ['+', '-']
    """

    _config_class = ClassifierConfig
    _model_class = runtime.Classifier

    @property
    def labels(self) -> tuple[str, ...]:
        """The C labels, sorted."""
        return self._classifier("labels").labels

    def predict(self, inputs: Sequence[Any]) -> list[Any]:
        """Return the label of every sequence, or where it may have several a tuple of them.

        Raises
        ------
        DataError
            If a sequence cannot be read.
        """
        return self._classifier("predict").predict(inputs)

    def predict_proba(self, inputs: Sequence[Any]) -> NDArray[np.float64]:
        """Return the probability of every label, (N, C), in the order of `labels`."""
        return self._classifier("predict_proba").probabilities(inputs)

    def predict_prefixes(self, one: Any) -> NDArray[np.float64]:
        """Return the probabilities (T, C) after every step of one sequence; a `live` model has them.

        Raises
        ------
        UsageError
            If the model reads the future.
        """
        return self._classifier("predict_prefixes").prefix_probabilities(one)

    def _classifier(self, verb: str) -> runtime.Classifier:
        model = self._need(verb)
        assert isinstance(model, runtime.Classifier)
        return model


class Regressor(_Estimator):
    """A recurrent network that gives a sequence a number.

    Parameters
    ----------
    cell, units, layers, embedding, bidirectional, pooling, live, dropout, tokens, epochs, batch_size, lr, \
patience, max_time, seed, split, text, label, max_length, options
        As of :class:`Classifier`.
    metric
        What the best model is chosen by: ``"rmse"``, ``"mae"`` or ``"loss"``.

    Raises
    ------
    UsageError
        If an option is unknown or has a value that cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> steps = np.random.default_rng(0).normal(size=(40, 6, 1))
    >>> model = Regressor(units=8, epochs=2).fit(steps, steps.sum(axis=(1, 2)))
    >>> model.predict(steps[:3]).shape
    (3,)
    """

    _config_class = RegressorConfig
    _model_class = runtime.Regressor

    def predict(self, inputs: Sequence[Any]) -> NDArray[np.float64]:
        """Return the number of every sequence, (N,), in the unit it was learned in.

        Raises
        ------
        DataError
            If a sequence cannot be read.
        """
        model = self._need("predict")
        assert isinstance(model, runtime.Regressor)
        return model.predict(inputs)
