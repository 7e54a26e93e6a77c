"""The loss of a written sequence: only tokens that are there count."""

from __future__ import annotations

import torch
from torch import Tensor

from remy.models.decoder import Decoder, Memory


def written_loss(
    decoder: Decoder,
    memory: Memory,
    ids: Tensor,
    lengths: Tensor,
    *,
    begin: int,
    smoothing: float = 0.0,
    own: float = 0.0,
) -> Tensor:
    """Return the mean over all tokens of the negative log-likelihood of sequences, in nats.

    Parameters
    ----------
    decoder, memory
        Who writes, and of what.
    ids, lengths
        (B, T), each with its end, and how many are there (B,); what is past a length is never read.
    begin
        The token before the first.
    smoothing
        Share of the wanted probability that is spread over the whole vocabulary (C. Szegedy et al. 2016).
    own
        Share of the tokens read that are the network's own best guesses rather than the right ones: scheduled
        sampling (S. Bengio et al. 2015) with the guesses of a first pass that read the right ones
        (T. Mihaylova and A. Martins 2019), so that all steps stay one call.
    """
    read = torch.cat([ids.new_full((len(ids), 1), begin), ids[:, :-1]], dim=1)
    if own:
        with torch.no_grad():
            guesses = decoder.scores(decoder(read, memory)).argmax(dim=2)
        replaced = torch.rand(read.shape, device=read.device) < own
        replaced[:, 0] = False
        read = torch.where(replaced, torch.cat([read[:, :1], guesses[:, :-1]], dim=1), read)
    inside = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
    # Padding is left out before the output, the largest product of all.
    scores = decoder.scores(decoder(read, memory)[inside])
    return torch.nn.functional.cross_entropy(scores, ids[inside], label_smoothing=smoothing)
