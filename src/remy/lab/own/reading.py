"""From what a person gives to inputs of a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from remy.lab.own.typed import as_typed, read_typed, typing_of
from remy.lab.own.uploads import read_upload
from remy.lab.schemas.choices import Input
from remy.lab.schemas.models import ModelCard
from remy.lab.schemas.own import FoundInput, ReadAnswer, ReadAsked, Typed

if TYPE_CHECKING:
    from remy.lab.library import Library

#: Task -> how what was right is said.
JUDGING: Final = {
    "language_model": "next: each character's own follower; or as many characters as are read.",
    "classifier": "A label; of several, a bar between them.",
    "regressor": "A number.",
    "tagger": "A tag for each word, blanks between them.",
    "translator": "A translation.",
    "captioner": "A caption.",
    "forecaster": "The numbers that came, commas between them.",
    "piano_roll": "next: the piece's own frames.",
}


def read(library: Library, asked: ReadAsked) -> ReadAnswer:
    """Return the inputs that are meant, the model's own examples where nothing is given.

    Raises
    ------
    RemyError
        If there is no such model, or what is given cannot be read for it.
    """
    card = library.card(asked.model)
    said = {"typing": typing_of(card), "judging": JUDGING[card.task]}
    if asked.given is None:
        examples = tuple(_examples(card))
        return ReadAnswer(inputs=examples, total=len(examples), columns=(), column=None, notes=(), **said)
    if isinstance(asked.given, Typed):
        found, notes = read_typed(card, asked.given.text)
        only = FoundInput(name="typed", text=asked.given.text, input=found, target=None)
        return ReadAnswer(inputs=(only,), total=1, columns=(), column=None, notes=notes, **said)
    inputs, total, items = read_upload(card, library.load(card.id), asked.given)
    return ReadAnswer(
        inputs=tuple(inputs),
        total=total,
        columns=items.columns,
        column=items.column,
        notes=items.notes,
        **said,
    )


def _examples(card: ModelCard) -> Iterator[FoundInput]:
    """Yield the golden example of the model's file, and the texts that it was given to begin with."""
    seen = set[Input]()
    for text in card.examples:
        found, _ = read_typed(card, text)
        seen.add(found)
        yield _named(card, found, text)
    if card.begin is not None and card.begin not in seen:
        yield _named(card, card.begin, None)


def _named(card: ModelCard, found: Input, text: str | None) -> FoundInput:
    shown = as_typed(card, found)
    begins = " ".join((text or shown or "").split())
    own = text is None
    name = "the example in its file" + (
        f": {begins[:40]}" if begins and card.takes in ("text", "words") else ""
    )
    return FoundInput(name=name if own else begins[:60], text=shown, input=found, target=None)
