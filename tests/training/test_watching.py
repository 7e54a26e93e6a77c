"""Watching the gradients: the run stays the same, what is seen is kept, and each trouble is told once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch

from remy import ops, reference
from remy.inspect.glance import Glance
from remy.models import LanguageNetwork
from remy.training.checkpoint import Checkpoint
from remy.training.loop import Trainer
from remy.training.machine import own_randomness, own_threads
from remy.training.outcome import Outcome
from remy.training.progress import Silent
from remy.training.snapshot import Watched
from remy.training.stream_lesson import StreamLesson
from remy.training.watching import GradientWatch
from tests.models.test_language import architecture
from tests.training import tiny
from tests.training.test_loop import Shelf, options, without_time

STEPS = 40


class Notes(Silent):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, sentence: str) -> None:
        self.said.append(sentence)


class Curves:
    """Keeps what would be drawn."""

    def __init__(self) -> None:
        self.added: list[tuple[int, dict[str, float]]] = []

    def add(self, update: int, values: Mapping[str, float]) -> None:
        self.added.append((update, dict(values)))


Change = Callable[[LanguageNetwork], None]


def train(
    change: Change | None = None,
    *,
    cell: Mapping[str, Any] | None = None,
    shelf: Shelf | None = None,
    start: Checkpoint | None = None,
    notes: Notes | None = None,
    charts: Curves | None = None,
    dropout: float = 0.0,
    **changes: Any,
) -> Outcome:
    """Train a tiny network that `change` has spoilt, looking at it at every update."""
    config = options(
        **{"watch_gradients": 1, "steps": STEPS, "lr": 1e-4, "checkpoint_seconds": 1e9, **changes}
    )
    with own_threads(1), own_randomness(config.seed, torch.device("cpu")):
        network = LanguageNetwork(
            architecture(vocabulary_size=7, **(cell or {})), dropout=dropout, recurrent_dropout=dropout / 2
        )
        if change is not None:
            with torch.no_grad():
                change(network)
        lesson = StreamLesson(network, tiny.ids(900), tiny.ids(300, seed=1), config)
        trainer = Trainer(lesson, config, store=shelf, reporter=notes, charts=charts)
        if start is not None:
            trainer.restore(start)
        return trainer.run()


def looks(outcome: Outcome) -> list[dict[str, Any]]:
    return [look for record in outcome.history for look in record.get("watch", [])]


def times(factor: float) -> Change:
    """Multiply every recurrent kernel."""

    def change(network: LanguageNetwork) -> None:
        for name, weight in network.named_weights().items():
            if name.endswith("recurrent_kernel"):
                weight.mul_(factor)

    return change


def forget_bias(value: float) -> Change:
    def change(network: LanguageNetwork) -> None:
        for name, weight in network.named_weights().items():
            if name.startswith("rnn") and name.endswith("bias"):
                weight.view(4, -1)[1] = value

    return change


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_a_watched_run_is_the_unwatched_one_to_the_last_bit(cell: str) -> None:
    ends = []
    for every in (None, 1, 3):
        shelf = Shelf()
        outcome = train(cell={"cell": cell}, shelf=shelf, watch_gradients=every, dropout=0.3, lr=0.01)
        assert bool(looks(outcome)) == (every is not None)
        ends.append(shelf.checkpoints[-1].tensors)
    for end in ends[1:]:
        assert end.keys() == ends[0].keys()
        for name, array in ends[0].items():
            assert array.tobytes() == end[name].tobytes(), name


def test_by_default_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("somebody watches")

    monkeypatch.setattr(ops, "watch", refuse)
    monkeypatch.setattr(Glance, "__init__", refuse)
    assert tiny.config().train.watch_gradients is None
    shelf = Shelf()
    outcome = train(shelf=shelf, watch_gradients=None)
    assert all("watch" not in record for record in outcome.history)
    assert shelf.checkpoints[-1].record["watched"] == Watched().record()
    with pytest.raises(AssertionError, match="somebody watches"):
        train(watch_gradients=1)


def test_a_look_is_taken_every_so_many_updates_and_at_least_once() -> None:
    outcome = train(watch_gradients=3)
    assert outcome.updates == 10
    found = [(look["update"], look["norm"]["updates"]) for look in looks(outcome)]
    assert found == [(3, 3), (6, 3), (9, 3)]
    for record in outcome.history:
        # In the record of the first validation after it.
        assert all(
            record["update"] - 2 <= look["update"] <= record["update"] for look in record.get("watch", [])
        )
    assert [look["update"] for look in looks(train(watch_gradients=1000))] == [10]


def test_the_norms_by_lag_are_those_of_the_reference() -> None:
    networks: list[dict[str, np.ndarray]] = []

    def keep(network: LanguageNetwork) -> None:
        for weight in network.parameters():
            weight.normal_(std=0.5)
        networks.append({name: array.astype(np.float64) for name, array in network.to_tensors().items()})

    (look, *_) = looks(train(keep))
    config, weights = options(steps=STEPS), networks[0]
    with own_randomness(0, torch.device("cpu")):
        lesson = StreamLesson(
            LanguageNetwork(architecture(vocabulary_size=7)), tiny.ids(900), tiny.ids(300), config
        )
        ids = lesson._streams(0)[0][:, :STEPS].numpy()
    read = weights["embedding/embeddings"][ids].swapaxes(0, 1)
    drawn = np.random.default_rng((config.seed, 1))
    assert [layer["name"] for layer in look["layers"]] == ["rnn_0", "rnn_1"]
    for layer in look["layers"]:
        given = [weights[f"{layer['name']}/{part}"] for part in ("kernel", "recurrent_kernel", "bias")]
        direction = drawn.standard_normal((len(ids), 6))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        back = reference.sequence_backward("lstm", read, *given, d_h=direction)
        assert layer["lags"] == [0, 1, 2, 4, 8, 16, 32]
        assert back.d_cells is not None
        for name, gradient in (("h", back.d_states), ("c", back.d_cells)):
            by_lag = np.sqrt(np.square(gradient).sum(axis=2).mean(axis=1))[::-1]
            np.testing.assert_allclose(layer[name], by_lag[layer["lags"]], rtol=1e-4, atol=1e-30)
        there = reference.sequence_forward("lstm", read, *given)
        read = there.outputs
        for k, gate in enumerate(("input", "forget", "candidate", "output")):
            assert layer["gates"][gate]["mean"] == pytest.approx(there.gates[:, :, k].mean(), abs=1e-6)
        low = np.mean(there.gates[:, :, 1] < 0.05)
        assert layer["gates"]["forget"]["low"] == pytest.approx(low, abs=1e-5)


def test_norms_are_those_before_clipping_and_clipped_ones_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    norms: list[float] = []
    clip = torch.nn.utils.clip_grad_norm_

    def noted(*given: Any) -> torch.Tensor:
        norms.append(float(clip(*given)))
        return torch.tensor(norms[-1])

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", noted)
    train(watch_gradients=5)
    longest = float(np.median(norms[:5]))
    norms.clear()
    found = [look["norm"] for look in looks(train(watch_gradients=5, clip=longest))]
    for number, norm in enumerate(found):
        new = norms[5 * number : 5 * number + 5]
        assert norm["median"] == pytest.approx(np.median(new), rel=1e-5)
        assert norm["largest"] == pytest.approx(max(new), rel=1e-5)
        assert norm["clipped"] == sum(each > longest for each in new)
    assert sum(norm["clipped"] for norm in found) not in (0, 10)


def test_a_healthy_network_is_warned_of_nothing() -> None:
    for cell in ("lstm", "gru", "simple_rnn"):
        notes = Notes()
        train(cell={"cell": cell, "units": 32}, notes=notes, epochs=8, lr=0.005)
        assert notes.said == []


@pytest.mark.parametrize(
    ("cell", "change", "told", "advice"),
    [
        ({"cell": "simple_rnn"}, times(0.02), "the gradient vanishes", "begin with an orthogonal one"),
        ({"cell": "simple_rnn", "activation": "linear"}, times(1.2), "the gradient explodes", "train.clip"),
        ({"cell": "lstm"}, forget_bias(-10.0), "dead units", "forget bias of 1 or more"),
        ({"cell": "lstm"}, forget_bias(-2.0), "the gradient vanishes", "forget gates stand at 0.12"),
    ],
)
def test_each_trouble_is_told_once_with_its_way_out(
    cell: dict[str, Any], change: Change, told: str, advice: str
) -> None:
    notes = Notes()
    train(change, cell=cell, notes=notes, epochs=1 if "activation" in cell else 3)
    (said,) = notes.said
    assert said.startswith(f"watch: {told}")
    assert advice in said


def test_the_figures_in_a_warning_are_those_of_the_look_it_names() -> None:
    notes = Notes()
    outcome = train(times(0.02), cell={"cell": "simple_rnn"}, notes=notes)
    look = looks(outcome)[2]  # the third in a row
    (said,) = notes.said
    reach = ", ".join(f"{layer['name']} {layer['horizon']} of {STEPS}" for layer in look["layers"])
    assert f"{reach} (update {look['update']})" in said


def test_many_leaps_of_the_norm_are_told_with_a_length_to_clip_at() -> None:
    def said(norms: list[float], clip: float) -> list[str]:
        notes = Notes()
        network = LanguageNetwork(architecture(vocabulary_size=7))
        watch = GradientWatch(network, options(clip=clip), every=5, reporter=notes)
        watched = Watched()
        for update, norm in enumerate(norms, start=1):
            with watch.following(update):
                network(torch.zeros(2, 20, dtype=torch.long))
            watch.updated(watched, update, torch.tensor(norm))
        return notes.said

    usual = [0.5] * 9
    assert said([*usual, 51.0, *usual, 51.0], 1000.0) == []
    assert said([*usual, 49.0, *usual, 49.0, *usual, 49.0], 1000.0) == []
    (told,) = said([*usual, 51.0, *usual, 51.0, *usual, 51.0, *usual, 51.0], 1000.0)
    assert "3 updates up to 30 had a norm of more than 100 times the usual 0.5" in told
    assert "train.clip (now 1000) lets them through: try 1, twice" in told
    (told,) = said([*usual, 51.0, *usual, 51.0, *usual, float("inf")], 1.0)
    assert "train.clip (now 1) shortens them" in told


def test_a_resumed_run_goes_on_counting_and_does_not_warn_again() -> None:
    whole, notes = Shelf(), Notes()
    told = {"change": times(0.02), "cell": {"cell": "simple_rnn"}, "watch_gradients": 2}
    expected = train(**told, shelf=whole, notes=notes, checkpoint_seconds=0.0)
    assert len(notes.said) == 1
    warned = [bool(each.record["watched"]["warned"]) for each in whole.checkpoints]
    assert True in warned
    assert False in warned
    for checkpoint, already in zip(whole.checkpoints, warned, strict=True):
        again = Notes()
        outcome = train(**told, notes=again, start=checkpoint, checkpoint_seconds=0.0)
        assert without_time(outcome.history) == without_time(expected.history)
        assert again.said == ([] if already else notes.said)


def test_a_checkpoint_of_before_there_was_a_watch_is_gone_on_with() -> None:
    shelf = Shelf()
    train(shelf=shelf, watch_gradients=None, checkpoint_seconds=0.0)
    old = shelf.checkpoints[4]
    del old.record["watched"]
    assert [look["update"] for look in looks(train(start=old))] == [6, 7, 8, 9, 10]


def test_every_number_of_a_look_becomes_a_curve() -> None:
    charts = Curves()
    outcome = train(watch_gradients=5, charts=charts)
    drawn = [values for update, values in charts.added if "gradient/median_norm" in values]
    for look, values in zip(looks(outcome), drawn, strict=True):
        first, layer = look["layers"][0], "rnn_0_forward"
        assert values["gradient/median_norm"] == look["norm"]["median"]
        assert values[f"gradient_by_lag/{layer}/h/lag_0008"] == first["h"][first["lags"].index(8)]
        forget = first["gates"]["forget"]
        assert values[f"saturation/{layer}/forget"] == forget["low"] + forget["high"]
    validated = [(update, values) for update, values in charts.added if "loss/valid" in values]
    assert [update for update, _ in validated] == [record["update"] for record in outcome.history]
    for (_, values), record in zip(validated, outcome.history, strict=True):
        assert values["loss/valid"] == record["valid_loss"]
        assert values["loss/train"] == record["train_loss"]
        assert 0 < values["learning_rate"] <= 1e-4
