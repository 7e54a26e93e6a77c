"""Weights from and to `torch.nn.RNN`, `torch.nn.LSTM` and `torch.nn.GRU`.

torch keeps its matrices transposed, two biases in every cell, and the GRU's gates in the order ``r, z, n``;
``n`` is Keras's ``h``. Kernels are copied exactly. A GRU's biases are too, as Keras's ``reset_after`` form
has both. The other cells have one bias: the sum of torch's two on the way in; on the way out it becomes
``bias_ih``, and ``bias_hh`` zero.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from remy.errors import ShapeError, UsageError
from remy.layers import Bidirectional, Stacked
from remy.layers.recurrent import Recurrent

#: Family -> for each of torch's gates in its order, the place of that gate in Keras's order.
GATE_ORDER = {
    "simple_rnn": (0,),
    "lstm": (0, 1, 2, 3),  # i, f, g, o in both
    "gru": (1, 0, 2),  # torch has r, z, n; Keras z, r, h
}

_PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")

Layer = Recurrent | Bidirectional | Stacked


def to_torch_state_dict(layer: Layer) -> dict[str, Tensor]:
    """Return the weights of a layer as the state dict of torch's module of the same shape.

    Parameters
    ----------
    layer
        A `SimpleRNN`, `LSTM` or `GRU` layer, a `Bidirectional` one, or a `Stacked` of such; already built.

    Returns
    -------
    dict
        ``weight_ih_l0`` and so on, as ``torch.nn.LSTM(I, H, num_layers, bidirectional=...).load_state_dict``
        takes it.

    Raises
    ------
    UsageError
        If torch has no such module: a GRU with the reset before the product, a linear RNN, layers of several
        kinds or widths, residual layers, a layer that has not yet found its input size.

    Examples
    --------
    >>> import torch
    >>> from remy.layers import LSTM
    >>> theirs = torch.nn.LSTM(3, 4)
    >>> theirs.load_state_dict(to_torch_state_dict(LSTM(4, input_size=3)))
    <All keys matched successfully>
    """
    state: dict[str, Tensor] = {}
    for suffix, recurrent in _cells(layer):
        if recurrent.input_size is None:
            raise UsageError("to_torch_state_dict: expected a layer that was called once, or built.")
        order = GATE_ORDER[recurrent.sizes.family]
        state[f"weight_ih_{suffix}"] = _reorder(recurrent.kernel.detach(), order).T.contiguous()
        state[f"weight_hh_{suffix}"] = _reorder(recurrent.recurrent_kernel.detach(), order).T.contiguous()
        if recurrent.bias is not None:
            bias = _reorder(recurrent.bias.detach(), order)
            both = bias if bias.dim() == 2 else torch.stack([bias, torch.zeros_like(bias)])
            state[f"bias_ih_{suffix}"], state[f"bias_hh_{suffix}"] = both[0].clone(), both[1].clone()
    return state


@torch.no_grad()
def load_torch_state_dict(layer: Layer, state_dict: Mapping[str, Tensor]) -> None:
    """Take over the weights of `torch.nn.RNN`, `torch.nn.LSTM` or `torch.nn.GRU`; all of them or none.

    Parameters
    ----------
    layer
        A `SimpleRNN`, `LSTM` or `GRU` layer, a `Bidirectional` one, or a `Stacked` of such. A layer that has
        not found its input size yet takes that of the weights.
    state_dict
        What torch's ``state_dict()`` gave.

    Raises
    ------
    UsageError
        If torch has no module of the layer's kind; see :func:`to_torch_state_dict`.
    ShapeError
        If a tensor is missing, left over, or of another shape than the layer's.

    Examples
    --------
    >>> import torch
    >>> from remy.layers import LSTM
    >>> ours, theirs = LSTM(4, return_sequences=True), torch.nn.LSTM(3, 4, batch_first=True)
    >>> x = torch.ones(1, 2, 3)
    >>> load_torch_state_dict(ours, theirs.state_dict())
    >>> torch.testing.assert_close(ours(x), theirs(x)[0])
    """
    cells = _cells(layer)
    expected = _expected_shapes(cells, state_dict)
    for name, shape in expected.items():
        if name not in state_dict:
            raise ShapeError(f"load_torch_state_dict: expected a tensor '{name}', got none of that name.")
        got = tuple(state_dict[name].shape)
        if len(got) != len(shape) or any(
            b < 1 if a is None else a != b for a, b in zip(shape, got, strict=True)
        ):
            wanted = str(tuple("I" if size is None else size for size in shape)).replace("'", "")
            raise ShapeError(f"load_torch_state_dict: expected '{name}' of shape {wanted}, got {got}.")
    for name in state_dict:
        if name not in expected:
            raise ShapeError(
                f"load_torch_state_dict: expected no tensor '{name}'; the layer has {len(cells)} "
                f"cell{'s' if len(cells) > 1 else ''}, {'with' if cells[0][1].use_bias else 'without'} bias."
            )
    for suffix, recurrent in cells:
        _take(recurrent, *(state_dict.get(f"{part}_{suffix}") for part in _PARTS))


def _take(
    recurrent: Recurrent, weight_ih: Tensor | None, weight_hh: Tensor | None, bias_ih: Tensor | None,
    bias_hh: Tensor | None,
) -> None:  # fmt: skip
    assert weight_ih is not None
    assert weight_hh is not None
    order = GATE_ORDER[recurrent.sizes.family]
    recurrent.build(weight_ih.shape[1])
    recurrent.kernel.copy_(_reorder(weight_ih.T, order))
    recurrent.recurrent_kernel.copy_(_reorder(weight_hh.T, order))
    if recurrent.bias is not None and bias_ih is not None and bias_hh is not None:
        both = torch.stack([bias_ih, bias_hh])
        recurrent.bias.copy_(_reorder(both if recurrent.bias.dim() == 2 else both.sum(dim=0), order))


def _expected_shapes(
    cells: list[tuple[str, Recurrent]], state_dict: Mapping[str, Tensor]
) -> dict[str, tuple[int | None, ...]]:
    """Return the shape of every tensor; ``None`` stands for any number of features, but not for none."""
    directions = len(cells) // len({_level(suffix) for suffix, _ in cells})
    lowest = [recurrent.input_size for suffix, recurrent in cells if _level(suffix) == "l0"]
    features = next((size for size in lowest if size is not None), None)
    given = state_dict.get("weight_ih_l0")
    if features is None and given is not None and given.dim() == 2:
        features = given.shape[1] or None  # both directions read the same inputs
    expected: dict[str, tuple[int | None, ...]] = {}
    for suffix, recurrent in cells:
        width = len(recurrent.sizes.gates) * recurrent.units
        below = features if _level(suffix) == "l0" else recurrent.units * directions
        expected[f"weight_ih_{suffix}"] = (width, recurrent.input_size or below)
        expected[f"weight_hh_{suffix}"] = (width, recurrent.units)
        if recurrent.use_bias:
            expected[f"bias_ih_{suffix}"] = expected[f"bias_hh_{suffix}"] = (width,)
    return expected


def _level(suffix: str) -> str:
    return suffix.split("_")[0]


def _cells(layer: Layer) -> list[tuple[str, Recurrent]]:
    """Return the recurrent cells with torch's suffixes, in torch's order."""
    levels = list(layer.layers) if isinstance(layer, Stacked) else [layer]
    if isinstance(layer, Stacked) and layer.residual:
        raise UsageError(
            "torch weights: expected layers without residual connections, which torch does not have."
        )
    cells: list[tuple[str, Recurrent]] = []
    for number, level in enumerate(levels):
        if isinstance(level, Bidirectional):
            if level.merge_mode != "concat":
                raise UsageError(f"torch weights: expected merge_mode 'concat', got '{level.merge_mode}'.")
            cells += [(f"l{number}", level.forward_layer), (f"l{number}_reverse", level.backward_layer)]
        elif isinstance(level, Recurrent):
            cells.append((f"l{number}", level))
        else:
            raise UsageError(f"torch weights: expected a recurrent layer, got {type(level).__name__}.")
    _expect_one_kind(cells)
    return cells


def _expect_one_kind(cells: list[tuple[str, Recurrent]]) -> None:
    first = cells[0][1]
    if first.cell == "gru_reset_before":
        raise UsageError("torch weights: expected a GRU with reset_after=True, the only form torch has.")
    if first.cell == "simple_rnn_linear":
        raise UsageError(
            "torch weights: expected activation 'tanh' or 'relu', the ones torch has, got 'linear'."
        )
    levels = {_level(suffix) for suffix, _ in cells}
    if len(cells) not in (len(levels), 2 * len(levels)):
        raise UsageError("torch weights: expected all layers or none to be bidirectional.")
    for suffix, recurrent in cells:
        for name in ("cell", "units", "use_bias"):
            if getattr(recurrent, name) != getattr(first, name):
                raise UsageError(
                    f"torch weights: expected the same {name} in all layers, got {getattr(first, name)} "
                    f"and, in {suffix}, {getattr(recurrent, name)}."
                )
        if recurrent.go_backwards != suffix.endswith("_reverse"):
            raise UsageError("torch weights: expected layers in forward time, got go_backwards=True.")


def _reorder(weights: Tensor, order: tuple[int, ...]) -> Tensor:
    """Return the blocks of the last axis in another order; the orders here are their own inverses."""
    blocks = weights.chunk(len(order), dim=-1)
    return torch.cat([blocks[place] for place in order], dim=-1)
