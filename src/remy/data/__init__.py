"""From files to records and numbers: readers, the check of a file, tokenizers, splitting, an n-gram."""

from remy.data.captions import CaptionedPictures, read_captions
from remy.data.characters import CharacterTokenizer
from remy.data.check import check
from remy.data.conll import read_conll, read_words, write_conll
from remy.data.formats import Guess, guess_kind
from remy.data.music import Music, read_music
from remy.data.ngram import NGram
from remy.data.notation import Notation
from remy.data.pictures import read_picture
from remy.data.records import NumericRecord, Place, Reading, Series, SourceLine, TaggedSentence, TextRecord
from remy.data.rolls import Rolls, read_rolls
from remy.data.sequences import read_sequences
from remy.data.series import read_series
from remy.data.split import head_tail
from remy.data.steps import Step
from remy.data.text import read_text
from remy.data.texts import read_texts

__all__ = [
    "CaptionedPictures",
    "CharacterTokenizer",
    "Guess",
    "Music",
    "NGram",
    "Notation",
    "NumericRecord",
    "Place",
    "Reading",
    "Rolls",
    "Series",
    "SourceLine",
    "Step",
    "TaggedSentence",
    "TextRecord",
    "check",
    "guess_kind",
    "head_tail",
    "read_captions",
    "read_conll",
    "read_music",
    "read_picture",
    "read_rolls",
    "read_sequences",
    "read_series",
    "read_text",
    "read_texts",
    "read_words",
    "write_conll",
]
