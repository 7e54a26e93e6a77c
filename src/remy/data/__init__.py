"""From files to numbers: reading text, tokenizers, splitting, and the n-gram baseline."""

from remy.data.characters import CharacterTokenizer
from remy.data.ngram import NGram
from remy.data.split import head_tail
from remy.data.text import read_text

__all__ = ["CharacterTokenizer", "NGram", "head_tail", "read_text"]
