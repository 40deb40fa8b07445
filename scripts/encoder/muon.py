"""An optimizer for matrices, which needs fewer steps than AdamW here."""

import math

import torch


class Muon(torch.optim.Optimizer):
    """Momentum whose matrices are replaced by the nearest orthogonal ones (Jordan 2024: Newton-Schulz, quintic).

    Scaled so that an update's root mean square is AdamW's 0.2 (Liu et al. 2025), so it takes AdamW's learning rates.
    """

    def __init__(self, parameters, lr: float, weight_decay: float, momentum: float = 0.95):
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                mean = state.setdefault("mean", torch.zeros_like(p))
                mean.lerp_(p.grad, 1 - group["momentum"])
                update = orthogonal(p.grad.lerp(mean, group["momentum"]))
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(update, alpha=-group["lr"] * 0.2 * math.sqrt(max(p.shape)))


def orthogonal(x: torch.Tensor) -> torch.Tensor:
    """About U V' of x = U S V', by five steps of Newton-Schulz."""
    tall = x.shape[0] > x.shape[1]
    x = (x.T if tall else x) / (x.norm() + 1e-7)
    for _ in range(5):
        a = x @ x.T
        x = torch.addmm(x, torch.addmm(a, a, a, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return x.T if tall else x
