"""What the present numbers of a race say, in two sentences: computed, whatever the textbook expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean

from remy.lab.schemas.jobs import Scale
from remy.lab.wording import listed
from remy.tasks.comparison import Reach
from remy.tasks.comparison.sentences import spread

#: How people write the cells.
NAMES = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def sentences(
    scale: Scale,
    update: int,
    scores: Mapping[str, Sequence[float]],
    reaches: Mapping[str, Sequence[Reach]],
    *,
    lanes: Mapping[str, int] | None = None,
) -> tuple[str, ...]:
    """Say who is ahead, and by how much, and how far each gradient reaches.

    Parameters
    ----------
    scale
        What is scored.
    update
        So many were made.
    scores, reaches
        Of each cell, one a seed that is still in the race.
    lanes
        With how many seeds each cell set out; as many as there are scores where nobody says.

    Examples
    --------
    >>> scale = Scale(name="nats/step", baseline=0.5, baseline_name="no memory", solved=0.05)
    >>> reach = Reach("rnn_0", "forward", lags=30, horizon=7, decay=0.5, last=1e-9)
    >>> for each in sentences(scale, 200, {"gru": [0.25]}, {"gru": [reach]}):
    ...     print(each)
    After 200 updates GRU has 0.25 nats/step, 50 % of the baseline's 0.5 (no memory).
    The gradient of the last state falls below 1 % of itself after 7 steps back in GRU.
    """
    if not scores:
        return ()
    ordered = sorted(scores, key=lambda cell: mean(scores[cell]))
    # Of a loss of nothing floats also know a negative one.
    positive = {cell: [score + 0.0 for score in scores[cell]] for cell in ordered}
    gone = _gone(positive, lanes or {})
    said = [f"{_standing(scale, update, positive, bool(gone))}{gone}."]
    # With one step there is nothing to reach back to.
    if any(reach.lags > 1 for each in reaches.values() for reach in each):
        said.append(_reaches({cell: reaches[cell] for cell in ordered if cell in reaches}))
    return tuple(said)


def _gone(scores: Mapping[str, Sequence[float]], lanes: Mapping[str, int]) -> str:
    """Say which seeds have no score any more: their loss grew past all numbers."""
    parts = []
    for cell, count in lanes.items():
        missing = count - len(scores.get(cell, ()))
        if missing:
            seeds = "its one seed" if count == 1 else f"{missing} of {count} seeds"
            parts.append(f"{NAMES[cell]} lost {seeds}")
    return f"; {listed(parts)}, where the loss was no number any more" if parts else ""


def _standing(scale: Scale, update: int, scores: Mapping[str, Sequence[float]], is_thinned: bool) -> str:
    first, *others = scores
    begin = f"After {update:,} update{'' if update == 1 else 's'}"
    beside = f"the baseline's {scale.baseline + 0.0:.3g} ({scale.baseline_name})"
    if not others:
        said = f"{begin} {NAMES[first]} has {spread(scores[first])} {scale.name}"
        return f"{said}, {_share(scores, scale)}{beside}"
    head = _head(scores)
    if len(head) > 1:
        said = f"{begin} {_names(head)} cannot be told apart, as their seeds overlap"
    elif max(len(each) for each in scores.values()) == 1:
        left = " left" if is_thinned else ""
        said = f"{begin}, with one seed{left} each, {NAMES[first]} is ahead"
    else:
        left = " that is left" if is_thinned else ""
        said = f"{begin} {NAMES[first]} is ahead with every seed{left}"
    everybody = ", ".join(f"{NAMES[cell]} {spread(each)}" for cell, each in scores.items())
    share = (
        f"{NAMES[first]} has {_share(scores, scale)}" if _is_better(scores, scale) else "none is better than "
    )
    return f"{said}: {scale.name} {everybody}; {share}{beside}"


def _head(scores: Mapping[str, Sequence[float]]) -> list[str]:
    """Return the first of those cells, or as many as it takes that every seed is better than all others."""
    cells = list(scores)
    for count in range(1, len(cells)):
        before = max(score for cell in cells[:count] for score in scores[cell])
        if before < min(score for cell in cells[count:] for score in scores[cell]):
            return cells[:count]
    return cells


def _is_better(scores: Mapping[str, Sequence[float]], scale: Scale) -> bool:
    return mean(next(iter(scores.values()))) < scale.baseline


def _share(scores: Mapping[str, Sequence[float]], scale: Scale) -> str:
    if not _is_better(scores, scale):
        return "not better than "
    return f"{100 * mean(next(iter(scores.values()))) / scale.baseline:.3g} % of "


def _reaches(reaches: Mapping[str, Sequence[Reach]]) -> str:
    middle = {
        cell: sorted(each, key=lambda one: one.order)[(len(each) - 1) // 2] for cell, each in reaches.items()
    }
    falls = {cell: reach.horizon for cell, reach in middle.items() if reach.horizon is not None}
    stays = [cell for cell in middle if cell not in falls]
    lags = max(reach.lags for reach in middle.values()) - 1
    parts = []
    if falls:
        (first, horizon), *later = falls.items()
        each = [f"after {horizon} step{'' if horizon == 1 else 's'} back in {NAMES[first]}"]
        each += [f"after {horizon} in {NAMES[cell]}" for cell, horizon in later]
        parts.append(f"falls below 1 % of itself {listed(each)}")
    if stays:
        seen = "the one step" if lags == 1 else f"all {lags} steps"
        parts.append(f"stays above 1 % over {seen} back in {_names(stays)}")
    orders = {cell: reach.order for cell, reach in middle.items()}
    return f"The gradient of the last state {', and '.join(parts)}{_beside_the_score(orders)}."


def _beside_the_score(orders: Mapping[str, tuple[float, float]]) -> str:
    """Say whether the one with the best score, the first, also reaches furthest."""
    if len(orders) < 2:
        return ""
    best, furthest = next(iter(orders)), max(orders, key=lambda cell: orders[cell])
    if orders[best] == orders[furthest]:
        return f"; {NAMES[best]}, with the best score, reaches furthest"
    return f"; {NAMES[best]} has the best score, but {NAMES[furthest]} reaches further"


def _names(cells: Sequence[str]) -> str:
    return listed([NAMES[cell] for cell in cells])
