"""The answer to how far the gradient comes back in the three cells."""

from __future__ import annotations

import math

import numpy as np

from remy.lab.schemas.telephone import CellFlow, CellLinks, FlowAnswer, FlowAsked
from remy.lab.telephone import sentences
from remy.lab.telephone.cells import CELLS, NAMES, Measured, Piece, links_of, measure
from remy.tasks.comparison.rows import finite


def play(asked: FlowAsked) -> FlowAnswer:
    """Measure the three cells, and say what the numbers say.

    Raises
    ------
    DataError
        If a cell's states overflow.
    """
    found: list[tuple[sentences.Seeds, list[Measured], CellLinks]] = []
    for cell in CELLS:
        pieces = [Piece.of(asked, cell, seed) for seed in range(asked.seeds)]
        measured = [measure(piece) for piece in pieces]
        seeds = sentences.Seeds(NAMES[cell], [each.flow for each in measured])
        found.append((seeds, measured, links_of(pieces[seeds.middle])))
    lstm, gru, simple = (seeds for seeds, _, _ in found)
    return FlowAnswer(
        steps=asked.steps,
        units=asked.units,
        cells=tuple(_cell(seeds, measured, links, asked.clip) for seeds, measured, links in found),
        caption=sentences.caption(lstm, gru, simple, asked.start),
        link_sentences=sentences.link_sentences(*(links for _, _, links in found)),
        clipping=sentences.clipping(
            [lstm, gru, simple], [measured[seeds.middle].norm for seeds, measured, _ in found], asked.clip
        ),
    )


def _cell(seeds: sentences.Seeds, measured: list[Measured], links: CellLinks, clip: float | None) -> CellFlow:
    flows = seeds.flows
    roads = 1 if seeds.drawn.cell.startswith("simple_rnn") else 2
    return CellFlow(
        name=seeds.name,
        cell=seeds.drawn.cell,
        roads=roads,
        carried=np.stack([flow.carried for flow in flows]),
        hidden=np.stack([flow.h for flow in flows]),
        horizons=tuple(flow.horizon for flow in flows),
        hidden_horizons=tuple(flow.hidden_horizon for flow in flows),
        decays=tuple(finite(flow.decay) for flow in flows),
        verdicts=tuple(flow.verdict for flow in flows),
        drawn=seeds.middle,
        links=links,
        norms=np.array([each.norm for each in measured]),
        factors=np.array([_factor(each.norm, clip) for each in measured]),
        sentence=sentences.sentence(seeds),
        road_sentences=sentences.road_sentences(seeds.name, roads, links),
    )


def _factor(norm: float, limit: float | None) -> float:
    """Return what clipping multiplies every gradient by; NaN where the norm itself overflowed."""
    if not math.isfinite(norm):
        return math.nan
    return 1.0 if limit is None or norm <= limit else limit / norm
