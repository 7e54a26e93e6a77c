"""``python -m benchmarks``: the layers against torch.nn, one training step."""

from __future__ import annotations

import torch

import remy
from benchmarks.layers import PEERS, Shape, compare
from remy import _core

SHAPES = [Shape(32, 100, 128)]


def main() -> None:
    """Print one line a cell and shape: torch's time over Remy's, with its quartiles."""
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads; ", end="")
    print(f"remy {remy.__version__}, {remy.get_num_threads()} threads, {_core.isa()}")
    print("forward and backward, same weights, checked equal; time of torch.nn / time of Remy, in turn")
    for shape in SHAPES:
        for cell in PEERS:
            ratio = compare(cell, shape)
            print(f"{cell:10s} B={shape.batch} T={shape.steps} units={shape.units}", end="  ")
            print(f"{ratio.median:.2f} (quartiles {ratio.lower:.2f} to {ratio.upper:.2f})", flush=True)


if __name__ == "__main__":
    main()
