"""What a file is taken for, and why."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from remy.data import guess_kind
from remy.errors import DataError

SENTENCES = "Time NOUN\nflies VERB\n\nlike ADP\nan DET\narrow NOUN\n\n"
ID_LINE = "1\tTime\ttime\tNOUN\tNN\t_\t0\troot\t_\t_\n"


@pytest.mark.parametrize(
    ("name", "text", "kind", "reason"),
    [
        ("a.conllu", ID_LINE, "conll", "the ending .conllu"),
        ("a.ts", "", "sequences", "the ending .ts"),
        ("a.npz", "", "sequences", "the ending .npz"),
        ("a.csv", "id,text,label\n1,one,x\n", "text", ".csv with a text column 'text'"),
        ("a.tsv", "review\tdate\tstars\none\t2012-01-01\t5\n", "text", ".tsv with a text column 'review'"),
        (
            "a.csv",
            "date,rain,sky\n2012-01-01,1,sun\n",
            "series",
            ".csv with a time column 'date' and numbers",
        ),
        (
            "a.jsonl",
            '{"when": "2012/01/01 10:00", "x": 1}\n',
            "series",
            ".jsonl with a time column 'when' and numbers",
        ),
        ("a.csv", "time,x\n1,2\n2,3\n", "series", ".csv with a time column 'time' and numbers"),
        (
            "a.csv",
            "Loved this place.,1\nNo.,0\n",
            "text",
            ".csv with two columns, the text 'column_1' and the label 'column_2'",
        ),
        ("a.txt", SENTENCES, "conll", "lines of a word and its tag, with empty lines between sentences"),
        ("a.txt", ID_LINE + "\n" + ID_LINE, "conll", "lines of a word and its tag, with empty lines"),
        ("a.txt", f"-DOCSTART- -X- O O\n\n{SENTENCES}", "conll", "lines of a word and its tag"),
        (
            "a.txt",
            "Loved this place.\t1\nNo.\t0\n",
            "text",
            "text between tabs with two columns, the text 'column_1' and the label",
        ),
        ("a.txt", "To be\nor not\nto be\n", "plain", ".txt text that is no table"),
        ("a.txt", "To be, or not to be:\n\nthat is\n", "plain", ".txt text that is no table"),
        ("notes", "one line\n", "plain", "no ending, text that is no table"),
    ],
)
def test_the_ending_and_the_first_rows_tell(
    tmp_path: Path, name: str, text: str, kind: str, reason: str
) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    for path in (tmp_path / name, tmp_path / f"{name}.gz"):
        guess = guess_kind(path)
        assert guess.kind == kind
        assert guess.reason.startswith(reason)


def test_columns_that_leave_it_open_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b,c\nu,v,w\n")
    with pytest.raises(DataError) as caught:
        guess_kind(path)
    assert str(caught.value) == (
        f"{path}: cannot tell what the columns a, b, c are; name the text and the label, or the time and the "
        "target."
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.csv: no such file"):
        guess_kind(tmp_path / "a.csv")
    with pytest.raises(DataError, match=r"a\.txt: no such file"):
        guess_kind(tmp_path / "a.txt")
