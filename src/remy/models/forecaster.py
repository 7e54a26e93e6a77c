"""The network of a forecaster: an encoder of the past, a decoder of the steps ahead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import dropout, softplus

from remy import layers
from remy.models.network import Network
from remy.models.stack import make_stack, stack_weights

#: Narrowest width of a distribution and fewest degrees of freedom (the variance exists), as in the runtime.
LEAST_WIDTH, LEAST_FREEDOM = 1e-3, 2.0


class ForecasterNetwork(Network):
    """Encoder, decoder that starts from the encoder's state, dense output of every step ahead.

    Parameters
    ----------
    architecture
        As in the model file, of the kind ``forecaster``.
    dropout
        Share dropped of what each layer above the first reads and of what the output reads.
    recurrent_dropout
        Share of each layer's state dropped where it enters the recurrent product.

    Raises
    ------
    ModelFileError
        If `architecture` is not one of a forecaster.

    References
    ----------
    I. Sutskever, O. Vinyals and Q. Le, "Sequence to sequence learning with neural networks", NeurIPS 2014;
    autoregressive with a likelihood: D. Salinas et al., "DeepAR", Int. J. Forecasting 36 (2020).

    Examples
    --------
    >>> network = ForecasterNetwork({"kind": "forecaster", "targets": 1, "known": 2, "past": 0, "window": 5,
    ...     "horizon": 3, "decoding": "direct", "output": "quantiles", "outputs": 3, "from_last": True,
    ...     "cell": "gru", "units": 4, "layers": 1, "reset_after": True, "activation": "tanh"})
    >>> network(torch.zeros(2, 5, 4), torch.zeros(2, 3, 3), torch.zeros(2, 1), None).shape
    torch.Size([2, 3, 1, 3])
    """

    def __init__(
        self, architecture: Mapping[str, Any], *, dropout: float = 0.0, recurrent_dropout: float = 0.0
    ) -> None:
        super().__init__(architecture)
        self.dropout = dropout
        self.encoder = make_stack(architecture, recurrent_dropout=recurrent_dropout)
        self.decoder = make_stack(architecture, recurrent_dropout=recurrent_dropout)
        self.encoder.dropout = self.decoder.dropout = dropout
        self.targets, self.outputs = architecture["targets"], architecture["outputs"]
        self.feeds_back = architecture["decoding"] == "autoregressive"
        self.dense = layers.Dense(self.targets * self.outputs)
        with torch.no_grad():
            # The layers find their input sizes at the first call.
            known = architecture["known"]
            past = torch.zeros(1, 1, 2 * self.targets + known + architecture["past"])
            self(past, torch.zeros(1, 1, 1 + known), torch.zeros(1, self.targets), None)

    def forward(self, past: Tensor, ahead: Tensor, last: Tensor, true: Tensor | None) -> Tensor:
        """Answer the steps ahead.

        Parameters
        ----------
        past, ahead, last
            (B, W, F), (B, H, 1 + C) and (B, K), as :class:`remy.data.windows.Inputs` has them.
        true
            (B, H, K): the targets ahead; an autoregressive decoder reads of them what lies before each step
            (teacher forcing). None only for a single step.

        Returns
        -------
        Tensor
            (B, H, K, O) on the common scale: rising quantiles, or location, width and degrees of freedom.
        """
        whole = self.encoder(past, whole=True)
        steps = ahead.shape[1]
        before = last[:, None].expand(-1, steps, -1)
        if self.feeds_back:
            if true is not None:
                before = torch.cat([last[:, None], true[:, :-1]], dim=1)
            ahead = torch.cat([ahead, before - last[:, None]], dim=2)
        read = self.decoder(ahead, initial_state=whole.state, whole=True).outputs
        raw: Tensor = self.dense(dropout(read, self.dropout, self.training))
        raw = raw.reshape(*raw.shape[:2], self.targets, self.outputs)
        base = before[..., None] if self.architecture["from_last"] else None
        if self.architecture["output"] == "quantiles":
            found = rising(raw)
            return found if base is None else found + base
        location = raw[..., :1] if base is None else raw[..., :1] + base
        return torch.cat(
            [location, softplus(raw[..., 1:2]) + LEAST_WIDTH, softplus(raw[..., 2:]) + LEAST_FREEDOM], dim=3
        )

    def named_weights(self) -> dict[str, torch.nn.Parameter]:
        """Return every weight under its name in the model file."""
        named = stack_weights(self.encoder, "encoder") | stack_weights(self.decoder, "decoder")
        return named | {"dense/kernel": self.dense.kernel, "dense/bias": self.dense.get_parameter("bias")}


def rising(raw: Tensor) -> Tensor:
    """Return quantiles (..., Q) that cannot cross: the middle one, and steps of softplus to both sides.

    ``q_m = r_m``; above the middle m ``q_{k+1} = q_k + softplus(r_{k+1})``, below it
    ``q_{k-1} = q_k - softplus(r_{k-1})``.
    """
    count = raw.shape[-1]
    middle = count // 2
    steps = softplus(raw)
    below = steps[..., :middle].flip(-1).cumsum(-1).flip(-1)
    above = steps[..., middle + 1 :].cumsum(-1)
    centre = raw[..., middle : middle + 1]
    return torch.cat([centre - below, centre, centre + above], dim=-1)
