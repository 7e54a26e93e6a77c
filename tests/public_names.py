"""The public names of every package, and the stub of the compiled core: ``make docs`` regenerates both.

python -m tests.public_names [--write]
"""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import tempfile
from pathlib import Path

import remy

LISTING = Path(__file__).with_name("public_names.txt")
STUB = Path(remy.__file__).with_name("_core.pyi")


def listing() -> str:
    """Return one line a public name: what each package's ``__all__`` holds."""
    packages = ["remy", "remy.errors"]
    packages += [f"remy.{info.name}" for info in pkgutil.iter_modules(remy.__path__) if info.ispkg]
    lines = [
        f"{name}.{public}"
        for name in packages
        for public in getattr(importlib.import_module(name), "__all__", [])
    ]
    return "\n".join(sorted(set(lines))) + "\n"


def stub() -> str:
    """Return the stub of remy._core as nanobind writes it."""
    with tempfile.TemporaryDirectory() as directory:
        written = Path(directory) / "_core.pyi"
        command = [sys.executable, "-m", "nanobind.stubgen", "-q", "-m", "remy._core", "-o", str(written)]
        subprocess.run(command, check=True, capture_output=True)
        return written.read_text()


if __name__ == "__main__":
    if "--write" in sys.argv:
        LISTING.write_text(listing())
        STUB.write_text(stub())
    else:
        print(listing(), end="")
