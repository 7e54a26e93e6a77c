"""The key to a lab: a random word that whoever opens the page has to know."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from pathlib import Path

from remy.datasets.archive import cache_folder

_BYTES = 24
_WRITTEN = re.compile(r"[A-Za-z0-9_-]{32}")


def token_file() -> Path:
    """Return where the token is kept: ``lab/token`` in Remy's cache folder. It need not exist yet."""
    return cache_folder().parent / "lab" / "token"


def find_token(*, new: bool = False) -> str:
    """Return the token that was used last, so that a page finds its lab again; make one if there is none.

    It is kept in :func:`token_file`, which only its owner may read. A file that others may read, or that does
    not hold a token, is replaced. If the folder cannot be written to, the token lives for this run only.

    Parameters
    ----------
    new
        Make another one; pages that are open have to be opened anew.

    Returns
    -------
    str
        32 characters that may stand in a URL.
    """
    path = token_file()
    kept = None if new else _kept(path)
    if kept is not None:
        return kept
    token = secrets.token_urlsafe(_BYTES)
    with contextlib.suppress(OSError):
        _keep(path, token)
    return token


def _kept(path: Path) -> str | None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
        with os.fdopen(descriptor, encoding="ascii") as stream:
            if os.name != "nt" and not _is_private(os.fstat(descriptor)):
                return None
            found = stream.read(1000).strip()
    except (OSError, UnicodeDecodeError):
        return None
    return found if _WRITTEN.fullmatch(found) else None


def _is_private(found: os.stat_result) -> bool:
    return stat.S_ISREG(found.st_mode) and not found.st_mode & 0o077 and found.st_uid == os.getuid()


def _keep(path: Path, token: str) -> None:
    """Write the file so that nobody else can read it at any moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".token.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(token + "\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
