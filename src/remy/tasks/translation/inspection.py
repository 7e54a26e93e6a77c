"""A translator as the subject of a trace: a source, and the target that is written of it."""

from __future__ import annotations

from typing import Any

import torch

from remy import runtime
from remy.errors import DataError
from remy.inspect.subject import Subject
from remy.io.architecture.translator import ENCODER
from remy.models.decoder import Memory
from remy.models.translator import TranslatorNetwork
from remy.runtime import Search
from remy.tasks.inspection import network_of, text_of
from remy.tasks.writing.inspection import subject_of_writing


def subject_of(trained: runtime.Translator, x: Any, target: Any = None) -> Subject:
    """Bind a source, and what it is to be translated to.

    Parameters
    ----------
    trained
        The model.
    x
        A text.
    target
        A text: each of its pieces is judged by the right ones before it (teacher forcing). None for no
        gradients: what the model itself writes is read.

    Returns
    -------
    Subject
        With scores ``(1, T, V)`` over the target pieces that can be written and losses ``(1, T)`` in nats.

    Raises
    ------
    DataError
        If one is no text or has no piece.
    """
    text = text_of("x", x)
    [source] = trained.source.encode([text], max_length=trained.max_source)
    if len(source) == 1:
        raise DataError("trace: expected x as a text with at least one piece, got white space")
    if target is None:
        [[best]] = trained.translate([text], Search())
        ids = trained.target.numbers(best.pieces)
    else:
        [ids] = trained.target.encode([text_of("target", target)])
    read, lengths = torch.from_numpy(source)[None], torch.tensor([len(source)])

    def memory_of(network: TranslatorNetwork) -> Memory:
        found: Memory = network(read, lengths)
        return found

    pieces = tuple(trained.source.vocabulary[number] for number in source)
    layers: int = trained.model_file.architecture["layers"]
    return subject_of_writing(
        network_of(trained, TranslatorNetwork),
        memory_of,
        trained._network.write_of([source]),
        trained.target,
        ids,
        judged=target is not None,
        read={f"{ENCODER}_{layer}": pieces for layer in range(layers)},
    )
