"""The data of a translator: what is learned from, what the best model is chosen on, what it is scored on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.config.translator import PairsConfig
from remy.data.pieces import PieceTokenizer
from remy.errors import DataError
from remy.tasks.translation.corpus import Corpus
from remy.tasks.writing.held_out import cut_three

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """The data of a training run.

    Attributes
    ----------
    config
        How they are read.
    train, valid, test
        Learned from, chosen on, scored on.
    source, target
        Tokenizers of both sides.
    """

    config: PairsConfig
    train: Corpus
    valid: Corpus
    test: Corpus
    source: PieceTokenizer
    target: PieceTokenizer

    @cached_property
    def learned(self) -> tuple[list[Ints], list[Ints]]:
        """What is learned from as numbers, both sides; without pairs that are too long."""
        most = self.config.max_length
        sources, targets = self.source.encode(self.train.sources), self.target.encode(self.train.targets)
        pairs = zip(sources, targets, strict=True)
        kept = [pair for pair in pairs if max(map(len, pair)) <= most + 1]
        if not kept:
            raise DataError(
                f"{self.train.name}: every pair is longer than {most} pieces; raise it with "
                f"--set data.max_length={2 * most}."
            )
        return [pair[0] for pair in kept], [pair[1] for pair in kept]

    def record(self) -> dict[str, Any]:
        """Describe the data for the model file and ``metrics.json``."""
        return {
            "name": self.train.name,
            "sha256": self.train.sha256,
            "valid": self.valid.name,
            "test": self.test.name,
            "train_records": len(self.train),
            "valid_records": len(self.valid),
            "test_records": len(self.test),
            "columns": list(self.train.columns),
        }

    def fingerprint(self) -> dict[str, str]:
        """Return hashes of the parts."""
        return {
            "train": self.train.sha256,
            "valid": self.valid.sha256,
            "test": self.test.sha256,
            "source": self.source.sha256,
            "target": self.target.sha256,
        }

    def notes(self) -> tuple[str, ...]:
        """Return what a person should know of the data before training on them."""
        notes = list(self.train.notes)
        notes.append(
            f"{len(self.train):,} pairs to learn from, {len(self.valid):,} to choose the best model on and "
            f"{len(self.test):,} to score it on"
        )
        notes.append(
            f"sources in {len(self.source):,} {self.source.pieces}, targets in {len(self.target):,} "
            f"{self.target.pieces}"
        )
        long = len(self.train) - len(self.learned[0])
        if long:
            notes.append(
                f"{long:,} pairs are longer than {self.config.max_length} pieces and are not learned from "
                "(--set data.max_length=...)"
            )
        return tuple(notes)


def cut_corpus(
    config: PairsConfig, whole: Corpus, valid: Corpus | None, test: Corpus | None, *, seed: int
) -> tuple[Corpus, Corpus, Corpus]:
    """Return what is learned from, chosen on and scored on.

    Where `valid` is given all of `whole` is learned from, and without `test` it is scored on too.

    Raises
    ------
    DataError
        If there are too few pairs to hold some out.
    """
    return cut_three(config, whole, valid, test, keys=lambda corpus: corpus.sources, seed=seed)
