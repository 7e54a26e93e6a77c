"""What people use: estimators that learn from data and, once trained, need no torch."""

from remy.tasks.captioning import Captioner
from remy.tasks.classification import Classifier, Regressor
from remy.tasks.forecasting import Forecaster
from remy.tasks.language.estimator import LanguageModel
from remy.tasks.loading import load
from remy.tasks.polyphony import PianoRoll
from remy.tasks.tagging import Tagger
from remy.tasks.translation import Translator

__all__ = [
    "Captioner",
    "Classifier",
    "Forecaster",
    "LanguageModel",
    "PianoRoll",
    "Regressor",
    "Tagger",
    "Translator",
    "load",
]
