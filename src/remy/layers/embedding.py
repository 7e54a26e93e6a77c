"""Vectors for ids."""

from __future__ import annotations

import torch
from torch import Tensor

from remy.errors import ShapeError
from remy.layers.checks import at_least_one
from remy.layers.initializers import Initializer, initialize


class Embedding(torch.nn.Module):
    """One learned vector for every id from 0 to ``input_dim - 1``.

    Parameters
    ----------
    input_dim
        Number of ids V.
    output_dim
        Width of the vectors E; the weights `embeddings` are ``(V, E)``.
    mask_zero
        Whether id 0 stands for padding: within `Sequential` its steps are masked.
    embeddings_initializer
        As in Keras.
    device, dtype
        Of the weights, as in torch.

    Raises
    ------
    UsageError
        If a size is below 1.

    Examples
    --------
    >>> import torch
    >>> from remy.layers import Embedding
    >>> Embedding(100, 8)(torch.tensor([[3, 1, 0]])).shape
    torch.Size([1, 3, 8])
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        *,
        mask_zero: bool = False,
        embeddings_initializer: Initializer = "random_uniform",
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.input_dim = at_least_one("embedding", "input_dim", input_dim)
        self.output_dim = at_least_one("embedding", "output_dim", output_dim)
        self.mask_zero = mask_zero
        self.embeddings = torch.nn.Parameter(
            torch.empty(self.input_dim, self.output_dim, device=device, dtype=dtype)
        )
        initialize(self.embeddings, embeddings_initializer)

    def forward(self, ids: Tensor) -> Tensor:
        """Return ``(..., E)`` for whole numbers ``(...)``.

        Raises
        ------
        ShapeError
            If the ids are not of an integer dtype.
        IndexError
            If an id lies outside 0 to ``input_dim - 1``.
        """
        if ids.is_floating_point() or ids.dtype == torch.bool:
            dtype = str(ids.dtype).removeprefix("torch.")
            raise ShapeError(f"embedding: expected ids of an integer dtype, got {dtype}; pass ids.long().")
        if ids.dtype not in (torch.int32, torch.int64):
            ids = ids.long()
        return torch.nn.functional.embedding(ids, self.embeddings)

    def compute_mask(self, ids: Tensor) -> Tensor | None:
        """Return where ids count, ``(B, T)``, or ``None`` without `mask_zero`."""
        return ids != 0 if self.mask_zero else None

    def extra_repr(self) -> str:
        """Return the sizes for the module's printed form."""
        return f"{self.input_dim}, {self.output_dim}" + (", mask_zero=True" if self.mask_zero else "")
