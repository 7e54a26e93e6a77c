"""A run's own copy of data that cannot be read again, and the encoder that was fitted to its data."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from remy.data.standardizer import Standardizer
from remy.data.tokenizer import Tokenizer
from remy.errors import DataError
from remy.tasks.classification.data import Encoder
from remy.tasks.classification.examples import Examples, Label

#: Writes a file of a run, by its name in the directory ``data``.
Write = Callable[[str, str | bytes], None]

ENCODER = "encoder.json"


def write_kept(write: Write, part: str, examples: Examples) -> None:
    """Write examples as they are: texts as JSON lines, numbers as arrays with their labels beside them."""
    if examples.are_texts:
        rows = zip(examples.inputs, examples.labels, strict=True)
        lines = (json.dumps({"text": text, "label": label}, ensure_ascii=False) for text, label in rows)
        write(f"{part}.jsonl", "".join(f"{line}\n" for line in lines))
        return
    lengths = np.array([len(one) for one in examples.inputs], np.int64)
    steps = np.concatenate([np.asarray(one) for one in examples.inputs])
    buffer = io.BytesIO()
    np.savez(buffer, steps=steps, lengths=lengths, labels=np.array(json.dumps(list(examples.labels))))
    write(f"{part}.npz", buffer.getvalue())


def read_kept(run: Path, part: str) -> Examples:
    """Read what `write_kept` wrote.

    Raises
    ------
    DataError
        If it is missing or damaged.
    """
    texts, numbers = run / "data" / f"{part}.jsonl", run / "data" / f"{part}.npz"
    try:
        if texts.is_file():
            rows = [json.loads(line) for line in texts.read_text(encoding="utf-8").splitlines()]
            return _examples([row["text"] for row in rows], [row["label"] for row in rows])
        if numbers.is_file():
            with np.load(numbers, allow_pickle=False) as arrays:
                cuts = np.cumsum(arrays["lengths"])[:-1]
                return _examples(np.split(arrays["steps"], cuts), json.loads(str(arrays["labels"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{run}: the run's own copy of its data, data/{part}, is damaged: {error}") from None
    raise DataError(f"{run}: the run's own copy of its data, data/{part}, is missing")


def write_encoder(write: Write, encoder: Encoder) -> None:
    """Write the encoder: fitting it again need not give the same one (sub-words whose counts tie)."""
    write(ENCODER, json.dumps(encoder.to_json()))


def read_encoder(run: Path) -> Encoder:
    """Read what `write_encoder` wrote.

    Raises
    ------
    DataError
        If it is missing or damaged.
    """
    path = run / "data" / ENCODER
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from None
    kind = Tokenizer if record.get("kind") == "tokenizers" else Standardizer
    return kind.from_json(record)


def _examples(inputs: list[Any], labels: list[Any]) -> Examples:
    read: list[Label] = [tuple(label) if isinstance(label, list) else label for label in labels]
    return Examples(inputs, read, [f"data[{place}]" for place in range(len(inputs))], "data")
