"""Training a forecaster as a job: its network, its lesson, its scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import torch

from remy import runtime
from remy.config import ForecasterConfig
from remy.data.batches import Indices
from remy.data.windows import Places, Windows
from remy.io.architecture.forecaster import STUDENT_T_PARAMETERS
from remy.io.model_file import ModelFile
from remy.models import ForecasterNetwork
from remy.tasks.forecasting.figures import rolling_fan
from remy.tasks.forecasting.losses import pinball, student_t_nats
from remy.tasks.forecasting.parts import Parts
from remy.tasks.forecasting.scoring import Backtest, make_backtest, score_backtest
from remy.tasks.job import Figure
from remy.training import BatchLesson, Outcome, Words
from remy.training.batch_lesson import batches_of
from remy.training.figures import learning_curve
from remy.training.snapshot import Arrays

#: Windows of a validation batch.
_VALID_BATCH = 1_024


@dataclass(frozen=True)
class ForecasterJob:
    """A forecaster to be trained; the configuration is fully resolved."""

    parts: Parts

    @property
    def config(self) -> ForecasterConfig:
        """How."""
        return self.parts.config

    @property
    def architecture(self) -> dict[str, Any]:
        """What the model file says about the network."""
        model, scaler = self.config.model, self.parts.scaler
        return {
            "kind": "forecaster",
            "targets": len(scaler.columns.target),
            "known": scaler.known_features,
            "past": len(scaler.columns.past),
            "window": model.window,
            "horizon": self.config.data.horizon,
            "decoding": model.decoding,
            "output": model.output,
            "outputs": len(model.quantiles) if model.output == "quantiles" else STUDENT_T_PARAMETERS,
            "from_last": model.from_last,
            "cell": model.cell,
            "units": model.units,
            "layers": model.layers,
            "reset_after": model.reset_after,
            "activation": model.activation,
        }

    def network(self) -> ForecasterNetwork:
        """Return the network with fresh weights."""
        model = self.config.model
        return ForecasterNetwork(
            self.architecture, dropout=model.dropout or 0.0, recurrent_dropout=model.recurrent_dropout
        )

    def lesson(self, network: ForecasterNetwork) -> BatchLesson:
        """Return what `network` learns from."""
        train = self.config.train
        presents = self.parts.train_presents
        lesson = _Lesson(self.parts, self._windows, next(network.parameters()).device)
        steps = self.config.model.window + self.config.data.horizon
        return BatchLesson(
            network,
            batches_of([steps] * len(presents), train),
            loss_of=partial(lesson.of_batch, network, presents),
            scores=partial(lesson.scores, network, self.parts.valid_presents),
            epochs=train.epochs or 1.0,  # filled in when the data were opened
            words=Words(loss=lesson.unit, item="window"),
        )

    def model(self, tensors: Arrays, metrics: dict[str, Any]) -> ModelFile:
        """Return the model file, with a golden example."""
        levels = self.config.model.quantiles if self.config.model.output == "quantiles" else []
        model = ModelFile(
            task=self.config.task,
            architecture=self.architecture,
            tokenizer={**self.parts.scaler.to_json(), "quantiles": list(levels)},
            metrics=metrics,
            tensors=tensors,
        )
        history = self.parts.table.tracks[0].until(self.parts.learned[0])
        return replace(model, golden=runtime.Forecaster(model).golden(history))

    def record(self) -> dict[str, Any]:
        """Describe the data."""
        return self.parts.record()

    def fingerprint(self) -> dict[str, str]:
        """Return the hash of the data."""
        return {"train": self.record()["sha256"]}

    def score(self, model: ModelFile) -> dict[str, Any]:
        """Score the model with the runtime on the end of the series, the baselines beside it."""
        return score_backtest(self._tested(model), f"the end of {self.parts.table.name}")

    def figures(self, outcome: Outcome, metrics: dict[str, Any]) -> Iterable[Figure]:
        """Return the learning curve, and the last forecasts over what came."""
        unit = "nats/value" if self.config.model.output == "student_t" else "scaled pinball loss"
        yield Figure("learning_curve", lambda form: learning_curve(outcome.history, unit=unit, form=form))
        test = self._tested(self.model(outcome.tensors, {}))
        target = self.parts.table.columns.target[0]
        yield Figure("forecast", lambda form: rolling_fan(test, target, form=form))

    def _tested(self, model: ModelFile) -> Backtest:
        return make_backtest(
            runtime.Forecaster(model),
            self.parts.table.tracks,
            self.parts.test_presents,
            horizon=self.config.data.horizon,
            learned=self.parts.learned,
        )

    @cached_property
    def _windows(self) -> Windows:
        """Windows over what is learned from and validated on; the end of the series is not among them."""
        tracks = [
            track.until(stop)
            for track, stop in zip(self.parts.table.tracks, self.parts.validated, strict=True)
        ]
        return Windows(
            tracks,
            self.parts.scaler,
            window=self.config.model.window,
            horizon=self.config.data.horizon,
        )


class _Lesson:
    """The loss of a batch of windows, and the scores on those that are held out."""

    def __init__(self, parts: Parts, windows: Windows, device: torch.device) -> None:
        model = parts.config.model
        self._windows, self._device = windows, device
        self._horizon = parts.config.data.horizon
        self._levels = model.quantiles if model.output == "quantiles" else None
        self.unit = "scaled pinball" if self._levels else "nats/value"

    def of_batch(
        self, network: ForecasterNetwork, presents: Places, places: Indices
    ) -> tuple[torch.Tensor, int]:
        found, true = self._answer(network, presents[places])
        return self._loss(found, true), len(places)

    def scores(self, network: ForecasterNetwork, presents: Places) -> dict[str, float]:
        losses, errors = 0.0, []
        for start in range(0, len(presents), _VALID_BATCH):
            chosen = presents[start : start + _VALID_BATCH]
            found, true = self._answer(network, chosen)
            losses += float(self._loss(found, true)) * len(chosen)
            place = self._levels.index(0.5) if self._levels else 0
            errors.append((found[..., place] - true).double().cpu().numpy().ravel())
        error = np.concatenate(errors)
        return {
            "loss": losses / len(presents),
            "mae": float(np.abs(error).mean()),
            "rmse": float(np.sqrt((error**2).mean())),
        }

    def _answer(self, network: ForecasterNetwork, presents: Places) -> tuple[torch.Tensor, torch.Tensor]:
        inputs = self._windows.inputs(presents, self._horizon)
        arrays = (inputs.past, inputs.ahead, inputs.last, self._windows.targets(presents, self._horizon))
        past, ahead, last, true = (torch.from_numpy(array).to(self._device) for array in arrays)
        return network(past, ahead, last, true), true

    def _loss(self, found: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
        return pinball(found, true, self._levels) if self._levels else student_t_nats(found, true)
