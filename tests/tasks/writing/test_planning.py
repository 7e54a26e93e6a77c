"""How many epochs are meant where nobody says."""

from remy.config.captioner import CaptionerTrain
from remy.tasks.writing.planning import with_epochs


def test_there_are_as_many_epochs_as_make_the_updates_within_bounds() -> None:
    train = CaptionerTrain(batch_size=64)
    found = [with_epochs(train, [5] * count, updates=700).epochs for count in (64, 64 * 20, 64 * 1000)]
    assert found == [100.0, 35.0, 10.0]


def test_what_somebody_chose_stays() -> None:
    train = CaptionerTrain(epochs=3.5)
    assert with_epochs(train, [5] * 100, updates=700) is train
