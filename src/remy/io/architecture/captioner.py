"""The tensors of a captioner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.io.architecture.decoder import ATTENTIONS, SIZES, SWITCHES, decoder_tensors
from remy.io.architecture.picture import PICTURE_SIZES, picture_tensors
from remy.io.architecture.recurrent import recurrent_settings

#: The setting of a captioner that reads vectors, in the place of those of pictures.
VECTOR_SIZE = "vector_size"


def captioner(architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return names and shapes: convolutions, unless vectors are read, and the decoder.

    Settings besides the recurrent layers' (``decoder_units`` are their units): of pictures
    ``picture_size``, ``picture_channels``, ``filters`` and ``blocks``, or ``vector_size`` D of vectors;
    ``target_vocabulary_size``, ``target_embedding_size``, ``readout_units``, ``attention`` (``none``,
    ``additive``, ``multiplicative``), ``input_feeding`` and ``tied``.

    ``conv_0/kernel`` and so on, see :func:`remy.io.architecture.picture.picture_tensors`; the decoder of
    :func:`remy.io.architecture.decoder.decoder_tensors`, which starts from the mean of the grid's vectors
    (D,), or of those given, and looks at each of them.
    """
    own = (VECTOR_SIZE,) if VECTOR_SIZE in architecture else PICTURE_SIZES
    settings = recurrent_settings(
        architecture,
        sizes=(*own, *SIZES),
        choices={"attention": ATTENTIONS},
        switches=SWITCHES,
        units="decoder_units",
    )
    if VECTOR_SIZE in settings:
        width = settings[VECTOR_SIZE]
        return decoder_tensors(settings, width, width)
    convolutions, _, width = picture_tensors(settings)
    return {**convolutions, **decoder_tensors(settings, width, width)}
