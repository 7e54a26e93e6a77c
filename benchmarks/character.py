"""One whole training step of a character model: of Remy's parts as in ``remy train``, and of torch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from remy import defaults
from remy.bench.cases import Case
from remy.bench.peers import torch_nn
from remy.bench.problem import Floats, Problem
from remy.bench.side import Answer, Prepared
from remy.config import TrainConfig
from remy.models import LanguageNetwork
from remy.training.optimizer import make_optimizer

CHARACTERS = 65
CASE = Case("lstm", "training", batch=32, steps=128, inputs=defaults.EMBEDDING, units=256, layers=2)
TITLE = f"character model B32 T128: embedding {CHARACTERS}x{CASE.inputs}, LSTM 2x256, softmax, AdamW"

#: Of the output layer, forwards and back.
OTHER_OPERATIONS = 3 * 2 * CASE.batch * CASE.steps * CASE.units * CHARACTERS

#: AdamW's usual numbers in torch. As in `remy train`, embeddings and biases do not decay.
TRAINING = TrainConfig(lr=1e-3, beta1=0.9, beta2=0.999, weight_decay=0.01)


class Drawn(NamedTuple):
    """What the model has besides the recurrent layers: weights, characters and those that follow them."""

    embeddings: Floats
    dense_kernel: Floats
    dense_bias: Floats
    ids: Tensor
    targets: Tensor


class Model(NamedTuple):
    """A model ready to be trained.

    Attributes
    ----------
    logits
        From ids ``(B, T)`` to ``(B, T, V)``.
    optimizer
        Over all parameters.
    parameters
        By their names in Remy's model file, and whether the array is to be transposed for Remy's layout.
    """

    logits: Callable[[Tensor], Tensor]
    optimizer: torch.optim.Optimizer
    parameters: dict[str, tuple[Tensor, bool]]


def draw(case: Case) -> Drawn:
    """Draw the numbers that a problem of `case` lacks."""
    random = np.random.default_rng(1)
    kernel = random.standard_normal((case.units, CHARACTERS)) * case.units**-0.5
    ids, targets = torch.from_numpy(random.integers(0, CHARACTERS, (2, case.batch, case.steps)))
    return Drawn(
        random.standard_normal((CHARACTERS, case.inputs)).astype(np.float32),
        kernel.astype(np.float32),
        (random.standard_normal(CHARACTERS) * 0.1).astype(np.float32),
        ids,
        targets,
    )


class CharacterModel:
    """A side: one way to build the model."""

    distributions = ("torch",)

    def __init__(self, name: str, build: Callable[[Problem, Drawn], Model]) -> None:
        self.name = name
        self._build = build

    def load(self, threads: int) -> None:
        """Nothing is left to load."""

    def can(self, case: Case) -> bool:
        """Whether it computes such a case."""
        return case.cell == "lstm" and case.mode == "training"

    def prepare(self, problem: Problem) -> Prepared:
        """Build the model."""
        drawn = draw(problem.case)
        model = self._build(problem, drawn)

        def answer() -> Answer:
            fresh = self._build(problem, drawn)
            found = {"loss": step(fresh, drawn).detach().numpy().reshape(1)}
            for name, (parameter, transposed) in fresh.parameters.items():
                assert parameter.grad is not None
                for what, tensor in ((f"gradient of {name}", parameter.grad), (name, parameter.detach())):
                    found[what] = tensor.numpy().T if transposed else tensor.numpy()
            return found

        return Prepared(lambda: step(model, drawn), answer)


def step(model: Model, drawn: Drawn) -> Tensor:
    """Make one update and return the loss before it."""
    model.optimizer.zero_grad(set_to_none=True)
    logits = model.logits(drawn.ids)
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), drawn.targets.flatten())
    torch.autograd.backward(loss)
    model.optimizer.step()
    return loss


def build_remy(problem: Problem, drawn: Drawn) -> Model:
    """Return `LanguageNetwork` with Remy's own choice of optimizer."""
    case = problem.case
    network = LanguageNetwork(
        {
            "kind": "language_model",
            "vocabulary_size": CHARACTERS,
            "embedding_size": case.inputs,
            "cell": case.cell,
            "units": case.units,
            "layers": case.layers,
            "reset_after": True,
            "activation": "tanh",
            "residual": False,
            "tied": False,
        }
    ).train()
    parameters = {
        "embedding": network.embedding.embeddings,
        "dense/kernel": network.dense.kernel,
        "dense/bias": network.dense.get_parameter("bias"),
    }
    values = dict(zip(parameters, drawn[:3], strict=True))
    for number, (weights,) in enumerate(problem.weights):
        for part in ("kernel", "recurrent_kernel", "bias"):
            parameters[f"rnn_{number}/{part}"] = network.rnn.layers[number].get_parameter(part)
            values[f"rnn_{number}/{part}"] = getattr(weights, part)
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(torch.from_numpy(values[name]))
    return Model(
        lambda ids: network(ids)[0],
        make_optimizer(network, TRAINING),
        {name: (parameter, False) for name, parameter in parameters.items()},
    )


def build_torch(problem: Problem, drawn: Drawn) -> Model:
    """Return the same of torch's own modules, with the same fused AdamW."""
    embedding = torch.nn.Embedding(CHARACTERS, problem.case.inputs)
    embedding.load_state_dict({"weight": torch.from_numpy(drawn.embeddings.copy())})
    lstm = torch_nn.build(problem)
    dense = torch.nn.Linear(problem.case.units, CHARACTERS)
    dense.load_state_dict(
        {
            "weight": torch.from_numpy(drawn.dense_kernel.T.copy()),
            "bias": torch.from_numpy(drawn.dense_bias.copy()),
        }
    )
    parameters: dict[str, tuple[Tensor, bool]] = {
        "embedding": (embedding.weight, False),
        "dense/kernel": (dense.weight, True),
        "dense/bias": (dense.bias, False),
    }
    for number in range(problem.case.layers):
        parameters[f"rnn_{number}/kernel"] = (lstm.get_parameter(f"weight_ih_l{number}"), True)
        parameters[f"rnn_{number}/recurrent_kernel"] = (lstm.get_parameter(f"weight_hh_l{number}"), True)
        # torch's second bias starts at zero and learns beside the first, which alone has a counterpart.
        parameters[f"rnn_{number}/bias"] = (lstm.get_parameter(f"bias_ih_l{number}"), False)
    steady = [embedding.weight, dense.bias, *(weight for weight in lstm.parameters() if weight.ndim == 1)]
    groups: list[dict[str, Any]] = [
        {"params": [parameter for parameter, transposed in parameters.values() if transposed]},
        {"params": steady, "weight_decay": 0.0},
    ]
    return Model(
        lambda ids: dense(lstm(embedding(ids))[0]), torch.optim.AdamW(groups, fused=True), parameters
    )


def sides() -> tuple[CharacterModel, CharacterModel]:
    """Return Remy's model and torch's."""
    return CharacterModel("Remy", build_remy), CharacterModel("torch.nn", build_torch)
