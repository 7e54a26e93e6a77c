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
DROPOUT: Final = 0.2
RECURRENT_DROPOUT: Final = 0.0
RESIDUAL: Final = False
RESET_AFTER: Final = True
ACTIVATION: Final = "tanh"
TIED: Final = False

# Data.
SPLIT: Final = 0.9

# Training.
EPOCHS: Final = 14.0
BATCH_SIZE: Final = 64
STEPS: Final = 128
LEARNING_RATE: Final = 4e-3
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
SEED: Final = 0
DEVICE: Final = "cpu"

# Running.
TOP: Final = 5
LENGTH: Final = 500
TEMPERATURE: Final = 1.0
