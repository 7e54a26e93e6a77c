"""Runs of a translator from beginning to end: what they leave, and what is said about bad data."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from remy import config as configuration
from remy import runtime
from remy.config import TranslatorConfig
from remy.errors import DataError, UsageError
from remy.io import tensor_file
from remy.runtime import Search
from remy.tasks import registry
from remy.tasks.evaluators import evaluate
from remy.tasks.opened import Opened
from remy.tasks.starting import start
from remy.tasks.translation.corpus import corpus_of
from remy.tasks.translation.job import TranslatorJob
from remy.tasks.translation.opening import open_pairs, open_translator
from remy.tasks.translation.pieces import pieces_for
from remy.tasks.translation.scoring import score_translator
from tests.tasks.translation import toy
from tests.training.stopping import stop_at


def opened(pairs: toy.Pairs, valid: toy.Pairs | None = None, **changes: Any) -> Opened:
    held = corpus_of(*valid) if valid is not None else None
    return open_pairs(toy.config(**changes), corpus_of(*pairs), held)


def job(pairs: toy.Pairs, **changes: Any) -> TranslatorJob:
    found = opened(pairs, **changes).job
    assert isinstance(found, TranslatorJob)
    return found


def write(folder: Path, pairs: toy.Pairs) -> Path:
    path = folder / "pairs.tsv"
    rows = [f"{one}\t{other}\n" for one, other in zip(*pairs, strict=True)]
    path.write_text("en\tes\n" + "".join(rows), encoding="utf-8")
    return path


def history(run: Path) -> list[dict[str, Any]]:
    lines = (run / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over a table of the grammar."""
    folder = tmp_path_factory.mktemp("translator")
    path = write(folder, toy.pairs(400))
    config = configuration.override(toy.config(train__epochs=14), {"data.train": str(path)})
    start(open_translator(config), out=folder / "run")
    return folder / "run"


def test_a_run_translates_new_sentences_and_keeps_its_scores_beside_the_baselines(finished: Path) -> None:
    metrics = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["task"] == "translator"
    assert [one["name"] for one in metrics["baselines"]] == [
        "copy of the source",
        "target of the most similar source",
    ]
    assert metrics["model"]["bleu"] > 60 > metrics["baselines"][0]["bleu"]
    assert metrics["verdict"].startswith("the model beats the best baseline, target of the most similar")
    assert metrics["model"]["perplexity"] == pytest.approx(np.exp(metrics["model"]["nats_per_piece"]))
    assert metrics["data"]["columns"] == ["en", "es"]
    assert (
        metrics["data"]["train_records"] + metrics["data"]["valid_records"] + metrics["data"]["test_records"]
        == 400
    )
    assert len(metrics["examples"]) == 5
    resolved = configuration.read(finished / "config.yaml")
    assert isinstance(resolved, TranslatorConfig)
    assert (resolved.data.source, resolved.data.target, resolved.model.decoder_units) == ("en", "es", 48)
    assert resolved.train.metric == "bleu"
    assert (finished / "plots" / "attention.svg").is_file()
    model = runtime.load_as(finished, runtime.Translator)
    assert model.verify() < 1e-5


def test_a_run_is_scored_again_as_it_was(finished: Path) -> None:
    metrics = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    again = evaluate(finished)
    assert again["model"] == metrics["model"]
    assert again["baselines"] == metrics["baselines"]
    assert not any("learned from" in note for note in again["notes"])
    whole = evaluate(finished, str(finished.parent / "pairs.tsv"))
    assert any("of 400 sources are among those the run learned from" in note for note in whole["notes"])


def test_what_was_cut_at_the_longest_length_is_counted(finished: Path) -> None:
    model, pairs = runtime.load_as(finished, runtime.Translator), toy.pairs(12, seed=4)
    short = Search(max_length=1)
    cut = sum(not one[0].ended for one in model.translate(pairs[0], short))
    found = score_translator(model, None, corpus_of(*pairs), figure="bleu", search=short)
    assert cut > 8
    assert found["model"]["cut"] == cut
    assert found["notes"] == [f"{cut} of 12 did not end by themselves and were cut"]
    assert [one["name"] for one in found["baselines"]] == ["copy of the source"]


def test_the_network_learns_from_what_the_runtime_will_read() -> None:
    """The loss of all batches without dropout is the mean loss the runtime finds on the same pairs."""
    for changes in ({}, {"model__input_feeding": True, "model__attention": "multiplicative"}):
        made = job(toy.pairs(60), model__dropout=0.0, train__label_smoothing=0.0, **changes)
        torch.manual_seed(3)
        network = made.network()
        with torch.no_grad():
            # The runtime never writes <unk> and <s>; the network has to learn not to.
            network.decoder.output_bias[:2] = -1e4
        lesson = made.lesson(network)
        losses = [lesson.loss(update) for update in range(lesson.updates_per_epoch)]
        counts = [count for _, count in losses]
        total = sum(loss.item() * count for loss, count in losses) / sum(counts)
        translator = runtime.Translator(made.model(network.to_tensors(), {}))
        logs = translator.log_probabilities(made.parts.train.sources, made.parts.train.targets)
        assert sum(counts) == sum(map(len, logs))
        assert -np.concatenate(logs).mean() == pytest.approx(total, rel=1e-5)


def test_a_resumed_run_makes_the_same_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, toy.pairs(80))
    values = {"data.train": str(path), "train.epochs": 2, "train.scheduled_sampling": 0.2}
    config = configuration.override(toy.config(), values)
    start(open_translator(config), out=tmp_path / "whole")
    stopped = stop_at(monkeypatch, TranslatorJob, 6)
    with pytest.raises(KeyboardInterrupt):
        start(open_translator(config.model_copy(update={"train": stopped(config)})), out=tmp_path / "parts")
    monkeypatch.undo()
    # Other versions of the library might cut the same texts into other pieces.
    monkeypatch.setattr("remy.tasks.translation.opening.fit_pieces", None)
    registry.resume(tmp_path / "parts", changes={"train.checkpoint_seconds": 30.0})
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert history(whole) == history(parts)
    one, other = (tensor_file.read(run / "model.safetensors")[0] for run in (whole, parts))
    assert one.keys() == other.keys()
    assert all(one[key].tobytes() == other[key].tobytes() for key in one)


def test_a_source_is_never_learned_from_and_scored_on() -> None:
    sources, targets = toy.pairs(120)
    parts = job((sources * 2, targets * 2)).parts
    learned, chosen, scored = (set(one.sources) for one in (parts.train, parts.valid, parts.test))
    assert not learned & chosen
    assert not learned & scored
    assert not chosen & scored


def test_given_pairs_are_validated_and_scored_on() -> None:
    parts = opened(toy.pairs(30), toy.pairs(10, seed=1)).job
    assert isinstance(parts, TranslatorJob)
    assert len(parts.parts.train) == 30
    assert parts.parts.valid is parts.parts.test


def test_longer_pairs_are_left_out_and_counted() -> None:
    sources, targets = toy.pairs(40)
    found = opened((sources, targets), data__max_length=7)
    assert any("pairs are longer than 7 pieces and are not learned from" in note for note in found.notes)
    with pytest.raises(
        DataError, match=r"every pair is longer than 2 pieces; raise it with --set data\.max_length=4"
    ):
        opened((sources, targets), data__max_length=2).job.network()  # type: ignore[attr-defined]


def test_texts_say_what_they_are_cut_into() -> None:
    assert pieces_for(["cat", "dog"]) == "characters"
    assert pieces_for(["K AE T", "D AO G"] * 60) == "words"
    assert pieces_for([f"the {n} dogs bark at {n * 7} men" for n in range(300)]) == "subwords"
    chosen = opened(
        (["ab", "ba", "abb"] * 3, ["a b", "b a", "a b b"] * 3), data__source_pieces=None
    ).job.config
    assert isinstance(chosen, TranslatorConfig)
    assert chosen.data.source_pieces == "characters"
    assert chosen.train.metric == "exact_match"


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_last_good_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, toy.pairs(60))
    config = configuration.override(toy.config(train__epochs=4), {"data.train": str(path)})
    loss, asked = TranslatorJob._loss, [0]

    def broken(self: TranslatorJob, network: Any, places: Any) -> Any:
        found, count = loss(self, network, places)
        asked[0] += 1
        return (found * float("nan") if asked[0] == 8 else found), count

    monkeypatch.setattr(TranslatorJob, "_loss", broken)
    with pytest.raises(DataError, match="the loss is no longer a number at update"):
        start(open_translator(config), out=tmp_path / "run")
    kept = tensor_file.read(tmp_path / "run" / "checkpoints" / "last.safetensors")[0]
    assert all(np.isfinite(array).all() for array in kept.values())


def test_a_run_may_be_called_as_its_data_set_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = opened(toy.pairs(30), train__epochs=1)
    start(replace(found, sources=["sounds"]), out=Path("sounds"))
    assert Path("sounds/model.safetensors").is_file()
    with pytest.raises(UsageError, match="holds the data sounds/data; choose another directory"):
        start(replace(found, sources=["sounds/data"]), out=Path("sounds"), force=True)


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="split and held_out have to leave something between them"):
        toy.config(data__split=0.97)
    with pytest.raises(DataError, match="2 different records are too few"):
        opened((["a", "b"], ["x", "y"]))
    (tmp_path / "empty.tsv").write_text("source\ttarget\n")
    with pytest.raises(DataError, match=r"empty\.tsv"):
        open_translator(configuration.override(toy.config(), {"data.train": str(tmp_path / "empty.tsv")}))
    (tmp_path / "blank.tsv").write_text("source\ttarget\na\t\n\tb\n")
    with pytest.raises(DataError, match="holds no pair that can be used"):
        open_translator(configuration.override(toy.config(), {"data.train": str(tmp_path / "blank.tsv")}))
