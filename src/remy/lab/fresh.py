"""Networks that have learned nothing, made for a question."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod, sqrt
from typing import Any, Final

import torch
from torch import Tensor

from remy.lab.cache import Cache
from remy.lab.schemas.choices import FreshModel
from remy.layers import Bidirectional, Dense, Stacked
from remy.layers.initializers import initialize
from remy.layers.recurrent import Recurrent
from remy.models.stack import stack_weights
from remy.tasks.comparison.started import started_layer

#: Networks in memory: numbers of theirs together, four bytes each.
_MOST_NUMBERS: Final = 32_000_000


class FreshNetwork(torch.nn.Module):
    """Stacked recurrent layers, and on them a dense output over names where there are any.

    Parameters
    ----------
    rnn
        The layers.
    dense
        The output; None for the outputs of the last layer as they are.

    Attributes
    ----------
    inputs
        Numbers that a step reads.
    """

    def __init__(self, rnn: Stacked, dense: Dense | None, inputs: int) -> None:
        super().__init__()
        self.rnn, self.dense, self.inputs = rnn, dense, inputs

    def forward(self, x: Tensor) -> Tensor:
        """Return ``(B, T, V)`` for ``(B, T, I)``; without an output ``(B, W)``: the last state.

        That of the layers that read backwards is the one at the first step.
        """
        found = self.rnn(x, whole=True)
        scores: Tensor = found.last if self.dense is None else self.dense(found.outputs)
        return scores

    def named_weights(self) -> dict[str, torch.nn.Parameter]:
        """Return every weight under the name that it would have in a model file."""
        named = stack_weights(self.rnn)
        if self.dense is not None:
            named |= {"dense/kernel": self.dense.kernel, "dense/bias": self.dense.get_parameter("bias")}
        return named


def fresh_network(choice: FreshModel, *, inputs: int, outputs: int | None = None) -> FreshNetwork:
    """Return the network that a choice means; the same one as long as it is remembered.

    All weights are drawn from the choice's seed, those of each layer after those of the layers below.

    Parameters
    ----------
    choice
        Cell, sizes, start and seed.
    inputs
        Numbers that a step reads, I.
    outputs
        Scores of a step, V; None for the layers alone.

    Examples
    --------
    >>> choice = FreshModel(kind="fresh", cell="gru", units=4, bidirectional=True)
    >>> fresh_network(choice, inputs=3)(torch.zeros(1, 5, 3)).shape
    torch.Size([1, 8])
    """
    return _made.get((choice, inputs, outputs), lambda: _make(choice, inputs, outputs))


def count_parameters(weights: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers that each layer learns, both directions together.

    Parameters
    ----------
    weights
        Arrays or tensors under their names in a model file.

    Examples
    --------
    >>> choice = FreshModel(kind="fresh", cell="simple_rnn", units=4, layers=2)
    >>> count_parameters(fresh_network(choice, inputs=3, outputs=5).named_weights())
    {'rnn_0': 32, 'rnn_1': 36, 'dense': 25}
    """
    found: dict[str, int] = {}
    for name, weight in weights.items():
        layer = name.partition("/")[0]
        found[layer] = found.get(layer, 0) + prod(weight.shape)
    return found


def _make(choice: FreshModel, inputs: int, outputs: int | None) -> FreshNetwork:
    # What a worker thread has switched on must not make weights that no gradient comes back from.
    with torch.inference_mode(False), torch.enable_grad():
        generator = torch.Generator().manual_seed(choice.seed)
        stack, width = list[Recurrent | Bidirectional](), inputs
        for _ in range(choice.layers):
            layer = _layer(choice, width, generator)
            stack.append(layer)
            width = layer.units
        rnn = Stacked(stack, residual=choice.residual)
        dense = None if outputs is None else _output(choice, width, outputs, generator)
        return FreshNetwork(rnn, dense, inputs).eval()


def _layer(choice: FreshModel, inputs: int, generator: torch.Generator) -> Recurrent | Bidirectional:
    options: dict[str, Any] = {"return_sequences": True}
    if choice.cell == "gru":
        options["reset_after"] = choice.reset_after
    if choice.cell == "simple_rnn":
        options["activation"] = choice.activation
    layer = started_layer(
        choice.cell,
        choice.units,
        input_size=inputs,
        generator=generator,
        recipe=choice.start.recipe,
        bias=_bias(choice),
        scale=choice.start.recurrent_scale,
        **options,
    )
    if not choice.bidirectional:
        return layer
    return Bidirectional(layer, merge_mode=choice.merge_mode)


def _bias(choice: FreshModel) -> float | None:
    """Return the bias of the gate that keeps the state; one start may serve several cells."""
    return {"lstm": choice.start.forget_bias, "gru": choice.start.update_bias}.get(choice.cell)


def _output(choice: FreshModel, inputs: int, outputs: int, generator: torch.Generator) -> Dense:
    """Return the output as the recipe's library starts it."""
    if choice.start.recipe == "keras":
        return Dense(
            outputs,
            input_size=inputs,
            kernel_initializer=lambda tensor: initialize(tensor, "glorot_uniform", generator=generator),
        )
    bound = 1 / sqrt(inputs)

    def uniform(tensor: Tensor) -> None:
        tensor.uniform_(-bound, bound, generator=generator)

    return Dense(outputs, input_size=inputs, kernel_initializer=uniform, bias_initializer=uniform)


_made: Cache[tuple[FreshModel, int, int | None], FreshNetwork] = Cache(
    most=_MOST_NUMBERS, weigh=lambda network: sum(count_parameters(network.named_weights()).values())
)
