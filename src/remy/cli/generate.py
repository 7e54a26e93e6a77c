"""``remy generate``: write on, to the terminal or to a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remy import defaults
from remy.cli.options import DebugFlag, JsonFlag, QuietFlag, RunArgument
from remy.cli.output import print_json, read_prompt, say
from remy.errors import UsageError

if TYPE_CHECKING:
    from remy import runtime


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
            help="How many characters to write. "
            f"[{defaults.LENGTH}; a tune to a file: to its end, at most {defaults.TUNE_LENGTH}; frames of a "
            "piano roll: 64]"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "--out", "-o", help="Write a file: .txt, or a tune as .abc or .mid. [standard output]"
        ),
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

    With --output a model of tunes in ABC notation or of MIDI files writes one tune. A model of piano rolls
    composes, or goes on with the piece in the file of --prompt, and needs --output.
    """
    from remy import runtime

    options: dict[str, Any] = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
    if runtime.task_of(run) == "piano_roll":
        from remy.cli.compose import compose

        composer = runtime.load_as(run, runtime.PianoRoll)
        compose(composer, output, prompt, length, options, force=force, as_json=as_json, quiet=quiet)
        return
    model = runtime.load_as(run, runtime.LanguageModel)
    if output is not None:
        from remy.runtime.writing import check_output

        check_output(output, model.notation, force=force)  # before standard input is read
        beginning = read_prompt(prompt, model.notation)
        _write(model, output, beginning, length, {**options, "force": force}, as_json=as_json, quiet=quiet)
        return
    if force:
        raise UsageError("generate: --force replaces the file of --output, which is not given")
    if model.notation is not None and model.notation.name == "midi" and not as_json:
        raise UsageError(f"generate: {run} writes notes and no text; give --output FILE.mid")
    beginning = read_prompt(prompt, model.notation)
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


def _write(
    model: runtime.LanguageModel,
    output: Path,
    beginning: str,
    length: int | None,
    options: dict[str, Any],
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    text = model.write(output, beginning, length, **options)
    if as_json:
        print_json({"prompt": beginning, "text": text, "seed": options["seed"], "output": str(output)})
        return
    kind = f"a tune of {len(text)}" if model.notation is not None else f"{len(text)}"
    say(f"{output}: {kind} characters", quiet=quiet)
