"""How well the tasks do with their defaults, on real data: ``python -m benchmarks.quality [NAME ...]``.

Every figure is the mean over seeds, with its spread. Packaged data are fetched; ``tags`` (Universal
Dependencies English-EWT), ``sentiment`` (Sentiment Labelled Sentences), ``multi30k`` and ``chorales`` (JSB
Chorales) are read from ``--data``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

import remy
from remy.baselines import TfidfLogistic
from remy.data import read_sequences, read_texts
from remy.tasks.evaluators import evaluate

FOLDS: Final = 5


@dataclass(frozen=True)
class Figure:
    """A figure of one seed, and the bar it has to clear: from below, or from above, or both."""

    name: str
    value: float
    least: float = -np.inf
    most: float = np.inf


Measure = Callable[[int, Path], Iterator[Figure]]


def vowels(seed: int, data: Path) -> Iterator[Figure]:
    """JapaneseVowels, its own split."""
    model = remy.Classifier(seed=seed).fit("vowels")
    yield Figure("accuracy on the test recordings", model.metrics["model"]["accuracy"], least=0.965)


def digits(seed: int, data: Path) -> Iterator[Figure]:
    """Pictures of digits as 8 steps of 8 numbers, 5-fold."""
    records = list(read_sequences(remy.datasets.files("digits").path))
    found, _ = _folds([one.values for one in records], [str(one.label) for one in records], seed)
    yield Figure("accuracy, 5-fold", found, least=0.97)


def sentiment(seed: int, data: Path) -> Iterator[Figure]:
    """3,000 sentences about films, products and restaurants, pooled, 5-fold, beside TF-IDF."""
    files = sorted((data / "sentiment").glob("*.csv"))
    records = [record for file in files for record in read_texts(file)]
    found, beside = _folds([one.text for one in records], [str(one.label) for one in records], seed)
    yield Figure("accuracy, 5-fold", found)
    yield Figure("TF-IDF + logistic regression, the same folds", beside)
    yield Figure("how far behind that", beside - found, most=0.03)


def tags(seed: int, data: Path) -> Iterator[Figure]:
    """Universal part-of-speech tags of English-EWT, gold tokens."""
    folder = data / "ud_ewt"
    model = remy.Tagger(seed=seed).fit(folder / "train.conllu.gz", valid=folder / "dev.conllu.gz")
    yield Figure("accuracy on the development part", model.metrics["model"]["accuracy"], least=0.945)


def weather(seed: int, data: Path) -> Iterator[Figure]:
    """Seattle's daily maximum temperature, the last 20 %, one day ahead."""
    metrics = remy.Forecaster(seed=seed).fit("weather", target="temp_max").metrics
    naive = next(one for one in metrics["baselines"] if one["name"].startswith("naive"))
    model = metrics["model"]
    yield Figure("RMSE as a share of the naive forecast's", model["rmse"] / naive["rmse"], most=0.95)
    yield Figure("share of days in the 80 % interval", model["coverage_80"], least=0.75, most=0.85)


def tunes(seed: int, data: Path) -> Iterator[Figure]:
    """Old tunes in ABC notation, the last tenth held out, beside the n-gram model."""
    metrics = remy.LanguageModel(seed=seed).fit("tunes").metrics
    found, beside = (metrics[who]["bits_per_character"] for who in ("model", "baseline"))
    yield Figure("bits per character", found)
    yield Figure("bits as a share of the n-gram model's", found / beside, most=0.75)


def sounds(seed: int, data: Path) -> Iterator[Figure]:
    """Letters to sounds: a random twentieth of 117,493 words; a published small GRU has 0.683."""
    with tempfile.TemporaryDirectory() as folder:
        remy.Translator(seed=seed).fit("pronunciations", out=Path(folder) / "run")
        found = evaluate(Path(folder) / "run", beam=1)
    yield Figure("share of words exactly right, greedy", found["model"]["exact_match"], least=0.62)


def multi30k(seed: int, data: Path) -> Iterator[Figure]:
    """German to English, on the validation part; published GRUs: 28.3 with attention, 13.8 without."""
    folder = data / "multi30k"
    train, valid = ((folder / f"{part}.de.gz", folder / f"{part}.en.gz") for part in ("train", "val"))
    for attention, least in (("additive", 28.0), ("none", -np.inf)):
        model = remy.Translator(lowercase=True, attention=attention, seed=seed).fit(train, valid=valid)
        yield Figure(f"BLEU, attention {attention}", model.metrics["model"]["bleu"], least=least)


def chorales(seed: int, data: Path) -> Iterator[Figure]:
    """JSB Chorales, its own test part; published RNN 8.91, GRU 8.43, LSTM 8.45 (Bai et al. 2018)."""
    for cell, most in (("lstm", 8.35), ("gru", 8.35), ("simple_rnn", 8.95)):
        metrics = remy.PianoRoll(cell=cell, seed=seed).fit(data / "jsb" / "JSB_Chorales.mat").metrics
        yield Figure(f"nats a frame, {cell}", metrics["model"]["nats_per_frame"], most=most)


def icons(seed: int, data: Path) -> Iterator[Figure]:
    """Names of Material Design icons, 5 % held out, beside the most frequent caption."""
    metrics = remy.Captioner(seed=seed).fit("icons").metrics
    frequent, nearest = (one["name"] for one in metrics["baselines"])
    common = metrics["common"]["word_f1"]
    yield Figure("word F1", metrics["model"]["word_f1"])
    yield Figure("word F1 of the most similar picture's caption", metrics["baselines"][1]["word_f1"])
    yield Figure("word F1 where words are common", common["model"])
    yield Figure("word F1 of the most similar picture's caption there", common[nearest])
    yield Figure("times that of the most frequent caption", common["model"] / common[frequent], least=2.0)


def adding(seed: int, data: Path, cells: Sequence[str] = ("gru", "lstm")) -> Iterator[Figure]:
    """The adding problem over 200 steps (Hochreiter & Schmidhuber 1997): always 1 has an MSE of 0.1767."""
    x, y = _adding(10_000, seed)
    unseen, expected = _adding(2_000, seed + 1000)
    for cell in cells:
        model = remy.Regressor(cell=cell, seed=seed, max_time="10m").fit(x, y.tolist())
        yield Figure(f"MSE, {cell}", float(np.mean((model.predict(unseen) - expected) ** 2)), most=0.01)


MEASURES: Final[dict[str, Measure]] = {
    "vowels": vowels,
    "digits": digits,
    "sentiment": sentiment,
    "tags": tags,
    "weather": weather,
    "tunes": tunes,
    "sounds": sounds,
    "multi30k": multi30k,
    "chorales": chorales,
    "icons": icons,
    "adding": adding,
}


def main(words: Sequence[str]) -> int:
    """Measure what `words` name and return the exit status: 1 where a bar is not cleared."""
    parser = argparse.ArgumentParser("python -m benchmarks.quality", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"out of {', '.join(MEASURES)} [all]")
    parser.add_argument("--seeds", type=int, default=3, help="how many [3]")
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="folder of what is not packaged"
    )
    given = parser.parse_args(words)
    unknown = [name for name in given.names if name not in MEASURES]
    if unknown or given.seeds < 1:
        parser.error(f"no data named '{unknown[0]}'" if unknown else "--seeds: expected at least 1")
    missed = False
    for name in given.names or MEASURES:
        began = time.monotonic()
        runs = [list(MEASURES[name](seed, given.data)) for seed in range(given.seeds)]
        each = (time.monotonic() - began) / given.seeds
        for figures in zip(*runs, strict=True):
            text, met = _line(figures)
            print(f"{name}: {text}; {each:.0f} s a seed", flush=True)
            missed |= not met
    return int(missed)


def _line(figures: Sequence[Figure]) -> tuple[str, bool]:
    """Return what is said of a figure over all seeds, and whether its mean clears the bar."""
    first, values = figures[0], [figure.value for figure in figures]
    mean, spread = statistics.fmean(values), statistics.pstdev(values)
    met = first.least <= mean <= first.most
    bounds = {"at least": first.least, "at most": first.most}
    bars = [f"{word} {bound:g}" for word, bound in bounds.items() if np.isfinite(bound)]
    verdict = f" ({' and '.join(bars)}: {'met' if met else 'NOT met'})" if bars else ""
    return f"{first.name} {mean:.4f} ± {spread:.4f}{verdict}", met


def _folds(inputs: Sequence[Any], labels: Sequence[str], seed: int) -> tuple[float, float]:
    """Return the mean accuracy over stratified folds, of the classifier and (texts) of TF-IDF."""
    from sklearn.model_selection import StratifiedKFold

    ours, theirs = [], []
    for learned, held in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(labels, labels):
        train, given = [inputs[k] for k in learned], [labels[k] for k in learned]
        test, expected = [inputs[k] for k in held], [labels[k] for k in held]
        found = remy.Classifier(seed=seed).fit(train, given).predict(test)
        ours.append(np.mean([one == other for one, other in zip(found, expected, strict=True)]))
        if isinstance(train[0], str):
            beside = TfidfLogistic().fit(train, given).predict(test)
            theirs.append(np.mean([one == other for one, other in zip(beside, expected, strict=True)]))
    return float(np.mean(ours)), float(np.mean(theirs)) if theirs else float("nan")


def _adding(
    count: int, seed: int, steps: int = 200
) -> tuple[list[np.ndarray[Any, Any]], np.ndarray[Any, Any]]:
    """Return sequences of a number and a mark at every step, and the sum of the two marked numbers."""
    random = np.random.default_rng(seed)
    values, marks = random.random((count, steps)), np.zeros((count, steps))
    for half in (random.integers(0, steps // 2, count), random.integers(steps // 2, steps, count)):
        marks[np.arange(count), half] = 1.0
    return list(np.stack([values, marks], axis=2).astype(np.float32)), (values * marks).sum(axis=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
