"""The training loop: updates, validations, checkpoints, and when to stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import numpy as np
import torch

from remy.config import TrainConfig
from remy.errors import DataError
from remy.training.charts import Charts, curves
from remy.training.checkpoint import Checkpoint
from remy.training.interruption import Interrupted, StopRequest
from remy.training.lesson import MORE_IS_BETTER, Lesson
from remy.training.optimizer import make_optimizer
from remy.training.outcome import Outcome
from remy.training.progress import Report, Reporter, Silent, out_of_time
from remy.training.schedule import learning_rate
from remy.training.snapshot import Progress, capture, restore
from remy.training.store import Forgetful, Store
from remy.training.watching import watch_over

#: After so many seconds the speed of a run is taken as known.
WARM_UP_SECONDS = 5.0


class Trainer:
    """Trains a network on its lesson.

    Everything random comes from torch's generator and the seed, and the learning rate from the number
    of the update, so a run that is stopped and resumed makes the same updates as one that never stopped.

    Parameters
    ----------
    lesson
        The network and what it learns from.
    config
        How to train.
    store
        Where checkpoints go.
    reporter
        Who is told how far it is.
    charts
        Where curves go, if anywhere.
    clock
        Seconds; replaced in tests.

    Attributes
    ----------
    peak
        The highest learning rate, at first that of `config`; a change counts from the next update on.
    """

    def __init__(
        self,
        lesson: Lesson,
        config: TrainConfig,
        *,
        store: Store | None = None,
        reporter: Reporter | None = None,
        charts: Charts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lesson = lesson
        self.network = lesson.network
        self.config = config
        self.peak = config.lr
        self.epochs = config.epochs or lesson.epochs
        self.updates = max(1, round(self.epochs * lesson.updates_per_epoch))
        self.evaluate_every = lesson.updates_per_epoch
        if config.evaluations is not None:
            self.evaluate_every = max(1, math.ceil(self.updates / config.evaluations))
        self._store: Store = store if store is not None else Forgetful()
        self._reporter: Reporter = reporter if reporter is not None else Silent()
        self._charts, self._clock = charts, clock
        self._watch = watch_over(
            self.network, config, updates=self.updates, reporter=self._reporter, charts=charts
        )
        self._optimizer = make_optimizer(self.network, config)
        device = next(self.network.parameters()).device
        self.progress = Progress(loss_sum=torch.zeros((), dtype=torch.float64, device=device))
        self._items = 0  # of this session
        self._warned = False
        self._loss: float | None = None  # the last one read back, shown until there is a newer one

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from `checkpoint`.

        Raises
        ------
        ModelFileError
            If it belongs to a network of another form.
        """
        self.progress, carried = restore(checkpoint, self.network, self._optimizer)
        self.lesson.restore(carried)

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
        with StopRequest() as stop:
            for _ in self.advance():
                if stop.requested:
                    self._save()
                    raise Interrupted
                self._warn_of_too_little_time()
                if self._reporter.due():
                    self._reporter.progress(self._report())
        return self._outcome()

    def advance(self) -> Iterator[torch.Tensor]:
        """Train an update at a time, for who does something of their own in between; `run` is this.

        Whoever stops asking ends the run: it is then as the last update left it.

        Yields
        ------
        Tensor
            The loss of every update, once it is made; reading it waits for the device.

        Raises
        ------
        DataError
            If the loss is no longer a number, or nothing can be written.
        """
        self._started, self._earlier = self._clock(), self.progress.seconds
        self._first_update = self.progress.update
        self._saved_at, self._saved_update = self._started, -1
        self._store.save_history(self.progress.history)
        self.network.train()
        while (reason := self._ended()) is None:
            loss = self._update()
            due = self.progress.update % self.evaluate_every == 0 or self.progress.update == self.updates
            if due:
                self._validate()
                self._save()
            elif self._clock() - self._saved_at >= self.config.checkpoint_seconds:
                self._save()
            yield loss
        history = self.progress.history
        if not history or history[-1]["update"] != self.progress.update:
            self._validate()
        self._save()
        self._reason = reason

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

    def _update(self) -> torch.Tensor:
        progress, watch = self.progress, self._watch
        rate = learning_rate(
            progress.update,
            updates=self.updates,
            peak=self.peak,
            warmup=self.config.warmup,
            final=self.config.final_lr,
        )
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.zero_grad(set_to_none=True)
        with nullcontext() if watch is None else watch.following(progress.update + 1):
            loss, items = self.lesson.loss(progress.update)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip)
        if watch is not None:
            watch.updated(progress.watched, progress.update + 1, norm)
        self._optimizer.step()
        progress.loss_sum += loss.detach().double() * items
        progress.loss_count += items
        progress.update += 1
        self._items += items
        return loss.detach()

    def _validate(self) -> None:
        progress, metric = self.progress, self.config.metric
        train = self._mean_loss()
        scores = self.lesson.validate()
        self._check(scores["loss"])
        score = scores[metric]
        progress.seconds = self._earlier + self._clock() - self._started
        better = self._is_better(scores)
        if better:
            progress.best_score, progress.best_loss = score, scores["loss"]
            progress.best_update, progress.stale = progress.update, 0
            progress.best = self.lesson.weights()
        else:
            progress.stale += 1
        progress.history.append(
            {
                "update": progress.update,
                "epoch": progress.update / self.lesson.updates_per_epoch,
                "train_loss": train,
                **{f"valid_{name}": value for name, value in scores.items()},
                "best": progress.best_score,
                "seconds": round(progress.seconds, 3),
                **progress.watched.taken(),
            }
        )
        if self._charts is not None:
            rate = self._optimizer.param_groups[0]["lr"]
            self._charts.add(progress.update, curves(train, scores, rate=rate))
        if better and progress.best is not None:
            self._store.save_best(progress.best, score, progress.update)
        self._store.save_history(progress.history)
        self._reporter.validated(self._report())
        progress.loss_sum = torch.zeros_like(progress.loss_sum)
        progress.loss_count = 0

    def _is_better(self, scores: dict[str, float]) -> bool:
        """Whether this is the best validation so far; between equal scores the loss decides."""
        metric, best = self.config.metric, self.progress.best_score
        if best is None or self.progress.best_loss is None:
            return True
        if scores[metric] == best:
            return scores["loss"] < self.progress.best_loss
        return scores[metric] > best if metric in MORE_IS_BETTER else scores[metric] < best

    def _save(self) -> None:
        progress = self.progress
        if self._saved_update == progress.update:
            return
        self._mean_loss()
        progress.seconds = self._earlier + self._clock() - self._started
        checkpoint = capture(self.network, self._optimizer, progress, self.lesson.capture())
        weights = [array for name, array in checkpoint.tensors.items() if name.startswith("network/")]
        if not all(np.isfinite(array).all() for array in weights):
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
                f"lower the learning rate (train.lr, now {self.peak:g}) "
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
            self._reporter.note(out_of_time(reachable / self.lesson.updates_per_epoch, self.epochs))

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
            scores=self._scores(),
            metric=self.config.metric,
            best=progress.best_score,
            items_per_second=self._speed(),
            seconds_left=left,
            words=self.lesson.words,
        )

    def _speed(self) -> float:
        spent = self._clock() - self._started
        return self._items / spent if spent > 0.0 else 0.0

    def _scores(self) -> dict[str, float]:
        """Return the scores of the last validation."""
        if not self.progress.history:
            return {}
        last = self.progress.history[-1]
        return {name.removeprefix("valid_"): last[name] for name in last if name.startswith("valid_")}

    def _outcome(self) -> Outcome:
        progress = self.progress
        # A finished run has validated at least once.
        assert progress.best is not None
        assert progress.best_score is not None
        assert progress.best_update is not None
        return Outcome(
            reason=self._reason,
            tensors=progress.best,
            score=progress.best_score,
            update=progress.best_update,
            updates=progress.update,
            seconds=progress.seconds,
            items_per_second=self._speed(),
            history=progress.history,
        )
