"""Timings of Remy beside its peers, measured in turn in one run."""
