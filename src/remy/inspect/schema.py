"""The JSON form of a trace: one row of it, rounded, as plain nested lists; schema ``remy-trace/1``.

The records are pydantic models, from which :func:`json_schema` is made; :meth:`remy.inspect.Trace.to_json`
writes them and :func:`from_json` checks them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator
from pydantic.json_schema import GenerateJsonSchema

from remy import reference
from remy.errors import DataError
from remy.inspect.faults import AN_ANSWER_A_STEP, ONE_ANSWER, first_fault, short
from remy.inspect.record import SCHEMA
from remy.inspect.shapes import expect_shape, shaped, shaped_fields

#: Significant digits of a number; a float64 needs no more.
MOST_DIGITS = 17

CellName = Literal[
    "simple_rnn_tanh", "simple_rnn_relu", "simple_rnn_linear", "lstm", "gru_reset_after", "gru_reset_before"
]
Count = Annotated[int, Field(strict=True, ge=0)]
Flag = Annotated[bool, Field(strict=True)]
Number = Annotated[float, Field(strict=True)] | None
Vector = tuple[Number, ...]
Matrix = tuple[Vector, ...]
Cube = tuple[Matrix, ...]


def _answers(value: Any) -> str:
    nested = isinstance(value, Sequence) and len(value) > 0 and isinstance(value[0], list | tuple)
    return AN_ANSWER_A_STEP if nested else ONE_ANSWER


Scores = Annotated[
    Annotated[Vector, Tag(ONE_ANSWER)] | Annotated[Matrix, Tag(AN_ANSWER_A_STEP)], Discriminator(_answers)
]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class JacobiansRecord(_Record):
    """Frobenius norms of the one-step Jacobians: what each step does to the state."""

    hidden: Annotated[Vector, shaped("T", "of the new h by the h before, with c held")]
    state: Annotated[Vector, shaped("T", "of the new state by the state before, c included")]
    cell_road: Annotated[Vector, shaped("T", "of its part past all weights")]
    gate_road: Annotated[Vector, shaped("T", "of its part through the recurrent kernel")]


class GradientsRecord(_Record):
    """Norms over the units of the loss's gradients."""

    h: Annotated[Vector, shaped("T", "of the gradient that arrived at each h")]
    c: Annotated[Vector | None, shaped("T", "of that at each c; null without a cell state")]
    x: Annotated[Vector, shaped("T", "of that at what the layer read")]
    cell_road: Annotated[Vector, shaped("T", "of what each step handed back past all weights")]
    gate_road: Annotated[Vector, shaped("T", "of what it handed back through the recurrent kernel")]


class LayerRecord(_Record):
    """One direction of one recurrent layer, over one row.

    A layer that ran over the trace's rows stands here once, with the trace's row. One that ran over rows of
    its own (a tagger's layer of letters, whose rows are the words) stands here once for each of them.
    """

    name: Annotated[str, Field(description="as in the model file, such as rnn_0, or of the module")]
    direction: Annotated[
        Literal["forward", "backward"], Field(description="lists always stand in the order of the input")
    ]
    cell: Annotated[CellName, Field(description="recurrent cell")]
    gate_names: Annotated[tuple[str, ...], shaped("G", "in the order of the gates; none of a simple cell")]
    units: Annotated[Count, Field(description="H")]
    rows: Annotated[Count, Field(description="how many rows the layer ran over")]
    row: Annotated[Count, Field(description="which of them this is, from 0")]
    steps: Annotated[tuple[Count, ...], shaped("T", "which steps were kept, from 0")]
    items: Annotated[tuple[str, ...], shaped("T", "what was read at each; its number where not known")]
    valid: Annotated[tuple[Flag, ...], shaped("T", "false where the step is masked")]
    preactivations: Annotated[Cube, shaped("TPH", "of each gate, of a simple cell of the state")]
    gates: Annotated[Cube, shaped("TGH", "value of each gate")]
    h: Annotated[Matrix, shaped("TH", "state after the step")]
    c: Annotated[Matrix | None, shaped("TH", "cell state after the step; null where there is none")]
    jacobians: Annotated[JacobiansRecord, Field(description="what each step does to the state")]
    gradients: Annotated[GradientsRecord | None, Field(description="null without a target")]
    held: Annotated[
        dict[str, tuple[tuple[Flag, ...], ...]] | None,
        shaped("TH", "by a gate's name, h or c: true where an override held it; null where none did"),
    ]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        cell, gates = reference.CELLS[self.cell], len(self.gate_names)
        if gates != (len(cell.gates) if cell.slots else 0):
            raise ValueError(f"gate_names: expected those of {self.cell}, got {', '.join(self.gate_names)}")
        if (self.c is not None) != cell.has_cell_state:
            raise ValueError(f"c: expected {'values' if self.c is None else 'null'} with {self.cell}")
        if self.gradients is not None and self.gradients.c is not None and self.c is None:
            raise ValueError(f"gradients.c: expected null with {self.cell}")
        if self.row >= self.rows:
            raise ValueError(f"row: expected less than rows, {self.rows}, got {self.row}")
        if any(later <= step for step, later in zip(self.steps, self.steps[1:], strict=False)):
            raise ValueError("steps: expected rising numbers")
        known = (*self.gate_names, "h", *(("c",) if cell.has_cell_state else ()))
        for name in self.held or ():
            if name not in known:
                raise ValueError(f"held: expected names among {', '.join(known)}, got '{name}'")
        sizes = {"T": len(self.steps), "G": gates, "P": max(gates, 1), "H": self.units}
        for name, shape, value in shaped_fields(self):
            expect_shape(name, value, shape, sizes)
        return self


class ResidualsRecord(_Record):
    """The trace's checks of itself: how far it is from what it has to equal."""

    forward: Annotated[
        Number,
        Field(description="largest difference from the model's own scores; null if anything was held"),
    ]
    reference: Annotated[
        Number,
        Field(description="largest difference from the float64 reference; null if none was compared"),
    ]
    reference_gradients: Annotated[
        Number, Field(description="that of the gradients, relative to the largest; null without a target")
    ]
    finite_differences: Annotated[
        Number, Field(description="relative difference of slopes of the loss; null where not asked for")
    ]


class TraceRecord(_Record):
    """One row of a trace, rounded.

    Shapes: T kept steps of a layer, G gates, P pre-activations (G, of a simple cell 1), H units, V scores of
    an answer. Every field is always there; null stands for what there is none of, and for numbers that are
    not finite.
    """

    version: Literal["remy-trace/1"] = Field(alias="schema", description="name and version of this form")
    digits: Annotated[
        int, Field(strict=True, ge=1, le=MOST_DIGITS, description="significant digits of all numbers")
    ]
    rows: Annotated[Count, Field(description="how many rows the network ran over")]
    row: Annotated[Count, Field(description="which of them this is, from 0")]
    layers: Annotated[
        tuple[LayerRecord, ...], Field(description="every recurrent layer and direction, as they ran")
    ]
    scores: Annotated[
        Scores,
        Field(description="before softmax or sigmoid: (T, V), an answer at every step, or (V,), one answer"),
    ]
    probabilities: Annotated[
        Scores | None, Field(description="after it, of the same shape; null where the model gives numbers")
    ]
    outputs: Annotated[
        tuple[str, ...] | None, Field(description="(V,): names of the scores; null where they have none")
    ]
    loss: Annotated[Number, Field(description="whose gradients these are; null without a target")]
    residuals: Annotated[ResidualsRecord, Field(description="how far the trace is from what it has to equal")]
    held: Annotated[tuple[str, ...], Field(description="the overrides, in words")]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.row >= self.rows:
            raise ValueError(f"row: expected less than rows, {self.rows}, got {self.row}")
        for place, layer in enumerate(self.layers):
            if layer.rows == self.rows and layer.row != self.row:
                raise ValueError(f"layers[{place}].row: expected {self.row}, the trace's, got {layer.row}")
        first = self.scores[0] if self.scores else None
        if isinstance(first, tuple):
            shape, sizes = "TV", {"T": len(self.scores), "V": len(first)}
        else:
            shape, sizes = "V", {"V": len(self.scores)}
        for name in ("scores", "probabilities"):
            expect_shape(name, getattr(self, name), shape, sizes)
        expect_shape("outputs", self.outputs, "V", sizes)
        return self


def from_json(values: Any) -> TraceRecord:
    """Check what :meth:`remy.inspect.Trace.to_json` wrote and return it as a record.

    Parameters
    ----------
    values
        The mapping, as :func:`json.loads` returns it.

    Raises
    ------
    DataError
        If it is of another version, a field is missing, unknown or of another kind, or a shape does not fit.

    Examples
    --------
    >>> from_json({"schema": "remy-trace/7"})
    Traceback (most recent call last):
    remy.errors.DataError: trace: expected the schema 'remy-trace/1', got 'remy-trace/7'; trace it anew
    """
    expect_version(values, "trace")
    return validated(dict(values))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``remy-trace/1``; arrays also say their `shape` in letters.

    Examples
    --------
    >>> json_schema()["$defs"]["LayerRecord"]["properties"]["gates"]["shape"]
    ['T', 'G', 'H']
    """
    schema = TraceRecord.model_json_schema(schema_generator=_Untitled)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


def expect_version(values: Any, where: str) -> None:
    """Raise a `DataError` where `values` is no mapping that names this version of the schema."""
    if not isinstance(values, Mapping):
        raise DataError(f"{where}: expected a trace as a mapping of names, got {type(values).__name__}")
    if "schema" not in values:
        raise DataError(f"{where}: expected the schema '{SCHEMA}', got a mapping that names none")
    if values["schema"] != SCHEMA:
        found = short(values["schema"])
        raise DataError(f"{where}: expected the schema '{SCHEMA}', got {found}; trace it anew")


def validated(values: Any) -> TraceRecord:
    """Return the record of `values`; raise a `DataError` that says the first fault."""
    try:
        return TraceRecord.model_validate(values)
    except ValidationError as error:
        raise DataError(f"trace: {first_fault(error, _FIELDS)}") from None


class _Untitled(GenerateJsonSchema):
    """Without a title for every field, which generators of types would take for a type's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


_FIELDS = [
    name
    for kind in (TraceRecord, LayerRecord, JacobiansRecord, GradientsRecord, ResidualsRecord)
    for name in kind.model_fields
]
