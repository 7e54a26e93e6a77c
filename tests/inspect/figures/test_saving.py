"""Figures as files."""

import subprocess
import sys
from pathlib import Path

import pytest

from remy.errors import UsageError
from remy.inspect.figures import plot_trace, save_figure
from tests.inspect.figures.drawn import read


@pytest.mark.parametrize(("name", "beginning"), [("a.png", b"\x89PNG"), ("a.SVG", b"<?xml")])
def test_the_ending_says_the_form(tmp_path: Path, name: str, beginning: bytes) -> None:
    save_figure(plot_trace(read("abc"), what="h"), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(beginning)


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_same_trace_gives_the_same_bytes(tmp_path: Path, ending: str) -> None:
    for name in ("a", "b"):
        # A mask is drawn with a hatch and a clip, whose names in an SVG would be drawn by chance.
        save_figure(
            plot_trace(read("abc", mask=[True, False, True]), what=["c", "gradients"]),
            tmp_path / f"{name}.{ending}",
        )
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.png.txt"])
def test_another_ending_is_refused_and_nothing_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=rf"expected a name that ends in \.png or \.svg, got '{name}'$"):
        save_figure(plot_trace(read("abc"), what="h"), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_figure_that_cannot_be_drawn_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    figure = plot_trace(read("abc"), what="h")
    figure.axes[0].set_title("$\\nonsense{$")
    with pytest.raises(ValueError, match="nonsense"):
        save_figure(figure, path)
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_importing_the_figures_loads_neither_matplotlib_nor_torch() -> None:
    code = "import sys, remy.inspect.figures; print('matplotlib' in sys.modules, 'torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]
