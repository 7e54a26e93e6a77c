"""POST /api/bank: what differs between two sentences is what differs between two traces."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
import torch

from remy.errors import UsageError
from remy.inspect import LayerTrace, Override, trace
from remy.lab.bank.comparing import compare_sentences
from remy.lab.scenes.bank import answer_bank
from remy.lab.schemas.bank import BankAnswer, BankAsked
from remy.layers import Bidirectional
from remy.layers.bidirectional import MERGE_MODES
from remy.tasks import Tagger
from tests.lab import trained
from tests.lab.scenes.asking import lab
from tests.tasks.tagging import toy

BEFORE = ["the", "fish", "run", "runly", "and", "walk"]


def question(before: list[str], after: list[str]) -> BankAsked:
    return BankAsked.model_validate(
        {"model": {"kind": "trained", "id": "run:tags"}, "before": before, "after": after}
    )


def ask(after: str, before: list[str] = BEFORE) -> BankAnswer:
    return answer_bank(lab(), question(before, after.split()))


def tagger() -> Tagger:
    found: Tagger = trained.library().load("run:tags")
    return found


def states(words: list[str]) -> dict[tuple[str, str], LayerTrace]:
    layers = trace(tagger(), words).layers
    return {(each.name, each.direction): each for each in layers if not each.name.startswith("char")}


@functools.cache
def two_layers(**options: Any) -> Tagger:
    return Tagger(options=toy.SMALL | {"model.layers": 2, "train.epochs": 1}, **options).fit(toy.words(40))


def test_a_later_word_changes_no_forward_state_before_it_and_all_backward_ones() -> None:
    answer = ask("the fish run runly and sail")
    forward, backward = answer.layers
    assert (forward.direction, backward.direction) == ("forward", "backward")
    assert not forward.norm[:5].any()
    assert forward.norm[5] > 0
    assert (backward.norm > 0).all()
    assert "the states of the 5 words before the change did not change at all (difference exactly 0)" in (
        forward.sentence
    )
    most, least = (int(pick(backward.norm[:5])) for pick in (np.argmax, np.argmin))
    assert "the states of all 5 words before the change did change" in backward.sentence
    assert f"most at “{BEFORE[most]}” ({backward.norm[most]:.3g})" in backward.sentence
    assert f"least at “{BEFORE[least]}” ({backward.norm[least]:.3g})" in backward.sentence
    assert ("right beside it" in backward.sentence) == (most == 4)


def test_an_earlier_word_changes_the_forward_states_after_it_and_no_backward_one() -> None:
    forward, backward = ask("a fish run runly and walk").layers
    assert (forward.norm > 0).all()
    assert backward.norm[0] > 0
    assert not backward.norm[1:].any()


def test_differences_are_those_of_traces_of_both_sentences() -> None:
    after = "the old fish run runly and walk"
    answer, was, now = ask(after), states(BEFORE), states(after.split())
    for layer in answer.layers:
        one, other = was[layer.name, layer.direction], now[layer.name, layer.direction]
        expected = other.h[0, 2:].astype(np.float64) - one.h[0, 1:]
        assert np.array_equal(layer.difference[2:], expected)
        assert np.isnan(layer.difference[1]).all()
        assert np.isnan(layer.norm[1])
        np.testing.assert_allclose(layer.norm[2:], np.linalg.norm(expected, axis=1))


def test_tags_and_probabilities_are_those_of_the_tagger() -> None:
    answer = ask("the fish walkly")
    for side, words in ((answer.before, BEFORE), (answer.after, ["the", "fish", "walkly"])):
        assert side.tags == tuple(tagger().predict([words])[0])
        np.testing.assert_allclose(side.probabilities, tagger().predict_proba([words])[0], atol=1e-5)
    assert answer.outputs == tagger().labels
    moved = np.abs(answer.after.probabilities[0].astype(float) - answer.before.probabilities[0]).sum() / 2
    assert answer.moved[0] == pytest.approx(moved)


def test_words_that_the_vocabulary_lacks_are_called_unknown() -> None:
    assert ask("the flounder run").after.known == (True, False, True)


def test_a_tag_that_changes_is_named_with_both_tags() -> None:
    answer = ask("fish run", ["fish"])
    assert [row.kind for row in answer.rows] == ["same", "inserted"]
    was, now = answer.before.tags[0], answer.after.tags[0]
    assert (f"“fish” from {was} to {now}" in answer.sentences[0]) == (was != now)
    assert ("none got another tag" in answer.sentences[0]) == (was == now)


def test_the_same_sentence_twice_differs_nowhere() -> None:
    answer = ask(" ".join(BEFORE))
    assert not any(layer.difference.any() for layer in answer.layers)
    assert all("difference exactly 0" in layer.sentence for layer in answer.layers)
    assert answer.sentences[1] == "Not one of their probabilities moved."


def test_merging_is_that_of_the_librarys_own_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    # What the model's layer reads is read again by a Bidirectional of every mode, with the same weights.
    model = tagger()
    network = model.subject(BEFORE).network
    [pair] = [each for each in network.modules() if isinstance(each, Bidirectional) and each.units == 24]
    read: list[torch.Tensor] = []
    run = pair.run
    monkeypatch.setattr(pair, "run", lambda x, *rest: (read.append(x), run(x, *rest))[1])
    model.subject(BEFORE).run(network)
    answer = ask(" ".join(BEFORE))
    assert [each.mode for each in answer.merged] == list(MERGE_MODES)
    for each in answer.merged:
        layer = Bidirectional(pair.forward_layer, backward_layer=pair.backward_layer, merge_mode=each.mode)
        with torch.no_grad():
            expected = layer(read[0], whole=True).outputs[0].numpy()
        np.testing.assert_allclose(each.values, expected, atol=1e-6)
        assert ("it is how this model merges" in each.sentences[0]) == (each.mode == "concat")
    assert answer.merge_mode == "concat"


def test_what_a_direction_carries_is_what_the_answer_loses_without_it() -> None:
    answer = ask("the fish run runly and sail")
    carried = answer.carried
    assert carried is not None
    words = ["the", "fish", "run", "runly", "and", "sail"]
    for direction, moved, shares in (
        ("forward", carried.moved_by_forward, carried.without_forward),
        ("backward", carried.moved_by_backward, carried.without_backward),
    ):
        held = Override("hidden", 0, layer="rnn_0", direction=direction)
        expected = trace(tagger(), words, override=held).probabilities
        assert expected is not None
        assert np.array_equal(shares, expected[0])
        apart = expected[0].astype(np.float64) - answer.after.probabilities
        np.testing.assert_allclose(moved, np.abs(apart).sum(axis=1) / 2)
    means = carried.moved_by_forward.mean(), carried.moved_by_backward.mean()
    more = "forward" if means[0] > means[1] else "backward"
    assert f"rest more on the {more} direction" in carried.sentences[0]
    behind = (carried.moved_by_backward > carried.moved_by_forward).sum()
    assert f"weighs more at {behind} of 6" in carried.sentences[1]
    norms = np.linalg.norm(states(words)["rnn_0", "forward"].h[0].astype(np.float64), axis=1)
    np.testing.assert_allclose(carried.forward_norm, norms)


def test_the_second_layer_carries_a_later_word_to_the_forward_states_before_it() -> None:
    answer = compare_sentences(two_layers(), question(BEFORE, [*BEFORE[:-1], "sail"]))
    found = {(each.name, each.direction): each for each in answer.layers}
    assert not found["rnn_0", "forward"].norm[:5].any()
    assert (found["rnn_1", "forward"].norm[:5] > 0).all()
    assert "did change" in found["rnn_1", "forward"].sentence


def test_a_tagger_of_one_direction_has_nothing_to_merge() -> None:
    answer = compare_sentences(two_layers(live=True), question(BEFORE, [*BEFORE[:-1], "sail"]))
    assert {each.direction for each in answer.layers} == {"forward"}
    assert answer.merged == ()
    assert answer.merge_mode is None
    assert answer.carried is None
    assert not answer.moved[:5].any()


def test_of_a_crf_the_marginals_are_compared_and_nothing_is_said_of_a_direction_alone() -> None:
    answer = compare_sentences(two_layers(output="crf"), question(BEFORE, [*BEFORE[:-1], "sail"]))
    np.testing.assert_allclose(answer.after.probabilities.sum(axis=1), 1)
    assert answer.carried is None
    assert len(answer.merged) == 4


def test_what_is_no_tagger_is_refused() -> None:
    asked = BankAsked.model_validate(
        {"model": {"kind": "trained", "id": trained.LETTERS}, "before": ["a"], "after": ["b"]}
    )
    with pytest.raises(UsageError, match=r"bank: expected a tagger.* got a LanguageModel"):
        answer_bank(lab(), asked)
