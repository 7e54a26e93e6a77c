"""One whole training step of a character model: of Remy's parts as in ``remy train``, and of torch's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from benchmarks.training_step import TRAINING, Model, TrainingStep, torch_adamw, torch_dense, torch_embedding
from remy import defaults
from remy.bench.cases import Case
from remy.bench.peers import torch_nn
from remy.bench.problem import Floats, Problem
from remy.models import LanguageNetwork
from remy.training.optimizer import make_optimizer

CHARACTERS = 65
CASE = Case("lstm", "training", batch=32, steps=128, inputs=defaults.EMBEDDING, units=256, layers=2)
TITLE = f"character model B32 T128: embedding {CHARACTERS}x{CASE.inputs}, LSTM 2x256, softmax, AdamW"

#: Of the output layer, forwards and back.
OTHER_OPERATIONS = 3 * 2 * CASE.batch * CASE.steps * CASE.units * CHARACTERS


class Drawn(NamedTuple):
    """What the model has besides the recurrent layers: weights, characters and those that follow them."""

    embeddings: Floats
    dense_kernel: Floats
    dense_bias: Floats
    ids: Tensor
    targets: Tensor


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


def build_remy(problem: Problem) -> Model:
    """Return `LanguageNetwork` with Remy's own choice of optimizer."""
    drawn, case = draw(problem.case), problem.case
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
        lambda: _loss(network(drawn.ids)[0], drawn),
        make_optimizer(network, TRAINING),
        {name: (parameter, False) for name, parameter in parameters.items()},
    )


def build_torch(problem: Problem) -> Model:
    """Return the same of torch's own modules, with the same fused AdamW."""
    drawn = draw(problem.case)
    embedding = torch_embedding(drawn.embeddings)
    lstm = torch_nn.build(problem)
    dense = torch_dense(drawn.dense_kernel, drawn.dense_bias)
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
    second_biases = [lstm.get_parameter(f"bias_hh_l{number}") for number in range(problem.case.layers)]
    return Model(
        lambda: _loss(dense(lstm(embedding(drawn.ids))[0]), drawn),
        torch_adamw(parameters, second_biases),
        parameters,
    )


def _loss(logits: Tensor, drawn: Drawn) -> Tensor:
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), drawn.targets.flatten())


def sides() -> tuple[TrainingStep, TrainingStep]:
    """Return Remy's model and torch's."""
    return TrainingStep("Remy", build_remy), TrainingStep("torch.nn", build_torch)
