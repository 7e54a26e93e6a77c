"""The key to the lab, and where it is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from remy.lab.tokens import find_token, token_file


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REMY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_token_stays_the_same_until_another_is_asked_for(cache: Path) -> None:
    first = find_token()
    assert len(first) == 32
    assert find_token() == first
    other = find_token(new=True)
    assert other != first
    assert find_token() == other
    assert token_file() == cache / "lab" / "token"
    assert sorted(path.name for path in (cache / "lab").iterdir()) == ["token"]


def test_nobody_else_may_read_it() -> None:
    find_token()
    assert token_file().stat().st_mode & 0o777 == 0o600
    assert token_file().parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_could_read_is_replaced(mode: int) -> None:
    first = find_token()
    token_file().chmod(mode)
    assert find_token() != first
    assert token_file().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 32, b"a" * 33, b"a" * 31 + b"/"])
def test_a_file_that_holds_no_token_is_replaced(content: bytes) -> None:
    find_token()
    token_file().write_bytes(content)
    assert find_token().encode() != content
    assert find_token() == find_token()


def test_where_nothing_can_be_kept_a_token_lives_for_one_run(cache: Path) -> None:
    cache.write_text("not a folder")
    assert find_token() != find_token()


def test_remys_own_cache_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("REMY_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    find_token()
    assert os.listdir(tmp_path / "remy" / "lab") == ["token"]
