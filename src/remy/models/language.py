"""The network of a language model: characters in, scores of the next character out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from remy import layers
from remy.errors import ModelFileError, ShapeError
from remy.io.architecture import expected_tensors
from remy.layers.recurrent import Recurrent

#: The state of every layer: ``(h,)``, or ``(h, c)`` for the LSTM, each ``(B, H)``.
State = list[tuple[torch.Tensor, ...]]


class LanguageNetwork(torch.nn.Module):
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
        super().__init__()
        self.architecture = dict(architecture)
        self._shapes = expected_tensors(architecture)
        self.dropout = dropout
        self.embedding = layers.Embedding(architecture["vocabulary_size"], architecture["embedding_size"])
        recurrent = [
            _recurrent_layer(architecture, dropout, recurrent_dropout) for _ in range(architecture["layers"])
        ]
        self.rnn = layers.Stacked(recurrent, residual=architecture["residual"])
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
        outputs = self._drop(outputs)
        if self.tied:
            logits = torch.nn.functional.linear(outputs, self.embedding.embeddings, self.dense_bias)
        else:
            logits = self.dense(outputs)
        return logits, after

    def to_tensors(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return a copy of every weight under its name in the model file, float32."""
        return {
            name: parameter.detach().to("cpu", torch.float32).numpy().copy()
            for name, parameter in self._named().items()
        }

    def from_tensors(self, tensors: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Take over weights in the names of the model file.

        Raises
        ------
        ModelFileError
            If one is missing or has another shape.
        """
        for name, shape in self._shapes.items():
            if name not in tensors:
                raise ModelFileError(f"LanguageNetwork: tensor '{name}' is missing")
            if tuple(tensors[name].shape) != shape:
                got = tuple(tensors[name].shape)
                raise ModelFileError(f"LanguageNetwork: tensor '{name}': expected shape {shape}, got {got}")
        with torch.no_grad():
            for name, parameter in self._named().items():
                parameter.copy_(torch.from_numpy(np.array(tensors[name])))

    def _named(self) -> dict[str, torch.nn.Parameter]:
        named: dict[str, torch.nn.Parameter] = {"embedding/embeddings": self.embedding.embeddings}
        for number, layer in enumerate(self.rnn.layers):
            for part in ("kernel", "recurrent_kernel", "bias"):
                named[f"rnn_{number}/{part}"] = getattr(layer, part)
        if self.tied:
            named["dense/bias"] = self.dense_bias
        else:
            named["dense/kernel"] = self.dense.kernel
            named["dense/bias"] = self.dense.get_parameter("bias")
        return named

    def _drop(self, values: torch.Tensor) -> torch.Tensor:
        if not self.training or not self.dropout:
            return values
        ones = values.new_ones(values.shape[0], 1, values.shape[2])
        return values * torch.nn.functional.dropout(ones, self.dropout)


def _recurrent_layer(architecture: Mapping[str, Any], dropout: float, recurrent_dropout: float) -> Recurrent:
    options: dict[str, Any] = {
        "units": architecture["units"],
        "dropout": dropout,
        "recurrent_dropout": recurrent_dropout,
        "return_sequences": True,
        "return_state": True,
    }
    if architecture["cell"] == "lstm":
        return layers.LSTM(**options)
    if architecture["cell"] == "gru":
        return layers.GRU(reset_after=architecture["reset_after"], **options)
    return layers.SimpleRNN(activation=architecture["activation"], **options)
