"""Remy: recurrent neural networks you can train, see into and run one step at a time.

Everything is loaded at first use: ``import remy`` reads neither torch nor the compiled core.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

#: Public name -> module that defines it. Submodules map to themselves.
_HOMES = {
    "bench": "remy.bench",
    "data": "remy.data",
    "datasets": "remy.datasets",
    "errors": "remy.errors",
    "inspect": "remy.inspect",
    "lab": "remy.lab",
    "layers": "remy.layers",
    "ops": "remy.ops",
    "reference": "remy.reference",
    "runtime": "remy.runtime",
    "Captioner": "remy.tasks",
    "Classifier": "remy.tasks",
    "LanguageModel": "remy.tasks",
    "Forecaster": "remy.tasks",
    "PianoRoll": "remy.tasks",
    "Regressor": "remy.tasks",
    "Tagger": "remy.tasks",
    "Translator": "remy.tasks",
    "Sequential": "remy.layers",
    "get_num_threads": "remy.threads",
    "load": "remy.tasks",
    "set_num_threads": "remy.threads",
}

__all__ = [
    "Captioner",
    "Classifier",
    "Forecaster",
    "LanguageModel",
    "PianoRoll",
    "Regressor",
    "Sequential",
    "Tagger",
    "Translator",
    "__version__",
    "bench",
    "data",
    "datasets",
    "errors",
    "get_num_threads",
    "inspect",
    "lab",
    "layers",
    "load",
    "ops",
    "reference",
    "runtime",
    "set_num_threads",
]

if TYPE_CHECKING:
    from remy import bench, data, datasets, errors, inspect, lab, layers, ops, reference, runtime
    from remy.layers import Sequential
    from remy.tasks import (
        Captioner,
        Classifier,
        Forecaster,
        LanguageModel,
        PianoRoll,
        Regressor,
        Tagger,
        Translator,
        load,
    )
    from remy.threads import get_num_threads, set_num_threads


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'remy' has no attribute '{name}'")
    home = _HOMES[name]
    module = importlib.import_module(home)
    value = module if home == f"remy.{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
