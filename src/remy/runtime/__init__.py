"""Running trained models on the compiled core with NumPy alone; torch is never imported."""

from remy.runtime.language import LanguageModel
from remy.runtime.loading import load
from remy.runtime.network import State
from remy.runtime.scoring import Score

__all__ = ["LanguageModel", "Score", "State", "load"]
