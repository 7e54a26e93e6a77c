"""What can be said of a trained model without its weights: by its header and the scores beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from remy.errors import ModelFileError
from remy.io.architecture import expected_tensors
from remy.io.architecture.captioner import VECTOR_SIZE
from remy.lab.beginnings import beginning_of
from remy.lab.schemas.choices import TextInput, WordsInput
from remy.lab.schemas.models import ModelCard, Score

#: What stands in ``metrics.json``, and what people call it; by task, what it is judged by first.
FIGURES: Final[Mapping[str, Mapping[str, str]]] = {
    "language_model": {"nats_per_character": "nats/char", "bits_per_character": "bits/char"},
    "classifier": {"micro_f1": "micro F1", "accuracy": "accuracy", "macro_f1": "macro F1"},
    "regressor": {"rmse": "RMSE", "mae": "MAE"},
    "tagger": {
        "span_f1": "span F1",
        "accuracy": "accuracy",
        "unknown_word_accuracy": "accuracy of unknown words",
    },
    "translator": {"bleu": "BLEU", "chrf": "chrF", "exact_match": "exactly right", "word_f1": "word F1"},
    "captioner": {"word_f1": "word F1", "bleu": "BLEU", "exact_match": "exactly right"},
    "forecaster": {"rmse": "RMSE", "mae": "MAE", "mase": "MASE"},
    "piano_roll": {"nats_per_frame": "nats/frame", "frame_accuracy": "accuracy", "f1": "F1"},
}
#: How the cells are written.
CELLS: Final = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
#: More names than this are not listed; the trace has them.
_MOST_NAMES: Final = 1000


def card_of(
    header: Mapping[str, Any],
    *,
    id: str,
    title: str | None,
    source: Literal["shipped", "run"],
    metrics: Mapping[str, Any],
    about: str | None = None,
    examples: Sequence[str] = (),
) -> ModelCard:
    """Return the card of a model.

    Parameters
    ----------
    header
        As :func:`remy.io.model_file.read_header` returns it.
    id, source
        As the card has them.
    title
        None for one that says what the network is.
    metrics
        What ``metrics.json`` holds; empty where it is not known.
    about
        A sentence; None for one that says what it learned from.
    examples
        Texts to begin with; those with a character that the model has never read are left out, and without
        any there is that of the model file.

    Raises
    ------
    ModelFileError
        If the task or the network is unknown, or the header does not say what the model reads.
    """
    task, architecture = header["task"], header["architecture"]
    if task not in FIGURES:
        raise ModelFileError(f"expected a task out of {', '.join(FIGURES)}, got '{task}'.")
    shapes = expected_tensors(architecture)
    try:
        takes, features, picture = _takes(task, header)
        begin = beginning_of(header)
        readable = tuple(_readable(header, examples))
        if not readable and begin is not None:
            readable = tuple(_as_text(begin))
        return ModelCard(
            id=id,
            title=title or said_network(architecture),
            source=source,
            task=task,
            takes=takes,
            features=features,
            picture=picture,
            cell=architecture["cell"],
            units=_units(architecture),
            layers=architecture["layers"],
            bidirectional=architecture.get("bidirectional", task == "translator"),
            parameters=sum(math.prod(shape) for shape in shapes.values()),
            outputs=_outputs(task, header),
            about=_about(metrics) if about is None else about,
            scores=tuple(_scores(task, metrics)),
            examples=readable,
            begin=begin,
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ModelFileError("damaged: its header does not say what the model reads and answers.") from error


def said_network(architecture: Mapping[str, Any]) -> str:
    """Return cell and sizes in words.

    Examples
    --------
    >>> said_network({"cell": "lstm", "units": 32, "layers": 2})
    'LSTM, 2 layers of 32 units'
    """
    layers, units = architecture["layers"], _units(architecture)
    sizes = f"{units} units" if layers == 1 else f"{layers} layers of {units} units"
    both = ", both directions" if architecture.get("bidirectional") else ""
    return f"{CELLS[architecture['cell']]}, {sizes}{both}"


def _units(architecture: Mapping[str, Any]) -> int:
    """Return the size of the state, of a captioner that of its decoder."""
    found: int = architecture["units"] if "units" in architecture else architecture["decoder_units"]
    return found


def _takes(
    task: str, header: Mapping[str, Any]
) -> tuple[Literal["text", "words", "numbers", "picture"], int | None, int | None]:
    """Return the kind of the input, F of numbers, and the side of pictures."""
    architecture = header["architecture"]
    if task == "tagger":
        return "words", None, None
    if task in ("classifier", "regressor") and not architecture["vocabulary_size"]:
        return "numbers", architecture["features"], None
    if task == "piano_roll":
        return "numbers", architecture["keys"], None
    if task == "captioner":
        if VECTOR_SIZE in architecture:
            return "numbers", architecture[VECTOR_SIZE], None
        return "picture", None, architecture["picture_size"]
    if task == "forecaster":
        columns = header["tokenizer"]["columns"]
        return "numbers", sum(len(columns[part]) for part in ("target", "known", "past")), None
    return "text", None, None


def _outputs(task: str, header: Mapping[str, Any]) -> tuple[str, ...] | None:
    names: Sequence[str] | None = header["labels"]
    if task == "language_model":
        names = header["tokenizer"]["vocabulary"]
    elif task in ("translator", "captioner"):
        names = _written(header["tokenizer"]["target" if task == "translator" else "captions"])
    elif task == "forecaster":
        names = _forecast(header)
    elif task == "piano_roll":
        from remy.data.piano_roll import KEY_NAMES

        names = KEY_NAMES
    return None if not names or len(names) > _MOST_NAMES else tuple(names)


def _written(tokenizer: Any) -> Sequence[str]:
    """Return the pieces that a decoder can write."""
    from remy.data.pieces import END_ID, PieceTokenizer

    return PieceTokenizer.from_json(tokenizer).vocabulary[END_ID:]


def _forecast(header: Mapping[str, Any]) -> list[str]:
    """Return the names of a step's scores, as :mod:`remy.tasks.forecasting.inspection` has them."""
    tokenizer, targets = header["tokenizer"], header["tokenizer"]["columns"]["target"]
    is_distribution = header["architecture"]["output"] == "student_t"
    names = ["location", "width", "freedom"]
    if not is_distribution:
        names = [f"q{level:g}" for level in tokenizer["quantiles"]]
    return names if len(targets) == 1 else [f"{target} {name}" for target in targets for name in names]


def _readable(header: Mapping[str, Any], examples: Sequence[str]) -> Iterator[str]:
    """Yield the texts that a model of characters can read; others read any."""
    known = header["tokenizer"]["vocabulary"] if header["task"] == "language_model" else None
    return (text for text in examples if known is None or set(text) <= set(known))


def _as_text(begin: Any) -> Iterator[str]:
    if isinstance(begin, TextInput):
        yield begin.text
    elif isinstance(begin, WordsInput):
        yield " ".join(begin.words)


def _about(metrics: Mapping[str, Any]) -> str:
    data, verdict = metrics.get("data"), metrics.get("verdict")
    name = data.get("name") if isinstance(data, Mapping) else None
    parts = [f"learned from {name}"] if name else []
    parts += [str(verdict)] if verdict else []
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _scores(task: str, metrics: Mapping[str, Any]) -> Iterator[Score]:
    """Yield the model's scores, and the same ones of every baseline."""
    baselines = metrics.get("baselines", [metrics.get("baseline")])
    scored = [("model", metrics.get("model"))]
    if isinstance(baselines, list):
        scored += [(one["name"], one) for one in baselines if isinstance(one, Mapping) and "name" in one]
    for who, values in scored:
        for key, name in FIGURES[task].items():
            value = values.get(key) if isinstance(values, Mapping) else None
            if isinstance(value, int | float) and math.isfinite(value):
                yield Score(who=str(who), name=name, value=float(value))
