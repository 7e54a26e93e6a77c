"""Serving the lab on this machine until somebody stops it."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from remy.errors import RemyError, UsageError
from remy.lab.app import make_app
from remy.lab.lab import open_lab
from remy.lab.settings import Settings
from remy.lab.tokens import find_token
from remy.lab.warming import warm_up

#: Where the lab is if nobody says where; if that is taken, at one of the next ten.
PORT = 8717
_MORE_PORTS = 10

#: Names of this machine that nobody else can reach, and the address that each stands for.
LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}


def serve(
    run: str | Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = True,
    new_token: bool = False,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the lab until Ctrl-C.

    Parameters
    ----------
    run
        A run directory, a model file or a folder of runs, to be looked into beside the models that ship with
        the lab; None takes the runs in the working folder.
    host
        127.0.0.1, localhost or ::1: the lab is for this machine only.
    port
        None takes 8717, or one of the next ten if that is taken; 0 any that is free.
    open_browser
        Whether to show the page.
    new_token
        Whether to make another token; else that of the last time goes on, and so do pages that are open.
    ready
        Called with the address, token and all, when the lab can be asked; None prints it on standard error.

    Raises
    ------
    UsageError
        If the host is not of this machine alone, or the port is no port.
    RemyError
        If the port is taken, or `run` cannot be opened.
    KeyboardInterrupt
        After Ctrl-C, when everything has come to an end.
    """
    address = _loopback(host)
    if port is not None and not 0 <= port < 2**16:
        raise UsageError(f"lab: expected a port from 0 to 65535, got {port}")
    lab = open_lab(run)
    with _listen(address, port) as listener:
        warm_up(lab)
        taken = listener.getsockname()[1]
        token = find_token(new=new_token)
        shown = f"[{address}]" if ":" in address else address
        url = f"http://{shown}:{taken}/?token={token}"

        def announce() -> None:
            (_print_url if ready is None else ready)(url)
            if open_browser and _has_screen():
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

        app = make_app(lab, settings=Settings(token=token, port=taken))
        _Server(app, announce=announce).run([listener])


class _Server(uvicorn.Server):
    """Says when it is there, and says nothing else."""

    def __init__(self, app: Starlette, *, announce: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="on",
                workers=1,
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=60,
                timeout_graceful_shutdown=0,  # a stream of events would never end by itself
            )
        )
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()


def _loopback(host: str) -> str:
    if host not in LOOPBACK:
        raise UsageError(
            f"lab: expected a host of this machine alone ({', '.join(LOOPBACK)}), got {host}; "
            "to see the lab from elsewhere, forward the port with ssh -L"
        )
    return LOOPBACK[host]


def _listen(address: str, port: int | None) -> socket.socket:
    """Take the port, or the first that is free."""
    ports = range(PORT, PORT + _MORE_PORTS + 1) if port is None else range(port, port + 1)
    for number in ports:
        try:
            return _bound(address, number)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                where = f"port {number} of {address}"
                raise RemyError(f"lab: cannot listen at {where}: {error.strerror}") from error
    which = f"port {port} is" if port is not None else f"the ports {ports[0]} to {ports[-1]} are"
    raise RemyError(f"lab: {which} taken; give another with --port, or 0 for any that is free")


def _bound(address: str, port: int) -> socket.socket:
    # The protocol has to be named: of a socket that says 0 asyncio leaves Nagle's algorithm on, and an answer
    # then waits 40 ms for the browser's delayed acknowledgement.
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # So that a lab that was stopped a moment ago can come back. Windows would let two have the same port.
        if os.name != "nt":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _has_screen() -> bool:
    """Without a screen `webbrowser` may start a browser for terminals, in the terminal that we write to."""
    known = os.name == "nt" or sys.platform == "darwin"
    return known or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _print_url(url: str) -> None:
    print(f"remy: the lab: {url}  (Ctrl-C stops it)", file=sys.stderr, flush=True)
