"""The network of a trained captioner on the compiled core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from remy.data.pieces import BEGIN_ID, UNKNOWN_ID
from remy.io.architecture.captioner import VECTOR_SIZE
from remy.runtime.decoder import RecurrentDecoder, Writing
from remy.runtime.picture import PictureEncoder, mean_of_grid
from remy.runtime.stack import Floats


class RecurrentCaptioner:
    """Convolutions, unless vectors are read, and a decoder.

    Parameters
    ----------
    architecture, tensors
        As in :class:`remy.io.model_file.ModelFile`; taken as checked.
    """

    def __init__(self, architecture: Mapping[str, Any], tensors: Mapping[str, Floats]) -> None:
        self._encoder = PictureEncoder(architecture, tensors) if VECTOR_SIZE not in architecture else None
        self.decoder = RecurrentDecoder(architecture, tensors, begin=BEGIN_ID, never=(UNKNOWN_ID, BEGIN_ID))

    def write_of(self, values: Floats) -> Writing:
        """Read N pictures, vectors or grids of vectors and return the beginning of a caption of each.

        Parameters
        ----------
        values
            (N, size, size, channels) from 0 to 1, or (N, D), or (N, S, D), float32.
        """
        if self._encoder is not None:
            parts = self._encoder.grid(values)
        else:
            parts = np.ascontiguousarray(values[:, None] if values.ndim == 2 else values)
        lengths = np.full(len(parts), parts.shape[1], np.int64)
        return self.decoder.write_of(mean_of_grid(parts), parts, lengths)
