"""The language model: what it predicts, writes, scores and tells of itself."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from remy.errors import DataError, ModelFileError, ShapeError, UsageError
from remy.io import model_file
from remy.runtime import LanguageModel
from tests.runtime import oracle, small_models


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return LanguageModel(small_models.model_file())


def expected_probabilities(model: LanguageModel, text: str) -> np.ndarray:
    ids = model.tokenizer.encode(text)
    logits = oracle.logits(model.model_file, ids[:, None])[-1, 0]
    weights = np.exp(logits - logits.max())
    return np.asarray(weights / weights.sum())


def test_predictions_are_the_references_in_falling_order(model: LanguageModel) -> None:
    expected = expected_probabilities(model, "ROME")
    pairs = model.predict("ROME", top=4)
    assert [character for character, _ in pairs] == [
        model.tokenizer.vocabulary[k] for k in np.argsort(-expected)[:4]
    ]
    np.testing.assert_allclose([p for _, p in pairs], np.sort(expected)[::-1][:4], rtol=1e-5)


def test_all_predictions_add_up_to_one_and_there_are_no_more_than_characters(model: LanguageModel) -> None:
    pairs = model.predict("a", top=1000)
    assert len(pairs) == len(small_models.ALPHABET)
    assert sum(probability for _, probability in pairs) == pytest.approx(1)


def test_an_empty_text_is_read_as_a_line_end(model: LanguageModel) -> None:
    assert model.predict("") == model.predict("\n")
    assert model.generate("", 20, seed=1) == model.generate("\n", 20, seed=1)


@pytest.mark.parametrize(("vocabulary", "start"), [("ab c", " "), ("abcd", "a")])
def test_without_a_line_end_an_empty_text_is_a_space_or_the_first_character(
    vocabulary: str, start: str
) -> None:
    small = small_models.model_file(vocabulary_size=4)
    other = LanguageModel(replace(small, tokenizer={"kind": "character", "vocabulary": list(vocabulary)}))
    assert other.predict("") == other.predict(start)


def test_temperature_zero_writes_the_likeliest_characters(model: LanguageModel) -> None:
    text = "ROMEO"
    for character in model.generate("ROMEO", 12, temperature=0):
        assert character == model.predict(text, 1)[0][0]
        text += character


def test_generated_characters_follow_the_predicted_probabilities(model: LanguageModel) -> None:
    expected = dict(model.predict("ROM", 1000))
    drawn = [model.generate("ROM", 1, seed=seed) for seed in range(3000)]
    for character, probability in expected.items():
        spread = np.sqrt(probability * (1 - probability) / len(drawn))
        assert abs(drawn.count(character) / len(drawn) - probability) < 5 * spread + 1e-9


def test_a_seed_writes_the_same_text_again_and_another_writes_another(model: LanguageModel) -> None:
    first = model.generate("a", 60, seed=5)
    assert first == model.generate("a", 60, seed=5)
    assert first != model.generate("a", 60, seed=6)
    assert len(first) == 60


def test_without_a_seed_texts_differ(model: LanguageModel) -> None:
    assert len({model.generate("a", 60) for _ in range(3)}) == 3


def test_a_stream_yields_what_generate_returns_and_has_no_end_without_a_length(model: LanguageModel) -> None:
    endless = model.stream("a", seed=5)
    assert "".join(itertools.islice(endless, 60)) == model.generate("a", 60, seed=5)


def test_a_prompt_longer_than_a_chunk_is_read_whole(model: LanguageModel) -> None:
    prompt = "ROME\nabcd " * 300
    expected = expected_probabilities(model, prompt)
    found = dict(model.predict(prompt, 1000))
    np.testing.assert_allclose([found[c] for c in model.tokenizer.vocabulary], expected, rtol=1e-4)


def test_no_character_may_be_asked_for(model: LanguageModel) -> None:
    assert model.generate("a", 0) == ""


def test_sampling_options_reach_the_sampler(model: LanguageModel) -> None:
    likeliest = {character for character, _ in model.predict("a", 2)}
    assert {model.generate("a", 1, top_k=2, seed=seed) for seed in range(40)} == likeliest
    assert {model.generate("a", 1, top_p=1e-6, seed=seed) for seed in range(10)} == {
        model.predict("a", 1)[0][0]
    }
    assert {model.generate("a", 1, temperature=1e-6, seed=seed) for seed in range(10)} == {
        model.predict("a", 1)[0][0]
    }


def test_unseen_characters_of_a_prompt_are_named_at_the_call(model: LanguageModel) -> None:
    for call in (model.predict, model.generate, model.stream):
        with pytest.raises(
            DataError, match=r"outside the model's vocabulary of 12: '€' \(the first at position 1"
        ):
            call("a€")


def test_options_out_of_range_are_refused_at_the_call(model: LanguageModel) -> None:
    with pytest.raises(UsageError, match="length: expected at least 0, got -1"):
        model.stream("a", -1)
    with pytest.raises(UsageError, match="seed: expected at least 0, got -1"):
        model.generate("a", 1, seed=-1)
    with pytest.raises(UsageError, match="temperature"):
        model.stream("a", 1, temperature=-1)
    with pytest.raises(UsageError, match="top: expected at least 1, got 0"):
        model.predict("a", 0)


def test_a_score_counts_known_and_dropped_characters(model: LanguageModel) -> None:
    text = "ROME€abcd!" * 5
    ids = model.tokenizer.encode(text, unknown="skip")
    score = model.evaluate(text)
    assert score.nats_per_character == pytest.approx(oracle.nats(model.model_file, ids), rel=1e-5)
    assert score.bits_per_character == pytest.approx(score.nats_per_character / np.log(2))
    assert (score.characters, score.dropped) == (44, 5)


def test_streams_may_be_chosen(model: LanguageModel) -> None:
    text = "ROME\nabcd! é" * 400
    one, many = model.evaluate(text, streams=1), model.evaluate(text, streams=3)
    assert many.nats_per_character == pytest.approx(one.nats_per_character, rel=1e-5)
    assert model.evaluate("ab", streams=99).characters == 1
    with pytest.raises(UsageError, match="streams: expected at least 1, got 0"):
        model.evaluate(text, streams=0)


@pytest.mark.parametrize(("text", "known"), [("", 0), ("a", 1), ("€€€a€", 1)])
def test_too_little_known_text_cannot_be_scored(model: LanguageModel, text: str, known: int) -> None:
    with pytest.raises(DataError, match=f"at least 2 characters the model knows, got {known} in {len(text)}"):
        model.evaluate(text)


def test_stepping_with_a_carried_state_gives_the_predictions(model: LanguageModel) -> None:
    state = model.state()
    for character in "ROMEO":
        logits = model.step(model.tokenizer.encode(character), state)
    best = model.tokenizer.vocabulary[int(np.argmax(logits[0]))]
    assert best == model.predict("ROMEO", 1)[0][0]
    with pytest.raises(ShapeError, match="step: expected ids of shape"):
        model.step([1, 2], state)


def test_the_information_is_complete_and_json(model: LanguageModel) -> None:
    info = json.loads(json.dumps(model.info()))
    assert info["parameters"] == sum(tensor.size for tensor in model.model_file.tensors.values())
    assert info["bytes"] == 4 * info["parameters"]
    assert info["architecture"] == small_models.architecture()
    assert info["vocabulary"] == small_models.ALPHABET
    assert info["metrics"] == model.model_file.metrics
    assert info["path"] is None


@pytest.mark.parametrize(
    ("tokenizer", "message"),
    [
        (None, "tokenizer: expected one of kind 'character'"),
        ({"kind": "character", "vocabulary": ["a"]}, "the tokenizer has 1 characters, the network 12"),
    ],
)
def test_a_tokenizer_that_does_not_fit_is_refused(tokenizer: dict[str, object] | None, message: str) -> None:
    broken = replace(small_models.model_file(), tokenizer=tokenizer)
    with pytest.raises(ModelFileError, match=f"^language model: {message}"):
        LanguageModel(broken)
    with pytest.raises(ModelFileError, match=f"^somewhere: {message}"):
        LanguageModel(broken, path="somewhere")


def test_the_runtime_works_where_torch_cannot_be_imported(tmp_path: Path) -> None:
    small = small_models.model_file()
    model_file.write(tmp_path / "model.safetensors", small)
    code = (
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "import remy.runtime\n"
        "model = remy.runtime.load(sys.argv[1])\n"
        "print(repr(model.generate('ROMEO', 30, seed=3)), model.predict('a', 1)[0][0] != '')\n"
        "assert model.evaluate('ROMEO!').characters == 5\n"
    )
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, tmp_path], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == f"{LanguageModel(small).generate('ROMEO', 30, seed=3)!r} True"
