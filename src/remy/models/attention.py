"""Attention: which parts of a memory a state looks at, and what it sees there."""

from __future__ import annotations

import torch
from torch import Tensor

from remy.layers.initializers import initialize


class Attention(torch.nn.Module):
    """Attention of states over a memory; subclasses say how a part is scored.

    ``weights = softmax_s(score(q_t, m_s))``, ``context_t = sum_s weights_ts m_s``.
    """

    memory_kernel: torch.nn.Parameter

    def keys(self, memory: Tensor) -> Tensor:
        """Return of the memory (B, S, D) what scores need of it, once for all steps."""
        return memory @ self.memory_kernel

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return (B, T, S) for queries (B, T, H) and keys (B, S, A)."""
        raise NotImplementedError

    def forward(self, queries: Tensor, memory: Tensor, keys: Tensor, inside: Tensor) -> Tensor:
        """Return what the queries see, (B, T, D).

        Parameters
        ----------
        queries
            (B, T, H).
        memory, keys
            (B, S, D), and what `keys` made of it.
        inside
            (B, S) bool, true where the memory is there; in every row at least once.
        """
        scores = self.scores(queries, keys).masked_fill(~inside[:, None], -torch.inf)
        return torch.bmm(scores.softmax(dim=2), memory)


class AdditiveAttention(Attention):
    """``score(q, m) = v . tanh(q W + m U)``.

    References
    ----------
    D. Bahdanau, K. Cho and Y. Bengio, "Neural machine translation by jointly learning to align and
    translate", ICLR 2015.
    """

    def __init__(self, units: int, memory: int, width: int) -> None:
        super().__init__()
        self.query_kernel = torch.nn.Parameter(torch.empty(units, width))
        self.memory_kernel = torch.nn.Parameter(torch.empty(memory, width))
        self.score = torch.nn.Parameter(torch.empty(width, 1))
        for parameter in (self.query_kernel, self.memory_kernel, self.score):
            initialize(parameter, "glorot_uniform")
        self.score = torch.nn.Parameter(self.score.detach()[:, 0].clone())

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return (B, T, S)."""
        sums = (queries @ self.query_kernel)[:, :, None] + keys[:, None]
        return torch.tanh(sums) @ self.score


class MultiplicativeAttention(Attention):
    """``score(q, m) = q . (m W)``, the general form.

    References
    ----------
    M.-T. Luong, H. Pham and C. D. Manning, "Effective approaches to attention-based neural machine
    translation", EMNLP 2015.
    """

    def __init__(self, units: int, memory: int, width: int) -> None:
        super().__init__()
        self.memory_kernel = torch.nn.Parameter(torch.empty(memory, units))
        initialize(self.memory_kernel, "glorot_uniform")

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return (B, T, S)."""
        return torch.bmm(queries, keys.transpose(1, 2))


#: Name in the architecture -> its class; without attention there is none.
ATTENTIONS: dict[str, type[AdditiveAttention] | type[MultiplicativeAttention]] = {
    "additive": AdditiveAttention,
    "multiplicative": MultiplicativeAttention,
}
