"""What networks that have learned nothing can read: texts, and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot

from remy.data.characters import CharacterTokenizer
from remy.errors import DataError, ShapeError, UsageError
from remy.inspect import Subject
from remy.lab.following import NEXT, followers_of, without_last
from remy.lab.fresh import fresh_network
from remy.lab.inputs import numbers_of
from remy.lab.schemas.choices import FreshModel, NoiseInput, NumbersInput
from remy.lab.targets import Words

#: The target of numbers: the last state, along a random direction.
LAST: Final = "last"
#: Numbers a step at most: a kernel has a row for each.
_MOST_FEATURES: Final = 256


def text_subject(
    model: FreshModel, letters: Sequence[str], text: str, target: Words | None, at: int | None
) -> tuple[Subject, int | None]:
    """Bind a text, each character of which is one of many numbers that is 1 where the others are 0.

    Parameters
    ----------
    model
        Which network.
    letters
        The V characters that it can read and write.
    text
        T characters.
    target
        ``next``, or T characters; None for no gradients.
    at
        The step whose loss counts.

    Returns
    -------
    subject : Subject
        With scores ``(1, T, V)`` and losses ``(1, T)``, the cross-entropy in nats.
    at : int or None
        As :func:`remy.inspect.trace` takes it.

    Raises
    ------
    DataError
        If there is a character that is none of the letters, or too few for ``next``.
    ShapeError
        If the target has another length.
    UsageError
        If there is no such step.
    """
    tokenizer = CharacterTokenizer(letters)
    read = one_hot(torch.from_numpy(_encoded(tokenizer, text)), len(letters))[None]
    followed = None
    if target is not None:
        words = target if isinstance(target, str) else "".join(target)
        if target == NEXT:
            words, at = followers_of(text, at)
        followed = torch.from_numpy(_followed(tokenizer, words, len(text)))

    def run(network: Any) -> Tensor:
        scores: Tensor = network(read.to(network.dense.kernel.dtype))
        return scores

    def losses(scores: Tensor) -> Tensor:
        assert followed is not None
        return cross_entropy(scores[0], followed, reduction="none")[None]

    subject = Subject(
        fresh_network(model, inputs=len(letters), outputs=len(letters)),
        run,
        "softmax",
        None if followed is None else losses,
        items={"": tuple(text)},
        names=letters,
    )
    return without_last(subject) if target == NEXT else subject, at


def numbers_subject(
    model: FreshModel, given: NoiseInput | NumbersInput, target: Words | None
) -> tuple[Subject, int]:
    """Bind numbers, which the layers read as they are.

    Parameters
    ----------
    model
        Which network.
    given
        The numbers, or how many of them are drawn from the normal distribution.
    target
        ``last``: the loss is the last state's part along a direction of length 1, drawn by the model's seed,
        so that gradients are those of the recurrence alone. None for no gradients.

    Returns
    -------
    subject : Subject
        With the last state as scores, ``(1, W)``, and losses ``(1,)``.
    steps : int
        T.

    Raises
    ------
    UsageError
        If the target is another.
    DataError
        If steps differ in length or have too many numbers.
    """
    if target not in (None, LAST):
        raise UsageError(
            f"target: of {given.kind}, expected '{LAST}', which is the last state, or null; got {target!r}"
        )
    values: NDArray[Any]
    if isinstance(given, NoiseInput):
        values = np.random.default_rng(given.seed).standard_normal((given.steps, given.features))
    else:
        values = numbers_of(given)
    if values.shape[1] > _MOST_FEATURES:
        raise DataError(f"input: expected at most {_MOST_FEATURES} numbers a step, got {values.shape[1]}")
    read = torch.from_numpy(values.astype(np.float32))[None]

    def run(network: Any) -> Tensor:
        state: Tensor = network(read.to(next(network.parameters()).dtype))
        return state

    network = fresh_network(model, inputs=values.shape[1])
    losses = None if target is None else _along_a_direction(model.seed)
    return Subject(network, run, "numbers", losses), len(values)


def _along_a_direction(seed: int) -> Callable[[Tensor], Tensor]:
    def losses(state: Tensor) -> Tensor:
        drawn = np.random.default_rng(seed).standard_normal(state.shape[1])
        return state @ torch.from_numpy(drawn / np.linalg.norm(drawn)).to(state.dtype)

    return losses


def _followed(tokenizer: CharacterTokenizer, words: str, count: int) -> NDArray[np.int64]:
    if len(words) != count:
        raise ShapeError(
            f"target: expected '{NEXT}' or {count} characters, one for each that is read, got {len(words)}"
        )
    try:
        return _encoded(tokenizer, words)
    except DataError as error:
        raise DataError(f"target: {error}") from None


def _encoded(tokenizer: CharacterTokenizer, text: str) -> NDArray[np.int64]:
    return tokenizer.encode(text).astype(np.int64)
