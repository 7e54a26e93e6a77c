"""Which networks are compared: cells, numbers of layers and directions, all combined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from remy import config as configuration
from remy.config import Config
from remy.errors import UsageError, choice

#: The cells, in the order in which they were thought of.
CELLS: Final = ("simple_rnn", "lstm", "gru")


@dataclass(frozen=True)
class Variant:
    """A form of a network.

    Examples
    --------
    >>> Variant("gru", 2, True).name
    '2-layer bidirectional gru'
    """

    cell: str
    layers: int = 1
    bidirectional: bool = False

    @property
    def name(self) -> str:
        """How it is called: ``lstm``, ``2-layer gru``, ``bidirectional lstm``."""
        layers = f"{self.layers}-layer " if self.layers > 1 else ""
        return f"{layers}{'bidirectional ' if self.bidirectional else ''}{self.cell}"


@dataclass(frozen=True)
class LeftOut:
    """Something that was asked for and is not in the table, and why."""

    name: str
    reason: str


def all_variants(
    cells: Sequence[str], layers: Sequence[int], bidirectional: Sequence[bool]
) -> tuple[Variant, ...]:
    """Return every combination, each once, the cells changing fastest.

    Raises
    ------
    UsageError
        If there is nothing to compare, or a cell or a number of layers is none.
    """
    for name, values in (("cells", cells), ("layers", layers), ("bidirectional", bidirectional)):
        if not values:
            raise UsageError(f"{name}: expected at least one, got none")
    for cell in cells:
        choice("cell", cell, CELLS)
    for count in layers:
        if count < 1:
            raise UsageError(f"layers: expected at least 1, got {count}")
    found = [Variant(cell, count, both) for both in bidirectional for count in layers for cell in cells]
    return tuple(dict.fromkeys(found))


def configured(config: Config, variant: Variant) -> Config:
    """Return `config` for a variant.

    Raises
    ------
    UsageError
        If the task cannot have it.
    """
    values = {"model.cell": variant.cell, "model.layers": variant.layers}
    if "model.bidirectional" in configuration.known_keys(type(config)):
        values["model.bidirectional"] = variant.bidirectional
    elif variant.bidirectional:
        raise UsageError(f"the task {config.task} has no choice of directions")
    return configuration.override(config, values, source=variant.name)


def seeded(config: Config, seed: int) -> Config:
    """Return `config` with another seed of the training; the data stay as they were cut."""
    return config.model_copy(update={"train": config.train.model_copy(update={"seed": seed})})
