"""What it takes to bind a trained model for a trace, whatever its task: its torch network, and refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

import torch

from remy.errors import DataError
from remy.io.model_file import ModelFile
from remy.models.network import Network

AnyNetwork = TypeVar("AnyNetwork", bound=Network)


class Trained(Protocol):
    """A model of the runtime."""

    @property
    def model_file(self) -> ModelFile:
        """What it was made from."""


# A network of 2 x 512 units takes 0.8 s to make, most of it first values that are replaced at once.
_networks: WeakKeyDictionary[Any, Network] = WeakKeyDictionary()


def network_of(trained: Trained, make: Callable[[Mapping[str, Any]], AnyNetwork]) -> AnyNetwork:
    """Return the torch network of a trained model, with its weights, as it is used.

    It is made once for each `trained`, by `make` from the architecture; the caller's random numbers stay as
    they are.
    """
    found: Any = _networks.get(trained)
    if found is None:
        # Kept beyond the call, it must be no inference tensors, which have no way back.
        with torch.inference_mode(False), torch.random.fork_rng(devices=[]):
            found = make(trained.model_file.architecture)
            found.from_tensors(trained.model_file.tensors)
        found.eval()
        _networks[trained] = found
    network: AnyNetwork = found
    return network


def dtype_of(network: torch.nn.Module) -> torch.dtype:
    """Return the dtype in which a network, or its float64 copy, wants its numbers."""
    return next(network.parameters()).dtype


def text_of(what: str, given: Any) -> str:
    """Return `given` if it is a text with something in it.

    Raises
    ------
    DataError
        If it is not; `what` says which.
    """
    if not isinstance(given, str):
        raise DataError(f"trace: expected {what} as a text, got {type(given).__name__}")
    if not given:
        raise DataError(f"trace: expected {what} as a text with at least one character, got an empty one")
    return given
