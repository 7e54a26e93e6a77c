"""What watching costs: ``python -m benchmarks.watching``, the same updates with looks and without.

A language model of two LSTM layers of 128 units, 32 rows of 100 steps, in the training loop. What one look in
50 updates costs is less than the noise of a busy machine, so every update is looked at, in turn with a run
that is not watched, and a fiftieth of what that costs is what ``--watch-gradients 50`` does.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence

import numpy as np
import torch

import remy
from remy import defaults
from remy.bench.side import Prepared
from remy.bench.turns import Pace, in_turn
from remy.config.language_model import LanguageModelTrain
from remy.models import LanguageNetwork
from remy.training import StreamLesson, Trainer

ROWS, STEPS, UNITS, LAYERS, CHARACTERS = 32, 100, 128, 2, 64
UPDATES = 5  # in a turn
#: The bar: times of training without a watch.
MOST = 1.05


class _Lesson(StreamLesson):
    """Learns and is never examined: a validation would hide what the watch costs."""

    def validate(self) -> dict[str, float]:
        """Return no real score."""
        return {"loss": 0.0}


def main(words: Sequence[str]) -> int:
    """Measure, print one line, and return 1 where the bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.watching", description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=31)
    options = parser.parse_args(words)
    remy.set_num_threads(options.threads)
    torch.set_num_threads(options.threads)
    sides = {"plain": _training(None), "watched": _training(1)}
    series = in_turn(sides, Pace(turns=options.turns))
    plain = statistics.median(series["plain"]) / UPDATES
    looks = [
        watched / unwatched - 1 for watched, unwatched in zip(series["watched"], series["plain"], strict=True)
    ]
    look, (low, _, high) = statistics.median(looks), statistics.quantiles(looks, n=4)
    every = defaults.WATCH_GRADIENTS
    ratio = 1 + look / every
    print(
        f"a look takes {look:.2f} of the {1e3 * plain:.0f} ms of an update "
        f"(quartiles {low:.2f} to {high:.2f}, {options.turns} turns): "
        f"one in {every} updates makes training take {ratio:.4f} times as long; "
        f"{'met' if ratio < MOST else 'NOT MET'}"
    )
    return 0 if ratio < MOST else 1


def _training(every: int | None) -> Prepared:
    """Return a run of the loop, from fresh weights, that looks every so many updates."""
    generator = np.random.default_rng(0)
    ids = generator.integers(CHARACTERS, size=(ROWS * UPDATES + 1) * STEPS, dtype=np.int32)
    config = LanguageModelTrain(batch_size=ROWS, steps=STEPS, epochs=1, evaluations=1, watch_gradients=every)
    architecture = {
        "kind": "language_model", "vocabulary_size": CHARACTERS, "embedding_size": 64, "cell": "lstm",
        "units": UNITS, "layers": LAYERS, "reset_after": True, "activation": "tanh", "residual": False,
        "tied": False,
    }  # fmt: skip

    def run() -> None:
        torch.manual_seed(0)
        network = LanguageNetwork(architecture)
        outcome = Trainer(_Lesson(network, ids, ids[:9], config), config).run()
        looks = outcome.history[-1].get("watch", [])
        if outcome.updates != UPDATES or len(looks) != (0 if every is None else UPDATES):
            raise RuntimeError(f"expected {UPDATES} updates, got {outcome.updates}, with {len(looks)} looks")

    return Prepared(run, dict)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
