"""How results are printed: to standard output; everything else goes to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from remy.cli.streams import writes_utf8
from remy.errors import UsageError

if TYPE_CHECKING:
    from remy.data.notation import Notation


def print_json(value: Any) -> None:
    """Print one JSON object."""
    # A stream's own escapes, such as \xe9, would not be JSON.
    print(json.dumps(value, indent=2, ensure_ascii=not writes_utf8(sys.stdout), allow_nan=False))


def say(sentence: str, *, quiet: bool = False) -> None:
    """Tell the person something that is not the result."""
    if not quiet:
        print(f"remy: {sentence}", file=sys.stderr, flush=True)


def read_prompt(prompt: str, notation: Notation | None = None) -> str:
    """Return `prompt`, or all of standard input for ``-``, without the line end a shell puts there.

    For a model of MIDI files it is one: nobody types its events.
    """
    if notation is not None and notation.name == "midi":
        return _midi_prompt(prompt) if prompt else ""
    if prompt != "-":
        return prompt
    from remy.data.text import read_text

    return read_text("-").removesuffix("\n")


def _midi_prompt(prompt: str) -> str:
    from remy.data.events import END
    from remy.data.music import read_music
    from remy.data.notation import MIDI, find_notation

    if find_notation(prompt) is not MIDI:
        raise UsageError(f"a model of MIDI files goes on from a MIDI file, got '{prompt}'; give FILE.mid")
    return read_music(prompt).tunes[0].removesuffix(END)


def visible(character: str) -> str:
    """Return a character so that a reader sees it, spaces and line ends too, and an event of MIDI in words.

    Examples
    --------
    >>> visible("a"), visible(" "), visible("\\n")
    ("'a'", "' '", "'\\\\n'")
    """
    from remy.data.events import describe

    return describe(character)


def score_table(model: dict[str, Any], baseline: dict[str, Any] | None) -> str:
    """Lay the scores of the model and the baseline out in columns."""
    rows = [("", "nats/char", "bits/char"), ("model", *_scores(model))]
    if baseline is not None:
        rows.append((baseline["name"], *_scores(baseline)))
    return _columns(rows)


def fields(pairs: Sequence[tuple[str, object]]) -> str:
    """Lay names and values out in two columns."""
    width = max(len(name) for name, _ in pairs)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in pairs)


def _scores(record: dict[str, Any]) -> tuple[str, str]:
    return f"{record['nats_per_character']:.4f}", f"{record['bits_per_character']:.4f}"


def _columns(rows: Sequence[tuple[str, str, str]]) -> str:
    width = max(len(row[0]) for row in rows)
    return "\n".join(f"{name:<{width}}  {nats:>9}  {bits:>9}" for name, nats, bits in rows)
