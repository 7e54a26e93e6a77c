"""Beam search against every sequence there is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from remy.decoding import Penalties, beam_search
from remy.errors import UsageError
from tests.decoding.tables import BEGIN, END, Table, everything, random_scores


def search(scores: np.ndarray, longest: int = 4, **options: object) -> list[list]:  # type: ignore[type-arg]
    limits = np.full(len(scores), longest)
    return beam_search(Table(scores), longest=limits, begin=BEGIN, end=END, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_that_holds_everything_finds_the_best_of_everything(seed: int) -> None:
    scores = random_scores(3, 5, seed)
    found = search(scores, beam=200, n_best=7, penalties=Penalties(length=0.0))
    for source, hypotheses in enumerate(found):
        best = everything(scores[source], 4)[:7]
        assert [tuple(one.ids.tolist()) for one in hypotheses] == [tokens for _, tokens in best]
        for one, (value, _) in zip(hypotheses, best, strict=True):
            assert one.log_probability == pytest.approx(value, abs=1e-5)
            assert one.score == pytest.approx(value, abs=1e-5)
            assert one.ended


@pytest.mark.parametrize("penalty", [0.5, 1.0, 2.0])
def test_penalties_rank_as_their_formula_says(penalty: float) -> None:
    scores = random_scores(2, 4, seed=9)
    found = search(scores, beam=150, n_best=6, penalties=Penalties(length=penalty))
    for source, hypotheses in enumerate(found):
        each = everything(scores[source], 4)
        ranked = [(value / ((6 + len(tokens)) / 6) ** penalty, tokens) for value, tokens in each]
        ranked = sorted(ranked, reverse=True)[:6]
        assert [tuple(one.ids.tolist()) for one in hypotheses] == [tokens for _, tokens in ranked]
        assert [one.score for one in hypotheses] == pytest.approx([value for value, _ in ranked], abs=1e-5)


def test_coverage_favours_what_looks_at_everything() -> None:
    # Each step looks at the part with the last token's number, begin and end of 3 parts among them.
    scores = random_scores(1, 6, seed=3, sharp=0.1)
    [plain] = search(scores, beam=200, n_best=1)
    [[covered]] = search(scores, beam=200, n_best=1, penalties=Penalties(coverage=5.0))
    assert covered.attention is not None
    assert plain[0].attention is not None
    assert (plain[0].attention.sum(axis=0) == 0).any()
    assert (covered.attention.sum(axis=0) > 0).all()
    seen = np.clip(covered.attention.sum(axis=0), 0, 1)
    length = ((5 + len(covered.ids) + 1) / 6) ** 1.0
    expected = covered.log_probability / length + 5.0 * np.log(seen).sum()
    assert covered.score == pytest.approx(expected)


def test_one_live_sequence_is_greedy_search() -> None:
    scores = random_scores(6, 6, seed=2)
    for source, [found] in enumerate(search(scores, longest=8, beam=1)):
        before, last, greedy = BEGIN, BEGIN, []
        while len(greedy) < 8 and (token := int(scores[source, before, last].argmax())) != END:
            greedy.append(token)
            before, last = last, token
        assert found.ids.tolist() == greedy


def test_sequences_of_a_beam_differ_from_each_other() -> None:
    for found in search(random_scores(4, 6, seed=5), longest=6, beam=5, n_best=5):
        written = [tuple(one.ids.tolist()) for one in found]
        assert len(set(written)) == len(written) == 5


def test_a_wider_beam_never_has_a_worse_best_of_small_problems() -> None:
    for seed in range(20):
        scores = random_scores(1, 5, seed)
        best = everything(scores[0], 4)[0][0]
        wide = search(scores, beam=200, penalties=Penalties(length=0.0))[0][0].score
        narrow = search(scores, beam=2, penalties=Penalties(length=0.0))[0][0].score
        assert narrow <= wide + 1e-6
        assert wide == pytest.approx(best, abs=1e-5)


def test_what_does_not_end_is_cut_at_its_own_length_and_says_so() -> None:
    scores = random_scores(3, 5, seed=1)
    scores[..., END] = -np.inf
    scores[1, ..., END] = 3.0
    found = beam_search(Table(scores), longest=[2, 9, 5], begin=BEGIN, end=END, beam=3, n_best=2)
    assert [[len(one.ids) for one in each] for each in (found[0], found[2])] == [[2, 2], [5, 5]]
    assert not any(one.ended for each in (found[0], found[2]) for one in each)
    assert found[1][0].ended
    for one in found[0]:
        assert one.score == pytest.approx(one.log_probability / (7 / 6))


def test_those_that_ended_come_before_those_that_were_cut() -> None:
    scores = random_scores(1, 4, seed=0)
    scores[..., END] = -6.0
    [found] = search(scores, longest=3, beam=4, n_best=4)
    ended = [one.ended for one in found]
    assert ended == sorted(ended, reverse=True)


def test_sources_do_not_meet() -> None:
    scores = random_scores(5, 6, seed=8)
    together = search(scores, longest=7, beam=3, n_best=3)
    for source in range(5):
        [alone] = search(scores[source : source + 1], longest=7, beam=3, n_best=3)
        assert [one.ids.tolist() for one in together[source]] == [one.ids.tolist() for one in alone]


def test_finished_sources_are_asked_no_more() -> None:
    scores = random_scores(2, 5, seed=4)
    scores[0, ..., END] = 50.0
    table = Table(scores)
    beam_search(table, longest=[9, 9], begin=BEGIN, end=END, beam=1)
    assert table.asked[0] == 2
    assert set(table.asked[1:]) <= {1}


def test_attention_stands_at_the_tokens_it_was_given_for() -> None:
    scores = random_scores(1, 6, seed=6)
    scores[..., END] = -3.0
    [[best]] = search(scores, longest=6, beam=3)
    assert len(best.ids) > 2
    assert best.attention is not None
    read = [BEGIN, *best.ids.tolist()[:-1]]
    assert best.attention.argmax(axis=1).tolist() == [token % 3 for token in read]


def test_fewer_sequences_than_the_beam_are_no_trouble() -> None:
    scores = np.full((1, 4, 4, 4), -np.inf, np.float32)
    scores[..., 3] = 0.0
    scores[:, 3, 3, END] = 0.0
    [found] = search(scores, longest=5, beam=4, n_best=4)
    written = [one.ids.tolist() for one in found]
    assert len({tuple(ids) for ids in written}) == len(written)
    assert written[0] == [3, 3]


def test_a_sequence_that_ends_takes_no_place_from_those_that_go_on() -> None:
    first, second = 3, 4
    scores = np.full((1, 5, 5, 5), -np.inf, np.float32)
    scores[0, BEGIN, BEGIN, [END, first, second]] = np.log([0.4, 0.31, 0.29])
    scores[0, BEGIN, first, [first, END]] = np.log([0.99, 0.01])
    scores[0, first, first, [first, END]] = np.log([0.99, 0.01])
    scores[0, BEGIN, second, END] = 0.0
    [found] = search(scores, beam=2, n_best=2, penalties=Penalties(length=0.0))
    assert [one.ids.tolist() for one in found] == [[], [second]]


def test_what_cannot_be_is_refused() -> None:
    scores = random_scores(1, 4)
    for options, message in [
        ({"beam": 0}, "beam: expected at least 1, got 0"),
        ({"n_best": 6}, "n_best: expected from 1 to the beam, 5, got 6"),
        ({"n_best": 0}, "n_best"),
    ]:
        with pytest.raises(UsageError, match=message):
            search(scores, **options)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="max_length: expected at least 1, got 0"):
        search(scores, longest=0)
    assert beam_search(Table(scores), longest=[], begin=BEGIN, end=END) == []
    for wrong in (-1.0, math.nan, math.inf):
        with pytest.raises(UsageError, match="length"):
            Penalties(length=wrong)
        with pytest.raises(UsageError, match="coverage"):
            Penalties(coverage=wrong)
