"""The scores of a translator beside its baselines, on the same pairs. Without torch."""

from __future__ import annotations

import math
from typing import Any

from remy import runtime
from remy.baselines.neighbour import NearestNeighbour
from remy.runtime import Search
from remy.tasks.translation.corpus import Corpus
from remy.tasks.writing.scores import examples, verdict, written_scores

COPY = "copy of the source"
NEIGHBOUR = "target of the most similar source"


def score_translator(
    model: runtime.Translator,
    train: Corpus | None,
    scored: Corpus,
    *,
    figure: str,
    search: Search | None = None,
) -> dict[str, Any]:
    """Score a model with the runtime, and the baselines that `train` allows.

    Parameters
    ----------
    model
        The model.
    train
        What it learned from; None where that is not at hand: then only the source is a baseline.
    scored
        What it is scored on.
    figure
        What the verdict goes by: ``bleu``, ``chrf`` or ``exact_match``.
    search
        How translations are looked for; None for the usual way.

    Returns
    -------
    dict
        ``scored_on``; ``model`` with the scores of what it wrote by itself, ``search``, ``cut`` (how many
        ended only at the longest length) and, of given targets (teacher forcing), ``nats_per_piece`` and
        ``perplexity``; ``baselines``, a list; ``verdict``; ``examples``; ``notes``.
    """
    search, lowercase = search or Search(), model.lowercase
    best = [one[0] for one in model.translate(scored.sources, search)]
    written = [one.text for one in best]
    nats = model.mean_loss(scored.sources, scored.targets)
    cut = sum(not one.ended for one in best)
    found = {
        **written_scores(scored.targets, written, lowercase=lowercase),
        "cut": cut,
        "nats_per_piece": nats,
        "perplexity": math.exp(min(nats, 700.0)),
        "search": {
            "beam": search.beam,
            "length_penalty": search.length_penalty,
            "coverage_penalty": search.coverage_penalty,
        },
    }
    baselines = [{"name": COPY, **_scores(scored, scored.sources, lowercase)}]
    if train is not None:
        nearest = NearestNeighbour().fit(train.sources, train.targets).predict(scored.sources)
        baselines.append({"name": NEIGHBOUR, **_scores(scored, nearest, lowercase)})
    notes = [f"{cut} of {len(scored)} did not end by themselves and were cut"] if cut else []
    long = sum(len(one) == model.max_source + 1 for one in model.source.encode(scored.sources))
    if long:
        notes.append(f"of {long} sources only the first {model.max_source} pieces were read")
    return {
        "scored_on": {"name": scored.name, "records": len(scored)},
        "model": found,
        "baselines": baselines,
        "verdict": verdict(found, baselines, figure),
        "figure": figure,
        "examples": examples(scored.sources, scored.targets, written),
        "notes": notes,
    }


def _scores(scored: Corpus, written: Any, lowercase: bool) -> dict[str, Any]:
    found = written_scores(scored.targets, written, lowercase=lowercase)
    del found["signatures"]
    return found
