"""What a person types becomes an input of the model, or one sentence says why not."""

from __future__ import annotations

import pytest

from remy.data.piano_roll import KEY_NAMES
from remy.errors import DataError, RemyError, UsageError
from remy.lab.library import Library
from remy.lab.own.typed import as_typed, read_typed, typing_of
from remy.lab.schemas.choices import MOST_STEPS, NumbersInput, TextInput, WordsInput


def test_texts_and_words_are_taken_as_they_stand(library: Library) -> None:
    assert read_typed(library.card("run:letters"), "my lord\r\n")[0] == TextInput(
        kind="text", text="my lord\n"
    )
    found, notes = read_typed(library.card("run:tags"), " the  fish\nwalks ")
    assert found == WordsInput(kind="words", words=("the", "fish", "walks"))
    assert notes == ()


@pytest.mark.parametrize("text", ["1, 2\n3.5 -4", "1;2\n\n3.5\t-4e0\n", "1 , 2 ,\n 3.5  -4"])
def test_rows_of_numbers_stand_between_commas_or_blanks(library: Library, text: str) -> None:
    found, _ = read_typed(library.card("run:ways"), text)
    assert found == NumbersInput(kind="numbers", values=((1.0, 2.0), (3.5, -4.0)))


def test_of_one_number_a_step_lines_do_not_matter(library: Library) -> None:
    card = library.card("run:steps")
    assert read_typed(card, "1 2\n3")[0] == read_typed(card, "1\n2\n3")[0]
    assert read_typed(card, "1 2\n3")[0] == NumbersInput(kind="numbers", values=((1.0,), (2.0,), (3.0,)))


def test_frames_are_names_of_keys_flats_and_small_letters_too(library: Library) -> None:
    found, _ = read_typed(library.card("run:chords"), "C4 e4, G4\nrest\nBb3\n")
    assert isinstance(found, NumbersInput)
    sounding = [[KEY_NAMES[key] for key, on in enumerate(frame) if on] for frame in found.values]
    assert sounding == [["C4", "E4", "G4"], [], ["A#3"]]


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("run:letters", "no more,\n well said."),
        ("run:tags", "the fish walks"),
        ("run:ways", "1, 2\n3.5, -0.0625"),
        ("run:chords", "C4 E4 G4\nrest\nC5"),
    ],
)
def test_an_input_is_shown_as_it_would_be_typed(library: Library, model: str, text: str) -> None:
    card = library.card(model)
    assert as_typed(card, read_typed(card, text)[0]) == text


def test_a_long_input_is_cut_and_that_is_said(library: Library) -> None:
    found, notes = read_typed(library.card("run:letters"), "a" * (MOST_STEPS + 5))
    assert isinstance(found, TextInput)
    assert len(found.text) == MOST_STEPS
    assert notes == ("Only the first 1,000 of 1,005 characters are read.",)


@pytest.mark.parametrize(
    ("model", "text", "error", "sentence"),
    [
        (
            "run:letters",
            "",
            DataError,
            "input: expected a text with at least one character, got an empty one",
        ),
        ("run:tags", " \n", DataError, "input: expected words, got blanks"),
        ("run:ways", "1, 2\n\n1, 2, 3", DataError, "input: line 3: expected 2 numbers, one a feature, got 3"),
        ("run:ways", "1, two", DataError, "input: line 1: expected finite numbers such as 0.5, got 'two'"),
        ("run:ways", "1, inf", DataError, "input: line 1: expected finite numbers such as 0.5, got 'inf'"),
        ("run:chords", "C4\nH4", DataError, "line 2: expected names of keys such as C4 or F#3"),
        (
            "run:shapes",
            "a square",
            UsageError,
            "'run:shapes' reads pictures, which are uploaded rather than typed",
        ),
    ],
)
def test_what_cannot_be_read_is_named(
    library: Library, model: str, text: str, error: type[RemyError], sentence: str
) -> None:
    with pytest.raises(error) as caught:
        read_typed(library.card(model), text)
    assert sentence in str(caught.value)


def test_every_task_says_how_it_is_typed(library: Library) -> None:
    said = {card.task: typing_of(card) for card in library.cards().models}
    assert len(said) == 8
    assert all(sentence.endswith(".") for sentence in said.values())
    assert "16 by 16 pixels" in typing_of(library.card("run:shapes"))
    assert "2 numbers" in typing_of(library.card("run:ways"))
