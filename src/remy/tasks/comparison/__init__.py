"""Comparing the cells: trained under equal budgets on anybody's data, and before any training."""

from remy.tasks.comparison.comparing import compare
from remy.tasks.comparison.result import Comparison
from remy.tasks.comparison.rows import Gate, Reach, Row, Scale, Training
from remy.tasks.comparison.starts import Start, Starts, compare_starts
from remy.tasks.comparison.variants import LeftOut, Variant

__all__ = [
    "Comparison",
    "Gate",
    "LeftOut",
    "Reach",
    "Row",
    "Scale",
    "Start",
    "Starts",
    "Training",
    "Variant",
    "compare",
    "compare_starts",
]
