"""``remy predict``: what a trained model says of a text, or of every record of a file."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remy import defaults
from remy.cli.options import DebugFlag, JsonFlag, QuietFlag, RunArgument
from remy.cli.output import print_json, read_prompt, say, visible
from remy.cli.rows import write_rows
from remy.errors import DataError, UsageError

if TYPE_CHECKING:
    from remy import runtime


def predict(
    run: RunArgument,
    given: Annotated[
        str,
        typer.Argument(
            metavar="TEXT|FILE", help="A text, a picture, a file of records, or - for standard input."
        ),
    ],
    top: Annotated[
        int | None, typer.Option(help=f"How many candidates. [{defaults.TOP}; of a file's records 1]")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of the text. [as in training]")] = None,
    tag: Annotated[str | None, typer.Option(help="Column of CoNLL for the tags. [as in training]")] = None,
    source: Annotated[str | None, typer.Option(help="Column that is translated. [as in training]")] = None,
    image: Annotated[str | None, typer.Option(help="Column of the pictures' paths. [as in training]")] = None,
    format: Annotated[
        str | None, typer.Option(help="csv, tsv, jsonl, text or conll. [by the ending]")
    ] = None,
    beam: Annotated[
        int | None, typer.Option(help="Sequences alive at once while one is written; 1 is greedy. [5]")
    ] = None,
    length_penalty: Annotated[
        float | None, typer.Option(help="Above 0 favours long sequences; 0 ranks by probability. [1]")
    ] = None,
    coverage_penalty: Annotated[
        float | None, typer.Option(help="Above 0 favours those that look at all of the source. [0]")
    ] = None,
    max_length: Annotated[
        int | None, typer.Option(help="Most pieces written. [twice the source's, and 10; captioner 50]")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(help="Draw what is written rather than search. [search]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of drawing. [a new one]")] = None,
    alignment: Annotated[
        bool, typer.Option("--alignment", help="Say which word of the source each word written looked at.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Draw what was looked at to a .png or .svg file. [none]")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where the rows go. [standard output]")
    ] = None,
    as_json: JsonFlag = False,
    quiet: QuietFlag = False,
    debug: DebugFlag = False,
) -> None:
    """Say what a model makes of a text, or of every record of a file.

    A language model says what probably comes next. A classifier or regressor answers a text, or adds its
    answers to the rows of a file. A tagger gives sentences back with their tags. A translator writes a line
    for every line, and adds what it writes to the rows of a table. A captioner writes a caption of a picture,
    or of every picture that a table, or a line on standard input, names. A model of piano rolls gives the
    probability of every key in every frame, and in the one that comes next.
    """
    from remy import runtime

    if top is not None and top < 1:
        raise UsageError(f"top: expected at least 1, got {top}.")
    model = runtime.load(run)
    writing = {
        "beam": beam, "length_penalty": length_penalty, "coverage_penalty": coverage_penalty,
        "max_length": max_length, "temperature": temperature, "seed": seed,
    }  # fmt: skip
    if isinstance(model, runtime.Captioner):
        from remy.cli.captions import caption

        _refuse({"source": source, "plot": plot, "alignment": alignment or None}, "a captioner reads no text")
        searching: dict[str, Any] = {"top": top, **writing}
        caption(model, given, searching, image=image, format=format, out=out, as_json=as_json, quiet=quiet)
        return
    _refuse({"image": image}, f"a {model.model_file.task} reads no pictures")
    if isinstance(model, runtime.Translator):
        from remy.cli.translations import translate

        searching = {"top": top, **writing}
        translate(
            model,
            given,
            searching,
            alignment=alignment,
            plot=plot,
            source=source,
            format=format,
            out=out,
            as_json=as_json,
            quiet=quiet,
        )
        return
    writes = f"a {model.model_file.task} writes no sequence of its own"
    _refuse({**writing, "source": source, "plot": plot, "alignment": alignment or None}, writes)
    if isinstance(model, runtime.LanguageModel):
        _next(model, read_prompt(given, model.notation), top or defaults.TOP, as_json)
    elif isinstance(model, runtime.SequenceModel):
        if given != "-" and model.reads_text and _is_a_text(given):
            _one(model, given, top or defaults.TOP, as_json)
        else:
            from remy.tasks.classification.prediction import predict_file

            say_so = functools.partial(say, quiet=quiet)
            rows = predict_file(run, model, given, text=text, top=top or 1, format=format, note=say_so)
            separator = model.separator if isinstance(model, runtime.Classifier) else None
            write_rows(rows if as_json else _joined(rows, separator), out=out, as_json=as_json)
    elif isinstance(model, runtime.Tagger):
        _tag(model, given, tag, format, out, as_json)
    elif isinstance(model, runtime.PianoRoll):
        from remy.tasks.polyphony.prediction import predict_rows, read_for

        rolls = read_for(model, given)
        for note in rolls.notes:
            say(note, quiet=quiet)
        write_rows(predict_rows(model, rolls), out=out, as_json=as_json)
    else:
        raise DataError(f"{run}: a {model.model_file.task}; for what comes next type: remy forecast {run}")


def _refuse(given: Mapping[str, Any], reason: str) -> None:
    """Refuse the first of some options that was given."""
    for name, value in given.items():
        if value is not None:
            raise UsageError(f"--{name.replace('_', '-')}: {reason}; leave it out")


def _is_a_text(given: str) -> bool:
    """Whether what was given is a text itself rather than the name of a file or data set."""
    from remy import datasets

    name, _, part = given.partition(":")
    if os.path.exists(given) or (name in datasets.names() and part in ("", "test")):  # False for long texts
        return False
    return any(letter.isspace() for letter in given) or not _ENDING.search(given)


#: What a name of a file ends in, of those that can be read.
_ENDING = re.compile(
    r"\.(csv|tsv|tab|jsonl|ndjson|json|parquet|pq|txt|text|np[yz]|ts|conllu?|bio|iob2?)(\.gz)?$", re.I
)


def _joined(rows: Iterator[Mapping[str, Any]], separator: str | None) -> Iterator[Mapping[str, Any]]:
    """Yield rows with several labels in one cell as the run's files have them."""
    for row in rows:
        several = isinstance(row["predicted"], list)
        yield {**row, "predicted": (separator or "|").join(row["predicted"])} if several else row


def _next(model: runtime.LanguageModel, beginning: str, top: int, as_json: bool) -> None:
    candidates = model.predict(beginning, top=top)
    if as_json:
        rows = [{"character": character, "probability": probability} for character, probability in candidates]
        print_json({"text": beginning, "next": rows})
        return
    width = max(len(visible(character)) for character, _ in candidates)
    for character, probability in candidates:
        print(f"{visible(character):<{width}}  {probability:.4f}")


def _tag(
    model: runtime.Tagger, given: str, tag: str | None, format: str | None, out: Path | None, as_json: bool
) -> None:
    """Give a sentence, or those of a file, back with their tags."""
    if given != "-" and _is_a_text(given):
        words = given.split()
        (tags,) = model.tag([words])
        if as_json:
            print_json({"words": words, "tags": list(tags)})
            return
        width = max(map(len, words), default=0)
        for word, label in zip(words, tags, strict=True):
            print(f"{word:<{width}}  {label}")
        return
    from remy.tasks.tagging.prediction import predict_file

    if as_json:
        raise UsageError("--json: a file comes back in its own format, with its tags; leave it out")
    pieces = predict_file(model, given, tag=tag, format=format)
    if out is not None:
        from remy.io.atomic import write_text

        write_text(out, "".join(pieces))
        return
    for piece in pieces:
        print(piece, end="", flush=given == "-")


def _one(model: runtime.SequenceModel, text: str, top: int, as_json: bool) -> None:
    """Answer a single text."""
    from remy import runtime

    if isinstance(model, runtime.Classifier):
        row = model.probabilities([text])[0]
        pairs = sorted(zip(model.labels, map(float, row), strict=True), key=lambda pair: -pair[1])[:top]
        if as_json:
            labels = [{"label": label, "probability": probability} for label, probability in pairs]
            print_json({"text": text, "predicted": model.predict([text])[0], "labels": labels})
            return
        width = max(len(label) for label, _ in pairs)
        for label, probability in pairs:
            print(f"{label:<{width}}  {probability:.4f}")
        return
    assert isinstance(model, runtime.Regressor)
    number = float(model.predict([text])[0])
    if as_json:
        print_json({"text": text, "predicted": number})
    else:
        print(f"{number:.9g}")
