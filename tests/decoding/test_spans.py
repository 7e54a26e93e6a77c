"""Tags that mark spans: the scheme is seen, the table is the one written by hand, broken tags are read."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.decoding import Span, allowed_transitions, scheme_of, spans
from remy.errors import DataError, UsageError

BIO = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
BIOES = ["O", "B-PER", "I-PER", "E-PER", "S-PER", "S-LOC"]


def encode(found: list[Span], length: int, scheme: str) -> list[str]:
    """Write spans down as tags, straight from the definition of the scheme."""
    tags = ["O"] * length
    for kind, start, stop in found:
        for place in range(start, stop):
            tags[place] = f"{'B' if place == start else 'I'}-{kind}"
        if scheme == "bioes":
            tags[stop - 1] = f"{'S' if stop - start == 1 else 'E'}-{kind}"
    return tags


@pytest.mark.parametrize(
    ("labels", "scheme"),
    [
        (["O", "B-PER", "I-PER"], "bio"),
        (["B-NP", "I-NP", "B-VP"], "bio"),
        (["B-X"], "bio"),
        (BIOES, "bioes"),
        (["O", "B-X", "E-X"], "bioes"),
        (["O", "S-X"], "bioes"),
        (["O", "B-a-b", "I-a-b"], "bio"),
        (["NOUN", "VERB", "O"], None),
        (["O", "B-PER", "I-PER", "NOUN"], None),
        (["O"], None),
        ([], None),
        (["O", "I-PER"], None),  # nothing legal would ever reach I-PER
        (["O", "B-PER", "I-PER", "I-LOC"], None),
        (["O", "S-PER", "E-PER"], None),
        (["O", "B-PER", "L-PER", "U-PER"], None),
        (["B-", "O"], None),
        (["B", "I", "O"], None),
        (["X-1", "Y-2"], None),
    ],
)
def test_the_scheme_is_seen_from_the_names(labels: list[str], scheme: str | None) -> None:
    assert scheme_of(labels) == scheme
    assert scheme_of(reversed(labels)) == scheme


def test_the_table_of_bio_is_the_one_written_by_hand() -> None:
    start, transitions, end = allowed_transitions(BIO, "bio")
    assert start.astype(int).tolist() == [1, 1, 0, 1, 0]
    assert transitions.astype(int).tolist() == [
        # O  B-PER I-PER B-LOC I-LOC   comes after
        [1, 1, 0, 1, 0],  # O
        [1, 1, 1, 1, 0],  # B-PER
        [1, 1, 1, 1, 0],  # I-PER
        [1, 1, 0, 1, 1],  # B-LOC
        [1, 1, 0, 1, 1],  # I-LOC
    ]
    assert end.astype(int).tolist() == [1, 1, 1, 1, 1]


def test_the_table_of_bioes_is_the_one_written_by_hand() -> None:
    start, transitions, end = allowed_transitions(BIOES, "bioes")
    assert start.astype(int).tolist() == [1, 1, 0, 0, 1, 1]
    assert transitions.astype(int).tolist() == [
        # O  B-PER I-PER E-PER S-PER S-LOC   comes after
        [1, 1, 0, 0, 1, 1],  # O
        [0, 0, 1, 1, 0, 0],  # B-PER
        [0, 0, 1, 1, 0, 0],  # I-PER
        [1, 1, 0, 0, 1, 1],  # E-PER
        [1, 1, 0, 0, 1, 1],  # S-PER
        [1, 1, 0, 0, 1, 1],  # S-LOC
    ]
    assert end.astype(int).tolist() == [1, 0, 0, 1, 1, 1]


def test_plain_tags_may_stand_anywhere() -> None:
    start, transitions, end = allowed_transitions(["NOUN", "VERB"], None)
    assert start.all()
    assert transitions.all()
    assert end.all()
    assert (start.shape, transitions.shape, end.shape) == ((2,), (2, 2), (2,))


@pytest.mark.parametrize(("labels", "scheme"), [(BIO, "bio"), (BIOES, "bioes")])
def test_exactly_the_allowed_sequences_say_the_same_when_their_spans_are_written_down(
    labels: list[str], scheme: Any
) -> None:
    start, transitions, end = allowed_transitions(labels, scheme)
    for length in range(1, 5):
        for path in product(range(len(labels)), repeat=length):
            steps = pairwise(path)
            allowed = start[path[0]] and end[path[-1]] and all(transitions[step] for step in steps)
            tags = [labels[number] for number in path]
            assert (encode(spans(tags), length, scheme) == tags) == allowed, tags


@given(
    pieces=st.lists(st.tuples(st.sampled_from(["PER", "LOC", None]), st.integers(1, 4)), max_size=8),
    scheme=st.sampled_from(["bio", "bioes"]),
)
def test_spans_written_down_are_read_back(pieces: list[tuple[str | None, int]], scheme: str) -> None:
    written, place = [], 0
    for kind, length in pieces:
        if kind is not None:
            written.append(Span(kind, place, place + length))
        place += length
    assert spans(encode(written, place, scheme)) == written


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("I-A I-A O", [("A", 0, 2)]),  # a stray I- starts a span
        ("O I-A", [("A", 1, 2)]),
        ("B-A I-B I-B", [("A", 0, 1), ("B", 1, 3)]),  # another type ends it
        ("B-A B-A", [("A", 0, 1), ("A", 1, 2)]),
        ("B-A O I-A", [("A", 0, 1), ("A", 2, 3)]),
        ("B-A I-A", [("A", 0, 2)]),  # the end of the sentence ends it
        ("E-A", [("A", 0, 1)]),
        ("B-A E-A E-A", [("A", 0, 2), ("A", 2, 3)]),
        ("B-A E-A I-A", [("A", 0, 2), ("A", 2, 3)]),
        ("S-A I-A E-A", [("A", 0, 1), ("A", 1, 3)]),
        ("B-A S-A", [("A", 0, 1), ("A", 1, 2)]),
        ("B-A O", [("A", 0, 1)]),  # without its E-
        ("B-A E-B", [("A", 0, 1), ("B", 1, 2)]),
        ("B-a-b I-a-b", [("a-b", 0, 2)]),
        ("O O", []),
        ("", []),
    ],
)
def test_broken_tags_are_read_as_conlleval_reads_them(
    tags: str, expected: list[tuple[str, int, int]]
) -> None:
    assert spans(tags.split()) == expected


@pytest.mark.parametrize("tag", ["NN", "B-", "X-PER", "", "o"])
def test_a_tag_of_another_form_is_named(tag: str) -> None:
    with pytest.raises(DataError) as caught:
        spans(["O", tag])
    assert str(caught.value) == (
        "spans: expected 'O' or a tag such as 'B-PER' with one of the prefixes B, I, E, S, "
        f"got '{tag}' at position 1; plain tags mark no spans."
    )


def test_a_label_outside_the_scheme_is_named() -> None:
    with pytest.raises(DataError) as caught:
        allowed_transitions(["O", "S-PER"], "bio")
    assert str(caught.value) == (
        "allowed_transitions: label 'S-PER' does not belong to the scheme 'bio' (O, B-TYPE, I-TYPE); "
        "pass None for plain tags."
    )


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(UsageError, match="scheme: expected one of bio, bioes, got 'bilou'"):
        allowed_transitions(["O"], "bilou")  # type: ignore[arg-type]


def test_no_labels_give_empty_tables() -> None:
    for scheme in (None, "bio"):
        start, transitions, end = allowed_transitions([], scheme)  # type: ignore[arg-type]
        assert [array.shape for array in (start, transitions, end)] == [(0,), (0, 0), (0,)]
        assert {array.dtype for array in (start, transitions, end)} == {np.dtype(bool)}
