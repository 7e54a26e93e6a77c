"""From the outputs of all steps to one vector a sequence."""

from __future__ import annotations

import torch
from torch import Tensor

from remy.layers.sequence_layer import Whole


class Pooling(torch.nn.Module):
    """Pools what recurrent layers return over the steps within each row's length.

    Parameters
    ----------
    kind
        ``last`` (each direction's output after the last step in its own order), ``mean``, ``max``, or
        ``attention``: the mean weighted by ``softmax_t(k · o_t)`` with a learned k.
    width
        Of the outputs, D.

    Examples
    --------
    >>> whole = Whole(torch.tensor([[[1.0], [5.0], [9.0]]]), torch.tensor([[5.0]]), ())
    >>> Pooling("mean", 1)(whole, torch.tensor([2]))
    tensor([[3.]])
    """

    def __init__(self, kind: str, width: int) -> None:
        super().__init__()
        self.kind = kind
        if kind == "attention":
            self.kernel = torch.nn.Parameter(torch.zeros(width, 1))

    def forward(self, whole: Whole, lengths: Tensor) -> Tensor:
        """Return (B, D) of outputs (B, T, D) and lengths (B,), all at least 1."""
        outputs: Tensor = whole.outputs
        if self.kind == "last":
            last: Tensor = whole.last
            return last
        inside = (torch.arange(outputs.shape[1], device=outputs.device) < lengths[:, None])[..., None]
        if self.kind == "max":
            return outputs.masked_fill(~inside, -torch.inf).amax(dim=1)
        if self.kind == "mean":
            return (outputs * inside).sum(dim=1) / lengths[:, None]
        weights = (outputs @ self.kernel).masked_fill(~inside, -torch.inf).softmax(dim=1)
        return (weights * outputs).sum(dim=1)
