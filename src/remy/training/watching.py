"""Watching the gradients while a network trains: what is kept of every look, and what is warned of, once.

A look is taken every so many updates at a few rows of the batch that is being learned from, after the way
back and before the weights change. The update itself is the same to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from remy import ops
from remy.config import TrainConfig
from remy.inspect.glance import Glance, LayerGlance
from remy.training.advice import DEAD, Look, exploding, mostly_dead, vanishing
from remy.training.charts import Charts
from remy.training.progress import Reporter
from remy.training.snapshot import Watched

#: So many norms of earlier updates are kept, so that there is something usual to compare with.
KEPT_NORMS = 100
#: Before so many updates nothing is usual.
FEWEST_NORMS = 10
#: A norm before clipping of so many times the usual one is a leap; after so many leaps it is warned.
LEAP, LEAPS = 100.0, 3
#: So many looks in a row must say that the gradient vanishes: many a network begins short-sighted and learns.
IN_A_ROW = 3


def watch_over(
    network: torch.nn.Module,
    config: TrainConfig,
    *,
    updates: int,
    reporter: Reporter,
    charts: Charts | None,
) -> GradientWatch | None:
    """Return the watch that `config` asks for, if any; it looks at least once in a run of so many updates."""
    if config.watch_gradients is None:
        return None
    every = min(config.watch_gradients, updates)
    return GradientWatch(network, config, every=every, reporter=reporter, charts=charts)


class GradientWatch:
    """Looks at a network every so many updates.

    Parameters
    ----------
    network
        What trains.
    config
        How it trains.
    every
        Updates between two looks.
    reporter
        Who is warned.
    charts
        Where the numbers go besides the history.
    """

    def __init__(
        self,
        network: torch.nn.Module,
        config: TrainConfig,
        *,
        every: int,
        reporter: Reporter,
        charts: Charts | None = None,
    ) -> None:
        self._network, self._config, self._every = network, config, every
        self._reporter, self._charts = reporter, charts
        self._glance: Glance | None = None

    @contextmanager
    def following(self, update: int) -> Iterator[None]:
        """Follow the forward pass of an update, if a look is due after it; updates are counted from 1."""
        if update % self._every:
            yield
            return
        self._glance = Glance(self._network)
        with ops.watch(self._glance):
            yield

    def updated(self, watched: Watched, update: int, norm: torch.Tensor) -> None:
        """Take note of the gradient's norm before clipping and, if a look was due, record and warn.

        Call it before the weights change.
        """
        watched.norms.append(norm.detach())  # read back only when needed: that waits for the device
        watched.since += 1
        if self._glance is None:
            return
        layers = self._glance.measure(seed=(self._config.seed, update))
        self._glance = None
        record = {
            "update": update,
            "norm": self._norms(watched),
            "layers": [_of_layer(each) for each in layers],
        }
        watched.records.append(record)
        if self._charts is not None:
            self._charts.add(update, numbers(record))
        self._warn(watched, update, layers)

    def _norms(self, watched: Watched) -> dict[str, Any]:
        """Summarize the norms since the last look, and keep some for the next."""
        norms = np.array([float(norm) for norm in watched.norms])
        new, clip = norms[-watched.since :], self._config.clip
        usual = float(np.median(norms))
        if len(norms) >= FEWEST_NORMS:
            watched.leaps += int((~(new <= LEAP * usual)).sum())
        found = {
            "median": _short(float(np.median(new))),
            "largest": _short(float(new.max())),
            "clipped": int((~(new <= clip)).sum()),
            "updates": len(new),
        }
        watched.norms, watched.since = norms[-KEPT_NORMS:].tolist(), 0
        return found

    def _warn(self, watched: Watched, update: int, layers: list[LayerGlance]) -> None:
        usual = float(np.median([float(norm) for norm in watched.norms]))
        look = Look(update, layers, self._config, usual_norm=usual, leaps=watched.leaps)
        self._say(watched, "exploding", exploding(look, leaps=LEAPS))
        self._say(watched, "dead", mostly_dead(look))
        sentence = vanishing(look)
        # Where gates are dead, that is why, and it has been said.
        is_short = sentence is not None and all(layer.any_dead <= DEAD for layer in layers)
        watched.short_in_a_row = watched.short_in_a_row + 1 if is_short else 0
        if watched.short_in_a_row >= IN_A_ROW:
            self._say(watched, "vanishing", sentence)

    def _say(self, watched: Watched, kind: str, sentence: str | None) -> None:
        if sentence is not None and kind not in watched.warned:
            watched.warned.append(kind)
            self._reporter.note(f"watch: {sentence}")


def numbers(record: dict[str, Any]) -> dict[str, float]:
    """Return a record of a look as curves, by names with a slash between their parts."""
    norm = record["norm"]
    found = {f"gradient/{name}_norm": norm[name] for name in ("median", "largest")}
    found["gradient/clipped_share"] = norm["clipped"] / norm["updates"]
    for layer in record["layers"]:
        name = f"{layer['name']}_{layer['direction']}"
        for state in [state for state in ("h", "c") if state in layer]:
            sizes = zip(layer["lags"], layer[state], strict=True)
            found |= {f"gradient_by_lag/{name}/{state}/lag_{lag:04}": size for lag, size in sizes}
        for gate, level in layer["gates"].items():
            found[f"saturation/{name}/{gate}"] = level["low"] + level["high"]
            found[f"mean/{name}/{gate}"] = level["mean"]
        found[f"dead/{name}"] = layer["dead"]
    return {name: value for name, value in found.items() if value is not None}


def _of_layer(layer: LayerGlance) -> dict[str, Any]:
    """Return what the history keeps of a layer."""
    flow = layer.flow
    lags = [0, *(1 << k for k in range(len(flow.h).bit_length()) if 1 << k < len(flow.h))]
    return {
        "name": flow.name,
        "direction": flow.direction,
        "cell": flow.cell,
        "steps": len(flow.h),
        "lags": lags,
        "h": [_short(float(flow.h[lag])) for lag in lags],
        **({} if flow.c is None else {"c": [_short(float(flow.c[lag])) for lag in lags]}),
        "decay": _short(flow.decay),
        "horizon": flow.horizon,
        "gates": {
            name: {part: _short(value) for part, value in vars(level).items()}
            for name, level in layer.gates.items()
        },
        "dead": _short(layer.any_dead),
    }


def _short(value: float) -> float | None:
    """Return six digits of a number, which JSON can hold; None for what is none."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
