"""The best that a predictor without memory can do with a given kind of input."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor


def best_fit(
    x: Tensor, targets: Tensor, vocab_size: int
) -> tuple[Callable[[Tensor], Tensor], float]:
    """Find the weights of ``x @ weight + bias`` whose loss on the targets is lowest.

    The loss has one valley only, so that its bottom does not depend on the start: it is
    what this *kind* of input allows, however it is trained.

    Args:
        x: one row of numbers for each input, shape (N, any).
        targets: what comes next, int64, shape (N,).
        vocab_size: number of logits V.

    Returns:
        The predictor, from rows like those of x to logits (float64, shape (N, V)), and
        its loss in nats per character.
    """
    x = x.double()
    weight = torch.zeros(x.shape[1], vocab_size, dtype=torch.float64)
    bias = torch.zeros(vocab_size, dtype=torch.float64)
    parameters = [weight.requires_grad_(), bias.requires_grad_()]
    optimizer = torch.optim.LBFGS(
        parameters,
        max_iter=1000,
        tolerance_grad=1e-9,
        tolerance_change=1e-12,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(x @ weight + bias, targets)
        loss.backward()
        return loss

    with torch.enable_grad():
        optimizer.step(closure)
    weight, bias = weight.detach(), bias.detach()

    def predictor(x: Tensor) -> Tensor:
        return x.double() @ weight + bias

    return predictor, F.cross_entropy(predictor(x), targets).item()
