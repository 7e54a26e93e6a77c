"""What a wrong argument gets: one sentence with the function, what was expected, what came, the way out."""

import re

import pytest
import torch

from remy.errors import RemyError, ShapeError, UsageError
from remy.ops import sequence, sequence_record
from tests.ops.arguments import DROPOUT, LENGTHS, MASK, B, F, H, T, tensors

WRONG = [
    ("gru_reset_after", {"initial_state": torch.zeros(4, 16)},
     "gru: expected initial state of shape (B, H) = (4, 6), got (4, 16); pass None for zeros."),
    ("lstm", {"initial_state": torch.zeros(B, H)},
     "lstm: expected initial state (h, c), got a sequence of 1; pass None for zeros."),
    ("lstm", {"initial_state": (torch.zeros(B, H), torch.zeros(B, 2))},
     "lstm: expected initial cell state of shape (B, H) = (4, 6), got (4, 2); pass None for zeros."),
    ("simple_rnn_tanh", {"initial_state": (torch.zeros(B, H), torch.zeros(B, H))},
     "simple_rnn: expected initial state h, got a sequence of 2; pass None for zeros."),
    ("lstm", {"x": torch.zeros(T, F)},
     "lstm: expected inputs of shape (T, B, I), got (5, 3); steps come first, then rows, then features."),
    ("lstm", {"kernel": torch.zeros(F, H)},
     "lstm: expected kernel of shape (I, 4*H) = (3, 24), got (3, 6)."),
    ("gru_reset_before", {"recurrent_kernel": torch.zeros(H, H)},
     "gru: expected recurrent kernel of shape (H, 3*H), got (6, 6)."),
    ("gru_reset_after", {"bias": torch.zeros(18)},
     "gru: expected bias of shape (2, 3*H) = (2, 18), got (18,); pass None for none."),
    ("gru_reset_before", {"bias": torch.zeros(2, 18)},
     "gru: expected bias of shape (3*H,) = (18,), got (2, 18); pass None for none."),
    ("lstm", {"lengths": torch.zeros(B)},
     "lstm: expected lengths of an integer dtype, got float32."),
    ("lstm", {"lengths": [1, 2]},
     "lstm: expected lengths of shape (B,) = (4,), got (2,); pass None where all rows are full."),
    ("lstm", {"lengths": 2},
     "lstm: expected lengths of shape (B,) = (4,), got (); pass None where all rows are full."),
    ("lstm", {"lengths": [[1], [2, 3]]},
     "lstm lengths: expected a tensor or lists of equal lengths, got [[1], [2, 3]]."),
    ("lstm", {"mask": [[True], [True, False]]},
     "lstm mask: expected a tensor or lists of equal lengths, got [[True], [True, False]]."),
    ("lstm", {"mask": [[1] * B] * T},
     "lstm: expected mask of dtype bool, got int64; pass mask != 0."),
    ("lstm", {"lengths": [1, 6, 2, 3]},
     "lstm: expected lengths from 0 to T = 5, got 6 in row 1; lengths count the steps of each row."),
    ("lstm", {"lengths": [1, 2, 2, -3]},
     "lstm: expected lengths from 0 to T = 5, got -3 in row 3; lengths count the steps of each row."),
    ("lstm", {"mask": torch.ones(T, B)},
     "lstm: expected mask of dtype bool, got float32; pass mask != 0."),
    ("lstm", {"mask": torch.ones(B, T, dtype=torch.bool)},
     "lstm: expected mask of shape (T, B) = (5, 4), got (4, 5); true where a step counts."),
    ("lstm", {"recurrent_dropout": torch.ones(T, B, H)},
     "lstm: expected recurrent dropout of shape (B, H) = (4, 6), got (5, 4, 6); pass None for none."),
    ("lstm", {"x": torch.zeros(T, B, F, dtype=torch.int64)},
     "lstm: expected inputs of a floating dtype, got int64; pass x.float()."),
    ("lstm", {"x": torch.zeros(T, B, F, dtype=torch.bfloat16)},
     "lstm: expected inputs of dtype float32 or float64, got bfloat16; pass x.float(), or run under "
     "torch.autocast, which casts here."),
    ("lstm", {"kernel": torch.zeros(F, 4 * H, dtype=torch.float64)},
     "lstm: expected kernel of the inputs' dtype float32, got float64; pass it through .to(torch.float32)."),
    ("lstm", {"bias": torch.zeros(4 * H, device="meta")},
     "lstm: expected bias on the inputs' device cpu, got meta; pass it through .to('cpu')."),
]  # fmt: skip


@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize(("cell", "change", "message"), WRONG)
def test_a_wrong_argument_is_named_with_what_was_expected_and_the_way_out(cell, change, message, loop):
    with pytest.raises(ShapeError, match=f"^{re.escape(message)}$"):
        sequence(**{**tensors(cell, dtype=torch.float32), **change}, cell=cell, loop=loop)


def test_a_misspelt_cell_is_refused_with_the_nearest_name():
    with pytest.raises(UsageError, match="did you mean 'lstm'"):
        sequence(**tensors("lstm"), cell="lstn")


def test_the_record_refuses_gradients_that_do_not_fit():
    given = tensors("lstm", dtype=torch.float32)
    with pytest.raises(ShapeError, match=r"lstm: expected d_h of shape \(B, H\) = \(4, 6\) .* got \(4, 5\)"):
        sequence_record(**given, cell="lstm", d_h=torch.zeros(B, 5))
    with pytest.raises(ShapeError, match=r"d_outputs .* and torch.float64 on cpu; pass None for zeros"):
        sequence_record(**given, cell="lstm", d_outputs=torch.zeros(T, B, H, dtype=torch.float64))
    given = tensors("gru_reset_after", dtype=torch.float32)
    with pytest.raises(ShapeError, match=r"gru: expected no d_c, as there is no cell state; pass None\."):
        sequence_record(**given, cell="gru_reset_after", d_c=torch.zeros(B, H))


def test_shape_errors_are_value_errors_of_remys_family():
    assert issubclass(ShapeError, RemyError)
    assert issubclass(ShapeError, ValueError)


@pytest.mark.parametrize("loop", [False, True])
def test_lists_serve_as_lengths_and_masks_and_may_be_empty(loop):
    given = tensors("lstm")
    by_list = sequence(**given, cell="lstm", lengths=LENGTHS.tolist(), mask=MASK.tolist(), loop=loop)
    by_tensor = sequence(**given, cell="lstm", lengths=LENGTHS, mask=MASK, loop=loop)
    assert torch.equal(by_list.outputs, by_tensor.outputs)
    empty = {**given, "x": torch.zeros(T, 0, F).double(), "initial_state": None}
    assert sequence(**empty, cell="lstm", lengths=[], loop=loop).outputs.shape == (T, 0, H)


@pytest.mark.parametrize("loop", [False, True])
def test_recurrent_dropout_that_wants_a_gradient_gets_none_and_makes_no_output_want_one(loop):
    dropout = DROPOUT.double().requires_grad_()
    result = sequence(**tensors("lstm"), cell="lstm", recurrent_dropout=dropout, loop=loop)
    assert not result.outputs.requires_grad
    sequence(
        **tensors("lstm", grad=True), cell="lstm", recurrent_dropout=dropout, loop=loop
    ).h.sum().backward()
    assert dropout.grad is None
