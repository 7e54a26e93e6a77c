"""Options whose default depends on how much there is to learn from."""

from __future__ import annotations

from remy import defaults
from remy.config import LanguageModelConfig


def plan(config: LanguageModelConfig, characters: int) -> LanguageModelConfig:
    """Return `config` with its epochs and its dropout filled in, where nobody chose them.

    Parameters
    ----------
    config
        Options; those that are set stay.
    characters
        Length of the text to learn from.

    Examples
    --------
    >>> planned = plan(LanguageModelConfig(), 1_000_000)
    >>> planned.train.epochs, planned.model.dropout
    (8.0, 0.3)
    >>> plan(LanguageModelConfig(), 8_000_000).model.dropout
    0.05
    """
    epochs = config.train.epochs or defaults.epochs_for(characters)
    dropout = config.model.dropout
    if dropout is None:
        dropout = defaults.dropout_for(epochs)
    train = config.train.model_copy(update={"epochs": epochs})
    model = config.model.model_copy(update={"dropout": dropout})
    return config.model_copy(update={"train": train, "model": model})
