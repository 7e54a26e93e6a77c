"""A linear-chain conditional random field: how well a path of tags fits the scores of a network."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from remy.errors import DataError, ShapeError
from remy.layers.checks import at_least_one
from remy.layers.initializers import initialize

#: Stands in for the weight of what is not allowed. exp(-1e4) is 0 in float32 and float64 alike, and a float32
#: that holds it still tells scores a thousandth apart.
_DISALLOWED = -1e4


class ConditionalRandomField(torch.nn.Module):
    """Linear-chain conditional random field over the scores of each tag at each step.

    A path y of a row with n steps has, of all paths, the share::

        s(y)     = start[y_1] + Σ_t scores[t, y_t] + Σ_t transitions[y_{t-1}, y_t] + end[y_n]
        log P(y) = s(y) - log Σ_{y'} exp(s(y'))

    Decoding is the part of :func:`remy.decoding.viterbi`, which needs no torch.

    Parameters
    ----------
    labels
        Number K of tags.
    allowed
        What :func:`remy.decoding.allowed_transitions` returns: which tags may stand first ``(K,)``, follow
        each other ``(K, K)`` and stand last ``(K,)``; None allows everything. The weight of what is not
        allowed is -10,000 in every computation whatever the parameter holds, so no path that breaks the rules
        is chosen or counted as long as scores stay below some thousands.

    Attributes
    ----------
    transitions : torch.nn.Parameter
        ``(K, K)``; ``transitions[a, b]`` is added where b follows a. At first uniform within 0.05, as are the
        others.
    start, end : torch.nn.Parameter
        ``(K,)``; added for the first and for the last tag.

    Raises
    ------
    UsageError
        If `labels` is below 1.
    ShapeError
        If a part of `allowed` has another shape.

    References
    ----------
    J. Lafferty, A. McCallum and F. Pereira, "Conditional random fields: probabilistic models for segmenting
    and labeling sequence data", ICML 2001.

    Examples
    --------
    >>> import torch
    >>> field = ConditionalRandomField(3)
    >>> tags = torch.tensor([[0, 1], [2, 0]])
    >>> field(torch.zeros(2, 2, 3), tags, torch.tensor([2, 0])).shape
    torch.Size([2])
    """

    transitions: torch.nn.Parameter
    start: torch.nn.Parameter
    end: torch.nn.Parameter

    def __init__(self, labels: int, *, allowed: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None) -> None:
        super().__init__()
        self.labels = at_least_one("ConditionalRandomField", "labels", labels)
        shapes = {"start": (labels,), "transitions": (labels, labels), "end": (labels,)}
        masks = allowed or tuple(np.ones(shape, bool) for shape in shapes.values())
        for (name, shape), mask in zip(shapes.items(), masks, strict=True):
            may = np.array(mask, bool)
            if may.shape != shape:
                raise ShapeError(
                    f"ConditionalRandomField: expected allowed {name} of shape {shape}, got {may.shape}; "
                    "pass what allowed_transitions returns."
                )
            self.register_parameter(name, torch.nn.Parameter(torch.empty(shape)))
            initialize(self.get_parameter(name), "random_uniform")
            # The names of the labels decide it, not training: it is no part of the saved state.
            self.register_buffer(f"_may_{name}", torch.from_numpy(may), persistent=False)

    def forward(self, scores: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """Return the log-likelihood of `tags`: the score of the path less log Z of all paths.

        Parameters
        ----------
        scores
            ``(B, T, K)``, of each tag at each step. Beyond a row's length nothing is read, and no gradient
            arrives there.
        tags
            ``(B, T)``, the path, whole numbers below K. A path that is not allowed is very unlikely: about
            -10,000 for each rule it breaks.
        lengths
            ``(B,)``, steps of each row, from 0 to T.

        Returns
        -------
        torch.Tensor
            ``(B,)``, in the dtype of the parameters; 0 for a row without steps.

        Raises
        ------
        ShapeError
            If the shapes do not fit each other.
        DataError
            If a length is not from 0 to T or a tag not from 0 to K - 1.
        """
        self._check_shapes(scores, tags, lengths)
        alive = torch.arange(scores.shape[1], device=scores.device) < lengths[:, None]
        tags = torch.where(alive, tags, 0).long()
        self._check_values(tags, lengths, scores.shape[1])
        # What is put in the place of padding cuts it from the gradient, be it NaN.
        scores = torch.where(alive[:, :, None], scores, 0.0).to(self.transitions.dtype)
        if not scores.shape[1]:
            return scores.sum(dim=(1, 2))
        start, transitions, end = self._weight("start"), self._weight("transitions"), self._weight("end")
        path = start[tags[:, 0]] + scores.gather(2, tags[:, :, None]).squeeze(2).sum(dim=1)
        path = path + torch.where(alive[:, 1:], transitions[tags[:, :-1], tags[:, 1:]], 0.0).sum(dim=1)
        last = tags.gather(1, (lengths - 1).clamp(min=0)[:, None]).squeeze(1)
        path = path + end[last]
        return torch.where(alive[:, 0], path - _log_partition(scores, transitions, start, end, alive), 0.0)

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Return copies of the weights as :func:`remy.decoding.viterbi` takes them, by its argument names.

        Returns
        -------
        dict
            ``transitions`` (K, K), ``start`` (K,) and ``end`` (K,), float32, -10,000 where not allowed.

        Examples
        --------
        >>> weights = ConditionalRandomField(1, allowed=([True], [[False]], [True])).weights()
        >>> list(weights), weights["transitions"]
        (['transitions', 'start', 'end'], array([[-10000.]], dtype=float32))
        """
        return {
            name: self._weight(name).detach().to("cpu", torch.float32).numpy().copy()
            for name in ("transitions", "start", "end")
        }

    def extra_repr(self) -> str:
        """Return the number of labels for the module's printed form."""
        return f"{self.labels}"

    def _weight(self, name: str) -> Tensor:
        return torch.where(getattr(self, f"_may_{name}"), getattr(self, name), _DISALLOWED)

    def _check_shapes(self, scores: Tensor, tags: Tensor, lengths: Tensor) -> None:
        if scores.ndim != 3 or scores.shape[2] != self.labels:
            raise ShapeError(
                f"ConditionalRandomField: expected scores of shape (B, T, K) with K = {self.labels} labels, "
                f"got {tuple(scores.shape)}."
            )
        for name, array, form, shape in (
            ("tags", tags, "(B, T)", tuple(scores.shape[:2])),
            ("lengths", lengths, "(B,)", tuple(scores.shape[:1])),
        ):
            if tuple(array.shape) != shape:
                raise ShapeError(
                    f"ConditionalRandomField: expected {name} of shape {form} = {shape}, "
                    f"got {tuple(array.shape)}."
                )

    def _check_values(self, tags: Tensor, lengths: Tensor, steps: int) -> None:
        for name, numbers, most in (("lengths", lengths, steps), ("tags", tags, self.labels - 1)):
            if bool(((numbers < 0) | (numbers > most)).any()):
                raise DataError(
                    f"ConditionalRandomField: expected {name} from 0 to {most}, "
                    f"got {int(numbers.min())} .. {int(numbers.max())}."
                )


def _log_partition(scores: Tensor, transitions: Tensor, start: Tensor, end: Tensor, alive: Tensor) -> Tensor:
    """Run the forward algorithm in log space; see :func:`remy.decoding.log_partition`."""
    alpha = start + scores[:, 0]
    for step in range(1, scores.shape[1]):
        reached = torch.logsumexp(alpha[:, :, None] + transitions, dim=1) + scores[:, step]
        alpha = torch.where(alive[:, step, None], reached, alpha)
    return torch.logsumexp(alpha + end, dim=1)
