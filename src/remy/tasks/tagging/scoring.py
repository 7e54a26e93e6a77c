"""The scores of a tagger beside its baseline, on the same sentences. Without torch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from remy import metrics, runtime
from remy.baselines import MostFrequentTag
from remy.tasks.tagging.corpus import Corpus, Sentences
from remy.tasks.tagging.parts import mark_spans, unseen_tags

BASELINE_NAME = "most frequent tag of each word"

#: Tags of which the confusion matrix is kept.
_MOST_CLASSES = 50


def score_tagger(model: runtime.Tagger, train: Corpus | None, scored: Corpus) -> dict[str, Any]:
    """Score a model with the runtime, and the baseline that `train` allows.

    Parameters
    ----------
    model
        The model.
    train
        What it learned from; None where that is not at hand: then there is no baseline, and no word counts
        as unknown.
    scored
        What it is scored on.

    Returns
    -------
    dict
        ``scored_on``; ``model`` with ``accuracy``, ``unknown_word_accuracy`` (of words that training did not
        have), ``nats_per_word``, ``classes``, ``confusion`` and where the tags mark spans
        ``span_f1``, ``span_precision``, ``span_recall`` and ``spans``, each type's scores; ``baseline`` with
        most of the same, or None; ``verdict``, a sentence; ``notes``, sentences a reader should know.
    """
    notes: list[str] = []
    unseen = unseen_tags(scored, model.labels)
    if unseen:
        notes.append(f"tags that the model did not learn count as wrong: {unseen}")
    long = sum(len(words) > runtime.PIECE for words in scored.words)
    if long and not model.live:
        notes.append(f"{long} sentences are longer than {runtime.PIECE} words and were read in pieces")
    known = frozenset(word for words in train.words for word in words) if train is not None else None
    found = tag_scores(scored, model.tag(scored.words), known)
    found["nats_per_word"] = model.mean_loss(scored.words, scored.tags)
    baseline = None
    if train is not None:
        usual = MostFrequentTag().fit(train.words, train.tags)
        baseline = {
            "name": BASELINE_NAME,
            **tag_scores(scored, [usual.predict(words) for words in scored.words], known),
        }
        baseline.pop("confusion", None)
    return {
        "scored_on": {"name": scored.name, "records": len(scored), "words": scored.tokens},
        "model": found,
        "baseline": baseline,
        "verdict": _verdict(found, baseline),
        "notes": notes,
    }


def tag_scores(corpus: Corpus, predicted: Sentences, known: Collection[str] | None) -> dict[str, Any]:
    """Return the scores of some tags for the words of a corpus; `known` are the words of training."""
    expected = corpus.tags
    flat = [tag for tags in expected for tag in tags]
    chosen = [tag for tags in predicted for tag in tags]
    labels = sorted({*flat, *chosen})
    found: dict[str, Any] = {"accuracy": metrics.token_accuracy(expected, predicted)}
    if known is not None:
        found["unknown_word_accuracy"] = metrics.unknown_word_accuracy(
            corpus.words, expected, predicted, known=known
        )
        found["unknown_words"] = sum(word not in known for words in corpus.words for word in words)
    classes = metrics.class_scores(flat, chosen, labels=labels)
    if mark_spans(tuple(labels)):
        spans = metrics.span_scores(expected, predicted)
        found |= {
            "span_f1": spans.overall.f1,
            "span_precision": spans.overall.precision,
            "span_recall": spans.overall.recall,
            "spans": {kind: vars(one) for kind, one in spans.types.items()},
        }
    found["classes"] = {label: vars(one) for label, one in classes.items()}
    if len(labels) <= _MOST_CLASSES:
        counts = metrics.confusion_matrix(flat, chosen, labels=labels)
        found["confusion"] = {"labels": labels, "counts": np.asarray(counts).tolist()}
    return found


def _verdict(model: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> str | None:
    """Say plainly whether the model is better than the baseline."""
    if baseline is None:
        return None
    figure = "span_f1" if "span_f1" in model and "span_f1" in baseline else "accuracy"
    beats = "beats" if model[figure] > baseline[figure] else "does NOT beat"
    name = figure.replace("_", " ")
    return f"the model {beats} the {BASELINE_NAME}: {name} {model[figure]:.4f} against {baseline[figure]:.4f}"
