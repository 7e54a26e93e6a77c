"""The estimator: learn to continue a text, in three lines of Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from remy import defaults, runtime
from remy.config import LanguageModelConfig
from remy.tasks.estimator import Estimator, configured
from remy.tasks.language.corpus import expect_notation
from remy.tasks.language.sources import Source, open_source

if TYPE_CHECKING:
    from remy.inspect import Subject
    from remy.training import Reporter


class LanguageModel(Estimator[runtime.LanguageModel]):
    """A recurrent network over characters that predicts the next one.

    Training uses torch; everything after it runs on `remy.runtime`, the same path as the command line.

    Parameters
    ----------
    cell
        ``"lstm"``, ``"gru"`` or ``"simple_rnn"``.
    units
        Size of each layer's state.
    layers
        Number of recurrent layers.
    embedding
        Size of a character's vector.
    dropout
        Share of what each layer reads that is dropped while training, from 0 to below 1;
        None chooses by the number of epochs.
    epochs
        Passes over the training text; None chooses by its length, some 8 million characters in all.
    batch_size
        Places of the text that are read side by side.
    steps
        Characters between two updates; gradients end there, the state is carried on.
    lr
        The highest learning rate.
    split
        Share of the text that is learned from; the rest, at its end, is held out.
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
    >>> model = LanguageModel(cell="gru", units=8, layers=1, epochs=1, steps=20, batch_size=2)
    >>> model = model.fit("to be, or not to be, that is the question. " * 20)
    >>> len(model.predict("to b", top=3))
    3
    """

    def __init__(
        self,
        *,
        cell: str = defaults.CELL,
        units: int = defaults.UNITS,
        layers: int = defaults.LAYERS,
        embedding: int = defaults.EMBEDDING,
        dropout: float | None = None,
        epochs: float | None = None,
        batch_size: int = defaults.BATCH_SIZE,
        steps: int = defaults.STEPS,
        lr: float = defaults.LEARNING_RATE,
        split: float = defaults.SPLIT,
        seed: int = defaults.SEED,
        max_time: float | str | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        named = {
            "model.cell": cell,
            "model.units": units,
            "model.layers": layers,
            "model.embedding": embedding,
            "model.dropout": dropout,
            "train.epochs": epochs,
            "train.batch_size": batch_size,
            "train.steps": steps,
            "train.lr": lr,
            "data.split": split,
            "train.seed": seed,
            "train.max_time": max_time,
        }
        self.config = configured(LanguageModelConfig(), "LanguageModel", named, options)

    @classmethod
    def _of(cls, trained: runtime.LanguageModel) -> Self:
        known = trained.model_file.architecture
        model = cls(
            cell=known["cell"],
            units=known["units"],
            layers=known["layers"],
            embedding=known["embedding_size"],
            options={
                f"model.{name}": known[name] for name in ("residual", "reset_after", "activation", "tied")
            },
        )
        model._trained = trained
        return model

    def fit(
        self,
        text: str | Path,
        *,
        valid: str | Path | None = None,
        out: str | Path | None = None,
        force: bool = False,
        quiet: bool = True,
    ) -> Self:
        """Learn from a text.

        Parameters
        ----------
        text
            The text itself; or a `pathlib.Path`, or a string that is the name of an existing file, a folder
            of music or a packaged data set.
        valid
            Another text to measure on, given in the same ways. Without it the end of `text` is held out.
        out
            Directory for the run: model, configuration, history, scores, checkpoints. Without it only this
            object has the result.
        force
            Replace an existing run at `out`.
        quiet
            Say nothing on standard error.

        Raises
        ------
        DataError
            If the text cannot be read or is too short.
        UsageError
            If there is something at `out`.
        """
        from remy.tasks.language.opening import train_language_model
        from remy.training.progress import choose_reporter

        reporter: Reporter = choose_reporter(quiet=quiet)
        trained = train_language_model(
            self.config,
            as_source(text),
            as_source(valid) if valid is not None else None,
            out=Path(out) if out is not None else None,
            force=force,
            reporter=reporter,
        )
        self._trained = runtime.LanguageModel(trained.model)
        return self

    def predict(self, text: str, *, top: int = defaults.TOP) -> list[tuple[str, float]]:
        """Return the `top` most probable next characters after `text`, with their probabilities.

        Raises
        ------
        DataError
            If `text` has characters the model does not know.
        """
        return self._need("predict").predict(text, top=top)

    def generate(
        self,
        prompt: str = "",
        length: int = defaults.LENGTH,
        *,
        temperature: float = defaults.TEMPERATURE,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> str:
        """Return `length` characters that go on from `prompt`; the same seed gives the same ones.

        Raises
        ------
        DataError
            If `prompt` has characters the model does not know.
        UsageError
            If an option has a value that cannot be used.
        """
        return self._need("generate").generate(
            prompt, length, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed
        )

    def write(
        self,
        path: str | Path,
        prompt: str = "",
        length: int | None = None,
        *,
        temperature: float = defaults.TEMPERATURE,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
        force: bool = False,
    ) -> str:
        """Write what goes on from `prompt`, with it, to a file, and return it as a text.

        A model of music writes one tune: of ABC notation to ``.abc`` or ``.mid``, of MIDI files to ``.mid``.
        Any other writes text to ``.txt`` or ``.md``. See :meth:`remy.runtime.LanguageModel.write`.

        Raises
        ------
        UsageError
            If the path has another ending or exists and `force` is not given, or an option cannot be used.
        DataError
            If `prompt` has characters the model does not know, no tune came out, or the file cannot be
            written. Nothing is changed then.
        """
        return self._need("write").write(
            path, prompt, length, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed, force=force
        )

    def stream(self, prompt: str = "", length: int = defaults.LENGTH, **options: Any) -> Iterator[str]:
        """Yield what `generate` returns, character by character, as it comes."""
        return self._need("stream").stream(prompt, length, **options)

    def evaluate(self, text: str | Path) -> runtime.Score:
        """Score the model on a text, given as to `fit`: nats and bits per character.

        Raises
        ------
        DataError
            If the text cannot be read, has nothing the model knows or is music in another notation.
        """
        model, source = self._need("evaluate"), as_source(text)
        if source.location:
            expect_notation(source, model.notation, "the model")
        return model.evaluate(source.text)

    def subject(self, x: str, target: str | None = None) -> Subject:
        """Bind a text, and the characters that followed, for :func:`remy.inspect.trace`."""
        from remy.tasks.language.inspection import subject_of

        return subject_of(self._need("trace"), x, target)


def as_source(text: str | Path) -> Source:
    """Return the text that `text` is or names.

    A `pathlib.Path` is a file, or a folder of music. A string is the text itself, unless it has one line and
    is the name of such a file or folder or of a packaged data set.
    """
    if isinstance(text, Path):
        return open_source(text)
    if text and "\n" not in text and len(text) < 256:
        from remy import datasets

        if text in datasets.names() or _is_place(text):
            return open_source(text)
    return Source("text", text.replace("\r\n", "\n"))


def _is_place(text: str) -> bool:
    try:
        return Path(text).is_file() or Path(text).is_dir()
    except (OSError, ValueError):
        return False
