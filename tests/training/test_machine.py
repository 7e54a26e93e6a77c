"""Device, threads and random numbers."""

import pytest
import torch

import remy
from remy.errors import UsageError
from remy.training.machine import find_device, own_randomness, own_threads


@pytest.mark.parametrize("name", ["toaster", "cuda:99", "meta", "mps", "cpu:1", ""])
def test_a_device_that_is_not_there_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError, match=f"^--device: no '{name}' on this machine; use cpu( or cuda)?$"):
        find_device(name)


def test_cuda_is_taken_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert find_device("cuda") == torch.device("cuda")
    assert find_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(UsageError, match=r"no 'cuda:2' on this machine; use cpu or cuda$"):
        find_device("cuda:2")


def test_threads_are_set_inside_and_as_before_afterwards() -> None:
    before = torch.get_num_threads(), remy.get_num_threads()
    with own_threads(1):
        assert (torch.get_num_threads(), remy.get_num_threads()) == (1, 1)
    assert (torch.get_num_threads(), remy.get_num_threads()) == before
    with own_threads(None):
        assert (torch.get_num_threads(), remy.get_num_threads()) == before


def test_random_numbers_come_from_the_seed_and_the_callers_are_untouched() -> None:
    before = torch.get_rng_state()
    drawn = []
    for _ in range(2):
        with own_randomness(3, torch.device("cpu")):
            drawn.append(torch.rand(4))
    assert torch.equal(drawn[0], drawn[1])
    assert torch.equal(torch.get_rng_state(), before)
