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
    )
    return progress, _below("carried/", tensors)


def _below(prefix: str, tensors: Arrays) -> Arrays:
    return {name.removeprefix(prefix): array for name, array in tensors.items() if name.startswith(prefix)}


def array_of(tensor: torch.Tensor) -> np.ndarray[Any, Any]:
    """Return a copy of `tensor`."""
    return np.array(tensor.detach().cpu().numpy())
