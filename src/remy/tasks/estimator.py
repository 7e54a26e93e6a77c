"""What the estimators of all tasks share: options by name, a training run, and what was trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

from remy import config as configuration
from remy.config import Config
from remy.errors import UsageError
from remy.io import model_file as model_files
from remy.io.model_file import ModelFile

if TYPE_CHECKING:
    from remy.tasks.job import TrainedModel
    from remy.tasks.opened import Opened

AnyConfig = TypeVar("AnyConfig", bound=Config)


class Trained(Protocol):
    """What is left of a training."""

    @property
    def model_file(self) -> ModelFile:
        """The model, complete."""


AnyTrained = TypeVar("AnyTrained", bound=Trained)


class Estimator(Generic[AnyTrained]):
    """What the estimators of all tasks share; `_trained` is None until something was learned."""

    _trained: AnyTrained | None = None

    @classmethod
    def _of(cls, trained: Any) -> Self:
        estimator = cls()
        estimator._trained = trained
        return estimator

    @property
    def metrics(self) -> dict[str, Any]:
        """The scores on what was held out, the baselines' beside them, and what they were measured on."""
        return self._need("metrics").model_file.metrics

    def save(self, path: str | Path) -> None:
        """Write the model file, whole or not at all.

        Raises
        ------
        DataError
            If it cannot be written.
        """
        model_files.write(path, self._need("save").model_file)

    def _need(self, verb: str) -> AnyTrained:
        if self._trained is None:
            owner = type(self).__name__
            raise UsageError(f"{owner}.{verb}: the model has learned nothing yet; call fit first")
        return self._trained

    def _train(
        self, read: Callable[[], Opened], out: str | Path | None, *, force: bool, quiet: bool
    ) -> tuple[Opened, TrainedModel]:
        """Read the data and train on them; where `out` is taken, that is said before anything is read."""
        from remy.tasks.starting import start
        from remy.training import RunDirectory
        from remy.training.progress import choose_reporter

        place = Path(out) if out is not None else None
        if place is not None:
            RunDirectory.check_free(place, force=force)
        opened = read()
        return opened, start(opened, out=place, force=force, reporter=choose_reporter(quiet=quiet))


def keys(**sections: tuple[str, ...]) -> dict[str, str]:
    """Return the key of the configuration that each option sets.

    Examples
    --------
    >>> keys(train=("lr", "seed"))
    {'lr': 'train.lr', 'seed': 'train.seed'}
    """
    return {name: f"{section}.{name}" for section, names in sections.items() for name in names}


def by_key(owner: str, known: Mapping[str, str], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of an estimator that are not None, under their keys of the configuration.

    Raises
    ------
    TypeError
        As Python does, if one is not `known`.
    """
    for name in named:
        if name not in known:
            raise TypeError(f"{owner}.__init__() got an unexpected keyword argument '{name}'")
    return {known[name]: value for name, value in named.items() if value is not None}


def configured(
    config: AnyConfig, owner: str, named: Mapping[str, Any], options: Mapping[str, Any] | None
) -> AnyConfig:
    """Return `config` with the options of an estimator.

    Parameters
    ----------
    config
        The usual one.
    owner
        The estimator's name, for messages.
    named, options
        By key; `named` by the names of arguments, and `options` as the person wrote them.

    Raises
    ------
    UsageError
        If an option is unknown or has a value that cannot be used.
    """
    names = {key: f"{owner}: {key.partition('.')[2]}" for key in named}
    return configuration.override(config, {**named, **(options or {})}, source=owner, names=names)
