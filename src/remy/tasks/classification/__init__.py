"""One label, several, or a number for a sequence: texts and numbers alike."""

from remy.tasks.classification.estimators import Classifier, Regressor

__all__ = ["Classifier", "Regressor"]
