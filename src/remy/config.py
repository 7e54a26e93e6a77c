"""The configuration of a training run: every option, its type, its bounds and its default.

One configuration says everything a run does. The flags of the command line, a YAML file and the keywords of
the Python estimators all end here, and the run directory keeps it fully resolved as ``config.yaml``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from remy import defaults
from remy.duration import Duration
from remy.errors import DataError, UsageError, nearest

CellName = Literal["simple_rnn", "lstm", "gru"]
ActivationName = Literal["tanh", "relu", "linear"]
TaskName = Literal["language_model"]
_LITERALS = {"model.cell": CellName, "model.activation": ActivationName, "task": TaskName}


class _Section(BaseModel):
    """A part of the configuration: unknown keys are refused, and values never change in place."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DataConfig(_Section):
    """What is read, and which part of it is held out."""

    train: str = Field(default="", description="file, packaged data set, or - for standard input")
    valid: str | None = Field(
        default=None, description="file to validate on, instead of the end of the training text"
    )
    split: float = Field(
        default=defaults.SPLIT, gt=0.0, lt=1.0, description="share of the text that is learned from"
    )


class ModelConfig(_Section):
    """The network."""

    cell: CellName = Field(default=defaults.CELL, description="recurrent cell")
    units: int = Field(default=defaults.UNITS, ge=1, le=65536, description="size of each layer's state")
    layers: int = Field(default=defaults.LAYERS, ge=1, le=256, description="number of recurrent layers")
    embedding: int = Field(
        default=defaults.EMBEDDING, ge=1, le=65536, description="size of a character's vector"
    )
    dropout: float | None = Field(
        default=None, ge=0.0, lt=1.0, description="dropped around layers; null: by the number of epochs"
    )
    recurrent_dropout: float = Field(
        default=defaults.RECURRENT_DROPOUT, ge=0.0, lt=1.0, description="dropped from the recurrent state"
    )
    residual: bool = Field(default=defaults.RESIDUAL, description="add each layer's input to its output")
    reset_after: bool = Field(
        default=defaults.RESET_AFTER, description="gru: reset after the recurrent product"
    )
    activation: ActivationName = Field(default=defaults.ACTIVATION, description="simple_rnn: its activation")
    tied: bool = Field(default=defaults.TIED, description="use the characters' vectors for the output too")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.activation != "tanh" and self.cell != "simple_rnn":
            raise ValueError(
                f"an activation other than tanh needs the cell simple_rnn; this one is {self.cell}"
            )
        if self.tied and self.embedding != self.units:
            raise ValueError(
                f"tied needs an embedding as large as the units; they are {self.embedding} and {self.units}"
            )
        return self


class TrainConfig(_Section):
    """How it is trained."""

    epochs: float | None = Field(
        default=None, gt=0.0, description="passes over the training text; null: by its length"
    )
    batch_size: int = Field(
        default=defaults.BATCH_SIZE, ge=1, description="places of the text read side by side"
    )
    steps: int = Field(
        default=defaults.STEPS, ge=1, description="characters between two updates (gradients end there)"
    )
    restart: float = Field(
        default=defaults.RESTART, ge=0.0, le=1.0, description="share of places that forget before a chunk"
    )
    lr: float = Field(default=defaults.LEARNING_RATE, gt=0.0, description="highest learning rate")
    final_lr: float = Field(
        default=defaults.FINAL_LEARNING_RATE,
        ge=0.0,
        le=1.0,
        description="learning rate at the end, as a share of lr",
    )
    warmup: float = Field(
        default=defaults.WARMUP,
        ge=0.0,
        lt=1.0,
        description="share of the updates during which the rate rises",
    )
    weight_decay: float = Field(
        default=defaults.WEIGHT_DECAY, ge=0.0, description="AdamW's, on matrices only"
    )
    beta1: float = Field(default=defaults.BETA1, ge=0.0, lt=1.0, description="AdamW's memory of the gradient")
    beta2: float = Field(default=defaults.BETA2, ge=0.0, lt=1.0, description="AdamW's memory of its square")
    clip: float = Field(default=defaults.CLIP, gt=0.0, description="longest gradient, as a Euclidean norm")
    evaluations: int = Field(default=defaults.EVALUATIONS, ge=1, description="validations in the whole run")
    validation_characters: int = Field(
        default=defaults.VALIDATION_CHARACTERS,
        ge=2,
        description="at most so much of the held-out text each time",
    )
    patience: int | None = Field(
        default=defaults.PATIENCE,
        ge=1,
        description="validations without a new best before it stops; null: never",
    )
    max_time: Duration | None = Field(
        default=None, gt=0.0, description="seconds of training, or 90s, 8m, 1h30m"
    )
    checkpoint_seconds: float = Field(
        default=defaults.CHECKPOINT_SECONDS,
        ge=0.0,
        description="time between checkpoints, besides each validation",
    )
    seed: int = Field(default=defaults.SEED, ge=0, lt=2**63, description="all randomness comes from it")
    threads: int | None = Field(default=None, ge=1, le=1024, description="processors to use; null: all")
    device: str = Field(default=defaults.DEVICE, description="where torch trains: cpu, cuda, ...")


class Config(_Section):
    """Everything a training run does.

    Examples
    --------
    >>> config = Config()
    >>> config.model.cell
    'lstm'
    """

    task: TaskName = Field(default="language_model", description="what is learned")
    data: DataConfig = Field(default_factory=DataConfig)
    model: ModelConfig = Field(default_factory=ModelConfig)
    train: TrainConfig = Field(default_factory=TrainConfig)


def known_keys() -> list[str]:
    """Return every key that can be set, as ``"train.lr"``."""
    keys: list[str] = []
    for name, field in Config.model_fields.items():
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
        Nested: ``{"train": {"lr": 0.01}}``.
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
    try:
        return Config.model_validate(dict(values))
    except ValidationError as error:
        raise UsageError(_first_fault(error, source, names or {})) from None


def override(
    config: Config,
    values: Mapping[str, Any],
    *,
    source: str = "configuration",
    names: Mapping[str, str] | None = None,
) -> Config:
    """Return `config` with dotted keys replaced: ``{"train.lr": 0.01}``.

    Raises
    ------
    UsageError
        As `build`.
    """
    nested = config.model_dump()
    for key, value in values.items():
        if key not in known_keys():
            raise UsageError(f"{source}: unknown key '{key}'{nearest(key, known_keys())}")
        section, _, inner = key.partition(".")
        if inner:
            nested[section][inner] = value
        else:
            nested[section] = value
    return build(nested, source=source, names=names)


def flat(config: Config) -> dict[str, Any]:
    """Return every option under its dotted key: ``{"task": ..., "train.lr": 0.01, ...}``."""
    nested = config.model_dump()
    options: dict[str, Any] = {}
    for key in known_keys():
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
    except (yaml.YAMLError, UnicodeDecodeError) as error:
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
    except yaml.YAMLError:
        raise UsageError(f"--set: cannot read the value of '{assignment}'") from None
    if isinstance(value, str):
        # YAML 1.1 reads 1e-3 as text; a number is what anyone means.
        with contextlib.suppress(ValueError):
            return float(value)
    return value


def _first_fault(error: ValidationError, source: str, names: Mapping[str, str]) -> str:
    """Say the first fault in one sentence: the key, what was expected, what came."""
    fault = error.errors()[0]
    key = ".".join(str(part) for part in fault["loc"])
    got = fault["input"]
    place = names.get(key, f"{source}: {key}")
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return f"{source}: unknown key '{key}'{nearest(key, known_keys())}"
    if fault["type"] == "literal_error":
        options = [str(option) for option in get_args(_LITERALS[key])]
        return f"{place}: expected one of {', '.join(options)}, got '{got}'{nearest(str(got), options)}"
    if fault["type"] == "value_error" and isinstance(got, dict):
        return f"{source}: {key}: {message}"
    message = message.removeprefix("Input should be ").removeprefix("expected ").partition(", unable")[0]
    return f"{place}: expected {message[:1].lower()}{message[1:]}, got {got!r}"
