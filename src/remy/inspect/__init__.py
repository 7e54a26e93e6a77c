"""Seeing inside: traces of recurrent networks, what is measured from them, and figures.

Everything is loaded at first use. Measuring rests on the layers alone; :func:`compare` trains, so it lives
with the tasks and is only named here (docs/decisions/0014).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remy.inspect.flow import Flow, gradient_flow
    from remy.inspect.jacobian import state_jacobians
    from remy.inspect.override import Override
    from remy.inspect.record import Gradients, Jacobians, LayerTrace, Residuals, Trace
    from remy.inspect.subject import Inspectable, Subject
    from remy.inspect.tracing import trace

_HOMES = {
    "Flow": "remy.inspect.flow",
    "Gradients": "remy.inspect.record",
    "Inspectable": "remy.inspect.subject",
    "Jacobians": "remy.inspect.record",
    "LayerTrace": "remy.inspect.record",
    "Override": "remy.inspect.override",
    "Residuals": "remy.inspect.record",
    "Subject": "remy.inspect.subject",
    "Trace": "remy.inspect.record",
    "gradient_flow": "remy.inspect.flow",
    "state_jacobians": "remy.inspect.jacobian",
    "trace": "remy.inspect.tracing",
}

__all__ = [
    "Flow",
    "Gradients",
    "Inspectable",
    "Jacobians",
    "LayerTrace",
    "Override",
    "Residuals",
    "Subject",
    "Trace",
    "gradient_flow",
    "state_jacobians",
    "trace",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'remy.inspect' has no attribute '{name}'")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
