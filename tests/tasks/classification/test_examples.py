"""Sequences and labels from files, data sets and Python."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remy.config.classifier import RecordsConfig
from remy.errors import DataError, UsageError
from remy.tasks.classification.examples import from_python, read_examples
from remy.tasks.classification.targets import Classes, held_out, numbers_of, split_labels
from remy.tasks.locations import find_file


def test_every_change_of_the_data_changes_their_hash() -> None:
    hashes = {
        from_python(inputs, labels).sha256
        for inputs, labels in (
            (["ab", "c"], ["x", "y"]),
            (["a", "bc"], ["x", "y"]),
            (["ab", "c"], ["x", "z"]),
            (["c", "ab"], ["x", "y"]),
            ([np.zeros((2, 1)), np.ones((1, 1))], ["x", "y"]),
            ([np.zeros((2, 1)), np.ones((2, 1))], ["x", "y"]),
        )
    }
    assert len(hashes) == 6


def test_columns_that_are_named_are_read_and_dropped_records_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,body,kind\n1,one,x\n2,,y\n3,three,y\n", encoding="utf-8")
    found = read_examples(str(path), RecordsConfig(text="body", label="kind"))
    assert (found.inputs, found.labels) == (["one", "three"], ["x", "y"])
    assert [place.rpartition(":")[2] for place in found.places] == ["2", "4"]
    assert "2 records kept; 1 dropped: 1 with an empty text" in found.notes


def test_arrays_without_labels_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((3, 4, 2)))
    with pytest.raises(DataError, match="has no labels; give them as the array y"):
        read_examples(str(tmp_path / "a.npy"), RecordsConfig())


def test_running_text_and_series_are_no_records(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("date,rain\n2020-01-01,1\n2020-01-02,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="got what looks like series; name the columns"):
        read_examples(str(tmp_path / "a.csv"), RecordsConfig())


@pytest.mark.parametrize(
    ("location", "message"),
    [("vowel", "did you mean 'vowels'"), ("digits:test", "has no test part"), ("a/b", "a/b")],
)
def test_a_place_that_is_not_there_is_named(location: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_examples(find_file(location), RecordsConfig())


def test_classes_are_numbered_in_order_and_several_are_a_row_of_zeros_and_ones() -> None:
    examples = from_python(["a", "b", "c"], ["y", "x", "y"])
    classes = Classes.of(examples, None)
    assert classes.labels == ("x", "y")
    assert classes.encode(examples).tolist() == [1, 0, 1]
    several = from_python(["a", "b", "c"], ["x|y", "", "z"])
    assert Classes.of(several, "|").encode(several).tolist() == [[1, 1, 0], [0, 0, 0], [0, 0, 1]]
    assert split_labels(("x", "y"), "|") == ["x", "y"]


def test_labels_of_numpy_sets_and_lists_are_read_as_words() -> None:
    assert from_python(["a", "b"], np.array([1, 0])).labels == ["1", "0"]
    assert from_python(["a", "b"], [{"y", "x"}, []]).labels == [("x", "y"), ()]
    assert from_python(["a"], [np.float64(1600000000.5)]).labels == ["1600000000.5"]


@pytest.mark.parametrize(
    ("inputs", "labels", "message"),
    [
        ("abc", ["x"], "a list, got a text"),
        ([1, 2], ["x", "y"], r"data\[0\]: expected numbers of shape \(T, F\) or \(T,\).* got \(\)"),
        ([["a", "b"]], ["x"], r"data\[0\]: expected a text or numbers, got list"),
        ([np.zeros((0, 2))], ["x"], "T at least 1"),
        (["a", "b"], ["x", None], r"data\[1\]: expected a label, got None"),
    ],
)
def test_python_data_that_cannot_be_used_are_named(inputs: Any, labels: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        from_python(inputs, labels)


def test_every_label_of_several_has_a_record_to_learn_from() -> None:
    texts = [f"text {number}" for number in range(60)]
    labels = [("common", f"rare{number}") if number % 6 == 0 else ("common",) for number in range(60)]
    learned, held = held_out(from_python(texts, labels), 0.5, 3, by_label=False, separator="|")
    assert sorted([*learned.inputs, *held.inputs]) == sorted(texts)
    known = {label for each in learned.labels for label in split_labels(each, "|")}
    assert {label for each in held.labels for label in split_labels(each, "|")} <= known


def test_a_label_of_one_record_is_learned_from_whatever_the_share() -> None:
    examples = from_python([str(number) for number in range(41)], ["x"] * 40 + ["rare"])
    learned, held = held_out(examples, 0.4, 0, by_label=True)
    assert "rare" in learned.labels
    assert "rare" not in held.labels


@pytest.mark.parametrize("label", ["many", "nan", "inf", ""])
def test_a_number_must_be_one(label: str) -> None:
    with pytest.raises(DataError, match=r"data\[1\]: expected a number to learn"):
        numbers_of(from_python(["a", "b"], ["1.5", label]))
