"""The most frequent label is predicted, and its share known."""

import numpy as np
import pytest

from remy.baselines import MajorityClass
from remy.errors import DataError, UsageError


def test_the_most_frequent_label_is_predicted_for_everything() -> None:
    model = MajorityClass().fit(["no", "yes", "yes", "no", "yes"])
    assert model.predict(3) == ["yes", "yes", "yes"]
    assert model.predict(0) == []


def test_the_probabilities_are_the_shares_in_the_order_of_the_labels() -> None:
    model = MajorityClass().fit(["no", "yes", "yes", "maybe"])
    assert model.labels == ("maybe", "no", "yes")
    assert model.probabilities.tolist() == [0.25, 0.25, 0.5]


@pytest.mark.parametrize("labels", [["b", "a", "a", "b"], ["a", "b", "b", "a"]])
def test_of_equally_frequent_labels_the_first_when_sorted_is_taken(labels: list[str]) -> None:
    assert MajorityClass().fit(labels).predict(1) == ["a"]


def test_labels_may_be_numbers_and_come_back_plain() -> None:
    model = MajorityClass().fit(np.array([4, 2, 4]))
    assert model.predict(1) == [4]
    assert type(model.predict(1)[0]) is int


def test_no_labels_and_no_fit_are_refused() -> None:
    with pytest.raises(DataError, match=r"MajorityClass\.fit: expected at least one label, got none"):
        MajorityClass().fit([])
    with pytest.raises(UsageError, match="MajorityClass: call fit first"):
        MajorityClass().predict(1)
