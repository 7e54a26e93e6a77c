"""Turning a network's outputs into tokens, tags and spans, in NumPy: greedy choice, sampling and Viterbi."""

from remy.decoding.sampling import Sampling, greedy, next_token
from remy.decoding.spans import Scheme, Span, allowed_transitions, scheme_of, spans
from remy.decoding.viterbi import log_partition, marginals, viterbi

__all__ = [
    "Sampling",
    "Scheme",
    "Span",
    "allowed_transitions",
    "greedy",
    "log_partition",
    "marginals",
    "next_token",
    "scheme_of",
    "spans",
    "viterbi",
]
