"""Training a language model as a job: its network, its lesson, its scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from remy import runtime
from remy.config import LanguageModelConfig
from remy.io.model_file import ModelFile
from remy.models import LanguageNetwork
from remy.tasks.job import Figure
from remy.tasks.language.corpus import BASELINE_NAME, Corpus
from remy.tasks.language.scores import score_record
from remy.tasks.language.sources import text_sha256
from remy.training import Outcome, StreamLesson
from remy.training.figures import learning_curve
from remy.training.snapshot import Arrays


@dataclass(frozen=True)
class LanguageJob:
    """A language model to be trained on `corpus`; the configuration is fully resolved."""

    config: LanguageModelConfig
    corpus: Corpus

    @property
    def architecture(self) -> dict[str, Any]:
        """What the model file says about the network."""
        model = self.config.model
        return {
            "kind": "language_model",
            "vocabulary_size": len(self.corpus.tokenizer.vocabulary),
            "embedding_size": model.embedding,
            "cell": model.cell,
            "units": model.units,
            "layers": model.layers,
            "reset_after": model.reset_after,
            "activation": model.activation,
            "residual": model.residual,
            "tied": model.tied,
        }

    def network(self) -> LanguageNetwork:
        """Return the network with fresh weights."""
        return LanguageNetwork(
            self.architecture,
            dropout=self.config.model.dropout or 0.0,  # `plan` has filled it in
            recurrent_dropout=self.config.model.recurrent_dropout,
        )

    def lesson(self, network: LanguageNetwork) -> StreamLesson:
        """Return what `network` learns from."""
        return StreamLesson(network, self.corpus.train_ids, self.corpus.valid_ids, self.config.train)

    def model(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        """Return the model file, with a golden example; its tokenizer says how the text holds tunes."""
        notation = self.corpus.train_source.notation
        held = {"notation": notation.name} if notation is not None else {}
        model = ModelFile(
            task=self.config.task,
            architecture=self.architecture,
            tokenizer={**self.corpus.tokenizer.to_json(), **held},
            metrics=metrics,
            tensors=tensors,
        )
        return replace(model, golden=runtime.LanguageModel(model).golden(self.corpus.train_text))

    def record(self) -> dict[str, Any]:
        """Describe the data."""
        return self.corpus.record()

    def fingerprint(self) -> dict[str, str]:
        """Return the hashes of both parts of the text."""
        return {"train": text_sha256(self.corpus.train_text), "valid": text_sha256(self.corpus.valid_text)}

    def score(self, model: ModelFile) -> dict[str, Any]:
        """Score the model on the held-out text, the n-gram model beside it."""
        text = self.corpus.valid_text
        score = runtime.LanguageModel(model).evaluate(text)
        nats = score.nats_per_character
        return {
            "model": score_record(nats, characters=score.characters, dropped=score.dropped),
            "baseline": {"name": BASELINE_NAME, **score_record(self.corpus.baseline_nats(text))},
        }

    def figures(self, outcome: Outcome, metrics: dict[str, Any]) -> Iterable[Figure]:
        """Return the learning curve."""
        baseline = metrics["baseline"]["nats_per_character"]
        draw = partial(_curve, outcome.history, baseline)
        return [Figure("learning_curve", draw)]


def _curve(history: list[dict[str, Any]], baseline: float, form: str) -> bytes:
    return learning_curve(history, baseline=baseline, baseline_name=BASELINE_NAME, form=form)
