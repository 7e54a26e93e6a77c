"""Print the JSON Schema of every record, from which the page's types are made.

Run as ``python -m remy.lab.schemas``.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import remy.lab.schemas
from remy.lab.schemas.base import Answered, Asked


def all_schemas() -> dict[str, Any]:
    """Return the definitions of every record in this package, by name."""
    for module in pkgutil.iter_modules(remy.lab.schemas.__path__):
        if module.name != "__main__":
            importlib.import_module(f"remy.lab.schemas.{module.name}")
    records: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [
        *((record, "validation") for record in _below(Asked)),
        *((record, "serialization") for record in _below(Answered)),
    ]
    _, schema = models_json_schema(records)
    return {"$defs": {name: _untitled(value) for name, value in sorted(schema["$defs"].items())}}


def _below(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for record in base.__subclasses__():
        yield record
        yield from _below(record)


def _untitled(value: Any) -> Any:
    """Leave out pydantic's titles, of which the generator would make a type for every field."""
    if isinstance(value, list):
        return [_untitled(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _untitled(each)
        for key, each in value.items()
        if not (key == "title" and isinstance(each, str)) and key not in ("minItems", "maxItems")
    }


if __name__ == "__main__":
    json.dump(all_schemas(), sys.stdout)
