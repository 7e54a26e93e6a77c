"""What the numbers of three untrained cells say, whatever the textbook expects."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from remy.inspect import Flow
from remy.inspect.record import Array
from remy.lab.schemas.choices import Start as Recipe
from remy.lab.schemas.telephone import CellLinks
from remy.tasks.comparison.measuring import reach_of
from remy.tasks.comparison.starts import Start

_KERNELS = {"keras": "orthogonal", "pytorch": "uniform"}


class Seeds:
    """One cell with all its seeds, judged as :class:`remy.tasks.comparison.starts.Start` judges them.

    Parameters
    ----------
    name
        ``LSTM``.
    flows
        One a seed.

    Attributes
    ----------
    start
        The reaches of the seeds.
    middle
        The place of the seed whose reach is in the middle, of an even number the lower one: what is drawn.
    """

    def __init__(self, name: str, flows: Sequence[Flow]) -> None:
        self.name = name
        self.flows = tuple(flows)
        self.start = Start(name, None, 1.0, False, tuple(reach_of(flow) for flow in flows))
        orders = [reach.order for reach in self.start.reaches]
        self.middle = sorted(range(len(orders)), key=orders.__getitem__)[(len(orders) - 1) // 2]

    @property
    def drawn(self) -> Flow:
        """The flow that is drawn."""
        return self.flows[self.middle]

    @property
    def lags(self) -> int:
        """How many lags were seen."""
        return len(self.drawn.lags)

    @property
    def at_the_end(self) -> str:
        """What is left at the last lag, as a multiple of lag 0."""
        return f"{float(self.drawn.carried[-1] / self.drawn.carried[0]):.3g}"

    @property
    def explodes(self) -> bool:
        """Whether the gradient that is drawn does."""
        return self.drawn.verdict == "exploding"

    @property
    def explosion(self) -> str:
        """By how much the gradient that is drawn grows, and where."""
        sizes = np.asarray(self.drawn.carried, np.float64) / float(self.drawn.carried[0])
        most = int(sizes.argmax())
        return f"{sizes[most]:.3g} times that of lag 0 at lag {most}"


def caption(lstm: Seeds, gru: Seeds, simple: Seeds, recipe: Recipe) -> tuple[str, ...]:
    """Say whether the textbook is right about the simple cell and the LSTM, and who carries furthest."""
    return _beside_textbook(simple, lstm, recipe), who_reaches_furthest([lstm, gru, simple])


def _beside_textbook(simple: Seeds, lstm: Seeds, recipe: Recipe) -> str:
    scale = "" if recipe.recurrent_scale == 1 else f" times {recipe.recurrent_scale:g}"
    kernel = f"its {_KERNELS[recipe.recipe]} recurrent kernel{scale}"
    if simple.explodes or lstm.explodes:
        return _explosion(simple, lstm, kernel)
    who = f"Untrained, SimpleRNN with {kernel} carries the gradient"
    found = f"below 1 % of lag 0 at {simple.start.at} against {lstm.start.at}"
    if simple.start.horizon is None and lstm.start.horizon is None:
        found += f", and {simple.at_the_end} against {lstm.at_the_end} times lag 0 at lag {simple.lags - 1}"
    if lstm.start.hidden_horizon != lstm.start.horizon:
        found += f"; the LSTM at h alone at {lstm.start.hidden_at}"
    if not simple.start.differs(lstm.start):
        return f"{who} about as far as the LSTM ({found}): against the textbook."
    if simple.start.order > lstm.start.order:
        return f"{who} further than the LSTM ({found}): against the textbook."
    return f"{who} less far than the LSTM ({found}): as the textbook has it."


def _explosion(simple: Seeds, lstm: Seeds, kernel: str) -> str:
    """Growing is no reaching: a gradient that explodes is of no use to learn from either."""
    who = f"Untrained, SimpleRNN with {kernel}"
    if not simple.explodes:
        return (
            f"Untrained, the LSTM explodes: its gradient grows to {lstm.explosion}, as the textbook says of "
            "large factors that repeat; SimpleRNN here does not."
        )
    beside = (
        f"the LSTM explodes too, to {lstm.explosion}"
        if lstm.explodes
        else f"the LSTM does not: below 1 % of lag 0 at {lstm.start.at}"
    )
    return (
        f"{who} explodes: its gradient grows to {simple.explosion}, as the textbook says of large factors "
        f"that repeat; {beside}."
    )


def who_reaches_furthest(cells: Sequence[Seeds]) -> str:
    """Say whose gradient reaches furthest, and whose seeds overlap with it."""
    kept = [cell for cell in cells if not cell.explodes]
    if not kept:
        return "All three explode, so none of them carries a gradient that could be learned from."
    if len(kept) == 1:
        return f"Only the {kept[0].name} does not explode."
    best, *others = sorted(kept, key=lambda cell: cell.start.order, reverse=True)
    among = "the three" if len(kept) == len(cells) else "those that do not explode"
    # Seeds of the third may overlap with those of the best where the second's do not.
    beside = [cell.name for cell in others if not best.start.differs(cell.start)]
    if beside and len(beside) == len(cells) - 1:
        return f"None of the three reaches furthest: seeds of the {best.name} overlap with both others'."
    if beside:
        names = " and the ".join([best.name, *beside])
        return f"Of {among} the {names} reach furthest; their seeds overlap."
    if len(kept) < len(cells):
        return f"Of {among} the {best.name} reaches furthest."
    if len(best.flows) == 1:
        return (
            f"With this seed the {best.name} reaches furthest; more seeds would show whether that is chance."
        )
    return f"The {best.name} reaches furthest, with every one of {len(best.flows)} seeds."


def sentence(cell: Seeds) -> str:
    """Say where the gradient of one cell goes, of the seed that is drawn, and how seeds differ."""
    flow, start = cell.drawn, cell.start
    if not flow.carried[0] > 0:
        return f"{cell.name}: no gradient arrives."
    parts = [f"{cell.name}: {_verdicts(cell)}"]
    if flow.horizon is None:
        parts.append(f"{cell.at_the_end} times lag 0 is left at lag {cell.lags - 1}")
    else:
        parts.append(f"below 1 % of lag 0 from lag {flow.horizon} on{_spread(cell)}")
    if flow.c is not None and start.hidden_horizon != start.horizon:
        parts.append(
            f"at h alone from {start.hidden_at} on" if start.hidden_horizon else "at h alone at no lag"
        )
    if not math.isnan(flow.decay):
        parts.append(f"a factor of {flow.decay:.3g} a link{_halving(flow)}")
    return "; ".join(parts) + "."


def _verdicts(cell: Seeds) -> str:
    found = [flow.verdict for flow in cell.flows]
    drawn = cell.drawn.verdict
    same = found.count(drawn)
    return drawn if same == len(found) else f"{drawn} with {same} of {len(found)} seeds"


def _spread(cell: Seeds) -> str:
    found = [flow.horizon for flow in cell.flows]
    if len(found) == 1:
        return ""
    least, most = min(each or cell.lags for each in found), max(each or cell.lags for each in found)
    if least == most:
        return f" with all {len(found)} seeds"
    return f" ({least} to {most if most < cell.lags else f'beyond {cell.lags - 1}'} with {len(found)} seeds)"


def _halving(flow: Flow) -> str:
    half = flow.half_life
    if math.isinf(half):
        return ", it does not halve"
    return f", halved every {half:.3g} links" if half > 0 else ""


def link_sentences(lstm: CellLinks, gru: CellLinks, simple: CellLinks) -> tuple[str, ...]:
    """Compare what one step does to a small random change in the three cells."""
    named = (("LSTM", lstm), ("GRU", gru), ("SimpleRNN", simple))
    means = {name: float(np.mean(_factors(links)[1:])) for name, links in named}
    listed = ", ".join(f"{value:.3g} ({name})" for name, value in means.items())
    widths = {name: float(np.ptp(_factors(links)[1:])) for name, links in named}
    unsteady = max(widths, key=lambda name: widths[name])
    return (
        f"In the mean over its links a cell multiplies a small random change by {listed}.",
        f"The links of the {unsteady} differ most from each other, by up to {widths[unsteady]:.3g}.",
    )


def road_sentences(name: str, roads: int, links: CellLinks) -> tuple[str, ...]:
    """Say by which road the gradient comes back."""
    if roads == 1:
        return (
            f"The {name} has one road only: all that goes back passes its recurrent kernel.",
            f"A link keeps {_mean_factor(links.passed[1:]):.3g} of the gradient in the geometric mean.",
        )
    cell, gates = _mean_factor(links.passed_cell[1:]), _mean_factor(links.passed_gates[1:])
    past = "through the cell state" if name == "LSTM" else "past the weights, where the update gate keeps h,"
    known = np.isfinite(links.passed_cell[1:]) & np.isfinite(links.passed_gates[1:])
    won = int(np.sum(links.passed_cell[1:][known] > links.passed_gates[1:][known]))
    return (
        f"In the geometric mean a link of the {name} hands {cell:.3g} of the gradient back {past} and "
        f"{gates:.3g} through the gates.",
        f"The road past all weights is the wider one at {won} of {int(known.sum())} links.",
    )


def clipping(cells: Sequence[Seeds], norms: Sequence[float], limit: float | None) -> tuple[str, ...]:
    """Say what a limit does to the gradients of the seeds that are drawn."""
    if limit is None:
        listed = ", ".join(f"{norm:.3g} ({cell.name})" for cell, norm in zip(cells, norms, strict=True))
        return (
            f"Over all weights the gradient is {listed} long.",
            "Nothing is clipped; a limit below these would shorten them.",
        )
    cut = [
        f"the {cell.name}'s from {norm:.3g} to {limit:g}, every lag times {limit / norm:.3g}"
        for cell, norm in zip(cells, norms, strict=True)
        if norm > limit
    ]
    if not cut:
        return (
            f"No gradient is longer than {limit:g}, so the limit changes nothing.",
            f"The longest is {max(norms):.3g}.",
        )
    kept = "; ".join(f"{cell.name} {cell.start.at}" for cell in cells)
    return (
        f"The limit of {limit:g} shortens {'; '.join(cut)}.",
        f"Where each falls below 1 % of its own lag 0 stays as it was: {kept}.",
    )


def _factors(links: CellLinks) -> Array:
    return np.asarray(links.state) / math.sqrt(links.carried)


def _mean_factor(shares: Array) -> float:
    """Return the geometric mean of what there is; 0 where a link passes nothing."""
    known = shares[np.isfinite(shares)]
    if not len(known):
        return math.nan
    with np.errstate(divide="ignore"):
        return float(np.exp(np.mean(np.log(known))))
