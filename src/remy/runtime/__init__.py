"""Running trained models on the compiled core with NumPy alone; torch is never imported."""

from remy.runtime.captioner import Captioner
from remy.runtime.classifier import Classifier, Regressor, SequenceModel
from remy.runtime.forecaster import Forecast, Forecaster
from remy.runtime.language import LanguageModel
from remy.runtime.live_roll import LiveRoll
from remy.runtime.live_tags import LiveTags
from remy.runtime.loading import Model, load, load_as, task_of
from remy.runtime.network import State
from remy.runtime.piano_roll import FRAMES, PianoRoll
from remy.runtime.roll_scoring import RollScore
from remy.runtime.scoring import Score
from remy.runtime.tagger import PIECE, Tagger
from remy.runtime.translator import Translator
from remy.runtime.writer import Search, Written

__all__ = [
    "FRAMES",
    "PIECE",
    "Captioner",
    "Classifier",
    "Forecast",
    "Forecaster",
    "LanguageModel",
    "LiveRoll",
    "LiveTags",
    "Model",
    "PianoRoll",
    "Regressor",
    "RollScore",
    "Score",
    "Search",
    "SequenceModel",
    "State",
    "Tagger",
    "Translator",
    "Written",
    "load",
    "load_as",
    "task_of",
]
