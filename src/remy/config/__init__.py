"""The configuration of a training run: every option, its type, its bounds and its default.

One configuration says everything a run does. The flags of the command line, a YAML file and the keywords of
the Python estimators all end here, and the run directory keeps it fully resolved as ``config.yaml``.
"""

from remy.config.captioner import CaptionerConfig
from remy.config.classifier import ClassifierConfig, RegressorConfig
from remy.config.files import (
    TASKS,
    build,
    config_class,
    dump,
    flat,
    known_keys,
    override,
    parse_assignments,
    read,
)
from remy.config.forecaster import ForecasterConfig
from remy.config.language_model import LanguageModelConfig
from remy.config.piano_roll import PianoRollConfig
from remy.config.sections import BatchTrainConfig, Config, DataConfig, RecurrentConfig, TrainConfig
from remy.config.tagger import TaggerConfig
from remy.config.translator import TranslatorConfig

__all__ = [
    "TASKS",
    "BatchTrainConfig",
    "CaptionerConfig",
    "ClassifierConfig",
    "Config",
    "DataConfig",
    "ForecasterConfig",
    "LanguageModelConfig",
    "PianoRollConfig",
    "RecurrentConfig",
    "RegressorConfig",
    "TaggerConfig",
    "TrainConfig",
    "TranslatorConfig",
    "build",
    "config_class",
    "dump",
    "flat",
    "known_keys",
    "override",
    "parse_assignments",
    "read",
]
