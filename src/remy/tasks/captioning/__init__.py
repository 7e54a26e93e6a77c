"""Words of a picture, or of a vector that stands for one."""

from remy.tasks.captioning.estimator import Captioner

__all__ = ["Captioner"]
