"""Running trained models on the compiled core with NumPy alone; torch is never imported."""

from remy.runtime.classifier import Classifier, Regressor, SequenceModel
from remy.runtime.language import LanguageModel
from remy.runtime.loading import Model, load, load_as
from remy.runtime.network import State
from remy.runtime.scoring import Score

__all__ = [
    "Classifier",
    "LanguageModel",
    "Model",
    "Regressor",
    "Score",
    "SequenceModel",
    "State",
    "load",
    "load_as",
]
