"""Networks of every cell, and what happens inside them by the float64 reference, layer after layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch

from remy import Sequential, reference
from remy.inspect import Trace
from remy.layers import Bidirectional, Dense
from remy.layers.recurrent import Recurrent
from tests.layers.kinds import KINDS

B, T, F, H, V = 4, 7, 3, 5, 3


def _mask(*rows: str) -> torch.Tensor:
    return torch.tensor([[step == "1" for step in row] for row in rows])


#: Ways to mask, each by name, as a layer takes them.
MASKINGS: dict[str, dict[str, Any]] = {
    "none": {},
    "lengths": {"lengths": torch.tensor([7, 1, 0, 4])},
    "gaps": {"mask": _mask("1011001", "0010110", "1111111", "0101010")},
    "left padding": {"mask": _mask("0001111", "1111111", "0000001", "0011111")},
    "a row all masked": {"mask": _mask("1111111", "0000000", "1101111", "0000000")},
    "lengths and gaps": {
        "lengths": torch.tensor([7, 5, 3, 0]),
        "mask": _mask("1001110", "0111111", "1011111", "1111111"),
    },
}


def network(
    kind: str, *, depth: int = 3, both: bool = False, sequences: bool = True, seed: int = 0, **options: Any
) -> Sequential:
    """Return `depth` layers and a head, float64, with random weights distinct for every gate."""
    cls, fixed = KINDS[kind]
    modules: list[torch.nn.Module] = []
    width = F
    for level in range(depth):
        given = {
            "return_sequences": sequences or level < depth - 1,
            "input_size": width,
            "dtype": torch.float64,
        }
        layer = cls(H, **{**fixed, **given, **options})
        modules.append(Bidirectional(layer) if both else layer)
        width = 2 * H if both else H
    model = Sequential([*modules, Dense(V, input_size=width, dtype=torch.float64)])
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.5, generator=generator)
    return model


def inputs(batch: int = B, steps: int = T, seed: int = 1) -> torch.Tensor:
    """Return random sequences ``(B, T, F)``, float64."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, steps, F, generator=generator, dtype=torch.float64)


def classes(*shape: int, seed: int = 2) -> torch.Tensor:
    """Return random classes."""
    return torch.randint(0, V, shape or (B, T), generator=torch.Generator().manual_seed(seed))


def directions_of(module: torch.nn.Module) -> list[Recurrent]:
    """Return the recurrent layers of a level, the forward one first."""
    if isinstance(module, Bidirectional):
        return [module.forward_layer, module.backward_layer]
    return [module] if isinstance(module, Recurrent) else []


def carry(model: torch.nn.Module, batch: int = B, seed: int = 3) -> None:
    """Let every layer carry a random state."""
    generator = torch.Generator().manual_seed(seed)
    for layer in model.modules():
        if isinstance(layer, Recurrent):
            layer._carried = tuple(
                torch.randn(batch, layer.units, generator=generator, dtype=torch.float64)
                for _ in range(layer.state_count)
            )


@dataclass(frozen=True)
class Inside:
    """A layer by the reference; arrays with the steps first."""

    layer: Recurrent
    arguments: dict[str, Any]
    forward: reference.Forward
    backward: reference.Backward

    @property
    def valid(self) -> np.ndarray:
        """``(T, B)``."""
        given, shape = self.arguments, self.forward.states.shape[:2]
        valid = np.ones(shape, bool) if given["mask"] is None else given["mask"].copy()
        if given["lengths"] is not None:
            valid &= np.arange(shape[0])[:, None] < given["lengths"]
        return valid

    def before(self, name: str) -> np.ndarray:
        """Return the states, ``"h"`` or ``"c"``, that every step starts from."""
        after = self.forward.states if name == "h" else self.forward.cells
        first = self.arguments[f"{name}0"]
        first = np.zeros_like(after[0]) if first is None else first
        if self.layer.go_backwards:
            return np.concatenate([after[1:], first[None]])
        return np.concatenate([first[None], after[:-1]])

    @property
    def preactivations(self) -> np.ndarray:
        """``(T, B, G, H)``, from the textbook's equations; zero at masked steps."""
        a, h = self.arguments, self.before("h")
        kernel, recurrent, bias, units = a["kernel"], a["recurrent_kernel"], a["bias"], self.layer.units
        rows = [0, 0] if bias is None else bias if bias.ndim == 2 else [bias, 0]
        of_x, of_h = np.where(self.valid[..., None], a["x"], 0) @ kernel + rows[0], h @ recurrent + rows[1]
        cell, gates = self.layer.cell, self.forward.gates
        if cell == "gru_reset_after":
            of_h[..., 2 * units :] *= gates[:, :, 1]
        if cell == "gru_reset_before":
            of_h[..., 2 * units :] = (gates[:, :, 1] * h) @ recurrent[:, 2 * units :]
        total = (of_x + of_h).reshape(*h.shape[:2], -1, units)
        return np.where(self.valid[..., None, None], total, 0)


def by_reference(
    model: Sequential,
    x: torch.Tensor,
    target: torch.Tensor,
    *,
    lengths: torch.Tensor | None = None,
    mask: torch.Tensor | None = None,
    at: int | None = None,
) -> tuple[np.ndarray, float, dict[tuple[str, str], Inside]]:
    """Return the scores, the loss (cross-entropy of classes), and every layer and direction."""
    levels = [directions_of(module) for module in model][:-1]
    head = model[len(levels)]
    assert isinstance(head, Dense)
    assert head.bias is not None
    weight, bias = _numpy(head.kernel), _numpy(head.bias)
    read, given = _numpy(x).swapaxes(0, 1), []
    for layers in levels:
        each = [_arguments(layer, read, lengths, mask) for layer in layers]
        found = [reference.sequence_forward(layer.cell, **a) for layer, a in zip(layers, each, strict=True)]
        given.append((each, found))
        sequences = layers[0].return_sequences
        read = np.concatenate([f.outputs if sequences else f.h for f in found], axis=-1)
    scores = read @ weight + bias
    loss, arriving = _cross_entropy(
        scores, _numpy(target).T, given[0][0][0] if scores.ndim == 3 else None, at
    )
    arriving = arriving @ weight.T
    inside: dict[tuple[str, str], Inside] = {}
    for level in reversed(range(len(levels))):
        layers, (each, found) = levels[level], given[level]
        name = "d_outputs" if layers[0].return_sequences else "d_h"
        parts = np.split(arriving, len(layers), axis=-1)
        back = [
            reference.sequence_backward(layer.cell, **a, **{name: part})
            for layer, a, part in zip(layers, each, parts, strict=True)
        ]
        for layer, a, f, b in zip(layers, each, found, back, strict=True):
            inside[str(level), "backward" if layer.go_backwards else "forward"] = Inside(layer, a, f, b)
        arriving = np.sum([b.d_x for b in back], axis=0)
    return scores.swapaxes(0, 1) if scores.ndim == 3 else scores, loss, inside


def _arguments(layer: Recurrent, x: np.ndarray, lengths: Any, mask: Any) -> dict[str, Any]:
    carried = layer._carried or ()
    names = ("kernel", "recurrent_kernel", "bias")
    return {
        "x": x,
        **{name: None if (w := getattr(layer, name)) is None else _numpy(w) for name in names},
        **{name: _numpy(carried[k]) if k < len(carried) else None for k, name in enumerate(("h0", "c0"))},
        "lengths": None if lengths is None else _numpy(lengths),
        "mask": None if mask is None else _numpy(mask).T.copy(),
        "reverse": layer.go_backwards,
        "zero_output": layer.zero_output_for_mask,
    }


def _cross_entropy(
    scores: np.ndarray, target: np.ndarray, given: Mapping[str, Any] | None, at: int | None
) -> tuple[float, np.ndarray]:
    """Return the mean over the answers that count, and its gradient at the scores."""
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    counted = np.ones(target.shape, bool)
    if given is not None:
        if given["mask"] is not None:
            counted &= given["mask"]
        if given["lengths"] is not None:
            counted &= np.arange(len(target))[:, None] < given["lengths"]
    if at is not None:
        counted &= (np.arange(len(target)) == at)[:, None]
    right = np.eye(scores.shape[-1])[target]
    loss = -(right * np.log(shares)).sum(axis=-1)[counted].mean()
    return float(loss), (shares - right) * counted[..., None] / counted.sum()


def _numpy(t: torch.Tensor) -> np.ndarray:
    return np.array(t.detach().numpy())


def close(actual: Any, expected: Any, what: str = "", bound: float = 1e-9) -> None:
    """Assert equality to 1e-9 of the largest expected value; where nothing is expected, there is nothing."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, expected {expected.shape}"
    scale = float(np.abs(expected).max(initial=0.0))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=bound * scale, err_msg=what)


def assert_is_the_references(
    found: Trace,
    model: Sequential,
    x: torch.Tensor,
    target: torch.Tensor,
    *,
    at: int | None = None,
    **masking: Any,
) -> None:
    """Assert that every number of a trace is that of the reference, layer by layer."""
    scores, loss, inside = by_reference(model, x, target, at=at, **masking)
    close(found.scores, scores, "scores")
    assert found.loss == pytest.approx(loss, rel=1e-12)
    assert {(layer.name, layer.direction) for layer in found.layers} == set(inside)
    for layer in found.layers:
        wanted, where = inside[layer.name, layer.direction], f"{layer.name} {layer.direction} "
        gates = len(layer.gate_names)
        pairs = {
            "valid": (layer.valid, wanted.valid),
            "preactivations": (layer.preactivations, wanted.preactivations),
            "gates": (layer.gates, wanted.forward.gates[:, :, :gates]),
            "h": (layer.h, wanted.forward.states),
            "h before": (layer.h_before, wanted.before("h")),
            "gradient at h": (layer.gradients.h, wanted.backward.d_states),
            "gradient at x": (layer.gradients.x, wanted.backward.d_x),
        }
        if wanted.forward.cells is not None:
            pairs["c"] = layer.c, wanted.forward.cells
            pairs["c before"] = layer.c_before, wanted.before("c")
            pairs["gradient at c"] = layer.gradients.c, wanted.backward.d_cells
        else:
            assert layer.c is layer.c_before is layer.gradients.c is None
        if layer.cell == "gru_reset_after":
            pairs["recurrent part"] = layer.recurrent_part, wanted.forward.gates[:, :, 3]
        for what, (actual, expected) in pairs.items():
            close(actual, expected.swapaxes(0, 1), where + what)


def everything(found: Trace) -> list[np.ndarray]:
    """Every array of a trace."""
    arrays = [found.scores]
    for layer in found.layers:
        for part in (layer, layer.jacobians, layer.gradients):
            arrays += [each for each in vars(part).values() if isinstance(each, np.ndarray)]
    return arrays
