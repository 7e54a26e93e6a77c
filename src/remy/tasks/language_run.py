"""One training run of a language model over prepared data: network, loop, scores, files."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import torch

import remy
from remy import runtime
from remy.config import Config
from remy.io import model_file as model_files
from remy.io.model_file import ModelFile
from remy.models import LanguageNetwork
from remy.tasks.corpus import BASELINE_NAME, Corpus
from remy.tasks.scores import score_record
from remy.tasks.sources import text_sha256
from remy.training import Checkpoint, Interrupted, Outcome, Reporter, RunDirectory, Trainer
from remy.training.figures import learning_curve
from remy.training.machine import find_device, own_randomness, own_threads
from remy.training.progress import Silent, format_seconds
from remy.training.snapshot import Arrays


@dataclass(frozen=True)
class TrainedModel:
    """A finished training run.

    Attributes
    ----------
    model
        The best model, complete.
    metrics
        What ``metrics.json`` holds.
    run
        The run's directory, if it has one.
    """

    model: ModelFile
    metrics: dict[str, Any]
    run: RunDirectory | None


def run_training(
    config: Config,
    corpus: Corpus,
    *,
    run: RunDirectory | None = None,
    saved: Checkpoint | None = None,
    reporter: Reporter | None = None,
) -> TrainedModel:
    """Train on `corpus`, from `saved` on if given, and score and write the best model.

    Raises
    ------
    DataError
        If training diverges or the disk cannot be written.
    Interrupted
        After Ctrl-C, when everything is saved; its message says how to go on.
    """
    reporter = reporter if reporter is not None else Silent()
    with own_threads(config.train.threads):
        outcome = _train(config, corpus, run, saved, reporter)
        return _finish(config, corpus, outcome, run, reporter)


def _train(
    config: Config,
    corpus: Corpus,
    run: RunDirectory | None,
    saved: Checkpoint | None,
    reporter: Reporter,
) -> Outcome:
    device = find_device(config.train.device)
    with own_randomness(config.train.seed, device):
        network = make_network(config, corpus).to(device)
        trainer = Trainer(
            network,
            corpus.train_ids,
            corpus.valid_ids,
            config.train,
            store=_RunStore(run, config, corpus) if run is not None else None,
            reporter=reporter,
        )
        if saved is not None:
            trainer.restore(saved)
            reporter.note(
                f"resuming after update {trainer.progress.update} of {trainer.updates} "
                f"({format_seconds(trainer.progress.seconds)} so far)"
            )
        try:
            return trainer.run()
        except Interrupted:
            raise Interrupted(_how_to_go_on(run, trainer.progress.update)) from None
        finally:
            reporter.close()


def _finish(
    config: Config, corpus: Corpus, outcome: Outcome, run: RunDirectory | None, reporter: Reporter
) -> TrainedModel:
    """Score the best model with the runtime, beside the baseline, and write what a run leaves behind."""
    reporter.note("scoring the best model on the held-out text")
    began = time.monotonic()
    score = runtime.LanguageModel(_model(config, corpus, outcome.tensors, {})).evaluate(corpus.valid_text)
    timings = {
        "seconds": round(outcome.seconds, 3),
        "scoring_seconds": round(time.monotonic() - began, 3),
        "characters_per_second": round(outcome.characters_per_second, 1),
    }
    parameters = sum(tensor.size for tensor in outcome.tensors.values())
    metrics: dict[str, Any] = {
        "task": config.task,
        "data": corpus.record(),
        "model": score_record(score.nats_per_character, characters=score.characters, dropped=score.dropped),
        "baseline": {"name": BASELINE_NAME, **score_record(corpus.baseline_nats(corpus.valid_text))},
        "training": {
            "ended_by": outcome.reason,
            "updates": outcome.updates,
            "best_update": outcome.update,
            "validation_nats": outcome.nats,
            "parameters": parameters,
            "threads": torch.get_num_threads(),
        },
        "version": remy.__version__,
    }
    # The clock stays out of the model file, so that a resumed run writes the same bytes as an unbroken one.
    model = _model(config, corpus, outcome.tensors, metrics)
    metrics = {**metrics, "training": {**metrics["training"], **timings}}
    if run is not None:
        model_files.write(run.model, model)
        run.save_metrics(metrics)
        _draw(run, outcome, metrics["baseline"]["nats_per_character"], reporter)
    return TrainedModel(model, metrics, run)


def _draw(run: RunDirectory, outcome: Outcome, baseline: float, reporter: Reporter) -> None:
    try:
        for form in ("png", "svg"):
            picture = learning_curve(
                outcome.history, baseline=baseline, baseline_name=BASELINE_NAME, form=form
            )
            run.write(run.plots / f"learning_curve.{form}", picture)
    except ModuleNotFoundError:
        reporter.note("matplotlib is not installed, so there is no plot of the learning curve")


def _model(config: Config, corpus: Corpus, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
    model = ModelFile(
        task=config.task,
        architecture=architecture(config, len(corpus.tokenizer.vocabulary)),
        tokenizer=corpus.tokenizer.to_json(),
        metrics=metrics,
        tensors=tensors,
    )
    return replace(model, golden=runtime.LanguageModel(model).golden(corpus.train_text))


def architecture(config: Config, vocabulary_size: int) -> dict[str, Any]:
    """Return what the model file says about the network."""
    model = config.model
    return {
        "kind": "language_model",
        "vocabulary_size": vocabulary_size,
        "embedding_size": model.embedding,
        "cell": model.cell,
        "units": model.units,
        "layers": model.layers,
        "reset_after": model.reset_after,
        "activation": model.activation,
        "residual": model.residual,
        "tied": model.tied,
    }


def make_network(config: Config, corpus: Corpus) -> LanguageNetwork:
    """Return the network that `config` describes, with fresh weights."""
    return LanguageNetwork(
        architecture(config, len(corpus.tokenizer.vocabulary)),
        dropout=config.model.dropout or 0.0,  # `plan` has filled it in
        recurrent_dropout=config.model.recurrent_dropout,
    )


@dataclass(frozen=True)
class _RunStore:
    """Keeps a run's weights, history and checkpoints in its directory."""

    run: RunDirectory
    config: Config
    corpus: Corpus

    def save_best(self, tensors: Arrays, nats: float, update: int) -> None:
        metrics = {"data": self.corpus.record(), "validation": {"nats_per_character": nats, "update": update}}
        model_files.write(self.run.model, _model(self.config, self.corpus, tensors, metrics))

    def save_history(self, history: list[dict[str, Any]]) -> None:
        self.run.save_history(history)

    def save_checkpoint(self, saved: Checkpoint) -> None:
        record = {**saved.record, "data": fingerprint(self.corpus)}
        self.run.save_checkpoint(replace(saved, record=record))


def fingerprint(corpus: Corpus) -> dict[str, str]:
    """Return the hashes of both parts of the text; a run goes on only with the same ones."""
    return {"train": text_sha256(corpus.train_text), "valid": text_sha256(corpus.valid_text)}


def _how_to_go_on(run: RunDirectory | None, update: int) -> str:
    if run is None:
        return f"stopped after update {update}; nothing was kept, because the run has no directory"
    return f"stopped after update {update}; go on with: remy train -o {run.path} --resume"
