"""``remy train``: from a text to a trained run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from remy import defaults
from remy.cli.options import DebugFlag, JsonFlag, QuietFlag
from remy.cli.output import print_json, say, score_table
from remy.errors import UsageError

if TYPE_CHECKING:
    from remy.config import Config
    from remy.tasks.language_run import TrainedModel
    from remy.tasks.sources import Source

#: Flag -> what it sets in the configuration.
KEYS: Final = {
    "--task": "task",
    "--split": "data.split",
    "--cell": "model.cell",
    "--units": "model.units",
    "--layers": "model.layers",
    "--dropout": "model.dropout",
    "--epochs": "train.epochs",
    "--batch-size": "train.batch_size",
    "--lr": "train.lr",
    "--max-time": "train.max_time",
    "--seed": "train.seed",
    "--threads": "train.threads",
    "--device": "train.device",
}


def _option(text: str, default: object, *names: str) -> Any:
    """A flag whose default is the configuration's, so that a configuration file can say otherwise."""
    return typer.Option(*names, help=f"{text} [{default}]", show_default=False)


def train(
    data: Annotated[
        str | None, typer.Argument(metavar="FILE|DATASET", help="A text file, a packaged data set, or -.")
    ] = None,
    out: Annotated[Path | None, _option("Directory for the run.", "runs/NAME-N", "--out", "-o")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing run.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run from its last checkpoint.")
    ] = False,
    config: Annotated[Path | None, _option("YAML file with options.", "none")] = None,
    task: Annotated[str | None, _option("What to learn: language_model.", "guessed")] = None,
    valid: Annotated[str | None, _option("Text to measure on.", "the end of FILE")] = None,
    split: Annotated[float | None, _option("Share of FILE to learn from.", defaults.SPLIT)] = None,
    cell: Annotated[str | None, _option("simple_rnn, lstm or gru.", defaults.CELL)] = None,
    units: Annotated[int | None, _option("Size of each layer's state.", defaults.UNITS)] = None,
    layers: Annotated[int | None, _option("Recurrent layers.", defaults.LAYERS)] = None,
    dropout: Annotated[float | None, _option("Share of values dropped.", "by the epochs")] = None,
    epochs: Annotated[float | None, _option("Passes over the text.", "by its length")] = None,
    batch_size: Annotated[int | None, _option("Places read side by side.", defaults.BATCH_SIZE)] = None,
    lr: Annotated[float | None, _option("Highest learning rate.", defaults.LEARNING_RATE)] = None,
    max_time: Annotated[str | None, _option("End after 90s, 8m, 1h30m.", "none")] = None,
    seed: Annotated[int | None, _option("Where all randomness comes from.", defaults.SEED)] = None,
    threads: Annotated[int | None, _option("Processors to use.", "all")] = None,
    device: Annotated[str | None, _option("Where torch trains.", defaults.DEVICE)] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any other option, such as train.clip=0.5."),
    ] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Learn from a text and keep the best model."""
    values = {
        "--task": task, "--split": split, "--cell": cell, "--units": units, "--layers": layers,
        "--dropout": dropout, "--epochs": epochs, "--batch-size": batch_size, "--lr": lr,
        "--max-time": max_time, "--seed": seed, "--threads": threads, "--device": device,
    }  # fmt: skip
    given = {flag: value for flag, value in values.items() if value is not None}
    if resume:
        trained = _resume(data, out, force, config, valid, given, assignments or [], quiet)
    else:
        trained = _start(data, out, force, config, valid, given, assignments or [], quiet)
    _show(trained, as_json=as_json, quiet=quiet)


def _start(
    data: str | None,
    out: Path | None,
    force: bool,
    config_file: Path | None,
    valid: str | None,
    given: dict[str, Any],
    assignments: list[str],
    quiet: bool,
) -> TrainedModel:
    from remy import config as configuration
    from remy.tasks.guess import guess_task
    from remy.tasks.plan import plan
    from remy.tasks.sources import open_source

    base = configuration.read(config_file) if config_file is not None else configuration.Config()
    config = _override(base, given, assignments)
    data, valid = data or config.data.train, valid if valid is not None else config.data.valid
    if not data:
        raise UsageError("train: expected a text file, a packaged data set or - for standard input")
    if data == valid == "-":
        raise UsageError("train: only one of the two texts can come from standard input")
    guess = guess_task(data) if "--task" not in given else None
    if out is not None:
        _check_free(out, force)
    source = open_source(data)
    if out is None:
        out = _fresh(source)
    learned = len(source.text) * (1.0 if valid is not None else config.data.split)
    config = plan(config, round(learned))
    if guess is not None:
        say(f"task: {guess.task} (guessed: {guess.reason}); in flags:", quiet=quiet)
        held = f" --valid {valid}" if valid is not None else ""
        say(f"  remy train {data} -o {out}{held} {_flags(config)}", quiet=quiet)
    held_out = open_source(valid) if valid is not None else None
    from remy.tasks.language_training import train_language_model
    from remy.training.progress import choose_reporter

    return train_language_model(
        config, source, held_out, out=out, force=force, reporter=choose_reporter(quiet=quiet)
    )


def _resume(
    data: str | None,
    out: Path | None,
    force: bool,
    config_file: Path | None,
    valid: str | None,
    given: dict[str, Any],
    assignments: list[str],
    quiet: bool,
) -> TrainedModel:
    from remy.tasks.sources import open_source

    if force or config_file is not None:
        raise UsageError("train: --resume goes on with a run as it is; leave out --force and --config")
    if out is None and data is not None and (Path(data) / "config.yaml").is_file():
        out, data = Path(data), None
    if out is None:
        raise UsageError("train: --resume needs the run to go on with: -o RUN")
    from remy import config as configuration
    from remy.tasks.language_training import resume_language_model
    from remy.training.progress import choose_reporter

    changes = {KEYS[flag]: value for flag, value in given.items()} | configuration.parse_assignments(
        assignments
    )
    return resume_language_model(
        out,
        source=open_source(data) if data is not None else None,
        valid=open_source(valid) if valid is not None else None,
        changes=changes,
        names={KEYS[flag]: flag for flag in given},
        reporter=choose_reporter(quiet=quiet),
    )


def _override(config: Config, given: dict[str, Any], assignments: list[str]) -> Config:
    from remy import config as configuration

    by_flag = {KEYS[flag]: value for flag, value in given.items()}
    config = configuration.override(config, by_flag, names={KEYS[flag]: flag for flag in given})
    return configuration.override(config, configuration.parse_assignments(assignments), source="--set")


def _check_free(out: Path, force: bool) -> None:
    from remy.training.run_directory import RunDirectory

    RunDirectory.check_free(out, force=force)


def _fresh(source: Source) -> Path:
    from remy.training.run_directory import RunDirectory

    return RunDirectory.fresh(Path("runs"), source.short_name)


def _flags(config: Config) -> str:
    """Return the flags that say what `config` says; what has no flag only where it is not the default."""
    from remy import config as configuration

    values, usual = configuration.flat(config), configuration.flat(configuration.Config())
    words = []
    for flag, key in KEYS.items():
        value = values[key]
        if value is not None:
            words.append(f"{flag} {value:g}" if isinstance(value, float) else f"{flag} {value}")
    for key, value in values.items():
        if value != usual[key] and key not in KEYS.values() and not key.startswith("data."):
            words.append(f"--set {key}={'null' if value is None else value}")
    return " ".join(words)


def _show(trained: TrainedModel, *, as_json: bool, quiet: bool) -> None:
    run = trained.run
    if as_json:
        print_json({"run": str(run.path) if run is not None else None, **trained.metrics})
        return
    metrics = trained.metrics
    print(score_table(metrics["model"], metrics["baseline"]))
    if run is not None and not quiet:
        sys.stdout.flush()
        say(f"{run.path}: the best model, its scores and plots (ended by {metrics['training']['ended_by']})")
        say(f"next: remy predict {run.path} TEXT; remy generate {run.path}")
