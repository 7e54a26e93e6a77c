"""Answers as they leave the server."""

from __future__ import annotations

import math
import re
import time
from typing import Annotated, Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from remy.lab.answering import BINARY, JSON, MOST_IN_JSON, encode, encode_json
from remy.lab.schemas.base import Answered, Array, Shaped
from tests.lab.reading import read


class Inner(Answered):
    gates: Annotated[Array, Shaped("TGH")]
    names: tuple[str, ...] = ("forget", "größer")


class Outer(Answered):
    inner: tuple[Inner, ...] = ()
    h: Annotated[Array, Shaped("TH")] | None = None
    marks: Annotated[Array, Shaped("T")] | None = None
    loss: float | None = None
    named: dict[str, Annotated[Array, Shaped("T")]] | None = None


def row(*numbers: Any, dtype: Any = np.float32) -> Outer:
    return Outer(marks=np.array(numbers, dtype))


def large(array: np.ndarray) -> Outer:
    """A record that goes as bytes, with `array` at its end."""
    return Outer(h=np.zeros((MOST_IN_JSON + 1, 1), np.float32), marks=array)


@pytest.mark.parametrize("steps", [3, 3000])
def test_a_record_arrives_with_its_tree_and_every_number(steps: int) -> None:
    drawn = np.random.default_rng(0)
    gates = drawn.normal(size=(steps, 2, 3)).astype(np.float32)
    h = drawn.normal(size=(steps, 5)).astype(np.float32)
    named = drawn.normal(size=7).astype(np.float32)
    answer = encode(
        Outer(inner=(Inner(gates=gates), Inner(gates=-gates)), h=h, loss=1.25, named={"a": named})
    )
    assert answer.media_type == (JSON if steps == 3 else BINARY)
    found = read(answer)
    assert found["loss"] == 1.25
    assert found["marks"] is None
    assert found["inner"][1]["names"] == ["forget", "größer"]
    # JSON has seven digits, the bytes have all.
    close = {"rtol": 5e-7, "atol": 0} if steps == 3 else {"rtol": 0, "atol": 0}
    np.testing.assert_allclose(found["inner"][0]["gates"], gates, **close)
    np.testing.assert_allclose(found["inner"][1]["gates"], -gates, **close)
    np.testing.assert_allclose(found["h"], h, **close)
    np.testing.assert_allclose(found["named"]["a"], named, **close)


def test_the_last_number_that_fits_in_json_is_the_eight_thousandth_of_all_arrays_together() -> None:
    def of(numbers: int) -> Outer:
        return Outer(h=np.zeros((60, 100), np.float32), marks=np.zeros(numbers - 6000, np.float32))

    assert encode(of(8000)).media_type == JSON
    assert encode(of(8001)).media_type == BINARY


def test_the_data_begins_at_a_multiple_of_eight_whatever_the_header_is_long() -> None:
    for letters in range(9):
        record = Outer(
            inner=(Inner(gates=np.full((MOST_IN_JSON + 1, 1, 1), 0.5, np.float32), names=("x" * letters,)),),
            marks=np.arange(3, dtype=np.float32),
        )
        body = encode(record).body
        assert len(body) % 8 == 0
        assert_array_equal(read(encode(record))["marks"], [0, 1, 2])


def test_what_is_not_finite_is_null_in_json_and_not_a_number_in_bytes() -> None:
    numbers = np.array([np.nan, np.inf, -np.inf, 1], np.float32)
    assert b'"values":[null,null,null,1.0]' in encode(row(*numbers)).body
    found = read(encode(large(numbers)))["marks"]
    assert_array_equal(found, [np.nan, np.nan, np.nan, 1])
    assert read(encode(Outer(loss=math.nan)))["loss"] is None
    assert read(encode(large(numbers).model_copy(update={"loss": math.inf})))["loss"] is None


def test_numbers_in_json_have_seven_digits() -> None:
    drawn = np.random.default_rng(1)
    for dtype in (np.float32, np.float64):
        numbers = (drawn.normal(size=2000) * 10.0 ** drawn.integers(-37, 37, 2000)).astype(dtype)
        (listed,) = re.findall(rb'"values":\[(.*?)\]', encode(row(*numbers, dtype=dtype)).body)
        sent = [float(word) for word in listed.split(b",")]
        assert sent == [float(f"{number:.7g}") for number in numbers.tolist()]


def test_the_smallest_and_largest_numbers_survive_json() -> None:
    numbers = [5e-324, 1e-300, 1.7e308, 0.0, -123456.5]
    assert_array_equal(read(encode(row(*numbers, dtype=np.float64)))["marks"], numbers)


@pytest.mark.parametrize("shape", [(0, 4), (4, 0), (0, 0)])
def test_an_empty_array_keeps_its_shape(shape: tuple[int, int]) -> None:
    small = Outer(h=np.zeros(shape))
    assert read(encode(small))["h"].shape == shape
    record = Outer(inner=(Inner(gates=np.zeros((MOST_IN_JSON + 1, 1, 1))),), h=np.zeros(shape))
    assert read(encode(record))["h"].shape == shape


def test_truth_values_are_ones_and_zeros() -> None:
    marks = np.array([True, False, True])
    assert b'"values":[1,0,1]' in encode(row(*marks, dtype=bool)).body
    found = read(encode(large(marks)))["marks"]
    assert found.dtype == np.uint8
    assert_array_equal(found, [1, 0, 1])


@pytest.mark.parametrize(
    ("numbers", "dtype", "sent"),
    [
        ([1.5, -2.25], np.float64, "float32"),
        ([1.5, 1e300], np.float64, "float64"),
        ([1.5, 1e-60], np.float64, "float64"),
        ([0.0, np.nan], np.float64, "float32"),
        ([1.5], np.float16, "float32"),
        ([1, -7], np.int64, "int32"),
        ([1, 2**31], np.int64, "float64"),
        ([250], np.uint8, "uint8"),
        ([1, 2], ">i8", "int32"),
        ([1.5], ">f4", "float32"),
    ],
)
def test_numbers_take_the_smallest_type_that_loses_none(numbers: list[float], dtype: Any, sent: str) -> None:
    found = read(encode(large(np.array(numbers, dtype))))["marks"]
    assert found.dtype.name == sent
    assert_array_equal(found, numbers)


def test_an_array_that_is_a_view_of_another_arrives_in_its_own_order() -> None:
    numbers = np.arange(12.0, dtype=np.float32).reshape(3, 4).T[::-1]
    assert_array_equal(read(encode(Outer(h=numbers)))["h"], numbers)
    record = Outer(inner=(Inner(gates=np.zeros((MOST_IN_JSON + 1, 1, 1))),), h=numbers)
    assert_array_equal(read(encode(record))["h"], numbers)


def test_json_can_be_asked_for_whatever_the_size() -> None:
    record = row(*range(9000))
    assert_array_equal(read(encode(record))["marks"], np.arange(9000))
    assert encode_json(record).startswith(
        b'{"inner":[],"h":null,"marks":{"$tensor":{"shape":[9000],"values":[0.0,'
    )


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(Exception, match="expected an array of numbers, got <U1"):
        encode(row("a", dtype=str))


def test_a_long_trace_is_written_in_a_few_milliseconds() -> None:
    drawn = np.random.default_rng(2)
    gates = drawn.normal(size=(200, 4, 128)).astype(np.float32)
    record = Outer(inner=(Inner(gates=gates), Inner(gates=gates)), h=gates[:, 0])
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        encode(record)
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.003
