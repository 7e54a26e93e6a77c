"""Training a translator as a job: its network, its lesson, its scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch

from remy import metrics, runtime
from remy.config import TranslatorConfig
from remy.data.batches import Indices, pad
from remy.data.pieces import BEGIN_ID
from remy.io.model_file import ModelFile
from remy.models.translator import TranslatorNetwork
from remy.models.written import written_loss
from remy.runtime import Search
from remy.tasks.job import Figure
from remy.tasks.translation.parts import Parts
from remy.tasks.translation.scoring import score_translator
from remy.training import BatchLesson, Outcome, Words
from remy.training.batch_lesson import batches_of
from remy.training.figures import alignment, learning_curve
from remy.training.snapshot import Arrays


@dataclass(frozen=True)
class TranslatorJob:
    """A translator to be trained; the configuration is fully resolved."""

    config: TranslatorConfig
    parts: Parts

    @property
    def architecture(self) -> dict[str, Any]:
        """What the model file says about the network."""
        model = self.config.model
        return {
            "kind": "translator",
            "vocabulary_size": len(self.parts.source),
            "embedding_size": model.embedding,
            "target_vocabulary_size": len(self.parts.target),
            "target_embedding_size": model.embedding,
            "decoder_units": model.decoder_units,
            "readout_units": model.embedding,
            "attention": model.attention,
            "input_feeding": model.input_feeding,
            "tied": model.tied,
            "cell": model.cell,
            "units": model.units,
            "layers": model.layers,
            "reset_after": model.reset_after,
            "activation": model.activation,
        }

    def network(self) -> TranslatorNetwork:
        """Return the network with fresh weights."""
        model = self.config.model
        return TranslatorNetwork(
            self.architecture,
            dropout=model.dropout or 0.0,
            recurrent_dropout=model.recurrent_dropout,
        )

    def lesson(self, network: TranslatorNetwork) -> BatchLesson:
        """Return what `network` learns from."""
        sources, targets = self.parts.learned
        lengths = [max(len(one), len(other)) for one, other in zip(sources, targets, strict=True)]
        return BatchLesson(
            network,
            batches_of(lengths, self.config.train),
            loss_of=partial(self._loss, network),
            scores=partial(self._scores, network),
            epochs=self.config.train.epochs or 1.0,  # filled in when the data were opened
            words=Words(loss="nats/piece", item="piece"),
        )

    def model(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        """Return the model file, with a golden example."""
        model = self._model_file(tensors, metrics)
        return replace(model, golden=runtime.Translator(model).golden(self.parts.valid.sources[0]))

    def record(self) -> dict[str, Any]:
        """Describe the data."""
        return self.parts.record()

    def fingerprint(self) -> dict[str, str]:
        """Return the hashes of the data."""
        return self.parts.fingerprint()

    def score(self, model: ModelFile) -> dict[str, Any]:
        """Score the model with the runtime, the baselines beside it."""
        metric = self.config.train.metric
        return score_translator(
            runtime.Translator(model),
            self.parts.train,
            self.parts.test,
            figure=metric if metric != "loss" else "bleu",
        )

    def figures(self, outcome: Outcome, metrics: dict[str, Any]) -> Iterable[Figure]:
        """Return the learning curve, and what is looked at while a text is translated."""
        yield Figure(
            "learning_curve", lambda form: learning_curve(outcome.history, unit="nats/piece", form=form)
        )
        model = runtime.Translator(self._model_file(outcome.tensors, {}))
        source = self.parts.test.sources[0]
        [[best]] = model.translate([source])
        if best.attention is not None and best.pieces:
            look = best.attention
            yield Figure(
                "attention", lambda form: alignment(look, model.pieces(source), best.pieces, form=form)
            )

    def _model_file(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        tokenizer = {
            "source": self.parts.source.to_json(),
            "target": self.parts.target.to_json(),
            "max_length": self.config.data.max_length,
            "lowercase": self.config.data.lowercase,
        }
        return ModelFile(
            task=self.config.task,
            architecture=self.architecture,
            tokenizer=tokenizer,
            metrics=metrics,
            tensors=tensors,
        )

    def _loss(self, network: TranslatorNetwork, places: Indices) -> tuple[torch.Tensor, int]:
        """Return the mean loss of a batch's pieces, and how many they are."""
        device, train = next(network.parameters()).device, self.config.train
        sides = [pad([side[place] for place in places]) for side in self.parts.learned]
        (ids, lengths), (targets, written) = (
            (torch.from_numpy(values).to(device), torch.from_numpy(each).to(device)) for values, each in sides
        )
        loss = written_loss(
            network.decoder,
            network(ids, lengths),
            targets,
            written,
            begin=BEGIN_ID,
            smoothing=train.label_smoothing,
            own=train.scheduled_sampling,
        )
        return loss, int(sides[1][1].sum())

    def _scores(self, network: TranslatorNetwork) -> dict[str, float]:
        """Return the scores on what is held out, of the runtime like those at the end, written greedily."""
        model = runtime.Translator(self._model_file(network.to_tensors(), {}))
        most, lowercase = self.config.train.validation_records, self.config.data.lowercase
        sources, targets = self.parts.valid.sources[:most], self.parts.valid.targets[:most]
        written = [one[0].text for one in model.translate(sources, Search(beam=1))]
        return {
            "loss": model.mean_loss(sources, targets),
            "bleu": metrics.bleu(targets, written, lowercase=lowercase).score,
            "chrf": metrics.chrf(targets, written, lowercase=lowercase).score,
            "exact_match": metrics.exact_match(targets, written, lowercase=lowercase),
        }
