"""A captioner as the subject of a trace: a picture or a vector, and the caption that is written of it."""

from __future__ import annotations

from typing import Any

import torch

from remy import runtime
from remy.inspect.subject import Subject
from remy.models.captioner import CaptionerNetwork
from remy.models.decoder import Memory
from remy.runtime import Search
from remy.runtime.captioner import _numbers
from remy.tasks.captioning.given import values_of
from remy.tasks.inspection import dtype_of, network_of, text_of
from remy.tasks.writing.inspection import subject_of_writing


def subject_of(trained: runtime.Captioner, x: Any, target: Any = None) -> Subject:
    """Bind a picture, or what stands for one, and its caption.

    Parameters
    ----------
    trained
        The model.
    x
        One of what the model captions: a path, a picture (size, size) uint8 or (size, size, channels) uint8
        or from 0 to 1, a vector (D,) or a grid of vectors (S, D).
    target
        A caption: each of its pieces is judged by the right ones before it (teacher forcing). None for no
        gradients: what the model itself writes is read.

    Returns
    -------
    Subject
        With scores ``(1, T, V)`` over the pieces that can be written and losses ``(1, T)`` in nats.

    Raises
    ------
    DataError
        If the file cannot be read, the numbers are no pixels, or the caption is no text or has nothing in it.
    ShapeError
        If the array has another shape than the model reads.
    """
    values, _ = values_of([x], size=trained.size, channels=trained.channels)
    trained._check(values)
    if target is None:
        [[best]] = trained.caption(values, Search())
        ids = trained.tokenizer.numbers(best.pieces)
    else:
        [ids] = trained.tokenizer.encode([text_of("target", target)])
    numbers = _numbers(values)
    shown = torch.from_numpy(numbers)

    def memory_of(network: CaptionerNetwork) -> Memory:
        found: Memory = network(shown.to(dtype_of(network)))
        return found

    return subject_of_writing(
        network_of(trained, CaptionerNetwork),
        memory_of,
        trained._network.write_of(numbers),
        trained.tokenizer,
        ids,
        judged=target is not None,
        read={},
    )
