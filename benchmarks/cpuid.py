"""Holding libraries that ask the processor for AVX-512 to AVX2: what ``cpuid.c`` needs."""

from __future__ import annotations

import importlib.util
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final

#: Peer -> its package and the library in it that asks.
ASKING: Final = {
    "Keras-JAX": ("jaxlib", "libjax_common.so"),
    "ONNX Runtime": ("onnxruntime", "capi/onnxruntime_pybind11_state*.so"),
}

_SOURCE: Final = Path(__file__).with_name("cpuid.c")


def audit(libraries: Mapping[str, Path]) -> dict[str, str]:
    """Return the environment in which `libraries` (peer -> file) find no AVX-512.

    Raises
    ------
    OSError, subprocess.CalledProcessError
        If there is no compiler, no ``objdump``, or one of them fails.
    """
    place = Path(tempfile.mkdtemp(prefix="remy-cpuid-"))
    library = place / "cpuid.so"
    _run("cc", "-O1", "-shared", "-fPIC", "-o", str(library), str(_SOURCE))
    for file in libraries.values():
        (place / file.name).write_text("\n".join(sites(file)), encoding="ascii")
    return {"LD_AUDIT": str(library), "REMY_CPUID_SITES": str(place)}


def clear(environment: Mapping[str, str]) -> None:
    """Remove what :func:`audit` has made; what is loaded stays."""
    shutil.rmtree(environment["REMY_CPUID_SITES"], ignore_errors=True)


def installed() -> dict[str, Path]:
    """Return the libraries of :data:`ASKING` that are here, by peer."""
    found = {}
    if platform.machine() == "x86_64":
        for peer, (package, pattern) in ASKING.items():
            spec = importlib.util.find_spec(package)
            places = (spec.submodule_search_locations or []) if spec is not None else []
            for file in (file for place in places for file in Path(place).glob(pattern)):
                found[peer] = file
    return found


def sites(library: Path) -> list[str]:
    """Return where in `library` its CPUID instructions are: offsets, hexadecimal."""
    words = ["objdump", "-d", "--no-show-raw-insn", str(library)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as listing:
        found = _run("grep", "-P", r"\tcpuid", stdin=listing.stdout, allowed=1)
    if listing.returncode:
        raise subprocess.CalledProcessError(listing.returncode, words)
    return re.findall(r"^\s*([0-9a-f]+):", found, re.MULTILINE)


def _run(*words: str, stdin: IO[bytes] | None = None, allowed: int = 0) -> str:
    done = subprocess.run(words, capture_output=True, text=True, stdin=stdin, check=False)
    if done.returncode > allowed:
        raise subprocess.CalledProcessError(done.returncode, words, done.stdout, done.stderr)
    return done.stdout
