"""How good a trained model is, in NumPy: scores of classes, numbers, tags, spans, forecasts and texts."""

from remy.metrics.classification import (
    ClassScores,
    MultiLabelScores,
    accuracy,
    class_scores,
    confusion_matrix,
    macro_f1,
    multi_label_scores,
    weighted_f1,
)
from remy.metrics.forecasting import (
    interval_coverage,
    mean_absolute_scaled_error,
    mean_weighted_quantile_loss,
    naive_scale,
    symmetric_mean_absolute_percentage_error,
    weighted_quantile_loss,
)
from remy.metrics.polyphony import FrameScores, frame_scores
from remy.metrics.regression import mean_absolute_error, r_squared, root_mean_squared_error
from remy.metrics.tagging import SpanScores, span_scores, token_accuracy, unknown_word_accuracy
from remy.metrics.written import Signed, bleu, chrf, exact_match, word_f1

__all__ = [
    "ClassScores",
    "FrameScores",
    "MultiLabelScores",
    "Signed",
    "SpanScores",
    "accuracy",
    "bleu",
    "chrf",
    "class_scores",
    "confusion_matrix",
    "exact_match",
    "frame_scores",
    "interval_coverage",
    "macro_f1",
    "mean_absolute_error",
    "mean_absolute_scaled_error",
    "mean_weighted_quantile_loss",
    "multi_label_scores",
    "naive_scale",
    "r_squared",
    "root_mean_squared_error",
    "span_scores",
    "symmetric_mean_absolute_percentage_error",
    "token_accuracy",
    "unknown_word_accuracy",
    "weighted_f1",
    "weighted_quantile_loss",
    "word_f1",
]
