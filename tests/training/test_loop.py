"""The training loop: it learns, stops when it should, and goes on bit for bit after any stop."""

import copy
import itertools
import os
import signal
from typing import Any

import numpy as np
import pytest
import torch

from remy.config.language_model import LanguageModelTrain
from remy.errors import DataError, ModelFileError
from remy.models import LanguageNetwork
from remy.training.checkpoint import Checkpoint
from remy.training.interruption import Interrupted
from remy.training.loop import Trainer
from remy.training.machine import own_randomness, own_threads
from remy.training.outcome import Outcome
from remy.training.progress import Report, Silent
from remy.training.stream_lesson import StreamLesson
from tests.models.test_language import architecture
from tests.training import tiny

CELLS = [{"cell": "lstm"}, {"cell": "gru"}, {"cell": "simple_rnn"}]


class Shelf:
    """A store that keeps every checkpoint."""

    def __init__(self) -> None:
        self.checkpoints: list[Checkpoint] = []
        self.histories: list[list[dict[str, Any]]] = []
        self.best: list[float] = []

    def save_best(self, tensors: dict[str, np.ndarray[Any, Any]], score: float, update: int) -> None:
        self.best.append(score)

    def save_history(self, history: list[dict[str, Any]]) -> None:
        self.histories.append(copy.deepcopy(history))

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        self.checkpoints.append(copy.deepcopy(checkpoint))


def options(**changes: Any) -> LanguageModelTrain:
    changes = {"checkpoint_seconds": 0.0, **changes}
    return tiny.config(**{f"train__{key}": value for key, value in changes.items()}).train


def train(
    config: LanguageModelTrain,
    *,
    cell: dict[str, Any] | None = None,
    shelf: Shelf | None = None,
    start: Checkpoint | None = None,
    **arguments: Any,
) -> Outcome:
    with own_threads(1), own_randomness(config.seed, torch.device("cpu")):
        network = LanguageNetwork(
            architecture(vocabulary_size=7, **(cell or {})), dropout=0.2, recurrent_dropout=0.1
        )
        lesson = StreamLesson(network, tiny.ids(700), tiny.ids(300, seed=1), config)
        trainer = Trainer(lesson, config, store=shelf, **arguments)
        if start is not None:
            torch.rand(5)
            trainer.restore(start)
        return trainer.run()


def without_time(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in record.items() if key != "seconds"} for record in history]


def assert_same_run(one: Outcome, other: Outcome, one_end: Checkpoint, other_end: Checkpoint) -> None:
    """Equal to the last bit: every weight, moment, random state and score."""
    assert without_time(one.history) == without_time(other.history)
    assert (one.score, one.update, one.updates, one.reason) == (
        other.score,
        other.update,
        other.updates,
        other.reason,
    )
    assert one_end.tensors.keys() == other_end.tensors.keys()
    for name, array in one_end.tensors.items():
        assert array.tobytes() == other_end.tensors[name].tobytes(), name


@pytest.mark.parametrize("cell", CELLS)
def test_it_learns(cell: dict[str, Any]) -> None:
    outcome = train(options(epochs=12, lr=0.03), cell=cell)
    first, last = outcome.history[0]["valid_loss"], outcome.score
    assert last < first - 0.2
    assert last < 0.85 * np.log(7)
    assert outcome.score == min(record["valid_loss"] for record in outcome.history)


@pytest.mark.parametrize("cell", CELLS)
def test_a_run_resumed_at_any_update_ends_as_one_that_never_stopped(cell: dict[str, Any]) -> None:
    whole = Shelf()
    expected = train(options(), cell=cell, shelf=whole)
    assert len(whole.checkpoints) == expected.updates
    for start in whole.checkpoints[:: max(1, len(whole.checkpoints) // 6)]:
        resumed = Shelf()
        outcome = train(options(), cell=cell, shelf=resumed, start=start)
        end = resumed.checkpoints[-1] if resumed.checkpoints else start
        assert_same_run(expected, outcome, whole.checkpoints[-1], end)


def test_checkpoints_do_not_change_the_run() -> None:
    often, rarely = Shelf(), Shelf()
    one = train(options(checkpoint_seconds=0.0), shelf=often)
    other = train(options(checkpoint_seconds=1e9), shelf=rarely)
    assert len(often.checkpoints) > len(rarely.checkpoints)
    assert_same_run(one, other, often.checkpoints[-1], rarely.checkpoints[-1])


def test_another_seed_is_another_run() -> None:
    assert train(options(seed=1)).score != train(options(seed=2)).score


def test_the_callers_random_numbers_do_not_matter() -> None:
    first = train(options())
    torch.rand(100)
    assert without_time(train(options()).history) == without_time(first.history)


def states_read_and_left(**changes: Any) -> tuple[StreamLesson, list[Any], list[Any]]:
    """Train, and return the state that every update began with and the one it ended with."""
    with own_randomness(0, torch.device("cpu")):
        network = LanguageNetwork(architecture(vocabulary_size=7))
        begins: list[Any] = []
        ends: list[Any] = []
        forward = network.forward

        def watched(ids: torch.Tensor, state: Any = None) -> Any:
            result = forward(ids, state)
            if network.training:
                begins.append(state)
                ends.append([tuple(part.detach().clone() for part in parts) for parts in result[1]])
            return result

        network.forward = watched  # type: ignore[method-assign]
        config = options(**changes)
        lesson = StreamLesson(network, tiny.ids(700), tiny.ids(300), config)
        Trainer(lesson, config).run()
    return lesson, begins, ends


def test_every_epoch_begins_with_a_zero_state_and_chunks_carry_it_on() -> None:
    lesson, begins, ends = states_read_and_left(restart=0.0)
    chunks = lesson.plan.chunks
    assert chunks > 2
    for update, state in enumerate(begins):
        if update % chunks == 0:
            assert state is None
            continue
        for parts, before in zip(state, ends[update - 1], strict=True):
            for part, expected in zip(parts, before, strict=True):
                assert torch.equal(part, expected)
                assert not part.requires_grad


def test_a_share_of_the_streams_forgets_everything_before_a_chunk_and_the_rest_nothing() -> None:
    lesson, begins, ends = states_read_and_left(restart=0.4, epochs=8)
    forgot = []
    for update, state in enumerate(begins):
        if update % lesson.plan.chunks == 0:
            continue
        rows = torch.stack([(part == 0).all(dim=1) for parts in state for part in parts])
        assert (rows == rows[0]).all(), "a stream forgets all of its state or none"
        kept = ~rows[0]
        for parts, before in zip(state, ends[update - 1], strict=True):
            for part, expected in zip(parts, before, strict=True):
                assert torch.equal(part[kept], expected[kept])
        forgot.append(rows[0].double().mean().item())
    assert 0.25 < sum(forgot) / len(forgot) < 0.55


def test_early_stopping_ends_the_run_and_keeps_the_best() -> None:
    # A rate of zero after the warm-up would be refused; this one is too small to change anything.
    outcome = train(options(epochs=50, evaluations=50, patience=2, lr=1e-30))
    assert outcome.reason == "patience"
    assert len(outcome.history) == 3
    assert outcome.update == outcome.history[0]["update"]


def test_a_run_that_is_out_of_time_validates_and_ends_in_good_order() -> None:
    ticks = itertools.count()
    shelf = Shelf()
    outcome = train(options(epochs=500, max_time=60.0), shelf=shelf, clock=lambda: float(next(ticks)))
    assert outcome.reason == "max_time"
    assert 0 < outcome.updates < 60
    assert outcome.history[-1]["update"] == outcome.updates
    assert shelf.checkpoints[-1].record["update"] == outcome.updates


def test_too_little_time_for_the_plan_is_said_once() -> None:
    notes: list[str] = []

    class Listener(Silent):
        def note(self, sentence: str) -> None:
            notes.append(sentence)

    ticks = itertools.count()
    train(options(epochs=500, max_time=60.0), reporter=Listener(), clock=lambda: float(next(ticks)))
    assert len(notes) == 1
    assert "of 500 epochs, before the learning rate has come down" in notes[0]
    train(options(max_time=1e9), reporter=Listener())
    assert len(notes) == 1


def test_more_time_lets_it_go_on() -> None:
    ticks = itertools.count()
    shelf = Shelf()
    first = train(options(max_time=30.0), shelf=shelf, clock=lambda: float(next(ticks)))
    second = train(options(max_time=1e9), start=shelf.checkpoints[-1])
    assert first.reason == "max_time"
    assert second.reason == "epochs"
    assert second.updates > first.updates


def test_a_finished_run_makes_no_further_update() -> None:
    shelf = Shelf()
    first = train(options(), shelf=shelf)
    again = train(options(), start=shelf.checkpoints[-1])
    assert again.updates == first.updates
    assert without_time(again.history) == without_time(first.history)


def test_ctrl_c_finishes_the_update_and_saves_it() -> None:
    whole, stopped, resumed = Shelf(), Shelf(), Shelf()
    expected = train(options(checkpoint_seconds=1e9), shelf=whole)
    calls = itertools.count()

    class Impatient(Silent):
        def due(self) -> bool:
            if next(calls) == 7:
                os.kill(os.getpid(), signal.SIGINT)
            return False

    with pytest.raises(Interrupted):
        train(options(checkpoint_seconds=1e9), shelf=stopped, reporter=Impatient())
    assert stopped.checkpoints[-1].record["update"] == 9
    outcome = train(options(checkpoint_seconds=1e9), shelf=resumed, start=stopped.checkpoints[-1])
    assert_same_run(expected, outcome, whole.checkpoints[-1], resumed.checkpoints[-1])


def test_a_loss_that_is_no_number_is_never_saved() -> None:
    shelf = Shelf()
    wild = options(lr=1e30, warmup=0.0, clip=1e30, epochs=20)
    with pytest.raises(DataError, match=r"the loss is no longer a number at update \d+; lower the learning"):
        train(wild, cell={"cell": "simple_rnn", "activation": "relu"}, shelf=shelf)
    for checkpoint in shelf.checkpoints:
        assert all(
            np.isfinite(array).all() for name, array in checkpoint.tensors.items() if "network" in name
        )


def test_a_checkpoint_of_another_network_is_refused() -> None:
    shelf = Shelf()
    train(options(), cell={"units": 5}, shelf=shelf)
    with pytest.raises(ModelFileError, match=r"expected shape .* got "):
        train(options(), cell={"units": 6}, start=shelf.checkpoints[0])


def test_the_loss_is_read_back_only_when_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = 0
    plain = torch.Tensor.__float__

    def counted(tensor: torch.Tensor) -> float:
        nonlocal reads
        reads += 1
        return plain(tensor)

    monkeypatch.setattr(torch.Tensor, "__float__", counted)
    outcome = train(options(epochs=4, evaluations=2, checkpoint_seconds=1e9))
    assert outcome.updates > 30
    assert reads <= 12


def test_reports_tell_loss_best_speed_and_time_left() -> None:
    reports: list[Report] = []

    class Collector(Silent):
        def due(self) -> bool:
            return True

        def progress(self, report: Report) -> None:
            reports.append(report)

    outcome = train(options(), reporter=Collector())
    assert [report.update for report in reports][:3] == [1, 2, 3]
    assert all(report.updates == outcome.updates for report in reports)
    assert reports[-1].best == outcome.score
    assert all(report.items_per_second > 0 for report in reports)
    assert reports[0].seconds_left > reports[-1].seconds_left
    assert all(report.loss is not None for report in reports)


def trainer_of(config: LanguageModelTrain) -> Trainer:
    with own_randomness(config.seed, torch.device("cpu")):
        network = LanguageNetwork(architecture(vocabulary_size=7))
        return Trainer(StreamLesson(network, tiny.ids(700), tiny.ids(300, seed=1), config), config)


def weights_of(trainer: Trainer) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in trainer.lesson.weights().items()}


def test_advancing_makes_the_updates_of_a_run_and_tells_the_loss_of_each() -> None:
    whole, stepped = trainer_of(options()), trainer_of(options())
    losses: list[float] = []
    plain = whole.lesson.loss

    def noted(update: int) -> tuple[torch.Tensor, int]:
        loss, items = plain(update)
        losses.append(float(loss.detach()))
        return loss, items

    whole.lesson.loss = noted  # type: ignore[method-assign]
    outcome = whole.run()
    told = list(stepped.advance())
    assert not any(loss.requires_grad for loss in told)
    assert [float(loss) for loss in told] == losses
    assert weights_of(stepped) == weights_of(whole)
    assert without_time(stepped.progress.history) == without_time(outcome.history)


def test_who_stops_asking_leaves_the_network_as_the_last_update_left_it() -> None:
    stopped, shelf = trainer_of(options()), Shelf()
    advancing = stopped.advance()
    for _ in range(5):
        next(advancing)
    advancing.close()  # type: ignore[attr-defined]
    assert stopped.progress.update == 5
    with own_randomness(5, torch.device("cpu")):
        network = LanguageNetwork(architecture(vocabulary_size=7))
        lesson = StreamLesson(network, tiny.ids(700), tiny.ids(300, seed=1), options())
        Trainer(lesson, options(), store=shelf).run()
    fifth = shelf.checkpoints[4]
    assert fifth.record["update"] == 5
    for name, parameter in stopped.network.named_parameters():
        assert parameter.detach().numpy().tobytes() == fifth.tensors[f"network/{name}"].tobytes()


def test_a_new_peak_counts_from_the_next_update_on() -> None:
    changed, kept = trainer_of(options()), trainer_of(options())
    assert changed.peak == options().lr
    ways = zip(changed.advance(), kept.advance(), strict=True)
    for _ in range(4):
        next(ways)
    assert weights_of(changed) == weights_of(kept)
    before = weights_of(changed)
    changed.peak = 1e-30  # too small to change anything
    next(ways)
    assert weights_of(changed) == before
    assert weights_of(kept) != before


def test_a_peak_from_the_first_update_on_is_the_learning_rate_of_the_configuration() -> None:
    changed, configured = trainer_of(options()), trainer_of(options(lr=0.02))
    changed.peak = 0.02
    changed.run()
    configured.run()
    assert weights_of(changed) == weights_of(configured)
