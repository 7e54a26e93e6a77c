"""Runs of a tagger from beginning to end: what they leave, and what is said about bad data."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from remy import config as configuration
from remy import runtime
from remy.config import TaggerConfig
from remy.data.words import WordVocabulary
from remy.errors import DataError, UsageError
from remy.io import tensor_file
from remy.tasks import registry
from remy.tasks.opened import Opened
from remy.tasks.starting import start
from remy.tasks.tagging.corpus import Corpus, corpus_of
from remy.tasks.tagging.job import TaggerJob
from remy.tasks.tagging.opening import open_sentences, open_tagger
from tests.tasks.tagging import toy
from tests.training.stopping import stop_at


def opened(pairs: toy.Pairs, valid: toy.Pairs | None = None, **changes: Any) -> Opened:
    held = toy.corpus(valid) if valid is not None else None
    return open_sentences(toy.config(**changes), toy.corpus(pairs), held)


def job(pairs: toy.Pairs, **changes: Any) -> TaggerJob:
    found = opened(pairs, **changes).job
    assert isinstance(found, TaggerJob)
    return found


def write(folder: Path, pairs: toy.Pairs, name: str = "train.conllu") -> Path:
    path = folder / name
    path.write_text(toy.conllu(pairs), encoding="utf-8")
    return path


def history(run: Path) -> list[dict[str, Any]]:
    lines = (run / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines]


def test_a_run_keeps_its_scores_beside_the_baseline(tmp_path: Path) -> None:
    path = write(tmp_path, toy.words())
    config = configuration.override(toy.config(), {"data.train": str(path)})
    trained = start(open_tagger(config), out=tmp_path / "run")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics == trained.metrics
    assert metrics["task"] == "tagger"
    assert metrics["data"]["tag"] == "upos"
    assert metrics["model"]["accuracy"] > 0.97 > metrics["baseline"]["accuracy"]
    assert metrics["verdict"].startswith("the model beats the most frequent tag of each word: accuracy")
    assert set(metrics["model"]["classes"]) == {"ADV", "CONJ", "DET", "NAME", "NOUN", "VERB"}
    # One inference path: the score during training is the score at the end, to the last bit.
    assert metrics["training"]["validation_score"] == metrics["model"]["accuracy"]
    resolved = configuration.read(tmp_path / "run" / "config.yaml")
    assert isinstance(resolved, TaggerConfig)
    assert (resolved.model.output, resolved.train.metric, resolved.data.tag) == (
        "softmax",
        "accuracy",
        "upos",
    )
    assert (tmp_path / "run" / "plots" / "learning_curve.png").is_file()
    assert (tmp_path / "run" / "plots" / "confusion.svg").is_file()
    model = runtime.load_as(tmp_path / "run", runtime.Tagger)
    assert model.verify() < 1e-5
    assert model.tag([["the", "fish", "run"]]) == [["DET", "NOUN", "VERB"]]


@pytest.mark.parametrize("scheme", ["bio", "bioes"])
def test_tags_that_mark_spans_get_a_crf_and_their_f1(scheme: str) -> None:
    trained = start(opened(toy.spans(scheme=scheme), train__epochs=8))
    assert trained.model.architecture["output"] == "crf"
    assert trained.model.architecture["scheme"] == scheme
    assert trained.metrics["training"]["metric"] == "span_f1"
    assert trained.metrics["model"]["span_f1"] > 0.95
    assert set(trained.metrics["model"]["spans"]) == {"LOC", "PER"}


def test_a_live_tagger_has_a_softmax() -> None:
    trained = start(opened(toy.spans(), train__epochs=8, model__live=True, model__bidirectional=False))
    assert trained.model.architecture["output"] == "softmax"
    assert runtime.Tagger(trained.model).live
    assert trained.metrics["model"]["span_f1"] > 0.8
    for change in ({"model.output": "crf", "model.bidirectional": False}, {"model.bidirectional": True}):
        with pytest.raises(UsageError, match=r"live (answers at every word|reads no future)"):
            configuration.override(TaggerConfig(), {"model.live": True, **change})


def test_the_network_learns_from_what_the_runtime_will_read() -> None:
    """The loss of a batch without dropout is the mean loss the runtime finds on the same sentences."""
    for pairs in (toy.words(20), toy.spans(20)):
        made = job(pairs, model__dropout=0.0, model__word_dropout=0.0, model__rare_dropout=0.0)
        torch.manual_seed(3)
        network = made.network()
        lesson = made.lesson(network)
        tagger = runtime.Tagger(made.model(network.to_tensors(), {}))
        losses = [lesson.loss(update) for update in range(lesson.updates_per_epoch)]
        total = sum(loss.item() * count for loss, count in losses) / sum(count for _, count in losses)
        learned = made.parts.learned
        assert tagger.mean_loss(learned.words, learned.tags) == pytest.approx(total, rel=1e-5)
        assert sum(count for _, count in losses) == learned.tokens


def test_the_last_sentences_are_held_out() -> None:
    words, tags = toy.words(40)
    parts = job((words, tags), data__split=0.8).parts
    assert [parts.train.words, parts.train.tags] == [words[:32], tags[:32]]
    assert [parts.valid.words, parts.valid.tags] == [words[32:], tags[32:]]
    assert parts.vocabulary.to_json() == WordVocabulary.fit(words[:32]).to_json()
    assert parts.valid_name == "the last 8 sentences of what was given"


def test_words_are_dropped_in_training_the_rare_ones_more_often() -> None:
    made = job(toy.words(), model__word_dropout=0.1, model__rare_dropout=1.0)
    chances = made._word_dropout.numpy()
    vocabulary = made.parts.vocabulary
    counts = dict.fromkeys(vocabulary.words, 0)
    for words in made.parts.learned.words:
        for word in words:
            counts[word.lower()] += 1
    for number, word in enumerate(vocabulary.words, start=1):
        assert chances[number] == pytest.approx(max(0.1, 1 / (1 + counts[word])))


def test_a_resumed_run_makes_the_same_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, toy.spans(60))
    values = {"data.train": str(path), "train.epochs": 2}
    config = configuration.override(toy.config(), values)
    start(open_tagger(config), out=tmp_path / "whole")
    stopped = stop_at(monkeypatch, TaggerJob, 9)
    with pytest.raises(KeyboardInterrupt):
        start(open_tagger(config.model_copy(update={"train": stopped(config)})), out=tmp_path / "parts")
    monkeypatch.undo()
    registry.resume(tmp_path / "parts", changes={"train.checkpoint_seconds": 1e9})
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert history(whole) == history(parts)
    for name in ("model.safetensors", "checkpoints/last.safetensors"):
        one, other = (tensor_file.read(run / name)[0] for run in (whole, parts))
        assert one.keys() == other.keys()
        assert all(one[key].tobytes() == other[key].tobytes() for key in one)


def test_sentences_from_python_are_kept_in_the_run(tmp_path: Path) -> None:
    first = start(opened(toy.words(40), toy.words(10, seed=5), train__epochs=1), out=tmp_path / "run")
    kept = sorted(path.name for path in (tmp_path / "run" / "data").iterdir())
    assert kept == ["train.conllu", "valid.conllu"]
    trained = registry.resume(tmp_path / "run", changes={"train.epochs": 2})
    assert trained.metrics["data"] == first.metrics["data"]
    (tmp_path / "run" / "data" / "train.conllu").unlink()
    with pytest.raises(DataError, match=r"own copy of its data, data/train.conllu, is missing"):
        registry.resume(tmp_path / "run")


def test_a_test_file_is_what_the_model_is_scored_on(tmp_path: Path) -> None:
    train, other = write(tmp_path, toy.words(40)), write(tmp_path, toy.words(7, seed=4), "test.conllu")
    values = {"data.train": str(train), "data.test": str(other), "train.epochs": 1}
    trained = start(open_tagger(configuration.override(toy.config(), values)))
    assert trained.metrics["scored_on"] == {
        "name": str(other),
        "records": 7,
        "words": sum(map(len, toy.words(7, seed=4)[0])),
    }


def test_long_sentences_are_learned_from_in_pieces_that_keep_the_rules() -> None:
    words, tags = toy.spans(30)
    long = [[word for each in words for word in each]], [[tag for each in tags for tag in each]]
    found = opened((long[0] * 2, long[1] * 2), data__max_length=7)
    made = found.job
    assert isinstance(made, TaggerJob)
    learned = made.parts.learned
    assert max(map(len, learned.words)) <= 7
    assert [tag for each in learned.tags for tag in each] == long[1][0]
    assert not any(each[0].startswith("I-") for each in learned.tags)
    assert any("longer than 7 words and are read in pieces" in note for note in found.notes)


def test_few_sentences_that_break_the_rules_are_left_out_and_many_mean_there_are_none() -> None:
    words, tags = toy.spans(200)
    tags[3] = ["I-LOC" for _ in tags[3]]
    few = opened((words, tags), toy.spans(5, seed=1))
    assert isinstance(few.job, TaggerJob)
    assert len(few.job.parts.learned) == 199
    assert few.job.architecture["scheme"] == "bio"
    assert any("1 of 200 sentences break the rules of bio and are not learned from" in n for n in few.notes)
    for number in range(40):
        tags[number] = [tag.replace("B-", "I-") for tag in tags[number]]
    many = opened((words, tags), toy.spans(5, seed=1))
    assert isinstance(many.job, TaggerJob)
    assert many.job.architecture["scheme"] == "none"
    assert len(many.job.parts.learned) == 200
    assert any("break the rules of bio, so no rules are enforced" in note for note in many.notes)


def test_tags_that_nothing_was_learned_of_are_named_and_count_as_wrong() -> None:
    words, tags = toy.words(10, seed=2)
    odd = [["X" if tag == "ADV" and k else tag for tag in row] for k, row in enumerate(tags)]
    found = opened(toy.words(40), (words, odd), train__epochs=4)
    count = sum(row.count("X") for row in odd)
    assert any(
        f"tags that nothing was learned of count as wrong: X ({count})" in note for note in found.notes
    )
    trained = start(found)
    assert any(f"count as wrong: X ({count})" in note for note in trained.metrics["notes"])
    assert trained.metrics["model"]["classes"]["X"]["recall"] == 0.0
    assert trained.metrics["training"]["validation_score"] == trained.metrics["model"]["accuracy"]
    assert trained.metrics["model"]["accuracy"] <= 1 - count / sum(map(len, words))


def test_held_out_sentences_with_tags_of_another_kind_are_refused() -> None:
    words, tags = toy.words(10, seed=2)
    with pytest.raises(DataError, match=r"every sentence has tags that nothing was learned of \(x"):
        opened(toy.words(40), (words, [[f"x{tag}" for tag in row] for row in tags]))


def test_data_of_one_tag_or_one_sentence_are_refused() -> None:
    with pytest.raises(DataError, match="expected at least 2 different tags to learn, got only 'X'"):
        opened(([["a", "b"]] * 9, [["X", "X"]] * 9))
    with pytest.raises(DataError, match="one sentence is too few to hold one out"):
        opened(([["a", "b"]], [["X", "Y"]]))


def test_span_f1_needs_tags_that_mark_spans() -> None:
    with pytest.raises(UsageError, match="--metric: span_f1 needs tags that mark spans such as B-PER, got"):
        opened(toy.words(), train__metric="span_f1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("# only\n\n", "there are no words"),
        ("1\ta\t_\tX\t_\t_\t_\t_\t_\t_\n2\tb\tX\n\n", r"a\.conllu:2: expected 10 columns"),
        ("1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n\n", "every sentence has an untagged word"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_before_anything_is_written(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "a.conllu"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        open_tagger(configuration.override(toy.config(), {"data.train": str(path)}))


def test_the_fingerprint_is_of_words_and_tags() -> None:
    one = Corpus("a", [["x", "y"], ["z"]], [["A", "B"], ["C"]])
    assert one.sha256 == Corpus("b", (("x", "y"), ("z",)), (("A", "B"), ("C",))).sha256
    assert one.sha256 != Corpus("a", [["x"], ["y", "z"]], [["A"], ["B", "C"]]).sha256
    assert one.sha256 != Corpus("a", [["x", "y"], ["z"]], [["A", "B"], ["B"]]).sha256


@pytest.mark.parametrize(
    ("words", "tags", "message"),
    [
        ([["a"]], [["X"], ["Y"]], "expected the tags of 1 sentences, got 2"),
        ([["a", "b"]], [["X"]], "expected 2 tags for sentence 0, one a word, got 1"),
        ([["a\tb"]], [["X"]], "expected words of one line, got 'a\\\\tb'"),
        ([[" "]], [["X"]], "expected words of one line, got ' '"),
        ([["a"]], [["X Y"]], "expected tags without white space, got 'X Y'"),
        ([["a"]], [["_"]], "expected tags without white space, got '_'"),
        (["ab"], [["X", "Y"]], "expected lists of words and of tags, got a string in sentence 0"),
        ([[]], [[]], "expected at least one sentence with words, got none"),
    ],
)
def test_python_data_that_cannot_be_used_are_refused(words: Any, tags: Any, message: str) -> None:
    with pytest.raises((DataError, ValueError), match=message):
        corpus_of(words, tags)


def test_scores_do_not_depend_on_the_order_of_sentences() -> None:
    made = job(toy.words(40))
    torch.manual_seed(0)
    tagger = runtime.Tagger(made.model(made.network().to_tensors(), {}))
    words, tags = toy.words(30, seed=8)
    order = np.random.default_rng(0).permutation(30)
    shuffled = [words[k] for k in order], [tags[k] for k in order]
    assert tagger.mean_loss(words, tags) == pytest.approx(tagger.mean_loss(*shuffled), rel=1e-6)
