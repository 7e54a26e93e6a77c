"""Plant each fault of faults.py in a copy of the core and see that a test turns red: ``make mutants``.

A fault that no test notices is a hole in the tests, and the run fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from faults import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "mutants"
BIN = Path(sys.executable).parent
# Of the editable install's finder, which would put the sound package first, nothing is left in the child.
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
    """Bring the copy up to date; unchanged files keep their time, so only what a fault touches is built."""
    for name in ("CMakeLists.txt", "csrc", "bindings"):
        source = ROOT / name
        files = [source] if source.is_file() else [path for path in source.rglob("*") if path.is_file()]
        for path in files:
            copy = WORK / "source" / path.relative_to(ROOT)
            if not copy.exists() or copy.read_bytes() != path.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())


def build() -> None:
    """Build the portable kernels of the copy, and lay the package with them in WORK/package."""
    configure = [
        *(BIN / "cmake", "-S", WORK / "source", "-B", WORK / "build", "-G", "Ninja"),
        *("-DCMAKE_BUILD_TYPE=Release", "-DREMY_PORTABLE_ONLY=ON"),
        f"-DPython_EXECUTABLE={sys.executable}",
        f"-DCMAKE_MAKE_PROGRAM={BIN / 'ninja'}",
    ]
    for command in (configure, [BIN / "cmake", "--build", WORK / "build"]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"the build failed:\n{done.stdout}{done.stderr}")
    package = WORK / "package" / "remy"
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(ROOT / "src" / "remy", package, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    for extension in (WORK / "build").glob("_core*.so"):
        shutil.copy(extension, package)


def tests_pass() -> bool:
    """Run the kernel tests on what was built."""
    tests = [ROOT / "tests" / "ops" / f"test_{name}.py" for name in ("kernels_against_reference", "nan")]
    command = [sys.executable, "-c", CHILD, WORK / "package", *tests]
    environment = {**os.environ, "REMY_ISA": "portable"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"the tests could not run:\n{done.stdout}{done.stderr}")
    return done.returncode == 0


def survives(fault: Fault) -> bool:
    """Plant the fault, and tell whether every test passes all the same."""
    path = WORK / "source" / fault.path
    text = path.read_text()
    if text.count(fault.old) != 1:
        raise SystemExit(
            f"{fault.name}: expected its text once in {fault.path}, found it {text.count(fault.old)} times"
        )
    path.write_text(text.replace(fault.old, fault.new))
    build()
    return tests_pass()


def main() -> int:
    """Check the sound core first, then every fault; return the number of faults that no test noticed."""
    copy_sources()
    build()
    if not tests_pass():
        raise SystemExit("the tests are red before any fault is planted")
    unnoticed = 0
    for fault in FAULTS:
        copy_sources()
        alive = survives(fault)
        unnoticed += alive
        print(f"{'NOT NOTICED' if alive else 'noticed':12s} {fault.name}", flush=True)
    copy_sources()
    print(f"{len(FAULTS) - unnoticed} of {len(FAULTS)} faults turned a test red")
    return unnoticed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
