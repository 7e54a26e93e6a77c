"""Learning to continue a text."""

from remy.tasks.language.estimator import LanguageModel

__all__ = ["LanguageModel"]
