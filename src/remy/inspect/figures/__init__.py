"""Figures of what a network remembers: each function returns a matplotlib ``Figure``.

Sizes are drawn as they are and titles are computed from the numbers. Nothing here needs a screen; matplotlib
is loaded at the first figure.
"""

from remy.inspect.figures.attribution import plot_attribution
from remy.inspect.figures.comparison import plot_comparison
from remy.inspect.figures.flow import plot_gradient_flow
from remy.inspect.figures.saving import save_figure
from remy.inspect.figures.spectrum import plot_jacobian_spectrum
from remy.inspect.figures.states import plot_trace
from remy.inspect.figures.units import plot_units

__all__ = [
    "plot_attribution",
    "plot_comparison",
    "plot_gradient_flow",
    "plot_jacobian_spectrum",
    "plot_trace",
    "plot_units",
    "save_figure",
]
