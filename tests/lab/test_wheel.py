"""The page travels in the wheel, or there is no wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import remy

ROOT = Path(remy.__file__).parents[2]
MESSAGE = "remy: the lab's page is not built; run `make web` first."


def configured(folder: Path, state: str) -> str:
    """Begin to build in `folder`, which has no sources, and return what CMake says."""
    shutil.copy(ROOT / "CMakeLists.txt", folder)
    cmake = Path(sys.executable).with_name("cmake")
    command = [str(cmake), "-S", str(folder), "-B", str(folder / "build"), f"-DSKBUILD_STATE={state}"]
    done = subprocess.run(
        [*command, "-DCMAKE_CXX_COMPILER=none"], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    return " ".join(done.stderr.split())


@pytest.mark.parametrize(("state", "refused"), [("wheel", True), ("editable", False), ("sdist", False)])
def test_only_a_wheel_needs_the_page(state: str, refused: bool, tmp_path: Path) -> None:
    assert (MESSAGE in configured(tmp_path, state)) == refused


def test_a_wheel_with_the_page_is_built(tmp_path: Path) -> None:
    page = tmp_path / "src" / "remy" / "lab" / "page"
    page.mkdir(parents=True)
    (page / "index.html").write_text("")
    said = configured(tmp_path, "wheel")
    assert MESSAGE not in said
    assert "CMAKE_CXX_COMPILER" in said
