"""A decoder: recurrent layers that write a sequence and look at a memory while they do."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor

from remy import layers
from remy.io.architecture.decoder import DECODER, decoder_layers
from remy.models.attention import ATTENTIONS, Attention
from remy.models.network import held_dropout
from remy.models.stack import make_stack, stack_weights

#: One tuple of states (B, H) a layer.
States = list[tuple[Tensor, ...]]


class Memory(NamedTuple):
    """What a decoder writes of.

    Attributes
    ----------
    start
        (B, D0): what the first state is made from.
    parts
        (B, S, D): what can be looked at.
    inside
        (B, S) bool: where there is something.
    """

    start: Tensor
    parts: Tensor
    inside: Tensor


class Decoder(torch.nn.Module):
    """Embedding, recurrent layers, attention by their last output, readout, output.

    With ``s_t`` the last layer's output and ``c_t`` what its attention sees::

        s_t = rnn([embedding(y_{t-1}), r_{t-1}])      r only with input feeding
        r_t = tanh([s_t, c_t] W_r + b_r)
        scores_t = r_t W_o + b_o                      W_o the embedding's when tied

    as in Luong et al. (2015), whatever the attention's score. Without input feeding all steps of a layer are
    one call of its kernel.

    Parameters
    ----------
    architecture
        As in the model file, see :func:`remy.io.architecture.decoder.decoder_tensors`.
    start, memory
        Widths D0 and D of the :class:`Memory`.
    dropout
        Share dropped of what each layer reads and of the readout; one mask a row, held over time, without
        input feeding.
    recurrent_dropout
        Share of each layer's state dropped where it enters the recurrent product.
    """

    def __init__(
        self,
        architecture: Mapping[str, Any],
        *,
        start: int,
        memory: int,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        units, readout = architecture["decoder_units"], architecture["readout_units"]
        vocabulary = architecture["target_vocabulary_size"]
        self.dropout = dropout
        self.input_feeding = bool(architecture["input_feeding"])
        self.layers, self.units = architecture["layers"], units
        self.states_each = 2 if architecture["cell"] == "lstm" else 1
        self.bridge = layers.Dense(
            self.layers * self.states_each * units, activation="tanh", input_size=start
        )
        self.tied = bool(architecture["tied"])
        # A tied embedding is also the output's kernel: scores are to begin with a deviation of about 1.
        std = readout**-0.5 if self.tied else 1.0
        self.embedding = layers.Embedding(
            vocabulary,
            architecture["target_embedding_size"],
            embeddings_initializer=partial(torch.nn.init.normal_, std=std),
        )
        self.rnn = make_stack(
            decoder_layers(architecture), dropout=dropout, recurrent_dropout=recurrent_dropout
        )
        self.attention: Attention | None = None
        if architecture["attention"] != "none":
            self.attention = ATTENTIONS[architecture["attention"]](units, memory, readout)
        looked = memory if self.attention is not None else 0
        self.readout = layers.Dense(readout, activation="tanh", input_size=units + looked)
        if self.tied:
            self.output_bias = torch.nn.Parameter(torch.zeros(vocabulary))
        else:
            self.output = layers.Dense(vocabulary, input_size=readout)
        width = architecture["target_embedding_size"] + (readout if self.input_feeding else 0)
        with torch.no_grad():
            # The layers find their input size at the first call.
            self.rnn(torch.zeros(1, 1, width))

    def start(self, memory: Memory) -> States:
        """Return the state before the first token."""
        parts = self.bridge(memory.start).split(self.units, dim=1)
        each = self.states_each
        return [tuple(part.contiguous() for part in parts[k : k + each]) for k in range(0, len(parts), each)]

    def forward(self, ids: Tensor, memory: Memory) -> Tensor:
        """Return the readout (B, T, R) after each of the tokens `ids` (B, T), the first of which begins."""
        keys = self.attention.keys(memory.parts) if self.attention is not None else memory.parts
        embedded, states = self.embedding(ids), self.start(memory)
        if not self.input_feeding:
            outputs = self.rnn(embedded, initial_state=states, whole=True).outputs
            return self._read_out(outputs, memory, keys)
        read: list[Tensor] = []
        fed = embedded.new_zeros(embedded.shape[0], 1, self.readout.units)
        for step in range(embedded.shape[1]):
            x = torch.cat([embedded[:, step : step + 1], fed], dim=2)
            result = self.rnn(x, initial_state=states, whole=True)
            states, fed = result.state, self._read_out(result.outputs, memory, keys)
            read.append(fed)
        return torch.cat(read, dim=1)

    def scores(self, readout: Tensor) -> Tensor:
        """Return the scores (..., V) of the next token for readouts (..., R)."""
        if self.tied:
            return torch.nn.functional.linear(readout, self.embedding.embeddings, self.output_bias)
        found: Tensor = self.output(readout)
        return found

    def named_weights(self) -> dict[str, torch.nn.Parameter]:
        """Return every weight under its name in the model file."""
        named = {"bridge/kernel": self.bridge.kernel, "bridge/bias": self.bridge.get_parameter("bias")}
        named |= {"target_embedding/embeddings": self.embedding.embeddings}
        named |= stack_weights(self.rnn, prefix=DECODER)
        if self.attention is not None:
            named |= {f"attention/{name}": each for name, each in self.attention.named_parameters()}
        named |= {"readout/kernel": self.readout.kernel, "readout/bias": self.readout.get_parameter("bias")}
        if self.tied:
            return {**named, "output/bias": self.output_bias}
        return {
            **named,
            "output/kernel": self.output.kernel,
            "output/bias": self.output.get_parameter("bias"),
        }

    def _read_out(self, outputs: Tensor, memory: Memory, keys: Tensor) -> Tensor:
        if self.attention is not None:
            context = self.attention(outputs, memory.parts, keys, memory.inside)
            outputs = torch.cat([outputs, context], dim=2)
        read: Tensor = self.readout(held_dropout(outputs, self.dropout, self.training))
        return read
