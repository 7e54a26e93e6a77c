"""Networks of the output patterns, as torch modules."""

from remy.models.language import LanguageNetwork

__all__ = ["LanguageNetwork"]
