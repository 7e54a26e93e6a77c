"""Sequences and labels from files, data sets and Python."""

from pathlib import Path

import numpy as np
import pytest

from remy.config.classifier import RecordsConfig
from remy.errors import DataError
from remy.tasks.classification.examples import from_python, read_examples
from remy.tasks.classification.targets import Classes, numbers_of, split_labels
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
    with pytest.raises(
        DataError, match="got what looks like series; name the columns"
    ):
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


@pytest.mark.parametrize("label", ["many", "nan", "inf", "", None])
def test_a_number_must_be_one(label: object) -> None:
    with pytest.raises(DataError, match=r"data\[1\]: expected a number to learn"):
        numbers_of(from_python(["a", "b"], ["1.5", label]))
