"""What the figures of a comparison say, in sentences: computed, whatever the textbook expects."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, median_low, stdev

from remy.tasks.comparison.rows import Row, Scale


def spread(values: Sequence[float]) -> str:
    """Return mean and standard deviation of the seeds.

    Examples
    --------
    >>> spread([0.1, 0.2, 0.3]), spread([0.5])
    ('0.2 ± 0.1', '0.5')
    """
    middle = f"{mean(values):.4g}"
    return f"{middle} ± {stdev(values):.2g}" if len(values) > 1 else middle


def row_sentence(row: Row, scale: Scale) -> str:
    """Say how good a variant is beside the baseline, how far its gradient reaches, what its gates do."""
    parts = [f"{row.name}: {spread(row.scores)} {scale.name}{_beside_baseline(row, scale)}"]
    parts += [_solved(row, scale)] if scale.solved is not None else []
    parts.append(_reach(row))
    parts += _gates(row)
    return "; ".join(parts) + "."


def verdict(rows: Sequence[Row], scale: Scale) -> str:
    """Rank the variants as far as their seeds do not overlap."""
    if not rows:
        return "Nothing was trained to the end."
    said = _ranking(rows, scale)
    if scale.baseline is not None and not any(_beat(row, scale) for row in rows):
        said += f" No training is better than the baseline ({scale.baseline_name})."
    return said


def fairness(rows: Sequence[Row]) -> str:
    """Say whether all trainings made the same updates."""
    trainings = [each for row in rows for each in row.trainings]
    made = sorted({each.updates for each in trainings})
    if not made:
        return "There is no training."
    if len(made) == 1:
        return f"Every training made {made[0]:,} updates."
    reasons = ", ".join(sorted({each.ended_by for each in trainings}))
    return (
        f"The trainings made from {made[0]:,} to {made[-1]:,} updates (ended by {reasons}): "
        "the budgets were not equal."
    )


def _ranking(rows: Sequence[Row], scale: Scale) -> str:
    if len(rows) == 1:
        return f"There is only {rows[0].name}; nothing is ranked."
    if any(len(row.trainings) < 2 for row in rows):
        return f"With one seed there is no spread, so nothing is ranked by {scale.name}."
    groups = ranked(rows, scale)
    if len(groups) == 1:
        names = _listed([row.name for row in groups[0]])
        return f"By {scale.name}, {names} cannot be told apart: the spreads of their seeds overlap."
    places = []
    for group in groups:
        names = _listed([row.name for row in group])
        places.append(f"{names} (which cannot be told apart)" if len(group) > 1 else names)
    return f"By {scale.name}, with every seed: {', ahead of '.join(places)}."


def ranked(rows: Sequence[Row], scale: Scale) -> list[list[Row]]:
    """Return the variants in groups, the best first: every seed of a group is better than all of the next."""
    ordered = sorted(rows, key=lambda row: mean(row.scores), reverse=scale.more_is_better)
    groups: list[list[Row]] = [[ordered[0]]]
    for place, row in enumerate(ordered[1:], start=1):
        before = [score for earlier in ordered[:place] for score in earlier.scores]
        after = [score for later in ordered[place:] for score in later.scores]
        apart = all(scale.better(one, other) for one in before for other in after)
        if apart:
            groups.append([row])
        else:
            groups[-1].append(row)
    return groups


def _beside_baseline(row: Row, scale: Scale) -> str:
    if scale.baseline is None:
        return ""
    count, seeds = _beat(row, scale), len(row.trainings)
    whose = f"the baseline's {scale.baseline:.4g} ({scale.baseline_name})"
    if count == 0:
        return f", not better than {whose} with any seed"
    return f", better than {whose} with {_of(count, seeds)}"


def _beat(row: Row, scale: Scale) -> int:
    assert scale.baseline is not None
    return sum(scale.better(score, scale.baseline) for score in row.scores)


def _solved(row: Row, scale: Scale) -> str:
    assert scale.solved is not None
    count = sum(scale.better(score, scale.solved) for score in row.scores)
    limit = f"{'above' if scale.more_is_better else 'below'} {scale.solved:.3g}"
    return f"solved ({limit}) with {_of(count, len(row.scores))}" if count else f"not solved ({limit})"


def _reach(row: Row) -> str:
    beyond, lags = row.at_least, row.trainings[0].farthest.lags - 1
    if all(beyond):
        return f"the gradient stays above 1 % of lag 0 over all {lags} lags seen"
    falls = median_low(row.measures["memory horizon"])
    if any(beyond):
        stays = _of(sum(beyond), len(beyond))
        return f"the gradient stays above 1 % of lag 0 over all {lags} lags seen with {stays}"
    return f"the gradient falls below 1 % of lag 0 at lag {falls:g}"


def _gates(row: Row) -> list[str]:
    name = next((name for name in ("forget gate", "update gate") if name in row.measures), None)
    if name is None:
        return []
    saturated = row.median("saturated gates")
    return [f"its {name} is {row.median(name):.2f} on average and saturated {saturated:.0%}"]


def _of(count: int, seeds: int) -> str:
    if seeds == 1:
        return "its seed"
    return "every seed" if count == seeds else f"{count} of {seeds} seeds"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
