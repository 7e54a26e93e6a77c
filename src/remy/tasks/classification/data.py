"""The parts of the data of a classifier or regressor, encoded for its network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.config import ClassifierConfig, RegressorConfig
from remy.data.standardizer import Standardizer
from remy.data.tokenizer import Tokenizer
from remy.errors import DataError
from remy.tasks.classification.examples import Examples
from remy.tasks.classification.targets import Classes, held_out, label_counts, numbers_of

AnyConfig = ClassifierConfig | RegressorConfig
Encoder = Tokenizer | Standardizer


def fit_encoder(config: AnyConfig, train: Examples) -> Encoder:
    """Return what turns sequences like those of `train` into what a network reads.

    Raises
    ------
    DataError
        If numeric sequences differ in their number of features.
    """
    data = config.data
    if train.are_texts:
        return Tokenizer.fit(
            map(str, train.inputs),
            tokens=data.tokens,
            vocabulary=data.vocabulary,
            min_count=data.min_count,
            lowercase=data.lowercase,
        )
    widths = {np.shape(one)[1] for one in train.inputs}
    if len(widths) > 1:
        raise DataError(f"{train.name}: expected as many features in every sequence, got {sorted(widths)}")
    return Standardizer.fit([np.asarray(one) for one in train.inputs])


def encode(encoder: Encoder, examples: Examples, max_length: int | None) -> list[NDArray[Any]]:
    """Return what a network reads of each sequence.

    Raises
    ------
    DataError
        If one cannot be read, with its place.
    """
    if isinstance(encoder, Tokenizer):
        return list(encoder.encode([str(one) for one in examples.inputs], max_length=max_length))
    found: list[NDArray[Any]] = []
    for one, place in zip(examples.inputs, examples.places, strict=True):
        try:
            found += encoder.encode([np.asarray(one)], max_length=max_length)
        except DataError as error:
            raise DataError(
                f"{place}: {str(error).removeprefix('encode: ').replace(' at place 0', '')}"
            ) from None
    return found


def split_at_random(config: AnyConfig, examples: Examples) -> tuple[Examples, Examples]:
    """Return what `config` learns from and what it holds out, where nothing else is given to validate on.

    Raises
    ------
    DataError
        If there are fewer than two records.
    """
    classifies = isinstance(config, ClassifierConfig)
    separator = config.data.separator if classifies else None
    by_label = classifies and separator is None
    return held_out(examples, config.data.split, config.train.seed, by_label=by_label, separator=separator)


@dataclass(frozen=True)
class Parts:
    """What is learned from, what the best model is chosen on, and what it is scored on in the end.

    Attributes
    ----------
    config
        Which encoding is wanted.
    train, valid
        Learned from, and held out.
    test
        Scored on in the end; None for `valid`.
    valid_name
        Of the held-out part, for people.
    encoder
        From sequences to what the network reads.
    """

    config: AnyConfig
    train: Examples
    valid: Examples
    test: Examples | None
    valid_name: str
    encoder: Encoder

    @property
    def scored(self) -> Examples:
        """What the model is scored on in the end."""
        return self.test if self.test is not None else self.valid

    @property
    def scored_name(self) -> str:
        """Its name, for people."""
        return self.test.name if self.test is not None else self.valid_name

    @cached_property
    def classes(self) -> Classes | None:
        """The labels; None for a regressor."""
        if isinstance(self.config, RegressorConfig):
            return None
        return Classes.of(self.train, self.config.data.separator)

    @cached_property
    def scale(self) -> tuple[float, float]:
        """Mean and standard deviation of a regressor's numbers; 0 and 1 of a classifier's classes."""
        if self.classes is not None:
            return 0.0, 1.0
        numbers = numbers_of(self.train)
        return float(numbers.mean()), float(numbers.std()) or 1.0

    def encoded(self, examples: Examples) -> list[NDArray[Any]]:
        """Return what the network reads of each sequence."""
        return encode(self.encoder, examples, self.config.data.max_length)

    @cached_property
    def learned(self) -> list[NDArray[Any]]:
        """What the network reads of the training part."""
        return self.encoded(self.train)

    def targets(self, examples: Examples) -> NDArray[Any]:
        """Return what the network is to answer: classes (N,) or (N, C), or scaled numbers (N,) float32."""
        if self.classes is not None:
            return self.classes.encode(examples)
        mean, deviation = self.scale
        return ((numbers_of(examples) - mean) / deviation).astype(np.float32)

    def record(self) -> dict[str, Any]:
        """Describe the data for the model file and ``metrics.json``."""
        record: dict[str, Any] = {
            "name": self.train.name,
            "sha256": self.train.sha256,
            "valid": self.valid_name,
            "train_records": len(self.train),
            "valid_records": len(self.valid),
        }
        if self.test is not None:
            record |= {"test": self.test.name, "test_records": len(self.test)}
        if self.classes is not None:
            record["train_labels"] = label_counts(self.train.labels, self.classes.separator)
        return record

    def fingerprint(self) -> dict[str, str]:
        """Return hashes of the parts."""
        return {"train": self.train.sha256, "valid": self.valid.sha256, "encoder": self.encoder.sha256}

    def notes(self) -> Sequence[str]:
        """Return what a person should know of the data before training on them."""
        notes = [*self.train.notes]
        if self.classes is not None:
            counts = label_counts(self.train.labels, self.classes.separator)
            shown = ", ".join(f"{name} {count}" for name, count in list(counts.items())[:10])
            more = f" and {len(counts) - 10} more" if len(counts) > 10 else ""
            notes.append(
                f"{len(self.train)} records to learn from ({shown}{more}), {len(self.valid)} held out"
            )
        limit = self.config.data.max_length
        if isinstance(self.encoder, Tokenizer):
            texts = [str(one) for one in self.train.inputs]
            # A token has at least one character, so only long texts have to be cut to be counted.
            long = sum(len(self.encoder.cut(text)) > limit for text in texts if len(text) > limit)
            what = "tokens"
        else:
            long, what = sum(len(one) > limit for one in self.train.inputs), "steps"
        if long:
            notes.append(
                f"{long} of the sequences are longer than {limit} {what}; only their beginning is read "
                f"(--set data.max_length={limit})"
            )
        return notes
