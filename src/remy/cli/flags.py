"""Flags of ``remy train`` and the options of the configuration that they set."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final

from remy import config as configuration
from remy.config import Config
from remy.errors import UsageError

#: Flag -> what it sets in the configuration.
KEYS: Final = {
    "--task": "task",
    "--text": "data.text",
    "--label": "data.label",
    "--separator": "data.separator",
    "--tokens": "data.tokens",
    "--tag": "data.tag",
    "--time": "data.time",
    "--source": "data.source",
    "--target": "data.target",
    "--image": "data.image",
    "--caption": "data.caption",
    "--series": "data.series",
    "--known": "data.known",
    "--horizon": "data.horizon",
    "--valid": "data.valid",
    "--test": "data.test",
    "--split": "data.split",
    "--cell": "model.cell",
    "--units": "model.units",
    "--layers": "model.layers",
    "--bidirectional": "model.bidirectional",
    "--live": "model.live",
    "--pooling": "model.pooling",
    "--attention": "model.attention",
    "--dropout": "model.dropout",
    "--epochs": "train.epochs",
    "--batch-size": "train.batch_size",
    "--lr": "train.lr",
    "--metric": "train.metric",
    "--patience": "train.patience",
    "--max-time": "train.max_time",
    "--watch-gradients": "train.watch_gradients",
    "--tensorboard": "train.tensorboard",
    "--seed": "train.seed",
    "--threads": "train.threads",
    "--device": "train.device",
}


#: Options that nothing learned depends on are said only where somebody has asked for something.
_BESIDE: Final = ("train.tensorboard",)


def override(config: Config, given: Mapping[str, Any], assignments: Sequence[str]) -> Config:
    """Return `config` with what flags and ``--set`` say.

    Raises
    ------
    UsageError
        If the task has no such option, or it cannot have that value.
    """
    known = configuration.known_keys(type(config))
    for flag in given:
        if KEYS[flag] not in known:
            raise UsageError(f"{flag}: the task {config.task} has no such option")
    by_key = {KEYS[flag]: value for flag, value in given.items()}
    config = configuration.override(config, by_key, names={KEYS[flag]: flag for flag in given})
    return configuration.override(config, configuration.parse_assignments(assignments), source="--set")


def words_of(config: Config) -> str:
    """Return the flags that say what `config` says; what has no flag only where it is not the default."""
    values, usual = configuration.flat(config), configuration.flat(type(config)())
    flags = {key: flag for flag, key in KEYS.items()}
    words = []
    for key, value in sorted(values.items(), key=lambda entry: _place(flags.get(entry[0]))):
        if key in ("data.train", "data.valid") or value is None or value == []:
            continue
        if key in _BESIDE and value == usual[key]:
            continue
        if key in flags:
            words.append(_word(flags[key], value))
        elif value != usual[key]:
            words.append(f"--set {key}={_yaml(value)}")
    cleared = [key for key, value in values.items() if value is None and usual[key] is not None]
    words += [f"--set {key}=null" for key in cleared]
    return " ".join(words)


def _place(flag: str | None) -> int:
    return list(KEYS).index(flag) if flag is not None else len(KEYS)


def _word(flag: str, value: Any) -> str:
    if isinstance(value, bool):
        return flag if value else f"--no-{flag[2:]}"
    if isinstance(value, list):
        return f"{flag} {shlex.quote(','.join(map(str, value)))}"
    text = repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
    return f"{flag} {shlex.quote(text)}"


def _yaml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
