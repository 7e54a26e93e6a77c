"""The arguments of a sequence, checked once and brought into one form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from remy.errors import ShapeError, choice
from remy.ops.cells import CELLS, CellSizes

State = Tensor | Sequence[Tensor]


class Arguments(NamedTuple):
    """Everything a sequence is computed from, in the order of the operators and of the core.

    Shapes as in :func:`remy.ops.sequence`.
    """

    cell: str
    x: Tensor
    kernel: Tensor
    recurrent_kernel: Tensor
    bias: Tensor | None
    h0: Tensor | None
    c0: Tensor | None
    lengths: Tensor | None
    mask: Tensor | None
    recurrent_dropout: Tensor | None
    batch_first: bool
    reverse: bool
    zero_output: bool

    @property
    def sizes(self) -> CellSizes:
        """The sizes of the cell."""
        return CELLS[self.cell]

    @property
    def steps(self) -> int:
        """Number of steps T."""
        return self.x.shape[1 if self.batch_first else 0]

    @property
    def batch(self) -> int:
        """Number of rows B."""
        return self.x.shape[0 if self.batch_first else 1]

    @property
    def units(self) -> int:
        """Number of units H."""
        return self.recurrent_kernel.shape[0]

    @property
    def tensors(self) -> tuple[Tensor | None, ...]:
        """Those of the arguments that are tensors."""
        return self[1:10]

    @property
    def options(self) -> tuple[str, bool, bool, bool]:
        """The others."""
        return (self.cell, *self[10:])

    def outer_shape(self, width: int) -> tuple[int, int, int]:
        """Return ``(T, B, width)``, or ``(B, T, width)`` where the inputs are batch-first."""
        return (self.x.shape[0], self.x.shape[1], width)

    def by_time(self) -> Arguments:
        """Return the same with x and mask in the order of time, for those who know no other."""
        if not self.batch_first:
            return self
        mask = None if self.mask is None else self.mask.transpose(0, 1)
        return self._replace(x=self.x.transpose(0, 1), mask=mask, batch_first=False)

    @classmethod
    def restored(cls, ctx: Any) -> tuple[Arguments, tuple[Tensor | None, ...]]:
        """Return the arguments and the stored tensors that a context of autograd kept."""
        saved = ctx.saved_tensors
        cell, *options = ctx.options
        return cls(cell, *saved[:9], *options), saved[9:]

    @property
    def states_differ(self) -> bool:
        """Whether the carried states are something else than the outputs; where not, they are stored once."""
        return self.zero_output and (self.lengths is not None or self.mask is not None)

    def needs_gradient(self) -> bool:
        """Whether autograd will want to go back through the sequence."""
        differentiable = (self.x, self.kernel, self.recurrent_kernel, self.bias, self.h0, self.c0)
        return torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in differentiable)


def check(
    x: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    *,
    cell: str,
    initial_state: State | None,
    lengths: Tensor | Sequence[int] | None,
    mask: Tensor | None,
    recurrent_dropout: Tensor | None,
    batch_first: bool,
    reverse: bool,
    zero_output: bool,
) -> Arguments:
    """Return the arguments in one form, or raise a `ShapeError` that names the first that does not fit."""
    sizes = CELLS[choice("cell", cell, CELLS)]
    name, gates = sizes.family, len(sizes.gates)
    if x.dim() != 3:
        form, order = (
            ("(B, T, I)", "rows come first, then steps")
            if batch_first
            else ("(T, B, I)", "steps come first, then rows")
        )
        raise ShapeError(
            f"{name}: expected inputs of shape {form}, got {_show(x.shape)}; {order}, then features."
        )
    batch, inputs = x.shape[0 if batch_first else 1], x.shape[2]
    if recurrent_kernel.dim() != 2 or recurrent_kernel.shape[1] != gates * recurrent_kernel.shape[0]:
        raise ShapeError(
            f"{name}: expected recurrent kernel of shape (H, {gates}*H), got {_show(recurrent_kernel.shape)}."
        )
    units = recurrent_kernel.shape[0]
    _expect(name, "kernel", kernel, f"(I, {gates}*H)", (inputs, gates * units))
    if bias is not None:
        letters = f"({gates}*H,)" if sizes.bias_rows == 1 else f"(2, {gates}*H)"
        _expect(name, "bias", bias, letters, sizes.bias_shape(units), "; pass None for none")
    h0, c0 = _states(name, sizes, initial_state)
    for what, state in (("initial state", h0), ("initial cell state", c0)):
        if state is not None:
            _expect(name, what, state, "(B, H)", (batch, units), "; pass None for zeros")
    if recurrent_dropout is not None:
        _expect(
            name, "recurrent dropout", recurrent_dropout, "(B, H)", (batch, units), "; pass None for none"
        )
    if torch.amp.is_autocast_available(x.device.type) and torch.is_autocast_enabled(x.device.type):
        x, kernel, recurrent_kernel = (
            _at_least_single(x),
            _at_least_single(kernel),
            _at_least_single(recurrent_kernel),
        )
        bias, h0, c0, recurrent_dropout = (
            None if t is None else _at_least_single(t) for t in (bias, h0, c0, recurrent_dropout)
        )
    _check_dtype(name, x)
    for what, tensor in (
        ("kernel", kernel),
        ("recurrent kernel", recurrent_kernel),
        ("bias", bias),
        ("initial state", h0),
        ("initial cell state", c0),
        ("recurrent dropout", recurrent_dropout),
    ):
        if tensor is not None:
            _expect_same_kind(name, what, tensor, x)
    return Arguments(
        cell=cell,
        x=x,
        kernel=kernel,
        recurrent_kernel=recurrent_kernel,
        bias=bias,
        h0=h0,
        c0=c0,
        lengths=_lengths(name, lengths, x, batch),
        mask=_mask(name, mask, x, "(B, T)" if batch_first else "(T, B)"),
        recurrent_dropout=None if recurrent_dropout is None else recurrent_dropout.detach(),
        batch_first=batch_first,
        reverse=reverse,
        zero_output=zero_output,
    )


def as_tensor(what: str, given: Any, device: torch.device) -> Tensor | None:
    """Return the array, list or tensor as a tensor, or raise a `ShapeError`; ``None`` stays."""
    if given is None or isinstance(given, Tensor):
        return given
    try:
        return torch.tensor(given, device=device)  # a copy: an array may be filled anew before the way back
    except (TypeError, ValueError, RuntimeError) as error:
        raise ShapeError(f"{what}: expected a tensor or lists of equal lengths, got {given!r}.") from error


def _states(name: str, sizes: CellSizes, state: State | None) -> tuple[Tensor | None, Tensor | None]:
    if state is None:
        return None, None
    parts = [state] if isinstance(state, Tensor) else list(state)
    wanted = 2 if sizes.has_cell_state else 1
    if len(parts) != wanted:
        form = "(h, c)" if wanted == 2 else "h"
        raise ShapeError(
            f"{name}: expected initial state {form}, got a sequence of {len(parts)}; pass None for zeros."
        )
    return parts[0], parts[1] if wanted == 2 else None


def _lengths(name: str, lengths: Tensor | Sequence[int] | None, x: Tensor, batch: int) -> Tensor | None:
    if lengths is None:
        return None
    given = as_tensor(f"{name} lengths", lengths, x.device)
    assert given is not None
    if not isinstance(lengths, Tensor) and tuple(given.shape) == (0,):
        given = given.long()  # torch takes an empty list for floats
    if given.is_floating_point() or given.dtype == torch.bool:
        raise ShapeError(f"{name}: expected lengths of an integer dtype, got {_dtype(given)}.")
    _expect(name, "lengths", given, "(B,)", (batch,), "; pass None where all rows are full")
    return given.to(device=x.device, dtype=torch.int64)


def _mask(name: str, given: Any, x: Tensor, letters: str) -> Tensor | None:
    mask = as_tensor(f"{name} mask", given, x.device)
    if mask is None:
        return None
    if mask.dtype != torch.bool:
        raise ShapeError(f"{name}: expected mask of dtype bool, got {_dtype(mask)}; pass mask != 0.")
    _expect(name, "mask", mask, letters, (x.shape[0], x.shape[1]), "; true where a step counts")
    return mask.to(x.device)


def _check_dtype(name: str, x: Tensor) -> None:
    if not x.is_floating_point():
        raise ShapeError(f"{name}: expected inputs of a floating dtype, got {_dtype(x)}; pass x.float().")
    if x.device.type == "cpu" and x.dtype not in (torch.float32, torch.float64):
        raise ShapeError(
            f"{name}: expected inputs of dtype float32 or float64, got {_dtype(x)}; pass x.float(), "
            "or run under torch.autocast, which casts here."
        )


def _expect_same_kind(name: str, what: str, tensor: Tensor, x: Tensor) -> None:
    if tensor.dtype != x.dtype:
        raise ShapeError(
            f"{name}: expected {what} of the inputs' dtype {_dtype(x)}, got {_dtype(tensor)}; "
            f"pass it through .to(torch.{_dtype(x)})."
        )
    if tensor.device != x.device:
        raise ShapeError(
            f"{name}: expected {what} on the inputs' device {x.device}, got {tensor.device}; "
            f"pass it through .to('{x.device}')."
        )


def _at_least_single(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor


def _expect(
    name: str, what: str, tensor: Tensor, letters: str, shape: tuple[int, ...], remedy: str = ""
) -> None:
    if tensor.shape != shape:
        raise ShapeError(
            f"{name}: expected {what} of shape {letters} = {_show(shape)}, got {_show(tensor.shape)}{remedy}."
        )


def _show(shape: Sequence[int]) -> str:
    return str(tuple(shape))


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
