"""A look at a model of any task is the trace that the library makes, and its sentences come from it."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from remy.errors import DataError, ModelFileError, RemyError, UsageError
from remy.inspect import attribute, gradient_flow, input_influence, time_constants, trace
from remy.lab.library import Library
from remy.lab.own.attributing import attribute_input, measure_influence
from remy.lab.own.looking import bound_of, look
from remy.lab.own.reading import read
from remy.lab.own.sentences import gradient_sentences
from remy.lab.schemas.choices import NumbersInput, TextInput, WordsInput
from remy.lab.schemas.own import AttributionAsked, InfluenceAsked, LookAnswer, LookAsked, ReadAsked
from remy.lab.wording import number, share

TEXT = "the king, my lord.\n"
#: Run -> what was right of its example.
TARGETS = {
    "letters": "next",
    "reviews": "good",
    "ways": "up",
    "heights": "2.5",
    "tags": "NAME VERB ADV",
    "phrases": "el perro ve la casa roja.",
    "shapes": "left square",
    "colours": "left square",
    "vectors": "left square",
    "days": "1,2,3",
    "chords": "next",
}


def example(library: Library, name: str, target: str | None = None) -> LookAsked:
    found = read(library, ReadAsked(model=f"run:{name}", given=None)).inputs[-1]
    return LookAsked(model=f"run:{name}", input=found.input, target=target)


def said(answer: LookAnswer, picture: str) -> tuple[str, ...]:
    return next(each.sentences for each in answer.said if each.picture == picture)


@pytest.mark.parametrize("name", TARGETS)
def test_every_task_can_be_looked_into_and_says_two_sentences_of_each_picture(
    library: Library, name: str
) -> None:
    plain = look(library, example(library, name))
    assert plain.trace.loss is None
    judged = look(library, example(library, name, TARGETS[name]))
    assert judged.trace.loss is not None
    assert judged.trace.loss > 0
    for place, layer in enumerate(judged.trace.layers):
        pictures = {each.picture: each.sentences for each in judged.said if each.layer == place}
        cell_state = set() if layer.c is None else {"c"}
        usual = {"h", "jacobians", "gradients", "roads", "time_constants", *cell_state, *layer.gate_names}
        assert set(pictures) == usual
        assert all(len(sentences) == 2 for sentences in pictures.values())
    assert len(said(judged, "answers")) == 2


def test_the_numbers_are_those_of_a_trace_of_the_loaded_model(library: Library) -> None:
    asked = LookAsked(model="run:letters", input=TextInput(kind="text", text=TEXT))
    found = look(library, asked).trace
    expected = trace(library.load("run:letters"), TEXT)
    np.testing.assert_array_equal(found.layers[0].h, expected.layers[0].h[0])
    np.testing.assert_array_equal(found.layers[0].gates, expected.layers[0].gates[0])
    assert expected.probabilities is not None
    np.testing.assert_array_equal(found.probabilities, expected.probabilities[0])


def test_an_uploaded_series_reaches_the_model_with_its_times(library: Library) -> None:
    forecaster = library.load("run:days")
    days = np.arange("2021-02-01", "2021-02-13", dtype="datetime64[D]")
    values = np.linspace(1, 4, len(days))
    given = NumbersInput(
        kind="numbers", values=tuple((float(value),) for value in values), times=tuple(map(str, days))
    )
    found = look(library, LookAsked(model="run:days", input=given)).trace
    expected = trace(forecaster, {"date": days, "y": values})
    np.testing.assert_allclose(found.scores, expected.scores[0], rtol=1e-6)
    moved = given.model_copy(update={"times": tuple(str(day + 3) for day in days)})
    other = look(library, LookAsked(model="run:days", input=moved)).trace
    assert np.abs(other.scores - found.scores).max() > 1e-4


def test_sentences_quote_the_numbers_that_are_drawn(library: Library) -> None:
    asked = LookAsked(model="run:letters", input=TextInput(kind="text", text=TEXT), target="next")
    found = look(library, asked)
    layer = found.trace.layers[0]
    lowest, highest = said(found, "h")[0], number(layer.h.max())
    assert f"runs from {number(layer.h.min())} to {highest}" in lowest
    forget = layer.gates[:, layer.gate_names.index("forget")].astype(np.float64)
    assert (
        f"The forget gate is {number(forget.mean())} on average; {share((forget > 0.9).mean())}"
        in said(found, "forget")[0]
    )
    constants = time_constants(trace(library.load("run:letters"), TEXT).layers[0])
    longest = int(constants.argmax())
    assert (
        f"Longest is unit {longest} ({number(constants[longest])} steps)" in said(found, "time_constants")[1]
    )
    assert layer.gradients is not None
    norms = layer.gradients.h
    assert (
        f"At step 0, “t”, which this layer reads first, {share(norms[0] / norms.max())}"
        in said(found, "gradients")[1]
    )
    wider = int((layer.gradients.cell_road > layer.gradients.gate_road).sum())
    assert said(found, "roads")[0].startswith(f"At {wider} of {len(TEXT)} steps")


def test_how_far_back_it_reaches_is_the_flow_of_the_last_answer_that_counts(library: Library) -> None:
    model = library.load("run:letters")
    asked = LookAsked(model="run:letters", input=TextInput(kind="text", text=TEXT), target="next")
    [flow] = gradient_flow(model, TEXT[:-1], TEXT[1:])
    assert str(flow) in said(look(library, asked), "roads")[1]
    at_five = asked.model_copy(update={"at": 5})
    [earlier] = gradient_flow(model, TEXT[:-1], TEXT[1:], at=5)
    assert str(earlier) in said(look(library, at_five), "roads")[1]


@pytest.mark.parametrize("method", ["gradient_x_input", "leave_one_out", "integrated_gradients"])
def test_contributions_are_those_of_the_library(library: Library, method: str) -> None:
    asked = AttributionAsked(
        model="run:letters",
        input=TextInput(kind="text", text=TEXT),
        target="next",
        method=method,  # type: ignore[arg-type]
        score="k",
    )
    found = attribute_input(library, asked)
    expected = attribute(library.load("run:letters"), TEXT, "k", method=method, steps=32)
    np.testing.assert_allclose(found.values, expected.values[0], rtol=1e-5, atol=1e-7)
    assert (found.explained, found.answer) == ("k", len(TEXT) - 1)
    step, _, value = expected.ranked()[0]
    assert f"step {step}" in found.sentences[0]
    assert number(abs(value)) in found.sentences[0]
    assert f"add up to {number(expected.values[0].sum())}" in found.sentences[1]


def test_influence_is_that_of_the_library_whatever_was_right(library: Library) -> None:
    asked = InfluenceAsked(model="run:letters", input=TextInput(kind="text", text=TEXT), target="next")
    found = measure_influence(library, asked)
    expected = input_influence(library.load("run:letters"), TEXT)
    np.testing.assert_allclose(found.moves, expected.moves, rtol=1e-6)
    assert found.moves[0] > 0
    if expected.horizon is not None:
        assert f"From lag {expected.horizon} on" in found.sentences[1]


def test_where_nothing_can_be_swapped_that_is_said(library: Library) -> None:
    asked = InfluenceAsked(model="run:letters", input=TextInput(kind="text", text="a"))
    with pytest.raises(DataError, match="all steps read the same"):
        measure_influence(library, asked)


REFUSED: dict[str, tuple[str, object, str | None, type[RemyError], str]] = {
    "outside the folder": ("run:../letters", TextInput(kind="text", text="a"), None, UsageError, "is not in"),
    "no model file": (
        "run:broken",
        TextInput(kind="text", text="a"),
        None,
        ModelFileError,
        "not a safetensors",
    ),
    "not there": ("run:leters", TextInput(kind="text", text="a"), None, UsageError, "leters"),
    "words for numbers": (
        "run:ways",
        WordsInput(kind="words", words=("a",)),
        None,
        UsageError,
        "reads numbers",
    ),
    "another width": (
        "run:ways",
        NumbersInput(kind="numbers", values=((1.0,),)),
        None,
        DataError,
        "reads 2 numbers",
    ),
    "no such letter": ("run:letters", TextInput(kind="text", text="☃"), None, DataError, "☃"),
    "no such label": (
        "run:reviews",
        TextInput(kind="text", text="a film"),
        "fine",
        DataError,
        "label 'fine'",
    ),
    "too few tags": ("run:tags", WordsInput(kind="words", words=("a", "b")), "DET", RemyError, "2 tags"),
    "times that fall": (
        "run:days",
        NumbersInput(kind="numbers", values=((1.0,), (2.0,)), times=("2021-01-02", "2021-01-01")),
        None,
        DataError,
        "times that rise",
    ),
    "no times": (
        "run:days",
        NumbersInput(kind="numbers", values=((1.0,), (2.0,)), times=("soon", "later")),
        None,
        DataError,
        "expected times such as 2012-01-31",
    ),
    "too few times": (
        "run:days",
        NumbersInput(kind="numbers", values=((1.0,), (2.0,)), times=("2021-01-02",)),
        None,
        DataError,
        "expected 2, one a step, got 1",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_looked_at_is_refused_in_one_sentence(library: Library, case: str) -> None:
    model, given, target, error, sentence = REFUSED[case]
    with pytest.raises(error, match=re.escape(sentence)):
        look(library, LookAsked(model=model, input=given, target=target))  # type: ignore[arg-type]


def test_a_score_that_is_not_there_is_refused_with_the_nearest(library: Library) -> None:
    asked = AttributionAsked(model="run:reviews", input=TextInput(kind="text", text="a film"), score="goood")
    with pytest.raises(UsageError, match=r"there is no 'goood'.*good"):
        attribute_input(library, asked)


@pytest.mark.parametrize("model", ["vectors", "ways"])
def test_numbers_that_float32_cannot_hold_are_refused(library: Library, model: str) -> None:
    features = library.card(f"run:{model}").features or 1
    values = ((0.0,) * features, (1e308,) + (0.0,) * (features - 1))
    given = NumbersInput(kind="numbers", values=values)
    with pytest.raises(DataError, match=r"expected numbers up to 3\.4e38, got 1e\+308 in step 1"):
        look(library, LookAsked(model=f"run:{model}", input=given))


def test_a_gradient_beyond_all_numbers_is_said_to_be_so(library: Library) -> None:
    given = TextInput(kind="text", text="the king")
    trace = bound_of(library, "run:letters", given, "next", None).trace()
    [layer] = trace.layers
    assert layer.gradients is not None
    h = layer.gradients.h.copy()
    h[0, :2] = np.inf
    gradients = replace(layer.gradients, h=h)
    counts = np.flatnonzero(layer.valid[0])
    said = gradient_sentences(replace(layer, gradients=gradients), np.inf, tuple("the king"), counts)
    assert said[0] == "The loss is too large for the numbers of float32."
    assert said[1].startswith(f"At 2 of {len(counts)} steps its gradient at h is too large")
    assert not re.search(r"\bnan\b|\binf\b", " ".join(said))
