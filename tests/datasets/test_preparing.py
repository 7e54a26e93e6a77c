"""Data sets made from an archive: once, whole or not at all, and again if anything happened to them."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from remy import datasets
from remy.datasets import archive, preparing, registry
from remy.datasets.registry import PreparedEntry
from remy.errors import DataError

ARCHIVE = "shells-1.0-py3-none-any.whl"


def make(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    [data] = members.values()
    for name in data.decode().split():
        yield f"deep/{name}.txt", name.upper().encode()
    yield "table.csv", data


@pytest.fixture
def shells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PreparedEntry:
    """A data set of three files made from one, its archive in a cache of our own; pip must not be called."""
    monkeypatch.setenv("REMY_CACHE", str(tmp_path))
    archive.cache_folder().mkdir()
    path = archive.cache_folder() / ARCHIVE
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("shells/__init__.py", "raise SystemExit('the package was run')")
        wheel.writestr("shells/names.txt", "conch whelk")
    entry = PreparedEntry(
        name="shells",
        summary="two shells",
        requirement="shells==1.0",
        licence="public domain",
        archive=ARCHIVE,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        members=("shells/names.txt",),
        main="table.csv",
        make=make,
    )
    monkeypatch.setitem(registry.REGISTRY, "shells", entry)

    def run(*_: object, **__: object) -> None:
        raise AssertionError("pip was called")

    monkeypatch.setattr(subprocess, "run", run)
    return entry


def refuse(_: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    raise AssertionError("the files were made again")


def names_in_cache() -> list[str]:
    return sorted(path.name for path in archive.cache_folder().iterdir())


def test_the_files_lie_as_they_were_named(shells: PreparedEntry) -> None:
    found = datasets.files("shells")
    assert found.path == archive.cache_folder() / "shells" / "table.csv"
    assert (found.path.read_bytes(), found.test, found.others) == (b"conch whelk", None, ())
    assert found.sha256 == hashlib.sha256(b"conch whelk").hexdigest()
    assert (found.path.parent / "deep" / "whelk.txt").read_bytes() == b"WHELK"
    assert names_in_cache() == ["shells", ARCHIVE]


def test_a_whole_folder_is_used_again_even_without_the_archive(
    shells: PreparedEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = datasets.files("shells")
    (archive.cache_folder() / ARCHIVE).unlink()
    monkeypatch.setitem(registry.REGISTRY, "shells", dataclasses.replace(shells, make=refuse))
    assert datasets.files("shells") == first


@pytest.mark.parametrize("damage", ["cut", "lost", "contents lost", "contents cut", "a file of that name"])
def test_a_folder_that_something_happened_to_is_made_again(shells: PreparedEntry, damage: str) -> None:
    first = datasets.files("shells")
    folder = first.path.parent
    if damage == "cut":
        (folder / "deep" / "conch.txt").write_bytes(b"CON")
    elif damage == "lost":
        (folder / "deep" / "conch.txt").unlink()
    elif damage == "contents lost":
        (folder / preparing.CONTENTS).unlink()
    elif damage == "contents cut":
        (folder / preparing.CONTENTS).write_bytes(b'{"arch')
    else:
        shutil.rmtree(folder)
        folder.write_bytes(b"")
    assert datasets.files("shells") == first
    assert names_in_cache() == ["shells", ARCHIVE]
    assert (folder / "deep" / "conch.txt").read_bytes() == b"CONCH"


def test_another_recipe_makes_the_files_again(shells: PreparedEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets.files("shells")
    changed = dataclasses.replace(shells, recipe=2, make=lambda _: iter([("table.csv", b"new")]))
    monkeypatch.setitem(registry.REGISTRY, "shells", changed)
    found = datasets.files("shells")
    assert found.path.read_bytes() == b"new"
    assert not (found.path.parent / "deep").exists()


def test_a_recipe_that_fails_leaves_nothing_behind(
    shells: PreparedEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
        yield "deep/conch.txt", b"CONCH"
        raise DataError("icons: no Pillow.")

    monkeypatch.setitem(registry.REGISTRY, "shells", dataclasses.replace(shells, make=fail))
    with pytest.raises(DataError, match="no Pillow"):
        datasets.files("shells")
    assert names_in_cache() == [ARCHIVE]


def test_a_process_killed_while_making_leaves_no_folder_of_that_name(
    shells: PreparedEntry, tmp_path: Path
) -> None:
    fields = {each.name: getattr(shells, each.name) for each in dataclasses.fields(shells)}
    del fields["make"]
    script = textwrap.dedent(
        f"""
        import os
        from remy.datasets.preparing import prepare
        from remy.datasets.registry import PreparedEntry

        def make(members):
            yield "table.csv", b"half"
            os._exit(7)

        prepare(PreparedEntry(make=make, **{fields!r}))
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, "REMY_CACHE": str(tmp_path)}
    ) as child:
        assert child.wait() == 7
    assert "shells" not in names_in_cache()
    assert datasets.files("shells").path.read_bytes() == b"conch whelk"


def test_a_cache_that_cannot_be_written_is_named(
    shells: PreparedEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match=r"^shells: cannot write .*: No space left on device; set REMY_CACHE"):
        datasets.files("shells")
    assert names_in_cache() == [ARCHIVE]
