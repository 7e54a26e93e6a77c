"""What a race may be, and what is said of one that may not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from remy.errors import DataError
from remy.lab.jobs.corpus import read_corpus
from remy.lab.jobs.track import find_track
from remy.lab.schemas.jobs import ControlAsked, Race
from tests.lab.jobs.fakes import race
from tests.training import tiny


@pytest.mark.parametrize(("problem", "steps"), [("adding", 60), ("copy", 10), ("text", 64)])
def test_steps_are_the_usual_ones_where_nobody_says(problem: str, steps: int) -> None:
    text = "x" if problem == "text" else None
    assert Race(problem=problem, text=text).length == steps  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"steps": 9}, "10 to 300 for the problem 'adding'"),
        ({"steps": 301}, "10 to 300 for the problem 'adding'"),
        ({"problem": "copy", "steps": 101}, "1 to 100 for the problem 'copy'"),
        ({"problem": "text"}, "a text for the problem 'text'"),
        ({"text": "abc"}, "no text for the problem 'adding'"),
        ({"cells": ["gru", "gru"]}, r"each cell once \(seeds give more lanes\)"),
        ({"cells": []}, "at least 1 item"),
        ({"units": 129}, "less than or equal to 128"),
        ({"seeds": 6}, "less than or equal to 5"),
        ({"lr": 0}, "greater than 0"),
        ({"problem": "text", "text": "x" * 200_001}, "at most 200000 characters"),
        ({"layers": 2}, "Extra inputs are not permitted"),
    ],
)
def test_what_no_race_can_be_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Race(**options)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"do": "rate"}, "a learning rate with 'rate'"),
        ({"do": "pause", "lr": 0.1}, "no learning rate with 'pause'"),
        ({"do": "resume", "updates": 2}, "no updates with 'resume'"),
        ({"do": "step", "updates": 0}, "greater than or equal to 1"),
        ({"do": "leap"}, "'pause', 'resume', 'step', 'stop' or 'rate'"),
        ({"do": "stop", "tab": "short"}, "match pattern"),
        ({"do": "stop", "tab": "long-enough\n"}, "match pattern"),
    ],
)
def test_what_cannot_be_done_is_refused(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ControlAsked(**{"tab": "a-tab-name", **asked})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the text: it is empty; at least 20 characters are needed"),
        ("short", "the text: 5 characters are too little to learn from; at least 20 are needed"),
        ("a" * 90 + "b" * 10, "last 0.1 of the text: the held-out text shares almost no character with the"),
    ],
)
def test_a_text_that_cannot_be_learned_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DataError) as caught:
        read_corpus(text)
    assert str(caught.value).startswith(sentence)
    with pytest.raises(DataError):
        find_track(race(problem="text", text=text))


def test_line_ends_of_all_kinds_are_one_character() -> None:
    corpus = read_corpus("one\r\ntwo\rthree\n" * 10)
    assert set(corpus.tokenizer.vocabulary) == set("\nehnortw")


def test_the_shortest_text_has_something_to_look_at() -> None:
    track = find_track(race(problem="text", text="to be or not to beto", steps=1, batch_size=1))
    network = track.lesson(track.config("gru", 0)).network
    track.read(network)
    assert track.scale.name == "nats/char"


@pytest.mark.parametrize("updates", [1, 7, 1500])
@pytest.mark.parametrize("problem", ["adding", "copy", "text"])
def test_a_lane_is_planned_for_so_many_updates_as_the_race_says(problem: str, updates: int) -> None:
    text = tiny.text(3000) if problem == "text" else None
    track = find_track(race(problem=problem, text=text, updates=updates))
    config = track.config("gru", 0)
    lesson = track.lesson(config)
    assert config.train.epochs is not None
    assert round(config.train.epochs * lesson.updates_per_epoch) == updates


def test_the_rate_is_the_one_asked_for_all_the_time_or_by_the_schedule() -> None:
    constant = find_track(race(lr=0.3)).config("gru", 0).train
    assert (constant.lr, constant.warmup, constant.final_lr) == (0.3, 0.0, 1.0)
    cosine = find_track(race(schedule="cosine")).config("gru", 0).train
    assert (cosine.lr, cosine.warmup, cosine.final_lr) == (0.01, 0.03, 0.02)
    text = find_track(race(problem="text", text=tiny.text(500))).config("gru", 0).train
    assert text.lr == 0.006


@pytest.mark.parametrize("problem", ["adding", "copy", "text"])
def test_the_other_options_reach_the_training(problem: str) -> None:
    text = tiny.text(3000) if problem == "text" else None
    chosen = race(problem=problem, text=text, units=7, steps=12, batch_size=3, clip=0.4)
    config = find_track(chosen).config("lstm", 5)
    assert (config.model.cell, config.model.units, config.model.layers) == ("lstm", 7, 1)
    assert (config.train.seed, config.train.batch_size, config.train.clip) == (5, 3, 0.4)
    steps = config.train.steps if problem == "text" else config.data.steps  # type: ignore[attr-defined]
    assert steps == 12
