"""What the server keeps of a long race is little, and every point of it is true."""

from __future__ import annotations

from itertools import pairwise

import pytest

from remy.lab.jobs.curves import MOST_NOTES, Picture, Thinned
from remy.lab.schemas.jobs import (
    FiguresEvent,
    FlowEvent,
    JobEvent,
    JobPicture,
    LaneFigures,
    LaneFlow,
    LaneScore,
    NoteEvent,
    Scale,
    ScoresEvent,
)
from tests.lab.jobs.fakes import race, run_contest

SCALE = Scale(name="nats/step", baseline=0.7, baseline_name="no memory", solved=None)
JOB = JobEvent(job="a race", state="running", position=None, sentence=None, updates=6, lanes=())


@pytest.mark.parametrize("count", [1, 2, 99, 100, 101, 250, 100_000])
def test_points_are_few_even_in_distance_and_true_and_the_last_is_there(count: int) -> None:
    curve = Thinned(most=100)
    for update in range(1, count + 1):
        curve.add(update, update * 0.5)
    points = curve.points
    assert len(points) <= 101
    assert len(points) >= min(count, 50)
    assert points[0] == (1, 0.5)
    assert points[-1] == (count, count * 0.5)
    assert all(value == update * 0.5 for update, value in points)
    assert len({later - before for (before, _), (later, _) in pairwise(points[:-1])}) <= 1


def test_of_no_points_there_are_none() -> None:
    assert Thinned().points == []


def test_the_picture_of_a_race_holds_what_was_told() -> None:
    chosen = race(cells=["lstm", "gru"], updates=5)
    picture = Picture(chosen)
    said = run_contest(chosen)
    for record in said:
        picture.take(record)
    found = picture.record(JOB)
    assert [curve.lane for curve in found.curves] == [0, 1]
    for curve in found.curves:
        assert curve.updates == (1, 2, 3, 4, 5)
        assert list(curve.losses) == said.losses(curve.lane)
        assert curve.rate == 0.01
        assert curve.seconds > 0
    last = said.of(ScoresEvent)[-1]
    assert [curve.scores[-1] for curve in found.curves] == [score.score for score in last.scores]
    assert [curve.scored[-1] for curve in found.curves] == [5, 5]
    assert found.sentences == last.sentences
    assert found.scale == last.scale
    assert found.flow == said.of(FlowEvent)[-1].lanes
    assert JobPicture.model_validate_json(found.model_dump_json()) == found


def test_the_text_is_not_sent_back() -> None:
    found = Picture(race(problem="text", text="a long text " * 100)).record(JOB)
    assert found.race.text == ""
    assert JobPicture.model_validate_json(found.model_dump_json()).race.problem == "text"


def test_a_loss_that_is_no_number_stays_none() -> None:
    picture = Picture(race())
    lane = LaneFigures(lane=0, first=1, losses=(0.5, None), at=(1.0, 2.0), rate=0.1, seconds=1.0)
    picture.take(FiguresEvent(job="a race", lanes=(lane,)))
    picture.take(
        ScoresEvent(
            job="a race", at=1.0, scale=SCALE, scores=(LaneScore(lane=0, update=2, score=None),), sentences=()
        )
    )
    (curve,) = picture.record(JOB).curves
    assert curve.losses == (0.5, None)
    assert curve.scores == (None,)


def test_only_the_latest_flow_and_so_many_notes_are_kept() -> None:
    picture = Picture(race())
    for number in range(MOST_NOTES + 20):
        flow = LaneFlow(lane=0, update=number, carried=(1.0,), h=(1.0,), c=None, decay=None, horizon=None)
        picture.take(FlowEvent(job="a race", at=1.0, lanes=(flow,)))
        picture.take(NoteEvent(job="a race", at=1.0, update=number, lane=None, sentence=str(number)))
    found = picture.record(JOB)
    assert [flow.update for flow in found.flow] == [MOST_NOTES + 19]
    assert [note.update for note in found.notes] == list(range(20, MOST_NOTES + 20))
