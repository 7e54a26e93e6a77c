"""The keys of a piece of music, frame by frame."""

from remy.tasks.polyphony.estimator import PianoRoll

__all__ = ["PianoRoll"]
