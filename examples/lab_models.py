"""Train the small models that ship with the lab, each with its scores beside it: ``make lab-models``.

Each is trained by one ``remy train``, on a packaged data set or on files that `lab_data` makes of one, and
gets a folder in the package: the model file and ``scores.json``. All of them take half an hour on one core.
The same machine makes the same model files again.

    python examples/lab_models.py [NAME ...]
"""

from __future__ import annotations

import csv
import json
import math
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import lab_data

from remy import datasets, metrics
from remy.data.characters import CharacterTokenizer
from remy.data.conll import read_conll
from remy.data.ngram import NGram
from remy.data.split import head_tail
from remy.io import model_file

HOME = Path(__file__).resolve().parents[1] / "src" / "remy" / "lab" / "models"

#: Figures of which less is better.
_LESS = ("bits_per_character",)

Scores = dict[str, Any]


@dataclass(frozen=True)
class Recipe:
    """How one model is made.

    Attributes
    ----------
    name
        Of its folder.
    about
        What it does, and how it reads, in one sentence.
    data
        The packaged data set it comes from.
    command
        What follows ``remy train``.
    figures
        The scores to keep; it is judged by the first.
    write
        Makes the files that the command reads, in a folder; None where the command names the data set itself.
    rivals
        Returns baselines besides those of ``remy train``, of the folder.
    """

    name: str
    about: str
    data: str
    command: str
    figures: tuple[str, ...]
    write: Callable[[Path], None] | None = None
    rivals: Callable[[Path], Iterable[Scores]] = lambda folder: ()


def short_memories(folder: Path) -> Iterable[Scores]:
    """Score what knows only the letter before, and what knows none."""
    train, held = head_tail(datasets.load("tragedies").text, 0.1)
    tokenizer = CharacterTokenizer.fit(train)
    for order, name in ((2, "counts of what follows each letter"), (1, "counts of letters")):
        counts = NGram(order).fit(tokenizer.encode(train), len(tokenizer.vocabulary))
        nats = counts.nats_per_character(tokenizer.encode(held, unknown="skip"))
        yield {"name": name, "bits_per_character": nats / math.log(2.0)}


def counting_rule(folder: Path) -> Iterable[Scores]:
    """Score a rule that learns nothing: it counts vowel letters."""
    with (folder / "syllables-test.csv").open(encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(file))
    right, counted = zip(
        *((row["syllables"], lab_data.count_vowel_letters(row["word"])) for row in rows), strict=True
    )
    yield {
        "name": "runs of vowel letters, a last e left out",
        "accuracy": metrics.accuracy(right, counted),
        "macro_f1": metrics.macro_f1(right, counted),
    }


def full_stops(folder: Path) -> Iterable[Scores]:
    """Score a full stop after the last word, and nothing after any other."""
    right = [sentence.tags or () for sentence in read_conll(folder / "tags-test.conll")]
    stops = [["none"] * (len(tags) - 1) + ["."] for tags in right]
    yield {
        "name": "a full stop at the end, nothing before",
        "accuracy": metrics.token_accuracy(right, stops),
    }


def _letters() -> Iterable[Recipe]:
    names = {"simple_rnn": "A simple recurrent network", "lstm": "An LSTM", "gru": "A GRU"}
    sizes = {"32": "32 units", "64": "64 units", "32x2": "two layers of 32 units"}
    for size, words in sizes.items():
        units, _, layers = size.partition("x")
        for cell, called in names.items():
            yield Recipe(
                f"letters-{cell}-{size}",
                f"{called} with {words} that predicts the next letter of six tragedies of Shakespeare.",
                "tragedies",
                f"tragedies --cell {cell} --units {units} --layers {layers or 1} --dropout 0 --epochs 20 "
                "--batch-size 16 --set train.steps=32 --set train.restart=0.5 --set model.embedding=16",
                ("bits_per_character",),
                rivals=short_memories,
            )


RECIPES: tuple[Recipe, ...] = (
    *_letters(),
    Recipe(
        "syllables",
        "A GRU that reads a word letter by letter and says after each how many syllables a word has that "
        "ends there.",
        "pronunciations",
        "syllables.csv --task classifier --text word --label syllables --tokens characters "
        "--valid syllables-valid.csv --test syllables-test.csv --cell gru --units 48 --live --pooling last "
        "--dropout 0 --epochs 8 --set model.embedding=16 --set model.token_dropout=0",
        ("accuracy", "macro_f1"),
        write=lab_data.write_syllables,
        rivals=counting_rule,
    ),
    Recipe(
        "vowels",
        "A GRU that hears a vowel step by step and says after each which of nine speakers it is.",
        "vowels",
        "vowels --cell gru --units 24 --live --pooling last --dropout 0.3 --epochs 60",
        ("accuracy", "macro_f1"),
    ),
    Recipe(
        "icons",
        f"Convolutions and a GRU with attention that name an icon of {lab_data.ICON_SIZE} x "
        f"{lab_data.ICON_SIZE} pixels, black on white.",
        "icons",
        "icons.csv --task captioner --image image --caption caption --valid icons-valid.csv "
        "--test icons-test.csv --cell gru --units 52 --dropout 0.1 --epochs 20 --lr 0.004 "
        f"--set data.size={lab_data.ICON_SIZE} --set model.filters=16 --set model.blocks=3 "
        "--set model.embedding=40 --set train.shift=1",
        ("word_f1", "exact_match"),
        write=lab_data.write_icons,
    ),
    Recipe(
        "tags",
        "A bidirectional LSTM that puts the marks behind the words of a speech, as Shakespeare's plays do.",
        "shakespeare",
        "tags.conll --task tagger --valid tags-valid.conll --test tags-test.conll --cell lstm --units 32 "
        "--layers 1 --bidirectional --dropout 0.1 --epochs 8 --set model.output=softmax "
        "--set data.vocabulary=1300 --set model.embedding=24 --set model.character_embedding=8 "
        "--set model.character_units=8 --set model.word_dropout=0.02 --set model.rare_dropout=0",
        ("accuracy",),
        write=lab_data.write_tags,
        rivals=full_stops,
    ),
    Recipe(
        "sounds",
        "A GRU that reads the letters of a word in both directions, and one with attention that says its "
        "sounds.",
        "pronunciations",
        "sounds.csv --task translator --source letters --target sounds --valid sounds-valid.csv "
        "--test sounds-test.csv --cell gru --units 48 --layers 1 --dropout 0 --epochs 6 --lr 0.005 "
        "--set model.embedding=32 --set model.decoder_units=64 --set train.label_smoothing=0",
        ("exact_match", "word_f1"),
        write=lab_data.write_sounds,
    ),
)


def make(recipe: Recipe) -> Scores:
    """Train one model, write its two files, and return what is in ``scores.json``."""
    command = [*shlex.split(recipe.command), "--seed", str(lab_data.SEED), "--threads", "1"]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if recipe.write is not None:
            recipe.write(folder)
        subprocess.run(
            [sys.executable, "-m", "remy.cli", "train", *command, "-o", "run"],
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            check=True,
        )
        measured = json.loads((folder / "run" / "metrics.json").read_text(encoding="utf-8"))
        trained = model_file.read(folder / "run" / "model.safetensors")
        rivals = list(recipe.rivals(folder))
    path = HOME / recipe.name / "model.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    model_file.write(path, replace(trained, metrics=_lean(measured, recipe)))
    scores = _scores(recipe, measured, rivals, shlex.join(["remy", "train", *command]), path.stat().st_size)
    text = json.dumps(scores, indent=2, ensure_ascii=False) + "\n"
    (path.parent / "scores.json").write_text(text, encoding="utf-8")
    return scores


def _lean(measured: Mapping[str, Any], recipe: Recipe) -> Scores:
    """Return the metrics that the model file keeps: nothing of the data but their name and hash."""
    return {
        "data": {**measured["data"], "made_from": recipe.data},
        "model": _figures(measured["model"], recipe),
        "baselines": [_figures(one, recipe) for one in _baselines(measured)],
    }


def _scores(
    recipe: Recipe, measured: Mapping[str, Any], rivals: Sequence[Scores], command: str, size: int
) -> Scores:
    source, data = datasets.describe(recipe.data), measured["data"]
    model = _figures(measured["model"], recipe)
    baselines = [_figures(one, recipe) for one in (*_baselines(measured), *rivals)]
    return {
        "about": recipe.about,
        "task": measured["task"],
        "data": {
            "name": recipe.data,
            "package": source.requirement,
            "licence": source.licence,
            "learned_from": data["name"],
            "sha256": data["sha256"],
        },
        "held_out": _held_out(measured),
        "parameters": measured["training"]["parameters"],
        "bytes": size,
        "seconds": round(measured["training"]["seconds"]),
        "model": model,
        "baselines": baselines,
        "verdict": _verdict(model, baselines, recipe.figures[0]),
        "command": command,
    }


def _baselines(measured: Mapping[str, Any]) -> list[Scores]:
    return measured["baselines"] if "baselines" in measured else [measured["baseline"]]


def _figures(scores: Mapping[str, Any], recipe: Recipe) -> Scores:
    """Return the figures that are kept, behind the name where there is one."""
    named = {"name": scores["name"]} if "name" in scores else {}
    return {**named, **{key: round(scores[key], 4) for key in recipe.figures if key in scores}}


def _held_out(measured: Mapping[str, Any]) -> str:
    data = measured["data"]
    if "scored_on" not in measured:
        held = f"the {data['valid']}, {data['valid_characters']:,} characters"
        return f"{held}; the best model was chosen on it too"
    scored = measured["scored_on"]
    return f"{scored['name']}, {scored['records']:,} records; the best model was chosen on {data['valid']}"


def _verdict(model: Scores, baselines: Sequence[Scores], figure: str) -> str:
    less = figure in _LESS
    best = (min if less else max)(baselines, key=lambda one: one[figure])
    ahead = (best[figure] - model[figure]) * (1 if less else -1)
    beats = "beats the best baseline," if ahead > 0 else "does NOT beat the baseline"
    return f"{beats} {best['name']}: {figure.replace('_', ' ')} {model[figure]} against {best[figure]}"


def main(names: Sequence[str]) -> None:
    """Make the models called `names`, all without any, and say what came out."""
    known = {recipe.name: recipe for recipe in RECIPES}
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"lab_models: expected names out of {', '.join(known)}, got {', '.join(unknown)}")
    for name in names or known:
        made = make(known[name])
        print(f"{name}: {made['bytes']:,} bytes, {made['seconds']} s; it {made['verdict']}", flush=True)
    print(f"all models: {sum(path.stat().st_size for path in HOME.glob('*/*')):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
