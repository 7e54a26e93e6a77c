"""Which way a call takes: straight to the core, or by torch's operator where somebody watches."""

from contextlib import nullcontext

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.checkpoint import checkpoint
from torch.utils.flop_counter import FlopCounterMode

from remy.errors import RemyError, ShapeError
from remy.layers import GRU, LSTM, SimpleRNN
from remy.ops import CELLS, core, sequence
from tests.ops.arguments import DROPOUT, LENGTHS, MASK, B, F, H, T, flat, tensors, unflat

EVERYTHING = {"mask": MASK, "lengths": LENGTHS, "zero_output": True, "recurrent_dropout": DROPOUT.double()}


@pytest.fixture
def operators(monkeypatch):
    """Return a list of the operators called by name."""
    called = []
    for name in ("sequence", "sequence_backward"):
        operator = getattr(torch.ops.remy, name)

        def spy(*given, _name=name, _operator=operator):
            called.append(_name)
            return _operator(*given)

        monkeypatch.setattr(torch.ops.remy, name, spy)
    return called


class Log(TorchDispatchMode):
    """Notes every operator that goes by."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.seen.append(str(func))
        return func(*args, **(kwargs or {}))


def loss_of(result):
    weights = (torch.arange(1, t.numel() + 1, dtype=t.dtype).view(t.shape) for t in result if t is not None)
    return sum((t * w / w.numel()).sum() for t, w in zip(filter_none(result), weights, strict=True))


def filter_none(result):
    return [t for t in result if t is not None]


@pytest.mark.parametrize("options", [{}, EVERYTHING, {"reverse": True}])
@pytest.mark.parametrize("cell", CELLS)
def test_an_eager_call_goes_straight_to_the_core_and_back(cell, options, operators):
    given = tensors(cell, grad=True)
    loss_of(sequence(**given, cell=cell, **options)).backward()
    with torch.no_grad():
        sequence(**given, cell=cell, **options)
    with torch.inference_mode():
        sequence(**tensors(cell), cell=cell, **options)
    assert operators == []


def test_a_layer_called_eagerly_goes_straight_to_the_core(operators):
    x = torch.randn(B, T, F, requires_grad=True)
    for layer in (SimpleRNN(H), LSTM(H, dropout=0.2, recurrent_dropout=0.2, stateful=True), GRU(H)):
        layer(x, mask=MASK.T).sum().backward()
    assert operators == []


@pytest.mark.parametrize("cell", CELLS)
def test_straight_and_by_the_operator_are_the_same_to_the_last_bit(cell):
    for options in ({}, EVERYTHING, {"reverse": True, "mask": MASK}):
        parts = flat(given := tensors(cell, grad=True))
        found = []
        for watched in (nullcontext(), Log()):
            with watched:
                result = sequence(**given, cell=cell, **options)
                gradients = torch.autograd.grad(loss_of(result), parts)
            found.append([*filter_none(result), *gradients])
        for straight, by_operator in zip(*found, strict=True):
            assert torch.equal(straight, by_operator)


@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_mode_that_watches_operators_sees_the_sequence(cell, grad):
    with Log() as log:
        result = sequence(**tensors(cell, grad=grad), cell=cell)
        if grad:
            loss_of(result).backward()
    assert log.seen.count("remy.sequence.default") == 1
    assert log.seen.count("remy.sequence_backward.default") == grad


def test_flops_are_counted_where_the_operator_has_a_formula():
    def formula(cell, x_shape, kernel_shape, recurrent_shape, *_, out_shape=None, **__):
        steps, batch, _ = x_shape
        return 2 * steps * batch * (kernel_shape[0] + recurrent_shape[0]) * kernel_shape[1]

    counter = FlopCounterMode(
        display=False, custom_mapping={torch.ops.remy.sequence.default._overloadpacket: formula}
    )
    with counter:
        sequence(**tensors("lstm", grad=True), cell="lstm")
    assert counter.get_total_flops() == 2 * T * B * (F + H) * 4 * H


@pytest.mark.parametrize("cell", CELLS)
def test_a_traced_call_holds_the_operator(cell):
    from torch.fx.experimental.proxy_tensor import make_fx

    torch._dynamo.reset()
    given, graphs = tensors(cell), []

    def run(x):
        return sequence(**{**given, "x": x}, cell=cell).outputs

    def note(graph, inputs):
        graphs.append(graph)
        return graph.forward

    expected = run(given["x"])
    assert torch.equal(torch.compile(run, backend=note, fullgraph=True)(given["x"]), expected)
    graphs.append(make_fx(run)(given["x"]))
    for graph in graphs:
        assert any("remy.sequence" in str(node.target) for node in graph.graph.nodes), graph
    assert torch.equal(graphs[1](given["x"] * 2), run(given["x"] * 2))


# Neither torch's deprecation of the tracer nor what it says of checks of shape is of interest here.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
def test_a_call_traced_by_the_old_tracer_computes_with_other_inputs():
    given = {**tensors("lstm"), "initial_state": None}

    def run(x):
        return sequence(**{**given, "x": x}, cell="lstm").outputs

    traced = torch.jit.trace(run, (given["x"],), check_trace=False)
    assert torch.equal(traced(given["x"] * 2), run(given["x"] * 2))


@pytest.mark.filterwarnings("ignore:There is a performance drop")
@pytest.mark.parametrize("what", ["x", "kernel", "recurrent_kernel", "bias"])
def test_under_vmap_every_batch_gets_its_own_results(what, operators):
    given = tensors("lstm")
    many = torch.stack([given[what] * scale for scale in (1.0, 0.5, -2.0)])

    def run(one):
        return sequence(**{**given, what: one}, cell="lstm").outputs

    expected = torch.stack([run(one) for one in many])
    assert operators == []
    assert torch.equal(torch.vmap(run)(many), expected)
    assert "sequence" in operators


# torch's own decompositions for the forward derivative call what torch itself calls deprecated.
@pytest.mark.filterwarnings("ignore:.*torch.jit.script. is deprecated:DeprecationWarning")
def test_a_derivative_along_a_direction_is_refused_rather_than_zero():
    given = tensors("lstm")
    x, direction = given["x"], torch.ones_like(given["x"])

    def run(at, loop=False):
        return sequence(**{**given, "x": at}, cell="lstm", loop=loop).outputs

    _, by_loop = torch.func.jvp(lambda at: run(at, loop=True), (x,), (direction,))
    assert by_loop.abs().sum() > 1
    with pytest.raises((RemyError, RuntimeError)):
        torch.func.jvp(run, (x,), (direction,))
    with torch.autograd.forward_ad.dual_level(), pytest.raises((RemyError, RuntimeError)):
        run(torch.autograd.forward_ad.make_dual(x, direction))


def test_gradients_of_torch_func_are_right_by_the_loop_and_never_silently_wrong_by_the_core():
    given = tensors("gru_reset_after")

    def loss(x, loop):
        return sequence(**{**given, "x": x}, cell="gru_reset_after", loop=loop).outputs.square().sum()

    x = given["x"].clone().requires_grad_()
    (expected,) = torch.autograd.grad(loss(x, False), x)
    by_loop = torch.func.grad(loss)(given["x"], True)
    torch.testing.assert_close(by_loop, expected, rtol=1e-12, atol=1e-12)
    try:
        by_core = torch.func.grad(loss)(given["x"], False)
    except RuntimeError as error:  # torch's own operators registered from Python cannot be transformed
        assert "functorch transforms" in str(error)  # noqa: PT017
    else:
        torch.testing.assert_close(by_core, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_graph_of_the_gradient_has_its_value_and_cannot_be_gone_back_through(cell, watched):
    parts = flat(given := tensors(cell, grad=True))
    expected = torch.autograd.grad(loss_of(sequence(**given, cell=cell, **EVERYTHING)), parts)
    with Log() if watched else nullcontext():
        loss = loss_of(sequence(**given, cell=cell, **EVERYTHING))
        found = torch.autograd.grad(loss, parts, create_graph=True)
    for actual, value in zip(found, expected, strict=True):
        assert torch.equal(actual.detach(), value)
        assert actual.requires_grad
    with pytest.raises(
        RemyError, match=r"no second derivative; run the forward pass under remy.ops.force_loop"
    ):
        sum(t.square().sum() for t in found).backward()


@pytest.mark.parametrize("cell", CELLS)
def test_going_back_again_through_a_retained_graph_gives_the_same(cell):
    parts = flat(given := tensors(cell, grad=True))
    loss = loss_of(sequence(**given, cell=cell, **EVERYTHING))
    first = torch.autograd.grad(loss, parts, retain_graph=True)
    kept = [t.clone() for t in first]
    second = torch.autograd.grad(loss, parts)
    for one, two, copy in zip(first, second, kept, strict=True):
        assert torch.equal(one, two)
        assert torch.equal(one, copy)
        assert one.data_ptr() != two.data_ptr()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        torch.autograd.grad(loss, parts)


@pytest.mark.parametrize("cell", CELLS)
def test_any_tensor_changed_in_place_before_going_back_is_an_error(cell):
    count = len(flat(tensors(cell)))
    for changed in range(count):
        parts = flat(given := tensors(cell, grad=True))
        loss = loss_of(sequence(**given, cell=cell))
        with torch.no_grad():
            parts[changed].add_(1)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()
    for name, original in EVERYTHING.items():
        if not isinstance(original, torch.Tensor):
            continue
        copy = original.clone()
        loss = loss_of(sequence(**tensors(cell, grad=True), cell=cell, **{**EVERYTHING, name: copy}))
        copy.zero_()
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()


def test_what_an_optimiser_changed_before_going_back_is_an_error():
    layer = LSTM(H, input_size=F)
    loss = layer(torch.randn(B, T, F)).sum()
    with torch.no_grad():
        layer.recurrent_kernel.mul_(0.5)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize("batch", [2, 600])
@pytest.mark.parametrize("what", [0, 1])
def test_a_result_that_is_not_needed_for_going_back_may_be_changed_in_place_whatever_its_size(batch, what):
    """Small results are torch's memory, large ones the core's: nobody may see a difference."""
    layer = GRU(64, input_size=F, return_sequences=True, return_state=True, zero_output_for_mask=True)
    x = torch.randn(batch, T, F)
    mask = torch.ones(batch, T, dtype=torch.bool)  # outputs are then kept apart from the states
    expected = torch.autograd.grad(2 * layer(x, mask=mask)[what].sum(), layer.kernel)[0]
    result = layer(x, mask=mask)[what]
    result *= 2
    torch.testing.assert_close(torch.autograd.grad(result.sum(), layer.kernel)[0], expected)


@pytest.mark.parametrize("batch", [2, 600])
def test_what_was_made_without_gradients_may_be_changed_in_place_with_them(batch):
    layer, scale = GRU(64, input_size=F), torch.ones(64, requires_grad=True)
    with torch.no_grad():
        state = layer(torch.randn(batch, T, F))
    expected = state.sum(0)
    state *= scale
    state.sum().backward()
    torch.testing.assert_close(scale.grad, expected)


@pytest.mark.parametrize("cell", CELLS)
def test_a_call_on_contiguous_tensors_copies_none_of_them(cell, monkeypatch):
    copies, contiguous = [], torch.Tensor.contiguous

    def spy(self, *given, **options):
        result = contiguous(self, *given, **options)
        copies.append(result.data_ptr() != self.data_ptr())
        return result

    given = tensors(cell, grad=True)
    given["x"] = given["x"].detach().transpose(0, 1).contiguous().requires_grad_()
    options = {**EVERYTHING, "mask": MASK.T.contiguous(), "batch_first": True}
    monkeypatch.setattr(torch.Tensor, "contiguous", spy)
    with Log() as log:
        pass
    result = sequence(**given, cell=cell, **options)
    assert copies
    torch.autograd.backward(filter_none(result), [torch.ones_like(t) for t in filter_none(result)])
    assert not any(copies)
    assert not log.seen


def test_a_layer_makes_no_tensor_but_its_results(monkeypatch):
    made, empty = [], core._empty

    def spy(like, *shape):
        made.append(shape)
        return empty(like, *shape)

    monkeypatch.setattr(core, "_empty", spy)
    layer, x = LSTM(H, input_size=F, return_sequences=True), torch.randn(B, T, F)
    with torch.no_grad():
        layer(x)
    assert made == [(B, T, H), (B, H), (B, H)]
    made.clear()
    outputs = layer(x)
    assert sorted(made) == sorted([(B, T, H), (B, H), (B, H), (T, B, H), (T, B, 4, H)])
    made.clear()
    outputs.sum().backward()
    assert made == [(F, 4 * H), (H, 4 * H), (4 * H,)]


def test_a_checkpointed_call_gives_the_same_gradients():
    parts = flat(tensors("lstm", grad=True))

    def run(*given):
        return loss_of(sequence(**unflat("lstm", given), cell="lstm", **EVERYTHING))

    expected = torch.autograd.grad(run(*parts), parts)
    for actual, value in zip(
        torch.autograd.grad(checkpoint(run, *parts, use_reentrant=False), parts), expected, strict=True
    ):
        assert torch.equal(actual, value)


def test_hooks_on_saved_tensors_see_every_one_of_them():
    seen = []

    def pack(tensor):
        seen.append(tensor.shape)
        return tensor.clone()

    parts = flat(given := tensors("gru_reset_before", grad=True))
    expected = torch.autograd.grad(loss_of(sequence(**given, cell="gru_reset_before")), parts)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = sequence(**given, cell="gru_reset_before")
    assert (T, B, 3, H) in seen
    for actual, value in zip(torch.autograd.grad(loss_of(result), parts), expected, strict=True):
        assert torch.equal(actual, value)


@pytest.mark.parametrize("what", ["lengths", "mask"])
def test_an_array_given_for_a_tensor_may_be_used_again_before_going_back(what):
    """A tensor changed in place is an error of autograd's; an array shares no such knowledge."""
    array = (LENGTHS if what == "lengths" else MASK).numpy().copy()
    parts = flat(given := tensors("lstm", grad=True))
    expected = torch.autograd.grad(loss_of(sequence(**given, cell="lstm", **{what: array.copy()})), parts)
    loss = loss_of(sequence(**given, cell="lstm", **{what: array}))
    array[:] = 1
    for actual, value in zip(torch.autograd.grad(loss, parts), expected, strict=True):
        assert torch.equal(actual, value)


def test_a_mode_that_begins_before_the_way_back_sees_that():
    loss = loss_of(sequence(**tensors("lstm", grad=True), cell="lstm"))
    with Log() as log:
        loss.backward()
    assert "remy.sequence_backward.default" in log.seen


@pytest.mark.parametrize("what", ["x", "kernel", "recurrent_kernel", "bias"])
def test_tensors_of_a_class_of_their_own_go_by_the_operator(what, operators):
    class Own(torch.Tensor):
        pass

    given = tensors("gru_reset_after")
    expected = sequence(**given, cell="gru_reset_after").outputs
    assert operators == []
    found = sequence(**{**given, what: given[what].as_subclass(Own)}, cell="gru_reset_after").outputs
    assert set(operators) == {"sequence"}  # torch may look it up by name once more
    assert torch.equal(found.as_subclass(torch.Tensor), expected)


@pytest.mark.parametrize("what", ["x", "kernel", "recurrent_kernel", "bias"])
def test_tensors_whose_sign_is_pending_are_read_with_it(what):
    given = tensors("gru_reset_before")
    expected = sequence(**{**given, what: -given[what]}, cell="gru_reset_before").outputs
    pending = torch._neg_view(given[what])
    assert pending.is_neg()
    assert torch.equal(sequence(**{**given, what: pending}, cell="gru_reset_before").outputs, expected)


@pytest.mark.parametrize("value", [T + 1, -1, 2**40])
def test_lengths_spoilt_behind_autograds_back_are_refused_on_the_way_back(value):
    array = LENGTHS.numpy().copy()
    loss = loss_of(sequence(**tensors("lstm", grad=True), cell="lstm", lengths=torch.from_numpy(array)))
    array[2] = value
    with pytest.raises(ShapeError, match=f"expected lengths from 0 to T = 5, got {value} in row 2"):
        loss.backward()
