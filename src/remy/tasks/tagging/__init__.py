"""A tag for every word of a sentence."""

from remy.tasks.tagging.estimator import Tagger

__all__ = ["Tagger"]
