"""What holds for every test."""

import os

from hypothesis import settings

# Time limits of single examples say nothing on a busy machine. CI draws the same examples every time: what a
# change did not break must not turn it red.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
