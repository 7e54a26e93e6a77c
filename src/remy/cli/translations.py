"""``remy predict`` of a translator: a text, or the lines or rows of a file."""

from __future__ import annotations

import functools
import itertools
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remy.cli.forecast import plot_form
from remy.cli.output import print_json, say
from remy.cli.written import as_record, print_lines, print_one, print_rows, search_of
from remy.errors import UsageError

if TYPE_CHECKING:
    from remy import runtime
    from remy.runtime import Search, Written


def translate(
    model: runtime.Translator,
    given: str,
    writing: Mapping[str, Any],
    *,
    alignment: bool,
    plot: Path | None,
    source: str | None,
    format: str | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Translate a text, or every text of a file in its order.

    Parameters
    ----------
    model
        The translator.
    given
        A text, a file or ``-``.
    writing
        Flags that say how sequences are looked for.
    alignment, plot
        Whether to say what was looked at, and the file to draw it to.
    source, format, out, as_json, quiet
        Flags of ``remy predict``.
    """
    form, search = plot_form(plot), search_of(**writing)
    top = search.n_best
    if _is_a_text(given):
        _one(model, given, search, alignment, plot, form, as_json)
        return
    if plot is not None:
        raise UsageError("--plot: draws what was looked at for one text; give the text itself")
    from remy.tasks.translation.prediction import link_text, predict_file

    say_so = functools.partial(say, quiet=quiet)
    answers = predict_file(model, given, search, source=source, format=format, note=say_so)
    first = next(answers)  # what is wrong with the file is said before anything is written
    everything = itertools.chain([first], answers)
    if not first.columns and not as_json and top == 1:
        aligned = (
            one.found[0].text + (f"\t{link_text(model, one.source, one.found[0])}" if alignment else "")
            for one in everything
        )
        print_lines(aligned, out, at_once=given == "-" and sys.stdin.isatty())
        return
    rows = (
        (
            one.columns or {"source": one.source},
            one.found,
            {"alignment": link_text(model, one.source, one.found[0])} if alignment else {},
        )
        for one in everything
    )
    print_rows(rows, out, top=top, as_json=as_json)


def _is_a_text(given: str) -> bool:
    """Whether what was given is a text itself rather than the name of a file or data set."""
    from remy import datasets

    if given == "-" or os.path.exists(given) or given in datasets.names():  # False for long texts
        return False
    # A path, or a name with an ending, is a file that is missing, not a word to translate.
    return any(letter.isspace() for letter in given) or not re.search(r"/|\w\.\w{1,7}$", given)


def _one(
    model: runtime.Translator,
    text: str,
    search: Search,
    alignment: bool,
    plot: Path | None,
    form: str,
    as_json: bool,
) -> None:
    from remy.tasks.translation.prediction import link_text, need_attention

    [found] = model.translate([text.strip()], search)
    best: Written = found[0]
    if plot is not None:
        from remy.io.atomic import write_bytes
        from remy.training import figures

        look = need_attention(best)
        write_bytes(plot, figures.alignment(look, model.pieces(text), best.pieces, form=form))
    links = link_text(model, text, best) if alignment else None
    if as_json:
        candidates = [as_record(one) for one in found]
        linked = {"alignment": links} if links is not None else {}
        pieces = {"source": text, "source_pieces": model.pieces(text)}
        print_json({**pieces, "predicted": best.text, **linked, "candidates": candidates})
        return
    print_one(found, alone=search.n_best == 1)
    if links is not None:
        print(links)
