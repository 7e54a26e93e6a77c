"""The parts of records in no order."""

from __future__ import annotations

from remy.config.translator import HeldOutConfig
from remy.tasks.translation.corpus import Corpus, corpus_of
from remy.tasks.writing.held_out import cut_three


def cut(whole: Corpus, valid: Corpus | None = None, test: Corpus | None = None) -> tuple[Corpus, ...]:
    config = HeldOutConfig(split=0.8, held_out=0.1)
    return cut_three(config, whole, valid, test, keys=lambda corpus: corpus.sources, seed=1)


def texts(count: int, begin: str) -> Corpus:
    return corpus_of([f"{begin}{k}" for k in range(count)], [f"{k}" for k in range(count)])


def test_every_record_is_in_one_of_three_parts() -> None:
    parts = cut(texts(40, "a"))
    assert [len(part) for part in parts] == [32, 4, 4]
    assert len({text for part in parts for text in part.sources}) == 40
    assert [part.name for part in parts[1:]] == ["a random 0.1 of what was given"] * 2


def test_where_others_are_given_all_is_learned_from() -> None:
    whole, valid, test = texts(9, "a"), texts(3, "b"), texts(2, "c")
    assert cut(whole, valid) == (whole, valid, valid)
    assert cut(whole, valid, test) == (whole, valid, test)
    learned, chosen, scored = cut(whole, None, test)
    assert scored is test
    assert len(learned) + len(chosen) < 9
