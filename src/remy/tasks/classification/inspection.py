"""A classifier or a regressor as the subject of a trace: a text or numbers, and one answer at the end."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from remy import runtime
from remy.data.tokenizer import Tokenizer
from remy.errors import DataError
from remy.inspect.subject import Subject
from remy.models import ClassifierNetwork
from remy.tasks.classification.examples import Examples
from remy.tasks.classification.targets import Classes
from remy.tasks.inspection import dtype_of, network_of, text_of


def subject_of(trained: runtime.SequenceModel, x: Any, target: Any = None) -> Subject:
    """Bind a text or a numeric sequence, and what was right.

    Parameters
    ----------
    trained
        The model.
    x
        A text, or numbers (T, F) or (T,), as the model reads them.
    target
        A label, or of a model with several labels each a list of them; of a regressor a number in the unit
        it was learned in; None for no gradients.

    Returns
    -------
    Subject
        With scores ``(1, C)``, of a regressor ``(1, 1)`` in deviations from the mean of what it learned,
        and losses ``(1,)``: nats, or the squared error of that.

    Raises
    ------
    DataError
        If the input is of the other kind, is empty or does not fit, or the target is no label the model has
        or no finite number.
    """
    encoded = _encoded(trained, x)
    given = torch.from_numpy(encoded)[None]
    lengths = torch.tensor([len(encoded)])

    def run(network: ClassifierNetwork) -> Tensor:
        fitting = given.to(dtype_of(network)) if given.is_floating_point() else given
        found: Tensor = network(fitting, lengths)
        return found

    items: dict[str, tuple[str, ...]] = {}
    if isinstance(trained.encoder, Tokenizer):
        items[""] = _tokens(trained.encoder, str(x), encoded)
    return Subject(
        network_of(trained, ClassifierNetwork),
        run,
        trained.model_file.architecture["output"] if isinstance(trained, runtime.Classifier) else "numbers",
        None if target is None else _losses(trained, target),
        items=items,
        names=trained.labels if isinstance(trained, runtime.Classifier) else None,
        expected=lambda: trained.scores([x]),
    )


def _encoded(trained: runtime.SequenceModel, x: Any) -> Any:
    """Return what the network reads: numbers of tokens (T,) or a scaled sequence (T, F)."""
    if isinstance(trained.encoder, Tokenizer):
        text = text_of("x", x)
        return trained.encoder.encode([text], max_length=trained.max_length)[0]
    try:
        values = np.asarray(x, np.float32)
    except (TypeError, ValueError):
        raise DataError(
            f"trace: expected x as numbers of shape (T, F) = (T, {trained.encoder.features}), "
            f"got {type(x).__name__}"
        ) from None
    try:
        return trained.encoder.encode([values], max_length=trained.max_length)[0]
    except DataError as error:
        raise DataError(f"trace: {str(error).removeprefix('encode: ').replace(' at place 0', '')}") from None


def _tokens(encoder: Tokenizer, text: str, ids: Any) -> tuple[str, ...]:
    """Return the tokens that were read: unknown ones as they stand, and of a text without any the mark."""
    cut = encoder.cut(text)[: len(ids)]
    return tuple(cut) if cut else tuple(encoder.vocabulary[number] for number in ids)


def _losses(trained: runtime.SequenceModel, target: Any) -> Callable[[Tensor], Tensor]:
    """Return what makes losses (1,) of scores (1, C), those of training but for weights of classes."""
    if isinstance(trained, runtime.Regressor):
        scaled = (_number(target) - trained._mean) / trained._deviation
        number = torch.tensor([scaled], dtype=torch.float64)
        return lambda scores: (scores[:, 0] - number.to(scores.dtype)) ** 2
    assert isinstance(trained, runtime.Classifier)
    classes = Classes(trained.labels, trained.separator)
    right = torch.from_numpy(classes.encode(_labelled(target, several=trained.multi_label)))
    if not trained.multi_label:
        return lambda scores: cross_entropy(scores, right, reduction="none")

    def of_several(scores: Tensor) -> Tensor:
        each = binary_cross_entropy_with_logits(scores, right.to(scores.dtype), reduction="none")
        return each.sum(dim=1)

    return of_several


def _labelled(target: Any, *, several: bool) -> Examples:
    """Return an example of the target, which is all that is looked at."""
    many = isinstance(target, list | tuple | set | frozenset)
    if many and not several:
        raise DataError(f"trace: expected one label as the target, got {len(target)} in a list")
    if many:
        label: Any = tuple(map(str, target))
    else:
        label = str(target.item() if isinstance(target, np.generic) else target)
    return Examples([""], [label], ["target"], "target")


def _number(target: Any) -> float:
    try:
        found = float(target)
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise DataError(f"trace: expected the target as a finite number, got {target!r}")
    return found
