"""One whole training step of a tagger with characters: of Remy's parts, as in ``remy train``; of torch's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.training_step import TRAINING, Model, TrainingStep, torch_adamw
from remy.bench.cases import Case
from remy.bench.peers import torch_nn
from remy.bench.problem import Floats, Problem, make_problem
from remy.models.tagger import TaggerNetwork
from remy.training.optimizer import make_optimizer

WORDS, CHARACTERS, LABELS = 16_000, 100, 17
WORD, CHARACTER, SPELLED = 100, 32, 64
LONGEST_WORD = 14
CASE = Case(
    "lstm",
    "training",
    batch=32,
    steps=25,
    inputs=WORD + 2 * SPELLED,
    units=128,
    layers=2,
    bidirectional=True,
    mixed=True,
)
TITLE = (
    f"tagger B32 T25, mixed lengths: words {WORD} beside characters {CHARACTER} and their LSTM 2x{SPELLED}, "
    f"2 bidirectional LSTM {CASE.units}, softmax over {LABELS}, AdamW"
)

_PARTS = (("kernel", "ih"), ("recurrent_kernel", "hh"))
_WAYS = (("forward", ""), ("backward", "_reverse"))


class _Drawn(NamedTuple):
    """What the model has besides the word layers: its other weights by name, one batch, and its tags."""

    tensors: dict[str, Floats]
    words: Tensor
    lengths: Tensor
    places: Tensor
    spellings: Tensor
    spelling_lengths: Tensor
    tags: Tensor


def _sizes(case: Case) -> tuple[int, int]:
    """Return the sizes of a word's embedding and of each direction of the character layer."""
    spelled = max(1, (case.inputs - WORD) // 2)
    return case.inputs - 2 * spelled, spelled


def _draw(problem: Problem) -> _Drawn:
    case, random = problem.case, np.random.default_rng(1)
    width = case.units * case.directions
    word, spelled = _sizes(case)

    def normal(*shape: int, scale: float = 1.0) -> Floats:
        return (random.standard_normal(shape) * scale).astype(np.float32)

    tensors = {
        "characters_embedding/embeddings": normal(CHARACTERS, CHARACTER),
        "embedding/embeddings": normal(WORDS, word),
        "dense/kernel": normal(width, LABELS, scale=width**-0.5),
        "dense/bias": normal(LABELS, scale=0.1),
    }
    for way, _ in _WAYS:
        name = f"characters_rnn_0/{way}"
        tensors[f"{name}/kernel"] = normal(CHARACTER, 4 * spelled, scale=CHARACTER**-0.5)
        tensors[f"{name}/recurrent_kernel"] = normal(spelled, 4 * spelled, scale=spelled**-0.5)
        tensors[f"{name}/bias"] = normal(4 * spelled, scale=0.1)
    shape = case.batch, case.steps
    # Of the words of a batch of English some two thirds are different ones.
    different = case.batch * case.steps // 3
    spelling_lengths = -np.sort(-random.integers(1, LONGEST_WORD + 1, different))
    spelling_lengths[0] = LONGEST_WORD
    return _Drawn(
        tensors,
        torch.from_numpy(random.integers(0, WORDS, shape)),
        torch.from_numpy(problem.lengths),
        torch.from_numpy(random.integers(0, different, shape)),
        torch.from_numpy(random.integers(0, CHARACTERS, (different, LONGEST_WORD))),
        torch.from_numpy(spelling_lengths),
        torch.from_numpy(random.integers(0, LABELS, shape)),
    )


def _build_remy(problem: Problem) -> Model:
    """Return `TaggerNetwork` with Remy's own choice of optimizer."""
    drawn, case = _draw(problem), problem.case
    word, spelled = _sizes(case)
    network = TaggerNetwork(
        {
            "kind": "tagger",
            "vocabulary_size": WORDS,
            "embedding_size": word,
            "characters": CHARACTERS,
            "character_embedding_size": CHARACTER,
            "character_units": spelled,
            "labels": LABELS,
            "output": "softmax",
            "scheme": "none",
            "bidirectional": True,
            "cell": case.cell,
            "units": case.units,
            "layers": case.layers,
            "reset_after": True,
            "activation": "tanh",
        }
    ).train()
    tensors = dict(drawn.tensors)
    for number, layer in enumerate(problem.weights):
        for (way, _), weights in zip(_WAYS, layer, strict=True):
            for part in ("kernel", "recurrent_kernel", "bias"):
                tensors[f"rnn_{number}/{way}/{part}"] = getattr(weights, part)
    network.from_tensors(tensors)
    return Model(
        lambda: network.loss(network(*drawn[1:6]), drawn.tags, drawn.lengths),
        make_optimizer(network, TRAINING),
        {name: (parameter, False) for name, parameter in network.named_weights().items()},
    )


def _build_torch(problem: Problem) -> Model:
    """Return the same of torch's own modules, both recurrent parts packed, with the same fused AdamW."""
    drawn, case = _draw(problem), problem.case
    word, spelled = _sizes(case)
    characters = torch.nn.Embedding(CHARACTERS, CHARACTER)
    words = torch.nn.Embedding(WORDS, word)
    spelling = torch.nn.LSTM(CHARACTER, spelled, batch_first=True, bidirectional=True)
    lstm = torch_nn.build(problem)
    dense = torch.nn.Linear(case.units * case.directions, LABELS)
    parameters: dict[str, tuple[Tensor, bool]] = {
        "characters_embedding/embeddings": (characters.weight, False),
        "embedding/embeddings": (words.weight, False),
        "dense/kernel": (dense.weight, True),
        "dense/bias": (dense.bias, False),
    }
    seconds: list[Tensor] = []
    for prefix, module, layers in (("characters_rnn", spelling, 1), ("rnn", lstm, case.layers)):
        for number in range(layers):
            for way, suffix in _WAYS:
                for part, name in _PARTS:
                    weight = module.get_parameter(f"weight_{name}_l{number}{suffix}")
                    parameters[f"{prefix}_{number}/{way}/{part}"] = (weight, True)
                # torch's second bias starts at zero and learns; the first alone has a counterpart.
                bias = module.get_parameter(f"bias_ih_l{number}{suffix}")
                parameters[f"{prefix}_{number}/{way}/bias"] = (bias, False)
                seconds.append(module.get_parameter(f"bias_hh_l{number}{suffix}"))
    with torch.no_grad():
        for name, tensor in drawn.tensors.items():
            parameter, transposed = parameters[name]
            parameter.copy_(torch.from_numpy(tensor.T if transposed else tensor))
        for _, suffix in _WAYS:
            spelling.get_parameter(f"bias_hh_l0{suffix}").zero_()

    def loss() -> Tensor:
        packed = pack_padded_sequence(characters(drawn.spellings), drawn.spelling_lengths, batch_first=True)
        _, (last, _) = spelling(packed)
        spellings = torch.nn.functional.embedding(drawn.places, torch.cat([last[0], last[1]], dim=1))
        x = torch.cat([words(drawn.words), spellings], dim=2)
        sentences = pack_padded_sequence(x, drawn.lengths, batch_first=True, enforce_sorted=False)
        outputs, _ = pad_packed_sequence(lstm(sentences)[0], batch_first=True, total_length=case.steps)
        inside = torch.arange(case.steps) < drawn.lengths[:, None]
        return torch.nn.functional.cross_entropy(dense(outputs[inside]), drawn.tags[inside])

    return Model(loss, torch_adamw(parameters, seconds), parameters)


def _other_operations(problem: Problem) -> int:
    """Return those of the character layer and of the output layer, forwards and back."""
    drawn, case = _draw(problem), problem.case
    _, spelled = _sizes(case)
    spelling = 2 * int(drawn.spelling_lengths.sum()) * (CHARACTER + spelled) * 4 * spelled
    output = int(drawn.lengths.sum()) * case.units * case.directions * LABELS
    return 3 * 2 * (spelling + output)


#: Of the character layer, which reads as many characters as were drawn, and of the output layer.
OTHER_OPERATIONS = _other_operations(make_problem(CASE))


def sides() -> tuple[TrainingStep, TrainingStep]:
    """Return Remy's model and torch's."""
    return TrainingStep("Remy", _build_remy), TrainingStep("PackedSequence", _build_torch)
