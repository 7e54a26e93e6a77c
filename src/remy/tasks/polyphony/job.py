"""Training a model of piano rolls as a job: its network, its lesson, its scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch

from remy import metrics, runtime
from remy.baselines import KeyFrequency
from remy.config import PianoRollConfig
from remy.data.batches import Indices, pad
from remy.data.piano_roll import KEYS, LOWEST
from remy.io.model_file import ModelFile
from remy.models.piano_roll import PianoRollNetwork
from remy.tasks.job import Figure
from remy.tasks.polyphony.parts import Parts
from remy.tasks.polyphony.scoring import THRESHOLD, score_rolls
from remy.training import BatchLesson, Outcome, Words
from remy.training.batch_lesson import batches_of
from remy.training.figures import learning_curve
from remy.training.snapshot import Arrays


@dataclass(frozen=True)
class PianoRollJob:
    """A model of piano rolls to be trained; the configuration is fully resolved.

    All frames are learned from, the first too, so that a piece can be begun. Validation and scores count
    frames 2 to T, as the published figures do (see :class:`remy.runtime.RollScore`).
    """

    config: PianoRollConfig
    parts: Parts

    @property
    def architecture(self) -> dict[str, Any]:
        """What the model file says about the network."""
        model = self.config.model
        return {
            "kind": "piano_roll",
            "keys": KEYS,
            "cell": model.cell,
            "units": model.units,
            "layers": model.layers,
            "reset_after": model.reset_after,
            "activation": model.activation,
        }

    def network(self) -> PianoRollNetwork:
        """Return the network with fresh weights."""
        model = self.config.model
        return PianoRollNetwork(
            self.architecture,
            dropout=model.dropout or 0.0,
            recurrent_dropout=model.recurrent_dropout or 0.0,
            frequencies=KeyFrequency().fit(self.parts.train.rolls).frequencies,
        )

    def lesson(self, network: PianoRollNetwork) -> BatchLesson:
        """Return what `network` learns from."""
        return BatchLesson(
            network,
            batches_of([len(roll) for roll in self.parts.train.rolls], self.config.train),
            loss_of=partial(self._loss, network, next(network.parameters()).device),
            scores=partial(self._scores, network),
            epochs=self.config.train.epochs or 1.0,  # filled in when the data were opened
            words=Words(loss="nats/frame", item="frame"),
        )

    def model(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        """Return the model file, with a golden example."""
        model = self._model_file(tensors, metrics)
        return replace(model, golden=runtime.PianoRoll(model).golden(self.parts.train.rolls[0]))

    def record(self) -> dict[str, Any]:
        """Describe the data."""
        return self.parts.record()

    def fingerprint(self) -> dict[str, str]:
        """Return the hashes of the data."""
        return self.parts.fingerprint()

    def score(self, model: ModelFile) -> dict[str, Any]:
        """Score the model with the runtime, the baselines beside it."""
        return score_rolls(runtime.PianoRoll(model), self.parts.train, self.parts.scored)

    def figures(self, outcome: Outcome, metrics: dict[str, Any]) -> Iterable[Figure]:
        """Return the learning curve."""
        yield Figure(
            "learning_curve", lambda form: learning_curve(outcome.history, unit="nats/frame", form=form)
        )

    def _model_file(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        return ModelFile(
            task=self.config.task,
            architecture=self.architecture,
            tokenizer={"kind": "piano_roll", "lowest": LOWEST, "step": self.parts.train.step},
            metrics=metrics,
            tensors=tensors,
        )

    def _loss(
        self, network: PianoRollNetwork, device: torch.device, places: Indices
    ) -> tuple[torch.Tensor, int]:
        """Return the mean loss of a batch's frames, and how many they are."""
        padded, lengths = pad([self.parts.train.rolls[place] for place in places])
        rolls = torch.from_numpy(padded.astype(np.float32)).to(device)
        steps = torch.from_numpy(lengths).to(device)
        return network.loss(network(rolls, steps), rolls, steps), int(lengths.sum())

    def _scores(self, network: PianoRollNetwork) -> dict[str, float]:
        """Return the scores on what is held out, of the runtime like those at the end."""
        model, held = runtime.PianoRoll(self._model_file(network.to_tensors(), {})), self.parts.valid.rolls
        chances = model.probabilities(held)
        found = metrics.frame_scores(
            [roll[1:] for roll in held], [each[1:-1] > THRESHOLD for each in chances]
        )
        return {"loss": model.score(held).nats_per_frame, "accuracy": found.accuracy}
