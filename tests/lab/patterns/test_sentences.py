"""Sentences say what the numbers say, also where that is not the usual story."""

from __future__ import annotations

import numpy as np

from remy.lab.patterns.sentences import (
    attention_sentences,
    candidate_sentences,
    tried_sentences,
    unrolled_sentences,
)
from remy.lab.patterns.task import Own
from remy.lab.schemas.patterns import PatternCandidate, PatternLane


def lane(read: int, fed: int = 0) -> PatternLane:
    """A lane of which only the lengths are told."""
    return PatternLane(
        title="",
        picture=None,
        read=("x",) * read,
        reading=(),
        fed=("y",) * fed,
        writing=(),
        answers=(),
        right=(),
        shares=np.zeros(0),
        losses=np.zeros(0),
        counts=(),
        attention=None,
    )


def said(first: PatternLane, second: PatternLane, **more: object) -> str:
    """The sentences of a batch."""
    told = {"kind": "end", "read_steps": 0, "write_steps": 0, "loss": 0.5, "counted": 2, "apart": 1e-8}
    told |= {"right_is": "known"} | more
    return " ".join(unrolled_sentences([first, second], **told))  # type: ignore[arg-type]


def found(text: str, score: float, log_probability: float) -> PatternCandidate:
    return PatternCandidate(text=text, score=score, log_probability=log_probability, ended=True)


def test_padding_is_counted_on_each_side() -> None:
    text = said(lane(4, 2), lane(1, 3), kind="decoder", read_steps=4, write_steps=3, counted=5)
    assert (
        "Rows of 4 and 1 steps that are read make an array of 2 × 4 places, of which 3 are padding (37.5 %)"
        in text
    )
    assert (
        "Rows of 2 and 3 steps that are written make an array of 2 × 3 places, of which 1 is padding" in text
    )
    assert "the mean of 5 answers, one for each item and each end: 0.5 nats" in text
    assert "nothing is padded" in said(lane(3), lane(3), read_steps=3)


def test_padding_that_changes_an_answer_would_be_named() -> None:
    assert "padding changes nothing" in said(lane(3), lane(2), read_steps=3)
    assert "differ by up to 0.02" in said(lane(3), lane(2), read_steps=3, apart=0.02)


def test_an_answer_at_the_end_comes_with_the_next_best_and_how_sure_it_is() -> None:
    own = Own("b", ("b",), np.array([[0.25, 0.5, 0.25]]))
    assert tried_sentences("end", own, ["a", "b", "c"]) == (
        "Of 3 answers the likeliest is “b” with 50 %, then “a” with 25 %.",
        "It is as unsure as among 2.83 equally likely answers.",
    )


def test_marks_are_named_with_their_words_and_none_is_said_plainly() -> None:
    shares = np.array([[0.9, 0.1], [0.2, 0.8]])
    own = Own(("none", ","), ("to", "be"), shares)
    first, second = tried_sentences("step", own, ["none", ","])
    assert first == "It puts a mark after 1 of 2 words: “,” after “be” (80 %)."
    assert second.startswith("It is least sure after “be” (step 1), where “,” is likeliest with 80 %")
    own = Own(("none", "none"), ("to", "be"), shares)
    assert tried_sentences("step", own, ["none", ","])[0] == "It puts a mark after none of the 2 words."


def test_a_walk_of_the_attention_is_told_as_it_went() -> None:
    look = np.array([[0.2, 0.8, 0.0], [0.9, 0.1, 0.0], [0.7, 0.2, 0.1], [0.0, 0.0, 1.0]], np.float32)
    own = Own("", ("p", "q", "r", "s"), np.zeros((4, 1)), attention=look, read=("x", "y", "z"))
    sharpest, walk = attention_sentences(own)
    assert sharpest == "The sharpest look is that of “s” at “z”, with 100 %."
    assert "moves on once, stays once and goes back once" in walk
    assert attention_sentences(Own("", ("p",), np.zeros((1, 1)))) == ()


def test_a_best_sequence_that_is_not_the_likeliest_is_said_to_be_so() -> None:
    best, other = found("a b c", -0.5, -2.0), found("a", -0.9, -1.1)
    assert "the likeliest as a whole is “a”" in candidate_sentences([best, other], 4)[1]
    assert "that is also the likeliest" in candidate_sentences([found("a", -0.5, -1.0), other], 4)[1]
    assert "greedy" in candidate_sentences([best], 1)[0]
    assert candidate_sentences([], 4) == ()
