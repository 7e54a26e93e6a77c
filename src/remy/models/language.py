"""The network of a language model: characters in, scores of the next character out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from remy import layers
from remy.errors import ShapeError
from remy.models.network import Network, held_dropout
from remy.models.stack import make_stack, stack_weights

#: The state of every layer: ``(h,)``, or ``(h, c)`` for the LSTM, each ``(B, H)``.
State = list[tuple[torch.Tensor, ...]]


class LanguageNetwork(Network):
    """Embedding, stacked recurrent layers with dropout, and a dense output over the vocabulary.

    Dropout falls on what each layer reads and on what the output reads, one mask per row and call, held over
    time (Gal & Ghahramani 2016). Drawing one anew for every character costs a seventh of the training time.

    Parameters
    ----------
    architecture
        As in the model file, see :func:`remy.io.architecture.expected_tensors`.
    dropout
        Share of values dropped, from 0 to below 1.
    recurrent_dropout
        Share of each layer's state dropped where it enters the recurrent product, one mask per row and call
        (Gal & Ghahramani 2016).

    Raises
    ------
    ModelFileError
        If `architecture` is not one of a language model.

    Examples
    --------
    >>> network = LanguageNetwork({"kind": "language_model", "vocabulary_size": 5, "embedding_size": 3,
    ...     "cell": "gru", "units": 4, "layers": 2, "reset_after": True, "activation": "tanh",
    ...     "residual": False, "tied": False})
    >>> logits, state = network(torch.tensor([[0, 3, 2]]))
    >>> logits.shape, len(state)
    (torch.Size([1, 3, 5]), 2)
    """

    def __init__(
        self, architecture: Mapping[str, Any], *, dropout: float = 0.0, recurrent_dropout: float = 0.0
    ) -> None:
        super().__init__(architecture)
        self.dropout = dropout
        self.embedding = layers.Embedding(architecture["vocabulary_size"], architecture["embedding_size"])
        self.rnn = make_stack(architecture, dropout=dropout, recurrent_dropout=recurrent_dropout)
        self.tied = bool(architecture["tied"])
        if self.tied:
            self.dense_bias = torch.nn.Parameter(torch.zeros(architecture["vocabulary_size"]))
        else:
            self.dense = layers.Dense(architecture["vocabulary_size"])
        with torch.no_grad():
            # The layers find their input size at the first call.
            self(torch.zeros(1, 1, dtype=torch.int64))

    def forward(self, ids: torch.Tensor, state: State | None = None) -> tuple[torch.Tensor, State]:
        """Score every next character.

        Parameters
        ----------
        ids
            Characters, ``(B, T)``, whole numbers below the size of the vocabulary.
        state
            What an earlier call returned, to go on from there; None for zeros.

        Returns
        -------
        logits : torch.Tensor
            ``(B, T, V)``.
        state : list of tuples
            The state after the last character, for every layer.

        Raises
        ------
        ShapeError
            If `ids` is not ``(B, T)``.
        """
        if ids.ndim != 2:
            raise ShapeError(f"LanguageNetwork: expected ids of shape (B, T), got {tuple(ids.shape)}")
        outputs, after = self.rnn(self.embedding(ids), initial_state=state)
        outputs = held_dropout(outputs, self.dropout, self.training)
        if self.tied:
            logits = torch.nn.functional.linear(outputs, self.embedding.embeddings, self.dense_bias)
        else:
            logits = self.dense(outputs)
        return logits, after

    def named_weights(self) -> dict[str, torch.nn.Parameter]:
        """Return every weight under its name in the model file."""
        named = {"embedding/embeddings": self.embedding.embeddings, **stack_weights(self.rnn)}
        if self.tied:
            named["dense/bias"] = self.dense_bias
        else:
            named["dense/kernel"] = self.dense.kernel
            named["dense/bias"] = self.dense.get_parameter("bias")
        return named
