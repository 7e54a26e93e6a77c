"""CoNLL: words are words and nothing else, and every file is written back as it was."""

from __future__ import annotations

import gzip
import io
import os
import sys
import threading
from pathlib import Path

import pytest

from remy.data import read_conll, read_words, write_conll
from remy.data.conll import SentenceReading
from remy.errors import DataError, UsageError

CONLLU = (
    "# newdoc id = one\n"
    "# sent_id = 1\n"
    "# text = Don't sue Microsoft and Apple.\n"
    "1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n"
    "1\tDo\tdo\tAUX\tVB\tMood=Imp\t3\taux\t3:aux\t_\n"
    "2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t3:advmod\t_\n"
    "3\tsue\tsue\tVERB\tVB\tMood=Imp\t0\troot\t0:root\t_\n"
    "4\t#1\t#1\tPROPN\tNNP\t_\t3\tobj\t3:obj\t_\n"
    "4.1\tand\tand\tCCONJ\tCC\t_\t_\t_\t3:cc\t_\n"
    "\n"
    "# sent_id = 2\n"
    "1\tNew York\tNew York\tPROPN\tNNP\t_\t0\troot\t0:root\t_\n"
    "\n"
)


def write(folder: Path, text: str, name: str = "a.conllu") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def written(reading: SentenceReading) -> str:
    """Write all sentences with the tags they have."""
    sentences = [write_conll(sentence, sentence.tags or ()) for sentence in reading]
    return "".join([*sentences, *reading.rest])


def test_only_words_are_words(tmp_path: Path) -> None:
    first, second = read_conll(write(tmp_path, CONLLU))
    assert first.words == ("Do", "n't", "sue", "#1")
    assert first.tags == ("AUX", "PART", "VERB", "PROPN")
    assert first.place.line == 5
    assert second.words == ("New York",)
    assert second.place.line == 12


@pytest.mark.parametrize(
    ("tag", "tags"),
    [
        (None, ("AUX", "PART", "VERB", "PROPN")),
        ("xpos", ("VB", "RB", "VB", "NNP")),
        ("XPOS", ("VB", "RB", "VB", "NNP")),
        ("lemma", ("do", "not", "sue", "#1")),
        ("deprel", ("aux", "advmod", "root", "obj")),
        ("feats", ("Mood=Imp", "_", "Mood=Imp", "_")),
        ("5", ("VB", "RB", "VB", "NNP")),
    ],
)
def test_the_column_that_is_tagged_can_be_chosen(
    tmp_path: Path, tag: str | None, tags: tuple[str, ...]
) -> None:
    reading = read_conll(write(tmp_path, CONLLU), tag=tag)
    assert next(iter(reading)).tags == tags
    assert reading.notes == (["the tag is upos"] if tag is None else [])


VARIANTS = {
    "plain": CONLLU,
    "many empty lines": CONLLU.replace("\n\n", "\n\n \n\n"),
    "empty lines first": "\n\n" + CONLLU,
    "no empty line last": CONLLU.removesuffix("\n"),
    "no line end last": CONLLU.removesuffix("\n\n"),
    "comment last": CONLLU + "# the end\n",
    "returns": CONLLU.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("tag", ["upos", "deprel", "feats"])
def test_a_file_is_written_back_byte_for_byte(tmp_path: Path, name: str, tag: str) -> None:
    text = VARIANTS[name]
    reading = read_conll(write(tmp_path, text), tag=tag)
    assert written(reading) == text
    assert reading.kept == 2
    (tmp_path / "b.conllu.gz").write_bytes(gzip.compress(("\ufeff" + text).encode()))
    packed = read_conll(tmp_path / "b.conllu.gz", tag=tag)
    assert written(packed) == text


def test_new_tags_change_their_column_and_nothing_else(tmp_path: Path) -> None:
    first, second = read_conll(write(tmp_path, CONLLU), labelled=False)
    assert first.tags is None
    found = write_conll(first, ["A", "B", "C", "D"]) + write_conll(second, ["E"])
    expected = CONLLU
    for old, new in (("AUX", "A"), ("PART", "B"), ("VERB", "C"), ("PROPN\tNNP\t_\t3", "D\tNNP\t_\t3")):
        expected = expected.replace(f"\t{old}\t", f"\t{new}\t", 1)
    expected = expected.replace("New York\tPROPN", "New York\tE")
    assert found == expected


COLUMNS = {
    "spaces": ("-DOCSTART- -X- O\n\nEU NNP B-ORG\nrejects VBZ O\n\n\n. . O\n", 3),
    "tabs": ("EU\tNNP\tB-ORG\nrejects  it\tVBZ\tO\n\n.\t.\tO\n\n", 3),
    "two": ("# id 1\nEU B-ORG\nrejects O\n\n# O\n. O\n", 2),
    "uneven spaces": ("EU   B-ORG \nrejects\t O\n\n .  O\n", 2),
}


@pytest.mark.parametrize("name", ["spaces", "tabs", "two"])
def test_of_plain_columns_the_first_is_the_word_and_the_last_the_tag(tmp_path: Path, name: str) -> None:
    text, width = COLUMNS[name]
    reading = read_conll(write(tmp_path, text, "a.conll"))
    first, second = list(reading)
    assert first.words[0] == "EU"
    assert len(first.words) == 2
    assert first.tags == ("B-ORG", "O")
    assert second.words == (("#", ".") if name == "two" else (".",))
    assert reading.tag == str(width)
    assert reading.notes == [f"the tag is column {width}"]
    assert written(read_conll(write(tmp_path, text, "a.conll"))) == text


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_uneven_spaces_are_kept(tmp_path: Path, line_end: str) -> None:
    text = "EU   B-ORG \nrejects   O\n\n .  O\n".replace("\n", line_end)
    reading = read_conll(write(tmp_path, text, "a.txt"))
    assert written(reading) == text
    assert [sentence.words for sentence in reading] == [("EU", "rejects"), (".",)]


def test_a_column_can_be_named_by_its_number(tmp_path: Path) -> None:
    path = write(tmp_path, COLUMNS["spaces"][0], "a.conll")
    assert next(iter(read_conll(path, tag="2"))).tags == ("NNP", "VBZ")
    for tag in ("1", "4", "upos"):
        with pytest.raises(
            UsageError, match=f"has 3 columns, the word first; expected a number from 2 to 3, got '{tag}'"
        ):
            read_conll(path, tag=tag)
    sentence = next(iter(read_conll(path, tag="4", labelled=False)))
    assert write_conll(sentence, ["x", "y"]).endswith("EU NNP B-ORG x\nrejects VBZ O y\n\n")


def test_a_column_of_words_takes_a_new_column_of_tags(tmp_path: Path) -> None:
    path = write(tmp_path, "EU\nrejects\n\n.\n", "a.conll")
    first, second = read_conll(path, labelled=False)
    assert write_conll(first, ["A", "B"]) + write_conll(second, ["C"]) == "EU\tA\nrejects\tB\n\n.\tC\n"
    with pytest.raises(DataError, match="expected a word and a tag in each line, got only one column"):
        read_conll(path)


def test_ten_columns_with_ids_are_conllu_whatever_the_name(tmp_path: Path) -> None:
    assert read_conll(write(tmp_path, CONLLU, "train.txt")).format == "conllu"
    assert read_conll(write(tmp_path, COLUMNS["tabs"][0], "a.txt")).format == "columns"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("3\tsue", "expected 10 columns between tabs, got 2."),
        ("3 sue sue VERB VB _ 0 root 0:root _", "expected 10 columns between tabs, got 1."),
        ("3\tsue\tsue\tVERB\tVB\t_\t0\troot\t0:root\t_\t_", "expected 10 columns between tabs, got 11."),
        ("x\tsue\tsue\tVERB\tVB\t_\t0\troot\t_\t_", "expected an id such as 3, 3-4 or 3.1, got 'x'."),
        ("4\tsue\tsue\tVERB\tVB\t_\t0\troot\t_\t_", "expected id 3, got 4."),
        (
            "1\tsue\tsue\tVERB\tVB\t_\t0\troot\t_\t_",
            "expected id 3, got 1 (an empty line ends a sentence).",
        ),
        ("3\t\tsue\tVERB\tVB\t_\t0\troot\t_\t_", "expected a word in column 2, got an empty one."),
    ],
)
def test_a_malformed_line_of_conllu_is_named(tmp_path: Path, line: str, message: str) -> None:
    lines = CONLLU.split("\n")
    lines[6] = line
    path = write(tmp_path, "\n".join(lines))
    with pytest.raises(DataError) as caught:
        list(read_conll(path))
    assert str(caught.value) == f"{path}:7: {message}"


def test_a_malformed_line_of_columns_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "EU B-ORG\nrejects O\n\nGerman\n", "a.conll")
    with pytest.raises(DataError, match=r"a\.conll:4: expected 2 columns between spaces, got 1\.$"):
        list(read_conll(path))
    path = write(tmp_path, "EU B-ORG\n# a remark\nrejects O\n\n", "a.conll")
    with pytest.raises(DataError, match=r"a\.conll:2: expected 2 columns between spaces, got 3\.$"):
        list(read_conll(path))
    path = write(tmp_path, "EU\tB-ORG\nrejects\tO\tO\n\n", "a.conll")
    with pytest.raises(DataError, match=r"a\.conll:2: expected 2 columns between tabs, got 3\.$"):
        list(read_conll(path))


def test_a_tag_that_conllu_has_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_conll(write(tmp_path, CONLLU), tag="xpso")
    assert str(caught.value) == (
        "tag: expected one of upos, xpos, lemma, deprel, feats, got 'xpso'; did you mean 'xpos'?"
    )
    with pytest.raises(UsageError, match="got '7'"):
        read_conll(write(tmp_path, CONLLU), tag="7")


def test_a_file_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there are no words, only empty lines and comments"):
        read_conll(write(tmp_path, "# nothing\n\n"))


def test_sentences_with_an_untagged_word_are_dropped_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path, CONLLU.replace("\tVERB\t", "\t_\t"))
    reading = read_conll(path)
    assert [sentence.words for sentence in reading] == [("New York",)]
    assert reading.dropped == {"with an untagged word": 1}
    assert len(list(read_conll(path, labelled=False))) == 2
    columns = read_conll(write(tmp_path, "EU\t\nrejects\tO\n\n.\t_\n", "a.conll"))
    assert [sentence.tags for sentence in columns] == [("_",)]


def test_tags_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    sentence = next(iter(read_conll(write(tmp_path, CONLLU))))
    with pytest.raises(UsageError, match="expected 4 tags, one for each word, got 3"):
        write_conll(sentence, ["A", "B", "C"])
    for tag in ("", "A B", "A\n", "A\t"):
        with pytest.raises(UsageError, match="expected tags without white space"):
            write_conll(sentence, ["A", "B", "C", tag])


def test_words_of_plain_text_become_lines_with_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    data = "\ufeffTime  flies .\r\n\r\n like\tan arrow\n".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    first, second = read_words("-")
    assert (first.words, first.tags, str(first.place)) == (("Time", "flies", "."), None, "standard input:1")
    assert (second.words, second.place.line) == (("like", "an", "arrow"), 3)
    assert write_conll(first, ["N", "V", "P"]) == "Time\tN\nflies\tV\n.\tP\n\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_sentence_of_a_pipe_comes_with_its_empty_line(tmp_path: Path) -> None:
    path = tmp_path / "pipe.conllu"
    os.mkfifo(path)
    first_taken = threading.Event()
    in_time: list[bool] = []
    first, _, second = CONLLU.partition("\n\n")

    def type_slowly() -> None:
        with open(path, "wb", buffering=0) as pipe:
            pipe.write(f"{first}\n\n".encode())
            in_time.append(first_taken.wait(timeout=5))
            pipe.write(second.encode())

    writer = threading.Thread(target=type_slowly)
    writer.start()
    stream = iter(read_conll(path))
    assert len(next(stream).words) == 4
    first_taken.set()
    assert [sentence.words for sentence in stream] == [("New York",)]
    writer.join()
    assert in_time == [True]
