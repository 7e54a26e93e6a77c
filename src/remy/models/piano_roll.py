"""The network of a model of piano rolls: the keys of a frame in, scores of the next frame's keys out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, dropout

from remy import layers
from remy.models.network import Network
from remy.models.stack import make_stack, stack_weights


class PianoRollNetwork(Network):
    """Recurrent layers over the frames of a piece, and an independent sigmoid for each key of the next::

        h_t            = rnn(x_{t-1}, h_{t-1}),  x_0 = 0
        P(x_t | x_<t)  = Π_k σ(z_tk)^x_tk (1 - σ(z_tk))^(1 - x_tk),  z_t = dense(h_t)

    A silent frame is read before the first one, so that the network learns how pieces begin.

    Parameters
    ----------
    architecture
        As in the model file, of the kind ``piano_roll``.
    dropout
        Share dropped of what each layer above the first reads and of what the output reads.
    recurrent_dropout
        Share of each layer's state dropped where it enters the recurrent product, one mask per row.
    frequencies
        (K,), each between 0 and 1: how often each key sounds. The output begins there instead of at one half,
        so that the first updates need not find out that most keys are silent.

    Raises
    ------
    ModelFileError
        If `architecture` is not one of a model of piano rolls.

    References
    ----------
    N. Boulanger-Lewandowski, Y. Bengio and P. Vincent, "Modeling temporal dependencies in high-dimensional
    sequences", ICML 2012 (the RNN beside their RNN-RBM).

    Examples
    --------
    >>> network = PianoRollNetwork({"kind": "piano_roll", "keys": 88, "cell": "gru", "units": 4, "layers": 1,
    ...     "reset_after": True, "activation": "tanh"})
    >>> network(torch.zeros(2, 5, 88), torch.tensor([5, 3])).shape
    torch.Size([2, 5, 88])
    """

    def __init__(
        self,
        architecture: Mapping[str, Any],
        *,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        frequencies: ArrayLike | None = None,
    ) -> None:
        super().__init__(architecture)
        self.dropout = dropout
        self.rnn = make_stack(architecture, recurrent_dropout=recurrent_dropout)
        self.rnn.dropout = dropout
        self.dense = layers.Dense(architecture["keys"])
        with torch.no_grad():
            # The layers find their input size at the first call.
            self(torch.zeros(1, 1, architecture["keys"]), torch.ones(1, dtype=torch.int64))
            if frequencies is not None:
                often = torch.as_tensor(np.asarray(frequencies, np.float64))
                self.dense.get_parameter("bias").copy_(torch.logit(often))

    def forward(self, rolls: Tensor, lengths: Tensor) -> Tensor:
        """Score every key in every frame, from the frames before it.

        Parameters
        ----------
        rolls
            (B, T, K), 1 where a key sounds; what is past a length is never read.
        lengths
            (B,).

        Returns
        -------
        Tensor
            (B, T, K): the logit of each key in frame t, which has seen frames 1 to t - 1 only.
        """
        before = torch.cat([torch.zeros_like(rolls[:, :1]), rolls[:, :-1]], dim=1)
        outputs = self.rnn(before, lengths=lengths, whole=True).outputs
        scores: Tensor = self.dense(dropout(outputs, self.dropout, self.training))
        return scores

    def loss(self, scores: Tensor, rolls: Tensor, lengths: Tensor) -> Tensor:
        """Return ``-log P`` of a frame: summed over its keys, the mean over all frames of all pieces.

        Parameters
        ----------
        scores, lengths
            What `forward` returned and read.
        rolls
            (B, T, K), what was to be predicted; what is past a length does not count.
        """
        inside = torch.arange(rolls.shape[1], device=rolls.device) < lengths[:, None]
        summed = binary_cross_entropy_with_logits(scores[inside], rolls[inside], reduction="sum")
        return summed / lengths.sum()

    def named_weights(self) -> dict[str, torch.nn.Parameter]:
        """Return every weight under its name in the model file."""
        named = stack_weights(self.rnn)
        return named | {"dense/kernel": self.dense.kernel, "dense/bias": self.dense.get_parameter("bias")}
