"""The scores of written sequences. Without torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from remy import metrics

#: Figures a verdict may compare, and how they are called.
NAMES = {"bleu": "BLEU", "chrf": "chrF", "exact_match": "exactly right", "word_f1": "word F1"}

#: Of what is scored, so many records are kept in the metrics for people to look at.
_EXAMPLES = 5


def written_scores(
    expected: Sequence[str], written: Sequence[str], *, lowercase: bool = False
) -> dict[str, Any]:
    """Return ``bleu`` and ``chrf`` with their signatures, ``exact_match`` and ``word_f1``."""
    bleu = metrics.bleu(expected, written, lowercase=lowercase)
    chrf = metrics.chrf(expected, written, lowercase=lowercase)
    return {
        "bleu": bleu.score,
        "chrf": chrf.score,
        "exact_match": metrics.exact_match(expected, written, lowercase=lowercase),
        "word_f1": metrics.word_f1(expected, written, lowercase=lowercase),
        "signatures": {"bleu": bleu.signature, "chrf": chrf.signature},
    }


def examples(sources: Sequence[str], expected: Sequence[str], written: Sequence[str]) -> list[dict[str, str]]:
    """Return the first records with what was written."""
    rows = zip(sources, expected, written, strict=True)
    found = [{"source": one, "target": right, "written": wrote} for one, right, wrote in rows]
    return found[:_EXAMPLES]


def verdict(model: Mapping[str, Any], baselines: Sequence[Mapping[str, Any]], figure: str) -> str | None:
    """Say plainly whether the model is better than the best of the baselines."""
    if not baselines:
        return None
    best = max(baselines, key=lambda one: one[figure])
    beats = "beats" if model[figure] > best[figure] else "does NOT beat"
    said = f"{NAMES[figure]} {model[figure]:.4g} against {best[figure]:.4g}"
    return f"the model {beats} the best baseline, {best['name']}: {said}"
