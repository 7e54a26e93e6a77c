"""POST /api/bank: what a change in a sentence changes in a tagger that reads it in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remy.lab.endpoint import Endpoint
from remy.lab.schemas.bank import BankAnswer, BankAsked

if TYPE_CHECKING:
    from remy.lab.lab import Lab


def answer_bank(lab: Lab, asked: BankAsked) -> BankAnswer:
    """Trace both versions of the sentence and compare them.

    Raises
    ------
    RemyError
        If there is no such model, or it is no tagger.
    """
    from remy.lab.bank.comparing import compare_sentences

    return compare_sentences(lab.library.load(asked.model.id), asked)


ENDPOINTS: tuple[Endpoint, ...] = (Endpoint("/api/bank", BankAsked, BankAnswer, answer_bank),)
