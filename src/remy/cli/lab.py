"""``remy lab``: the browser lab, on this machine."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from remy.cli.options import DebugFlag, JsonFlag
from remy.cli.output import print_json, say
from remy.errors import UsageError

#: What the verb needs beside what every Remy has.
NEEDS = ("starlette", "uvicorn", "torch")


def lab(
    run: Annotated[
        Path | None,
        typer.Argument(
            metavar="[RUN]",
            help="A run directory, a model file, or a folder of runs. [the runs in this folder]",
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="Where it listens; 0 for any that is free. [8717, or the next free]"),
    ] = None,
    host: Annotated[
        str, typer.Option(help="127.0.0.1, localhost or ::1. [127.0.0.1]", show_default=False)
    ] = "127.0.0.1",
    no_open: Annotated[bool, typer.Option("--no-open", help="Say the address and open no browser.")] = False,
    new_token: Annotated[
        bool, typer.Option("--new-token", help="Make another key; pages that are open lose theirs.")
    ] = False,
    as_json: JsonFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Open the lab in the browser: type, and watch the memory work.

    It shows the models that ship with Remy and your own runs, and answers this machine only, whoever has the
    address that it prints. With --json the address is printed on standard output.
    """
    _expect_installed()
    from remy.lab.serving import serve

    def ready(url: str) -> None:
        if as_json:
            print_json({"url": url})
            sys.stdout.flush()
        else:
            say(f"the lab: {url}  (Ctrl-C stops it)")

    try:
        serve(run, host=host, port=port, open_browser=not no_open, new_token=new_token, ready=ready)
    except KeyboardInterrupt:
        _leave("the lab is closed")


def _expect_installed() -> None:
    missing = [name for name in NEEDS if not _is_installed(name)]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise UsageError(f"lab: {' and '.join(missing)} {verb} not installed; pip install 'remy-rnn[lab]'")


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _leave(sentence: str) -> None:
    """End now, also where a thread still computes an answer that nobody waits for: it cannot be stopped."""
    from remy.lab.desk import is_computing

    if not is_computing():
        raise KeyboardInterrupt(sentence)
    uploads = sys.modules.get("remy.lab.own.uploads")  # not imported for this alone
    if uploads is not None:
        uploads.remove_uploads()
    say(sentence)
    sys.stdout.flush()
    os._exit(130)
