"""The tagger without torch: the same answers as the network that was trained, whole or word by word."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from remy import runtime
from remy.data.words import WordVocabulary
from remy.decoding import allowed_transitions, spans
from remy.errors import DataError, ModelFileError, UsageError
from remy.io import model_file
from remy.io.architecture import expected_tensors
from remy.io.model_file import ModelFile
from remy.models.tagger import TaggerNetwork
from remy.runtime import tagger as module

LABELS = ["O", "B-X", "I-X", "B-Y"]
WORDS = ["ab", "cde", "f", "ghij", "k"]


def made(seed: int = 0, labels: list[str] | None = None, **changes: Any) -> ModelFile:
    """A model of random weights, large enough that every one of them shows in the output."""
    names = labels if labels is not None else LABELS
    architecture = {
        "kind": "tagger",
        "vocabulary_size": len(WORDS) + 1,
        "embedding_size": 3,
        "characters": 12,
        "character_embedding_size": 4,
        "character_units": 5,
        "labels": len(names),
        "output": "softmax",
        "scheme": "none",
        "bidirectional": True,
        "cell": "lstm",
        "units": 6,
        "layers": 2,
        "reset_after": True,
        "activation": "tanh",
    } | changes
    generator = np.random.default_rng(seed)
    tensors = {
        name: generator.normal(0, 0.8, shape).astype(np.float32)
        for name, shape in expected_tensors(architecture).items()
    }
    if architecture["output"] == "crf":
        scheme = None if architecture["scheme"] == "none" else architecture["scheme"]
        start, transitions, end = allowed_transitions(names, scheme)
        for name, may in (("start", start), ("transitions", transitions), ("end", end)):
            tensors[f"crf/{name}"][~may] = -1e4
    vocabulary = WordVocabulary(WORDS, "abcdefghijk")
    return ModelFile("tagger", architecture, tensors, tokenizer=vocabulary.to_json(), labels=names)


def sentences(count: int = 30, seed: int = 0, longest: int = 9) -> list[list[str]]:
    """Known and unknown words, sentences of all lengths."""
    generator = np.random.default_rng(seed)
    pool = [*WORDS, "Ab", "xyz", "kkkkkkk", "a", "gf"]
    return [list(generator.choice(pool, generator.integers(1, longest + 1))) for _ in range(count)]


def torch_network(model: ModelFile) -> TaggerNetwork:
    scheme = None if model.architecture["scheme"] == "none" else model.architecture["scheme"]
    network = TaggerNetwork(model.architecture, allowed=allowed_transitions(model.labels or [], scheme))
    network.from_tensors(model.tensors)
    return network.eval()


def torch_scores(model: ModelFile, words: list[str]) -> np.ndarray:
    batch = WordVocabulary.from_json(model.tokenizer).batch([words])
    with torch.no_grad():
        return torch_network(model)(*(torch.from_numpy(array) for array in batch))[0].numpy()


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
@pytest.mark.parametrize("bidirectional", [True, False])
def test_it_answers_as_the_network_that_was_trained(cell: str, bidirectional: bool) -> None:
    model = made(cell=cell, bidirectional=bidirectional)
    tagger, some = runtime.Tagger(model), sentences()
    for words, tags, chances in zip(some, tagger.tag(some), tagger.probabilities(some), strict=True):
        scores = torch_scores(model, words)
        expected = torch.softmax(torch.from_numpy(scores), dim=1).numpy()
        np.testing.assert_allclose(chances, expected, atol=2e-5)
        assert tags == [LABELS[k] for k in scores.argmax(axis=1)]


def test_a_crf_answers_with_the_best_of_all_paths() -> None:
    model = made(output="crf")
    tagger, some = runtime.Tagger(model), sentences(longest=4)
    start, transitions, end = (model.tensors[f"crf/{n}"] for n in ("start", "transitions", "end"))
    for words, tags, chances in zip(some, tagger.tag(some), tagger.probabilities(some), strict=True):
        scores = torch_scores(model, words)
        paths = np.array(np.unravel_index(range(4 ** len(words)), [4] * len(words))).T
        values = start[paths[:, 0]] + end[paths[:, -1]]
        values = values + scores[np.arange(len(words)), paths].sum(axis=1)
        values = values + transitions[paths[:, :-1], paths[:, 1:]].sum(axis=1)
        assert tags == [LABELS[k] for k in paths[values.argmax()]]
        weights = np.exp(values - values.max()) / np.exp(values - values.max()).sum()
        expected = [[weights[paths[:, t] == k].sum() for k in range(4)] for t in range(len(words))]
        np.testing.assert_allclose(chances, expected, atol=2e-4)


@pytest.mark.parametrize("output", ["softmax", "crf"])
def test_the_loss_is_the_one_of_training(output: str) -> None:
    model = made(output=output)
    some = sentences()
    generator = np.random.default_rng(3)
    tags = [[LABELS[k] for k in generator.integers(0, 4, len(words))] for words in some]
    network, vocabulary = torch_network(model), WordVocabulary.from_json(model.tokenizer)
    batch = [torch.from_numpy(array) for array in vocabulary.batch(some)]
    longest = batch[0].shape[1]
    numbers = torch.tensor([[LABELS.index(t) for t in row] + [0] * (longest - len(row)) for row in tags])
    with torch.no_grad():
        expected = network.loss(network(*batch), numbers, batch[1]).item()
    tagger = runtime.Tagger(model)
    assert tagger.mean_loss(some, tags) == pytest.approx(expected, rel=1e-5)
    # Sentences with a tag that was never learned are left out.
    assert tagger.mean_loss([*some, ["ab"]], [*tags, ["B-Z"]]) == pytest.approx(expected, rel=1e-5)
    assert tagger.mean_loss([["ab"]], [["B-Z"]]) is None


def test_sentences_that_no_path_of_a_crf_allows_are_left_out_of_the_loss() -> None:
    tagger = runtime.Tagger(made(output="crf", scheme="bio"))
    fine = tagger.mean_loss([["ab", "f"]], [["B-X", "I-X"]])
    assert tagger.mean_loss([["ab", "f"], ["f", "ab"]], [["B-X", "I-X"], ["O", "I-X"]]) == fine
    assert tagger.mean_loss([["f", "ab"]], [["I-X", "O"]]) is None


@pytest.mark.parametrize(("output", "bidirectional"), [("softmax", True), ("softmax", False), ("crf", True)])
def test_no_answer_breaks_the_rules_of_its_tags(output: str, bidirectional: bool) -> None:
    model = made(output=output, bidirectional=bidirectional, scheme="bio")
    start, transitions, _ = allowed_transitions(LABELS, "bio")
    found = runtime.Tagger(model).tag(sentences(80))
    for tags in found:
        path = [LABELS.index(tag) for tag in tags]
        assert start[path[0]]
        assert transitions[path[:-1], path[1:]].all()
    assert any("I-X" in tags for tags in found)
    plain = runtime.Tagger(made(output="softmax", bidirectional=bidirectional)).tag(sentences(80))
    assert any(tags[0] == "I-X" for tags in plain)


def test_a_softmax_gives_the_likeliest_path_that_is_allowed() -> None:
    tagger = runtime.Tagger(made(scheme="bio"))
    start, transitions, _ = allowed_transitions(LABELS, "bio")
    for words in sentences(20, longest=4):
        chances = tagger.probabilities([words])[0]
        paths = np.array(np.unravel_index(range(4 ** len(words)), [4] * len(words))).T
        legal = start[paths[:, 0]] & transitions[paths[:, :-1], paths[:, 1:]].all(axis=1)
        values = np.where(legal, np.log(chances)[np.arange(len(words)), paths].sum(axis=1), -np.inf)
        assert tagger.tag([words]) == [[LABELS[k] for k in paths[values.argmax()]]]


def test_the_company_of_other_sentences_changes_nothing() -> None:
    tagger, some = runtime.Tagger(made(output="crf")), sentences(200)
    together = tagger.probabilities(some)
    for words, chances in zip(some[:20], together[:20], strict=True):
        np.testing.assert_allclose(tagger.probabilities([words])[0], chances, atol=1e-6)
    assert tagger.tag(some[::-1])[::-1] == tagger.tag(some)


def test_many_different_words_are_spelled_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    tagger, some = runtime.Tagger(made()), sentences()
    whole = tagger.probabilities(some)
    monkeypatch.setattr("remy.runtime.tagger_network._SPELLED_AT_ONCE", 3)
    for one, other in zip(tagger.probabilities(some), whole, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_live_tagger_gives_a_growing_sentence_the_same_tags() -> None:
    tagger = runtime.Tagger(made(bidirectional=False, scheme="bio"))
    assert tagger.live
    for words in sentences(20, longest=20):
        whole = tagger.tag([words])[0]
        stream = tagger.stream()
        for stop in range(1, len(words) + 1):
            assert tagger.tag([words[:stop]])[0] == whole[:stop]
            assert stream.step(words[stop - 1]) == whole[stop - 1]
        assert stream.words == len(words)
        stream.restart()
        assert [stream.step(word) for word in words] == whole


def test_what_comes_later_does_not_change_a_live_probability_to_the_last_bit() -> None:
    tagger = runtime.Tagger(made(bidirectional=False))
    words = sentences(1, longest=40)[0] + sentences(1, seed=5)[0] + ["ab"] * 20
    whole = tagger.probabilities([words])[0]
    for stop in range(1, len(words)):
        changed = [*words[:stop], *("ghij" if word != "ghij" else "f" for word in words[stop:])]
        later = tagger.probabilities([changed])[0]
        assert later[:stop].tobytes() == whole[:stop].tobytes()
        assert later[stop:].tobytes() != whole[stop:].tobytes()


def test_a_tagger_that_reads_the_future_is_not_live() -> None:
    for model in (made(), made(output="crf"), made(output="crf", bidirectional=False)):
        tagger = runtime.Tagger(model)
        assert not tagger.live
        with pytest.raises(UsageError, match="reads whole sentences; train one with --live"):
            tagger.stream()


def test_a_long_sentence_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    words = sentences(1, longest=9)[0] * 8
    live = runtime.Tagger(made(bidirectional=False, scheme="bio"))
    both = runtime.Tagger(made(output="crf", scheme="bio"))
    tags = ["O"] * len(words)
    whole = live.tag([words]), live.probabilities([words])[0], live.mean_loss([words], [tags])
    monkeypatch.setattr(module, "PIECE", 5)
    # A live tagger carries its state over the cuts, and with it the tag before them.
    assert live.tag([["f"], words, ["k"]])[1] == whole[0][0]
    np.testing.assert_allclose(live.probabilities([words])[0], whole[1], atol=1e-5)
    assert live.mean_loss([words], [tags]) == pytest.approx(whole[2], rel=1e-4)
    pieces = [words[start : start + 5] for start in range(0, len(words), 5)]
    found = both.tag([words, ["ab"]])
    assert found[0] == [tag for piece in both.tag(pieces) for tag in piece]
    assert len(found[1]) == 1
    assert spans(found[0]) is not None


@pytest.mark.slow
def test_a_sentence_of_200000_words_takes_little_memory() -> None:
    import resource

    tagger = runtime.Tagger(made(output="crf", units=64, character_units=32, embedding_size=64))
    words = sentences(1, longest=9)[0] * 60_000
    words = words[:200_000] if len(words) > 200_000 else words * (200_000 // len(words) + 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(tagger.tag([words])[0]) == len(words)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000


def test_empty_input_is_no_fault() -> None:
    for model in (made(), made(bidirectional=False), made(output="crf")):
        tagger = runtime.Tagger(model)
        assert tagger.tag([]) == []
        assert [len(tags) for tags in tagger.tag([[], ["ab"], []])] == [0, 1, 0]
        assert [part.shape for part in tagger.probabilities([[], ["ab", ""]])] == [(0, 4), (2, 4)]


def test_what_is_no_sentence_is_refused() -> None:
    tagger = runtime.Tagger(made())
    with pytest.raises(DataError, match="a sentence as a list of words, got 'the dog'; split it first"):
        tagger.tag(["the dog"])
    with pytest.raises(DataError, match="expected words, got 3 in sentence 1"):
        tagger.tag([["a"], [3]])  # type: ignore[list-item]


def test_it_is_written_and_loaded_whole(tmp_path: Path) -> None:
    model = made(output="crf", scheme="bio")
    model = replace(model, golden=runtime.Tagger(model).golden(sentences()[0]))
    model_file.write(tmp_path / "model.safetensors", model)
    loaded = runtime.load_as(tmp_path, runtime.Tagger)
    assert loaded.tag(sentences()) == runtime.Tagger(model).tag(sentences())
    assert loaded.verify() < 1e-6
    info = json.loads(json.dumps(loaded.info()))
    assert info["labels"] == LABELS
    assert info["live"] is False
    with pytest.raises(ModelFileError, match="expected a model of the task language_model, got a tagger"):
        runtime.load_as(tmp_path, runtime.LanguageModel)


def test_another_order_of_the_vocabulary_fails_the_golden_example() -> None:
    model = made()
    golden = runtime.Tagger(model).golden(["ab", "cde", "f"])
    for name in ("words", "characters"):
        tokenizer = {**(model.tokenizer or {}), name: list(reversed((model.tokenizer or {})[name]))}
        with pytest.raises(ModelFileError, match="with a probability that differs by"):
            runtime.Tagger(replace(model, tokenizer=tokenizer, golden=golden)).verify()
    with pytest.raises(ModelFileError, match="differs by"):
        runtime.Tagger(replace(model, labels=LABELS[::-1], golden=golden)).verify()


@pytest.mark.parametrize(
    ("golden", "message"),
    [
        (None, "has no golden example"),
        ({"words": ["ab"]}, "is not a valid one"),
        ({"words": ["ab"], "tags": [[["NONE", 0.5]]]}, "is not a valid one"),
        ({"words": ["ab", "f"], "tags": [[["O", 0.5]]]}, "is not a valid one"),
        ({"words": [], "tags": []}, "has no tags"),
    ],
)
def test_a_golden_example_that_is_none_is_refused(golden: Any, message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        runtime.Tagger(replace(made(), golden=golden)).verify()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tokenizer": None}, "m: the tokenizer is not a vocabulary of words"),
        (
            {"tokenizer": WordVocabulary(["a"], "abcdefghijk").to_json()},
            "m: the model file has 2 words, the network 6",
        ),
        (
            {"tokenizer": WordVocabulary(WORDS, "abc").to_json()},
            "m: the model file has 4 characters, the network 12",
        ),
        ({"labels": ["O"]}, "m: the model file has 1 labels, the network 4"),
        ({"labels": None}, "m: the model file has 0 labels, the network 4"),
        ({"labels": ["O", "O", "A", "B"]}, "m: the labels are not different words"),
        (
            {"labels": ["O", "A", "B", "C"], "architecture": {"scheme": "bio"}},
            "m: .*label 'A' does not belong",
        ),
    ],
)
def test_a_model_file_that_does_not_fit_is_refused(change: dict[str, Any], message: str) -> None:
    model = made()
    change = {**change, "architecture": model.architecture | change.get("architecture", {})}
    with pytest.raises(ModelFileError, match=message):
        runtime.Tagger(replace(model, **change), path="m")
