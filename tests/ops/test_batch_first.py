"""Batch-first arrays give what time-major ones give, to the last bit, whichever way a sequence takes."""

import re

import numpy as np
import pytest
import torch

from remy import ops
from remy.errors import ShapeError
from remy.ops import CELLS
from tests.ops.arguments import LENGTHS, MASK, B, F, H, T, tensors
from tests.ops.problems import EXTRAS, MASKINGS, Problem

PLAIN = ("bias", "initial state")
SIZES = [(7, 5, 3, 9), (1, 4, 2, 17), (6, 1, 3, 5), (130, 6, 4, 7)]
EMPTY = [(0, 2, 3, 4), (3, 0, 2, 5), (3, 2, 0, 4), (0, 0, 0, 1)]


def by_rows(array):
    """Return the tensor of a time-major array in batch-first order of memory."""
    return torch.from_numpy(np.ascontiguousarray(array.swapaxes(0, 1)))


@pytest.mark.parametrize("masking", MASKINGS)
@pytest.mark.parametrize("cell", CELLS)
def test_every_result_is_that_of_time_major_arrays(cell, masking):
    for dtype in (np.float64, np.float32):
        for size in SIZES:
            for extras in (PLAIN, EXTRAS, (*PLAIN, "reverse"), (*PLAIN, "zero output")):
                problem = Problem(cell, *size, dtype=dtype, masking=masking, extras=extras)
                expected = problem.by_autograd()
                problem.assert_same_bits(problem.by_autograd(batch_first=True), expected)


@pytest.mark.parametrize("cell", CELLS)
def test_every_result_is_the_definitions(cell):
    for size in (*SIZES, *EMPTY):
        problem = Problem(cell, *size, masking="lengths and gaps", extras=EXTRAS)
        problem.assert_close(problem.by_autograd(batch_first=True), problem.by_reference())


@pytest.mark.parametrize("cell", CELLS)
def test_views_in_another_order_of_memory_give_the_same(cell):
    problem = Problem(cell, 7, 5, 3, 9, masking="lengths and gaps", extras=EXTRAS)
    expected = problem.by_autograd()
    for batch_first in (False, True):
        problem.assert_same_bits(problem.by_autograd(batch_first=batch_first, strided=True), expected)


@pytest.mark.parametrize("cell", CELLS)
def test_a_slice_of_a_larger_tensor_serves_as_inputs_and_gets_its_gradient(cell):
    problem = Problem(cell, 7, 5, 3, 9)
    large = torch.full((5, 9, 8), 7.0, dtype=torch.float64)
    large[:, 1:8, 2:5] = by_rows(problem.arrays["x"])
    large.requires_grad_()
    weights = [torch.from_numpy(problem.arrays[n]) for n in ("kernel", "recurrent_kernel", "bias")]
    state = [torch.from_numpy(v) for n in ("h0", "c0") if (v := problem.arrays[n]) is not None]
    x = large[:, 1:8, 2:5]
    assert not x.is_contiguous()
    result = ops.sequence(x, *weights, cell=cell, initial_state=state, batch_first=True)
    expected = problem.by_autograd()
    np.testing.assert_array_equal(result.outputs.detach().numpy().swapaxes(0, 1), expected["outputs"])
    arriving = [problem.arrays[n] for n in ("d_outputs", "d_h", "d_c") if problem.arrays[n] is not None]
    ends = [t for t in result if t is not None]
    torch.autograd.backward(ends, [by_rows(arriving[0]), *map(torch.from_numpy, arriving[1:])])
    np.testing.assert_array_equal(large.grad[:, 1:8, 2:5].numpy().swapaxes(0, 1), expected["d_x"])
    outside = torch.ones(5, 9, 8, dtype=torch.bool)
    outside[:, 1:8, 2:5] = False
    assert not large.grad[outside].any()


@pytest.mark.parametrize("extras", [PLAIN, EXTRAS])
@pytest.mark.parametrize("cell", CELLS)
def test_the_loop_gives_the_definitions_results(cell, extras):
    for size in ((7, 5, 3, 9), *EMPTY):
        problem = Problem(cell, *size, masking="lengths and gaps", extras=extras)
        problem.assert_close(problem.by_autograd(batch_first=True, loop=True), problem.by_reference())


@pytest.mark.parametrize("cell", CELLS)
def test_compiled_without_a_break_it_is_the_same(cell):
    torch._dynamo.reset()
    problem = Problem(cell, 7, 5, 3, 9, masking="lengths and gaps", extras=EXTRAS)
    compiled = torch.compile(ops.sequence, backend="aot_eager", fullgraph=True)
    problem.assert_same_bits(problem.by_autograd(batch_first=True, run=compiled), problem.by_autograd())


@pytest.mark.parametrize("cell", ["simple_rnn_tanh", "lstm"])
def test_compiled_with_views_and_without_masks_it_is_the_same(cell):
    torch._dynamo.reset()
    problem = Problem(cell, 7, 5, 3, 9)
    compiled = torch.compile(ops.sequence, backend="aot_eager", fullgraph=True)
    found = problem.by_autograd(batch_first=True, strided=True, run=compiled)
    problem.assert_same_bits(found, problem.by_autograd())


@pytest.mark.parametrize("cell", CELLS)
def test_the_operator_passes_opcheck_and_meta_tensors_have_the_shapes(cell):
    given = tensors(cell)
    state = given["initial_state"]
    h0, c0 = state if isinstance(state, tuple) else (state, None)
    x, mask = given["x"].transpose(0, 1).contiguous(), MASK.T.contiguous()
    weights = [given[name] for name in ("kernel", "recurrent_kernel", "bias")]
    arguments = (cell, x, *weights, h0, c0, LENGTHS, mask, None, True, False, True, True)
    torch.library.opcheck(torch.ops.remy.sequence.default, arguments, test_utils=("test_faketensor",))
    meta = ops.sequence(x.to("meta"), *(w.to("meta") for w in weights), cell=cell, batch_first=True)
    assert meta.outputs.shape == (B, T, H)
    assert meta.h.shape == (B, H)


WRONG = [
    ({"x": torch.zeros(B, F)},
     "lstm: expected inputs of shape (B, T, I), got (4, 3); rows come first, then steps, then features."),
    ({"mask": torch.ones(T, B, dtype=torch.bool)},
     "lstm: expected mask of shape (B, T) = (4, 5), got (5, 4); true where a step counts."),
    ({"lengths": [1] * T},
     "lstm: expected lengths of shape (B,) = (4,), got (5,); pass None where all rows are full."),
    ({"lengths": [1, 6, 2, 3]},
     "lstm: expected lengths from 0 to T = 5, got 6 in row 1; lengths count the steps of each row."),
    ({"initial_state": (torch.zeros(T, H), torch.zeros(T, H))},
     "lstm: expected initial state of shape (B, H) = (4, 6), got (5, 6); pass None for zeros."),
    ({"recurrent_dropout": torch.ones(T, H)},
     "lstm: expected recurrent dropout of shape (B, H) = (4, 6), got (5, 6); pass None for none."),
]  # fmt: skip


@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize(("change", "message"), WRONG)
def test_a_wrong_argument_is_named_in_batch_first_words(change, message, loop):
    given = tensors("lstm", dtype=torch.float32)
    given["x"] = given["x"].transpose(0, 1)
    with pytest.raises(ShapeError, match=f"^{re.escape(message)}$"):
        ops.sequence(**{**given, **change}, cell="lstm", batch_first=True, loop=loop)
