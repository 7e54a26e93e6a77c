"""The scores of a captioner beside its baselines, on the same pictures. Without torch."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from remy import metrics, runtime
from remy.baselines.captions import MostFrequentCaption, NearestPicture
from remy.runtime import Search
from remy.tasks.captioning.corpus import Corpus
from remy.tasks.writing.scores import examples, verdict, written_scores

FREQUENT = "most frequent caption"
NEAREST = "caption of the most similar picture"

#: How often each word of a caption was learned from, at least, for its picture to count as a common one.
LEAST = 20


def score_captioner(
    model: runtime.Captioner,
    train: Corpus | None,
    scored: Corpus,
    *,
    figure: str,
    search: Search | None = None,
) -> dict[str, Any]:
    """Score a model with the runtime, and the baselines that `train` allows.

    Of a picture with several captions, what was written is compared with the closest one (that it equals,
    else of the highest word F1), for the model and the baselines alike.

    Parameters
    ----------
    model
        The model.
    train
        What it learned from; None where that is not at hand: then there are no baselines.
    scored
        What it is scored on.
    figure
        What the verdict goes by: ``word_f1``, ``bleu`` or ``exact_match``.
    search
        How captions are looked for; None for the usual way.

    Returns
    -------
    dict
        ``scored_on``; ``model`` with the scores of what it wrote by itself, ``search``, ``cut`` (how many
        ended only at the longest length) and, of given captions (teacher forcing), ``nats_per_piece`` and
        ``perplexity``; ``baselines``, a list; ``common``, the word F1 of all on pictures whose captions hold
        only words that were learned from 20 times or more, None without such pictures; ``verdict``;
        ``examples``; ``notes``.
    """
    search, lowercase = search or Search(), model.lowercase
    best = [one[0] for one in model.caption(scored.values, search)]
    written = {"model": [one.text for one in best]}
    if train is not None:
        firsts = [captions[0] for captions in train.each]
        learned = [caption.lower() if lowercase else caption for caption in train.captions]
        written[FREQUENT] = MostFrequentCaption().fit(learned).predict(len(scored))
        written[NEAREST] = NearestPicture().fit(train.values, firsts).predict(scored.values)
    expected = {who: closest(scored.each, wrote, lowercase=lowercase) for who, wrote in written.items()}
    scores = {
        who: written_scores(expected[who], wrote, lowercase=lowercase) for who, wrote in written.items()
    }
    nats = model.mean_loss(scored.values[scored.rows], scored.captions)
    cut = sum(not one.ended for one in best)
    found = {
        **scores.pop("model"),
        "cut": cut,
        "nats_per_piece": nats,
        "perplexity": math.exp(min(nats, 700.0)),
        "search": {
            "beam": search.beam,
            "length_penalty": search.length_penalty,
            "coverage_penalty": search.coverage_penalty,
        },
    }
    baselines = [
        {"name": who, **{key: value for key, value in each.items() if key != "signatures"}}
        for who, each in scores.items()
    ]
    return {
        "scored_on": {"name": scored.name, "records": len(scored)},
        "model": found,
        "baselines": baselines,
        "common": common(train, scored, expected, written, lowercase) if train is not None else None,
        "verdict": verdict(found, baselines, figure),
        "figure": figure,
        "examples": examples(scored.paths, expected["model"], written["model"]),
        "notes": [f"{cut} of {len(scored)} did not end by themselves and were cut"] if cut else [],
    }


def closest(each: Sequence[Sequence[str]], written: Sequence[str], *, lowercase: bool) -> list[str]:
    """Return of each picture's captions the one closest to what was written, the first of equal ones.

    Examples
    --------
    >>> closest([["a dog", "a brown dog"]], ["brown dog"], lowercase=True)
    ['a brown dog']
    """

    def likeness(caption: str, wrote: str) -> tuple[float, float]:
        pair = ([caption], [wrote])
        return metrics.exact_match(*pair, lowercase=lowercase), metrics.word_f1(*pair, lowercase=lowercase)

    return [
        max(captions, key=lambda caption: likeness(caption, wrote)) if len(captions) > 1 else captions[0]
        for captions, wrote in zip(each, written, strict=True)
    ]


def common(
    train: Corpus,
    scored: Corpus,
    expected: Mapping[str, Sequence[str]],
    written: Mapping[str, Sequence[str]],
    lowercase: bool,
) -> dict[str, Any] | None:
    """Return the word F1 where all words of all captions of a picture were learned from often enough.

    Parameters
    ----------
    train, scored
        What was learned from, and what is scored.
    expected, written
        By ``model`` and baseline: one text a scored picture.
    lowercase
        Whether capitals count as small letters.

    Returns
    -------
    dict or None
        ``least``, how often; ``records``, how many pictures; ``word_f1`` by ``model`` and baseline; None
        if there is no such picture.
    """

    def words(caption: str) -> list[str]:
        return (caption.lower() if lowercase else caption).split()

    counts = Counter(word for caption in train.captions for word in words(caption))
    kept = [
        place
        for place, captions in enumerate(scored.each)
        if all(counts[word] >= LEAST for caption in captions for word in words(caption))
    ]
    if not kept:
        return None
    scores = {
        who: metrics.word_f1(
            [expected[who][place] for place in kept],
            [written[who][place] for place in kept],
            lowercase=lowercase,
        )
        for who in written
    }
    return {"least": LEAST, "records": len(kept), "word_f1": scores}
