"""Everything that changes while a run trains, and its way into a checkpoint and back, to the last bit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from remy.errors import ModelFileError
from remy.training.checkpoint import Checkpoint

Arrays = dict[str, np.ndarray[Any, Any]]
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass
class Watched:
    """What a watch over the gradients knows so far; see :mod:`remy.training.watching`.

    Attributes
    ----------
    norms
        Of the gradients of the latest updates, before clipping.
    since
        How many of these are of updates since the last look.
    records
        Of the looks since the last validation, as the history will keep them.
    leaps
        Updates whose gradient was far longer than usual.
    short_in_a_row
        Looks, up to the last one, that saw the gradient vanish.
    warned
        Kinds of warnings that were given.
    """

    norms: list[float | torch.Tensor] = field(default_factory=list)
    since: int = 0
    records: list[dict[str, Any]] = field(default_factory=list)
    leaps: int = 0
    short_in_a_row: int = 0
    warned: list[str] = field(default_factory=list)

    def taken(self) -> dict[str, Any]:
        """Return what the record of a validation holds of the looks before it; they are not kept here."""
        records, self.records = self.records, []
        return {"watch": records} if records else {}

    def record(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {**vars(self), "norms": [float(norm) for norm in self.norms]}


@dataclass
class Progress:
    """Where a run is.

    Attributes
    ----------
    update
        Updates made so far.
    loss_sum, loss_count
        The training loss since the last validation: the sum over items, and their number.
    best_score, best_loss, best_update, best
        The best validation so far, its loss, when it was, and the weights (by their names in the model file).
    stale
        Validations since then.
    seconds
        Training time of all sessions.
    history
        One record a validation.
    watched
        What the watch over the gradients knows, if there is one.
    """

    loss_sum: torch.Tensor
    update: int = 0
    loss_count: int = 0
    best_score: float | None = None
    best_loss: float | None = None
    best_update: int | None = None
    best: Arrays | None = None
    stale: int = 0
    seconds: float = 0.0
    history: list[dict[str, Any]] = field(default_factory=list)
    watched: Watched = field(default_factory=Watched)


def capture(
    network: torch.nn.Module, optimizer: torch.optim.Optimizer, progress: Progress, carried: Arrays
) -> Checkpoint:
    """Copy everything the run needs to go on into a checkpoint; `carried` is what the lesson carries."""
    tensors: Arrays = {}
    for name, parameter in network.named_parameters():
        tensors[f"network/{name}"] = array_of(parameter)
        for moment in _MOMENTS:
            if moment in optimizer.state.get(parameter, {}):
                tensors[f"optimizer/{name}/{moment}"] = array_of(optimizer.state[parameter][moment])
    for name, array in carried.items():
        tensors[f"carried/{name}"] = array
    for name, array in (progress.best or {}).items():
        tensors[f"best/{name}"] = array
    tensors["loss_sum"] = array_of(progress.loss_sum)
    tensors["random/cpu"] = array_of(torch.get_rng_state())
    device = progress.loss_sum.device
    if device.type == "cuda":
        tensors["random/cuda"] = array_of(torch.cuda.get_rng_state(device))
    record = {
        "update": progress.update,
        "loss_count": progress.loss_count,
        "best_score": progress.best_score,
        "best_loss": progress.best_loss,
        "best_update": progress.best_update,
        "stale": progress.stale,
        "seconds": progress.seconds,
        "history": progress.history,
        "watched": progress.watched.record(),
    }
    return Checkpoint(tensors, record)


def restore(
    checkpoint: Checkpoint, network: torch.nn.Module, optimizer: torch.optim.Optimizer
) -> tuple[Progress, Arrays]:
    """Put the network, the optimizer and torch's random numbers back as they were.

    Returns
    -------
    progress : Progress
        Where the run was.
    carried : dict
        What the lesson carried.

    Raises
    ------
    ModelFileError
        If the checkpoint belongs to a network of another form.
    """
    tensors = checkpoint.tensors
    device = next(network.parameters()).device
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            key = f"network/{name}"
            if key not in tensors:
                raise ModelFileError(f"checkpoint: tensor '{key}' is missing")
            if tensors[key].shape != tuple(parameter.shape):
                raise ModelFileError(
                    f"checkpoint: tensor '{key}': expected shape {tuple(parameter.shape)}, "
                    f"got {tensors[key].shape}"
                )
            parameter.copy_(torch.from_numpy(tensors[key]))
            moments = {moment: f"optimizer/{name}/{moment}" for moment in _MOMENTS}
            if all(key in tensors for key in moments.values()):
                optimizer.state[parameter] = {
                    moment: torch.from_numpy(tensors[key].copy()).to(device)
                    for moment, key in moments.items()
                }
    torch.set_rng_state(torch.from_numpy(tensors["random/cpu"].copy()))
    if "random/cuda" in tensors and device.type == "cuda":
        torch.cuda.set_rng_state(torch.from_numpy(tensors["random/cuda"].copy()), device)
    record = checkpoint.record
    best = _below("best/", tensors)
    progress = Progress(
        loss_sum=torch.from_numpy(tensors["loss_sum"].copy()).to(device),
        update=record["update"],
        loss_count=record["loss_count"],
        best_score=record["best_score"],
        best_loss=record["best_loss"],
        best_update=record["best_update"],
        best=best or None,
        stale=record["stale"],
        seconds=record["seconds"],
        history=list(record["history"]),
        watched=Watched(**record.get("watched", {})),  # older checkpoints have none
    )
    return progress, _below("carried/", tensors)


def _below(prefix: str, tensors: Arrays) -> Arrays:
    return {name.removeprefix(prefix): array for name, array in tensors.items() if name.startswith(prefix)}


def array_of(tensor: torch.Tensor) -> np.ndarray[Any, Any]:
    """Return a copy of `tensor`."""
    return np.array(tensor.detach().cpu().numpy())
