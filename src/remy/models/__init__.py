"""Networks of the output patterns, as torch modules."""

from remy.models.classifier import ClassifierNetwork
from remy.models.forecaster import ForecasterNetwork
from remy.models.language import LanguageNetwork
from remy.models.network import Network
from remy.models.piano_roll import PianoRollNetwork

__all__ = ["ClassifierNetwork", "ForecasterNetwork", "LanguageNetwork", "Network", "PianoRollNetwork"]
