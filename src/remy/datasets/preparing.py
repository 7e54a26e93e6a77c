"""Data sets made from an archive's files, in a folder that is there whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

from remy.datasets.archive import cache_folder, make_folder, read_members
from remy.datasets.registry import PreparedEntry
from remy.errors import DataError
from remy.io.atomic import sync_directory

#: Says what a folder was made from, and what is in it.
CONTENTS = "contents.json"


def prepare(entry: PreparedEntry) -> Path:
    """Return the folder of a data set's files, made now unless it is there and whole.

    The files are made in a folder of another name, which takes the data set's name when all are there; a
    process that is killed leaves what was there before. Every file of a folder that was made earlier is
    compared with what was written then; if one differs, or the archive or the recipe is another, all are made
    again.

    Raises
    ------
    DataError
        If the archive can be neither found nor fetched, or the files not be made or written.
    """
    cache = cache_folder()
    folder = cache / entry.name
    if _is_whole(folder, entry):
        return folder
    members = read_members(entry)
    make_folder(entry.name, cache)
    unique = f"{entry.name}.{os.getpid()}-{secrets.token_hex(4)}"
    made, old = cache / f".{unique}.tmp", cache / f".{unique}.old"
    try:
        _make(made, entry, members)
        try:
            if folder.exists():
                folder.rename(old)
            made.rename(folder)
        except OSError:
            # Another process may have made it in the meantime.
            if not _is_whole(folder, entry):
                raise
        sync_directory(cache)
    except OSError as error:
        raise DataError(
            f"{entry.name}: cannot write {folder}: {error.strerror or error}; set REMY_CACHE to a folder you "
            "can write to."
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink(missing_ok=True)
    return folder


def _make(folder: Path, entry: PreparedEntry, members: dict[str, bytes]) -> None:
    """Write the files, and last what they are.

    None is synced to the disk, which would take minutes for thousands: one that a power cut spoils differs
    from its SHA-256 the next time.
    """
    folder.mkdir()
    digests = {}
    for name, data in entry.make(members):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        digests[name] = hashlib.sha256(data).hexdigest()
    contents = {**_origin(entry), "files": digests}
    (folder / CONTENTS).write_text(json.dumps(contents, indent=0), encoding="utf-8")


def _is_whole(folder: Path, entry: PreparedEntry) -> bool:
    """Return whether every file of the folder is as it was made, from this archive by this recipe."""
    try:
        contents = json.loads((folder / CONTENTS).read_bytes())
        files = contents.pop("files")
        return contents == _origin(entry) and all(
            hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
            for name, digest in files.items()
        )
    except (OSError, ValueError, KeyError, AttributeError):
        return False


def _origin(entry: PreparedEntry) -> dict[str, Any]:
    return {"archive": entry.archive, "sha256": entry.sha256, "recipe": entry.recipe}
