"""The network of a translator: a sequence in, another one of its own length out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from remy import layers
from remy.io.architecture.translator import ENCODER, encoder_layers
from remy.models.decoder import Decoder, Memory
from remy.models.network import Network
from remy.models.stack import make_stack, stack_weights


class TranslatorNetwork(Network):
    """Embedding and recurrent layers in both directions, and a decoder that looks at all their outputs.

    Parameters
    ----------
    architecture
        As in the model file, of the kind ``translator``.
    dropout
        Share dropped of what each layer reads, one mask per row held over time.
    recurrent_dropout
        Share of each layer's state dropped where it enters the recurrent product.

    Raises
    ------
    ModelFileError
        If `architecture` is not one of a translator.

    References
    ----------
    I. Sutskever, O. Vinyals and Q. Le, "Sequence to sequence learning with neural networks", NeurIPS 2014.

    Examples
    --------
    >>> network = TranslatorNetwork({"kind": "translator", "vocabulary_size": 9, "embedding_size": 3,
    ...     "target_vocabulary_size": 7, "target_embedding_size": 4, "decoder_units": 5, "readout_units": 4,
    ...     "attention": "additive", "input_feeding": False, "tied": True, "cell": "gru", "units": 3,
    ...     "layers": 1, "reset_after": True, "activation": "tanh"})
    >>> memory = network(torch.tensor([[3, 4, 2]]), torch.tensor([3]))
    >>> network.decoder(torch.tensor([[1, 5]]), memory).shape
    torch.Size([1, 2, 4])
    """

    def __init__(
        self, architecture: Mapping[str, Any], *, dropout: float = 0.0, recurrent_dropout: float = 0.0
    ) -> None:
        super().__init__(architecture)
        self.embedding = layers.Embedding(
            architecture["vocabulary_size"],
            architecture["embedding_size"],
            # With Keras's values, within 0.05, a small network looks at all parts alike for many updates.
            embeddings_initializer=torch.nn.init.normal_,
        )
        self.rnn = make_stack(
            encoder_layers(architecture), dropout=dropout, recurrent_dropout=recurrent_dropout
        )
        width = 2 * architecture["units"]
        self.decoder = Decoder(
            architecture, start=width, memory=width, dropout=dropout, recurrent_dropout=recurrent_dropout
        )
        with torch.no_grad():
            # The layers find their input size at the first call.
            self(torch.zeros(1, 1, dtype=torch.int64), torch.ones(1, dtype=torch.int64))

    def forward(self, ids: Tensor, lengths: Tensor) -> Memory:
        """Read sources (B, S) of some lengths (B,), at least 1; what is past a length is never read."""
        found = self.rnn(self.embedding(ids), lengths=lengths, whole=True)
        inside = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        return Memory(found.last, found.outputs, inside)

    def named_weights(self) -> dict[str, torch.nn.Parameter]:
        """Return every weight under its name in the model file."""
        encoder = stack_weights(self.rnn, prefix=ENCODER)
        return {"embedding/embeddings": self.embedding.embeddings, **encoder, **self.decoder.named_weights()}
