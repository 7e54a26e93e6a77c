"""A torch module in inference and in a training step, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from remy.bench.problem import Floats, Problem
from remy.bench.side import Answer, Prepared


def prepare_module(
    problem: Problem,
    module: torch.nn.Module,
    forward: Callable[[Tensor], Tensor],
    gradients: Callable[[], Mapping[str, Floats]],
) -> Prepared:
    """Return the case of `problem` on a module that has its weights already.

    A training step forgets the gradients, runs `forward` and goes back from ``d_outputs``, which is what the
    loss ``sum(outputs * d_outputs)`` would send there; nobody computes the loss itself.

    Parameters
    ----------
    problem
        The case and its numbers.
    module
        Whose parameters get gradients.
    forward
        From ``(B, T, I)`` to ``(B, T, F)``.
    gradients
        Reads the gradients of all weights, named and laid out as an answer has them.
    """
    x = torch.from_numpy(problem.x.copy())
    valid = torch.from_numpy(problem.valid)[..., None]
    if problem.case.mode == "inference":
        module.eval()

        def infer() -> Answer:
            with torch.inference_mode():
                return {"outputs": (forward(x) * valid).numpy()}

        return Prepared(lambda: forward(x), infer, torch.inference_mode)
    d_outputs = torch.from_numpy(problem.d_outputs)
    tensors = [x.requires_grad_(), *module.parameters()]

    def step() -> Tensor:
        for tensor in tensors:
            tensor.grad = None
        outputs = forward(x)
        torch.autograd.backward(outputs, d_outputs)
        return outputs

    def train() -> Answer:
        outputs = (step() * valid).detach().numpy()
        return {"outputs": outputs, "gradient of x": gradient(x), **gradients()}

    return Prepared(step, train)


def gradient(tensor: Tensor | None) -> Floats:
    """Return a copy of the gradient of `tensor`."""
    assert tensor is not None
    assert tensor.grad is not None
    copy: Floats = tensor.grad.numpy().copy()
    return copy
