"""From a question's model, input and target to a network that is ready to be traced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from remy.errors import UsageError
from remy.inspect import Subject
from remy.lab.bound import Bound
from remy.lab.following import NEXT, followers_of, without_last
from remy.lab.fresh import count_parameters
from remy.lab.fresh_subjects import numbers_subject, text_subject
from remy.lab.inputs import known_ahead, read_input
from remy.lab.schemas.choices import (
    FreshModel,
    Input,
    ModelChoice,
    NoiseInput,
    NumbersInput,
    TextInput,
    TrainedModel,
    WordsInput,
)
from remy.lab.targets import Words, read_target

if TYPE_CHECKING:
    from remy.lab.library import Library


def bind(
    library: Library,
    model: ModelChoice,
    given: Input,
    target: Words | None = None,
    at: int | None = None,
) -> Bound:
    """Bind an input, and what was right.

    Parameters
    ----------
    library
        Knows the trained models.
    model, given, target, at
        As in a question, see :class:`remy.lab.schemas.trace.TraceAsked`.

    Raises
    ------
    UsageError
        If there is no such model, it reads another kind of input, or the target is of another kind.
    DataError
        If the model, the input or the target cannot be read.
    ShapeError
        If they do not fit.
    """
    # What is made under inference mode has no way back.
    with torch.inference_mode(False):
        if isinstance(model, TrainedModel):
            return _trained(library, model.id, given, target, at)
        return _fresh(library, model, given, target, at)


def _trained(library: Library, id: str, given: Input, target: Words | None, at: int | None) -> Bound:
    card, estimator = library.card(id), library.load(id)
    x = read_input(card, estimator, given)
    if card.task == "language_model" and target == NEXT:
        followed, at = followers_of(x, at)
        subject = without_last(estimator.subject(x, followed))
    else:
        wanted = read_target(estimator, target)
        is_series = card.task == "forecaster"
        subject = _of_series(estimator, x, wanted) if is_series else estimator.subject(x, wanted)
    states = _steps(given) * card.units * card.layers * (2 if card.bidirectional else 1)
    units = _units(estimator, x, subject.names) if card.task == "forecaster" else ()
    return Bound(subject, at, states, card.parameters, card, _unit(card.task, estimator, x), units)


def _unit(task: str, estimator: Any, x: Any) -> tuple[float, float]:
    """Return mean and scale of what the first score is about."""
    model = estimator._need("trace")
    if task == "regressor":
        return model._mean, model._deviation
    if task == "forecaster":
        mean, scale = model.model.scaler.target_scale(x.name)
        return float(mean[0]), float(scale[0])
    return 0.0, 1.0


def _units(estimator: Any, x: Any, names: Sequence[str] | None) -> tuple[tuple[float, float], ...]:
    """Return mean and scale of every score of a step of a forecast, target by target."""
    means, scales = estimator._need("trace").model.scaler.target_scale(x.name)
    outputs = len(names or ()) // len(means)
    found = []
    for place, name in enumerate(names or ()):
        output, target = name.rpartition(" ")[2], place // outputs
        if output == "freedom":  # has no unit
            found.append((0.0, 1.0))
        else:  # a width is a difference: no mean belongs to it
            found.append((0.0 if output == "width" else float(means[target]), float(scales[target])))
    return tuple(found)


def _of_series(estimator: Any, series: Any, target: Any) -> Subject:
    """Bind a series; what is known of the steps ahead is taken to stay as it was at the last one."""
    from remy.tasks.forecasting.inspection import subject_of

    model = estimator._need("trace").model
    horizon = model.horizon if target is None else len(target)
    return subject_of(model, [series], known_ahead(model, series, horizon), target)


def _fresh(library: Library, model: FreshModel, given: Input, target: Words | None, at: int | None) -> Bound:
    if isinstance(given, TextInput):
        subject, at = text_subject(model, library.letters(), given.text, target, at)
        steps = len(given.text)
    elif isinstance(given, NoiseInput | NumbersInput):
        subject, steps = numbers_subject(model, given, target)
    else:
        got = "words" if isinstance(given, WordsInput) else "a picture"
        raise UsageError(
            f"input: a network that has learned nothing reads a text, noise or numbers, got {got}"
        )
    states = steps * model.units * model.layers * (2 if model.bidirectional else 1)
    counts = count_parameters(dict(subject.network.named_parameters()))
    return Bound(subject, at, states, sum(counts.values()))


def _steps(given: Input) -> int:
    """Return how many steps an input has, at most: a token may have several characters."""
    if isinstance(given, TextInput):
        return len(given.text)
    if isinstance(given, WordsInput):
        return len(given.words)
    return len(given.values) if isinstance(given, NumbersInput) else 1
