"""Shapes of nested lists: said with a field, in letters, and checked by what is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel, Field

from remy.inspect.faults import place_of


def shaped(shape: str, description: str) -> Any:
    """Return what is said of a field: its shape, by which it is also checked, and what it is."""
    return Field(description=f"{_letters(shape)}: {description}", json_schema_extra={"shape": list(shape)})


def shaped_fields(record: BaseModel) -> Iterator[tuple[str, str, Any]]:
    """Return name, shape and value of every field of a record that has a shape, inner records included."""
    for name, field in type(record).model_fields.items():
        value, extra = getattr(record, name), field.json_schema_extra
        if isinstance(value, BaseModel):
            yield from ((f"{name}.{inner}", shape, each) for inner, shape, each in shaped_fields(value))
        elif isinstance(extra, dict):
            shape = "".join(str(letter) for letter in cast("list[str]", extra["shape"]))
            if isinstance(value, dict):
                yield from ((f"{name}.{key}", shape, each) for key, each in value.items())
            else:
                yield name, shape, value


def expect_shape(name: str, value: Any, shape: str, sizes: Mapping[str, int]) -> None:
    """Raise a `ValueError` at the first list of another length than its letter says."""
    if value is None:
        return
    wrong = _misfit(value, [sizes[letter] for letter in shape], ())
    if wrong is not None:
        axis, got, place = wrong
        expected = tuple(sizes[letter] for letter in shape)
        raise ValueError(
            f"{place_of([name, *place])}: expected {_letters(shape)} = {expected}, got {shape[axis]} = {got}"
        )


def _letters(shape: str) -> str:
    return f"({', '.join(shape)}{',' * (len(shape) == 1)})"


def _misfit(
    value: Any, lengths: Sequence[int], place: tuple[int, ...]
) -> tuple[int, int, tuple[int, ...]] | None:
    """Return axis, length and place of the first list whose length is not as in `lengths`."""
    if len(value) != lengths[0]:
        return len(place), len(value), place
    if len(lengths) > 1:
        for index, inner in enumerate(value):
            wrong = _misfit(inner, lengths[1:], (*place, index))
            if wrong is not None:
                return wrong
    return None
