"""The flags of `remy train` and the configuration say the same."""

from __future__ import annotations

import re
from typing import Any

import pytest
from typer.testing import CliRunner

from remy import config as configuration
from remy.cli.app import app
from remy.cli.flags import KEYS, words_of

#: Flags whose default is not a value of the configuration but what is done where it has none.
IN_WORDS = {
    *("--task", "--text", "--label", "--separator", "--tag", "--time", "--source", "--target", "--series"),
    *("--image", "--caption"),
    *("--known", "--valid", "--test", "--epochs", "--max-time", "--threads", "--watch-gradients"),
}


def default_of(key: str) -> str:
    """The default of an option, and beside it the tasks that have another one."""
    groups: dict[str, list[str]] = {}
    for task, kind in configuration.TASKS.items():
        values = configuration.flat(kind())
        if key in values:
            groups.setdefault(said(values[key]), []).append(task)
    (first, _), *others = groups.items()
    return "; ".join([first, *(f"{', '.join(tasks)} {value}" for value, tasks in others)])


def said(value: Any) -> str:
    if value is None:
        return "by the epochs"  # a language model's dropout
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_every_flag_shows_the_default_of_every_task() -> None:
    shown = " ".join(CliRunner().invoke(app, ["train", "--help"], env={"COLUMNS": "400"}).output.split())
    for flag in KEYS.keys() - IN_WORDS:
        (found,) = re.findall(rf"{flag}[ ,/].*?\[([^\]]*)\]", shown)[:1]
        assert found == default_of(KEYS[flag]), flag


def test_every_flag_is_an_option_of_some_task() -> None:
    known = {key for kind in configuration.TASKS.values() for key in configuration.known_keys(kind)}
    assert set(KEYS.values()) <= known


@pytest.mark.parametrize("task", configuration.TASKS)
def test_the_flags_that_say_the_same_make_the_same_configuration(task: str) -> None:
    from remy.cli.flags import override

    kind = configuration.config_class(task)
    changed = configuration.override(
        kind(),
        {"train.epochs": 3.5, "train.clip": 0.25, "model.cell": "lstm", "train.patience": None},
    )
    words = words_of(changed).split()
    given: dict[str, Any] = {}
    assignments = []
    while words:
        word = words.pop(0)
        if word == "--set":
            assignments.append(words.pop(0))
        elif word.startswith("--no-"):
            given["--" + word[5:]] = False
        elif words and not words[0].startswith("--"):
            given[word] = words.pop(0)
        else:
            given[word] = True
    assert override(kind(), given, assignments) == changed
