"""A decoder as the subject of a trace: what it writes, each piece judged by the right ones before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from remy.data.pieces import BEGIN_ID, END_ID, UNKNOWN_ID, PieceTokenizer
from remy.inspect.subject import Subject
from remy.io.architecture.decoder import DECODER
from remy.models.decoder import Memory
from remy.runtime.decoder import Writing

#: What a decoder reads before the first piece.
START = "<start>"

# Unknown pieces and the beginning, the first two of every vocabulary, are never written: they have no score.
_WRITTEN = slice(END_ID, None)


def subject_of_writing(
    network: Any,
    memory_of: Callable[[Any], Memory],
    writing: Writing,
    tokenizer: PieceTokenizer,
    ids: NDArray[np.int64],
    *,
    judged: bool,
    read: Mapping[str, Sequence[str]],
) -> Subject:
    """Bind what is written.

    Parameters
    ----------
    network
        With a ``decoder``.
    memory_of
        From the network, or a copy in another dtype, to what its decoder writes of.
    writing
        The runtime's beginning of the same.
    tokenizer
        Of what is written.
    ids
        The T pieces' numbers, with the end.
    judged
        Whether they were right, so that there is a loss: of unknown ones there is none.
    read
        Items of the other layers, by name.

    Returns
    -------
    Subject
        With scores ``(1, T, V)`` over the pieces that can be written and losses ``(1, T)`` in nats.
    """
    before = np.concatenate([[BEGIN_ID], ids[:-1]])
    steps = torch.from_numpy(before)[None]
    right = torch.from_numpy(ids - END_ID).clamp(min=0)
    items = (START, *(tokenizer.vocabulary[number] for number in ids[:-1]))
    layers = network.architecture["layers"]

    def run(network: Any) -> Tensor:
        readout = network.decoder(steps, memory_of(network))
        scores: Tensor = network.decoder.scores(readout)
        return scores[:, :, _WRITTEN]

    def losses(scores: Tensor) -> Tensor:
        return cross_entropy(scores[0], right, reduction="none")[None]

    def expected() -> NDArray[np.float32]:
        return np.stack([writing.step(before[[t]])[:, _WRITTEN] for t in range(len(before))], axis=1)

    return Subject(
        network,
        run,
        "softmax",
        losses if judged else None,
        torch.from_numpy(ids != UNKNOWN_ID)[None],
        items={**read, **{f"{DECODER}_{layer}": items for layer in range(layers)}},
        names=tokenizer.vocabulary[_WRITTEN],
        expected=expected,
    )
