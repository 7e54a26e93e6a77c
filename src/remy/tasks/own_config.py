"""The configuration that lies beside a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from remy import config as configuration
from remy.config import Config

OneOf = TypeVar("OneOf", bound=Config)


def own_config(path: Path, *kinds: type[OneOf]) -> tuple[OneOf | None, str]:
    """Return the configuration of the run at `path`, one of `kinds`; or None, and why there is none.

    Raises
    ------
    DataError, UsageError
        If it cannot be read.
    """
    described = path / "config.yaml"
    if not described.is_file():
        return None, "this is a model file without its run directory"
    found = configuration.read(described)
    if not isinstance(found, kinds):
        return None, f"its configuration is for the task {found.task}"
    return found, ""
