"""Turning a network's outputs into tokens, in NumPy: greedy choice and sampling."""

from remy.decoding.sampling import Sampling, greedy, next_token

__all__ = ["Sampling", "greedy", "next_token"]
