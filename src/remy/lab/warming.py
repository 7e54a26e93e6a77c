"""Doing once, before anybody asks, what only the first question would wait for."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from remy.errors import RemyError
from remy.lab.answering import encode
from remy.lab.endpoint import all_endpoints

if TYPE_CHECKING:
    from remy.lab.lab import Lab

#: The model with which the page begins.
USUAL = "letters-lstm-64"


def warm_up(lab: Lab) -> None:
    """Import what is slow to import; trace the usual letter model, if it is there, and a fresh one."""
    import torch  # noqa: F401

    from remy.lab.schemas.choices import FreshModel, TextInput, TrainedModel
    from remy.lab.schemas.trace import TraceAsked

    text = TextInput(kind="text", text="HELL")
    for model in (TrainedModel(kind="trained", id=USUAL), FreshModel(kind="fresh")):
        asked = TraceAsked(model=model, input=text, target="next")
        for endpoint in all_endpoints():
            if endpoint.asked is TraceAsked:
                with contextlib.suppress(RemyError):  # a lab without this model is still a lab
                    encode(endpoint.answer(lab, asked))
