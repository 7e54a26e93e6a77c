"""The network of a classifier or a regressor: a sequence in, scores of its classes or one number out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from remy import layers
from remy.data.tokenizer import UNKNOWN_ID
from remy.models.network import Network
from remy.models.pooling import Pooling
from remy.models.stack import make_stack, stack_weights


class ClassifierNetwork(Network):
    """Embedding (for tokens) or numbers, recurrent layers, pooling, dense output.

    Parameters
    ----------
    architecture
        As in the model file, of the kind ``classifier``.
    dropout
        Share dropped of what each layer reads, one mask per row held over time, and of the pooled vector.
    recurrent_dropout
        Share of each layer's state dropped where it enters the recurrent product.
    token_dropout
        Share of tokens that are read as the unknown one while training, so that there is something to learn
        for it (word dropout; Iyyer et al. 2015).

    Raises
    ------
    ModelFileError
        If `architecture` is not one of a classifier.

    Examples
    --------
    >>> network = ClassifierNetwork({"kind": "classifier", "vocabulary_size": 9, "embedding_size": 3,
    ...     "features": 0, "outputs": 2, "output": "softmax", "pooling": "max", "bidirectional": True,
    ...     "cell": "gru", "units": 4, "layers": 1, "reset_after": True, "activation": "tanh"})
    >>> network(torch.tensor([[0, 3, 2], [1, 1, 0]]), torch.tensor([3, 2])).shape
    torch.Size([2, 2])
    """

    def __init__(
        self,
        architecture: Mapping[str, Any],
        *,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        token_dropout: float = 0.0,
    ) -> None:
        super().__init__(architecture)
        self.dropout, self.token_dropout = dropout, token_dropout
        self.reads_tokens = architecture["vocabulary_size"] > 0
        if self.reads_tokens:
            self.embedding = layers.Embedding(architecture["vocabulary_size"], architecture["embedding_size"])
        self.rnn = make_stack(architecture, dropout=dropout, recurrent_dropout=recurrent_dropout)
        width = architecture["units"] * (2 if architecture["bidirectional"] else 1)
        self.pooling = Pooling(architecture["pooling"], width)
        self.dense = layers.Dense(architecture["outputs"])
        with torch.no_grad():
            # The layers find their input size at the first call.
            self(self._one_step(), torch.ones(1, dtype=torch.int64))

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Score every class of every sequence.

        Parameters
        ----------
        x
            Tokens (B, T), whole numbers below the vocabulary's size, or numbers (B, T, F).
        lengths
            (B,), from 1 to T; what is past a row's length is never read.

        Returns
        -------
        Tensor
            Logits (B, C); of a regressor the number in the target's scale (B, 1).
        """
        if self.reads_tokens:
            x = self.embedding(self._drop_tokens(x))
        pooled = self.pooling(self.rnn(x, lengths=lengths, whole=True), lengths)
        scores: Tensor = self.dense(torch.nn.functional.dropout(pooled, self.dropout, self.training))
        return scores

    def named_weights(self) -> dict[str, torch.nn.Parameter]:
        """Return every weight under its name in the model file."""
        named = {"embedding/embeddings": self.embedding.embeddings} if self.reads_tokens else {}
        named |= stack_weights(self.rnn)
        if self.pooling.kind == "attention":
            named["attention/kernel"] = self.pooling.kernel
        return named | {"dense/kernel": self.dense.kernel, "dense/bias": self.dense.get_parameter("bias")}

    def _drop_tokens(self, ids: Tensor) -> Tensor:
        if not self.training or not self.token_dropout:
            return ids
        return ids.masked_fill(torch.rand(ids.shape, device=ids.device) < self.token_dropout, UNKNOWN_ID)

    def _one_step(self) -> Tensor:
        if self.reads_tokens:
            return torch.zeros(1, 1, dtype=torch.int64)
        return torch.zeros(1, 1, self.architecture["features"])
