"""A trace as files to keep: figures, the whole trace as data, and a page that still moves."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from remy.errors import DataError, UsageError, choice
from remy.inspect import LayerTrace, Trace
from remy.inspect.report import page
from remy.inspect.schema import MOST_DIGITS
from remy.lab.answering import Encoded
from remy.lab.own.attributing import attribution_of, bound_to_explain
from remy.lab.own.looking import bound_as_asked, flows_of
from remy.lab.schemas.own import ExportAsked, FigureAsked
from remy.lab.traced import shown_layers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from remy.lab.library import Library

#: Rows of a CSV file at most: more than that no table program opens.
MOST_ROWS: Final = 1_000_000
#: The columns of the CSV file.
COLUMNS: Final = ("layer", "direction", "step", "item", "counts", "quantity", "unit", "value")
#: Digits that tell any two numbers of float32 apart.
_EXACT: Final = 9

_PICTURES: Final = {"svg": "image/svg+xml", "png": "image/png"}
#: matplotlib's settings are those of the whole process: one thread draws at a time.
_drawing: Final = threading.Lock()


def figure_file(library: Library, asked: FigureAsked) -> Encoded:
    """Return a figure of :mod:`remy.inspect` as a file.

    Raises
    ------
    UsageError
        If there is no such part or layer.
    RemyError
        As a look at the same input.
    """
    from remy.inspect.figures.saving import figure_bytes

    with _drawing:
        body = figure_bytes(_figure(library, asked), f".{asked.format}")
    return Encoded(_PICTURES[asked.format], body)


def _figure(library: Library, asked: FigureAsked) -> Figure:
    from remy.inspect import plot_attribution, plot_gradient_flow, plot_trace

    if asked.what == "attribution":
        bound = bound_to_explain(library, asked)
        return plot_attribution(attribution_of(bound, asked.method, asked.score))
    bound = bound_as_asked(library, asked)
    trace = bound.trace()
    layers = shown_layers(trace)
    if not asked.layer < len(layers):
        raise UsageError(f"layer: expected 0 to {len(layers) - 1}, got {asked.layer}")
    layer = layers[asked.layer]
    if asked.what == "flow":
        flows = flows_of(bound, trace)
        if not flows:
            raise UsageError("figure: the flow of a gradient needs a target; say what was right")
        return plot_gradient_flow(flows[:8])
    if asked.what == "answers" and trace.probabilities is None:
        return _scores_figure(trace)
    what = None if asked.what == "all" else asked.what
    return plot_trace(trace, layer=layer.name, direction=layer.direction, what=what)


def _scores_figure(trace: Trace) -> Figure:
    """Return numbers that are the answer at every step, which have no likeliest ones, as a map."""
    from remy.inspect.figures.heat_map import signed_map
    from remy.inspect.figures.labels import label_items
    from remy.inspect.figures.style import house_style, new_figure

    scores = np.atleast_2d(trace.scores[0])
    steps, count = scores.shape
    items = trace.items_of(trace.layers[-1])[:steps] if trace.scores.ndim == 3 else ("the whole input",)
    with house_style():
        figure = new_figure(min(18.0, max(7.0, 0.2 * steps + 3.0)), min(9.0, 0.18 * count + 1.8))
        axes = figure.subplots()
        signed_map(axes, scores.T, np.ones(steps, bool), label="answer\n(as trained)")
        axes.set_yticks(range(count), trace.outputs or list(map(str, range(count))), fontsize=8)
        axes.set_xlabel("step (what was read)")
        label_items(axes, items)
    return figure


def export_file(library: Library, asked: ExportAsked) -> Encoded:
    """Return the whole trace as a file.

    Raises
    ------
    DataError
        If it has more numbers than a table can hold.
    RemyError
        As a look at the same input.
    """
    trace = bound_as_asked(library, asked).trace()
    return _FORMS[choice("form", asked.form, _FORMS)](trace, asked.title)


def as_json(trace: Trace, title: str) -> Encoded:
    """Return it in the schema ``remy-trace/1``, with digits that keep every number of float32."""
    text = json.dumps(trace.to_json(digits=min(_EXACT, MOST_DIGITS)), separators=(",", ":"), allow_nan=False)
    return Encoded("application/json", text.encode())


def as_page(trace: Trace, title: str) -> Encoded:
    """Return it as a page that needs nothing but itself."""
    return Encoded("text/html; charset=utf-8", page(trace, title=title).encode())


def as_csv(trace: Trace, title: str) -> Encoded:
    """Return it as a table with a row for each number; see :data:`COLUMNS`.

    Raises
    ------
    DataError
        If that would be more than :data:`MOST_ROWS` rows.
    """
    layers = shown_layers(trace)
    rows = trace.scores.size + sum(_numbers_in(layer) for layer in layers)
    if rows > MOST_ROWS:
        raise DataError(
            f"csv: the trace has {rows:,} numbers, more than the {MOST_ROWS:,} rows of a table; take the "
            "JSON, or a shorter input"
        )
    stream = io.StringIO()
    written = csv.writer(stream, lineterminator="\n")
    written.writerow(COLUMNS)
    for layer in layers:
        written.writerows(_layer_rows(trace, layer))
    written.writerows(_answer_rows(trace))
    return Encoded("text/csv; charset=utf-8", stream.getvalue().encode())


def _numbers_in(layer: LayerTrace) -> int:
    """Return how many numbers of its units a layer has."""
    gates = len(layer.gate_names)
    return len(layer.steps) * layer.units * (gates + max(1, gates) + (1 if layer.c is None else 2))


def _layer_rows(trace: Trace, layer: LayerTrace) -> Iterator[tuple[Any, ...]]:
    items = trace.items_of(layer)
    quantities: list[tuple[str, Any]] = [("h", layer.h[0])]
    quantities += [] if layer.c is None else [("c", layer.c[0])]
    quantities += [(name, layer.gates[0, :, place]) for place, name in enumerate(layer.gate_names)]
    before = layer.gate_names or ("h",)
    quantities += [(f"{name} before", layer.preactivations[0, :, place]) for place, name in enumerate(before)]
    for place, number in enumerate(layer.steps.tolist()):
        where = (layer.name, layer.direction, number, items[place], int(layer.valid[0, place]))
        for name, values in quantities:
            for unit, value in enumerate(values[place]):
                yield (*where, name, unit, _digits(value))
        for name, norms in _norms(layer):
            yield (*where, name, "", _digits(norms[place]))


def _norms(layer: LayerTrace) -> Iterator[tuple[str, Any]]:
    for name, norms in vars(layer.jacobians).items():
        yield f"jacobian {name}", norms[0]
    if layer.gradients is not None:
        for name, norms in layer.gradients.norms.items():
            yield f"gradient {name}", norms[0]
        yield "gradient cell_road", layer.gradients.cell_road[0]
        yield "gradient gate_road", layer.gradients.gate_road[0]


def _answer_rows(trace: Trace) -> Iterator[tuple[Any, ...]]:
    last = trace.layers[-1]
    items = trace.items_of(last)
    for name, values in (("score", trace.scores), ("probability", trace.probabilities)):
        if values is None:
            continue
        rows = np.atleast_2d(values[0])
        for place, row in enumerate(rows):
            item = items[place] if trace.scores.ndim == 3 and place < len(items) else ""
            number = place if trace.scores.ndim == 3 else ""
            for column, value in enumerate(row):
                unit = trace.outputs[column] if trace.outputs is not None else column
                yield ("answer", "", number, item, 1, name, unit, _digits(value))


def _digits(value: Any) -> str:
    """Return the shortest decimals that mean this number of its own precision."""
    return "" if not np.isfinite(value) else str(value)


_FORMS: Final[dict[str, Callable[[Trace, str], Encoded]]] = {"json": as_json, "csv": as_csv, "html": as_page}
