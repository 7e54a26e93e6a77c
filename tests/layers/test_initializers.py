"""First values of weights: Keras's names and formulas."""

from math import sqrt

import pytest
import torch

from remy.errors import UsageError
from remy.layers.initializers import INITIALIZERS, initialize

IN, OUT = 300, 500


def drawn(name):
    torch.manual_seed(0)
    tensor = torch.full((IN, OUT), float("nan"))
    initialize(tensor, name)
    return tensor


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("glorot_uniform", sqrt(2 / (IN + OUT))),
        ("glorot_normal", sqrt(2 / (IN + OUT))),
        ("he_uniform", sqrt(2 / IN)),
        ("he_normal", sqrt(2 / IN)),
        ("lecun_uniform", sqrt(1 / IN)),
        ("lecun_normal", sqrt(1 / IN)),
        ("random_uniform", 0.05 / sqrt(3)),
        ("random_normal", 0.05),
    ],
)
def test_random_values_have_keras_deviation(name, deviation):
    values = drawn(name)
    assert values.std().item() == pytest.approx(deviation, rel=0.01)
    assert abs(values.mean().item()) < 0.02 * deviation
    if name.endswith("uniform"):
        assert values.abs().max().item() <= deviation * sqrt(3) * (1 + 1e-6)
    elif name != "random_normal":
        assert values.abs().max().item() <= 2 * deviation / 0.87962566103423978 * (1 + 1e-6)


def test_orthogonal_rows_are_orthonormal():
    values = drawn("orthogonal")
    torch.testing.assert_close(values @ values.T, torch.eye(IN), atol=1e-5, rtol=0)


def test_constants_fill():
    assert not drawn("zeros").any()
    assert (drawn("ones") == 1).all()


def test_a_function_may_fill_the_tensor_itself():
    tensor = torch.empty(2, 3)
    initialize(tensor, lambda t: torch.nn.init.constant_(t, 4.0))
    assert (tensor == 4).all()


def test_every_name_fills_every_value():
    for name in INITIALIZERS:
        assert torch.isfinite(drawn(name)).all(), name


def test_a_misspelt_name_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="got 'glorot_unifrom'; did you mean 'glorot_uniform'"):
        drawn("glorot_unifrom")


def test_a_generator_draws_what_torchs_own_would_and_leaves_that_alone():
    for name in INITIALIZERS:
        expected = drawn(name)
        before = torch.get_rng_state()
        found = torch.empty(IN, OUT)
        initialize(found, name, generator=torch.Generator().manual_seed(0))
        assert torch.equal(found, expected), name
        assert torch.equal(torch.get_rng_state(), before), name
