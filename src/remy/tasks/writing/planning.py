"""How long a network that writes is trained, where nobody says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

from remy.config import BatchTrainConfig
from remy.training.batch_lesson import batches_of

#: The fewest and most passes over the data.
_FEWEST, _MOST = 10, 100

AnyTrain = TypeVar("AnyTrain", bound=BatchTrainConfig)


def with_epochs(train: AnyTrain, lengths: Sequence[int], *, updates: int) -> AnyTrain:
    """Return `train` with its epochs filled in, where nobody chose them: as many as make `updates` updates.

    Parameters
    ----------
    train
        How it is trained.
    lengths
        Of the records that are learned from.
    updates
        About so many are meant; there are from 10 to 100 epochs.
    """
    if train.epochs is not None:
        return train
    each = len(batches_of(lengths, train))
    epochs = float(min(_MOST, max(_FEWEST, math.ceil(updates / each))))
    return train.model_copy(update={"epochs": epochs})
