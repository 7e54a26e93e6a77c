"""The standard streams, made fit to be used whatever the shell did to them."""

from __future__ import annotations

import codecs
import os
import sys
from typing import Any


def mend_streams() -> None:
    """Put an empty stream where one is closed, and let output in any encoding show every character.

    Python sets a closed standard stream to None, and ``print(file=None)`` means standard output.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (kept until the end)
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None and not writes_utf8(stream):
            reconfigure(errors="backslashreplace")


def writes_utf8(stream: Any) -> bool:
    """Whether a stream can write every character; one without an encoding keeps text as it is."""
    encoding = getattr(stream, "encoding", None)
    return encoding is None or codecs.lookup(encoding).name == "utf-8"
