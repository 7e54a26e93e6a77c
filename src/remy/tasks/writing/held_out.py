"""The three parts of a run's records: learned from, chosen on, scored on. Without torch."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Protocol, Self, TypeVar

from remy.config import Config
from remy.config.translator import HeldOutConfig
from remy.errors import RemyError
from remy.io.model_file import ModelFile
from remy.tasks.own_config import own_config
from remy.tasks.writing.splitting import Places, split_three


class Records(Protocol):
    """Records that can be cut into parts."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of all records."""

    def part(self, places: Places, name: str) -> Self:
        """Return some of them."""


AnyRecords = TypeVar("AnyRecords", bound=Records)
AnyConfig = TypeVar("AnyConfig", bound=Config)


def cut_three(
    config: HeldOutConfig,
    whole: AnyRecords,
    valid: AnyRecords | None,
    test: AnyRecords | None,
    *,
    keys: Callable[[AnyRecords], Sequence[Hashable]],
    seed: int,
) -> tuple[AnyRecords, AnyRecords, AnyRecords]:
    """Return what is learned from, chosen on and scored on.

    Where `valid` is given all of `whole` is learned from, and without `test` it is scored on too. Records
    with the same key come into the same part.

    Raises
    ------
    DataError
        If there are too few records to hold some out.
    """
    if valid is not None:
        return whole, valid, test if test is not None else valid
    places = split_three(
        keys(whole), split=config.split, held_out=config.held_out, seed=seed, name=whole.name
    )
    between = 1.0 - config.split - config.held_out
    learned = whole.part(places[0], whole.name)
    chosen = whole.part(places[1], f"a random {between:.3g} of {whole.name}")
    if test is not None:
        return learned, chosen, test
    return learned, chosen, whole.part(places[2], f"a random {config.held_out:.3g} of {whole.name}")


def own_parts(
    path: Path,
    model: ModelFile,
    kind: type[AnyConfig],
    *,
    what: str,
    read: Callable[[str, str, AnyConfig], AnyRecords],
    cut: Callable[
        [AnyConfig, AnyRecords, AnyRecords | None, AnyRecords | None],
        tuple[AnyRecords, AnyRecords, AnyRecords],
    ],
) -> tuple[AnyConfig | None, AnyRecords | None, AnyRecords | None, str]:
    """Return a run's configuration, what it learned from and what it was scored on, or why not.

    Parameters
    ----------
    path, model
        The run and its model.
    kind
        The class of its configuration.
    what
        Its records are, for people.
    read
        From a location, the part's name and the configuration to the records.
    cut
        As `cut_three`, of the configuration and the records.
    """
    config, missing = own_config(path, kind)
    if config is None:
        return None, None, None, missing
    data = config.data
    test_location: str | None = getattr(data, "test", None)
    try:
        whole = read(data.train, "train", config)
        valid = read(data.valid, "valid", config) if data.valid is not None else None
        test = read(test_location, "test", config) if test_location is not None else None
        train, _, scored = cut(config, whole, valid, test)
    except RemyError as error:
        reason = str(error).rstrip(".")
        return config, None, None, f"the {what} the run learned from cannot be read ({reason})"
    if train.sha256 != model.metrics.get("data", {}).get("sha256"):
        return config, None, None, f"{train.name} does not hold what the run learned from any more"
    return config, train, scored, ""
