"""Units that follow a property of a text: units built to do so, passages, and what is chance."""

import re

import numpy as np
import pytest
import torch

from remy.inspect import trace
from remy.inspect.passages import passages_of
from remy.inspect.properties import PROPERTIES
from remy.inspect.units import unit_selectivity
from remy.layers import GRU, LSTM, Bidirectional, Embedding, SimpleRNN
from remy.tasks import LanguageModel
from tests.inspect.made import Words

WORDS = ("To", "be,", "or", "not:", "that", "(is)", "the", "question", "42", "of", "Life")


def a_text(count=400, seed=0):
    """Words in a random order, in lines of random lengths, some of them quoted."""
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(count):
        word = str(rng.choice(WORDS))
        parts.append(f'"{word} {word}"' if rng.random() < 0.15 else word)
        parts.append("\n" if rng.random() < 0.15 else " ")
    return "".join(parts)


def counter(text):
    """A layer with units that are known: the place in the line, a capital flag, and two that never move.

    Unit 0 counts up by 1 a character and is set back below zero, so to zero, by the line break; what it reads
    is kept apart from the others.
    """
    x = torch.tensor([[[1.0, -1e6 * (mark == "\n"), float(mark.isupper())] for mark in text]])
    layer = SimpleRNN(4, activation="relu", input_size=3)
    layer.kernel.data.zero_()
    layer.kernel.data[0, 0] = layer.kernel.data[1, 0] = 1.0
    layer.kernel.data[2, 1] = -1.0  # with a bias of 1: down at a capital
    layer.recurrent_kernel.data.zero_()
    layer.recurrent_kernel.data[0, 0] = 1.0
    layer.bias.data.copy_(torch.tensor([0.0, 1.0, 0.5, 0.0]))
    return layer, x


def test_a_unit_that_counts_and_a_unit_that_flags_are_found_with_their_properties():
    text = a_text()
    layer, x = counter(text)
    found = unit_selectivity(layer, x, items=text)
    first, second = found.units[:2]
    assert (first.unit, first.property) == (1, "upper case")
    assert first.correlation == pytest.approx(-1.0, abs=1e-6)
    assert (second.unit, second.property) == (0, "position in the line")
    # The unit is one ahead of the place, but for the line break itself, at which it is 0 already.
    assert second.correlation > 0.7
    assert found.chance < 0.3
    assert list(found.beyond_chance) == [True, True, False, False]
    assert found.steps == len(text)


def test_correlations_are_pearsons():
    text = a_text(100)
    x = torch.randn(1, len(text), 3, generator=torch.Generator().manual_seed(0))
    layer = LSTM(5)
    found = unit_selectivity(layer, x, items=text)
    of = trace(layer, x).layers[0]
    for state, all_of in (("h", of.h[0]), ("c", of.c[0])):
        for p, name in enumerate(found.properties):
            values = PROPERTIES[name](text)
            expected = np.corrcoef(all_of.T, values)[-1, :-1] if np.ptp(values) else np.zeros(5)
            np.testing.assert_allclose(getattr(found, state)[:, p], expected, atol=1e-5)
    best = found.units[0]
    assert abs(best.correlation) == max(np.abs(found.h).max(), np.abs(found.c).max())
    sizes = [abs(each.correlation) for each in found.units]
    assert sizes == sorted(sizes, reverse=True)


def test_what_is_constant_correlates_with_nothing_and_is_not_counted_as_a_test():
    text = "abc def " * 10
    layer, x = counter(text)  # no capital, no line break: unit 1 is always up
    properties = {
        name: PROPERTIES[name] for name in ("space", "upper case", "line break", "position in the word")
    }
    found = unit_selectivity(layer, x, items=text, properties=properties)
    np.testing.assert_array_equal(found.h[1:], 0)
    np.testing.assert_array_equal(found.h[:, 1:3], 0)
    assert found.tests == 1 * 2


def test_units_that_read_something_else_do_not_beat_the_shifted_copies():
    text = a_text()
    noise = torch.randn(1, len(text), 4, generator=torch.Generator().manual_seed(1))
    found = unit_selectivity(LSTM(12), noise, items=text)
    assert found.beyond_chance.sum() == 0
    assert 0 < found.chance < 0.5
    assert found.shifts == 100


def test_units_of_one_text_do_not_follow_the_properties_of_its_shuffled_copy():
    text = a_text()
    layer, x = counter(text)
    order = np.random.default_rng(2).permutation(len(text))
    shuffled = "".join(text[place] for place in order)
    assert unit_selectivity(layer, x, items=shuffled).beyond_chance.sum() == 0
    # While the shuffled text itself is followed: its capitals are flagged as well.
    assert unit_selectivity(layer, x[:, order], items=shuffled).units[0].property == "upper case"


def test_the_baseline_is_what_the_properties_reach_at_other_places_and_follows_from_the_seed():
    text = "ab\n" * 40  # a text that repeats itself: a copy moved by whole lines is the text itself
    layer, x = counter(text)
    found = unit_selectivity(layer, x, items=text)
    assert found.chance == pytest.approx(1, abs=1e-6)
    assert not found.beyond_chance.any()
    text = a_text()
    layer, x = counter(text)
    chances = [unit_selectivity(layer, x, items=text, shifts=5, seed=seed).chance for seed in (0, 0, 1)]
    assert chances[0] == chances[1] != chances[2]


def test_passages_are_the_stretches_that_drive_a_unit():
    text = 'She said "yes" to him and "no more" to her.\n'
    x = torch.tensor([[[float(flag)] for flag in PROPERTIES["inside quotes"](text)]])
    layer = SimpleRNN(1, kernel_initializer="ones", recurrent_initializer=lambda w: w.zero_())
    (unit,) = unit_selectivity(layer, x, items=text).units
    assert (unit.unit, unit.state, unit.property) == (0, "h", "inside quotes")
    assert [passage.text for passage in unit.passages] == ['"no more"', '"yes"']  # the longer first
    assert [text[p.start : p.stop] for p in unit.passages] == ['"no more"', '"yes"']
    assert unit.passages[0].mean == pytest.approx(np.tanh(1), rel=1e-6)
    assert str(unit) == "h of unit 0: inside quotes (+1.00); highest in '\"no more\"', '\"yes\"'"


def test_a_unit_that_is_down_at_a_property_shows_where_it_is_lowest():
    text = "one TWO three FO five"
    layer, x = counter(text)
    unit = next(each for each in unit_selectivity(layer, x, items=text).units if each.unit == 1)
    assert unit.correlation == pytest.approx(-1)
    assert [passage.text for passage in unit.passages] == ["TWO", "FO"]
    assert "lowest in 'TWO', 'FO'" in str(unit)


def test_a_passage_ends_where_a_step_is_left_out_and_words_are_put_together_with_spaces():
    items = ["a", "small", "red", "fox", "ran", "off"]
    state, places = np.array([1.0, 1.0, 0.0, 3.0, 3.0]), np.array([0, 1, 2, 3, 5])
    found = passages_of(state, places, items, high=True, count=5)
    assert [(p.start, p.stop, p.text, p.mean) for p in found] == [(3, 4, "fox", 3.0), (5, 6, "off", 3.0)]
    low = passages_of(state, places, items, high=False, count=1)
    assert [(p.text, p.mean) for p in low] == [("a small red", pytest.approx(2 / 3))]


def test_a_trace_with_its_items_gives_what_the_model_gives():
    text = a_text(60)
    ids = torch.tensor([[ord(mark) for mark in text]])
    network = torch.nn.Sequential(Embedding(128, 4), LSTM(6, input_size=4, return_sequences=True))
    found = unit_selectivity(trace(network, ids), items=text)
    direct = unit_selectivity(network, ids, items=text)
    np.testing.assert_array_equal(found.h, direct.h)
    np.testing.assert_array_equal(found.c, direct.c)
    assert found.units == direct.units
    every_third = unit_selectivity(
        trace(network, ids, stride=3), items=text, properties={"": PROPERTIES["space"]}
    )
    states = trace(network, ids).layers[0].h[0, ::3]
    expected = np.corrcoef(states.T, PROPERTIES["space"](text)[::3])[-1, :-1]
    np.testing.assert_allclose(every_third.h[:, 0], expected, atol=1e-6)


def test_steps_that_do_not_count_are_left_out():
    text = a_text(40)
    layer, x = counter(text)
    half = len(text) // 2
    traced = trace(layer, torch.cat([x, x]), lengths=[len(text), half])
    found = unit_selectivity(traced, items=text, row=1)
    assert found.steps == half
    np.testing.assert_allclose(
        found.h[1], unit_selectivity(layer, x[:, :half], items=text[:half]).h[1], atol=1e-12
    )


@pytest.mark.parametrize("cell", [LSTM, GRU])
def test_a_long_text_is_read_part_by_part_as_if_it_were_one(cell, monkeypatch):
    network = torch.nn.Sequential(
        cell(5, input_size=3, return_sequences=True), cell(4, input_size=5, return_sequences=True)
    )
    text = a_text(50)
    x = torch.randn(1, len(text), 3, generator=torch.Generator().manual_seed(0))
    whole = [unit_selectivity(network, x, items=text, layer=layer) for layer in (0, 1)]
    monkeypatch.setattr("remy.inspect.reading.MOST_STEPS", 37)
    for layer, expected in enumerate(whole):
        found = unit_selectivity(network, x, items=text, layer=layer)
        assert found.steps == len(text)
        np.testing.assert_allclose(found.h, expected.h, atol=1e-5)


def test_a_trained_language_model_knows_its_items_also_of_a_long_text(monkeypatch):
    text = a_text(120)
    monkeypatch.setattr("remy.inspect.reading.MOST_STEPS", 200)
    assert len(text) > 2 * 200
    model = LanguageModel(cell="lstm", units=8, layers=1, epochs=1, steps=20, batch_size=2).fit(text)
    found = unit_selectivity(model, text, top=3)
    assert found.steps == len(text)
    assert len(found.units) == 3
    assert found.h.shape == found.c.shape == (8, len(PROPERTIES))
    assert all(text[p.start : p.stop] == p.text for unit in found.units for p in unit.passages)
    assert re.fullmatch(
        rf"rnn_0 \(forward\): {found.beyond_chance.sum()} of 8 units follow a property more closely than "
        rf"chance: of {found.tests:,} correlations over {len(text):,} items, "
        r"100 shifted copies reach 0\.\d\d",
        str(found).splitlines()[0],
    )


TEXT = 'On "a b" (x [1]) 42.\nNo'
KNOWN = {
    "position in the text": range(23),
    "position in the line": [*range(21), 0, 1],
    "position in the word": [0, 1, 2, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    "line break": [*[0] * 20, 1, 0, 0],
    "start of a line": [*[0] * 21, 1, 0],
    "space": [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0],
    "after a space": [0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0],
    "inside a word": [1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
    "upper case": [1, *[0] * 20, 1, 0],
    "inside a number": [*[0] * 13, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0],
    "punctuation": [0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0],
    "inside quotes": [0, 0, 0, 1, 1, 1, 1, 1, *[0] * 15],
    "inside brackets": [*[0] * 9, 1, 1, 1, 2, 2, 2, 1, *[0] * 7],
    "vowel": [1, 0, 0, 0, 1, *[0] * 17, 1],
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_the_properties_are_what_their_names_say(name):
    np.testing.assert_array_equal(PROPERTIES[name](tuple(TEXT)), list(KNOWN[name]))


def test_an_unclosed_quotation_ends_at_an_empty_line_and_curly_marks_open_and_close():
    inside = PROPERTIES["inside quotes"]
    np.testing.assert_array_equal(inside('"a\nb\n\nc'), [1, 1, 1, 1, 1, 1, 0])
    np.testing.assert_array_equal(inside("“a” b"), [1, 1, 1, 0, 0])
    np.testing.assert_array_equal(inside(["He", '"said', 'it"', "too"]), [0, 1, 1, 0])


def test_a_layer_whose_rows_are_not_those_of_the_answers_is_passed_over():
    network, x, text = Words(), torch.randn(2, 30, 8), "abc def " * 4
    assert unit_selectivity(network, x, items=text).name == "words"
    assert unit_selectivity(trace(network, x), items=text).name == "words"


def test_a_direction_chooses_among_the_layers_also_by_number_and_without_a_layer():
    x, text = torch.randn(1, 30, 3), "abc def " * 4
    network = Bidirectional(GRU(2, return_sequences=True))
    found = trace(network, x)
    assert [layer.direction for layer in found.layers] == ["forward", "backward"]
    forward, backward = (unit_selectivity(network, x, items=text, layer=which) for which in (0, 1))
    assert not np.allclose(forward.h, backward.h)
    for model, given in ((network, x), (found, None)):
        for layer in (None, 1, np.int64(1), found.layers[1].name):
            selected = unit_selectivity(model, given, items=text, layer=layer, direction="backward")
            assert selected.direction == "backward"
            np.testing.assert_array_equal(selected.h, backward.h)
        assert unit_selectivity(model, given, items=text, direction="forward").direction == "forward"


def test_in_a_direction_too_the_layer_with_the_rows_of_the_answers_comes_first():
    network, x, text = Words(), torch.randn(2, 30, 8), "abc def " * 4
    assert unit_selectivity(network, x, items=text, direction="forward").name == "words"
    assert unit_selectivity(trace(network, x), items=text, direction="forward").name == "words"
