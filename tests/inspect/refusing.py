"""What all refusals have in common."""

import pytest
import torch

from remy import ops
from remy.errors import RemyError
from remy.inspect import trace
from tests.inspect.chains import F


def refused(error, message, model, *given, **options):
    """Assert that a trace is refused by exactly this sentence, and that nothing is left behind."""
    with pytest.raises(RemyError) as caught:
        trace(model, *given, **options)
    assert type(caught.value) is error
    assert str(caught.value) == message
    assert ops.watching.observer() is None


ONE = torch.ones(1, 6, F)
