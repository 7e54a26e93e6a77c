"""One whole training step of a model, of Remy's parts and of torch's: loss, gradients, update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from remy.bench.cases import Case
from remy.bench.problem import Floats, Problem
from remy.bench.side import Answer, Prepared
from remy.config import TrainConfig

#: AdamW's usual numbers in torch. As in `remy train`, embeddings and biases do not decay.
TRAINING = TrainConfig(lr=1e-3, beta1=0.9, beta2=0.999, weight_decay=0.01)


class Model(NamedTuple):
    """A model ready to be trained.

    Attributes
    ----------
    loss
        Computes the loss of the batch.
    optimizer
        Over all parameters.
    parameters
        By their names in Remy's model file, and whether the array is to be transposed for Remy's layout.
    """

    loss: Callable[[], Tensor]
    optimizer: torch.optim.Optimizer
    parameters: dict[str, tuple[Tensor, bool]]


class TrainingStep:
    """A side: one way to build the model."""

    distributions = ("torch",)

    def __init__(self, name: str, build: Callable[[Problem], Model]) -> None:
        self.name = name
        self._build = build

    def load(self, threads: int) -> None:
        """Nothing is left to load."""

    def can(self, case: Case) -> bool:
        """Whether it computes such a case."""
        return case.cell == "lstm" and case.mode == "training"

    def prepare(self, problem: Problem) -> Prepared:
        """Build the model."""
        model = self._build(problem)

        def answer() -> Answer:
            fresh = self._build(problem)
            found = {"loss": _step(fresh).detach().numpy().reshape(1)}
            for name, (parameter, transposed) in fresh.parameters.items():
                assert parameter.grad is not None
                for what, tensor in ((f"gradient of {name}", parameter.grad), (name, parameter.detach())):
                    found[what] = tensor.numpy().T if transposed else tensor.numpy()
            return found

        return Prepared(lambda: _step(model), answer)


def torch_embedding(embeddings: Floats) -> torch.nn.Embedding:
    """Return torch's layer with a copy of embeddings (V, E)."""
    layer = torch.nn.Embedding(*embeddings.shape)
    layer.load_state_dict({"weight": torch.from_numpy(embeddings.copy())})
    return layer


def torch_dense(kernel: Floats, bias: Floats) -> torch.nn.Linear:
    """Return torch's layer with copies of a kernel (I, O) and a bias (O,)."""
    layer = torch.nn.Linear(*kernel.shape)
    layer.load_state_dict(
        {"weight": torch.from_numpy(kernel.T.copy()), "bias": torch.from_numpy(bias.copy())}
    )
    return layer


def torch_adamw(parameters: dict[str, tuple[Tensor, bool]], others: Sequence[Tensor]) -> torch.optim.AdamW:
    """Return the same fused AdamW for torch's modules: transposed ones are kernels, and decay.

    Parameters
    ----------
    parameters
        As in `Model`.
    others
        Parameters that have no counterpart, such as torch's second bias.
    """
    decaying = [parameter for parameter, transposed in parameters.values() if transposed]
    steady = [parameter for parameter, transposed in parameters.values() if not transposed]
    groups: list[dict[str, Any]] = [{"params": decaying}, {"params": [*steady, *others], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, fused=True)


def _step(model: Model) -> Tensor:
    """Make one update and return the loss before it."""
    model.optimizer.zero_grad(set_to_none=True)
    loss = model.loss()
    torch.autograd.backward(loss)
    model.optimizer.step()
    return loss
