"""Random problems for the kernels, and their answers by the reference, the core and the loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from remy import ops, reference
from tests.tolerances import assert_close

#: Ways to mask, each by name.
MASKINGS = ("none", "lengths", "gaps", "left padding", "lengths and gaps", "nothing valid")
#: What else may be given to a sequence, each by name.
EXTRAS = ("bias", "initial state", "recurrent dropout", "reverse", "zero output")
#: Where gradients may come from, each by name.
ENDS = ("outputs", "h", "c")


@dataclass(frozen=True)
class Problem:
    """One call of a sequence with random arguments, distinct for every gate."""

    cell: str
    steps: int
    batch: int
    inputs: int
    units: int
    dtype: Any = np.float64
    masking: str = "none"
    extras: tuple[str, ...] = ("bias", "initial state")
    ends: tuple[str, ...] = ENDS
    seed: int = 0
    arrays: dict[str, Any] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng([self.seed, self.steps, self.batch, self.inputs, self.units])
        gates, T, B, H = len(self.sizes.gates), self.steps, self.batch, self.units

        def normal(*shape: int, scale: float = 1.0) -> np.ndarray:
            return (rng.normal(size=shape) * scale).astype(self.dtype)

        has_c = self.sizes.has_cell_state
        state, given = "initial state" in self.extras, self.extras
        arrays = {
            "x": normal(T, B, self.inputs),
            "kernel": normal(self.inputs, gates * H, scale=max(self.inputs, 1) ** -0.5),
            "recurrent_kernel": normal(H, gates * H, scale=0.9 * max(H, 1) ** -0.5),
            "bias": normal(*self.sizes.bias_shape(H)) if "bias" in given else None,
            "h0": normal(B, H) if state else None,
            "c0": normal(B, H) if state and has_c else None,
            "lengths": self._lengths(rng),
            "mask": self._mask(rng),
            "recurrent_dropout": None,
            "d_outputs": normal(T, B, H) if "outputs" in self.ends else None,
            "d_h": normal(B, H) if "h" in self.ends else None,
            "d_c": normal(B, H) if "c" in self.ends and has_c else None,
        }
        if "recurrent dropout" in given:
            arrays["recurrent_dropout"] = ((rng.random((B, H)) < 0.7) / 0.7).astype(self.dtype)
        object.__setattr__(self, "arrays", arrays)

    @property
    def sizes(self) -> ops.CellSizes:
        return ops.CELLS[self.cell]

    def _lengths(self, rng: np.random.Generator) -> np.ndarray | None:
        if "lengths" not in self.masking:
            return None
        lengths = rng.integers(0, self.steps + 1, self.batch)
        lengths[:1], lengths[1:2] = self.steps, 0
        return lengths

    def _mask(self, rng: np.random.Generator) -> np.ndarray | None:
        shape = (self.steps, self.batch)
        if self.masking == "nothing valid":
            return np.zeros(shape, bool)
        if "gaps" in self.masking:
            mask = rng.random(shape) < 0.6
            mask[:, -1:] = False
            return mask
        if self.masking == "left padding":
            return np.arange(self.steps)[:, None] >= rng.integers(0, self.steps + 1, self.batch)
        return None

    def with_array(self, name: str, value: Any) -> Problem:
        """Return the same problem with one array replaced."""
        other = Problem(
            self.cell, self.steps, self.batch, self.inputs, self.units, self.dtype, self.masking, self.extras,
            self.ends, self.seed,
        )  # fmt: skip
        other.arrays[name] = value
        return other

    @property
    def options(self) -> dict[str, bool]:
        return {"reverse": "reverse" in self.extras, "zero_output": "zero output" in self.extras}

    def by_reference(self) -> dict[str, np.ndarray | None]:
        """Return every result by the float64 definition."""
        names = (
            "x",
            "kernel",
            "recurrent_kernel",
            "bias",
            "h0",
            "c0",
            "lengths",
            "mask",
            "recurrent_dropout",
        )
        given = {name: self.arrays[name] for name in names}
        f = reference.sequence_forward(self.cell, **given, **self.options)
        ends = {name: self.arrays[name] for name in ("d_outputs", "d_h", "d_c")}
        b = reference.sequence_backward(self.cell, **given, **self.options, **ends)
        forward = {name: getattr(f, name) for name in ("outputs", "h", "c", "states", "cells", "gates")}
        backward = {name: getattr(b, name) for name in vars(b)}
        return {**forward, **backward, "d_bias": None if given["bias"] is None else backward["d_bias"]}

    def by_operators(self, *, loop: bool = False) -> dict[str, np.ndarray | None]:
        """Return every result by :mod:`remy.ops`: the core, or the loop of torch operators."""
        a = {k: None if v is None else torch.from_numpy(np.array(v)) for k, v in self.arrays.items()}
        r = ops.sequence_record(
            a["x"], a["kernel"], a["recurrent_kernel"], a["bias"], cell=self.cell,
            initial_state=None if a["h0"] is None else [a["h0"], *([] if a["c0"] is None else [a["c0"]])],
            lengths=a["lengths"], mask=a["mask"], recurrent_dropout=a["recurrent_dropout"], loop=loop,
            **self.options,
            d_outputs=a["d_outputs"], d_h=a["d_h"], d_c=a["d_c"],
        )  # fmt: skip
        g = r.gradients
        results = {
            "outputs": r.outputs, "h": r.h, "c": r.c, "states": r.states, "cells": r.cells, "gates": r.gates,
        }  # fmt: skip
        if g is not None:
            results |= {
                "d_x": g.x, "d_kernel": g.kernel, "d_recurrent_kernel": g.recurrent_kernel, "d_bias": g.bias,
                "d_h0": g.h, "d_c0": g.c, "d_states": g.states, "d_cells": g.cells,
            }  # fmt: skip
        return {name: None if t is None else t.numpy() for name, t in results.items()}

    def by_autograd(
        self, *, batch_first: bool = False, strided: bool = False, loop: bool = False, run: Any = ops.sequence
    ) -> dict[str, np.ndarray | None]:
        """Return outputs, final states and gradients as a user gets them by `run`; arrays are by time anyway.

        With `strided`, x, mask and the gradient of the outputs are views whose memory has another order.
        """
        order = (0, 1, 2) if strided == batch_first else (1, 0, 2)

        def given(name: str) -> Tensor | None:
            array = self.arrays[name]
            if array is None:
                return None
            tensor = torch.from_numpy(np.array(array))
            if name in ("x", "mask", "d_outputs"):
                tensor = tensor.permute(order[: tensor.dim()]).contiguous().permute(order[: tensor.dim()])
                tensor = tensor.transpose(0, 1) if batch_first else tensor
            return tensor

        a = {name: given(name) for name in self.arrays}
        leaves = {
            n: a[n] for n in ("x", "kernel", "recurrent_kernel", "bias", "h0", "c0") if a[n] is not None
        }
        for leaf in leaves.values():
            leaf.requires_grad_()
        state = [a[n] for n in ("h0", "c0") if a[n] is not None]
        result = run(
            a["x"], a["kernel"], a["recurrent_kernel"], a["bias"], cell=self.cell,
            initial_state=state or None, lengths=a["lengths"], mask=a["mask"],
            recurrent_dropout=a["recurrent_dropout"], loop=loop, batch_first=batch_first, **self.options,
        )  # fmt: skip
        pairs = [(end, a[f"d_{n}"]) for n, end in zip(ENDS, result, strict=True) if end is not None]
        pairs = [(end, gradient) for end, gradient in pairs if gradient is not None and end.requires_grad]
        found = torch.autograd.grad(
            [end for end, _ in pairs], list(leaves.values()), [g for _, g in pairs], materialize_grads=True,
            allow_unused=True,
        )  # fmt: skip
        results = {
            "outputs": result[0], "h": result[1], "c": result[2], "d_bias": None,
            **{f"d_{name}": gradient for name, gradient in zip(leaves, found, strict=True)},
        }  # fmt: skip
        if batch_first:
            results |= {n: results[n].transpose(0, 1) for n in ("outputs", "d_x")}
        return {name: None if t is None else t.detach().numpy() for name, t in results.items()}

    def assert_matches(self, actual: dict[str, Any], expected: dict[str, Any]) -> None:
        """Assert that every result agrees within the table, and that none is missing."""
        assert actual.keys() == expected.keys()
        self.assert_close(actual, expected)

    @staticmethod
    def assert_same_bits(actual: dict[str, Any], expected: dict[str, Any]) -> None:
        """Assert that the results are equal to the last bit."""
        assert actual.keys() == expected.keys()
        for name, value in expected.items():
            if value is None:
                assert actual[name] is None, name
            else:
                assert actual[name].dtype == value.dtype, name
                np.testing.assert_array_equal(actual[name], value, err_msg=name, strict=True)
                assert actual[name].tobytes() == value.tobytes(), name  # -0 and NaN as well

    def assert_close(self, actual: dict[str, Any], expected: dict[str, Any]) -> None:
        """Assert that those results that `actual` has agree within the table."""
        for name, value in actual.items():
            if expected[name] is None:
                assert value is None, name
            else:
                assert_close(value, expected[name], dtype=self.dtype, steps=self.steps, what=name)
