"""How much a case has to compute, and the least time a machine can take for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from remy.bench.problem import Problem

#: A training step has the products of the forward pass, those of the gradients of what the products read,
#: and those of the weights' gradients.
_TRAINING: Final = 3


@dataclass(frozen=True)
class Work:
    """What a machine takes time for.

    Attributes
    ----------
    products
        Operations of matrix products that may run at the rate of a large one.
    reads
        Bytes of an array -> how often it has to be read.
    """

    products: int
    reads: dict[int, int]


def operations(problem: Problem) -> int:
    """Return the floating-point operations of all matrix products of a case; padding counts for nothing.

    Forward ``2 * steps * G*H * (I + H)`` for every cell, with the valid steps of all rows; gate functions and
    sums are left out.

    Examples
    --------
    >>> from remy.bench.cases import Case
    >>> from remy.bench.problem import make_problem
    >>> operations(make_problem(Case("lstm", "inference", 2, 10, 3, 5)))  # 2 * 20 * 20 * 8
    6400
    """
    forward = sum(
        2 * problem.valid_steps * (given.kernel.size + given.recurrent_kernel.size)
        for weights in problem.weights
        for given in weights
    )
    return forward * (_TRAINING if problem.case.mode == "training" else 1)


def work(problem: Problem) -> Work:
    """Return what a case has to do at least.

    With several rows all products run at the rate of a large one. A single row reads the recurrent kernel
    from the cache at every step, once forwards and once backwards; only the products of all steps together
    (of the inputs, and of the weights' gradients) run at that rate.
    """
    if problem.case.batch > 1:
        return Work(operations(problem), {})
    training, products = problem.case.mode == "training", 0
    reads: Counter[int] = Counter()
    for given in (given for weights in problem.weights for given in weights):
        products += given.kernel.size * (_TRAINING if training else 1)
        products += given.recurrent_kernel.size if training else 0  # its gradient
        reads[given.recurrent_kernel.nbytes] += problem.valid_steps * (2 if training else 1)
    return Work(2 * problem.valid_steps * products, dict(reads))


def allowed_seconds(work: Work, rate: float, bandwidth: Callable[[int], float]) -> float:
    """Return the time that the machine's ceiling allows.

    Parameters
    ----------
    work
        What is to be done.
    rate
        Operations a second of a large product.
    bandwidth
        From a number of bytes to the bytes a second that reading so many again and again reaches.
    """
    reading = sum(size * times / bandwidth(size) for size, times in work.reads.items())
    return work.products / rate + reading
