"""Learning to continue one long text: truncated back-propagation over parallel streams with carried state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from remy import defaults
from remy.training.lesson import Words
from remy.training.snapshot import Arrays, array_of
from remy.training.streams import epoch_streams, plan_streams
from remy.training.validation import validate

if TYPE_CHECKING:
    from remy.config.language_model import LanguageModelTrain
    from remy.models import LanguageNetwork
    from remy.models.language import State


class StreamLesson:
    """What a language network learns from.

    Parameters
    ----------
    network
        Already on its device.
    train_ids, valid_ids
        Texts as ids, ``(N,)``, at least 2 each.
    config
        How to train.
    """

    words = Words(loss="nats/char", item="char")

    def __init__(
        self,
        network: LanguageNetwork,
        train_ids: NDArray[np.int32],
        valid_ids: NDArray[np.int32],
        config: LanguageModelTrain,
    ) -> None:
        self.network = network
        self.plan = plan_streams(len(train_ids), batch_size=config.batch_size, steps=config.steps)
        self.updates_per_epoch = self.plan.chunks
        self.epochs = defaults.epochs_for(len(train_ids))
        self._config = config
        self._train_ids, self._valid_ids = train_ids, valid_ids[: config.validation_characters]
        self._device = next(network.parameters()).device
        self._state: State | None = None
        self._epoch: tuple[int, torch.Tensor, torch.Tensor] | None = None

    def loss(self, update: int) -> tuple[torch.Tensor, int]:
        """Return the mean loss of the next chunk of every stream, in nats, and its characters."""
        steps = self.plan.steps
        epoch, chunk = divmod(update, self.plan.chunks)
        inputs, targets = self._streams(epoch)
        window = slice(chunk * steps, (chunk + 1) * steps)
        logits, state = self.network(inputs[:, window], None if chunk == 0 else self._carried(update))
        self._state = [tuple(part.detach() for part in parts) for parts in state]
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets[:, window].flatten())
        return loss, self.plan.characters

    def validate(self) -> dict[str, float]:
        """Return the mean loss on the held-out text, in nats per character."""
        nats = validate(
            self.network,
            self._valid_ids,
            batch_size=self._config.batch_size,
            steps=max(self._config.steps, 128),
        )
        return {"loss": nats}

    def weights(self) -> Arrays:
        """Return a copy of the network's weights."""
        return self.network.to_tensors()

    def capture(self) -> Arrays:
        """Return the carried state."""
        return {
            f"{layer}/{part}": array_of(tensor)
            for layer, parts in enumerate(self._state or ())
            for part, tensor in enumerate(parts)
        }

    def restore(self, carried: Arrays) -> None:
        """Take back the carried state."""
        layers: list[tuple[torch.Tensor, ...]] = []
        while f"{len(layers)}/0" in carried:
            parts: list[torch.Tensor] = []
            while (key := f"{len(layers)}/{len(parts)}") in carried:
                parts.append(torch.from_numpy(carried[key].copy()).to(self._device))
            layers.append(tuple(parts))
        self._state = layers or None

    def _carried(self, update: int) -> State | None:
        """Return the state to go on with; a few streams forget, and begin mid-text as a prompt may."""
        state, share = self._state, self._config.restart
        if state is None or not share:
            return state
        draws = np.random.default_rng((self._config.seed, update)).random(self.plan.batch)
        kept = torch.from_numpy(draws >= share).to(self._device)
        return [tuple(torch.where(kept[:, None], part, 0) for part in layer) for layer in state]

    def _streams(self, epoch: int) -> tuple[torch.Tensor, torch.Tensor]:
        if self._epoch is None or self._epoch[0] != epoch:
            inputs, targets = epoch_streams(self._train_ids, self.plan, seed=self._config.seed, epoch=epoch)
            self._epoch = (
                epoch,
                torch.from_numpy(inputs).to(self._device),
                torch.from_numpy(targets).to(self._device),
            )
        return self._epoch[1], self._epoch[2]
