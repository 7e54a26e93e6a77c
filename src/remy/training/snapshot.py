"""Everything that changes while a run trains, and its way into a checkpoint and back, to the last bit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from remy.errors import ModelFileError
from remy.training.checkpoint import Checkpoint

if TYPE_CHECKING:
    from remy.models import LanguageNetwork
    from remy.models.language import State

Arrays = dict[str, np.ndarray[Any, Any]]
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass
class Progress:
    """Where a run is.

    Attributes
    ----------
    update
        Updates made so far; with the plan of the streams it gives epoch and chunk.
    state
        The network's carried state after the last update, or None at the start of an epoch.
    loss_sum, loss_count
        The training loss since the last validation, in nats.
    best_nats, best_update, best
        The best validation so far, when it was, and the weights it was made with (model-file names).
    stale
        Validations since then.
    seconds
        Training time of all sessions.
    history
        One record a validation.
    """

    loss_sum: torch.Tensor
    update: int = 0
    state: State | None = None
    loss_count: int = 0
    best_nats: float | None = None
    best_update: int | None = None
    best: Arrays | None = None
    stale: int = 0
    seconds: float = 0.0
    history: list[dict[str, Any]] = field(default_factory=list)


def capture(network: LanguageNetwork, optimizer: torch.optim.Optimizer, progress: Progress) -> Checkpoint:
    """Copy everything the run needs to go on into a checkpoint."""
    tensors: Arrays = {}
    for name, parameter in network.named_parameters():
        tensors[f"network/{name}"] = _array(parameter)
        for moment in _MOMENTS:
            if moment in optimizer.state.get(parameter, {}):
                tensors[f"optimizer/{name}/{moment}"] = _array(optimizer.state[parameter][moment])
    for layer, parts in enumerate(progress.state or ()):
        for part, tensor in enumerate(parts):
            tensors[f"state/{layer}/{part}"] = _array(tensor)
    for name, array in (progress.best or {}).items():
        tensors[f"best/{name}"] = array
    tensors["loss_sum"] = _array(progress.loss_sum)
    tensors["random/cpu"] = _array(torch.get_rng_state())
    device = progress.loss_sum.device
    if device.type == "cuda":
        tensors["random/cuda"] = _array(torch.cuda.get_rng_state(device))
    record = {
        "update": progress.update,
        "loss_count": progress.loss_count,
        "best_nats": progress.best_nats,
        "best_update": progress.best_update,
        "stale": progress.stale,
        "seconds": progress.seconds,
        "history": progress.history,
    }
    return Checkpoint(tensors, record)


def restore(checkpoint: Checkpoint, network: LanguageNetwork, optimizer: torch.optim.Optimizer) -> Progress:
    """Put the network, the optimizer and torch's random numbers back as they were; return where the run was.

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
    best = {name.removeprefix("best/"): array for name, array in tensors.items() if name.startswith("best/")}
    return Progress(
        loss_sum=torch.from_numpy(tensors["loss_sum"].copy()).to(device),
        update=record["update"],
        state=_state(tensors, device),
        loss_count=record["loss_count"],
        best_nats=record["best_nats"],
        best_update=record["best_update"],
        best=best or None,
        stale=record["stale"],
        seconds=record["seconds"],
        history=list(record["history"]),
    )


def detach(state: State) -> State:
    """Return `state` cut off from the graph that made it."""
    return [tuple(part.detach() for part in parts) for parts in state]


def _state(tensors: Arrays, device: torch.device) -> State | None:
    layers: list[tuple[torch.Tensor, ...]] = []
    while f"state/{len(layers)}/0" in tensors:
        parts: list[torch.Tensor] = []
        while (key := f"state/{len(layers)}/{len(parts)}") in tensors:
            parts.append(torch.from_numpy(tensors[key].copy()).to(device))
        layers.append(tuple(parts))
    return layers or None


def _array(tensor: torch.Tensor) -> np.ndarray[Any, Any]:
    return np.array(tensor.detach().cpu().numpy())
