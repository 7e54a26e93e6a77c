"""A library that asks the processor finds no AVX-512, and everything else as it is."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import cpuid

pytestmark = [
    pytest.mark.skipif(platform.machine() != "x86_64", reason="CPUID is an instruction of x86"),
    pytest.mark.skipif(shutil.which("objdump") is None, reason="no objdump"),
]

ASKING = """
#include <cpuid.h>
unsigned ask(unsigned leaf, unsigned subleaf, unsigned which) {
  unsigned found[4];
  __cpuid_count(leaf, subleaf, found[0], found[1], found[2], found[3]);
  return found[which];
}
"""

ASK = """
import ctypes, sys
ask = ctypes.CDLL(sys.argv[1]).ask
ask.restype = ctypes.c_uint
leaves = ((0, 0), (1, 0), (7, 0), (7, 1))
print(*(ask(*leaf, which) for leaf in leaves for which in range(4)))
"""

AVX2, AVX512F, AVX512VL, AVX512_VNNI = 1 << 5, 1 << 16, 1 << 31, 1 << 11


@pytest.fixture
def library(tmp_path: Path) -> Path:
    source, built = tmp_path / "asking.c", tmp_path / "asking.so"
    source.write_text(ASKING, encoding="ascii")
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", str(built), str(source)], check=True)
    return built


def ask(library: Path, **environment: str) -> dict[tuple[int, int], list[int]]:
    done = subprocess.run(
        [sys.executable, "-S", "-c", ASK, str(library)],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    words = [int(word) for word in done.stdout.split()]
    return {leaf: words[4 * at : 4 * at + 4] for at, leaf in enumerate([(0, 0), (1, 0), (7, 0), (7, 1)])}


def test_only_what_avx2_machines_lack_is_taken_out(library: Path) -> None:
    environment = cpuid.audit({"somebody": library})
    held, free = ask(library, **environment), ask(library)
    cpuid.clear(environment)
    assert not Path(environment["LD_AUDIT"]).exists()
    _, features, more, _ = held[7, 0]
    assert not features & (AVX512F | AVX512VL)
    assert not more & AVX512_VNNI
    assert features & AVX2 == free[7, 0][1] & AVX2
    assert held[0, 0] == free[0, 0]
    assert held[1, 0][2:] == free[1, 0][2:]  # the others name the core that was asked


def test_a_library_that_is_not_listed_is_left_alone(library: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.so"
    shutil.copy(library, other)
    environment = cpuid.audit({"somebody": library})
    assert ask(other, **environment)[7, 0] == ask(other)[7, 0]
    cpuid.clear(environment)


def test_a_library_changed_since_it_was_looked_at_is_refused(library: Path) -> None:
    environment = cpuid.audit({"somebody": library})
    sites = Path(environment["REMY_CPUID_SITES"]) / library.name
    sites.write_text("0", encoding="ascii")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        ask(library, **environment)
    cpuid.clear(environment)
    assert "other code than the listed one" in refused.value.stderr
