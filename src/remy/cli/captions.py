"""``remy predict`` of a captioner: a picture, or every picture that a file names."""

from __future__ import annotations

import functools
import itertools
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remy.cli.output import print_json, say
from remy.cli.written import as_record, print_lines, print_one, print_rows, search_of
from remy.errors import UsageError

if TYPE_CHECKING:
    from remy import runtime
    from remy.runtime import Search


def caption(
    model: runtime.Captioner,
    given: str,
    writing: Mapping[str, Any],
    *,
    image: str | None,
    format: str | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Caption a picture, or every picture that a table or standard input names, in its order.

    Parameters
    ----------
    model
        The captioner.
    given
        A picture, a ``.npy`` file, a table, a data set or ``-``.
    writing
        Flags that say how captions are looked for.
    image, format, out, as_json, quiet
        Flags of ``remy predict``.
    """
    search = search_of(**writing)
    if format is None and _is_a_picture(given):
        if image is not None:
            raise UsageError(f"--image: names a column of a table, and {given} is a picture; leave it out")
        _one(model, given, search, out, as_json)
        return
    from remy.tasks.captioning.prediction import predict_file

    say_so = functools.partial(say, quiet=quiet)
    answers = predict_file(model, given, search, image=image, format=format, note=say_so)
    first = next(answers)  # what is wrong with the file is said before anything is written
    everything = itertools.chain([first], answers)
    if not first.columns and not as_json and search.n_best == 1:
        texts = (one.found[0].text for one in everything)
        print_lines(texts, out, at_once=given == "-" and sys.stdin.isatty())
        return
    rows: Any = ((one.columns or {"picture": one.path}, one.found, {}) for one in everything)
    print_rows(rows, out, top=search.n_best, as_json=as_json)


def _is_a_picture(given: str) -> bool:
    """Whether what was given is a picture or vector itself rather than a file that names some."""
    from remy.data import pictures, vectors
    from remy.data.tables import TABLE_ENDINGS, ending

    if given == "-" or ending(given) in (*TABLE_ENDINGS, ".txt"):
        return False
    return Path(given).suffix.lower() in (*pictures.ENDINGS, vectors.ENDING) or os.path.isfile(given)


def _one(model: runtime.Captioner, path: str, search: Search, out: Path | None, as_json: bool) -> None:
    [found] = model.caption(model.read(path)[None], search)
    if as_json:
        print_json(
            {"picture": path, "predicted": found[0].text, "candidates": [as_record(one) for one in found]}
        )
    elif out is not None:
        print_lines((one.text for one in found), out, at_once=False)
    else:
        print_one(found, alone=search.n_best == 1)
