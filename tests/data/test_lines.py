"""Lines of text files: what is cleaned, what is counted, and what each unusable file gets."""

from __future__ import annotations

import gzip
import io
import os
import sys
import threading
from pathlib import Path

import pytest

from remy.data.lines import Lines
from remy.errors import DataError


def write(folder: Path, data: bytes, name: str = "input.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"one\ntwo\n", ["one\n", "two\n"]),
        (b"one\r\ntwo", ["one\r\n", "two"]),
        (b"one\rtwo\r", ["one\r", "two\r"]),
        (b"a\rb\r\n\nc", ["a\r", "b\r\n", "\n", "c"]),
        (b"\xef\xbb\xbfone\n", ["one\n"]),
        ("\ufeffa\n\ufeffb\n".encode(), ["a\n", "\ufeffb\n"]),
        ("a\u2028b\x0cc\x85d\n".encode(), ["a\u2028b\x0cc\x85d\n"]),
    ],
)
def test_lines_keep_their_ends_and_lose_the_mark(tmp_path: Path, data: bytes, expected: list[str]) -> None:
    assert list(Lines(write(tmp_path, data))) == expected
    assert list(Lines(write(tmp_path, gzip.compress(data), "input.txt.gz"))) == expected
    assert list(Lines(write(tmp_path, gzip.compress(data), "named-otherwise"))) == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "{path}: the file is empty."),
        (b"\xef\xbb\xbf", "{path}: the file is empty."),
        (
            b"one\ntwo\ncaf\xe9\n",
            "{path}:3: not UTF-8: byte 0xe9 at byte 4 of the line; convert the file to UTF-8.",
        ),
        (b"one\nt\0wo\n", "{path}:2: expected a text file, got a binary one (a zero byte)."),
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
def test_an_unusable_file_gets_one_sentence_with_the_line(tmp_path: Path, data: bytes, message: str) -> None:
    path = write(tmp_path, data)
    with pytest.raises(DataError) as caught:
        list(Lines(path))
    assert str(caught.value) == message.format(path=path)


@pytest.mark.parametrize("cut", [5, 15, -4])
def test_a_cut_gzip_file_is_named(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path, gzip.compress(b"one\ntwo\n" * 100)[:cut], "a.gz")
    with pytest.raises(DataError, match=r"a\.gz: the gzip file is damaged or cut off"):
        list(Lines(path))


def test_a_damaged_gzip_file_is_named(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(b"one\ntwo\n" * 100))
    data[-6] ^= 0xFF
    with pytest.raises(DataError, match="the gzip file is damaged or cut off: CRC check failed"):
        list(Lines(write(tmp_path, bytes(data))))


def test_a_missing_file_a_directory_and_an_impossible_name_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.txt: no such file\.$"):
        list(Lines(tmp_path / "nowhere.txt"))
    with pytest.raises(DataError, match=r"expected a file, got a directory\.$"):
        list(Lines(tmp_path))
    with pytest.raises(DataError, match="cannot be read"):
        list(Lines("a\0b"))
    with pytest.raises(DataError, match="cannot be read"):
        list(Lines("x" * 5000))


def test_a_file_is_read_anew_each_time_and_peeking_uses_nothing_up(tmp_path: Path) -> None:
    lines = Lines(write(tmp_path, b"one\ntwo\n"))
    assert next(lines.peek()) == "one\n"
    assert list(lines) == list(lines) == list(lines.peek()) == ["one\n", "two\n"]


def test_standard_input_can_be_peeked_at_and_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfone\r\ntwo\nthree\n")))
    lines = Lines("-")
    assert next(lines.peek()) == "one\r\n"
    peeked = lines.peek()
    assert [next(peeked), next(peeked)] == ["one\r\n", "two\n"]
    assert list(lines) == ["one\r\n", "two\n", "three\n"]
    with pytest.raises(DataError) as caught:
        list(lines)
    assert str(caught.value) == "standard input: can be read only once; keep the records in a list."


def test_gzip_on_standard_input_gets_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(b"one\n"))))
    with pytest.raises(
        DataError, match=r"^standard input: expected text, got gzip; unpack it with `gunzip -c`"
    ):
        list(Lines("-"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_line_of_a_pipe_comes_before_the_next_is_written(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    first_taken = threading.Event()
    in_time: list[bool] = []

    def type_slowly() -> None:
        with open(path, "wb", buffering=0) as pipe:
            pipe.write(b"one\n")
            in_time.append(first_taken.wait(timeout=5))
            pipe.write(b"two\n")

    writer = threading.Thread(target=type_slowly)
    writer.start()
    lines = Lines(path)
    assert not lines.repeatable
    stream = iter(lines)
    assert next(stream) == "one\n"
    first_taken.set()
    assert list(stream) == ["two\n"]
    writer.join()
    assert in_time == [True]
