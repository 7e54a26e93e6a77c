"""AdamW with weight decay on matrices only."""

from __future__ import annotations

import torch

from remy.config import TrainConfig


def make_optimizer(network: torch.nn.Module, config: TrainConfig) -> torch.optim.AdamW:
    """Return AdamW (Loshchilov & Hutter 2019) over the parameters of `network`.

    Kernels decay; biases and embeddings, whose rows may go without a gradient for long, do not.
    """
    decaying: list[torch.nn.Parameter] = []
    steady: list[torch.nn.Parameter] = []
    for name, parameter in network.named_parameters():
        matrix = parameter.ndim > 1 and "embedding" not in name and "bias" not in name
        (decaying if matrix else steady).append(parameter)
    groups = [
        {"params": decaying, "weight_decay": config.weight_decay},
        {"params": steady, "weight_decay": 0.0},
    ]
    fused = all(parameter.device.type in {"cpu", "cuda"} for parameter in network.parameters())
    return torch.optim.AdamW(groups, lr=config.lr, betas=(config.beta1, config.beta2), fused=fused)
