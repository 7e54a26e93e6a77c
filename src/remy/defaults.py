"""The default of every option of a training run, in one place.

The configuration (`remy.config`), the Python estimators (`remy.tasks`) and the flags of the command line read
them from here. Change a number here and it changes everywhere, including in the help texts.
"""

from __future__ import annotations

from typing import Final

# Model.
CELL: Final = "lstm"
UNITS: Final = 256
LAYERS: Final = 2
EMBEDDING: Final = 64
DROPOUT_PER_EPOCH: Final = 0.05  # what is read once needs little; what is read often, up to MOST_DROPOUT
MOST_DROPOUT: Final = 0.3
RECURRENT_DROPOUT: Final = 0.0
RESIDUAL: Final = False
RESET_AFTER: Final = True
ACTIVATION: Final = "tanh"
TIED: Final = False

# Data.
SPLIT: Final = 0.9

# Training.
CHARACTERS: Final = 8_000_000  # to learn from in all, where no number of epochs is given
MOST_EPOCHS: Final = 40.0
BATCH_SIZE: Final = 32
STEPS: Final = 64
RESTART: Final = 0.1  # without it a network has hardly ever begun anywhere but at a text's first character
LEARNING_RATE: Final = 6e-3
FINAL_LEARNING_RATE: Final = 0.02  # as a share of the peak
WARMUP: Final = 0.03  # as a share of all updates
WEIGHT_DECAY: Final = 0.01
BETA1: Final = 0.9
BETA2: Final = 0.99
CLIP: Final = 1.0
EVALUATIONS: Final = 20
VALIDATION_CHARACTERS: Final = 200_000
PATIENCE: Final = 5
CHECKPOINT_SECONDS: Final = 30.0
WATCH_GRADIENTS: Final = 50  # updates between two looks, where somebody wants them and gives no number
TENSORBOARD: Final = False
SEED: Final = 0
DEVICE: Final = "cpu"

# Running.
TOP: Final = 5
LENGTH: Final = 500
#: Most characters of a tune that is written to a file: of 4,248 in ABC notation the longest has 2,050.
TUNE_LENGTH: Final = 4_000
TEMPERATURE: Final = 1.0

# Measuring speed.
TURNS: Final = 15
QUICK_TURNS: Final = 3


def epochs_for(characters: int) -> float:
    """Return the passes over a text of so many characters when nobody says how many: at least one."""
    return max(1.0, min(MOST_EPOCHS, round(CHARACTERS / max(1, characters), 1)))


def dropout_for(epochs: float) -> float:
    """Return the dropout for so many passes over a text when nobody says how much."""
    return round(min(MOST_DROPOUT, DROPOUT_PER_EPOCH * epochs), 3)
