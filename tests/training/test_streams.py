"""How a text is cut into parallel streams."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.errors import DataError
from remy.training.streams import epoch_streams, plan_streams


@given(
    length=st.integers(2, 3000),
    batch_size=st.integers(1, 70),
    steps=st.integers(1, 200),
    epoch=st.integers(0, 5),
)
def test_every_plan_fits_its_text_and_targets_are_one_character_ahead(
    length: int, batch_size: int, steps: int, epoch: int
) -> None:
    plan = plan_streams(length, batch_size=batch_size, steps=steps)
    assert 1 <= plan.batch <= batch_size
    assert 1 <= plan.steps <= steps
    ids = np.arange(length, dtype=np.int32)
    inputs, targets = epoch_streams(ids, plan, seed=3, epoch=epoch)
    assert inputs.shape == targets.shape == (plan.batch, plan.chunks * plan.steps)
    assert np.array_equal(targets, inputs + 1)
    assert targets.max() < length


@given(length=st.integers(2000, 6000))
def test_streams_do_not_overlap_and_lose_little_of_the_text(length: int) -> None:
    plan = plan_streams(length, batch_size=8, steps=25)
    inputs, _ = epoch_streams(np.arange(length, dtype=np.int32), plan, seed=0, epoch=0)
    assert len(np.unique(inputs)) == inputs.size
    assert inputs.size > length - 8 * 25 - plan.shifts - 8 - 1


def test_a_stream_runs_on_from_chunk_to_chunk() -> None:
    plan = plan_streams(1000, batch_size=4, steps=20)
    inputs, _ = epoch_streams(np.arange(1000, dtype=np.int32), plan, seed=0, epoch=0)
    assert np.all(np.diff(inputs, axis=1) == 1)


def test_the_cuts_move_from_epoch_to_epoch_and_depend_on_the_seed_alone() -> None:
    ids = np.arange(5000, dtype=np.int32)
    plan = plan_streams(5000, batch_size=4, steps=50)
    starts = [int(epoch_streams(ids, plan, seed=1, epoch=epoch)[0][0, 0]) for epoch in range(6)]
    again = [int(epoch_streams(ids, plan, seed=1, epoch=epoch)[0][0, 0]) for epoch in range(6)]
    assert starts == again
    assert len(set(starts)) > 1


@pytest.mark.parametrize("length", [0, 1])
def test_a_text_without_a_pair_of_characters_is_refused(length: int) -> None:
    with pytest.raises(DataError, match="there is nothing to predict"):
        plan_streams(length, batch_size=1, steps=1)
