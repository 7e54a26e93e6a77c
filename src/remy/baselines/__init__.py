"""What a trained network has to beat: simple models, fitted in a moment, without torch.

Those for texts and numeric sequences use scikit-learn, which is imported when the first of them is fitted.
"""

from remy.baselines.keys import KeyFrequency, KeyPersistence
from remy.baselines.labels import MajorityClass
from remy.baselines.neighbour import NearestNeighbour
from remy.baselines.numeric import StatisticsLogistic
from remy.baselines.series import Drift, Naive, SeasonalNaive
from remy.baselines.tags import MostFrequentTag
from remy.baselines.text import TfidfLogistic, TfidfMultiLabel, TfidfRidge

__all__ = [
    "Drift",
    "KeyFrequency",
    "KeyPersistence",
    "MajorityClass",
    "MostFrequentTag",
    "Naive",
    "NearestNeighbour",
    "SeasonalNaive",
    "StatisticsLogistic",
    "TfidfLogistic",
    "TfidfMultiLabel",
    "TfidfRidge",
]
