"""The configuration of a tagger."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from remy.config.sections import BatchTrainConfig, Config, DataConfig, RecurrentConfig

OutputName = Literal["softmax", "crf"]


class SentencesConfig(DataConfig):
    """Sentences of words with a tag each."""

    test: str | None = Field(
        default=None, description="file to score the best model on; null: what is held out"
    )
    tag: str | None = Field(
        default=None,
        description="column that is learned: upos, xpos, ... or a number; null: upos or the last",
    )
    vocabulary: int = Field(default=100_000, ge=2, description="most different words to tell apart")
    min_count: int = Field(
        default=1, ge=1, description="words seen less often are known by their letters only"
    )
    lowercase: bool = Field(
        default=True, description="read words with small letters; characters keep capitals"
    )
    max_length: int = Field(
        default=1_000, ge=2, description="longer sentences are read in pieces of so many words"
    )
    max_characters: int = Field(
        default=40, ge=2, description="of a longer word its beginning and its end are read, so many in all"
    )


class TaggerNetwork(RecurrentConfig):
    """Characters and word embedding side by side, recurrent layers, softmax or CRF."""

    embedding: int = Field(default=100, ge=1, le=65536, description="size of a word's vector")
    character_embedding: int = Field(default=32, ge=1, le=65536, description="size of a character's vector")
    character_units: int = Field(
        default=64, ge=1, le=65536, description="state of the character layer in each of its two directions"
    )
    units: int = Field(default=128, ge=1, le=65536, description="size of each layer's state")
    layers: int = Field(default=2, ge=1, le=256, description="number of recurrent layers")
    bidirectional: bool = Field(default=True, description="read sentences in both directions")
    live: bool = Field(
        default=False, description="use no future: answers on a growing sentence stay the same"
    )
    output: OutputName | None = Field(
        default=None, description="softmax or crf; null: crf where tags mark spans, unless live"
    )
    dropout: float | None = Field(default=0.4, ge=0.0, lt=1.0, description="dropped around layers")
    word_dropout: float = Field(
        default=0.1, ge=0.0, lt=1.0, description="share of words known by their letters only while training"
    )
    rare_dropout: float = Field(
        default=1.0, ge=0.0, description="a: so are words seen n times with probability a / (a + n)"
    )

    @model_validator(mode="after")
    def _reads_no_future(self) -> Self:
        if self.live and self.bidirectional:
            raise ValueError("live reads no future, so bidirectional has to be false")
        if self.live and self.output == "crf":
            raise ValueError(
                "live answers at every word and a crf revises its answers, so output has to be softmax"
            )
        return self


class TaggerTrain(BatchTrainConfig):
    """How a tagger is trained."""

    batch_size: int = Field(default=32, ge=1, description="sentences in one update, read side by side")
    batch_tokens: int = Field(
        default=4_000, ge=1, description="most words in one batch, the longest sentence counted for all"
    )
    lr: float = Field(default=3e-3, gt=0.0, description="highest learning rate")
    metric: Literal["auto", "accuracy", "span_f1", "loss"] = Field(
        default="auto", description="what the best model is chosen by; auto: span_f1 where tags mark spans"
    )


class TaggerConfig(Config):
    """A tag for every word of a sentence.

    Examples
    --------
    >>> TaggerConfig().model.bidirectional
    True
    """

    task: Literal["tagger"] = Field(default="tagger", description="what is learned")
    data: SentencesConfig = Field(default_factory=SentencesConfig)
    model: TaggerNetwork = Field(default_factory=TaggerNetwork)
    train: TaggerTrain = Field(default_factory=TaggerTrain)
