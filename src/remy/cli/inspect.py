"""``remy inspect``: what happens inside a trained model while it reads one input."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remy.cli.inspect_print import is_plain, print_compact, print_lines, units_that_fit
from remy.cli.inspect_words import expect_sensible, expect_writable, parse_numbers, parse_overrides
from remy.cli.options import DebugFlag, JsonFlag, QuietFlag, RunArgument
from remy.cli.output import say
from remy.errors import DataError, UsageError
from remy.io.atomic import write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from remy.inspect import Flow, Trace
    from remy.inspect.report import Line, View

#: Lines of steps that are printed at most.
ROWS = 60

#: The word of ``--check`` that compares everything.
FULL = "full"


def inspect(
    run: RunArgument,
    given: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="A text; of models of numbers, pictures, series or pieces a file; - for standard input.",
        ),
    ],
    layer: Annotated[str | None, typer.Option(help="Its name, or number from 0. [the first]")] = None,
    direction: Annotated[
        str | None, typer.Option(help="forward or backward. [what the layer has first]")
    ] = None,
    steps: Annotated[
        str | None, typer.Option(metavar="RANGE", help="Show these only: 3-7 or 1,4,9. [all]")
    ] = None,
    rows: Annotated[
        int | None, typer.Option(help=f"Show so many steps at most. [{ROWS}]", show_default=False)
    ] = None,
    unit: Annotated[
        int | None, typer.Option(help="Follow this unit: its h, c, gates and time constant. [none]")
    ] = None,
    gradients: Annotated[
        bool, typer.Option("--gradients", help="Where the gradient of the loss arrives, and how far back.")
    ] = False,
    target: Annotated[
        str | None,
        typer.Option(
            help="What was right: a text, a label, tags between spaces, a number. "
            "[a language model: the text's own next characters]",
            show_default=False,
        ),
    ] = None,
    set_gate: Annotated[
        list[str] | None,
        typer.Option(metavar="[LAYER/]GATE=VALUE", help="Hold a gate, or hidden or cell; may be repeated."),
    ] = None,
    at: Annotated[
        list[str] | None, typer.Option(metavar="RANGE", help="The steps at which it is held. [all]")
    ] = None,
    units: Annotated[
        list[str] | None, typer.Option(metavar="RANGE", help="The units of which it is held. [all]")
    ] = None,
    attribution: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD",
            help="What each item adds to the answer: integrated_gradients, gradient_x_input or "
            "leave_one_out. [none]",
        ),
    ] = None,
    future: Annotated[
        str | None, typer.Option(metavar="FILE", help="Of a forecaster: what is known ahead. [none]")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw it to a .png or .svg file. [none]")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a page for the browser, complete in one .html file. [none]")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    stride: Annotated[
        int | None, typer.Option(help="Keep one step in so many, of long inputs. [1]", show_default=False)
    ] = None,
    check: Annotated[
        str | None,
        typer.Option(
            help="full: hold every step against the reference and finite differences. [quick]",
            show_default=False,
        ),
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Processors to use. [all]", show_default=False)] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Show what happens inside a model while it reads: states, gates and answers, step by step.

    The numbers are those of the compiled kernels, and the last lines say how far they are from the float64
    reference. With --json the whole trace is printed in the schema remy-trace/1.
    """
    expect_sensible(
        {
            "--unit": unit, "--attribution": attribution, "--json": as_json, "--html": html, "--plot": plot,
            "--gradients": gradients, "--set-gate": set_gate or [], "--at": at or [], "--units": units or [],
            "--stride": stride, "--layer": layer, "--direction": direction, "--steps": steps, "--rows": rows,
            "--check": check, "--target": target, "--force": force,
        }
    )  # fmt: skip
    _expect_writable(plot, html, force=force)
    if rows is not None and rows < 1:
        raise UsageError(f"rows: expected at least 1, got {rows}")
    numbers = None if steps is None else parse_numbers("--steps", steps)
    try:
        import torch
    except ModuleNotFoundError:
        raise UsageError("inspect: torch is not installed; pip install 'remy-rnn[train]'") from None
    import remy
    from remy.cli.inspect_input import read_input, read_target

    overrides = parse_overrides(set_gate or [], at or [], units or [])
    if threads is not None:
        remy.set_num_threads(threads)
        torch.set_num_threads(threads)
    say_so = functools.partial(say, quiet=quiet or as_json)
    model = remy.load(run)
    x = read_input(model._trained, given, future=future, note=say_so)
    if attribution is not None:
        print_lines(_contributions(model, x, target, attribution, layer, rows))
        return
    right = None
    if gradients or check == FULL:
        asker = "--gradients" if gradients or target is not None else None
        x, right = read_target(model._trained, x, target, asker=asker)
    full = check == FULL
    options = {"stride": 1 if stride is None else stride, "check": "quick" if check is None else check}
    found = _traced(model, x, right, overrides or None, options)
    if html is None and plot is None and not as_json:
        view = _view(found, layer, direction, numbers, rows)
        flows = _flows(model, x, right) if gradients and not overrides else []
        print_lines([*_heading(view), *_body(view, unit, gradients), *_ending(view, flows, full=full)])
        return
    figure = None if plot is None else _figure(found, layer, direction, gradients)
    text = None if html is None else _page(found, _title(run, given), full=full)
    # Reading and drawing took a while, in which somebody else may have written a file of that name.
    _expect_writable(plot, html, force=force)
    if plot is not None and figure is not None:
        from remy.inspect.figures import save_figure

        save_figure(figure, plot)
        say_so(f"{plot}: the figure")
    if html is not None and text is not None:
        write_text(html, text)
        say_so(f"{html}: the page; open it in a browser")
    if as_json:
        print_compact(found.to_json())


def _traced(model: Any, x: Any, right: Any, override: Any, options: dict[str, Any]) -> Trace:
    """Trace, and say in flags what a message says in Python."""
    from remy import inspect as inside

    try:
        return inside.trace(model, x, right, override=override, **options)
    except DataError as error:
        raise DataError(str(error).replace("pass stride=", "give --stride ")) from error


def _view(
    found: Trace, layer: str | None, direction: str | None, steps: list[int] | None, rows: int | None
) -> View:
    from remy.inspect.report import choose_layer, choose_steps

    return choose_steps(found, choose_layer(found, layer, direction), steps, rows or ROWS)


def _heading(view: View) -> list[Line]:
    from remy.inspect.report import held_sentences, layer_sentence

    return [[(each, "")] for each in (layer_sentence(view.trace, view.layer), *held_sentences(view.trace))]


def _body(view: View, unit: int | None, gradients: bool) -> list[Line]:
    from remy.inspect import report

    plain = is_plain()
    if unit is not None:
        return report.unit_lines(view, unit, plain=plain)
    if gradients:
        return report.gradient_lines(view, plain=plain)
    return report.step_lines(view, units=units_that_fit(report.UNITS), plain=plain)


def _ending(view: View, flows: Sequence[Flow], *, full: bool) -> list[Line]:
    from remy.inspect import report

    more = f"... {view.left_out:,} more steps; --rows N shows more, --steps others; --json has all"
    lines: list[Line] = [[(more, "quiet")]] if view.left_out else []
    said = [*report.flow_sentences(view.trace, flows), *report.residual_sentences(view.trace, full=full)]
    return [*lines, *report.answer_lines(view.trace), *([(each, "")] for each in said)]


def _contributions(
    model: Any, x: Any, target: str | None, method: str, layer: str | None, rows: int | None
) -> list[Line]:
    from remy.inspect.attribution import attribute
    from remy.inspect.report import contribution_lines

    which = int(layer) if layer is not None and layer.isdecimal() else layer
    found = attribute(model, x, target, method=method, layer=which)
    return contribution_lines(found, most=rows or ROWS, plain=is_plain())


def _flows(model: Any, x: Any, right: Any) -> Sequence[Flow]:
    from remy import inspect as inside

    return inside.gradient_flow(model, x, right)


def _expect_writable(plot: Path | None, html: Path | None, *, force: bool) -> None:
    expect_writable("--plot", plot, (".png", ".svg"), force=force)
    expect_writable("--html", html, (".html", ".htm"), force=force)


def _figure(found: Trace, layer: str | None, direction: str | None, gradients: bool) -> Figure:
    from remy.inspect.figures import plot_trace
    from remy.inspect.report import choose_layer

    chosen = choose_layer(found, layer, direction)
    what = "gradients" if gradients else None
    return plot_trace(found, layer=chosen.name, direction=chosen.direction, what=what)


def _page(found: Trace, title: str, *, full: bool) -> str:
    from remy.inspect.report import page

    return page(found, title=title, full=full)


def _title(run: Path, given: str) -> str:
    """Return a page's title: the model, and the beginning of what it read."""
    return f"{run.resolve().name}: {given if len(given) <= 60 else given[:59] + '…'}"
