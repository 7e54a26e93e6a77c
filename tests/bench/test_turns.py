"""Who has a turn when, and what the ratios are of, with a clock of our own."""

import gc
from contextlib import contextmanager

import pytest

from remy.bench.side import Prepared
from remy.bench.turns import Pace, in_turn, ratio


class World:
    """A clock that moves only when someone works or sleeps, and a diary."""

    def __init__(self) -> None:
        self.time = self.spins_until = 0.0
        self.diary: list[str] = []

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.diary.append("sleep")

    def busy(self) -> float:
        """Whoever spins does so until the clock says `spins_until`."""
        return min(self.time, self.spins_until)

    def side(self, name: str, *seconds: float) -> Prepared:
        """A side whose calls take `seconds` in turn, the last one ever after."""
        times = list(seconds)

        def call() -> None:
            self.time += times.pop(0) if len(times) > 1 else times[0]
            self.diary.append(name)

        return Prepared(call, dict)

    def run(self, sides: dict[str, Prepared], **pace: float) -> dict[str, list[float]]:
        return in_turn(sides, Pace(**pace), now=lambda: self.time, sleep=self.sleep, busy=self.busy)  # type: ignore[arg-type]


def test_a_turn_is_a_pause_an_unmeasured_call_and_as_many_calls_as_fit() -> None:
    world = World()
    series = world.run({"a": world.side("a", 100.0, 2.0)}, turns=1, seconds=7.0, pause=5.0)
    assert world.diary == ["sleep", "a", "a", "a", "a"]
    assert series == {"a": [2.0]}


def test_a_call_longer_than_the_turn_is_made_once() -> None:
    world = World()
    series = world.run({"a": world.side("a", 50.0)}, turns=2, seconds=7.0, pause=0.0)
    assert world.diary == ["sleep", "a", "a"] * 2
    assert series == {"a": [50.0, 50.0]}


def test_a_turn_waits_until_threads_of_the_last_one_have_ceased_to_spin() -> None:
    world = World()
    world.spins_until = 35.0
    world.run({"a": world.side("a", 50.0)}, turns=1, seconds=1.0, pause=10.0)
    assert world.diary == ["sleep"] * 5 + ["a"] * 2


def test_a_turn_does_not_wait_for_ever() -> None:
    world = World()
    world.spins_until = float("inf")
    world.run({"a": world.side("a", 50.0)}, turns=1, seconds=1.0, pause=10.0)
    assert world.diary == ["sleep"] * 30 + ["a"] * 2


def test_the_clock_is_read_seldom_when_calls_are_short() -> None:
    world, readings = World(), 0

    def now() -> float:
        nonlocal readings
        readings += 1
        return world.time

    side = world.side("a", 1.0)
    in_turn(
        {"a": side}, Pace(turns=1, seconds=1000.0, pause=0.0), now=now, sleep=world.sleep, busy=world.busy
    )
    assert world.diary.count("a") == 1001
    assert readings < 15


def test_the_order_moves_on_by_one_from_round_to_round() -> None:
    world = World()
    sides = {name: world.side(name, 9.0) for name in "abc"}
    world.run(sides, turns=4, seconds=1.0, pause=0.0)
    turns = [name for name in world.diary if name != "sleep"][::2]
    assert "".join(turns) == "abcbcacababc"


def test_each_round_has_a_ratio_of_its_own() -> None:
    world = World()
    sides = {"ours": world.side("o", 0.0, 1.0, 0.0, 2.0, 0.0, 4.0), "peer": world.side("p", 0.0, 3.0)}
    series = world.run(sides, turns=3, seconds=0.5, pause=0.0)
    assert series == {"ours": [1.0, 2.0, 4.0], "peer": [3.0, 3.0, 3.0]}
    assert ratio(series["peer"], series["ours"]).median == 1.5


def test_quartiles_never_leave_what_was_measured() -> None:
    assert ratio([1.0, 9.0], [1.0, 1.0]) == (3.0, 5.0, 7.0)


def test_one_round_is_its_own_quartiles() -> None:
    assert ratio([3.0], [2.0]) == (1.5, 1.5, 1.5)


def test_what_surrounds_the_calls_is_entered_for_every_turn() -> None:
    world = World()

    @contextmanager
    def around():  # type: ignore[no-untyped-def]
        world.diary.append("enter")
        yield
        world.diary.append("leave")

    side = Prepared(world.side("a", 1.0).call, dict, around)
    world.run({"a": side}, turns=1, seconds=0.5, pause=0.0)
    assert world.diary == ["sleep", "enter", "a", "a", "leave"]


def test_garbage_is_collected_again_even_if_a_side_fails() -> None:
    def call() -> None:
        assert not gc.isenabled()
        raise RuntimeError("oh")

    with pytest.raises(RuntimeError, match="oh"):
        in_turn({"a": Prepared(call, dict)}, Pace(turns=1, pause=0.0))
    assert gc.isenabled()
