"""The four patterns, the models they are tried with, and what to begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, Literal

from remy.lab.schemas.patterns import PatternName


@dataclass(frozen=True)
class Kind:
    """A model that a pattern is tried with.

    Attributes
    ----------
    id
        As the library has it.
    name, asks, asks_right
        As :class:`remy.lab.schemas.patterns.PatternModel` has them.
    data
        The packaged data set that it learned from.
    takes
        What it reads.
    samples
        Texts and what is right for them; pictures and recordings come from elsewhere.
    """

    id: str
    name: str
    takes: Literal["text", "picture", "recording"]
    asks: str
    asks_right: str | None
    data: str
    samples: Mapping[str, str]

    @property
    def program(self) -> str:
        """The lines of Python that train it and use it."""
        return (files(__package__) / "programs" / f"{self.id}.txt").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Way:
    """One pattern; see :class:`remy.lab.schemas.patterns.Pattern`."""

    name: PatternName
    title: str
    idea: str
    kinds: tuple[Kind, ...]


SYLLABLES: Final = Kind(
    "syllables",
    "syllables of a word",
    "text",
    "Word",
    "Right number",
    "pronunciations",
    {"banana": "3", "idea": "3", "cat": "1", "rhythm": "2", "strength": "1", "extraordinary": "6"},
)
VOWELS: Final = Kind("vowels", "who speaks a vowel", "recording", "Recording", "Right speaker", "vowels", {})
ICONS: Final = Kind("icons", "caption of a drawing", "picture", "Drawing", "Right caption", "icons", {})
TAGS: Final = Kind(
    "tags",
    "mark after each word",
    "text",
    "Sentence, with its marks where you know them",
    None,
    "shakespeare",
    {
        "O Romeo, Romeo! wherefore art thou Romeo?": "",
        "To be, or not to be, that is the question.": "",
        "Good night, good night!": "",
        "what is past is prologue": "",
    },
)
SOUNDS: Final = Kind(
    "sounds",
    "sounds of a word",
    "text",
    "Word",
    "Right sounds",
    "pronunciations",
    {
        "thought": "TH AO T",
        "though": "DH OW",
        "knight": "N AY T",
        "phone": "F OW N",
        "banana": "B AH N AE N AH",
        "on": "AA N",
    },
)

WAYS: Final = (
    Way(
        "many-to-one",
        "Many to one",
        "A whole sequence is read, and there is one answer, at its end.",
        (SYLLABLES, VOWELS),
    ),
    Way(
        "one-to-many",
        "One to many",
        "One thing is looked at, and a sequence is written of it until the network itself writes the end.",
        (ICONS,),
    ),
    Way(
        "many-to-many",
        "Many to many, equal length",
        "Every item that is read gets an answer of its own.",
        (TAGS,),
    ),
    Way(
        "encoder-decoder",
        "Encoder and decoder",
        "One network reads all of a sequence; another one then writes a sequence of a different length and "
        "looks back at what was read.",
        (SOUNDS,),
    ),
)

#: What is not drawn here, a sentence each.
OTHERS: Final = (
    "Predicting the next item is many to many where the right answer at each step is the item that is read "
    "next: the letter models of the first scene (remy.LanguageModel).",
    "Forecasting reads the past of a series and answers some steps ahead of its end, with numbers in place "
    "of items (remy.Forecaster).",
)

KINDS: Final[Mapping[str, Kind]] = {kind.id: kind for way in WAYS for kind in way.kinds}


def task_of(kind: Kind) -> Callable[[Any], Any]:
    """Return what makes the :class:`remy.lab.patterns.task.Task` of the kind's estimator."""
    from remy.lab.patterns.classifying import Classifying
    from remy.lab.patterns.marking import Marking
    from remy.lab.patterns.writing import Captioning, Translating

    known: dict[str, Callable[[Any], Any]] = {
        SYLLABLES.id: Classifying,
        VOWELS.id: Classifying,
        ICONS.id: Captioning,
        TAGS.id: Marking,
        SOUNDS.id: Translating,
    }
    return known[kind.id]
