"""Plant each fault of faults.py in a copy of the core and see that a test turns red: ``make mutants``.

A fault that no test notices is a hole in the tests, and the run fails. The core's own tests come first, as
they take a second; what they miss, Python's must see. With words as arguments, only faults with one of
them in their name are planted.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from faults import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "mutants"
BIN = Path(sys.executable).parent
# Of the editable install's finder, which would put the sound package first, nothing is left in the child.
TESTS = [
    ROOT / "tests" / "ops" / f"test_{name}.py"
    for name in (
        *(
            "kernels_against_reference",
            "nan",
            "batch_first",
            "rows",
            "packed",
            "spans",
            "team",
            "threads",
            "memory",
        ),
    )
]
# A fault may also let threads wait for each other for ever: seconds for the core's tests and for Python's.
CORE_PATIENCE, PYTHON_PATIENCE = 20, 120
CHILD = """
import sys
sys.meta_path = [finder for finder in sys.meta_path if 'ScikitBuild' not in type(finder).__name__]
sys.path = [sys.argv[1], *(entry for entry in sys.path if not entry.endswith('/src'))]
import remy._core
assert remy._core.__file__.startswith(sys.argv[1]), remy._core.__file__
import pytest
sys.exit(pytest.main(['-x', '-q', '-p', 'no:cacheprovider', *sys.argv[2:]]))
"""


def copy_sources() -> None:
    """Bring the copy up to date; unchanged files keep their time, so only what a fault touches is built.

    The kernels are compiled with less effort: most of a run is waiting for the compiler.
    """
    for name in ("CMakeLists.txt", "csrc", "bindings"):
        source = ROOT / name
        files = [source] if source.is_file() else [path for path in source.rglob("*") if path.is_file()]
        for path in files:
            copy = WORK / "source" / path.relative_to(ROOT)
            text = path.read_bytes()
            if path.name == "CMakeLists.txt":
                text = text.replace(b" -O3 ", b" -O1 ")
            if not copy.exists() or copy.read_bytes() != text:
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(text)


def run(patience: float, *command: Any) -> subprocess.CompletedProcess[str] | None:
    """Run a command with portable kernels; ``None`` if it did not come to an end."""
    environment = {**os.environ, "REMY_ISA": "portable"}
    try:
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=patience
        )
    except subprocess.TimeoutExpired:
        return None


def build(*target: str) -> None:
    """Build the portable kernels of the copy."""
    configure = [
        *(BIN / "cmake", "-S", WORK / "source", "-B", WORK / "build", "-G", "Ninja"),
        *("-DCMAKE_BUILD_TYPE=Release", "-DREMY_PORTABLE_ONLY=ON", "-DREMY_TESTS=ON"),
        f"-DPython_EXECUTABLE={sys.executable}",
        f"-DCMAKE_MAKE_PROGRAM={BIN / 'ninja'}",
    ]
    commands = [[BIN / "cmake", "--build", WORK / "build", *(("--target", *target) if target else ())]]
    if not (WORK / "build" / "build.ninja").exists():
        commands.insert(0, configure)
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"the build failed:\n{done.stdout}{done.stderr}")


def lay_package() -> None:
    """Lay the package with the extension that was built in WORK/package."""
    package = WORK / "package" / "remy"
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(ROOT / "src" / "remy", package, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    for extension in (WORK / "build").glob("_core*.so"):
        shutil.copy(extension, package)


def core_tests_pass() -> bool:
    """Build and run the core's own tests."""
    build("remy_core_tests")
    done = run(CORE_PATIENCE, WORK / "build" / "csrc" / "tests" / "remy_core_tests")
    return done is not None and done.returncode == 0


def python_tests_pass() -> bool:
    """Build everything and run Python's tests of the core."""
    build()
    lay_package()
    done = run(PYTHON_PATIENCE, sys.executable, "-c", CHILD, WORK / "package", *TESTS)
    if done is not None and done.returncode not in (0, 1) and done.returncode > 0:
        raise SystemExit(f"the tests could not run:\n{done.stdout}{done.stderr}")
    return done is not None and done.returncode == 0


def noticed(fault: Fault) -> str:
    """Plant the fault, and return whose tests turn red, or nothing."""
    path = WORK / "source" / fault.path
    text = path.read_text()
    if text.count(fault.old) != 1:
        raise SystemExit(
            f"{fault.name}: expected its text once in {fault.path}, found it {text.count(fault.old)} times"
        )
    path.write_text(text.replace(fault.old, fault.new))
    if not core_tests_pass():
        return "core"
    return "" if python_tests_pass() else "python"


def main() -> int:
    """Check the sound core first, then every fault; return the number of faults that no test noticed."""
    faults = [
        fault for fault in FAULTS if not sys.argv[1:] or any(word in fault.name for word in sys.argv[1:])
    ]
    copy_sources()
    if not core_tests_pass() or not python_tests_pass():
        raise SystemExit("the tests are red before any fault is planted")
    unnoticed = 0
    for fault in faults:
        copy_sources()
        by = noticed(fault)
        unnoticed += not by
        print(f"{f'red: {by}' if by else 'NOT NOTICED':12s} {fault.name}", flush=True)
    copy_sources()
    print(f"{len(faults) - unnoticed} of {len(faults)} faults turned a test red")
    return unnoticed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
