"""A tagger as the subject of a trace: the words of a sentence, and at each of them scores of its tag."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from remy import runtime
from remy.decoding import allowed_transitions
from remy.errors import DataError, ShapeError, nearest
from remy.inspect.subject import Subject
from remy.io.architecture.tagger import CHARACTERS
from remy.models.crf import ConditionalRandomField
from remy.models.tagger import TaggerNetwork
from remy.tasks.inspection import network_of


def subject_of(trained: runtime.Tagger, x: Any, target: Any = None) -> Subject:
    """Bind a sentence, and the tags of its words.

    The rows of the layer that reads characters are the sentence's different words, the longest first.

    Parameters
    ----------
    trained
        The model.
    x
        A list of T words.
    target
        A list of T tags; None for no gradients.

    Returns
    -------
    Subject
        With scores ``(1, T, K)``. Of a softmax their output is one, and losses are ``(1, T)``, the
        cross-entropy of each word's tag. Of a CRF they are the scores that it weighs, with no probability of
        their own, and losses are ``(1,)``, the negative log-likelihood of the whole path, in nats.

    Raises
    ------
    DataError
        If there is no word or one is no string, the sentence is one that the model reads in pieces, or the
        target has a tag that the model has not or, of a CRF, breaks the rules of its scheme.
    ShapeError
        If there are not as many tags as words.
    """
    words = _strings("x", "words", x)
    if len(words) > runtime.PIECE and not trained.live:
        raise DataError(
            f"trace: the model reads sentences in pieces of {runtime.PIECE:,} words; expected one piece, got "
            f"{len(words):,} words"
        )
    batch = trained.vocabulary.batch([words])
    arrays = [torch.from_numpy(array) for array in batch]
    network = network_of(trained, lambda architecture: TaggerNetwork(architecture, allowed=_allowed(trained)))

    def run(network: TaggerNetwork) -> Tensor:
        scores: Tensor = network(*arrays)
        return scores

    return Subject(
        network,
        run,
        "softmax" if network.crf is None else "numbers",
        None if target is None else _losses(trained, network.crf, words, target),
        items={
            "": tuple(words),
            f"{CHARACTERS}_0": tuple(map(str, range(batch.spellings.shape[1]))),
        },
        names=trained.labels,
        expected=lambda: trained._network.scores(batch).swapaxes(0, 1),
    )


def _allowed(trained: runtime.Tagger) -> tuple[Any, Any, Any]:
    scheme = trained.model_file.architecture["scheme"]
    return allowed_transitions(trained.labels, None if scheme == "none" else scheme)


def _losses(
    trained: runtime.Tagger, field: ConditionalRandomField | None, words: Sequence[str], target: Any
) -> Callable[[Tensor], Tensor]:
    tags = _strings("target", "tags", target)
    if len(tags) != len(words):
        raise ShapeError(f"trace: expected {len(words)} tags as the target, one a word, got {len(tags)}")
    for tag in tags:
        if tag not in trained.labels:
            hint = nearest(tag, trained.labels) or f"; known are {', '.join(trained.labels[:10])}"
            raise DataError(f"target: the tag '{tag}' is not one of the training data{hint}")
    numbers = [trained.labels.index(tag) for tag in tags]
    right = torch.tensor([numbers])
    if field is None:
        return lambda scores: cross_entropy(scores[0], right[0], reduction="none")[None]
    _expect_allowed(trained, numbers)
    lengths = torch.tensor([len(words)])
    weights: ConditionalRandomField = field

    def of_path(scores: Tensor) -> Tensor:
        fitting = weights if weights.start.dtype == scores.dtype else copy.deepcopy(weights).to(scores.dtype)
        likelihood: Tensor = fitting(scores, right, lengths)
        return -likelihood

    return of_path


def _expect_allowed(trained: runtime.Tagger, numbers: Sequence[int]) -> None:
    start, transitions, end = (np.asarray(part) for part in _allowed(trained))
    for place, tag in enumerate(numbers):
        if not (transitions[numbers[place - 1], tag] if place else start[tag]):
            raise DataError(
                f"target: the model's scheme does not allow the tag '{trained.labels[tag]}' of word "
                f"{place + 1} where it stands"
            )
    if not end[numbers[-1]]:
        raise DataError(
            f"target: the model's scheme does not allow '{trained.labels[numbers[-1]]}' as the last tag"
        )


def _strings(what: str, kind: str, given: Any) -> list[str]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        hint = "; split it first" if isinstance(given, str) else ""
        raise DataError(f"trace: expected {what} as a list of {kind}, got {type(given).__name__}{hint}")
    for one in given:
        if not isinstance(one, str):
            raise DataError(f"trace: expected {what} as a list of {kind}, got one with {one!r}")
    if not given:
        raise DataError(f"trace: expected {what} as a list of {kind} with at least one, got an empty one")
    return list(given)
