"""The data of a captioner: what is learned from, what the best model is chosen on, what it is scored on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.config.captioner import CaptionerConfig, CaptionsConfig
from remy.data.pieces import PieceTokenizer
from remy.errors import DataError
from remy.tasks.captioning.corpus import Corpus
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
    tokenizer
        Of the captions.
    """

    config: CaptionsConfig
    train: Corpus
    valid: Corpus
    test: Corpus
    tokenizer: PieceTokenizer

    @cached_property
    def learned(self) -> tuple[Ints, list[Ints]]:
        """What is learned from: of which picture each caption is, and its pieces; none that is too long."""
        most = self.config.max_length
        written = self.tokenizer.encode(self.train.captions)
        kept = [place for place, ids in enumerate(written) if len(ids) <= most + 1]
        if not kept:
            raise DataError(
                f"{self.train.name}: every caption is longer than {most} pieces; raise it with "
                f"--set data.max_length={2 * most}."
            )
        return self.train.rows[kept], [written[place] for place in kept]

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
            "captions": self.tokenizer.sha256,
        }

    def notes(self) -> tuple[str, ...]:
        """Return what a person should know of the data before training on them."""
        what = "vectors" if self.train.are_vectors else "pictures"
        notes = list(self.train.notes)
        notes.append(
            f"{len(self.train):,} {what} with {len(self.train.captions):,} captions to learn from, "
            f"{len(self.valid):,} to choose the best model on and {len(self.test):,} to score it on"
        )
        notes.append(f"captions in {len(self.tokenizer):,} {self.tokenizer.pieces}")
        long = len(self.train.captions) - len(self.learned[1])
        if long:
            notes.append(
                f"{long:,} captions are longer than {self.config.max_length} pieces and are not learned from "
                "(--set data.max_length=...)"
            )
        return tuple(notes)


def cut_corpus(
    config: CaptionerConfig, whole: Corpus, valid: Corpus | None, test: Corpus | None
) -> tuple[Corpus, Corpus, Corpus]:
    """Return what is learned from, chosen on and scored on; no picture, and none like it, is in two of them.

    Raises
    ------
    DataError
        If there are too few pictures to hold some out, or the parts' have other shapes.
    """
    for held in (valid, test):
        if held is not None and (
            held.values.shape[1:] != whole.values.shape[1:] or held.values.dtype != whole.values.dtype
        ):
            raise DataError(
                f"{held.name}: expected pictures or vectors of shape {whole.values.shape[1:]} as "
                f"{whole.name} has, got {held.values.shape[1:]}."
            )
    return cut_three(config.data, whole, valid, test, keys=lambda corpus: corpus.keys, seed=config.train.seed)
