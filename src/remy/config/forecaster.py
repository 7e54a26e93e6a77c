"""The configuration of a forecaster."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from remy.config.sections import BatchTrainConfig, Config, DataConfig, RecurrentConfig

CalendarName = Literal["day", "week", "year"]


class SeriesConfig(DataConfig):
    """Series of a table, cut by time: first what is learned from, then what is held out."""

    time: str | None = Field(default=None, description="column of the time; null: guessed")
    target: list[str] = Field(default=[], description="columns to forecast; empty: guessed")
    series: str | None = Field(default=None, description="column that tells series apart; null: one series")
    known: list[str] = Field(default=[], description="columns known ahead of time")
    past: list[str] = Field(default=[], description="columns read up to the present only")
    calendar: list[CalendarName] | None = Field(
        default=None, description="rhythms told by the time itself; null: those the data are long enough for"
    )
    gaps: Literal["error", "close", "fill"] = Field(
        default="error",
        description="missing times; close: the next row follows; fill: with the last row (holidays: closed)",
    )
    missing: Literal["error", "drop"] = Field(default="error", description="rows with an empty cell")
    season: int | None = Field(
        default=None, ge=1, description="steps of a season, for the baseline; null: by the step and the data"
    )
    horizon: int = Field(default=1, ge=1, le=10_000, description="steps to forecast")
    split: float = Field(default=0.7, gt=0.0, lt=1.0, description="share of the time that is learned from")
    held_out: float = Field(
        default=0.2, gt=0.0, lt=1.0, description="share at the end to score on; between them is validated"
    )

    @field_validator("target", "known", "past", mode="before")
    @classmethod
    def _may_be_one_string(cls, value: Any) -> Any:
        return [name.strip() for name in value.split(",")] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _leaves_some_to_validate_on(self) -> Self:
        if self.valid is not None:
            raise ValueError("valid: a forecaster validates on later times of its own series; leave it out")
        if self.split + self.held_out > 0.99:
            raise ValueError(
                "split and held_out have to leave a hundredth of the time between them to validate on; "
                f"they are {self.split:g} and {self.held_out:g}"
            )
        return self


class ForecasterNetwork(RecurrentConfig):
    """Recurrent encoder of the past, recurrent decoder of the steps ahead, quantiles or a distribution."""

    cell: Literal["simple_rnn", "lstm", "gru"] = Field(default="gru", description="recurrent cell")
    units: int = Field(default=32, ge=1, le=65536, description="size of each layer's state")
    layers: int = Field(default=1, ge=1, le=256, description="number of recurrent layers")
    window: int = Field(default=28, ge=1, le=100_000, description="steps of the past that are read")
    decoding: Literal["direct", "autoregressive"] = Field(
        default="direct", description="all steps from the past alone, or each from the ones before it"
    )
    output: Literal["quantiles", "student_t"] = Field(
        default="quantiles", description="pinball loss of quantiles, or the likelihood of a Student t"
    )
    quantiles: list[float] = Field(
        default=[0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95],
        description="levels that are learned (output: quantiles); others between them are interpolated",
    )
    from_last: bool = Field(default=True, description="forecast the change from the last value")
    dropout: float | None = Field(default=0.4, ge=0.0, lt=1.0, description="dropped around layers")

    @model_validator(mode="after")
    def _has_rising_levels(self) -> Self:
        rising = all(low < high for low, high in zip(self.quantiles, self.quantiles[1:], strict=False))
        if 0.5 not in self.quantiles or not rising or self.quantiles[0] <= 0 or self.quantiles[-1] >= 1:
            raise ValueError(
                f"quantiles: expected rising levels between 0 and 1 with 0.5 among them, got {self.quantiles}"
            )
        return self


class ForecasterTrain(BatchTrainConfig):
    """How a forecaster is trained."""

    lr: float = Field(default=3e-3, gt=0.0, description="highest learning rate")
    threads: int | None = Field(
        default=1, ge=1, le=1024, description="processors to use; more slow so small a network; null: all"
    )
    metric: Literal["loss", "mae", "rmse"] = Field(
        default="loss", description="what the best model is chosen by; errors over each series' deviation"
    )


class ForecasterConfig(Config):
    """The next steps of series.

    Examples
    --------
    >>> ForecasterConfig().model.window
    28
    """

    task: Literal["forecaster"] = Field(default="forecaster", description="what is learned")
    data: SeriesConfig = Field(default_factory=SeriesConfig)
    model: ForecasterNetwork = Field(default_factory=ForecasterNetwork)
    train: ForecasterTrain = Field(default_factory=ForecasterTrain)
