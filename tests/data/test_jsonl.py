"""JSON Lines: values as they are spelt, faults with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from remy.data.tables import open_table
from remy.errors import DataError


def write(folder: Path, text: str) -> Path:
    path = folder / "a.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_values_keep_their_spelling(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '{"text": "naïve \\u00e9\\n", "n": 1.50, "big": 12345678901234567890, "b": true, "none": null}\n\n'
        '{"text": "", "list": [1, "a", 2.5], "object": {"k": 1e3}}\n',
    )
    table = open_table(path)
    assert table.columns == ("text", "n", "big", "b", "none", "list", "object")
    first, second = list(table)
    assert first.values == {
        "text": "naïve é\n",
        "n": "1.50",
        "big": "12345678901234567890",
        "b": "true",
        "none": "",
        "list": "",
        "object": "",
    }
    assert (second.values["list"], second.values["object"]) == ('[1, "a", 2.5]', '{"k": 1000.0}')
    assert (first.place.line, second.place.line) == (1, 3)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "a",}', "{path}:3: not JSON: "),
        ("text", "{path}:3: not JSON: Expecting value at column 1."),
        ("[1]", '{path}:3: expected a JSON object such as {{"text": …}}, got an array.'),
        ("12", '{path}:3: expected a JSON object such as {{"text": …}}, got a number.'),
        ('"a"', '{path}:3: expected a JSON object such as {{"text": …}}, got a string.'),
        ("null", '{path}:3: expected a JSON object such as {{"text": …}}, got null.'),
        ('{"text": "\\ud800"}', "{path}:3: 'text' has half of a surrogate pair, which is no character."),
        ("[" * 100_000, "{path}:3: "),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = write(tmp_path, f'{{"text": "one"}}\n\n{line}\n')
    with pytest.raises(DataError) as caught:
        list(open_table(path))
    assert str(caught.value).startswith(message.format(path=path))


def test_an_array_over_many_lines_gets_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"`jq -c '\.\[\]'` makes lines of an array"):
        open_table(write(tmp_path, '[\n{"text": "one"}\n]\n'))


def test_a_file_of_empty_lines_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the file has only empty lines"):
        open_table(write(tmp_path, "\n \n"))
