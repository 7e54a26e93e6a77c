"""What the lanes of a race learn from, with the lessons of ``remy compare`` and ``remy train``."""

from __future__ import annotations

from typing import Any, Protocol

import torch

from remy import config as configuration
from remy.config import Config, LanguageModelConfig
from remy.lab.jobs.corpus import read_corpus
from remy.lab.schemas.jobs import Race, Scale
from remy.models import LanguageNetwork
from remy.tasks.comparison.problem_config import ProblemConfig
from remy.tasks.comparison.problem_lesson import UPDATES, ProblemLesson, ProblemNetwork
from remy.tasks.comparison.problems import PROBLEMS
from remy.tasks.language.corpus import BASELINE_NAME
from remy.tasks.language.job import LanguageJob
from remy.tasks.language.plan import plan
from remy.training import Lesson
from remy.training.streams import plan_streams

#: Sequences that are looked at to see how far gradients reach.
LOOKED_AT = 8


class Track(Protocol):
    """The same for all lanes of a race."""

    @property
    def scale(self) -> Scale:
        """What scores mean."""

    def config(self, cell: str, seed: int) -> Config:
        """Return how a lane trains."""

    def lesson(self, config: Config) -> Lesson:
        """Return a fresh network, drawn from torch's generator, and what it learns from."""

    def read(self, network: torch.nn.Module) -> None:
        """Let a network read a few sequences that it does not learn from."""


def find_track(race: Race) -> Track:
    """Return what a race is about.

    Raises
    ------
    DataError
        If there is too little text.
    """
    return TextTrack(race) if race.problem == "text" else ProblemTrack(race)


class ProblemTrack:
    """A drawn problem."""

    def __init__(self, race: Race) -> None:
        self._race = race
        self._problem = PROBLEMS[race.problem](race.length)
        lesson = self.lesson(self.config(race.cells[0], race.seed))
        self._looked_at = lesson.looked_at(LOOKED_AT)
        self.scale = Scale(
            name=self._problem.score_name,
            baseline=lesson.baseline(),
            baseline_name=self._problem.baseline_name,
            solved=self._problem.solved,
        )

    def config(self, cell: str, seed: int) -> ProblemConfig:
        """Return how a lane trains."""
        race = self._race
        values = {
            **_shared(race, cell, seed, rate=0.01),
            "task": race.problem,
            "data.steps": race.length,
            "train.epochs": race.updates / UPDATES,
        }
        return configuration.override(ProblemConfig(), values)

    def lesson(self, config: Config) -> ProblemLesson:
        """Return a fresh network and what it learns from."""
        assert isinstance(config, ProblemConfig)
        model = config.model
        architecture: dict[str, Any] = {
            "cell": model.cell, "units": model.units, "layers": model.layers,
            "bidirectional": False, "reset_after": model.reset_after, "activation": model.activation,
        }  # fmt: skip
        return ProblemLesson(ProblemNetwork(self._problem, architecture), self._problem, config)

    def read(self, network: torch.nn.Module) -> None:
        """Let a network read sequences that were drawn for this alone."""
        network(self._looked_at)


class TextTrack:
    """A pasted text, of which the next character is learned."""

    def __init__(self, race: Race) -> None:
        self._race = race
        self._corpus = corpus = read_corpus(race.text or "")
        chunks = plan_streams(len(corpus.train_ids), batch_size=race.batch_size, steps=race.length).chunks
        self._epochs = race.updates / chunks
        ids = torch.from_numpy(corpus.valid_ids.astype("int64"))
        steps = min(race.length, len(ids))
        starts = torch.linspace(0, len(ids) - steps, min(LOOKED_AT, len(ids) // steps)).long()
        self._looked_at = torch.stack([ids[start : start + steps] for start in starts])
        self.scale = Scale(
            name="nats/char",
            baseline=corpus.baseline_nats(corpus.valid_text) + 0.0,  # of a sure n-gram it is -0.0
            baseline_name=BASELINE_NAME,
            solved=None,
        )

    def config(self, cell: str, seed: int) -> LanguageModelConfig:
        """Return how a lane trains; dropout is chosen by the passes over the text, as ``remy train`` does."""
        race = self._race
        values = {
            **_shared(race, cell, seed, rate=0.006),
            "train.steps": race.length,
            "train.epochs": self._epochs,
        }
        return plan(configuration.override(LanguageModelConfig(), values), len(self._corpus.train_text))

    def lesson(self, config: Config) -> Lesson:
        """Return a fresh network and what it learns from."""
        assert isinstance(config, LanguageModelConfig)
        job = LanguageJob(config, self._corpus)
        return job.lesson(job.network())

    def read(self, network: torch.nn.Module) -> None:
        """Let a network read pieces of the end that is held out."""
        assert isinstance(network, LanguageNetwork)
        network(self._looked_at)


def _shared(race: Race, cell: str, seed: int, *, rate: float) -> dict[str, Any]:
    constant = {"train.warmup": 0.0, "train.final_lr": 1.0} if race.schedule == "constant" else {}
    return {
        "model.cell": cell,
        "model.units": race.units,
        "model.layers": 1,
        "train.lr": race.lr or rate,
        "train.batch_size": race.batch_size,
        "train.clip": race.clip,
        "train.seed": seed,
        "train.threads": 1,
        "train.patience": None,
        # The lab looks at scores when there is time; the trainer's own validation is the one in the end.
        "train.evaluations": 1,
        # Nothing is saved, so nothing need be made ready for it.
        "train.checkpoint_seconds": 1e9,
        **constant,
    }
