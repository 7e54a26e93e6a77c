"""The verbs together, and what happens when one fails."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

import remy
from remy.cli.backtest import backtest
from remy.cli.bench import bench
from remy.cli.check import check
from remy.cli.compare import compare
from remy.cli.evaluate import evaluate
from remy.cli.forecast import forecast
from remy.cli.generate import generate
from remy.cli.info import info
from remy.cli.inspect import inspect
from remy.cli.lab import lab
from remy.cli.predict import predict
from remy.cli.streams import mend_streams
from remy.cli.train import TrainCommand, train
from remy.errors import RemyError

#: Exit codes: bad data, bad usage, stopped by Ctrl-C (128 + the signal's number).
BAD_DATA, BAD_USAGE, INTERRUPTED = 1, 2, 130

_TOO_LARGE = "not enough memory; give smaller --units or --batch-size"

app = typer.Typer(
    name="remy",
    help="Recurrent neural networks for your own ordered data: learn, measure, predict.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


class _StoppedError(Exception):
    """A Ctrl-C on its way out: typer would swallow KeyboardInterrupt, and with it the message."""


def _letting_interrupts_out(verb: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(verb)
    def wrapped(*arguments: Any, **options: Any) -> None:
        try:
            verb(*arguments, **options)
        except KeyboardInterrupt as error:
            raise _StoppedError(str(error) or "interrupted") from error

    return wrapped


for _verb in (check, train, evaluate, predict, generate, forecast, backtest, inspect, compare, info):
    _command = TrainCommand if _verb is train else None
    app.command(cls=_command, no_args_is_help=True)(_letting_interrupts_out(_verb))
for _wordless in (lab, bench):
    app.command()(_letting_interrupts_out(_wordless))


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"remy {remy.__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Recurrent neural networks for your own ordered data: learn, measure, predict."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Parameters
    ----------
    arguments
        Without the program's name; None takes those of the process.

    Raises
    ------
    SystemExit
        Always, with the exit code: 0; 1 for bad data; 2 for bad usage; 130 after Ctrl-C.
    """
    mend_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(words))


def run(words: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        result = app(words, prog_name="remy", standalone_mode=False)
        sys.stdout.flush()
    except RemyError as error:
        return _fail(error, str(error), error.exit_code, words)
    except _StoppedError as error:
        return _fail(error, str(error), INTERRUPTED, words)
    except BrokenPipeError:
        # Whoever read our output has gone, as in `remy generate RUN | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BAD_DATA
    except MemoryError as error:
        return _fail(error, _TOO_LARGE, BAD_DATA, words)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _fail(error, f"{place}{error.strerror or error}", BAD_DATA, words)
    except Exception as error:
        return _usage(error, words)
    return result if isinstance(result, int) else 0


def _usage(error: Exception, words: list[str]) -> int:
    """Report what typer found wrong with the words; anything else is a fault of ours and stays visible."""
    describe: Any = getattr(error, "format_message", None)
    if describe is None and "allocate memory" in str(error):  # torch's own words, in a RuntimeError
        return _fail(error, _TOO_LARGE, BAD_DATA, words)
    if describe is None:
        print(
            f"remy: error: this is a fault in Remy, please report it: {type(error).__name__}: {error}",
            file=sys.stderr,
        )
        if "--debug" in words:
            traceback.print_exception(error)
        else:
            print("remy: --debug shows where it happened", file=sys.stderr)
        return BAD_DATA
    if type(error).__name__ == "NoArgsIsHelpError":
        print(describe())
        return BAD_USAGE
    message = " ".join(str(describe()).split()).rstrip(".")
    context = getattr(error, "ctx", None)
    help_command = f"{context.command_path} --help" if context is not None else "remy --help"
    return _fail(error, f"{message[:1].lower()}{message[1:]}; see {help_command}", BAD_USAGE, words)


def _fail(error: BaseException, message: str, code: int, words: list[str]) -> int:
    if "--debug" in words:
        traceback.print_exception(error)
    print(f"remy: {'' if code == INTERRUPTED else 'error: '}{message}", file=sys.stderr)
    return code
