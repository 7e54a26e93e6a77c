"""The loop of torch operators beside the core: same results, and the switch that forces it."""

import pytest
import torch

from remy.ops import CELLS, force_loop, sequence
from remy.ops.loop import loop_is_forced
from tests.ops.arguments import DROPOUT, LENGTHS, MASK, flat, tensors


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_the_loop_and_the_core_agree_under_autograd(cell, reverse):
    options = {
        "mask": MASK,
        "lengths": LENGTHS,
        "recurrent_dropout": DROPOUT.double(),
        "zero_output": True,
        "reverse": reverse,
    }
    found = []
    for loop in (False, True):
        parts = flat(given := tensors(cell, grad=True))
        result = sequence(**given, cell=cell, **options, loop=loop)
        ends = [t for t in result if t is not None]
        loss = sum((t * torch.arange(t.numel()).view(t.shape)).sum() for t in ends)
        found.append([*ends, *torch.autograd.grad(loss, parts)])
    for by_core, by_loop in zip(*found, strict=True):
        torch.testing.assert_close(by_core, by_loop, rtol=1e-11, atol=1e-11)


def test_the_loop_is_forced_inside_the_context_only():
    assert not loop_is_forced()
    with force_loop():
        assert loop_is_forced()
        with force_loop():
            assert loop_is_forced()
        assert loop_is_forced()
    assert not loop_is_forced()


def test_the_loop_is_released_when_the_context_ends_in_an_error():
    with pytest.raises(RuntimeError, match="inside"), force_loop():
        raise RuntimeError("inside")
    assert not loop_is_forced()
