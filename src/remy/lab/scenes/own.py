"""Your own: a model, an input that is typed, uploaded or picked, and everything that is seen of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remy.lab.answering import Encoded
from remy.lab.endpoint import Endpoint
from remy.lab.schemas.own import (
    AttributionAnswer,
    AttributionAsked,
    CompareAnswer,
    CompareAsked,
    ExportAsked,
    FigureAsked,
    InfluenceAnswer,
    InfluenceAsked,
    LookAnswer,
    LookAsked,
    ReadAnswer,
    ReadAsked,
)

if TYPE_CHECKING:
    from remy.lab.lab import Lab


def answer_read(lab: Lab, asked: ReadAsked) -> ReadAnswer:
    """Return the inputs that a text, a file or the model itself has for the model."""
    from remy.lab.own.reading import read

    return read(lab.library, asked)


def answer_look(lab: Lab, asked: LookAsked) -> LookAnswer:
    """Trace the model, and say what each picture shows."""
    from remy.lab.own.looking import look

    return look(lab.library, asked)


def answer_attribution(lab: Lab, asked: AttributionAsked) -> AttributionAnswer:
    """Return what each item contributed to a score."""
    from remy.lab.own.attributing import attribute_input

    return attribute_input(lab.library, asked)


def answer_influence(lab: Lab, asked: InfluenceAsked) -> InfluenceAnswer:
    """Return how far the last answer moves when an earlier input is another."""
    from remy.lab.own.attributing import measure_influence

    return measure_influence(lab.library, asked)


def answer_compare(lab: Lab, asked: CompareAsked) -> CompareAnswer:
    """Run two models on one input."""
    from remy.lab.own.comparing import compare

    return compare(lab.library, asked)


def answer_figure(lab: Lab, asked: FigureAsked) -> Encoded:
    """Return a picture as SVG or PNG."""
    from remy.lab.own.files import figure_file

    return figure_file(lab.library, asked)


def answer_export(lab: Lab, asked: ExportAsked) -> Encoded:
    """Return the trace as JSON, CSV or a page."""
    from remy.lab.own.files import export_file

    return export_file(lab.library, asked)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("/api/own/read", ReadAsked, ReadAnswer, answer_read, way_out="give a smaller file"),
    Endpoint("/api/own/look", LookAsked, LookAnswer, answer_look),
    Endpoint("/api/own/attribution", AttributionAsked, AttributionAnswer, answer_attribution),
    Endpoint("/api/own/influence", InfluenceAsked, InfluenceAnswer, answer_influence),
    Endpoint("/api/own/compare", CompareAsked, CompareAnswer, answer_compare),
    Endpoint("/api/own/figure", FigureAsked, None, answer_figure),
    Endpoint("/api/own/export", ExportAsked, None, answer_export),
)
