"""What all records have in common, and how arrays of numbers stand in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class Asked(BaseModel):
    """Something that the page asks; unknown fields and numbers that are not finite are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Answered(BaseModel):
    """Something that the page is answered."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


#: Numbers of any dtype; say the shape with ``Annotated[Array, Shaped("TH")]``.
Array = NDArray[Any]


@dataclass(frozen=True)
class Shaped:
    """Annotates an array of numbers with the letters of its shape, ``"TH"``; the page reads a `Tensor`.

    It stays an array in the record: :mod:`remy.lab.answering` writes it as nested lists or as bytes. Numbers
    that are not finite become null, on the page NaN.
    """

    letters: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"tsType": "Tensor", "description": f"({', '.join(self.letters)})"}

    def _validated(self, value: Any) -> NDArray[Any]:
        found = np.asarray(value)
        if found.ndim != len(self.letters):
            raise ValueError(f"expected shape ({', '.join(self.letters)}), got {found.shape}")
        return found
