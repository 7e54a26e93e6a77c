"""The one table of tolerances: how far a computation may stand from the float64 reference.

An error counts relative to the largest expected value of the array, and at least to 1, since sums cancel.
float64 has the issue's bound. A float32 sum carries about ``eps * sqrt(terms)`` and a recurrence adds such an
error a step; the bounds are some ten times what the kernels of all instruction sets were measured to need.
"""

from typing import Any

import numpy as np

FLOAT64 = 1e-10

#: Bounds for float32 by the number of steps: up to that many, this much.
FLOAT32 = {1: 2e-6, 8: 5e-6, 64: 2e-5, 512: 1e-4}


def tolerance(dtype: Any, steps: int) -> float:
    """Return the bound for an array of `dtype` that came out of `steps` steps of a recurrence."""
    if np.dtype(dtype) == np.float64:
        return FLOAT64
    if np.dtype(dtype) != np.float32:
        raise ValueError(f"no tolerance for {dtype}")
    return next(bound for most, bound in FLOAT32.items() if steps <= most)


def assert_close(actual: Any, expected: Any, *, dtype: Any, steps: int, what: str = "") -> None:
    """Assert that two arrays agree within the table; NaN and infinities must stand at the same places."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, expected {expected.shape}"
    assert actual.dtype == np.dtype(dtype), f"{what}: dtype {actual.dtype}, expected {np.dtype(dtype)}"
    if not actual.size:
        return
    finite = np.isfinite(expected)
    scale = max(1.0, float(np.abs(expected[finite]).max(initial=0.0)))
    bound = tolerance(dtype, steps) * scale
    np.testing.assert_allclose(actual, expected, rtol=0.0, atol=bound, equal_nan=True, err_msg=what)
