"""What is shown of a run is what the runtime and the model file say by themselves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from remy.lab.patterns.drawings import drawn
from remy.lab.patterns.marks import words_and_marks
from remy.lab.patterns.samples import as_pixels
from remy.lab.scenes.patterns import answer
from remy.lab.schemas.patterns import PatternRun, PatternRunAsked
from tests.lab.patterns import tiny

#: Two ways to add up the same numbers in float32.
CLOSE = 1e-5
INPUTS: dict[str, dict[str, Any]] = {
    "syllables": {"kind": "text", "text": "banana"},
    "vowels": {"kind": "recording"},
    "icons": {"kind": "picture", "pixels": drawn("arrow right", tiny.SIDE).tolist()},
    "tags": {"kind": "text", "text": "To be, or not to be?"},
    "sounds": {"kind": "text", "text": "on"},
}


@pytest.fixture(autouse=True)
def own_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """No recordings but the model file's own, whatever lies in the cache of this machine."""
    monkeypatch.setattr("remy.lab.patterns.recordings._archive", lambda data: None)


def run(name: str, given: dict[str, Any] | None = None, **more: Any) -> PatternRun:
    """Ask as the page does."""
    asked = {"model": name, "input": given or INPUTS[name], **more}
    return answer(tiny.lab(), PatternRunAsked.model_validate(asked))


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_the_loss_is_the_mean_of_the_losses_that_count(name: str) -> None:
    found = run(name).unrolled
    losses = np.concatenate([np.asarray(lane.losses)[list(lane.counts)] for lane in found.lanes])
    assert len(losses) == found.counted
    assert math.isclose(losses.mean(), found.loss, rel_tol=CLOSE)
    for lane in found.lanes:
        counts = list(lane.counts)
        np.testing.assert_allclose(np.exp(-lane.losses[counts]), lane.shares[counts], rtol=1e-12)


def test_the_loss_of_a_classifier_is_what_its_probabilities_say() -> None:
    found, model = run("syllables", right="2").unrolled, tiny.model("syllables")
    shares = model.predict_proba([lane.title for lane in found.lanes])
    right = [model.labels.index(lane.right[0]) for lane in found.lanes]
    assert found.lanes[0].right == ("2",)
    assert math.isclose(found.loss, -np.log(shares[[0, 1], right]).mean(), rel_tol=CLOSE)


def test_the_loss_of_a_tagger_is_that_of_the_runtime() -> None:
    found, trained = run("tags").unrolled, tiny.model("tags")._need("test")
    words = [lane.read for lane in found.lanes]
    assert (words[0], found.lanes[0].right) == words_and_marks("to be, or not to be?")
    loss = trained.mean_loss(words, [lane.right for lane in found.lanes])
    assert math.isclose(found.loss, loss, rel_tol=CLOSE)


def test_the_loss_of_a_translator_is_that_of_the_runtime() -> None:
    found, trained = (
        run("sounds", {"kind": "text", "text": "pat"}, right="p ae t").unrolled,
        tiny.model("sounds"),
    )
    sounds = [" ".join(lane.right[:-1]) for lane in found.lanes]
    assert sounds[0] == "P AE T"
    sounds[1] = sounds[1].replace("(unknown)", "AA")
    loss = trained._need("test").mean_loss([lane.title for lane in found.lanes], sounds)
    assert math.isclose(found.loss, loss, rel_tol=CLOSE)


def test_the_loss_of_a_captioner_is_that_of_the_runtime() -> None:
    found, trained = run("icons").unrolled, tiny.model("icons")._need("test")
    names = [lane.title for lane in found.lanes]
    pictures = np.stack([as_pixels(drawn(name, tiny.SIDE), 1) for name in names])
    assert [" ".join(lane.right[:-1]) for lane in found.lanes] == names
    assert math.isclose(found.loss, trained.mean_loss(pictures, names), rel_tol=CLOSE)


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_padding_is_real_and_changes_no_probability(name: str) -> None:
    found = run(name).unrolled
    assert found.apart < CLOSE
    decodes = found.output_kind == "decoder"
    lengths = [len(lane.fed) if decodes else len(lane.read) for lane in found.lanes]
    assert lengths[0] != lengths[1]
    assert max(lengths) == (found.write_steps if decodes else found.read_steps)
    for lane in found.lanes:
        assert len(lane.answers) == len(lane.right) == len(lane.losses) == len(lane.counts)
        for chain in lane.reading:
            assert chain.valid == tuple(step < len(lane.read) for step in range(found.read_steps))
        forward = next((chain for chain in lane.reading if chain.direction == "forward"), None)
        if forward is not None:
            assert np.ptp(forward.sizes[len(lane.read) - 1 :]) == 0


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_every_shape_is_of_the_batch_and_of_the_models_own_sizes(name: str) -> None:
    found, architecture = run(name).unrolled, tiny.model(name)._need("test").model_file.architecture
    assert all(stage.shape[0] == 2 for stage in found.stages)
    assert all(len(stage.letters) == len(stage.shape) for stage in found.stages)
    steps = {"S": found.read_steps, "T": found.write_steps or found.read_steps}
    for stage in found.stages:
        for letter, size in zip(stage.letters, stage.shape, strict=True):
            # Of a captioner's grid S counts places.
            if letter in steps and not (letter == "S" and name == "icons"):
                assert size == steps[letter]
    states = [stage.shape[-1] for stage in found.stages if stage.letters[-1] == "H"]
    units = {architecture["units"]} if "units" in architecture else set()
    units |= {architecture["decoder_units"]} if found.output_kind == "decoder" else set()
    assert set(states) == units
    assert len(found.stages) >= 4


@pytest.mark.parametrize("name", ["icons", "sounds"])
def test_a_decoders_attention_adds_up_to_one_and_never_looks_at_padding(name: str) -> None:
    found = run(name)
    assert found.tried.attention is not None
    np.testing.assert_allclose(found.tried.attention.sum(axis=1), 1, atol=CLOSE)
    assert found.tried.attention.shape == (len(found.tried.items), len(found.tried.read))
    for lane in found.unrolled.lanes:
        assert lane.attention is not None
        np.testing.assert_allclose(lane.attention.sum(axis=1), 1, atol=CLOSE)
        if lane.read:
            assert not lane.attention[:, len(lane.read) :].any()
            assert lane.attention[:, : len(lane.read)].all()


def test_what_is_tried_is_what_predict_says() -> None:
    for name in ("syllables", "tags", "icons", "sounds"):
        model, found = tiny.model(name), run(name)
        x: Any = "on" if name == "sounds" else "banana"
        if name == "tags":
            x = ["to", "be", "or", "not", "to", "be"]
        if name == "icons":
            x = as_pixels(drawn("arrow right", tiny.SIDE), 1)
        beam = {"beam": 4} if name in ("icons", "sounds") else {}
        [said] = model.predict([x] if name != "icons" else x[None], **beam)
        assert found.tried.said == (" ".join(said) if name == "tags" else said)


def test_the_probabilities_on_the_way_of_a_search_make_that_of_the_whole() -> None:
    for name in ("icons", "sounds"):
        tried, best = run(name).tried, run(name).tried.candidates[0]
        chosen = [tried.probabilities[step, tried.names.index(item)] for step, item in enumerate(tried.items)]
        assert math.isclose(np.log(chosen).sum(), best.log_probability, abs_tol=1e-4)
        assert tried.items[-1] == "(end)"
        assert [one.score for one in tried.candidates] == sorted(
            (one.score for one in tried.candidates), reverse=True
        )


def test_the_attention_on_the_way_is_that_of_the_written_sequence() -> None:
    [[written]] = tiny.model("sounds").translate(["on"], beam=4)
    found = run("sounds").tried
    assert written.attention is not None
    assert found.attention is not None
    np.testing.assert_allclose(found.attention[: len(written.pieces)], written.attention, atol=CLOSE)


def test_a_live_classifier_also_answers_at_each_step_and_at_the_last_one_the_same() -> None:
    found = run("syllables").tried
    assert found.prefixes is not None
    np.testing.assert_array_equal(found.prefixes, tiny.model("syllables").predict_prefixes("banana"))
    np.testing.assert_allclose(found.prefixes[-1], found.probabilities[0], atol=CLOSE)
    assert run("vowels").tried.prefixes is None


def test_without_anything_right_the_models_own_answer_is() -> None:
    found = run("syllables", {"kind": "text", "text": "tonan"}).unrolled
    assert found.right_is == "its own answer"
    assert found.lanes[0].right == found.lanes[0].answers
    assert found.lanes[0].shares[0] == max(found.lanes[0].shares)
    assert "the model's own answer" in " ".join(found.sentences)


def test_items_that_the_model_does_not_know_count_in_no_loss() -> None:
    found = run("sounds", right="OW ZH").unrolled
    assert found.lanes[0].right == ("OW", "(unknown)", "(end)")
    assert found.lanes[0].counts == (True, False, True)
    assert np.isnan(found.lanes[0].losses[1])


def test_a_mark_that_the_model_does_not_know_counts_in_no_loss() -> None:
    found = run("tags", {"kind": "text", "text": "To be: or not to be?"}).unrolled
    lane, beside = found.lanes
    assert lane.right == ("none", ":", "none", "none", "none", "?")
    assert lane.counts == (True, False, True, True, True, True)
    assert np.isnan(lane.losses[1])
    assert found.counted == 5 + len(beside.right)


def test_with_one_sequence_alive_the_likeliest_item_is_taken_at_every_step() -> None:
    tried = run("sounds", beam=1).tried
    assert len(tried.candidates) == 1
    assert [tried.names[place] for place in tried.probabilities.argmax(axis=1)] == list(tried.items)
