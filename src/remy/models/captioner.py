"""The network of a captioner: one picture or vector in, a sequence out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from remy.io.architecture.captioner import VECTOR_SIZE
from remy.io.architecture.picture import block_filters
from remy.models.decoder import Decoder, Memory
from remy.models.network import Network
from remy.models.picture import PictureEncoder


class CaptionerNetwork(Network):
    """Convolutions, unless vectors are read, and a decoder that starts from the mean of their grid.

    Parameters
    ----------
    architecture
        As in the model file, of the kind ``captioner``.
    shift
        Pixels, at most, that pictures are moved while training.
    dropout
        Share dropped of what each layer reads, one mask per row held over time.
    recurrent_dropout
        Share of each layer's state dropped where it enters the recurrent product.

    Raises
    ------
    ModelFileError
        If `architecture` is not one of a captioner.

    References
    ----------
    O. Vinyals et al., "Show and tell: a neural image caption generator", CVPR 2015; K. Xu et al., "Show,
    attend and tell: neural image caption generation with visual attention", ICML 2015.

    Examples
    --------
    >>> network = CaptionerNetwork({"kind": "captioner", "picture_size": 8, "picture_channels": 1,
    ...     "filters": 2, "blocks": 2, "target_vocabulary_size": 7, "target_embedding_size": 4,
    ...     "decoder_units": 5, "readout_units": 4, "attention": "additive", "input_feeding": False,
    ...     "tied": True, "cell": "gru", "layers": 1, "reset_after": True, "activation": "tanh"})
    >>> memory = network(torch.zeros(3, 8, 8, 1))
    >>> memory.parts.shape, network.decoder(torch.tensor([[1, 5]] * 3), memory).shape
    (torch.Size([3, 4, 4]), torch.Size([3, 2, 4]))
    """

    def __init__(
        self,
        architecture: Mapping[str, Any],
        *,
        shift: int = 0,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
    ) -> None:
        super().__init__(architecture)
        self.encoder: PictureEncoder | None = None
        if VECTOR_SIZE in architecture:
            width = architecture[VECTOR_SIZE]
        else:
            self.encoder = PictureEncoder(architecture, shift=shift)
            width = block_filters(architecture)[-1]
        self.decoder = Decoder(
            architecture, start=width, memory=width, dropout=dropout, recurrent_dropout=recurrent_dropout
        )

    def forward(self, values: Tensor) -> Memory:
        """Read pictures (B, size, size, channels) from 0 to 1, vectors (B, D), or grids of them (B, S, D)."""
        if self.encoder is not None:
            parts = self.encoder(values)
        else:
            parts = values[:, None] if values.ndim == 2 else values
        inside = torch.ones(parts.shape[:2], dtype=torch.bool, device=parts.device)
        return Memory(parts.mean(dim=1), parts, inside)

    def named_weights(self) -> dict[str, torch.nn.Parameter]:
        """Return every weight under its name in the model file."""
        read = self.encoder.named_weights() if self.encoder is not None else {}
        return {**read, **self.decoder.named_weights()}
