"""A trace as one page for a browser: it asks no network for anything, and its policy forbids it to."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from importlib import resources
from pathlib import Path

from remy.inspect.record import Trace
from remy.inspect.report.sentences import held_sentences, residual_sentences
from remy.io.atomic import write_text

#: The page with places for what differs, inside this package.
TEMPLATE = ("page", "trace.html")


def page(trace: Trace, *, title: str, full: bool = False, digits: int = 4) -> str:
    """Return a trace as a complete HTML page.

    Heat maps of states and gates with the items as axis, the exact numbers under the pointer or the cursor
    keys, the answers after each step, the norms of the gradients, and the same as a table.

    Parameters
    ----------
    trace
        The trace; its first row is shown.
    title
        Of the page.
    full
        Whether every step was checked, as of ``trace(..., check="full")``.
    digits
        Significant digits of the numbers.

    Returns
    -------
    str
        HTML that holds its own style, script and numbers. Nothing in it can be loaded from elsewhere, and no
        text of the trace is read as HTML.

    Examples
    --------
    >>> import torch
    >>> from remy.inspect import trace
    >>> from remy.layers import GRU
    >>> made = page(trace(GRU(2), torch.ones(1, 5, 1)), title="<five> steps")
    >>> "<title>&lt;five&gt; steps</title>" in made, "http" in made.replace("http-equiv", "")
    (True, False)
    """
    template = resources.files("remy.inspect").joinpath(*TEMPLATE).read_text(encoding="utf-8")
    said = [*held_sentences(trace), *residual_sentences(trace, full=full)]
    if trace.loss is not None:
        said.insert(0, f"loss {trace.loss:.4g}")
    # One pass, so that a text which looks like a place for something is not filled.
    filled = {
        "title": html.escape(title),
        "policy": _policy(template),
        "sentences": "\n".join(f"<li>{html.escape(sentence)}</li>" for sentence in said),
        "trace": _embedded(trace.to_json(digits=digits)),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: filled[match[1]], template)


def write_page(trace: Trace, path: str | Path, *, title: str, full: bool = False) -> None:
    """Write what `page` returns to a file, whole or not at all.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    write_text(path, page(trace, title=title, full=full))


def _policy(template: str) -> str:
    """Return a content security policy that allows the page's own script and style, and nothing else."""
    [script] = re.findall(r"<script>(.*?)</script>", template, re.DOTALL)
    [style] = re.findall(r"<style>(.*?)</style>", template, re.DOTALL)
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; base-uri 'none'; "
        "form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()


def _embedded(value: object) -> str:
    """Return JSON that no text in it can end: ``<``, ``>`` and ``&`` are escaped, and so is all but ASCII."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
