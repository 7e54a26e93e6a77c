"""Files become inputs of the model that they are uploaded for, by the library's own readers."""

from __future__ import annotations

import base64
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from remy.data import read_picture, read_sequences
from remy.data.records import NumericRecord
from remy.errors import DataError
from remy.lab.library import Library
from remy.lab.own import arrays, uploads
from remy.lab.own.arrays import MOST_UNPACKED
from remy.lab.own.items import Item, Items
from remy.lab.own.reading import read
from remy.lab.own.uploads import MOST_COUNTED, MOST_INPUTS
from remy.lab.schemas.choices import ColoursInput, NumbersInput, PictureInput, TextInput, WordsInput
from remy.lab.schemas.own import ReadAnswer, ReadAsked, Uploaded
from tests import music
from tests.lab.own.files import npy, npz, uploaded
from tests.lab.own.runs import series


def given(library: Library, model: str, file: Uploaded) -> ReadAnswer:
    return read(library, ReadAsked(model=f"run:{model}", given=file))


def test_a_text_file_is_one_input_of_a_language_model_and_one_a_line_of_a_classifier(
    library: Library,
) -> None:
    text = "no more, my lord.\nwhat news.\n"
    whole = given(library, "letters", uploaded("said.txt", text))
    assert [each.input for each in whole.inputs] == [TextInput(kind="text", text=text)]
    lines = given(library, "reviews", uploaded("said.txt", text))
    assert [each.text for each in lines.inputs] == ["no more, my lord.", "what news."]
    assert [each.name for each in lines.inputs] == ["1: no more, my lord.", "2: what news."]


def test_a_column_of_a_table_can_be_chosen_and_its_labels_are_what_was_right(library: Library) -> None:
    table = "review,remark,label\na good film,x y,good\n,z,bad\na dull film,q,bad\n"
    guessed = given(library, "reviews", uploaded("films.csv", table))
    assert guessed.column == "review"
    assert guessed.columns == ("review", "remark")
    assert [(each.text, each.target) for each in guessed.inputs] == [
        ("a good film", "good"),
        ("a dull film", "bad"),
    ]
    chosen = given(library, "reviews", uploaded("films.csv", table, "remark"))
    assert [each.text for each in chosen.inputs] == ["x y", "z", "q"]


def test_sentences_come_from_lines_and_from_columns_with_their_tags(library: Library) -> None:
    lines = given(library, "tags", uploaded("said.txt", "the fish walks\n\na fish\n"))
    assert [each.input for each in lines.inputs] == [
        WordsInput(kind="words", words=("the", "fish", "walks")),
        WordsInput(kind="words", words=("a", "fish")),
    ]
    tagged = given(library, "tags", uploaded("said.conll", "the DET\nfish NOUN\n\n"))
    assert [(each.text, each.target) for each in tagged.inputs] == [("the fish", "DET NOUN")]


def test_arrays_are_sequences_with_their_labels(library: Library) -> None:
    x = np.arange(12, dtype=np.float32).reshape(2, 3, 2) / 10
    found = given(library, "ways", uploaded("two.npz", npz(x=x, y=["up", "down"], lengths=[3, 2])))
    assert [each.target for each in found.inputs] == ["up", "down"]
    assert found.inputs[1].input == NumbersInput(kind="numbers", values=((0.6, 0.7), (0.8, 0.9)))
    assert given(library, "ways", uploaded("two.npy", npy(x))).total == 2


def test_an_array_of_steps_and_features_is_one_sequence(library: Library) -> None:
    one = np.array([[0.1, 2], [3, 4], [5, 6]], np.float32)
    found = given(library, "ways", uploaded("one.npy", npy(one)))
    assert [each.text for each in found.inputs] == ["0.1, 2\n3, 4\n5, 6"]


@pytest.mark.parametrize(
    ("content", "count"),
    [
        ([[1, 2], [3, 4]], 1),
        ([[[1, 2], [3, 4]], [[5, 6]]], 2),
        ({"x": [[1, 2]]}, 1),
    ],
)
def test_json_holds_one_sequence_or_several(library: Library, content: object, count: int) -> None:
    found = given(library, "ways", uploaded("numbers.json", json.dumps(content)))
    assert found.total == count
    assert found.inputs[0].text in ("1, 2\n3, 4", "1, 2")


def test_columns_of_a_table_are_the_features(library: Library) -> None:
    table = "when,a,b\nmon,1,2\ntue,3,4\n"
    [both] = given(library, "ways", uploaded("t.csv", table)).inputs
    assert both.text == "1, 2\n3, 4"
    one = given(library, "steps", uploaded("t.csv", table, "b"))
    assert one.columns == ("a", "b")
    assert one.inputs[0].text == "2\n4"


def test_a_series_keeps_its_own_times(library: Library) -> None:
    columns = series(30)
    rows = [f"{day},{value}" for day, value in zip(columns["date"], columns["y"], strict=True)]
    [found] = given(library, "days", uploaded("y.csv", "\n".join(["date,y", *rows]))).inputs
    assert isinstance(found.input, NumbersInput)
    assert found.input.times is not None
    assert found.input.times[0].startswith("2021-01-01")
    assert found.input.values == tuple((float(value),) for value in columns["y"])


def test_a_midi_file_is_a_piece(library: Library) -> None:
    notes = [(480 * step, 60 + step, 480) for step in range(8)]
    [found] = given(library, "chords", uploaded("song.mid", music.midi(notes))).inputs
    assert found.text is not None
    assert found.text.splitlines()[:3] == ["C4", "C#4", "D4"]


def picture(mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    image = Image.new(mode, (20, 20), "white")
    image.paste("red" if mode == "RGB" else 100, (0, 0, 10, 10))
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_a_picture_is_read_as_training_read_it(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    [found] = given(library, "shapes", uploaded("a.png", picture())).inputs
    assert isinstance(found.input, PictureInput)
    expected = 1 - read_picture(tmp_path / "a.png", size=16)
    np.testing.assert_allclose(found.input.pixels, expected, atol=1e-4)
    [coloured] = given(library, "colours", uploaded("a.png", picture())).inputs
    assert isinstance(coloured.input, ColoursInput)
    expected = np.rint(255 * read_picture(tmp_path / "a.png", size=16, colour=True))
    np.testing.assert_array_equal(coloured.input.pixels, expected)


def test_vectors_stand_for_pictures_where_the_model_reads_them(library: Library) -> None:
    [found] = given(library, "vectors", uploaded("v.npy", npy(np.ones(6)))).inputs
    assert found.input == NumbersInput(kind="numbers", values=((1.0,) * 6,))


def test_of_many_inputs_the_first_can_be_chosen(library: Library) -> None:
    found = given(library, "reviews", uploaded("many.txt", "a film\n" * (MOST_INPUTS + 3)))
    assert len(found.inputs) == MOST_INPUTS
    assert found.total == MOST_INPUTS + 3
    assert found.notes[-1] == f"The first {MOST_INPUTS} of {MOST_INPUTS + 3} inputs can be chosen."


def test_nothing_of_a_file_is_left_on_the_disk(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    given(library, "reviews", uploaded("said.txt", "a film"))
    with pytest.raises(DataError):
        given(library, "reviews", uploaded("said.txt", b"\x00\x01"))
    assert list(tmp_path.iterdir()) == []


REFUSED = {
    "of no bytes": (
        "letters",
        uploaded("a.txt", b""),
        "a.txt: expected a file with something in it, got an empty one",
    ),
    "of blanks alone": ("reviews", uploaded("a.txt", " \n \n"), "a.txt: expected texts, got none"),
    "no base64": (
        "letters",
        Uploaded(kind="uploaded", name="a.txt", content="%%%"),
        "a.txt: expected the file's bytes in base64, got something else",
    ),
    "no text": (
        "letters",
        uploaded("a.txt", b"\x00\x01\x02"),
        "a.txt: expected a text file, got a binary one",
    ),
    "a picture for texts": (
        "reviews",
        uploaded("a.png", picture()),
        "a.png: expected texts for a classifier in a file that ends in .txt",
    ),
    "a text for a captioner": ("shapes", uploaded("a.txt", "a square"), "expected a picture for a captioner"),
    "no picture": ("shapes", uploaded("a.png", b"no picture"), "a.png: not a picture of a known format."),
    "compressed": ("letters", uploaded("a.txt.gz", b"x"), "got '.gz'"),
    "without an ending": ("letters", uploaded("notes", "x"), "got no ending"),
    "other features": (
        "ways",
        uploaded("a.npy", npy(np.zeros((2, 3, 5), np.float32))),
        "a.npy: 'run:ways' reads 2 numbers a step, got 5",
    ),
    "Python objects": (
        "ways",
        uploaded("a.npy", npy(np.array([{"a": 1}], dtype=object))),
        "a.npy: ",
    ),
    "not finite": (
        "ways",
        uploaded("a.npy", npy(np.array([[[1.0, np.nan]]]))),
        "a.npy: expected finite numbers, got nan",
    ),
    "a bomb": (
        "ways",
        uploaded("a.npz", npz(x=np.zeros((1, MOST_UNPACKED // 8, 2), np.float32))),
        "a.npz: its arrays have 64,000,128 bytes, more than 64,000,000",
    ),
    "no JSON": ("ways", uploaded("a.json", "[1, 2"), "a.json: not JSON: Expecting"),
    "JSON of words": ("ways", uploaded("a.json", '["a"]'), "a.json: expected lists of numbers"),
    "too few columns": (
        "ways",
        uploaded("a.csv", "a,b\n1,x\n"),
        "a.csv: expected 2 columns of numbers, one a feature of 'run:ways', got 1: a.",
    ),
    "no such column": ("steps", uploaded("a.csv", "a,b\n1,2\n", "c"), "no column 'c'"),
    "a ragged table": ("reviews", uploaded("a.csv", "text,label\na,b\nc\n"), "a.csv:3: expected 2 fields"),
    "a series with gaps": (
        "days",
        uploaded("a.csv", "date,y\n2021-01-01,1\n2021-01-02,2\n2021-01-03,2\n2021-01-09,3\n"),
        "1 gap",
    ),
    "no notes": ("chords", uploaded("a.mid", b"no music"), "a.mid"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_refused_with_the_persons_own_name_of_the_file(
    library: Library, case: str
) -> None:
    model, file, sentence = REFUSED[case]
    with pytest.raises(DataError) as caught:
        given(library, model, file)
    assert sentence in str(caught.value)
    assert tempfile.gettempdir() not in str(caught.value)


def test_a_name_cannot_mean_another_place(library: Library, tmp_path: Path) -> None:
    place = tmp_path / "there.txt"
    found = given(library, "letters", uploaded(f"../../..{place}", "no more"))
    assert found.inputs[0].text == "no more"
    assert not place.exists()
    encoded = base64.b64encode(b"no more").decode()
    odd = Uploaded(kind="uploaded", name="C:\\notes\\a.txt", content=encoded)
    assert given(library, "letters", odd).total == 1


def test_of_very_many_inputs_only_some_are_counted(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0

    def endless() -> Iterator[Item]:
        nonlocal taken
        while True:
            taken += 1
            yield Item(TextInput(kind="text", text="a film"), 6)

    monkeypatch.setattr(uploads, "reader_of", lambda card: (lambda *_: Items(endless()), (".txt",), "texts"))
    found = given(library, "reviews", uploaded("many.txt", "a film\n"))
    assert len(found.inputs) == MOST_INPUTS
    assert found.total == MOST_COUNTED
    assert taken == MOST_COUNTED + 1
    assert found.notes[-1] == f"The first {MOST_INPUTS} of more than {MOST_COUNTED:,} inputs can be chosen."


@pytest.mark.parametrize(("shape", "records"), [((2_000_000, 2), 10_001), ((2_000_000, 3, 2), 1_001)])
def test_of_a_very_long_array_only_the_beginning_is_read(
    library: Library, monkeypatch: pytest.MonkeyPatch, shape: tuple[int, ...], records: int
) -> None:
    taken = 0

    def counted(path: Path) -> Iterator[NumericRecord]:
        nonlocal taken
        for record in read_sequences(path):
            taken += 1
            yield record

    monkeypatch.setattr(arrays, "read_sequences", counted)
    monkeypatch.setattr(arrays, "expect_small", lambda path: None)
    found = given(library, "ways", uploaded("long.npz", npz(x=np.zeros(shape, bool))))
    assert taken == records
    if len(shape) == 2:
        assert isinstance(found.inputs[0].input, NumbersInput)
        assert len(found.inputs[0].input.values) == 1000
        assert found.notes[-1] == "Only the first 1,000 of more than 10,000 steps are read."


def test_steps_of_other_lengths_are_no_sequence(library: Library) -> None:
    uneven = npz(x=np.ones((3, 2), np.float32), lengths=[2, 2, 1])
    with pytest.raises(DataError, match="reads 2 numbers a step"):
        given(library, "ways", uploaded("a.npz", uneven))


def test_a_whole_number_that_no_float_can_be_is_refused(library: Library) -> None:
    for text in (f"[[{'1' * 400}, 2]]", f"[[[{'1' * 400}, 2]]]"):
        with pytest.raises(DataError, match=r"a\.json: expected numbers up to 1\.8e308, got a whole number"):
            given(library, "ways", uploaded("a.json", text))


def test_what_is_being_read_can_be_removed_before_the_process_ends(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def interrupted(path: Path, *_: object) -> Items:
        assert path.exists()
        uploads.remove_uploads()
        assert list(tmp_path.iterdir()) == []
        return Items(iter([Item(TextInput(kind="text", text="a film"), 6)]))

    monkeypatch.setattr(uploads, "reader_of", lambda card: (interrupted, (".txt",), "texts"))
    assert given(library, "reviews", uploaded("said.txt", "a film")).total == 1
