"""Training a captioner as a job: its network, its lesson, its scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch

from remy import metrics, runtime
from remy.config import CaptionerConfig
from remy.data.batches import Indices, pad
from remy.data.pictures import as_numbers
from remy.data.pieces import BEGIN_ID
from remy.io.architecture.captioner import VECTOR_SIZE
from remy.io.model_file import ModelFile
from remy.models.captioner import CaptionerNetwork
from remy.models.written import written_loss
from remy.runtime import Search
from remy.tasks.captioning.parts import Parts
from remy.tasks.captioning.scoring import closest, score_captioner
from remy.tasks.job import Figure
from remy.training import BatchLesson, Outcome, Words
from remy.training.batch_lesson import batches_of
from remy.training.figures import alignment, learning_curve
from remy.training.snapshot import Arrays


@dataclass(frozen=True)
class CaptionerJob:
    """A captioner to be trained; the configuration is fully resolved."""

    config: CaptionerConfig
    parts: Parts

    @property
    def architecture(self) -> dict[str, Any]:
        """What the model file says about the network."""
        model, values = self.config.model, self.parts.train.values
        if self.parts.train.are_vectors:
            read = {VECTOR_SIZE: values.shape[-1]}
        else:
            read = {
                "picture_size": values.shape[1],
                "picture_channels": values.shape[3],
                "filters": model.filters,
                "blocks": model.blocks,
            }
        return {
            "kind": "captioner",
            **read,
            "target_vocabulary_size": len(self.parts.tokenizer),
            "target_embedding_size": model.embedding,
            "decoder_units": model.units,
            "readout_units": model.embedding,
            "attention": model.attention,
            "input_feeding": model.input_feeding,
            "tied": model.tied,
            "cell": model.cell,
            "layers": model.layers,
            "reset_after": model.reset_after,
            "activation": model.activation,
        }

    def network(self) -> CaptionerNetwork:
        """Return the network with fresh weights."""
        model = self.config.model
        return CaptionerNetwork(
            self.architecture,
            shift=self.config.train.shift,
            dropout=model.dropout or 0.0,
            recurrent_dropout=model.recurrent_dropout,
        )

    def lesson(self, network: CaptionerNetwork) -> BatchLesson:
        """Return what `network` learns from."""
        return BatchLesson(
            network,
            batches_of([len(ids) for ids in self.parts.learned[1]], self.config.train),
            loss_of=partial(self._loss, network),
            scores=partial(self._scores, network),
            epochs=self.config.train.epochs or 1.0,  # filled in when the data were opened
            words=Words(loss="nats/piece", item="piece"),
        )

    def model(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        """Return the model file, with a golden example."""
        model = self._model_file(tensors, metrics)
        return replace(model, golden=runtime.Captioner(model).golden(self.parts.valid.values[0]))

    def record(self) -> dict[str, Any]:
        """Describe the data."""
        return self.parts.record()

    def fingerprint(self) -> dict[str, str]:
        """Return the hashes of the data."""
        return self.parts.fingerprint()

    def score(self, model: ModelFile) -> dict[str, Any]:
        """Score the model with the runtime, the baselines beside it."""
        metric = self.config.train.metric
        return score_captioner(
            runtime.Captioner(model),
            self.parts.train,
            self.parts.test,
            figure=metric if metric != "loss" else "word_f1",
        )

    def figures(self, outcome: Outcome, metrics: dict[str, Any]) -> Iterable[Figure]:
        """Return the learning curve, and which places of a picture are looked at while it is captioned."""
        yield Figure(
            "learning_curve", lambda form: learning_curve(outcome.history, unit="nats/piece", form=form)
        )
        model = runtime.Captioner(self._model_file(outcome.tensors, {}))
        [[best]] = model.caption(self.parts.test.values[:1])
        look = best.attention
        if look is not None and best.pieces and look.shape[1] > 1:
            places = [str(place + 1) for place in range(look.shape[1])]
            yield Figure("attention", lambda form: alignment(look, places, best.pieces, form=form))

    def _model_file(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        return ModelFile(
            task=self.config.task,
            architecture=self.architecture,
            tokenizer={
                "captions": self.parts.tokenizer.to_json(),
                "max_length": self.config.data.max_length,
                "lowercase": self.config.data.lowercase,
            },
            metrics=metrics,
            tensors=tensors,
        )

    def _loss(self, network: CaptionerNetwork, places: Indices) -> tuple[torch.Tensor, int]:
        """Return the mean loss of a batch's pieces, and how many they are."""
        device, train = next(network.parameters()).device, self.config.train
        rows, captions = self.parts.learned
        ids, lengths = pad([captions[place] for place in places])
        shown = self.parts.train.values[rows[places]]
        values = as_numbers(shown) if shown.dtype == "uint8" else shown  # type: ignore[arg-type]
        loss = written_loss(
            network.decoder,
            network(torch.from_numpy(values).to(device)),
            torch.from_numpy(ids).to(device),
            torch.from_numpy(lengths).to(device),
            begin=BEGIN_ID,
            smoothing=train.label_smoothing,
            own=train.scheduled_sampling,
        )
        return loss, int(lengths.sum())

    def _scores(self, network: CaptionerNetwork) -> dict[str, float]:
        """Return the scores on what is held out, of the runtime like those at the end, written greedily."""
        model = runtime.Captioner(self._model_file(network.to_tensors(), {}))
        most, lowercase, held = (
            self.config.train.validation_records,
            self.parts.config.lowercase,
            self.parts.valid,
        )
        written = [one[0].text for one in model.caption(held.values[:most], Search(beam=1))]
        expected = closest(held.each[:most], written, lowercase=lowercase)
        first = held.rows < most
        known = [caption for caption, taken in zip(held.captions, first, strict=True) if taken]
        return {
            "loss": model.mean_loss(held.values[held.rows[first]], known),
            "word_f1": metrics.word_f1(expected, written, lowercase=lowercase),
            "bleu": metrics.bleu(expected, written, lowercase=lowercase).score,
            "exact_match": metrics.exact_match(expected, written, lowercase=lowercase),
        }
