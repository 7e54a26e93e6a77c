"""Who watches computes every sequence of its thread, and none outside."""

import threading

import pytest
import torch

from remy.ops import record, sequence, watch
from remy.ops.watching import observer


def call(x=None, **options):
    return sequence(
        torch.ones(3, 2, 1) if x is None else x,
        torch.ones(1, 2),
        torch.eye(2),
        cell="simple_rnn_tanh",
        **options,
    )


def test_every_sequence_of_the_thread_goes_by_the_observer_and_none_outside():
    seen = []

    def observe(a, loop):
        seen.append((a.steps, a.batch, loop))
        return record(a, loop=loop)[0]

    expected = call()
    assert observer() is None
    with watch(observe):
        assert observer() is observe
        found, looped = call(), call(loop=True)
    assert observer() is None
    call()
    assert seen == [(3, 2, False), (3, 2, True)]
    for result in (found, looped):
        assert type(result) is type(expected)
        torch.testing.assert_close(result.outputs, expected.outputs)


def test_an_inner_observer_takes_over_and_gives_back_also_after_an_error():
    def outer(a, loop):
        return record(a)[0]

    def inner(a, loop):
        raise RuntimeError("inside")

    with watch(outer):
        with pytest.raises(RuntimeError, match="inside"), watch(inner):
            call()
        assert observer() is outer
        call()
    assert observer() is None
    with pytest.raises(RuntimeError, match="inside"), watch(inner):
        call()
    assert observer() is None
    call()


def test_threads_are_watched_each_by_its_own():
    seen, watching, done, stray = {"one": 0, "two": 0}, threading.Barrier(3), threading.Barrier(3), []

    def work(name):
        def observe(a, loop):
            seen[name] += 1
            return record(a)[0]

        with watch(observe):
            watching.wait(timeout=60)
            for _ in range(3 if name == "one" else 5):
                call()
            done.wait(timeout=60)
        stray.append(observer())

    threads = [threading.Thread(target=work, args=(name,)) for name in seen]
    for thread in threads:
        thread.start()
    watching.wait(timeout=60)
    assert observer() is None
    call()
    done.wait(timeout=60)
    for thread in threads:
        thread.join()
    assert seen == {"one": 3, "two": 5}
    assert stray == [None, None]


@pytest.mark.parametrize("fullgraph", [False, True])
def test_compiled_code_is_watched_too_and_stays_compiled(fullgraph):
    graphs, seen = [], []

    def backend(module, inputs):
        graphs.append(module)
        return module.forward

    def doubled(x):
        return call(x).outputs * 2

    def observe(a, loop):
        seen.append(a.steps)
        return record(a)[0]

    torch._dynamo.reset()
    compiled, x = torch.compile(doubled, backend=backend, fullgraph=fullgraph), torch.ones(3, 2, 1)
    expected = compiled(x)
    assert len(graphs) == 1
    with watch(observe):
        with watch(observe):
            assert torch.equal(compiled(x), expected)
        assert torch.equal(compiled(x), expected)
    assert seen == [3, 3]
    assert torch.equal(compiled(x), expected)
    assert len(graphs) == 1  # not compiled anew, nor left uncompiled:
    compiled(x.clone().requires_grad_())
    assert len(graphs) == 2
