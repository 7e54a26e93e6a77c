"""What is kept of a trace holds the trace."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from remy.errors import DataError, UsageError
from remy.inspect import trace
from remy.inspect.schema import from_json
from remy.lab.library import Library
from remy.lab.own import files
from remy.lab.own.files import COLUMNS, export_file, figure_file
from remy.lab.schemas.choices import TextInput, WordsInput
from remy.lab.schemas.own import ExportAsked, FigureAsked

TEXT = "the king"
GIVEN = TextInput(kind="text", text=TEXT)


def exported(library: Library, form: str, target: str | None = None) -> bytes:
    asked = ExportAsked(model="run:letters", input=GIVEN, target=target, form=form, title="<a> title")  # type: ignore[arg-type]
    return export_file(library, asked).body


def test_the_json_is_the_whole_trace_to_the_last_digit(library: Library) -> None:
    found = from_json(json.loads(exported(library, "json")))
    expected = trace(library.load("run:letters"), TEXT)
    np.testing.assert_array_equal(np.array(found.layers[0].h, np.float32), expected.layers[0].h[0])
    np.testing.assert_array_equal(np.array(found.layers[0].gates, np.float32), expected.layers[0].gates[0])


def test_the_csv_has_a_row_for_every_number(library: Library) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(library, "csv", "next").decode())))
    assert tuple(rows[0]) == COLUMNS
    expected = trace(library.load("run:letters"), TEXT)
    layer = expected.layers[0]
    states = {(int(row["step"]), int(row["unit"])): row["value"] for row in rows if row["quantity"] == "h"}
    assert len(states) == layer.h[0].size
    found = np.array([[np.float32(states[step, unit]) for unit in range(8)] for step in range(len(TEXT))])
    np.testing.assert_array_equal(found, layer.h[0])
    forget = [np.float32(row["value"]) for row in rows if row["quantity"] == "forget"]
    np.testing.assert_array_equal(np.reshape(forget, layer.gate("forget")[0].shape), layer.gate("forget")[0])
    assert expected.probabilities is not None
    shares = [row for row in rows if row["quantity"] == "probability" and row["step"] == "3"]
    assert [row["unit"] for row in shares] == list(expected.outputs or ())
    assert np.float32(shares[0]["value"]) == expected.probabilities[0, 3, 0]
    assert {row["item"] for row in rows if row["step"] == "2" and row["layer"] == "rnn_0"} == {"e"}
    assert sum(row["quantity"] == "gradient h" for row in rows) == len(TEXT)


def test_a_table_that_no_program_opens_is_refused(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 100)
    with pytest.raises(DataError, match=r"csv: the trace has .* numbers, more than the 100 rows"):
        exported(library, "csv")


def test_the_page_is_the_one_that_remy_inspect_writes(library: Library) -> None:
    made = exported(library, "html", "next").decode()
    assert "<title>&lt;a&gt; title</title>" in made
    assert "default-src 'none'" in made
    assert "Gradient of the loss" in made


@pytest.mark.parametrize("what", ["all", "h", "c", "forget", "gradients", "answers", "flow", "attribution"])
def test_every_picture_is_there_as_svg_and_as_png(library: Library, what: str) -> None:
    asked = FigureAsked(model="run:letters", input=GIVEN, target="next", what=what, format="svg")
    found = figure_file(library, asked)
    assert found.media_type == "image/svg+xml"
    assert ElementTree.fromstring(found.body).tag == "{http://www.w3.org/2000/svg}svg"
    png = figure_file(library, asked.model_copy(update={"format": "png"}))
    assert png.media_type == "image/png"
    assert png.body[:8] == b"\x89PNG\r\n\x1a\n"


def test_scores_without_probabilities_are_drawn_too(library: Library) -> None:
    given = TextInput(kind="text", text="the dog")
    asked = FigureAsked(model="run:phrases", input=given, what="answers", layer=2, format="svg")
    assert b"svg" in figure_file(library, asked).body[:400]
    values = FigureAsked(
        model="run:days",
        input=library.card("run:days").begin,  # type: ignore[arg-type]
        what="answers",
        layer=1,
        format="svg",
    )
    assert b"<!-- q0.5 -->" in figure_file(library, values).body  # what its outlines spell


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"what": "update"}, "what: expected"),
        ({"layer": 1}, "layer: expected 0 to 0, got 1"),
        ({"what": "flow"}, "needs a target"),
    ],
)
def test_a_picture_that_is_not_there_is_refused(
    library: Library, changes: dict[str, object], sentence: str
) -> None:
    asked = FigureAsked(model="run:letters", input=GIVEN, what="h", format="svg")
    with pytest.raises(UsageError, match=sentence):
        figure_file(library, asked.model_copy(update=changes))


def test_the_layer_that_reads_the_characters_of_a_taggers_words_is_left_out(library: Library) -> None:
    given = WordsInput(kind="words", words=("the", "fish", "walks"))
    rows = export_file(library, ExportAsked(model="run:tags", input=given, form="csv")).body.decode()
    assert {row["layer"] for row in csv.DictReader(io.StringIO(rows))} == {"rnn_0", "answer"}
