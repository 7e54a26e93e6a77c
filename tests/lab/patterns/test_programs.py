"""The programs that the page shows run as they stand, and train what ships."""

from __future__ import annotations

import importlib
import itertools
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

import remy
from remy import datasets
from remy.lab.patterns.drawings import SHAPES, drawn
from remy.lab.patterns.kinds import KINDS

ROOT = Path(__file__).parents[3]
#: Flags of `remy train` -> keys of the configuration.
FLAGS = {
    "--cell": "model.cell",
    "--units": "model.units",
    "--layers": "model.layers",
    "--dropout": "model.dropout",
    "--pooling": "model.pooling",
    "--tokens": "data.tokens",
    "--epochs": "train.epochs",
    "--lr": "train.lr",
}


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each model's name."""
    return str(request.param)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data sets of the packaged ones' forms, small and made up: nothing is fetched."""
    made: dict[str, Callable[[Path], Path]] = {
        "pronunciations": _pronunciations,
        "vowels": _vowels,
        "icons": _icons,
    }

    def files(name: str) -> Any:
        path = made[name](tmp_path)
        return datasets.FileDataset(name, path, path, (), "", "", "")

    monkeypatch.setattr(datasets, "files", files)
    text = "\n\n".join(["ROMEO:\nWhat is it, else?\nA madness: most discreet!", "JULIET:\nAy me."] * 20)
    monkeypatch.setattr(datasets, "load", lambda name: SimpleNamespace(text=text))


def fitted(kind: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """Run a program with one epoch and return the model and what `fit` was given."""
    seen: list[Any] = []
    # The program's own word for it: a person tries it shorter in the same way.
    program, cut = re.subn(r"epochs=\d+", "epochs=1", KINDS[kind].program)
    assert cut == 1
    scope: dict[str, Any] = {}
    for owner in (remy.Classifier, remy.Captioner, remy.Tagger, remy.Translator):

        def fit(self: Any, *given: Any, _fit: Any = owner.fit, **named: Any) -> Any:
            seen.append(given)
            return _fit(self, *given, **named)

        monkeypatch.setattr(owner, "fit", fit)
    exec(compile(program, f"{kind}.txt", "exec"), scope)
    return scope["model"], seen[0]


@pytest.mark.usefixtures("small")
def test_a_program_trains_and_predicts(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model, _ = fitted(kind, monkeypatch)
    printed = capsys.readouterr().out
    assert model.metrics["model"]
    assert {
        "syllables": "verdict" not in printed and "[" in printed,
        "vowels": "who spoke is" in printed,
        "icons": len(printed.splitlines()) >= 2,
        "tags": printed.count("'") == 2 * 7,
        "sounds": "[" in printed,
    }[kind]


@pytest.mark.usefixtures("small")
def test_programs_learn_from_what_their_data_say(monkeypatch: pytest.MonkeyPatch) -> None:
    _, (words, counts) = fitted("syllables", monkeypatch)
    assert dict(zip(words, counts, strict=True))["banana"] == "3"
    _, ((spelled, sounds),) = fitted("sounds", monkeypatch)
    assert dict(zip(spelled, sounds, strict=True))["banana"] == "B AH N AE N AH"
    _, ((sentences, marks),) = fitted("tags", monkeypatch)
    assert sentences[0] == ["what", "is", "it", "else", "a", "madness", "most", "discreet"]
    assert list(marks[0]) == ["none", "none", ",", "?", "none", ":", "none", "!"]


@pytest.mark.usefixtures("small")
def test_a_program_has_the_options_of_the_model_that_ships(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _ = fitted(kind, monkeypatch)
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    recipes = {recipe.name: recipe for recipe in importlib.import_module("lab_models").RECIPES}
    words = shlex.split(recipes[kind].command)
    wanted = {FLAGS[flag]: value for flag, value in itertools.pairwise(words) if flag in FLAGS}
    wanted |= dict(pair.split("=") for flag, pair in itertools.pairwise(words) if flag == "--set")
    wanted["train.epochs"] = "1"
    config = model.config.model_dump()
    for key, value in wanted.items():
        section, name = key.split(".")
        found = config[section][name]
        assert str(found) == value or float(found) == float(value), key
    assert ("--live" in words) == bool(config["model"].get("live"))
    assert KINDS[kind].data == recipes[kind].data


def test_programs_are_about_ten_lines_that_fit_beside_each_other(kind: str) -> None:
    lines = KINDS[kind].program.splitlines()
    assert len([line for line in lines if line.strip()]) <= 12
    assert max(map(len, lines)) <= 100


def _pronunciations(folder: Path) -> Path:
    path = folder / "pronunciations.tsv"
    rows = [f"{a}{b}{c}\t{a.upper()} AE1 {c.upper()}" for a in "bdgkmn" for b in "ai" for c in "lpstvz"]
    path.write_text("\n".join(["letters\tsounds", "banana\tB AH0 N AE1 N AH0", *rows]) + "\n")
    return path


def _vowels(folder: Path) -> Path:
    path = folder / "vowels.ts"
    draw = np.random.default_rng(0)
    lines = ["@dimensions 12", "@classLabel true 1 2 3", "@data"]
    for speaker in "123" * 12:
        values = draw.normal(size=(12, draw.integers(4, 8))) + int(speaker)
        lines.append(":".join(",".join(f"{value:.3f}" for value in row) for row in values) + f":{speaker}")
    path.write_text("\n".join(lines) + "\n")
    return path


def _icons(folder: Path) -> Path:
    pictures = folder / "pictures"
    pictures.mkdir(exist_ok=True)
    lines = ["image,caption"]
    for name in SHAPES:
        for size in (20, 22, 24, 26, 28, 30):
            file = f"{name.replace(' ', '-')}-{size}.png"
            Image.fromarray(255 * (1 - drawn(name, size))).save(pictures / file)
            lines.append(f"pictures/{file},{name}")
    Image.fromarray(255 * (1 - drawn("heart", 48))).save(pictures / "heart.png")
    path = folder / "icons.csv"
    path.write_text("\n".join(lines) + "\n")
    return path
