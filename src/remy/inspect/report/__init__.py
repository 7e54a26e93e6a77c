"""A trace in words and marks for a terminal, and as one page for a browser. Nothing here runs a network."""

from remy.inspect.report.contributions import contribution_lines
from remy.inspect.report.gradients import gradient_lines
from remy.inspect.report.marks import Line, Piece, as_text
from remy.inspect.report.page import page, write_page
from remy.inspect.report.sentences import (
    flow_sentences,
    held_sentences,
    layer_sentence,
    residual_sentences,
)
from remy.inspect.report.steps import UNITS, answer_lines, step_lines
from remy.inspect.report.unit import unit_lines
from remy.inspect.report.view import View, choose_layer, choose_steps

__all__ = [
    "UNITS",
    "Line",
    "Piece",
    "View",
    "answer_lines",
    "as_text",
    "choose_layer",
    "choose_steps",
    "contribution_lines",
    "flow_sentences",
    "gradient_lines",
    "held_sentences",
    "layer_sentence",
    "page",
    "residual_sentences",
    "step_lines",
    "unit_lines",
    "write_page",
]
