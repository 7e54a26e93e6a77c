"""The operators under torch's own scrutiny: opcheck, compile, export, meta tensors."""

import pytest
import torch

from remy import ops
from remy.errors import RemyError
from remy.ops import CELLS
from tests.ops.arguments import DROPOUT, LENGTHS, MASK, B, F, H, T, flat, tensors, unflat


def operands(cell, *, grad, masked, store, reverse=False):
    x, kernel, recurrent_kernel, bias, h0, *c0 = flat(tensors(cell, grad=grad))
    lengths, mask, dropout = (LENGTHS, MASK, DROPOUT.double()) if masked else (None, None, None)
    first = (cell, x, kernel, recurrent_kernel, bias, h0, c0[0] if c0 else None)
    return (*first, lengths, mask, dropout, False, reverse, masked, store)


@pytest.mark.parametrize("cell", ["simple_rnn_tanh", "lstm", "gru_reset_after", "gru_reset_before"])
def test_opcheck_passes_forward(cell):
    for given in (
        operands(cell, grad=True, masked=True, store=True, reverse=True),
        operands(cell, grad=False, masked=False, store=False),
    ):
        torch.library.opcheck(torch.ops.remy.sequence.default, given)


@pytest.mark.parametrize("cell", ["simple_rnn_tanh", "lstm", "gru_reset_after", "gru_reset_before"])
def test_opcheck_passes_backward(cell):
    for masked in (True, False):
        given = operands(cell, grad=False, masked=masked, store=True)
        outputs, h, c, states, cells, gates = torch.ops.remy.sequence(*given)
        states = states if masked else outputs
        d_c = torch.ones_like(c) if CELLS[cell].has_cell_state else None
        for needs, record in (([True] * 6, True), ([True, False, True, False, False, False], False)):
            torch.library.opcheck(
                torch.ops.remy.sequence_backward.default,
                (
                    *given[:13],
                    states,
                    cells,
                    gates,
                    torch.ones_like(outputs),
                    torch.ones_like(h),
                    d_c,
                    needs,
                    record,
                ),
            )


def loss_of(cell, masked):
    options = {"mask": MASK, "lengths": LENGTHS, "zero_output": True} if masked else {}

    def loss(*parts):
        result = ops.sequence(**unflat(cell, parts), cell=cell, **options)
        total = (result.outputs**2).sum() + result.h.sum()
        return total if result.c is None else total + (result.c**2).sum()

    return loss


@pytest.mark.parametrize(
    ("cell", "masked", "loop"),
    [*((cell, masked, False) for cell in CELLS for masked in (False, True)), ("lstm", True, True)],
)
def test_a_compiled_function_without_a_break_gives_the_same_loss_and_gradients(cell, masked, loop):
    torch._dynamo.reset()
    parts, loss = flat(tensors(cell, grad=True)), loss_of(cell, masked)

    def run(*given):
        if loop:
            with ops.force_loop():
                return loss(*given)
        return loss(*given)

    compiled = torch.compile(run, fullgraph=True, backend="aot_eager")
    value, expected = compiled(*parts), run(*parts)
    torch.testing.assert_close(value, expected, rtol=1e-13, atol=1e-13)
    for a, b in zip(torch.autograd.grad(value, parts), torch.autograd.grad(expected, parts), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


# torch's own inductor imports what torch itself calls deprecated.
@pytest.mark.filterwarnings("ignore:.*torch.jit.script_method.* is deprecated:DeprecationWarning")
def test_a_function_compiled_by_inductor_gives_the_same_loss_and_gradients():
    torch._dynamo.reset()
    parts, loss = flat(tensors("lstm", grad=True)), loss_of("lstm", True)
    value = torch.compile(loss, fullgraph=True)(*parts)
    expected = loss(*parts)
    torch.testing.assert_close(value, expected, rtol=1e-13, atol=1e-13)
    for a, b in zip(torch.autograd.grad(value, parts), torch.autograd.grad(expected, parts), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("options", [{}, {"batch_first": True, "zero_output": True}])
def test_one_compiled_function_serves_every_size(options):
    torch._dynamo.reset()
    given, graphs = tensors("lstm"), []

    def count(graph, inputs):
        graphs.append(graph)
        return graph.forward

    def run(x):
        return ops.sequence(**{**given, "x": x, "initial_state": None}, cell="lstm", **options).outputs

    compiled = torch.compile(run, fullgraph=True, backend=count, dynamic=True)
    for first, second in ((5, 4), (9, 2), (3, 7)):
        x = torch.randn(first, second, F, dtype=torch.float64)
        assert torch.equal(compiled(x), run(x))
    assert len(graphs) == 1


class Wrapped(torch.nn.Module):
    """A module around one call, as `torch.export` wants it."""

    def __init__(self, cell):
        super().__init__()
        given = tensors(cell)
        self.cell = cell
        for name in ("kernel", "recurrent_kernel", "bias"):
            self.register_parameter(name, torch.nn.Parameter(given[name]))

    def forward(self, x, lengths):
        return ops.sequence(x, self.kernel, self.recurrent_kernel, self.bias, cell=self.cell, lengths=lengths)


@pytest.mark.parametrize("cell", CELLS)
def test_an_exported_program_gives_the_same_outputs_at_other_lengths(cell):
    module, x = Wrapped(cell), tensors(cell)["x"]
    steps = torch.export.Dim("steps", min=2, max=64)
    program = torch.export.export(module, (x, LENGTHS), dynamic_shapes=({0: steps}, None))
    longer = torch.randn(9, B, F, dtype=torch.float64)
    for given in (x, longer):
        outputs, h, c = program.module()(given, LENGTHS)
        expected = module(given, LENGTHS)
        assert torch.equal(outputs, expected.outputs)
        assert torch.equal(h, expected.h)
        assert (c is None) == (expected.c is None)


@pytest.mark.parametrize("cell", CELLS)
def test_meta_tensors_give_the_shapes_without_computing(cell):
    given = [t.to("meta") for t in flat(tensors(cell))]
    result = ops.sequence(**unflat(cell, tuple(given)), cell=cell)
    assert result.outputs.shape == (T, B, H)
    assert result.h.shape == (B, H)
    assert result.outputs.is_meta


def test_going_back_where_nothing_was_stored_is_an_error():
    outputs = torch.ops.remy.sequence(*operands("lstm", grad=True, masked=False, store=False))[0]
    with pytest.raises(RemyError, match="nothing was stored for the backward pass; pass store=True"):
        outputs.sum().backward()
