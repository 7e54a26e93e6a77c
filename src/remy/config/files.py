"""Configurations from and to values, dotted keys, assignments and YAML files."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from remy.config.captioner import CaptionerConfig
from remy.config.classifier import ClassifierConfig, RegressorConfig
from remy.config.forecaster import ForecasterConfig
from remy.config.language_model import LanguageModelConfig
from remy.config.piano_roll import PianoRollConfig
from remy.config.sections import Config
from remy.config.tagger import TaggerConfig
from remy.config.translator import TranslatorConfig
from remy.errors import DataError, UsageError, choice, nearest

AnyConfig = TypeVar("AnyConfig", bound=Config)

#: Task -> its class. The first one is meant where a configuration names none.
TASKS: dict[str, type[Config]] = {
    "language_model": LanguageModelConfig,
    "classifier": ClassifierConfig,
    "regressor": RegressorConfig,
    "forecaster": ForecasterConfig,
    "tagger": TaggerConfig,
    "translator": TranslatorConfig,
    "piano_roll": PianoRollConfig,
    "captioner": CaptionerConfig,
}


def config_class(task: str, *, name: str = "task") -> type[Config]:
    """Return the class of a task's configuration.

    Raises
    ------
    UsageError
        If there is no such task, with the nearest one; `name` is what the person wrote it for.
    """
    return TASKS[choice(name, task, TASKS)]


def known_keys(kind: type[Config] = LanguageModelConfig) -> list[str]:
    """Return every key that can be set, as ``"train.lr"``."""
    keys: list[str] = []
    for name, field in kind.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            keys += [f"{name}.{inner}" for inner in section.model_fields]
        else:
            keys.append(name)
    return keys


def build(
    values: Mapping[str, Any], *, source: str = "configuration", names: Mapping[str, str] | None = None
) -> Config:
    """Check `values` and fill in the defaults.

    Parameters
    ----------
    values
        Nested: ``{"task": "classifier", "train": {"lr": 0.01}}``; without a task a language model is meant.
    source
        Named in the message when something is wrong.
    names
        What the person wrote for a key, where that is not the key: ``{"train.lr": "--lr"}``.

    Raises
    ------
    UsageError
        For an unknown key, with the nearest known one, and for a value of the wrong type or out of bounds.

    Examples
    --------
    >>> build({"train": {"lr": 0.01}}).train.lr
    0.01
    """
    names = names or {}
    task = str(values.get("task", next(iter(TASKS))))
    kind = config_class(task, name=names.get("task", f"{source}: task"))
    return _validate(kind, values, source, names)


def _validate(
    kind: type[AnyConfig], values: Mapping[str, Any], source: str, names: Mapping[str, str]
) -> AnyConfig:
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        raise UsageError(_first_fault(kind, error, source, names)) from None


def override(
    config: AnyConfig,
    values: Mapping[str, Any],
    *,
    source: str = "configuration",
    names: Mapping[str, str] | None = None,
) -> AnyConfig:
    """Return `config` with dotted keys replaced: ``{"train.lr": 0.01}``.

    Raises
    ------
    UsageError
        As `build`.
    """
    nested, known = config.model_dump(), known_keys(type(config))
    for key, value in values.items():
        if key not in known:
            raise UsageError(f"{source}: unknown key '{key}'{nearest(key, known)}")
        section, _, inner = key.partition(".")
        if inner:
            nested[section][inner] = value
        else:
            nested[section] = value
    return _validate(type(config), nested, source, names or {})


def flat(config: Config) -> dict[str, Any]:
    """Return every option under its dotted key: ``{"task": ..., "train.lr": 0.01, ...}``."""
    nested = config.model_dump()
    options: dict[str, Any] = {}
    for key in known_keys(type(config)):
        section, _, inner = key.partition(".")
        options[key] = nested[section][inner] if inner else nested[section]
    return options


def parse_assignments(assignments: Sequence[str]) -> dict[str, Any]:
    """Turn ``["train.lr=0.01"]`` into ``{"train.lr": 0.01}``; values are read as YAML.

    Raises
    ------
    UsageError
        If one has no ``=`` or its value is not YAML.
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals:
            raise UsageError(f"--set: expected KEY=VALUE such as train.lr=0.01, got '{assignment}'")
        values[key.strip()] = _scalar(text, assignment)
    return values


def read(path: Path) -> Config:
    """Read a YAML file.

    Raises
    ------
    DataError
        If it cannot be read or is not YAML.
    UsageError
        If a key is unknown or a value cannot be used.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot read the configuration: {error.strerror}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise DataError(f"{path}: not a YAML file: {' '.join(str(error).split())}") from error
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise DataError(f"{path}: expected keys such as 'train:' at the top, got a {type(values).__name__}")
    return build(values, source=str(path))


def dump(config: Config) -> str:
    """Return `config` as YAML, fully resolved, in the order of the definition."""
    text: str = yaml.safe_dump(config.model_dump(), sort_keys=False, allow_unicode=True)
    return text


def _scalar(text: str, assignment: str) -> Any:
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):  # a date that is none is a ValueError
        raise UsageError(f"--set: cannot read the value of '{assignment}'") from None
    if isinstance(value, str):
        # YAML 1.1 reads 1e-3 as text; a number is what anyone means.
        with contextlib.suppress(ValueError):
            return float(value)
    return value


def _first_fault(kind: type[Config], error: ValidationError, source: str, names: Mapping[str, str]) -> str:
    """Say the first fault in one sentence: the key, what was expected, what came."""
    fault = error.errors()[0]
    key = ".".join(str(part) for part in fault["loc"])
    got = fault["input"]
    place = names.get(key, f"{source}: {key}")
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return f"{source}: unknown key '{key}'{nearest(key, known_keys(kind))}"
    if fault["type"] == "literal_error":
        options = re.findall(r"'([^']*)'", fault["ctx"]["expected"])
        return f"{place}: expected one of {', '.join(options)}, got '{got}'{nearest(str(got), options)}"
    if fault["type"] == "value_error" and isinstance(got, dict):
        return f"{source}: {key}: {message}"
    message = message.removeprefix("Input should be ").removeprefix("expected ").partition(", unable")[0]
    return f"{place}: expected {message[:1].lower()}{message[1:]}, got {got!r}"
