"""A sequence from another one: translation, pronunciation, spelling."""

from remy.tasks.translation.estimator import Translator

__all__ = ["Translator"]
