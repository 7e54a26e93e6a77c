"""A language model as the subject of a trace: a text, and after each of its characters scores of the next."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from remy import runtime
from remy.errors import DataError, ShapeError
from remy.inspect.subject import Subject
from remy.models import LanguageNetwork
from remy.tasks.inspection import network_of, text_of


def subject_of(trained: runtime.LanguageModel, x: Any, target: Any = None) -> Subject:
    """Bind a text, and the characters that followed each of its own.

    Parameters
    ----------
    trained
        The model.
    x
        A text of T characters.
    target
        T characters; None for no gradients.

    Returns
    -------
    Subject
        With scores ``(1, T, V)`` over the vocabulary and losses ``(1, T)``, the cross-entropy in nats.

    Raises
    ------
    DataError
        If one is no text, is empty, or has characters that the model does not know.
    ShapeError
        If the target has another length.
    """
    text = text_of("x", x)
    ids = trained.tokenizer.encode(text)
    read = torch.from_numpy(ids.astype(np.int64))[None]
    followed = None if target is None else _followed(trained, target, len(text))

    def run(network: LanguageNetwork) -> Tensor:
        logits: Tensor = network(read)[0]
        return logits

    def losses(scores: Tensor) -> Tensor:
        assert followed is not None
        return cross_entropy(scores[0], followed, reduction="none")[None]

    def expected() -> NDArray[np.float32]:
        return trained._network.sequence(ids[:, None].astype(np.intp), trained.state()).swapaxes(0, 1)

    return Subject(
        network_of(trained, LanguageNetwork),
        run,
        "softmax",
        None if followed is None else losses,
        items={"": tuple(text)},
        names=trained.tokenizer.vocabulary,
        expected=expected,
    )


def _followed(trained: runtime.LanguageModel, target: Any, count: int) -> Tensor:
    text = text_of("target", target)
    if len(text) != count:
        raise ShapeError(
            f"trace: expected a target of {count} characters, one for each that is read, got {len(text)}"
        )
    try:
        return torch.from_numpy(trained.tokenizer.encode(text).astype(np.int64))
    except DataError as error:
        raise DataError(f"target: {error}") from None
