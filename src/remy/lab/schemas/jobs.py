"""The race: POST /api/jobs, POST /api/jobs/{id}/control, GET /api/jobs, and the events of GET /api/events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from remy.lab.schemas.base import Answered, Asked
from remy.lab.schemas.choices import CellName

Problem = Literal["adding", "copy", "text"]
State = Literal["waiting", "running", "paused", "done", "stopped", "failed"]
#: How a page calls itself: random, so that no other page has it.
TabName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Rate = Annotated[float, Field(gt=0, le=10)]

#: Of each problem the fewest, most and usual steps.
STEPS: dict[Problem, tuple[int, int, int]] = {
    "adding": (10, 300, 60),
    "copy": (1, 100, 10),
    "text": (1, 200, 64),
}


class Race(Asked):
    """Which cells train on what; every cell with every seed is a lane, all with the same batches."""

    problem: Problem = "adding"
    steps: int | None = Field(
        default=None,
        description="adding: length of a sequence, 10 to 300; copy: the delay, 1 to 100; text: characters "
        "between two updates, 1 to 200; null: 60, 10 and 64",
    )
    text: str | None = Field(
        default=None,
        max_length=200_000,
        validate_default=True,
        description="what is learned, of problem text",
    )
    cells: tuple[CellName, ...] = Field(default=("simple_rnn", "lstm", "gru"), min_length=1, max_length=3)
    units: int = Field(default=32, ge=1, le=128)
    seeds: int = Field(default=1, ge=1, le=5, description="lanes of each cell")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="the first")
    lr: Rate | None = Field(default=None, description="null: 0.01, for a text 0.006")
    schedule: Literal["constant", "cosine"] = Field(
        default="constant", description="cosine: a short rise to lr, then down, as `remy train` does"
    )
    batch_size: int = Field(default=32, ge=1, le=256)
    updates: int = Field(default=1500, ge=1, le=100_000, description="planned of each lane")
    clip: float = Field(default=1.0, gt=0, le=1000, description="longest gradient")
    look_every: int = Field(
        default=1,
        ge=1,
        le=100_000,
        description="updates between two looks at scores and gradients, which take a tenth of the time",
    )

    @field_validator("steps")
    @classmethod
    def _steps_fit_the_problem(cls, steps: int | None, others: ValidationInfo) -> int | None:
        problem = others.data.get("problem")
        if steps is not None and problem is not None:
            fewest, most, _ = STEPS[problem]
            if not fewest <= steps <= most:
                raise ValueError(f"{fewest} to {most} for the problem '{problem}'")
        return steps

    @field_validator("text")
    @classmethod
    def _text_is_there_if_it_is_the_problem(cls, text: str | None, others: ValidationInfo) -> str | None:
        problem = others.data.get("problem")
        if problem == "text" and text is None:
            raise ValueError("a text for the problem 'text'")
        if problem in ("adding", "copy") and text is not None:
            raise ValueError(f"no text for the problem '{problem}'")
        return text

    @field_validator("cells")
    @classmethod
    def _each_cell_is_there_once(cls, cells: tuple[CellName, ...]) -> tuple[CellName, ...]:
        if len(set(cells)) < len(cells):
            raise ValueError("each cell once (seeds give more lanes)")
        return cells

    @property
    def length(self) -> int:
        """The steps, chosen or usual."""
        return STEPS[self.problem][2] if self.steps is None else self.steps


class JobAsked(Asked):
    """Start a race, or line it up."""

    tab: TabName
    race: Race = Field(default_factory=Race)


class ControlAsked(Asked):
    """Do something to a race."""

    tab: TabName
    do: Literal["pause", "resume", "step", "stop", "rate"]
    updates: int | None = Field(
        default=None, ge=1, le=10_000, description="of step: so many more, then pause; null: one"
    )
    lr: Rate | None = Field(
        default=None, validate_default=True, description="of rate: the highest learning rate from now on"
    )

    @field_validator("updates")
    @classmethod
    def _only_a_step_has_updates(cls, updates: int | None, others: ValidationInfo) -> int | None:
        if updates is not None and others.data.get("do", "step") != "step":
            raise ValueError(f"no updates with '{others.data['do']}'")
        return updates

    @field_validator("lr")
    @classmethod
    def _only_a_rate_has_one(cls, lr: float | None, others: ValidationInfo) -> float | None:
        do = others.data.get("do")
        if do == "rate" and lr is None:
            raise ValueError("a learning rate with 'rate'")
        if do not in (None, "rate") and lr is not None:
            raise ValueError(f"no learning rate with '{do}'")
        return lr


class JobAnswer(Answered):
    """Where a race stands."""

    id: str
    state: State
    position: int | None = Field(description="place among those that wait, from 1")


class Lane(Answered):
    """A network in a race."""

    lane: int
    cell: CellName
    seed: int
    parameters: int


class JobEvent(Answered):
    """Event `job`: a race is in another state, or has another place."""

    job: str
    state: State
    position: int | None = Field(description="place among those that wait, from 1")
    sentence: str | None = Field(description="why it failed or was stopped")
    updates: int = Field(description="planned of each lane")
    lanes: tuple[Lane, ...] = Field(description="empty until it runs")


class LaneFigures(Answered):
    """Some updates of a lane, in their order."""

    lane: int
    first: int = Field(description="number of the first one, from 1")
    losses: tuple[float | None, ...] = Field(description="one an update; null where it is no number")
    at: tuple[float, ...] = Field(description="one an update: when, in seconds since 1970")
    rate: float = Field(description="learning rate of the last one")
    seconds: float = Field(description="training time of the lane so far")


class FiguresEvent(Answered):
    """Event `figures`: updates that were made, at most about 20 times a second."""

    job: str
    lanes: tuple[LaneFigures, ...]


class Scale(Answered):
    """What is scored; less is better."""

    name: str = Field(description="mean squared error, nats/step, nats/char")
    baseline: float = Field(description="score of who remembers nothing, or next to nothing")
    baseline_name: str
    solved: float | None = Field(description="a score below this counts as solved")


class LaneScore(Answered):
    """The score of a lane on what is held out."""

    lane: int
    update: int
    score: float | None


class ScoresEvent(Answered):
    """Event `scores`."""

    job: str
    at: float
    scale: Scale
    scores: tuple[LaneScore, ...]
    sentences: tuple[str, ...] = Field(description="who is ahead, and how far each gradient reaches")


class LaneFlow(Answered):
    """How the gradient of a lane's last state falls off over the lag; see :class:`remy.inspect.Flow`.

    Each (K,) norms at lags 0, 1, ..., K - 1; null where one overflowed.
    """

    lane: int
    update: int
    carried: tuple[float | None, ...] = Field(description="at all that is carried; cells are compared by it")
    h: tuple[float | None, ...]
    c: tuple[float | None, ...] | None
    decay: float | None = Field(description="factor a step of what is carried")
    horizon: int | None = Field(description="first lag from which it stays below 1 % of lag 0")


class FlowEvent(Answered):
    """Event `flow`: on sequences that no lane learns from."""

    job: str
    at: float
    lanes: tuple[LaneFlow, ...]


class NoteEvent(Answered):
    """Event `note`: something to know."""

    job: str
    at: float
    update: int
    lane: int | None = Field(description="null: all of them")
    sentence: str


class LaneCurve(Answered):
    """What is kept of a lane: of a long race not every number, the last one always."""

    lane: int
    updates: tuple[int, ...]
    losses: tuple[float | None, ...]
    scored: tuple[int, ...] = Field(description="updates at which there is a score")
    scores: tuple[float | None, ...]
    rate: float | None
    seconds: float


class JobPicture(Answered):
    """Event `snapshot`, and what GET /api/jobs answers: everything that is known of a race."""

    job: JobEvent
    race: Race = Field(description="as it was asked for, without its text")
    curves: tuple[LaneCurve, ...]
    scale: Scale | None
    flow: tuple[LaneFlow, ...]
    sentences: tuple[str, ...]
    notes: tuple[NoteEvent, ...]


class GapEvent(Answered):
    """Event `gap`: some events are lost; snapshots of all races follow."""

    sentence: str


class ReplacedEvent(Answered):
    """Event `replaced`: the last one of a stream whose page was opened anew elsewhere; do not come back."""

    sentence: str


class JobList(Answered):
    """The races of a tab, the oldest first."""

    jobs: tuple[JobPicture, ...]
