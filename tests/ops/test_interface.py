"""`sequence` as autograd sees it: gradients, what is stored, casts; whole, chunked and stepped are one."""

from itertools import pairwise
from math import log10

import pytest
import torch

from remy.errors import RemyError
from remy.ops import CELLS, core, force_loop, sequence, sequence_record
from tests.ops.arguments import DROPOUT, LENGTHS, MASK, B, F, H, T, flat, tensors, unflat

STATES = 19  # where the core is given the addresses of states, cells and gates to write to

OPTIONS = {
    "plain": {},
    "reverse": {"reverse": True},
    "gaps": {"mask": MASK},
    "lengths, zero output": {"lengths": LENGTHS, "zero_output": True},
    "everything": {
        "mask": MASK,
        "lengths": LENGTHS,
        "reverse": True,
        "zero_output": True,
        "recurrent_dropout": DROPOUT.double(),
    },
}


class Spy:
    """Stands for the core and keeps the arguments of every call."""

    def __init__(self, core_module):
        self.core, self.calls = core_module, []

    def __getattr__(self, name):
        def call(*given):
            self.calls.append((name, given))
            return getattr(self.core, name)(*given)

        return call


@pytest.fixture
def spy(monkeypatch):
    spy = Spy(core._core)
    monkeypatch.setattr(core, "_core", spy)
    return spy


def function_of(cell, option):
    def run(*parts):
        result = sequence(**unflat(cell, parts), cell=cell, **OPTIONS[option])
        return tuple(t for t in result if t is not None)

    return run


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("cell", CELLS)
def test_gradcheck_passes_along_random_directions(cell, option):
    assert torch.autograd.gradcheck(function_of(cell, option), flat(tensors(cell, grad=True)), fast_mode=True)


@pytest.mark.parametrize("cell", CELLS)
def test_gradcheck_passes_for_every_input_and_every_output(cell):
    given = flat(tensors(cell, grad=True))
    few = [given[0][:3, :2], *given[1:4], *(state[:2] for state in given[4:])]
    few = [t.detach().clone().requires_grad_() for t in few]

    def run(*parts):
        result = sequence(**unflat(cell, parts), cell=cell, mask=MASK[:3, :2], zero_output=True)
        return tuple(t for t in result if t is not None)

    assert torch.autograd.gradcheck(run, few)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell != "simple_rnn_relu"])
def test_the_remainder_of_the_first_order_falls_with_the_square_of_the_step(cell, option):
    parts = flat(tensors(cell, grad=True))
    generator = torch.Generator().manual_seed(8)
    weights = [torch.randn(t.shape, generator=generator).double() for t in function_of(cell, option)(*parts)]
    direction = [torch.randn(t.shape, generator=generator).double() for t in parts]

    def loss(at):
        return sum((w * t).sum() for w, t in zip(weights, function_of(cell, option)(*at), strict=True))

    value = loss(parts)
    gradients = torch.autograd.grad(value, parts)
    value = value.detach()
    slope = sum((g * d).sum() for g, d in zip(gradients, direction, strict=True))
    remainders = []
    for step in (1e-3, 1e-4, 1e-5):
        with torch.no_grad():
            moved = loss([t + step * d for t, d in zip(parts, direction, strict=True)])
        remainders.append(abs(moved - value - step * slope).item())
    assert remainders[0] > 1e-8, "the problem is too nearly linear to tell"
    orders = [log10(a / b) for a, b in pairwise(remainders)]
    assert all(1.8 < order < 2.2 for order in orders), orders


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("cell", CELLS)
def test_autograd_gives_the_gradients_of_the_record_to_the_bit(cell, option):
    given = tensors(cell, grad=True)
    parts, run = flat(given), function_of(cell, option)
    results = run(*parts)
    ends = [
        torch.randn(t.shape, generator=torch.Generator().manual_seed(k)).double()
        for k, t in enumerate(results)
    ]
    found = torch.autograd.grad(results, parts, ends)
    names = dict(zip(("d_outputs", "d_h", "d_c"), ends, strict=False))
    record = sequence_record(**given, cell=cell, **OPTIONS[option], **names)
    g = record.gradients
    expected = [g.x, g.kernel, g.recurrent_kernel, g.bias, g.h, g.c]
    for actual, value in zip(found, expected, strict=False):
        assert torch.equal(actual, value)
    assert torch.equal(record.outputs, results[0])
    assert torch.equal(record.h, results[1])


@pytest.mark.parametrize("cell", CELLS)
def test_a_gradient_is_computed_only_for_what_needs_one(cell, spy):
    given = tensors(cell)
    given["recurrent_kernel"].requires_grad_()
    sequence(**given, cell=cell).outputs.sum().backward()
    (_, forward), (name, backward) = spy.calls
    assert name == "sequence_backward"
    assert [address != 0 for address in backward[-8:]] == [k == 2 for k in range(8)]
    assert forward[STATES] != 0
    alone = given["recurrent_kernel"].grad
    given = tensors(cell, grad=True)
    sequence(**given, cell=cell).outputs.sum().backward()
    assert torch.equal(alone, given["recurrent_kernel"].grad)


@pytest.mark.parametrize("cell", CELLS)
def test_nothing_is_stored_where_no_gradient_is_wanted(cell, spy):
    sequence(**tensors(cell), cell=cell)
    with torch.no_grad():
        sequence(**tensors(cell, grad=True), cell=cell)
    with torch.inference_mode():
        sequence(**tensors(cell, grad=True), cell=cell)
    assert len(spy.calls) == 3
    for name, given in spy.calls:
        assert name == "sequence_forward"
        assert given[STATES : STATES + 3] == (0, 0, 0)  # states, cells, gates


@pytest.mark.parametrize("cell", CELLS)
def test_the_compiled_core_is_taken_on_the_cpu_unless_the_loop_is_forced(cell, spy):
    sequence(**tensors(cell), cell=cell)
    assert len(spy.calls) == 1
    sequence(**tensors(cell), cell=cell, loop=True)
    with force_loop():
        sequence(**tensors(cell), cell=cell)
    assert len(spy.calls) == 1
    sequence(**tensors(cell), cell=cell)
    assert len(spy.calls) == 2


@pytest.mark.parametrize("option", ["plain", "gaps"])
@pytest.mark.parametrize("cell", CELLS)
def test_whole_chunked_and_stepped_are_one(cell, option):
    given = tensors(cell)
    mask = OPTIONS[option].get("mask")
    whole = sequence(**given, cell=cell, mask=mask)
    for size in (1, 2, 3):
        state, outputs = given["initial_state"], []
        for start in range(0, T, size):
            part = slice(start, start + size)
            result = sequence(
                **{**given, "x": given["x"][part], "initial_state": state},
                cell=cell,
                mask=None if mask is None else mask[part],
            )
            outputs.append(result.outputs)
            state = result.h if result.c is None else (result.h, result.c)
        torch.testing.assert_close(torch.cat(outputs), whole.outputs, rtol=1e-13, atol=1e-13)
        torch.testing.assert_close(result.h, whole.h, rtol=1e-13, atol=1e-13)
        if whole.c is not None:
            torch.testing.assert_close(result.c, whole.c, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("cell", CELLS)
def test_tensors_in_any_order_of_memory_give_the_same(cell):
    given = tensors(cell)
    expected = sequence(**given, cell=cell)
    strided = {
        **given,
        "x": given["x"].transpose(0, 1).contiguous().transpose(0, 1),
        "kernel": given["kernel"].T.contiguous().T,
        "recurrent_kernel": torch.cat([given["recurrent_kernel"]] * 2, 1)[:, : given["kernel"].shape[1]],
    }
    assert not strided["x"].is_contiguous()
    result = sequence(**strided, cell=cell)
    assert torch.equal(result.outputs, expected.outputs)


@pytest.mark.parametrize("cell", CELLS)
def test_a_second_derivative_is_refused_by_the_core_and_given_by_the_loop(cell):
    x = tensors(cell)["x"].requires_grad_()
    given = {**tensors(cell), "x": x}

    def first(loop):
        outputs = sequence(**given, cell=cell, loop=loop).outputs
        return torch.autograd.grad((outputs**3).sum(), x, create_graph=True)[0]

    with pytest.raises(
        RemyError, match=r"no second derivative; run the forward pass under remy.ops.force_loop"
    ):
        first(False).sum().backward()
    first(True).sum().backward()
    assert torch.isfinite(x.grad).all()


def test_changing_the_outputs_in_place_before_backward_is_an_error():
    outputs = sequence(**tensors("lstm", grad=True), cell="lstm").outputs
    loss = outputs.sum()
    with torch.no_grad():
        outputs.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize("loop", [False, True])
def test_autocast_runs_in_float32(loop):
    given = tensors("lstm", dtype=torch.float32)
    half = {**given, "x": given["x"].bfloat16()}
    with torch.autocast("cpu", dtype=torch.bfloat16):
        result = sequence(**half, cell="lstm", loop=loop)
    expected = sequence(**{**given, "x": half["x"].float()}, cell="lstm", loop=loop)
    assert result.outputs.dtype == torch.float32
    assert torch.equal(result.outputs, expected.outputs)


@pytest.mark.parametrize("loop", [False, True])
def test_no_gradient_reaches_the_dropout_factors(loop):
    dropout = DROPOUT.double().requires_grad_()
    given = tensors("lstm", grad=True)
    sequence(**given, cell="lstm", recurrent_dropout=dropout, loop=loop).outputs.sum().backward()
    assert dropout.grad is None
    assert given["x"].grad is not None


def test_lengths_may_be_a_list_or_of_any_integer_dtype():
    given = tensors("lstm")
    expected = sequence(**given, cell="lstm", lengths=LENGTHS).outputs
    assert torch.equal(sequence(**given, cell="lstm", lengths=LENGTHS.tolist()).outputs, expected)
    assert torch.equal(sequence(**given, cell="lstm", lengths=LENGTHS.int()).outputs, expected)


def test_the_shapes_used_here_are_distinct():
    assert len({T, B, F, H}) == 4
