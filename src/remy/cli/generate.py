"""``remy generate``: write on, to the terminal or to a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from remy import defaults
from remy.cli.options import DebugFlag, JsonFlag, QuietFlag, RunArgument
from remy.cli.output import print_json, read_prompt
from remy.errors import UsageError


def generate(
    run: RunArgument,
    prompt: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="The beginning; - reads standard input; for a model of MIDI a file."
        ),
    ] = "",
    length: Annotated[
        int | None,
        typer.Option(
            help=f"How many characters [{defaults.LENGTH}], or frames of a piano roll [64], to write."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "--out", "-o", help="Write a MIDI file: .mid. [none]"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    temperature: Annotated[
        float, typer.Option(help="Below 1: more probable characters; 0: always the most probable.")
    ] = defaults.TEMPERATURE,
    top_k: Annotated[int | None, typer.Option(help="Choose among so many candidates only. [all]")] = None,
    top_p: Annotated[
        float | None,
        typer.Option(help="Choose among the candidates that make up this probability. [all]"),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed writes the same text. [a new one]")] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Write on from a beginning.

    A model of piano rolls composes, or goes on with the piece in the file of --prompt, and needs --output.
    """
    from remy import runtime

    options: dict[str, Any] = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
    if runtime.task_of(run) == "piano_roll":
        from remy.cli.compose import compose

        composer = runtime.load_as(run, runtime.PianoRoll)
        compose(composer, output, prompt, length, options, force=force, as_json=as_json, quiet=quiet)
        return
    model = runtime.load_as(run, runtime.LanguageModel)
    if output is not None or force:
        raise UsageError(
            "generate: a language model writes to standard output; leave out --output and --force"
        )
    beginning = read_prompt(prompt)
    pieces = model.stream(beginning, defaults.LENGTH if length is None else length, **options)
    if as_json:
        print_json({"prompt": beginning, "text": "".join(pieces), "seed": seed})
        return
    # The first character is asked for before anything is printed, so that an error stands alone.
    first = next(pieces, "")
    sys.stdout.write(beginning + first)
    for piece in pieces:
        sys.stdout.write(piece)
        sys.stdout.flush()
    sys.stdout.write("\n")
