"""What is said of gradients and gates, and when."""

import numpy as np
import pytest
import torch

from remy.config import TrainConfig
from remy.inspect import Flow
from remy.inspect.glance import LayerGlance
from remy.training.advice import Look, vanishing


def look(h: np.ndarray, carried: np.ndarray) -> Look:
    flow = Flow("rnn_0", "forward", "lstm", np.arange(len(h)), h, None, h[:, None], carried)
    layer = LayerGlance(flow, {}, {}, 0.0, torch.eye(4).repeat(1, 4))
    return Look(update=10, layers=[layer], config=TrainConfig(), usual_norm=1.0, leaps=0)


def test_a_gradient_that_is_gone_at_h_and_carried_by_the_cell_state_has_not_vanished() -> None:
    gone, kept = 0.1 ** np.arange(50.0), 0.99 ** np.arange(50.0)
    assert vanishing(look(gone, kept)) is None
    assert "the gradient vanishes" in str(vanishing(look(gone, gone)))


@pytest.mark.parametrize("odd", [np.inf, np.nan])
def test_a_gradient_that_overflowed_has_not_vanished(odd: float) -> None:
    carried = 0.1 ** np.arange(50.0)
    carried[40] = odd
    assert vanishing(look(carried, carried)) is None
