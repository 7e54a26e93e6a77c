"""Reading text files: what is cleaned, and what each unusable file gets."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from remy.data import read_text
from remy.errors import DataError


def write(folder: Path, data: bytes) -> Path:
    path = folder / "input.txt"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"one\r\ntwo\r\n", "one\ntwo\n"),
        (b"one\rtwo", "one\ntwo"),
        (b"one\n\r\ntwo", "one\n\ntwo"),
        (b"\xef\xbb\xbfone\n", "one\n"),
        ("žluťoučký kůň 𝄞\n".encode(), "žluťoučký kůň 𝄞\n"),
        (b"x", "x"),
    ],
)
def test_text_comes_without_mark_and_with_line_feeds(tmp_path: Path, data: bytes, expected: str) -> None:
    assert read_text(write(tmp_path, data)) == expected


def test_only_the_first_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    assert read_text(write(tmp_path, "\ufeffa\ufeffb".encode())) == "a\ufeffb"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "{path}: the file is empty."),
        (b"\xef\xbb\xbf", "{path}: the file is empty."),
        (b"abc\0def", "{path}: expected a text file, got a binary one (a zero byte at offset 3)."),
        (b"caf\xe9 noir", "{path}: not UTF-8: byte 0xe9 at offset 3; convert it to UTF-8."),
        (b"\xef\xbb\xbfab\xff", "{path}: not UTF-8: byte 0xff at offset 5; convert it to UTF-8."),
        (b"abc\xc3", "{path}: not UTF-8: byte 0xc3 at offset 3; convert it to UTF-8."),
        (
            "abc".encode("utf-16"),
            "{path}: expected UTF-8 text, got UTF-16; convert it with `iconv -t UTF-8`.",
        ),
        (
            "abc".encode("utf-32"),
            "{path}: expected UTF-8 text, got UTF-32; convert it with `iconv -t UTF-8`.",
        ),
    ],
)
def test_an_unusable_file_gets_one_sentence(tmp_path: Path, data: bytes, message: str) -> None:
    path = write(tmp_path, data)
    with pytest.raises(DataError) as caught:
        read_text(path)
    assert str(caught.value) == message.format(path=path)


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.txt: no such file\.$"):
        read_text(tmp_path / "nowhere.txt")
    with pytest.raises(DataError, match=r"expected a text file, got a directory\.$"):
        read_text(tmp_path)


def test_a_path_that_cannot_be_one_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_text(tmp_path / ("x" * 5000))
    with pytest.raises(DataError, match="cannot be read"):
        read_text("a\0b")


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfhello\r\n")))
    assert read_text("-") == "hello\n"


def test_errors_of_standard_input_call_it_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(DataError, match=r"^standard input: the file is empty\.$"):
        read_text("-")
