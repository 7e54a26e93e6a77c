"""Memory that the core lends again: nobody's results change under his hands, and nothing piles up."""

import gc
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from remy import _core
from remy.layers import GRU, LSTM, SimpleRNN
from remy.ops import CELLS, core, sequence_record

LIMIT = 256 << 20
MEGABYTE = 1 << 20


@pytest.fixture(autouse=True)
def _start_with_nothing_idle():
    gc.collect()
    _core.release_memory()
    yield
    _core.release_memory()


def address(array):
    return array.ctypes.data


@pytest.mark.parametrize(("pooled", "dtype"), [(_core.pooled, np.float32), (_core.pooled64, np.float64)])
def test_an_array_has_its_size_and_dtype_and_its_memory_is_lent_again_once_nobody_holds_it(pooled, dtype):
    array = pooled(100_000)
    assert array.shape == (100_000,)
    assert array.dtype == dtype
    assert array.flags.writeable
    assert address(array) % 64 == 0
    array[:] = 3
    where, view = address(array), array[10:]
    del array
    assert _core.idle_memory() == 0  # a view holds it
    other = pooled(100_000)
    assert address(other) != where
    del view
    assert _core.idle_memory() >= 100_000 * np.dtype(dtype).itemsize
    assert address(pooled(100_000)) == where


def test_a_tensor_holds_the_memory_of_its_array():
    tensor = core._empty(torch.zeros(1), 100, 1000)
    assert tensor.shape == (100, 1000)
    part = tensor[3, 5:].view(5, 199)
    where = tensor.data_ptr()
    del tensor
    assert _core.idle_memory() == 0
    del part
    assert _core.idle_memory() >= 400_000
    assert core._empty(torch.zeros(1), 100, 1000).data_ptr() == where


def test_small_results_are_torchs_own_memory():
    held = core._empty(torch.zeros(1), 10, 100)
    del held
    assert _core.idle_memory() == 0


def test_idle_memory_stays_below_its_limit_and_can_be_given_back():
    held = [_core.pooled(16 * MEGABYTE) for _ in range(6)]  # 64 MiB each, never touched
    held.clear()
    assert 0 < _core.idle_memory() <= LIMIT
    _core.release_memory()
    assert _core.idle_memory() == 0
    _core.pooled(65 * MEGABYTE)  # more than the limit at once
    assert _core.idle_memory() == 0
    assert _core.pooled(0).shape == (0,)


def large(kind=LSTM):
    """A layer and inputs whose results are lent memory."""
    generator = torch.Generator().manual_seed(4)
    layer = kind(64, input_size=16, return_sequences=True)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_(std=0.2, generator=generator)
    x = [torch.randn(32, 40, 16, generator=generator) for _ in range(3)]
    return layer, x


def step(layer, x):
    x = x.detach().clone().requires_grad_()
    outputs = layer(x)
    outputs.square().sum().backward()
    found = [outputs.detach(), x.grad, *(p.grad for p in layer.parameters())]
    layer.zero_grad(set_to_none=True)
    return found


@pytest.mark.parametrize("kind", [SimpleRNN, LSTM, GRU])
def test_kept_outputs_and_gradients_are_never_overwritten(kind):
    layer, x = large(kind)
    first = step(layer, x[0])
    assert first[0].numel() * 4 >= core._POOLED_BYTES
    copies = [t.clone() for t in first]
    for round_ in range(20):
        step(layer, x[1 + round_ % 2])
    for kept, copy in zip(first, copies, strict=True):
        assert torch.equal(kept, copy)
    for again, copy in zip(step(layer, x[0]), copies, strict=True):
        assert torch.equal(again, copy)


def test_a_view_or_an_array_of_the_outputs_keeps_them():
    layer, x = large()
    with torch.no_grad():
        outputs = layer(x[0])
        kept = [outputs[:, -1], outputs.numpy()[3], outputs.view(-1)[5:]]
        copies = [torch.as_tensor(t).clone() for t in kept]
        del outputs
        for _ in range(10):
            layer(x[1])
    for one, copy in zip(kept, copies, strict=True):
        assert torch.equal(torch.as_tensor(one), copy)


def test_outputs_that_wait_for_their_backward_are_kept():
    layer, x = large()
    expected = step(layer, x[0])
    waiting = layer(x[0])
    for _ in range(5):
        step(layer, x[1])
    waiting.square().sum().backward()
    for parameter, value in zip(layer.parameters(), expected[2:], strict=True):
        assert torch.equal(parameter.grad, value)


def test_steps_of_training_take_no_more_memory_as_they_go_on():
    layer, x = large()
    for _ in range(3):
        step(layer, x[0])
    idle = _core.idle_memory()
    assert 0 < idle < LIMIT
    for round_ in range(50):
        step(layer, x[round_ % 3])
        assert _core.idle_memory() <= idle


def test_memory_that_was_used_before_is_as_good_as_new():
    """Whatever stood there: all that is returned is written."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(60, 40, 16, generator=generator)
    lengths = torch.randint(0, 61, (40,), generator=generator)
    for cell, sizes in CELLS.items():
        gates = len(sizes.gates)
        kernel, recurrent = (torch.randn(n, gates * 32, generator=generator) * 0.1 for n in (16, 32))

        def run(cell=cell, kernel=kernel, recurrent=recurrent):
            r = sequence_record(
                x, kernel, recurrent, cell=cell, lengths=lengths, d_outputs=torch.ones(60, 40, 32)
            )
            return [
                t for t in (*vars(r).values(), *vars(r.gradients).values()) if isinstance(t, torch.Tensor)
            ]

        _core.release_memory()
        fresh = [t.clone() for t in run()]
        for _ in range(3):
            for t in run():
                t.fill_(float("nan"))
        for actual, expected in zip(run(), fresh, strict=True):
            assert torch.equal(actual, expected), cell


def test_threads_that_call_layers_at_the_same_time_get_their_own_results():
    layers = [large(kind) for kind in (SimpleRNN, LSTM, GRU)]
    expected = [[step(layer, one) for one in x] for layer, x in layers]
    wide, row = LSTM(256, input_size=8, return_sequences=True), torch.randn(1, 40, 8)  # a team's
    with torch.no_grad():
        wide_outputs = wide(row)

    def run(thread):
        kind = thread % 3
        x = layers[kind][1]
        layer = layers[kind][0].twin()
        layer.load_state_dict(layers[kind][0].state_dict())
        for round_ in range(12):
            for actual, value in zip(step(layer, x[round_ % 3]), expected[kind][round_ % 3], strict=True):
                assert torch.equal(actual, value)
            with torch.no_grad():
                assert torch.equal(wide(row), wide_outputs)
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(run, range(8)))


PROGRAM = """
import os, signal, threading
import numpy as np
import torch
from remy import _core
from remy.layers import LSTM

signal.alarm(50)
layer, x = LSTM(64, return_sequences=True), torch.randn(32, 40, 16)
with torch.no_grad():
    before = layer(x).numpy().copy()
stop = False

def busy():
    while not stop:
        _core.pooled(50_000)

thread = threading.Thread(target=busy)
thread.start()
failed = 0
for _ in range(10):
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        with torch.no_grad():
            same = (layer(x).numpy() == before).all()  # by NumPy: torch's own OpenMP does not survive a fork
        array = _core.pooled(50_000)
        del array
        _core.release_memory()
        os._exit(0 if same and _core.idle_memory() == 0 else 1)
    failed += os.waitpid(child, 0)[1] != 0
stop = True
thread.join()
raise SystemExit(failed)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_forked_while_another_thread_borrows_memory_works_on():
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PROGRAM], timeout=60, check=False
    )
    assert done.returncode == 0
