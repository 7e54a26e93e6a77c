"""Training a tagger as a job: its network, its lesson, its scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import torch

from remy import metrics, runtime
from remy.config import TaggerConfig
from remy.data.batches import Indices
from remy.data.words import UNKNOWN_ID
from remy.decoding import allowed_transitions
from remy.io.model_file import ModelFile
from remy.models.tagger import TaggerNetwork
from remy.tasks.job import Figure
from remy.tasks.tagging.parts import Parts, mark_spans
from remy.tasks.tagging.scoring import score_tagger
from remy.training import BatchLesson, Outcome, Words
from remy.training.batch_lesson import batches_of
from remy.training.figures import confusion, learning_curve
from remy.training.snapshot import Arrays


@dataclass(frozen=True)
class TaggerJob:
    """A tagger to be trained; the configuration is fully resolved."""

    config: TaggerConfig
    parts: Parts

    @property
    def architecture(self) -> dict[str, Any]:
        """What the model file says about the network."""
        model, vocabulary = self.config.model, self.parts.vocabulary
        return {
            "kind": "tagger",
            "vocabulary_size": len(vocabulary.words) + 1,
            "embedding_size": model.embedding,
            "characters": len(vocabulary.characters) + 1,
            "character_embedding_size": model.character_embedding,
            "character_units": model.character_units,
            "labels": len(self.parts.labels),
            "output": model.output,
            "scheme": self.parts.scheme or "none",
            "bidirectional": model.bidirectional,
            "cell": model.cell,
            "units": model.units,
            "layers": model.layers,
            "reset_after": model.reset_after,
            "activation": model.activation,
        }

    def network(self) -> TaggerNetwork:
        """Return the network with fresh weights."""
        model = self.config.model
        return TaggerNetwork(
            self.architecture,
            allowed=allowed_transitions(self.parts.labels, self.parts.scheme),
            dropout=model.dropout or 0.0,
            recurrent_dropout=model.recurrent_dropout,
        )

    def lesson(self, network: TaggerNetwork) -> BatchLesson:
        """Return what `network` learns from."""
        train, learned = self.config.train, self.parts.learned
        return BatchLesson(
            network,
            batches_of([len(words) for words in learned.words], train),
            loss_of=partial(self._loss, network, self._word_dropout.to(next(network.parameters()).device)),
            scores=partial(self._scores, network),
            epochs=self.config.train.epochs or 1.0,  # filled in when the data were opened
            words=Words(loss="nats/word", item="word"),
        )

    def model(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        """Return the model file, with a golden example."""
        model = self._model_file(tensors, metrics)
        return replace(model, golden=runtime.Tagger(model).golden(self.parts.train.words[0]))

    def record(self) -> dict[str, Any]:
        """Describe the data."""
        return self.parts.record()

    def fingerprint(self) -> dict[str, str]:
        """Return the hashes of the data."""
        return self.parts.fingerprint()

    def score(self, model: ModelFile) -> dict[str, Any]:
        """Score the model with the runtime, the baseline beside it."""
        return score_tagger(runtime.Tagger(model), self.parts.train, self.parts.scored)

    def figures(self, outcome: Outcome, metrics: dict[str, Any]) -> Iterable[Figure]:
        """Return the learning curve, and the confusion matrix where the tags are not too many."""
        yield Figure(
            "learning_curve", lambda form: learning_curve(outcome.history, unit="nats/word", form=form)
        )
        if "confusion" in metrics["model"]:
            found = metrics["model"]["confusion"]
            yield Figure("confusion", lambda form: confusion(found["counts"], found["labels"], form=form))

    def _model_file(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        return ModelFile(
            task=self.config.task,
            architecture=self.architecture,
            tokenizer=self.parts.vocabulary.to_json(),
            labels=list(self.parts.labels),
            metrics=metrics,
            tensors=tensors,
        )

    @cached_property
    def _word_dropout(self) -> torch.Tensor:
        """Return the chance (V,) of each word of the vocabulary to be read as unknown while training.

        Rare words have the better chance (E. Kiperwasser and Y. Goldberg, "Simple and accurate dependency
        parsing using bidirectional LSTM feature representations", TACL 2016).
        """
        model, vocabulary = self.config.model, self.parts.vocabulary
        counts: Counter[int] = Counter()
        for words in self.parts.learned.words:
            counts.update(vocabulary.ids(words).tolist())
        seen = np.array([max(1, counts[number]) for number in range(len(vocabulary.words) + 1)])
        rare = model.rare_dropout / (model.rare_dropout + seen)
        return torch.from_numpy(np.maximum(model.word_dropout, rare).astype(np.float32))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {label: number for number, label in enumerate(self.parts.labels)}

    def _loss(
        self, network: TaggerNetwork, word_dropout: torch.Tensor, places: Indices
    ) -> tuple[torch.Tensor, int]:
        """Return the mean loss of a batch's words, and how many they are."""
        learned, device = self.parts.learned, word_dropout.device
        batch = self.parts.vocabulary.batch([learned.words[place] for place in places])
        tags = np.zeros(batch.words.shape, np.int64)
        for row, place in enumerate(places):
            tags[row, : batch.lengths[row]] = [self._numbers[tag] for tag in learned.tags[place]]
        words, lengths, *spelled = (torch.from_numpy(array).to(device) for array in batch)
        dropped = torch.rand(words.shape, device=device) < word_dropout[words]
        scores = network(words.masked_fill(dropped, UNKNOWN_ID), lengths, *spelled)
        return network.loss(scores, torch.from_numpy(tags).to(device), lengths), int(batch.lengths.sum())

    def _scores(self, network: TaggerNetwork) -> dict[str, float]:
        """Return the scores on what is held out, of the runtime like those at the end."""
        model, held = runtime.Tagger(self._model_file(network.to_tensors(), {})), self.parts.valid
        predicted = model.tag(held.words)
        loss = model.mean_loss(held.words, held.tags)
        assert loss is not None  # or the data had been refused
        found = {
            "loss": loss,
            "accuracy": metrics.token_accuracy(held.tags, predicted),
        }
        if mark_spans(self.parts.labels):
            found["span_f1"] = metrics.span_scores(held.tags, predicted).overall.f1
        return found
