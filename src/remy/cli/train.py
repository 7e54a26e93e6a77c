"""``remy train``: from a file to a trained run."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from remy import defaults
from remy.cli.options import DebugFlag, JsonFlag, QuietFlag
from remy.cli.output import print_json, say
from remy.errors import UsageError

if TYPE_CHECKING:
    from remy.config import Config
    from remy.tasks.job import TrainedModel


def _option(text: str, default: object, *names: str) -> Any:
    """A flag whose default is the configuration's, so that a configuration file can say otherwise."""
    return typer.Option(*names, help=f"{text} [{default}]", show_default=False)


#: As everywhere here: the default, and beside it the tasks that have another one (a test compares).
_BATCH = "32; translator 64; piano_roll 4"
_LAYERS = "2; classifier, regressor, forecaster, translator, piano_roll, captioner 1"
_RATE = "0.006; classifier, regressor, forecaster, tagger, piano_roll 0.003; translator, captioner 0.002"
_METRIC = "loss; classifier accuracy; regressor rmse; tagger, translator, captioner auto"
_PATIENCE = "5; classifier, regressor, forecaster, tagger, translator, piano_roll, captioner 10"
_WATCH = f"never; {defaults.WATCH_GRADIENTS} where no number follows"
_DROPOUT = (
    "by the epochs; classifier, translator 0.3; regressor 0.1; forecaster, tagger, captioner 0.4; "
    "piano_roll 0.5"
)


class TrainCommand(TyperCommand):
    """Lets ``--watch-gradients`` stand without its number, which typer's options cannot."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the usual number in where none follows."""
        flag = "--watch-gradients"
        for place in [place for place, word in enumerate(args) if word == flag][::-1]:
            if not "".join(args[place + 1 : place + 2]).lstrip("-").isdecimal():
                args = [*args[: place + 1], str(defaults.WATCH_GRADIENTS), *args[place + 1 :]]
        return super().parse_args(ctx, args)


def train(
    data: Annotated[
        str | None,
        typer.Argument(metavar="FILE|DATASET", help="A file, a folder of music, a packaged data set, or -."),
    ] = None,
    out: Annotated[Path | None, _option("Directory for the run.", "runs/NAME-N", "--out", "-o")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing run.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run from its last checkpoint.")
    ] = False,
    config: Annotated[Path | None, _option("YAML file with options.", "none")] = None,
    task: Annotated[str | None, _option("What to learn.", "guessed")] = None,
    text: Annotated[str | None, _option("Column of the text.", "guessed")] = None,
    label: Annotated[str | None, _option("Column of the label.", "guessed")] = None,
    separator: Annotated[str | None, _option("Between several labels of a record.", "one label")] = None,
    tokens: Annotated[str | None, _option("words, characters or subwords.", "words")] = None,
    tag: Annotated[str | None, _option("Column of CoNLL: upos, xpos, ...", "upos, or the last")] = None,
    time: Annotated[str | None, _option("Column of the time.", "guessed")] = None,
    source: Annotated[str | None, _option("File or column that is translated.", "guessed")] = None,
    target: Annotated[
        str | None, _option("File or column it is translated to; columns to forecast: a,b.", "guessed")
    ] = None,
    image: Annotated[str | None, _option("Column of the pictures' paths.", "guessed")] = None,
    caption: Annotated[str | None, _option("Column of the captions.", "guessed")] = None,
    series: Annotated[str | None, _option("Column that tells series apart.", "one series")] = None,
    known: Annotated[str | None, _option("Columns known ahead: a,b.", "none")] = None,
    horizon: Annotated[int | None, _option("Steps to forecast.", 1)] = None,
    valid: Annotated[str | None, _option("File to validate on.", "a part of FILE")] = None,
    test: Annotated[str | None, _option("File to score the best model on.", "what was validated on")] = None,
    split: Annotated[float | None, _option("Share of FILE to learn from.", "0.9; forecaster 0.7")] = None,
    cell: Annotated[str | None, _option("simple_rnn, lstm or gru.", "lstm; forecaster gru")] = None,
    units: Annotated[
        int | None,
        _option("Size of each layer's state.", "256; classifier, regressor, tagger 128; forecaster 32"),
    ] = None,
    layers: Annotated[int | None, _option("Recurrent layers.", _LAYERS)] = None,
    bidirectional: Annotated[
        bool | None, _option("Read in both directions.", "yes", "--bidirectional/--no-bidirectional")
    ] = None,
    live: Annotated[bool | None, _option("Use no future.", "no", "--live/--no-live")] = None,
    pooling: Annotated[str | None, _option("last, mean, max or attention.", "max")] = None,
    attention: Annotated[str | None, _option("additive, multiplicative or none.", "additive")] = None,
    dropout: Annotated[float | None, _option("Share of values dropped.", _DROPOUT)] = None,
    epochs: Annotated[float | None, _option("Passes over the training data.", "by their size")] = None,
    batch_size: Annotated[int | None, _option("Sequences read side by side.", _BATCH)] = None,
    lr: Annotated[
        float | None,
        _option("Highest learning rate.", _RATE),
    ] = None,
    metric: Annotated[
        str | None,
        _option("What the best model is chosen by.", _METRIC),
    ] = None,
    patience: Annotated[
        int | None,
        _option("Validations without a new best.", _PATIENCE),
    ] = None,
    max_time: Annotated[str | None, _option("End after 90s, 8m, 1h30m.", "none")] = None,
    watch_gradients: Annotated[
        int | None, _option("Look at gradients and gates every so many updates.", _WATCH)
    ] = None,
    tensorboard: Annotated[
        bool | None, _option("Write curves for TensorBoard.", "no", "--tensorboard/--no-tensorboard")
    ] = None,
    seed: Annotated[int | None, _option("Where all randomness comes from.", defaults.SEED)] = None,
    threads: Annotated[int | None, _option("Processors to use.", "all; forecaster, piano_roll 1")] = None,
    device: Annotated[str | None, _option("Where torch trains.", defaults.DEVICE)] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any other option, such as train.clip=0.5."),
    ] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Learn from a file and keep the best model."""
    values = {
        "--task": task, "--text": text, "--label": label, "--separator": separator, "--tokens": tokens,
        "--tag": tag, "--time": time, "--source": source, "--target": target,
        "--image": image, "--caption": caption, "--series": series, "--known": known,
        "--horizon": horizon, "--valid": valid, "--test": test, "--split": split, "--cell": cell,
        "--units": units, "--layers": layers,
        "--bidirectional": bidirectional, "--live": live, "--pooling": pooling, "--attention": attention,
        "--dropout": dropout, "--epochs": epochs, "--batch-size": batch_size, "--lr": lr, "--metric": metric,
        "--patience": patience, "--max-time": max_time, "--watch-gradients": watch_gradients,
        "--tensorboard": tensorboard, "--seed": seed, "--threads": threads,
        "--device": device,
    }  # fmt: skip
    if data is None and config is None and not resume and source is not None and target is not None:
        # Nothing else is given, so these are files.
        data, values["--source"], values["--target"] = f"{source},{target}", None, None
    given = {flag: value for flag, value in values.items() if value is not None}
    if live and bidirectional is None:
        given["--bidirectional"] = False
    if resume:
        trained = _resume(data, out, force, config, given, assignments or [], quiet)
    else:
        trained = _start(data, out, force, config, given, assignments or [], quiet)
    _show(trained, as_json=as_json, quiet=quiet)


def _start(
    data: str | None,
    out: Path | None,
    force: bool,
    config_file: Path | None,
    given: dict[str, Any],
    assignments: list[str],
    quiet: bool,
) -> TrainedModel:
    from remy.cli.flags import override, words_of

    base, reason = _base(data, config_file, given.get("--task"))
    config = override(base, given, assignments)
    if data:
        config = config.model_copy(update={"data": config.data.model_copy(update={"train": data})})
    if not config.data.train:
        raise UsageError("train: expected a file, a packaged data set or - for standard input")
    if config.data.train == config.data.valid == "-":
        raise UsageError("train: only one of the two files can come from standard input")
    from remy.tasks.registry import open_job
    from remy.training.run_directory import RunDirectory

    if out is not None:
        RunDirectory.check_free(out, force=force)
    opened = open_job(config)
    if out is None:
        out = RunDirectory.fresh(Path("runs"), opened.short_name)
    if reason is not None:
        resolved = opened.job.config
        say(f"task: {resolved.task} (guessed: {reason}); in flags:", quiet=quiet)
        held = f" --valid {shlex.quote(config.data.valid)}" if config.data.valid is not None else ""
        said = f"{shlex.quote(config.data.train)} -o {shlex.quote(str(out))}{held} {words_of(resolved)}"
        say(f"  remy train {said}", quiet=quiet)
    for note in opened.notes:
        say(note, quiet=quiet)
    from remy.tasks.starting import start
    from remy.training.progress import choose_reporter

    return start(opened, out=out, force=force, reporter=choose_reporter(quiet=quiet))


def _base(data: str | None, config_file: Path | None, task: str | None) -> tuple[Config, str | None]:
    """Return the configuration to begin with, and the reason for its task where that is a guess."""
    from remy import config as configuration
    from remy.tasks.guess import guess_task

    if config_file is not None:
        config = configuration.read(config_file)
        if task is not None and task != config.task:
            raise UsageError(f"--task: {config_file} is for the task {config.task}, got '{task}'")
        return config, None
    guess = guess_task(data) if data and task is None else None
    chosen = guess.task if guess is not None else task or "language_model"
    kind = configuration.config_class(chosen, name="--task")
    return kind(), guess.reason if guess is not None else None


def _resume(
    data: str | None,
    out: Path | None,
    force: bool,
    config_file: Path | None,
    given: dict[str, Any],
    assignments: list[str],
    quiet: bool,
) -> TrainedModel:
    if force or config_file is not None:
        raise UsageError("train: --resume goes on with a run as it is; leave out --force and --config")
    if out is None and data is not None and (Path(data) / "config.yaml").is_file():
        out, data = Path(data), None
    if out is None:
        raise UsageError("train: --resume needs the run to go on with: -o RUN")
    from remy import config as configuration
    from remy.cli.flags import KEYS
    from remy.tasks.registry import resume
    from remy.training.progress import choose_reporter

    changes = {KEYS[flag]: value for flag, value in given.items()}
    changes |= configuration.parse_assignments(assignments)
    if data is not None:
        changes["data.train"] = data
    names = {KEYS[flag]: flag for flag in given}
    return resume(out, changes=changes, names=names, reporter=choose_reporter(quiet=quiet))


def _show(trained: TrainedModel, *, as_json: bool, quiet: bool) -> None:
    run = trained.run
    if as_json:
        print_json({"run": str(run.path) if run is not None else None, **trained.metrics})
        return
    from remy.cli.scores import score_lines

    print("\n".join(score_lines(trained.metrics)))
    if run is not None and not quiet:
        sys.stdout.flush()
        ended = trained.metrics["training"]["ended_by"]
        say(f"{run.path}: the best model, its scores and plots (ended by {ended})")
        held = trained.metrics["data"].get("notation")
        then = _NEXT[trained.metrics["task"]] if held is None else _NEXT_OF_MUSIC[held]
        say(f"next: {then.format(run=run.path)}")


#: Task -> what one would do with the run.
_NEXT = {
    "language_model": "remy predict {run} TEXT; remy generate {run}",
    "classifier": "remy predict {run} FILE; remy evaluate {run} FILE",
    "regressor": "remy predict {run} FILE; remy evaluate {run} FILE",
    "tagger": "remy predict {run} FILE; remy evaluate {run} FILE",
    "translator": "remy predict {run} TEXT; remy evaluate {run} FILE",
    "captioner": "remy predict {run} PICTURE; remy evaluate {run} FILE",
    "forecaster": "remy forecast {run}; remy backtest {run}",
    "piano_roll": "remy generate {run} --output tune.mid; remy evaluate {run} FILE",
}

#: Notation -> the same, for music.
_NEXT_OF_MUSIC = {
    "abc": "remy generate {run} --output tune.abc, or tune.mid",
    "midi": "remy generate {run} --output tune.mid",
}
