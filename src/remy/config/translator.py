"""The configuration of a translator."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from remy.config.sections import BatchTrainConfig, Config, DataConfig, RecurrentConfig

PiecesName = Literal["words", "characters", "subwords"]
AttentionName = Literal["none", "additive", "multiplicative"]


class HeldOutConfig(DataConfig):
    """Records in no order: a random part is learned from, another validated on, and a third scored on."""

    test: str | None = Field(
        default=None, description="file to score the best model on; null: what is held out"
    )
    held_out: float = Field(
        default=0.05, gt=0.0, lt=1.0, description="share to score on; between it and split is validated"
    )

    @model_validator(mode="after")
    def _leaves_some_to_validate_on(self) -> Self:
        if self.split + self.held_out > 0.999:
            raise ValueError(
                "split and held_out have to leave something between them to validate on; "
                f"they are {self.split:g} and {self.held_out:g}"
            )
        return self


class PairsConfig(HeldOutConfig):
    """Pairs of texts, from two parallel files (``a.de,a.en``) or two columns of a table."""

    source: str | None = Field(default=None, description="column of the source; null: guessed")
    target: str | None = Field(default=None, description="column of the target; null: guessed")
    source_pieces: PiecesName | None = Field(
        default=None, description="what sources are cut into; null: by the data"
    )
    target_pieces: PiecesName | None = Field(
        default=None, description="what targets are cut into; null: by the data"
    )
    vocabulary: int | None = Field(
        default=None, ge=4, description="most different pieces a side; null: by the data"
    )
    min_count: int = Field(default=2, ge=1, description="pieces seen less often are unknown")
    lowercase: bool = Field(default=False, description="read, write and score capitals as small letters")
    max_length: int = Field(
        default=100, ge=1, description="longer pairs are not learned from, longer sources cut, in pieces"
    )


class WriterNetwork(RecurrentConfig):
    """A decoder with attention."""

    layers: int = Field(default=1, ge=1, le=256, description="number of recurrent layers")
    attention: AttentionName = Field(
        default="additive", description="how parts of the source are scored; none: not looked at"
    )
    input_feeding: bool = Field(
        default=False, description="let the decoder read what it last saw; steps can then not be one call"
    )
    tied: bool = Field(default=True, description="use the written pieces' vectors for the output too")
    dropout: float | None = Field(default=0.3, ge=0.0, lt=1.0, description="dropped around layers")


class TranslatorNetwork(WriterNetwork):
    """An encoder in both directions, and a decoder."""

    embedding: int = Field(
        default=256, ge=1, le=65536, description="size of a piece's vector, and of the readout"
    )
    units: int = Field(
        default=256, ge=1, le=65536, description="state of each layer of the encoder in each direction"
    )
    decoder_units: int | None = Field(
        default=None, ge=1, le=65536, description="size of the decoder's state; null: twice the units"
    )


class WriterTrain(BatchTrainConfig):
    """How a network that writes is trained."""

    batch_size: int = Field(default=64, ge=1, description="sequences in one update, read side by side")
    batch_tokens: int = Field(
        default=4_000, ge=1, description="most pieces in one batch, the longest sequence counted for all"
    )
    lr: float = Field(default=2e-3, gt=0.0, description="highest learning rate")
    label_smoothing: float = Field(
        default=0.1, ge=0.0, lt=1.0, description="share of the wanted probability spread over all pieces"
    )
    scheduled_sampling: float = Field(
        default=0.0, ge=0.0, lt=1.0, description="share of pieces read that are the network's own guesses"
    )
    validation_records: int = Field(
        default=1_000, ge=1, description="at most so many of those held out are written at each validation"
    )


class TranslatorTrain(WriterTrain):
    """How a translator is trained."""

    metric: Literal["auto", "bleu", "chrf", "exact_match", "loss"] = Field(
        default="auto",
        description="what the best model is chosen by; auto: exact_match of spellings and sounds, else bleu",
    )


class TranslatorConfig(Config):
    """A sequence from another one."""

    task: Literal["translator"] = Field(default="translator", description="what is learned")
    data: PairsConfig = Field(default_factory=PairsConfig)
    model: TranslatorNetwork = Field(default_factory=TranslatorNetwork)
    train: TranslatorTrain = Field(default_factory=TranslatorTrain)
