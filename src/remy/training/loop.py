"""The training loop: truncated back-propagation through time with carried state over parallel streams."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from remy import defaults
from remy.config import TrainConfig
from remy.errors import DataError
from remy.training.checkpoint import Checkpoint
from remy.training.interruption import Interrupted, StopRequest
from remy.training.optimizer import make_optimizer
from remy.training.outcome import Outcome
from remy.training.progress import Report, Reporter, Silent
from remy.training.schedule import learning_rate
from remy.training.snapshot import Progress, capture, detach, restore
from remy.training.store import Forgetful, Store
from remy.training.streams import epoch_streams, plan_streams
from remy.training.validation import validate

if TYPE_CHECKING:
    from remy.models import LanguageNetwork
    from remy.models.language import State

#: After so many seconds the speed of a run is taken as known.
WARM_UP_SECONDS = 5.0


class Trainer:
    """Trains a language network on one long text.

    Everything random comes from torch's generator and ``config.seed``, and the learning rate from the number
    of the update, so a run that is stopped and resumed makes the same updates as one that never stopped.

    Parameters
    ----------
    network
        Already on its device.
    train_ids, valid_ids
        Texts as ids, ``(N,)``, at least 2 each.
    config
        How to train.
    store
        Where checkpoints go.
    reporter
        Who is told how far it is.
    clock
        Seconds; replaced in tests.
    """

    def __init__(
        self,
        network: LanguageNetwork,
        train_ids: NDArray[np.int32],
        valid_ids: NDArray[np.int32],
        config: TrainConfig,
        *,
        store: Store | None = None,
        reporter: Reporter | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.network = network
        self.config = config
        self.plan = plan_streams(len(train_ids), batch_size=config.batch_size, steps=config.steps)
        self.epochs = config.epochs or defaults.epochs_for(len(train_ids))
        self.updates = max(1, round(self.epochs * self.plan.chunks))
        self.evaluate_every = max(1, math.ceil(self.updates / config.evaluations))
        self._train_ids, self._valid_ids = train_ids, valid_ids[: config.validation_characters]
        self._store: Store = store if store is not None else Forgetful()
        self._reporter: Reporter = reporter if reporter is not None else Silent()
        self._clock = clock
        self._device = next(network.parameters()).device
        self._optimizer = make_optimizer(network, config)
        self.progress = Progress(loss_sum=torch.zeros((), dtype=torch.float64, device=self._device))
        self._epoch: tuple[int, torch.Tensor, torch.Tensor] | None = None
        self._warned = False
        self._loss: float | None = None  # the last one read back, shown until there is a newer one

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from `checkpoint`.

        Raises
        ------
        ModelFileError
            If it belongs to a network of another form.
        """
        self.progress = restore(checkpoint, self.network, self._optimizer)

    def run(self) -> Outcome:
        """Train to the end.

        Returns
        -------
        Outcome
            Why it ended and the best weights.

        Raises
        ------
        Interrupted
            After Ctrl-C, when the update under way is finished and saved.
        DataError
            If the loss is no longer a number, or nothing can be written.
        """
        self._started, self._earlier = self._clock(), self.progress.seconds
        self._first_update = self.progress.update
        self._saved_at, self._saved_update = self._started, -1
        self._store.save_history(self.progress.history)
        self.network.train()
        with StopRequest() as stop:
            while (reason := self._ended()) is None:
                self._update()
                due = self.progress.update % self.evaluate_every == 0 or self.progress.update == self.updates
                if due:
                    self._validate()
                    self._save()
                elif self._clock() - self._saved_at >= self.config.checkpoint_seconds:
                    self._save()
                if stop.requested:
                    self._save()
                    raise Interrupted
                self._warn_of_too_little_time()
                if self._reporter.due():
                    self._reporter.progress(self._report())
            history = self.progress.history
            if not history or history[-1]["update"] != self.progress.update:
                self._validate()
            self._save()
        return self._outcome(reason)

    def _ended(self) -> str | None:
        limit, patience = self.config.max_time, self.config.patience
        self.progress.seconds = self._earlier + self._clock() - self._started
        if self.progress.update >= self.updates:
            return "epochs"
        if patience is not None and self.progress.stale >= patience:
            return "patience"
        if limit is not None and self.progress.update > 0 and self.progress.seconds >= limit:
            return "max_time"
        return None

    def _update(self) -> None:
        """Make one update on the next chunk of every stream."""
        progress, steps = self.progress, self.plan.steps
        epoch, chunk = divmod(progress.update, self.plan.chunks)
        inputs, targets = self._streams(epoch)
        window = slice(chunk * steps, (chunk + 1) * steps)
        state = None if chunk == 0 else self._carried(progress.update)
        rate = learning_rate(
            progress.update,
            updates=self.updates,
            peak=self.config.lr,
            warmup=self.config.warmup,
            final=self.config.final_lr,
        )
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.zero_grad(set_to_none=True)
        logits, state = self.network(inputs[:, window], state)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets[:, window].flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
        self._optimizer.step()
        progress.state = detach(state)
        progress.loss_sum += loss.detach().double()
        progress.loss_count += 1
        progress.update += 1

    def _carried(self, update: int) -> State | None:
        """Return the state to go on with; a few streams forget, and begin mid-text as a prompt may."""
        state, share = self.progress.state, self.config.restart
        if state is None or not share:
            return state
        draws = np.random.default_rng((self.config.seed, update)).random(self.plan.batch)
        kept = torch.from_numpy(draws >= share).to(self._device)
        return [tuple(torch.where(kept[:, None], part, 0) for part in layer) for layer in state]

    def _streams(self, epoch: int) -> tuple[torch.Tensor, torch.Tensor]:
        if self._epoch is None or self._epoch[0] != epoch:
            inputs, targets = epoch_streams(self._train_ids, self.plan, seed=self.config.seed, epoch=epoch)
            self._epoch = (
                epoch,
                torch.from_numpy(inputs).to(self._device),
                torch.from_numpy(targets).to(self._device),
            )
        return self._epoch[1], self._epoch[2]

    def _validate(self) -> None:
        progress = self.progress
        train = self._mean_loss()
        nats = validate(
            self.network,
            self._valid_ids,
            batch_size=self.config.batch_size,
            steps=max(self.config.steps, 128),
        )
        self._check(nats)
        progress.seconds = self._earlier + self._clock() - self._started
        better = progress.best_nats is None or nats < progress.best_nats
        if better:
            progress.best_nats, progress.best_update, progress.stale = nats, progress.update, 0
            progress.best = self.network.to_tensors()
        else:
            progress.stale += 1
        progress.history.append(
            {
                "update": progress.update,
                "epoch": progress.update / self.plan.chunks,
                "train_nats": train,
                "valid_nats": nats,
                "best_nats": progress.best_nats,
                "seconds": round(progress.seconds, 3),
            }
        )
        if better and progress.best is not None:
            self._store.save_best(progress.best, nats, progress.update)
        self._store.save_history(progress.history)
        self._reporter.validated(self._report(), nats)
        progress.loss_sum = torch.zeros_like(progress.loss_sum)
        progress.loss_count = 0

    def _save(self) -> None:
        progress = self.progress
        if self._saved_update == progress.update:
            return
        self._mean_loss()
        progress.seconds = self._earlier + self._clock() - self._started
        checkpoint = capture(self.network, self._optimizer, progress)
        if not all(
            np.isfinite(array).all() for name, array in checkpoint.tensors.items() if name[:7] == "network"
        ):
            self._check(math.nan)
        self._store.save_checkpoint(checkpoint)
        self._saved_at, self._saved_update = self._clock(), progress.update

    def _mean_loss(self) -> float | None:
        if not self.progress.loss_count:
            return None
        self._loss = float(self.progress.loss_sum) / self.progress.loss_count
        self._check(self._loss)
        return self._loss

    def _check(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise DataError(
                f"training: the loss is no longer a number at update {self.progress.update}; "
                f"lower the learning rate (train.lr, now {self.config.lr:g}) "
                f"or the longest gradient (train.clip, now {self.config.clip:g})"
            )

    def _warn_of_too_little_time(self) -> None:
        """Say once, when the speed is known, that the plan does not fit in the time there is."""
        limit, spent = self.config.max_time, self._clock() - self._started
        if self._warned or limit is None or spent < WARM_UP_SECONDS:
            return
        self._warned = True
        made = self.progress.update - self._first_update
        reachable = self._first_update + made / spent * (limit - self._earlier)
        if reachable < 0.9 * self.updates:
            epochs = reachable / self.plan.chunks
            self._reporter.note(
                f"at this speed time is up after {epochs:.1f} of {self.epochs:g} epochs, before the "
                "learning rate has come down; a run planned for that learns more in the same time: "
                f"--epochs {epochs:.1f}"
            )

    def _report(self) -> Report:
        progress = self.progress
        spent = self._clock() - self._started
        made = progress.update - self._first_update
        left = spent / made * (self.updates - progress.update) if made else 0.0
        if self.config.max_time is not None:
            left = min(left, self.config.max_time - self._earlier - spent)
        return Report(
            update=progress.update,
            updates=self.updates,
            loss=self._mean_loss() or self._loss,
            best=progress.best_nats,
            characters_per_second=self._speed(),
            seconds_left=left,
        )

    def _speed(self) -> float:
        spent = self._clock() - self._started
        made = self.progress.update - self._first_update
        return made * self.plan.characters / spent if spent > 0.0 else 0.0

    def _outcome(self, reason: str) -> Outcome:
        progress = self.progress
        # A finished run has validated at least once.
        assert progress.best is not None
        assert progress.best_nats is not None
        assert progress.best_update is not None
        return Outcome(
            reason=reason,
            tensors=progress.best,
            nats=progress.best_nats,
            update=progress.best_update,
            updates=progress.update,
            seconds=progress.seconds,
            characters_per_second=self._speed(),
            history=progress.history,
        )
