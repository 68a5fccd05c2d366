"""What warm-up is for: the largest curvature of a loss, while a schedule trains the model."""

from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from course_lib.data import Examples
from course_lib.descent import Schedule, minibatches, with_lr
from course_lib.models import Model
from course_lib.optimizers import GD
from course_lib.sharpness import sharpness


class Heat(NamedTuple):
    """updates (m,), at which the curvature (m,) was measured; curvature in units of 1/lr."""

    updates: np.ndarray
    curvature: np.ndarray


def curvature_on_the_way(
    model: Model,
    examples: Examples,
    schedule: Schedule,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    every: int = 5,
    few: int = 200,
) -> Heat:
    """Train with gradient descent, and measure the top eigenvalue of the Hessian as it goes.

    It is measured before every `every`-th epoch and after the last, on the first `few` examples. A
    short last batch is left out. rng draws the parameters, then one shuffle an epoch, as in
    descent.train. Raises ValueError for epochs or every below 1. Source: Gilmer et al. 2021, who
    find that warm-up moves training to where the curvature is below 2/lr; Cohen et al. 2021 for
    the edge that it then follows.
    """
    if epochs < 1 or every < 1:
        raise ValueError(f"epochs and every must be 1 or more, got {epochs} and {every}")
    X, y = examples
    some = Examples(X[:few], y[:few])
    w, k, rule = model.init(rng), 0, GD(1.0)
    updates, curvature = [], []
    with threadpool_limits(1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(epochs + 1):
            if epoch % every == 0 or epoch == epochs:
                updates.append(k)
                curvature.append(sharpness(model, w, some, iters=12))
            if epoch == epochs:
                break
            for batch in minibatches(len(y), batch_size, rng, drop_last=True):
                w, _ = with_lr(rule, schedule(k)).step(w, model.grad(w, X[batch], y[batch]), ())
                k += 1
    return Heat(np.array(updates), np.array(curvature))
