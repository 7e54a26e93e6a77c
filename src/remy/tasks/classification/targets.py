"""What the labels of a file mean to a network: one class, several, or a number."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.errors import DataError, nearest
from remy.tasks.classification.examples import Examples


@dataclass(frozen=True)
class Classes:
    """The labels of a classifier.

    Attributes
    ----------
    labels
        C of them, sorted.
    separator
        What stands between several labels of one record; None where each has one.
    """

    labels: tuple[str, ...]
    separator: str | None = None

    @classmethod
    def of(cls, examples: Examples, separator: str | None) -> Classes:
        """Find the labels of the training data.

        Raises
        ------
        DataError
            If there are fewer than two: nothing to tell apart.
        """
        given = [label for each in examples.labels for label in split_labels(each, separator)]
        found = sorted(set(given))
        if len(found) < (1 if separator is not None else 2):
            what = f"only '{found[0]}'" if found else "no label"
            raise DataError(f"{examples.name}: expected at least two classes to tell apart, got {what}")
        return cls(tuple(found), separator)

    def encode(self, examples: Examples) -> NDArray[Any]:
        """Return the classes' numbers (N,) int64, or with a separator a table (N, C) of 0 and 1, float32.

        Raises
        ------
        DataError
            If a label was not among the training data's, with its place and the nearest one.
        """
        numbers = {label: number for number, label in enumerate(self.labels)}
        single = np.zeros(len(examples), np.int64)
        table = np.zeros((len(examples), len(self.labels) if self.separator is not None else 0), np.float32)
        for row, (label, place) in enumerate(zip(examples.labels, examples.places, strict=True)):
            for each in split_labels(label, self.separator):
                if each not in numbers:
                    hint = nearest(each, self.labels) or f"; known are {', '.join(self.labels[:10])}"
                    raise DataError(f"{place}: the label '{each}' is not one of the training data{hint}")
                if self.separator is None:
                    single[row] = numbers[each]
                else:
                    table[row, numbers[each]] = 1.0
        return single if self.separator is None else table


def split_labels(label: Any, separator: str | None) -> list[str]:
    """Return the labels of one record.

    Examples
    --------
    >>> split_labels("sport | news", "|"), split_labels("sport | news", None)
    (['sport', 'news'], ['sport | news'])
    """
    if label is None:
        return []
    if separator is None:
        return [str(label)]
    parts = label.split(separator) if isinstance(label, str) else label
    return [part.strip() for part in parts if part.strip()]


def balanced_weights(classes: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """Return one weight a class, ``N / (C n_c)``, so that all classes together weigh the same.

    Examples
    --------
    >>> balanced_weights(np.array([0, 0, 0, 1]), 2).tolist()
    [0.6666666865348816, 2.0]
    """
    found = Counter(classes.tolist())
    return np.array([len(classes) / (count * max(1, found[k])) for k in range(count)], np.float32)


def numbers_of(examples: Examples) -> NDArray[np.float64]:
    """Return the labels as numbers, (N,).

    Raises
    ------
    DataError
        If one is no finite number, with its place.
    """
    found = np.empty(len(examples))
    for row, (label, place) in enumerate(zip(examples.labels, examples.places, strict=True)):
        try:
            found[row] = float(label)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            found[row] = math.nan
        if not math.isfinite(found[row]):
            column = examples.columns[1]
            where = f" in column '{column}'" if column is not None else ""
            raise DataError(f"{place}: expected a number to learn{where}, got {label!r}")
    return found


def held_out(
    examples: Examples, share: float, seed: int, *, by_label: bool, separator: str | None = None
) -> tuple[Examples, Examples]:
    """Split examples at random into those that are learned from and those that are held out.

    Parameters
    ----------
    share
        Of those that are learned from.
    by_label
        Whether each label is split by itself, so that rare ones are in both parts. In any case every label of
        a classifier has a record that is learned from.
    separator
        Between several labels of one record.

    Raises
    ------
    DataError
        If there are fewer than two.
    """
    count = len(examples)
    if count < 2:
        raise DataError(f"{examples.name}: 1 record is too little to learn from and to hold out another")
    order = np.random.default_rng(seed).permutation(count)
    if by_label:
        mine: dict[str, list[int]] = {}
        for place in order:
            mine.setdefault(str(examples.labels[place]), []).append(place)
        # A record's place among those of its label, as a share: the first of every label are learned from.
        rank = np.empty(count)
        for places in mine.values():
            rank[places] = (np.arange(len(places)) + 0.5) / len(places)
        order = order[np.argsort(rank[order], kind="stable")]
    cut = min(max(1, round(share * count)), count - 1)
    learned, held = order[:cut].tolist(), order[cut:].tolist()
    if by_label or separator is not None:
        known = {label for place in learned for label in split_labels(examples.labels[place], separator)}
        for place in list(held):
            labels = split_labels(examples.labels[place], separator)
            if len(held) > 1 and not known.issuperset(labels):
                held.remove(place)
                learned.append(place)
                known.update(labels)
    return examples.chosen(np.sort(learned)), examples.chosen(np.sort(held))


def repeated_in(train: Examples, other: Examples) -> int:
    """Return how many texts of `other` are among those of `train` too; 0 for numbers."""
    if not train.are_texts:
        return 0
    known = set(map(str, train.inputs))
    return sum(str(one) in known for one in other.inputs)


def label_counts(labels: Sequence[Any], separator: str | None) -> dict[str, int]:
    """Return how often each label occurs, the most frequent first."""
    counts = Counter(label for each in labels for label in split_labels(each, separator))
    return dict(counts.most_common())
