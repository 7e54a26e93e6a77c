"""One whole training step of a classifier of texts: of Remy's parts as in ``remy train``, and of torch's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.training_step import TRAINING, Model, TrainingStep, torch_adamw, torch_dense, torch_embedding
from remy.bench.cases import Case
from remy.bench.peers import torch_nn
from remy.bench.problem import Floats, Problem
from remy.models import ClassifierNetwork
from remy.training.optimizer import make_optimizer

TOKENS, CLASSES = 5_000, 2
CASE = Case("lstm", "training", batch=32, steps=40, inputs=100, units=128, bidirectional=True, mixed=True)
TITLE = (
    f"classifier B32 T40, mixed lengths: embedding {TOKENS}x{CASE.inputs}, "
    f"bidirectional LSTM {CASE.units}, maximum over time, softmax, AdamW"
)

#: Of the output layer, forwards and back.
OTHER_OPERATIONS = 3 * 2 * CASE.batch * 2 * CASE.units * CLASSES


class _Drawn(NamedTuple):
    """What the model has besides the recurrent layer: weights, tokens and labels."""

    embeddings: Floats
    dense_kernel: Floats
    dense_bias: Floats
    ids: Tensor
    lengths: Tensor
    labels: Tensor


def _draw(problem: Problem) -> _Drawn:
    case, random = problem.case, np.random.default_rng(1)
    width = case.units * case.directions
    return _Drawn(
        random.standard_normal((TOKENS, case.inputs)).astype(np.float32),
        (random.standard_normal((width, CLASSES)) * width**-0.5).astype(np.float32),
        (random.standard_normal(CLASSES) * 0.1).astype(np.float32),
        torch.from_numpy(random.integers(0, TOKENS, (case.batch, case.steps))),
        torch.from_numpy(problem.lengths),
        torch.from_numpy(random.integers(0, CLASSES, case.batch)),
    )


def _build_remy(problem: Problem) -> Model:
    """Return `ClassifierNetwork` with Remy's own choice of optimizer."""
    drawn, case = _draw(problem), problem.case
    network = ClassifierNetwork(
        {
            "kind": "classifier",
            "vocabulary_size": TOKENS,
            "embedding_size": case.inputs,
            "features": 0,
            "outputs": CLASSES,
            "output": "softmax",
            "pooling": "max",
            "bidirectional": True,
            "cell": case.cell,
            "units": case.units,
            "layers": case.layers,
            "reset_after": True,
            "activation": "tanh",
        }
    ).train()
    tensors = {
        "embedding/embeddings": drawn.embeddings,
        "dense/kernel": drawn.dense_kernel,
        "dense/bias": drawn.dense_bias,
    }
    for way, weights in zip(("forward", "backward"), problem.weights[0], strict=True):
        for part in ("kernel", "recurrent_kernel", "bias"):
            tensors[f"rnn_0/{way}/{part}"] = getattr(weights, part)
    network.from_tensors(tensors)
    return Model(
        lambda: torch.nn.functional.cross_entropy(network(drawn.ids, drawn.lengths), drawn.labels),
        make_optimizer(network, TRAINING),
        {name: (parameter, False) for name, parameter in network.named_weights().items()},
    )


def _build_torch(problem: Problem) -> Model:
    """Return the same of torch's own modules, packed, with the same fused AdamW."""
    drawn = _draw(problem)
    embedding = torch_embedding(drawn.embeddings)
    lstm = torch_nn.build(problem)
    dense = torch_dense(drawn.dense_kernel, drawn.dense_bias)
    parameters: dict[str, tuple[Tensor, bool]] = {
        "embedding/embeddings": (embedding.weight, False),
        "dense/kernel": (dense.weight, True),
        "dense/bias": (dense.bias, False),
    }
    second_biases = []
    for way, suffix in (("forward", ""), ("backward", "_reverse")):
        parameters[f"rnn_0/{way}/kernel"] = (lstm.get_parameter(f"weight_ih_l0{suffix}"), True)
        parameters[f"rnn_0/{way}/recurrent_kernel"] = (lstm.get_parameter(f"weight_hh_l0{suffix}"), True)
        # torch's second bias starts at zero and learns beside the first, which alone has a counterpart.
        parameters[f"rnn_0/{way}/bias"] = (lstm.get_parameter(f"bias_ih_l0{suffix}"), False)
        second_biases.append(lstm.get_parameter(f"bias_hh_l0{suffix}"))

    def loss() -> Tensor:
        embedded = embedding(drawn.ids)
        packed = pack_padded_sequence(embedded, drawn.lengths, batch_first=True, enforce_sorted=False)
        outputs, lengths = pad_packed_sequence(lstm(packed)[0], batch_first=True)
        outside = torch.arange(outputs.shape[1]) >= lengths[:, None]
        pooled = outputs.masked_fill(outside[..., None], -torch.inf).amax(dim=1)
        return torch.nn.functional.cross_entropy(dense(pooled), drawn.labels)

    return Model(loss, torch_adamw(parameters, second_biases), parameters)


def sides() -> tuple[TrainingStep, TrainingStep]:
    """Return Remy's model and torch's."""
    return TrainingStep("Remy", _build_remy), TrainingStep("PackedSequence", _build_torch)
