"""Training a classifier or a regressor as a job: its network, its lesson, its scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from remy import runtime
from remy.config import ClassifierConfig
from remy.data.batches import Batches, Indices, pad
from remy.io.model_file import ModelFile
from remy.metrics import accuracy, macro_f1, multi_label_scores
from remy.models import ClassifierNetwork
from remy.tasks.classification.data import AnyConfig, Parts
from remy.tasks.classification.scoring import score_parts
from remy.tasks.classification.targets import balanced_weights
from remy.tasks.job import Figure
from remy.training import BatchLesson, Outcome, Words
from remy.training.batch_lesson import batches_of
from remy.training.figures import confusion, learning_curve
from remy.training.snapshot import Arrays

#: Rows of a validation batch, and its steps.
_VALID_BATCH, _VALID_STEPS = 256, 50_000


@dataclass(frozen=True)
class ClassifierJob:
    """A classifier or regressor to be trained; the configuration is fully resolved."""

    config: AnyConfig
    parts: Parts

    @property
    def architecture(self) -> dict[str, Any]:
        """What the model file says about the network."""
        model, encoder, classes = self.config.model, self.parts.encoder, self.parts.classes
        texts = self.parts.train.are_texts
        several = classes is not None and classes.separator is not None
        return {
            "kind": "classifier",
            "vocabulary_size": len(encoder) if texts else 0,  # type: ignore[arg-type]
            "embedding_size": model.embedding if texts else 0,
            "features": 0 if texts else encoder.features,  # type: ignore[union-attr]
            "outputs": len(classes.labels) if classes is not None else 1,
            "output": "linear" if classes is None else "sigmoid" if several else "softmax",
            "pooling": model.pooling,
            "bidirectional": model.bidirectional,
            "cell": model.cell,
            "units": model.units,
            "layers": model.layers,
            "reset_after": model.reset_after,
            "activation": model.activation,
        }

    def network(self) -> ClassifierNetwork:
        """Return the network with fresh weights."""
        model = self.config.model
        return ClassifierNetwork(
            self.architecture,
            dropout=model.dropout or 0.0,
            recurrent_dropout=model.recurrent_dropout,
            token_dropout=model.token_dropout,
        )

    def lesson(self, network: ClassifierNetwork) -> BatchLesson:
        """Return what `network` learns from."""
        train = self.config.train
        loss = _Loss(self.parts, self.config, next(network.parameters()).device)
        learned = _Table(self.parts.learned, self.parts.targets(self.parts.train))
        held = _Table(self.parts.encoded(self.parts.valid), self.parts.targets(self.parts.valid))
        return BatchLesson(
            network,
            batches_of(learned.lengths, train),
            loss_of=partial(loss.of_batch, network, learned),
            scores=partial(loss.scores, network, held),
            epochs=self.config.train.epochs or 1.0,  # `plan` has filled it in
            words=Words(loss=loss.unit, item="record"),
        )

    def model(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        """Return the model file, with a golden example."""
        classes = self.parts.classes
        meaning: dict[str, Any] = {"max_length": self.config.data.max_length}
        if classes is None:
            meaning["target"] = dict(zip(("mean", "deviation"), self.parts.scale, strict=True))
        elif classes.separator is not None:
            meaning["separator"] = classes.separator
        model = ModelFile(
            task=self.config.task,
            architecture=self.architecture,
            tokenizer={**self.parts.encoder.to_json(), **meaning},
            labels=list(classes.labels) if classes is not None else None,
            metrics=metrics,
            tensors=tensors,
        )
        ready = runtime.Classifier(model) if classes is not None else runtime.Regressor(model)
        return replace(model, golden=ready.golden(self.parts.train.inputs[0]))

    def record(self) -> dict[str, Any]:
        """Describe the data."""
        return self.parts.record()

    def fingerprint(self) -> dict[str, str]:
        """Return the hashes of the data."""
        return self.parts.fingerprint()

    def score(self, model: ModelFile) -> dict[str, Any]:
        """Score the model with the runtime, the baselines beside it."""
        return score_parts(model, self.parts.train, self.parts.scored, self.parts.scored_name)

    def figures(self, outcome: Outcome, metrics: dict[str, Any]) -> Iterable[Figure]:
        """Return the learning curve, and of a classifier the confusion matrix."""
        unit = _unit(self.parts)
        yield Figure("learning_curve", lambda form: learning_curve(outcome.history, unit=unit, form=form))
        if "confusion" in metrics["model"]:
            found = metrics["model"]["confusion"]
            yield Figure("confusion", lambda form: confusion(found["counts"], found["labels"], form=form))


@dataclass(frozen=True)
class _Table:
    """Encoded sequences and their targets."""

    rows: Sequence[NDArray[Any]]
    targets: NDArray[Any]
    lengths: list[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lengths", [len(row) for row in self.rows])

    def batch(self, places: Indices, device: torch.device) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return inputs (B, T) or (B, T, F), lengths (B,) and targets."""
        padded, lengths = pad([self.rows[place] for place in places])
        return tuple(  # type: ignore[return-value]
            torch.from_numpy(array).to(device) for array in (padded, lengths, self.targets[places])
        )


class _Loss:
    """The loss of a batch and the scores on what is held out, by what the labels are."""

    def __init__(self, parts: Parts, config: AnyConfig, device: torch.device) -> None:
        self._classes, self._device = parts.classes, device
        self._deviation = parts.scale[1]
        self._weights: torch.Tensor | None = None
        self.unit = _unit(parts)
        if isinstance(config, ClassifierConfig) and config.train.class_weights == "balanced":
            targets = parts.targets(parts.train)
            if targets.ndim == 1:
                weights = balanced_weights(targets, len(parts.classes.labels))  # type: ignore[union-attr]
                self._weights = torch.from_numpy(weights).to(device)
            else:
                positive = targets.mean(axis=0)
                weights = np.clip((1.0 - positive) / np.maximum(positive, 1e-9), 0.01, 100.0)
                self._weights = torch.from_numpy(weights.astype(np.float32)).to(device)

    def of_batch(
        self, network: ClassifierNetwork, table: _Table, places: Indices
    ) -> tuple[torch.Tensor, int]:
        x, lengths, targets = table.batch(places, self._device)
        return self._mean(network(x, lengths), targets, self._weights), len(places)

    def scores(self, network: ClassifierNetwork, table: _Table) -> dict[str, float]:
        batches = Batches(table.lengths, batch_size=_VALID_BATCH, batch_tokens=_VALID_STEPS, seed=0)
        found = np.empty((len(table.rows), network.architecture["outputs"]), np.float64)
        total = 0.0
        for places in batches.in_order():
            x, lengths, targets = table.batch(places, self._device)
            outputs = network(x, lengths)
            total += float(self._mean(outputs, targets, None)) * len(places)
            found[places] = outputs.double().cpu().numpy()
        loss = total / len(table.rows)
        if self._classes is None:
            errors = (found[:, 0] - table.targets) * self._deviation
            return {
                "loss": loss,
                "rmse": float(np.sqrt(np.mean(errors**2))),
                "mae": float(np.mean(np.abs(errors))),
            }
        if table.targets.ndim == 2:
            several = multi_label_scores(table.targets > 0.5, found >= 0.0)
            return {"loss": loss, "accuracy": several.subset_accuracy, "macro_f1": several.macro_f1}
        chosen, expected = found.argmax(axis=1).tolist(), table.targets.tolist()
        return {
            "loss": loss,
            "accuracy": accuracy(expected, chosen),
            "macro_f1": macro_f1(expected, chosen),
        }

    def _mean(
        self, outputs: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor | None
    ) -> torch.Tensor:
        if self._classes is None:
            return torch.nn.functional.mse_loss(outputs[:, 0], targets)
        if targets.ndim == 2:
            each = torch.nn.functional.binary_cross_entropy_with_logits(
                outputs, targets, pos_weight=weights, reduction="none"
            )
            return each.sum(dim=1).mean()
        losses = torch.nn.functional.cross_entropy(outputs, targets, reduction="none")
        # torch's own `weight` divides by the batch's weights, and so undoes them where one class fills it.
        return losses.mean() if weights is None else (weights[targets] * losses).mean()


def _unit(parts: Parts) -> str:
    return "scaled MSE" if parts.classes is None else "nats/record"
