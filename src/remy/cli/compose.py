"""What ``remy generate`` does with a model of piano rolls: it composes a piece."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from remy.cli.output import print_json, say
from remy.errors import UsageError

if TYPE_CHECKING:
    from remy import runtime


def compose(
    model: runtime.PianoRoll,
    output: Path | None,
    prompt: str,
    length: int | None,
    options: dict[str, Any],
    *,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write a MIDI file that begins with the one at `prompt`, if one is named, or print its notes as JSON.

    Raises
    ------
    UsageError
        If an option does not fit, or a file would be replaced.
    DataError
        If the beginning cannot be read, or the file cannot be written.
    """
    from remy.data.piano_roll import notes_of
    from remy.runtime import FRAMES
    from remy.runtime.roll_writing import check_midi_output, write_midi
    from remy.tasks.polyphony.prediction import beginning_of

    for name in ("top_k", "top_p"):
        if options.pop(name) is not None:
            raise UsageError(
                f"--{name.replace('_', '-')}: a model of piano rolls draws each key by itself; leave it out"
            )
    if output is not None:
        check_midi_output(output, force=force)
    elif force:
        raise UsageError("generate: --force replaces the file of --output, which is not given")
    elif not as_json:
        raise UsageError("generate: a model of piano rolls writes notes and no text; give --output FILE.mid")
    beginning = beginning_of(model, prompt) if prompt else None
    piece = model.continued(beginning, FRAMES if length is None else length, **options)
    if output is not None:
        write_midi(output, piece, step=model.step)
    if as_json:
        notes = [note._asdict() for note in notes_of(piece)]
        place = str(output) if output is not None else None
        print_json(
            {"prompt": prompt, "step": model.step, "notes": notes, "seed": options["seed"], "output": place}
        )
    else:
        say(f"{output}: {len(piece)} frames of {model.step:g} quarter notes", quiet=quiet)
