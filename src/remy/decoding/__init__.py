"""Turning a network's outputs into tokens, tags and spans: greedy, sampling, beam search, Viterbi."""

from remy.decoding.beam import Steps, beam_search
from remy.decoding.drawn import draw_sequences
from remy.decoding.hypothesis import Hypothesis, Penalties
from remy.decoding.links import links
from remy.decoding.sampling import Sampling, greedy, next_token
from remy.decoding.spans import Scheme, Span, allowed_transitions, scheme_of, spans
from remy.decoding.viterbi import log_partition, marginals, viterbi

__all__ = [
    "Hypothesis",
    "Penalties",
    "Sampling",
    "Scheme",
    "Span",
    "Steps",
    "allowed_transitions",
    "beam_search",
    "draw_sequences",
    "greedy",
    "links",
    "log_partition",
    "marginals",
    "next_token",
    "scheme_of",
    "spans",
    "viterbi",
]
