"""Seeing inside: traces of recurrent networks, what is measured from them, and figures.

Everything is loaded at first use. Measuring rests on the layers alone; :func:`compare` trains, so it lives
with the tasks and is only named here (docs/decisions/0014).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remy.inspect.arrays import load_trace
    from remy.inspect.attribution import Attribution, attribute
    from remy.inspect.figures import (
        plot_attribution,
        plot_comparison,
        plot_gradient_flow,
        plot_jacobian_spectrum,
        plot_trace,
        plot_units,
        save_figure,
    )
    from remy.inspect.flow import Flow, gradient_flow
    from remy.inspect.gates import GateUse, gate_use, time_constants
    from remy.inspect.influence import Influence, input_influence
    from remy.inspect.jacobian import state_jacobians
    from remy.inspect.override import Override
    from remy.inspect.passages import Passage
    from remy.inspect.properties import PROPERTIES
    from remy.inspect.record import Gradients, Jacobians, LayerTrace, Residuals, Trace
    from remy.inspect.schema import TraceRecord, json_schema
    from remy.inspect.subject import Inspectable, Subject
    from remy.inspect.tracing import trace
    from remy.inspect.units import SelectiveUnit, Selectivity, unit_selectivity
    from remy.tasks.comparison import Comparison, Starts, compare, compare_starts

_HOMES = {
    "PROPERTIES": "remy.inspect.properties",
    "Attribution": "remy.inspect.attribution",
    "Comparison": "remy.tasks.comparison",
    "Flow": "remy.inspect.flow",
    "GateUse": "remy.inspect.gates",
    "Gradients": "remy.inspect.record",
    "Influence": "remy.inspect.influence",
    "Inspectable": "remy.inspect.subject",
    "Jacobians": "remy.inspect.record",
    "LayerTrace": "remy.inspect.record",
    "Override": "remy.inspect.override",
    "Passage": "remy.inspect.passages",
    "Residuals": "remy.inspect.record",
    "SelectiveUnit": "remy.inspect.units",
    "Selectivity": "remy.inspect.units",
    "Starts": "remy.tasks.comparison",
    "Subject": "remy.inspect.subject",
    "Trace": "remy.inspect.record",
    "TraceRecord": "remy.inspect.schema",
    "attribute": "remy.inspect.attribution",
    "compare": "remy.tasks.comparison",
    "compare_starts": "remy.tasks.comparison",
    "gate_use": "remy.inspect.gates",
    "gradient_flow": "remy.inspect.flow",
    "input_influence": "remy.inspect.influence",
    "json_schema": "remy.inspect.schema",
    "load_trace": "remy.inspect.arrays",
    "plot_attribution": "remy.inspect.figures",
    "plot_comparison": "remy.inspect.figures",
    "plot_gradient_flow": "remy.inspect.figures",
    "plot_jacobian_spectrum": "remy.inspect.figures",
    "plot_trace": "remy.inspect.figures",
    "plot_units": "remy.inspect.figures",
    "save_figure": "remy.inspect.figures",
    "state_jacobians": "remy.inspect.jacobian",
    "time_constants": "remy.inspect.gates",
    "trace": "remy.inspect.tracing",
    "unit_selectivity": "remy.inspect.units",
}

__all__ = [
    "PROPERTIES",
    "Attribution",
    "Comparison",
    "Flow",
    "GateUse",
    "Gradients",
    "Influence",
    "Inspectable",
    "Jacobians",
    "LayerTrace",
    "Override",
    "Passage",
    "Residuals",
    "SelectiveUnit",
    "Selectivity",
    "Starts",
    "Subject",
    "Trace",
    "TraceRecord",
    "attribute",
    "compare",
    "compare_starts",
    "gate_use",
    "gradient_flow",
    "input_influence",
    "json_schema",
    "load_trace",
    "plot_attribution",
    "plot_comparison",
    "plot_gradient_flow",
    "plot_jacobian_spectrum",
    "plot_trace",
    "plot_units",
    "save_figure",
    "state_jacobians",
    "time_constants",
    "trace",
    "unit_selectivity",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'remy.inspect' has no attribute '{name}'")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
