"""What one step does to the state: the Jacobian of a step, whole or as norms, from the gates of a trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from remy.inspect.record import Array, Jacobians, LayerTrace

#: Steps whose Jacobians are in memory at once, where only the matrices have their norms.
_TOGETHER = 8


class StepValues(NamedTuple):
    """What the Jacobians of some steps follow from; arrays ``(N, H)``, `gates` ``(N, S, H)``.

    `gates` has the slots of the cell in :data:`remy.ops.CELLS`, the GRU's fourth among them. `held`
    ``(N, G + 2, H)`` is true where a gate, the new h or the new c was held, and nothing follows from it.
    """

    cell: str
    gates: Array
    h: Array
    c: Array | None
    h_before: Array
    c_before: Array | None
    recurrent_kernel: Array
    held: Array | None = None

    @classmethod
    def of(cls, layer: LayerTrace) -> StepValues:
        """Return the valid steps of a layer of a trace, row by row."""
        kept = layer.valid

        def rows(array: Array | None) -> Array | None:
            return None if array is None else array[kept]

        gates = layer.gates[kept]
        if layer.recurrent_part is not None:
            gates = np.concatenate([gates, layer.recurrent_part[kept][:, None]], axis=1)
        return cls(
            layer.cell,
            gates,
            layer.h[kept],
            rows(layer.c),
            layer.h_before[kept],
            rows(layer.c_before),
            layer.recurrent_kernel,
            rows(layer.held),
        )

    def free(self, which: int) -> Array | float:
        """Return 0 where a gate was held and 1 elsewhere; -2 is the new h, -1 the new c."""
        return 1.0 if self.held is None else (~self.held[:, which]).astype(self.h.dtype)


def state_jacobians(layer: LayerTrace) -> tuple[Array, Array]:
    """Return both parts of ``∂s_t/∂s_{t-1}`` of every valid step.

    Parameters
    ----------
    layer
        Of a trace.

    Returns
    -------
    cell_road, gate_road : ndarray
        ``(N, S, S)``, for the N valid steps, row by row; S is H, for the LSTM 2 H with h first. Element
        ``[n, i, j]`` is the derivative of the new state's i by the old state's j. Their sum is the Jacobian;
        see :class:`~remy.inspect.Jacobians` for what they are.
    """
    return matrices(StepValues.of(layer))


def matrices(v: StepValues) -> tuple[Array, Array]:
    """Return both parts of the Jacobians, ``(N, S, S)``; see :func:`state_jacobians`."""
    units = v.h.shape[1]
    # U_g^T[i, j]: from the old h_j to gate g of unit i.
    kernels = [v.recurrent_kernel[:, k : k + units].T for k in range(0, v.recurrent_kernel.shape[1], units)]
    if v.cell == "lstm":
        return _lstm_matrices(v, kernels)
    cell_road, gate_road = np.zeros((2, len(v.h), units, units), v.h.dtype)
    if v.cell.startswith("gru"):
        z = v.gates[:, 0]
        cell_road[:, range(units), range(units)] = z * v.free(-2)
    if v.cell == "gru_reset_before":
        of_update, of_reset, slope = _reset_before_slopes(v)
        inner = of_reset[:, :, None] * kernels[1]
        inner[:, range(units), range(units)] += v.gates[:, 1]
        import torch  # whose products run side by side; the figures, which read this file, do without it

        products = torch.matmul(torch.from_numpy(np.ascontiguousarray(kernels[2])), torch.from_numpy(inner))
        through = slope[:, :, None] * products.numpy()
        return cell_road, through + of_update[:, :, None] * kernels[0]
    for w, kernel in zip(_slopes(v), kernels, strict=True):
        gate_road += w[:, :, None] * kernel
    return cell_road, gate_road


def _lstm_matrices(v: StepValues, kernels: list[Array]) -> tuple[Array, Array]:
    units = v.h.shape[1]
    to_c, of_output, h_of_c = _lstm_slopes(v)
    cell_road, gate_road = np.zeros((2, len(v.h), 2 * units, 2 * units), v.h.dtype)
    h_places, c_places = range(units), range(units, 2 * units)
    f = v.gates[:, 1] * v.free(-1)
    cell_road[:, h_places, c_places] = h_of_c * f
    cell_road[:, c_places, c_places] = f
    c_by_h = sum(w[:, :, None] * kernel for w, kernel in zip(to_c, kernels[:3], strict=True))
    gate_road[:, :units, :units] = h_of_c[:, :, None] * c_by_h + of_output[:, :, None] * kernels[3]
    gate_road[:, units:, :units] = c_by_h
    return cell_road, gate_road


def _lstm_slopes(v: StepValues) -> tuple[list[Array], Array, Array]:
    """Return ``∂c_t/∂a`` of the first three gates, ``∂h_t/∂a`` of the output gate, and ``∂h_t/∂c_t``.

    ``(N, H)`` each.
    """
    assert v.c is not None
    assert v.c_before is not None
    i, f, g, o = np.moveaxis(v.gates, 1, 0)
    squashed = np.tanh(v.c)
    to_c = [g * i * (1 - i), v.c_before * f * (1 - f), i * (1 - g**2)]
    if v.held is not None:
        to_c = [slope * v.free(gate) * v.free(-1) for gate, slope in enumerate(to_c)]
    return to_c, squashed * o * (1 - o) * v.free(3) * v.free(-2), o * (1 - squashed**2) * v.free(-2)


def _slopes(v: StepValues) -> Sequence[Array]:
    """Return ``∂h_t/∂a``, G times ``(N, H)``; not of the LSTM, nor where the reset is before the product."""
    if v.cell == "gru_reset_after":
        z, r, candidate, q = np.moveaxis(v.gates, 1, 0)
        slope = (1 - z) * (1 - candidate**2) * v.free(2)
        of_update = (v.h_before - candidate) * z * (1 - z) * v.free(0)
        return [w * v.free(-2) for w in (of_update, slope * q * r * (1 - r) * v.free(1), slope * r)]
    slopes = {
        "simple_rnn_tanh": lambda: 1 - v.h**2,
        "simple_rnn_relu": lambda: (v.h > 0).astype(v.h.dtype),
        "simple_rnn_linear": lambda: np.ones_like(v.h),
    }
    return [slopes[v.cell]() * v.free(-2)]


def _reset_before_slopes(v: StepValues) -> tuple[Array, Array, Array]:
    """Return ``∂h_t/∂a_z``, ``∂(r ⊙ h_{t-1})/∂a_r`` and ``∂h_t/∂a_h``, ``(N, H)`` each.

    Of the GRU whose reset gate acts before the product.
    """
    z, r, candidate = np.moveaxis(v.gates, 1, 0)
    of_update = (v.h_before - candidate) * z * (1 - z) * v.free(0) * v.free(-2)
    of_reset = v.h_before * r * (1 - r) * v.free(1)
    return of_update, of_reset, (1 - z) * (1 - candidate**2) * v.free(2) * v.free(-2)


def norms(v: StepValues) -> tuple[Array, Array, Array, Array]:
    """Return ``(N,)`` each: the norms of :class:`Jacobians`, in its order.

    Summed over the gates in closed form, ``‖Σ_g diag(w_g) U_gᵀ‖² = Σ_i w_iᵀ (U_iᵀ U_i) w_i`` with ``U_i`` the
    columns of unit i: no matrix is made for any step.
    """
    if v.cell == "gru_reset_before":
        return _reset_before_norms(v)
    units = v.h.shape[1]
    columns = v.recurrent_kernel.reshape(units, -1, units)
    gram = np.einsum("jgi,jki->gki", columns, columns).transpose(2, 0, 1)
    if v.cell == "lstm":
        return _lstm_norms(v, gram)
    to_h = _slopes(v)
    gates_to_h = _quadratic(to_h, gram).sum(axis=1)
    if v.cell == "gru_reset_after":
        z = v.gates[:, 0] * v.free(-2)
        own = np.einsum("igi->gi", columns)
        cell_squared = np.sum(z**2, axis=1)
        mixed = 2 * np.sum(z * sum(w * u for w, u in zip(to_h, own, strict=True)), axis=1)
        both = _root(gates_to_h + cell_squared + mixed)
        return both, both, _root(cell_squared), _root(gates_to_h)
    found = _root(gates_to_h)
    return found, found, np.zeros_like(found), found


def _reset_before_norms(v: StepValues) -> tuple[Array, Array, Array, Array]:
    """There the reset gate stands between two recurrent kernels, and only the matrices have the answer.

    Some steps at a time, so that their matrices stay in the cache; ``diag(z)`` is added to the norm alone.
    """
    import torch

    units = v.h.shape[1]
    of_update, of_reset, of_candidate = (
        torch.from_numpy(np.ascontiguousarray(v.recurrent_kernel[:, k : k + units].T))
        for k in range(0, 3 * units, units)
    )
    update, reset, slope = map(torch.from_numpy, _reset_before_slopes(v))
    r = torch.from_numpy(np.ascontiguousarray(v.gates[:, 1]))
    kept = torch.from_numpy(v.gates[:, 0] * v.free(-2))
    squared, diagonal = torch.empty(len(r), dtype=r.dtype), torch.empty_like(r)
    for start in range(0, len(r), _TOGETHER):
        some = slice(start, start + _TOGETHER)
        inner = reset[some, :, None] * of_reset
        inner.diagonal(dim1=1, dim2=2).add_(r[some])
        road = torch.matmul(of_candidate, inner).mul_(slope[some, :, None])
        road.addcmul_(update[some, :, None], of_update)
        diagonal[some] = road.diagonal(dim1=1, dim2=2)
        squared[some] = road.flatten(1).square_().sum(dim=1)
    cell = (kept**2).sum(dim=1)
    both = _root((squared + cell + 2 * (kept * diagonal).sum(dim=1)).numpy())
    return both, both, _root(cell.numpy()), _root(squared.numpy())


def _lstm_norms(v: StepValues, gram: Array) -> tuple[Array, Array, Array, Array]:
    to_c, of_output, h_of_c = _lstm_slopes(v)
    by_unit = _quadratic(to_c, gram)
    mixed = sum(w * gram[:, k, 3] for k, w in enumerate(to_c))
    # With to_h = h_of_c ⊙ to_c for the three gates that c follows from, and the output gate beside them.
    hidden = np.sum(
        by_unit * h_of_c**2 + of_output * (2 * h_of_c * mixed + of_output * gram[:, 3, 3]), axis=1
    )
    gates = hidden + by_unit.sum(axis=1)
    cell = np.sum((v.gates[:, 1] * v.free(-1)) ** 2 * (1 + h_of_c**2), axis=1)
    return _root(hidden), _root(gates + cell), _root(cell), _root(gates)


def _quadratic(weights: Sequence[Array], gram: Array) -> Array:
    """Return ``w_iᵀ G_i w_i`` of every unit, ``(N, H)``, for G weights ``(N, H)`` and ``(H, G, G)``."""
    total = np.zeros_like(weights[0])
    for g, own in enumerate(weights):
        row = own * gram[:, g, g]
        for k in range(g + 1, len(weights)):
            row += weights[k] * (2 * gram[:, g, k])
        row *= own
        total += row
    return total


def _root(squared: Array) -> Array:
    found: Array = np.sqrt(np.maximum(squared, 0))
    return found


def jacobian_norms(v: StepValues, valid: Array) -> Jacobians:
    """Return the norms for all steps ``(B, T)``; `v` has the valid ones, and a masked step carries on."""
    units = v.h.shape[1]
    carried = np.sqrt(units)
    width = carried * (np.sqrt(2) if v.cell == "lstm" else 1)
    found = []
    for values, at_masked in zip(norms(v), (carried, width, width, 0.0), strict=True):
        whole = np.full(valid.shape, at_masked, v.h.dtype)
        whole[valid] = values
        found.append(whole)
    return Jacobians(*found)
