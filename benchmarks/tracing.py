"""What a trace costs beside a training step of the layer: ``python -m benchmarks.tracing [--threads N]``.

One layer, T = 200, units = inputs = 128, batch 1, every output in the loss; the trace with all gradients, its
Jacobian norms, without checks of itself and with the quick ones that are usual.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from itertools import product

import torch

import remy
from remy import layers
from remy.bench.side import Prepared
from remy.bench.turns import Pace, in_turn
from remy.inspect import trace

STEPS, UNITS = 200, 128
#: The bars: times of a training step, and seconds.
MOST_STEPS, MOST_SECONDS = 3.0, 0.020


def main(words: Sequence[str]) -> int:
    """Measure, print one line a cell, and return 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tracing", description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=31)
    options = parser.parse_args(words)
    remy.set_num_threads(options.threads)
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    missed = False
    sides: dict[str, torch.nn.Module] = {
        "SimpleRNN": layers.SimpleRNN(UNITS, return_sequences=True, input_size=UNITS),
        "LSTM": layers.LSTM(UNITS, return_sequences=True, input_size=UNITS),
        "GRU": layers.GRU(UNITS, return_sequences=True, input_size=UNITS),
        "GRU, reset before": layers.GRU(UNITS, reset_after=False, return_sequences=True, input_size=UNITS),
    }
    for (name, layer), check in product(sides.items(), ("none", "quick")):
        ratios, seconds = _measure(layer, check, options.turns)
        ratio, most = statistics.median(ratios), statistics.median(seconds)
        low, high = statistics.quantiles(ratios, n=4)[::2]
        met = ratio <= MOST_STEPS and most <= MOST_SECONDS
        missed |= not met
        print(
            f"{name:18} check={check:6} a trace takes {ratio:.2f} times a training step "
            f"(quartiles {low:.2f} to {high:.2f}), {1e3 * most:.1f} ms; {'met' if met else 'NOT MET'}"
        )
    return 1 if missed else 0


def _measure(layer: torch.nn.Module, check: str, turns: int) -> tuple[list[float], list[float]]:
    x, target = torch.randn(1, STEPS, UNITS), torch.randn(1, STEPS, UNITS)

    def step() -> None:
        layer.zero_grad()
        ((layer(x) - target) ** 2).mean().backward()

    calls = {"step": step, "trace": lambda: trace(layer, x, target, check=check)}
    sides = {name: Prepared(call, dict) for name, call in calls.items()}
    series = in_turn(sides, Pace(turns=turns))
    return [t / s for t, s in zip(series["trace"], series["step"], strict=True)], series["trace"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
