"""The network of a trained translator on the compiled core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from remy.data.batches import pad
from remy.data.pieces import BEGIN_ID, UNKNOWN_ID
from remy.io.architecture.translator import ENCODER, encoder_layers
from remy.runtime.decoder import Ints, RecurrentDecoder, Writing
from remy.runtime.stack import Floats, RecurrentStack


class RecurrentTranslator:
    """Encoder in both directions and a decoder.

    Parameters
    ----------
    architecture, tensors
        As in :class:`remy.io.model_file.ModelFile`; taken as checked.
    """

    def __init__(self, architecture: Mapping[str, Any], tensors: Mapping[str, Floats]) -> None:
        self.vocabulary_size: int = architecture["vocabulary_size"]
        self._embeddings = tensors["embedding/embeddings"]
        self._rnn = RecurrentStack(encoder_layers(architecture), tensors, prefix=ENCODER)
        self.decoder = RecurrentDecoder(architecture, tensors, begin=BEGIN_ID, never=(UNKNOWN_ID, BEGIN_ID))

    def write_of(self, sources: Sequence[Ints]) -> Writing:
        """Read sources (S,) each and return the beginning of a translation of each."""
        ids, lengths = pad(sources)
        read = self._rnn.read(self._embeddings[ids.T], lengths)
        parts = np.ascontiguousarray(read.outputs.transpose(1, 0, 2))
        return self.decoder.write_of(read.last, parts, lengths)
