"""The losses of a forecast: of its quantiles, or of its distribution."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def pinball(quantiles: Tensor, true: Tensor, levels: Sequence[float]) -> Tensor:
    """Return the mean pinball loss, doubled so that at the level 0.5 it is the absolute error.

    ``2 mean_q max(q e, (q - 1) e)`` with ``e = y - ŷ_q``.

    Parameters
    ----------
    quantiles
        (B, H, K, Q).
    true
        (B, H, K).
    levels
        Q of them.

    References
    ----------
    R. Koenker and G. Bassett, "Regression quantiles", Econometrica 46 (1978).

    Examples
    --------
    >>> pinball(torch.tensor([[[[1.0, 4.0]]]]), torch.tensor([[[3.0]]]), [0.25, 0.5])
    tensor(1.)
    """
    error = true[..., None] - quantiles
    level = torch.tensor(levels, dtype=error.dtype, device=error.device)
    return 2.0 * torch.maximum(level * error, (level - 1.0) * error).mean()


def student_t_nats(parameters: Tensor, true: Tensor) -> Tensor:
    """Return the mean of ``-log p(y)`` under Student's t, in nats.

    Parameters
    ----------
    parameters
        (B, H, K, 3): location, width and degrees of freedom.
    true
        (B, H, K).

    Examples
    --------
    >>> found = student_t_nats(torch.tensor([[[[0.0, 2.0, 5.0]]]]), torch.tensor([[[1.0]]]))
    >>> round(float(found), 4)
    1.8081
    """
    location, width, freedom = parameters.unbind(dim=-1)
    distribution = torch.distributions.StudentT(freedom, location, width, validate_args=False)
    likelihood: Tensor = distribution.log_prob(true)  # type: ignore[no-untyped-call]
    return -likelihood.mean()
