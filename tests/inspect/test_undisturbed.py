"""A traced model is left as it was, and gives the same wherever and however it is asked."""

import copy
import threading

import numpy as np
import pytest
import torch

from remy import Sequential, ops
from remy.inspect import trace
from remy.layers import Bidirectional, Dense
from tests.inspect.chains import (
    MASKINGS,
    V,
    assert_is_the_references,
    carry,
    classes,
    directions_of,
    everything,
    inputs,
    network,
)
from tests.layers.kinds import KINDS, make


def test_a_model_is_left_as_it_was():
    model = network("lstm", both=True, depth=2, stateful=True, dropout=0.5, recurrent_dropout=0.5).train()
    model[0].eval()
    carry(model)
    x, target = inputs().requires_grad_(), classes()
    model(x).sum().backward()
    carry(model, seed=8)
    before = copy.deepcopy(model.state_dict())
    grads = [p.grad.clone() for p in model.parameters()]
    modes = [module.training for module in model.modules()]
    carried = [layer._carried for module in model for layer in directions_of(module)]
    copies = copy.deepcopy(carried)
    random, of_x = torch.get_rng_state(), x.grad.clone()
    first = trace(model, x, target, check="full", override={"forget": 0.5})
    second = trace(model, x, target, check="full")
    assert first.layers[0].held is not None
    assert second.layers[0].held is None
    assert torch.equal(torch.get_rng_state(), random)
    assert [module.training for module in model.modules()] == modes
    for (name, now), then in zip(model.state_dict().items(), before.values(), strict=True):
        assert torch.equal(now, then), name
    for parameter, then in zip(model.parameters(), grads, strict=True):
        assert torch.equal(parameter.grad, then)
        assert parameter.requires_grad
    assert torch.equal(x.grad, of_x)
    for module, then, values in zip(
        [m for level in model for m in directions_of(level)], carried, copies, strict=True
    ):
        assert module._carried is then
        assert all(map(torch.equal, then, values))


def test_a_model_is_left_as_it_was_by_an_error():
    model = network("lstm", depth=1, stateful=True).train()
    carry(model)
    carried = model[0]._carried
    with pytest.raises(ValueError, match="nothing"):
        trace(model, inputs(), classes(), override={"nothing": 0})
    assert model.training
    assert model[0].training
    assert model[0]._carried is carried
    assert ops.watching.observer() is None


def test_dropout_does_not_drop():
    torch.manual_seed(0)
    model = network("gru_reset_after", depth=2, dropout=0.5, recurrent_dropout=0.5).train()
    found = trace(model, inputs(), classes())
    assert_is_the_references(found, model, inputs(), classes())


@pytest.mark.parametrize("ambient", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_gradients_come_wherever_the_trace_is_asked_for(ambient):
    model = network("lstm", depth=1)
    with ambient():
        x, target, mask = inputs(), classes(), MASKINGS["gaps"]["mask"].clone()
        found = trace(model, x, target, mask=mask, check="full")
    assert_is_the_references(found, model, inputs(), classes(), mask=MASKINGS["gaps"]["mask"])
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    frozen = trace(model, inputs(), classes(), mask=MASKINGS["gaps"]["mask"])
    np.testing.assert_array_equal(frozen.layers[0].gradients.h, found.layers[0].gradients.h)


def test_autocast_takes_no_digit_away():
    model = network("lstm", depth=1).float()
    plain = trace(model, inputs().float(), classes(), check="full")
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = trace(model, inputs().float(), classes(), check="full")
    assert found.residuals == plain.residuals
    for one, other in zip(everything(plain), everything(found), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", KINDS)
def test_one_thread_and_two_give_the_same(kind):
    cls, fixed = KINDS[kind]
    torch.manual_seed(0)
    model = Sequential([Bidirectional(cls(48, input_size=16, return_sequences=True, **fixed)), Dense(V)])
    x, target = torch.randn(24, 20, 16), classes(24, 20)
    model(x)
    before, found = torch.get_num_threads(), []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            found.append(everything(trace(model, x, target)))
    finally:
        torch.set_num_threads(before)
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one, two)


def test_traces_in_two_threads_do_not_meet():
    models = [network(kind, both=True, depth=2) for kind in ("lstm", "gru_reset_after")]
    alone = [everything(trace(model, inputs(), classes())) for model in models]
    together, start = [[], []], threading.Barrier(2)

    def work(which):
        start.wait()
        for _ in range(5):
            together[which].append(everything(trace(models[which], inputs(), classes())))

    threads = [threading.Thread(target=work, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for expected, runs in zip(alone, together, strict=True):
        assert len(runs) == 5
        for run in runs:
            for one, other in zip(expected, run, strict=True):
                np.testing.assert_array_equal(one, other)


def test_a_compiled_model_is_traced_and_goes_on_as_it_was():
    torch._dynamo.reset()
    layer, x = make("gru_reset_after", return_sequences=True), inputs()
    compiled = torch.compile(layer, backend="eager", fullgraph=True)
    expected = compiled(x)
    found = trace(compiled, x, classes())
    plain = trace(layer, x, classes())
    np.testing.assert_array_equal(found.layers[0].h, plain.layers[0].h)
    np.testing.assert_array_equal(found.layers[0].gradients.h, plain.layers[0].gradients.h)
    assert torch.equal(compiled(x), expected)


def test_threads_that_trace_a_model_in_training_leave_it_in_training():
    model, x = network("lstm", depth=2, dropout=0.5).train(), inputs()
    begin = threading.Barrier(4)

    def traces():
        begin.wait()
        for _ in range(15):
            trace(model, x)

    threads = [threading.Thread(target=traces) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(module.training for module in model.modules())
