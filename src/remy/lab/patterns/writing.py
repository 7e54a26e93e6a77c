"""One to many, and encoder and decoder: models that write a sequence of its own length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from remy import runtime
from remy.data.batches import pad
from remy.data.pictures import as_numbers
from remy.data.pieces import BEGIN, BEGIN_ID, END, END_ID, SPACE, UNKNOWN, UNKNOWN_ID, PieceTokenizer
from remy.errors import DataError
from remy.inspect import Trace
from remy.io.architecture.decoder import DECODER
from remy.io.architecture.translator import ENCODER
from remy.lab.patterns.padded import Padded
from remy.lab.patterns.task import OutputKind, Own, Row, layer_stages, read_by, softmax
from remy.models.captioner import CaptionerNetwork
from remy.models.decoder import Decoder, Memory
from remy.models.translator import TranslatorNetwork
from remy.runtime import Written
from remy.tasks.inspection import dtype_of, network_of

#: What stands for the tokenizer's marks: people's words have no brackets.
START, STOP = "(start)", "(end)"
_MARKS = {BEGIN: START, END: STOP, UNKNOWN: "(unknown)"}
#: Unknown pieces and the beginning are never written: they have no score.
_WRITTEN = slice(END_ID, None)


class _Decoding:
    """What both have in common; subclasses say what is read."""

    output_kind: OutputKind = "decoder"

    def __init__(self, tokenizer: PieceTokenizer) -> None:
        self._tokenizer = tokenizer

    @property
    def names(self) -> tuple[str, ...]:
        """The items that can be written."""
        return tuple(self._shown(piece) for piece in self._tokenizer.vocabulary[_WRITTEN])

    def alone(self, row: Row) -> NDArray[Any]:
        """Return the probabilities (T, V) after each of the right items before (teacher forcing)."""
        return self._walk(row.x, self._ids(row))[0]

    def fed_items(self, row: Row) -> tuple[str, ...]:
        """Return the beginning and the right items but for the last, which is the end."""
        return (START, *self.right_items(row)[:-1])

    def right_items(self, row: Row) -> tuple[str, ...]:
        """Return the items of what is right, and the end."""
        return tuple(self._shown(self._tokenizer.vocabulary[number]) for number in self._ids(row))

    def _begin(self, x: Any) -> Any:
        """Return the runtime's beginning of what is written of an input."""
        raise NotImplementedError

    def _parts(self, x: Any) -> tuple[str, ...]:
        """Return the names of what can be looked at."""
        raise NotImplementedError

    def _own(self, x: Any, found: Sequence[Written]) -> Own:
        best = found[0]
        ids = self._tokenizer.numbers(best.pieces)
        if not best.ended:
            ids = ids[:-1]
        shares, looks = self._walk(x, ids)
        items = tuple(self._shown(self._tokenizer.vocabulary[number]) for number in ids)
        return Own(best.text, items, shares, looks, self._parts(x) if looks is not None else (), found)

    def _walk(self, x: Any, ids: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any] | None]:
        """Return the probabilities (T, V) and the attention (T, S) while `ids` are written."""
        writing, read = self._begin(x), BEGIN_ID
        scores, looks = [], []
        for number in ids.tolist():
            scores.append(writing.step(np.array([read]))[0, _WRITTEN])
            looks.append(writing.attention())
            read = number
        shares = softmax(np.stack(scores))
        return shares, None if looks[0] is None else np.concatenate(looks)

    def _bind(
        self,
        rows: Sequence[Row],
        network: Any,
        memory_of: Callable[[Any], Memory],
        given: tuple[int, ...],
        watched: dict[str, torch.nn.Module],
    ) -> Padded:
        ids, lengths = pad([self._ids(row) for row in rows])
        before = np.concatenate([np.full((len(ids), 1), BEGIN_ID), ids[:, :-1]], axis=1)
        steps = torch.from_numpy(before)

        def run(network: Any) -> Tensor:
            readout = network.decoder(steps, memory_of(network))
            scores: Tensor = network.decoder.scores(readout)
            return scores[:, :, _WRITTEN]

        decoder: Decoder = network.decoder
        watched |= {"bridge": decoder.bridge, "decoder embedding": decoder.embedding}
        if decoder.attention is not None:
            watched["attention"] = decoder.attention
        inside = np.arange(ids.shape[1]) < lengths[:, None]
        return Padded(
            network,
            run,
            np.maximum(ids - END_ID, 0),
            inside & (ids != UNKNOWN_ID),
            given,
            self.names,
            watched,
        )

    def _decoder_stages(self, padded: Padded, found: Trace) -> list[tuple[str, str, tuple[int, ...]]]:
        looked = padded.shapes.get("attention")
        attention = [] if looked is None else [("what the attention sees", "BTD", looked)]
        return [
            ("the decoder's first state", "BD", padded.shapes["bridge"]),
            ("what the decoder is fed", "BTI", read_by(found, DECODER)),
            *layer_stages(found, DECODER),
            *attention,
            ("scores of the next item", "BTV", found.scores.shape),
        ]

    def _ids(self, row: Row) -> NDArray[np.int64]:
        if not isinstance(row.right, str) or not row.right.strip():
            raise DataError("right: expected a text with at least one item, got none")
        return self._tokenizer.encode([row.right])[0]

    def _shown(self, piece: str) -> str:
        if piece in _MARKS:
            return _MARKS[piece]
        return piece.removeprefix(SPACE) if self._tokenizer.pieces == "words" else piece


class Translating(_Decoding):
    """The models of :class:`remy.Translator`.

    Parameters
    ----------
    model
        The estimator.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._trained: runtime.Translator = model._need("predict")
        super().__init__(self._trained.target)

    def steps(self, row: Row) -> int:
        """Return the pieces of the source, with the end."""
        return len(self._source(row.x))

    def own(self, x: Any, beam: int) -> Own:
        """Return what a search writes, and the probabilities on its way."""
        self._source(x)
        [found] = self._model.translate([x], beam=beam, n_best=beam)
        return self._own(x, found)

    def bind(self, rows: Sequence[Row]) -> Padded:
        """Bind rows; the scores are (B, T, V)."""
        ids, lengths = pad([self._source(row.x) for row in rows])
        read, long = torch.from_numpy(ids), torch.from_numpy(lengths)
        network = network_of(self._trained, TranslatorNetwork)

        def memory_of(network: TranslatorNetwork) -> Memory:
            found: Memory = network(read, long)
            return found

        return self._bind(rows, network, memory_of, ids.shape, {"embedding": network.embedding})

    def stages(self, padded: Padded, found: Trace) -> list[tuple[str, str, tuple[int, ...]]]:
        """Return the arrays of the encoder and of the decoder."""
        return [
            ("numbers of what is read", "BS", padded.given),
            ("a vector for each item", "BSI", padded.shapes["embedding"]),
            *(
                (name, letters.replace("T", "S"), shape)
                for name, letters, shape in layer_stages(found, ENCODER)
            ),
            *self._decoder_stages(padded, found),
        ]

    def read_items(self, row: Row) -> tuple[str, ...]:
        """Return the source's pieces, and the end."""
        return self._parts(row.x)

    def _begin(self, x: Any) -> Any:
        return self._trained._network.write_of([self._source(x)])

    def _parts(self, x: Any) -> tuple[str, ...]:
        return tuple(_MARKS.get(piece, piece) for piece in self._trained.pieces(x))

    def _source(self, x: str) -> NDArray[np.int64]:
        [found] = self._trained.source.encode([x], max_length=self._trained.max_source)
        if len(found) == 1:
            raise DataError("input: expected a text with at least one letter, got white space")
        return found


class Captioning(_Decoding):
    """The models of :class:`remy.Captioner` that read pictures.

    Parameters
    ----------
    model
        The estimator.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._trained: runtime.Captioner = model._need("predict")
        super().__init__(self._trained.tokenizer)

    @property
    def size(self) -> int:
        """Width and height of a picture."""
        return self._trained.size

    @property
    def channels(self) -> int:
        """Numbers of a pixel."""
        return self._trained.channels

    def steps(self, row: Row) -> int:
        """Return the items of the caption, with the end: pictures have all the same size."""
        return len(self._ids(row))

    def own(self, x: Any, beam: int) -> Own:
        """Return what a search writes, and the probabilities on its way."""
        [found] = self._model.describe(x[None], beam=beam, n_best=beam)
        return self._own(x, found)

    def bind(self, rows: Sequence[Row]) -> Padded:
        """Bind rows; the scores are (B, T, V)."""
        pictures = as_numbers(np.stack([row.x for row in rows]))
        shown = torch.from_numpy(pictures)
        network = network_of(self._trained, CaptionerNetwork)
        assert network.encoder is not None

        def memory_of(network: CaptionerNetwork) -> Memory:
            found: Memory = network(shown.to(dtype_of(network)))
            return found

        return self._bind(rows, network, memory_of, pictures.shape, {"grid": network.encoder})

    def stages(self, padded: Padded, found: Trace) -> list[tuple[str, str, tuple[int, ...]]]:
        """Return the arrays of the convolutions and of the decoder."""
        return [
            ("pixels", "BPPK", padded.given),
            ("the grid of vectors that convolutions make", "BSD", padded.shapes["grid"]),
            *self._decoder_stages(padded, found),
        ]

    def read_items(self, row: Row) -> tuple[str, ...]:
        """Return nothing: a picture is read at once."""
        return ()

    def _begin(self, x: Any) -> Any:
        return self._trained._network.write_of(as_numbers(x[None]))

    def _parts(self, x: Any) -> tuple[str, ...]:
        side = round(self._trained.places**0.5)
        return tuple(f"row {place // side}, column {place % side}" for place in range(side * side))
