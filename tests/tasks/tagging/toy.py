"""Tagged sentences that can be learned in a second, made by a tiny grammar, and the options for it."""

from __future__ import annotations

import random
from typing import Any

from remy import config as configuration
from remy.config import TaggerConfig
from remy.tasks.tagging.corpus import GIVEN, Corpus

Pairs = tuple[list[list[str]], list[list[str]]]

STEMS = ("fish", "run", "walk", "play", "cook", "dream", "jump", "sail")
NAMES = ("Anna", "Bert", "Carla", "Dora")
PLACES = ("Oslo", "Rome", "New York", "Rio de Janeiro")

#: A network of a few units, for a second of training.
SMALL: dict[str, Any] = {
    "model.embedding": 12,
    "model.character_embedding": 6,
    "model.character_units": 8,
    "model.units": 12,
    "model.layers": 1,
    "model.dropout": 0.1,
    "train.batch_size": 8,
    "train.lr": 0.02,
    "train.epochs": 6,
    "train.threads": 1,
    "train.checkpoint_seconds": 1e9,
}


def config(**changes: Any) -> TaggerConfig:
    """The small network; `changes` have ``__`` for the dot: ``train__lr=0.1``."""
    values = SMALL | {key.replace("__", "."): value for key, value in changes.items()}
    return configuration.override(TaggerConfig(), values)


def words(count: int = 120, seed: int = 0) -> Pairs:
    """Plain tags: a stem is a noun after an article, else a verb; endings and capitals say the others."""
    generator = random.Random(seed)
    sentences, tags = [], []
    for _ in range(count):
        pairs = [(generator.choice(("the", "a")), "DET"), (generator.choice(STEMS), "NOUN")]
        if generator.random() < 0.5:
            pairs = [(generator.choice(NAMES), "NAME")]
        pairs += [(generator.choice(STEMS), "VERB"), (generator.choice(STEMS) + "ly", "ADV")]
        if generator.random() < 0.5:
            pairs += [("and", "CONJ"), (generator.choice(STEMS), "VERB")]
        sentences.append([word for word, _ in pairs])
        tags.append([tag for _, tag in pairs])
    return sentences, tags


def spans(count: int = 120, seed: int = 0, *, scheme: str = "bio") -> Pairs:
    """Tags that mark spans: names and places of one to three words."""
    generator = random.Random(seed)
    sentences, tags = [], []
    for _ in range(count):
        parts = [(generator.choice(NAMES), "PER"), ("lives in", "O"), (generator.choice(PLACES), "LOC")]
        if generator.random() < 0.5:
            parts = [("today", "O"), *parts]
        sentence: list[str] = []
        marks: list[str] = []
        for text, kind in parts:
            span = text.split()
            sentence += span
            marks += ["O"] * len(span) if kind == "O" else _marks(len(span), kind, scheme)
        sentences.append(sentence)
        tags.append(marks)
    return sentences, tags


def corpus(pairs: Pairs) -> Corpus:
    """As a corpus from Python."""
    return Corpus(GIVEN, *pairs)


def conllu(pairs: Pairs) -> str:
    """As the text of a CoNLL-U file, with a comment before each sentence and something in every column."""
    text = ""
    for number, (sentence, tags) in enumerate(zip(*pairs, strict=True), start=1):
        text += f"# sent_id = {number}\n"
        for place, (word, tag) in enumerate(zip(sentence, tags, strict=True), start=1):
            text += f"{place}\t{word}\t{word.lower()}\t{tag}\tX{tag}\tA=b\t0\troot\t_\tSpaceAfter=No\n"
        text += "\n"
    return text


def _marks(length: int, kind: str, scheme: str) -> list[str]:
    if scheme == "bio":
        return [f"B-{kind}"] + [f"I-{kind}"] * (length - 1)
    if length == 1:
        return [f"S-{kind}"]
    return [f"B-{kind}", *[f"I-{kind}"] * (length - 2), f"E-{kind}"]
