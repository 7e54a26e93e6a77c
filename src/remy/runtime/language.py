"""A trained language model over characters: predict, write on, score, stream."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from remy import defaults
from remy.data.characters import CharacterTokenizer
from remy.data.notation import NOTATIONS, Notation
from remy.decoding import Sampling
from remy.errors import DataError, ModelFileError, UsageError
from remy.io.atomic import write_bytes
from remy.io.model_file import ModelFile
from remy.runtime import golden
from remy.runtime.description import describe
from remy.runtime.network import Floats, RecurrentNetwork, State
from remy.runtime.scoring import Score, mean_nats, stream_count
from remy.runtime.writing import check_output, written


class LanguageModel:
    """A trained character language model, run by the compiled core with NumPy alone.

    Every method reads an empty text as one line end (where the vocabulary has none: a space, else its first
    character): what comes first in a line is the natural thing to ask for. A model of music reads it as the
    end of the tune before.

    Parameters
    ----------
    model_file
        As :func:`remy.io.model_file.read` returns it, or made in memory.
    path
        Where it came from, for :meth:`info` and error messages.

    Raises
    ------
    ModelFileError
        If its tokenizer does not fit the network, or names a notation of music that is unknown.

    Attributes
    ----------
    notation
        How its text holds tunes; None for any other text.
    """

    def __init__(self, model_file: ModelFile, *, path: str | Path | None = None) -> None:
        name = str(path) if path is not None else "language model"
        try:
            self.tokenizer = CharacterTokenizer.from_json(model_file.tokenizer)
        except ModelFileError as error:
            raise ModelFileError(f"{name}: {error}") from None
        expected = model_file.architecture["vocabulary_size"]
        if len(self.tokenizer) != expected:
            raise ModelFileError(
                f"{name}: the tokenizer has {len(self.tokenizer)} characters, the network {expected}."
            )
        held = (model_file.tokenizer or {}).get("notation")
        if held is not None and held not in tuple(NOTATIONS):
            raise ModelFileError(f"{name}: expected a notation out of {', '.join(NOTATIONS)}, got {held!r}.")
        self.notation: Notation | None = NOTATIONS[held] if held is not None else None
        self.model_file = model_file
        self.path = path
        self._network = RecurrentNetwork(model_file.architecture, model_file.tensors)

    def predict(self, text: str, top: int = 5) -> list[tuple[str, float]]:
        """Return the `top` likeliest characters after `text` with their probabilities, the likeliest first.

        Raises
        ------
        DataError
            If `text` has characters the model does not know.
        UsageError
            If `top` is below 1.
        """
        if top < 1:
            raise UsageError(f"top: expected at least 1, got {top}.")
        probabilities = Sampling().probabilities(self._read(text, self.state()))
        likeliest = np.argsort(-probabilities, kind="stable")[:top]
        return [(self.tokenizer.vocabulary[k], float(probabilities[k])) for k in likeliest]

    def generate(
        self,
        prompt: str = "",
        length: int = 500,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> str:
        """Return `length` characters that go on after `prompt` (which is not repeated).

        Parameters
        ----------
        prompt
            The text to go on with.
        length
            Number of characters, at least 0.
        temperature, top_k, top_p
            As in :class:`remy.decoding.Sampling`.
        seed
            The same seed writes the same text; None draws a fresh one.

        Raises
        ------
        DataError
            If `prompt` has characters the model does not know.
        UsageError
            If an option is out of its range.
        """
        characters = self.stream(prompt, length, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
        return "".join(characters)

    def stream(
        self,
        prompt: str = "",
        length: int | None = None,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> Iterator[str]:
        """Yield the characters of :meth:`generate` as they come; without a `length` for ever.

        Arguments are checked at the call, not at the first character.
        """
        if length is not None and length < 0:
            raise UsageError(f"length: expected at least 0, got {length}.")
        if seed is not None and seed < 0:
            raise UsageError(f"seed: expected at least 0, got {seed}.")
        sampling = Sampling(temperature=temperature, top_k=top_k, top_p=top_p)
        state = self.state()
        self._read(prompt, state)
        return self._characters(state, length, sampling, np.random.default_rng(seed))

    def write(
        self,
        path: str | Path,
        prompt: str = "",
        length: int | None = None,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
        force: bool = False,
    ) -> str:
        """Write `prompt` and what goes on after it to a file, whole or not at all, and return it as a text.

        A model of music writes one tune. One of ABC notation writes it to ``.abc``, with what its header
        lacks and cut after its last whole bar if it did not come to an end, or to ``.mid``; one of MIDI files
        to ``.mid``. Any other model writes the text to ``.txt`` or ``.md``.

        Parameters
        ----------
        path
            The file.
        prompt, temperature, top_k, top_p, seed
            As in :meth:`generate`.
        length
            Number of characters, 500 by default; of music at most so many, 4,000 by default.
        force
            Replace a file that exists.

        Returns
        -------
        str
            The text, the tune, or of MIDI the events of :mod:`remy.data.events`.

        Raises
        ------
        UsageError
            If `path` has another ending, or exists and `force` is not given, or an option is out of range.
        DataError
            If `prompt` has characters the model does not know, no notes came out, the notation cannot be
            played, MIDI needs symusic and it is missing, or the file cannot be written.
        """
        ending = check_output(path, self.notation, force=force)
        if length is None:
            length = defaults.LENGTH if self.notation is None else defaults.TUNE_LENGTH
        pieces = self.stream(prompt, length, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed)
        text, data = written(prompt, pieces, self.notation, ending)
        write_bytes(path, data)
        return text

    def evaluate(self, text: str, *, streams: int | None = None) -> Score:
        """Score how well the model predicts each character of `text` from all before it.

        Parameters
        ----------
        text
            Characters the model does not know are left out and counted.
        streams
            1: one pass, the state carried from the first character to the last. More: the text is cut in so
            many parts, read side by side, each after 512 unscored characters to find its state; three times
            as fast. The result differs by what a state older than that still knows: 2e-9 nats for an LSTM of
            128 units trained on plays. Default: 1 up to 32,768 characters, then one for every 16,384, up to
            32.

        Raises
        ------
        DataError
            If fewer than two characters of `text` are known to the model.
        UsageError
            If `streams` is below 1.
        """
        if streams is not None and streams < 1:
            raise UsageError(f"streams: expected at least 1, got {streams}.")
        ids = self.tokenizer.encode(text, unknown="skip").astype(np.intp)
        if ids.size < 2:
            raise DataError(
                f"evaluate: expected at least 2 characters the model knows, got {ids.size} in {len(text)}."
            )
        count = min(streams or stream_count(ids.size - 1), ids.size - 1)
        return Score.of(mean_nats(self._network, ids, count), ids.size - 1, len(text) - ids.size)

    def state(self, batch: int = 1) -> State:
        """Return the state of `batch` rows before anything was read, for :meth:`step`."""
        return self._network.zero_state(batch)

    def step(self, ids: ArrayLike, state: State) -> Floats:
        """Read one id a row, (B,), move `state` on in place, and return the logits (B, V) of the next.

        The result is ``state.logits``, which the next step overwrites. Ids are those of ``tokenizer``.

        Raises
        ------
        ShapeError
            If there is not one id a row, or one is outside the vocabulary.
        """
        return self._network.step(np.asarray(ids, dtype=np.intp), state)

    def info(self) -> dict[str, Any]:
        """Return what the model is, as plain values that JSON can hold."""
        held = {"notation": self.notation.name} if self.notation is not None else {}
        return describe(self.model_file, self.path, vocabulary="".join(self.tokenizer.vocabulary), **held)

    def golden(self, text: str) -> dict[str, Any]:
        """Return a golden example for the model file: what is predicted after the beginning of `text`."""
        return golden.record(self, text)

    def verify(self) -> float:
        """Replay the golden example and return the largest difference of a probability.

        Raises
        ------
        ModelFileError
            If there is no golden example, or this machine's output differs from it.
        """
        return golden.replay(self, self.model_file.golden)

    def _read(self, text: str, state: State) -> Floats:
        """Read `text`, moving `state` on, and return the logits (V,) of the next character."""
        ids = self.tokenizer.encode(text or self._start).astype(np.intp)
        for start in range(0, ids.size, _CHUNK):
            self._network.sequence(ids[start : start + _CHUNK, None], state)
        logits: Floats = state.logits[0]
        return logits

    def _characters(
        self, state: State, length: int | None, sampling: Sampling, generator: np.random.Generator
    ) -> Iterator[str]:
        read = np.zeros(1, np.intp)
        for count in itertools.count() if length is None else range(length):
            if count:
                self._network.step(read, state)
            read[0] = sampling.next_token(state.logits[0], generator)
            yield self.tokenizer.vocabulary[read[0]]

    @property
    def _start(self) -> str:
        vocabulary = self.tokenizer.vocabulary
        if self.notation is not None and set(self.notation.close) <= set(vocabulary):
            return self.notation.close
        return next((character for character in "\n " if character in vocabulary), vocabulary[0])


_CHUNK = 1024  # characters of a prompt read at once, so that memory does not grow with it
