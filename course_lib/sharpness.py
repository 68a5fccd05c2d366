"""How sharp a minimum is, how to make it as sharp as you like, and how to train to a given loss."""

from collections.abc import Callable
from itertools import count
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from course_lib.data import Examples
from course_lib.descent import minibatches
from course_lib.gradients import hessian_vector_product
from course_lib.models import Model
from course_lib.optimizers import GD

Params = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def top_hessian_eigenvalue(
    hvp: Callable[[np.ndarray], np.ndarray], v0: np.ndarray, iters: int
) -> float:
    """The eigenvalue of H that is largest in size, with its sign, by power iteration.

        v <- H v / |H v|,  iters times;  then  v . H v

    hvp(v) gives H v, for v of shape (d,) like v0, which must not be zero; iters is 0 or more. Costs
    iters + 1 products, and never builds H. The error shrinks by the squared ratio of the second
    eigenvalue to the first in every turn. H v = 0 ends it with 0.0.
    Source: von Mises and Pollaczek-Geiringer 1929.
    """
    v = np.asarray(v0, dtype=float)
    v = v / np.linalg.norm(v)
    for _ in range(iters):
        turned = hvp(v)
        length = np.linalg.norm(turned)
        if length == 0:
            return 0.0
        v = turned / length
    return float(v @ hvp(v))


def sharpness(
    model: Model, w: np.ndarray, examples: Examples, iters: int = 40, h: float = 1e-8
) -> float:
    """The top eigenvalue of the Hessian of a model's loss over all examples, at w (size,).

    Each product with the Hessian is made of two gradients, at w + h v and w - h v, with v of length
    1. An h of 1e-5 would be more exact for smooth networks; but in a ReLU network it steps across
    kinks, where the gradient jumps, and a jump divided by 2 h looks like a huge curvature. So h is
    small: rounding leaves seven digits. The direction to begin with is always the same random one.
    """
    v0 = np.random.default_rng(0).normal(size=w.size)

    def hvp(v: np.ndarray) -> np.ndarray:
        return hessian_vector_product(lambda u: model.grad(u, *examples), w, v, h=h)

    with threadpool_limits(1, user_api="blas"):
        return top_hessian_eigenvalue(hvp, v0, iters)


def rescale(params: Params, a: float) -> Params:
    """Another ReLU network of two layers with the same function: (W1, b1, W2, b2), same shapes.

        max(0, x (a W1) + a b1) (W2 / a) + b2  =  max(0, x W1 + b1) W2 + b2    for a > 0

    since max(0, a z) = a max(0, z). Raises ValueError for a <= 0. Source: Dinh, Pascanu, Bengio and
    Bengio 2017, who conclude that sharpness alone cannot tell which minimum generalises.
    """
    if not a > 0:
        raise ValueError(f"a must be positive, got {a}: max(0, a z) = a max(0, z) needs that")
    W1, b1, W2, b2 = params
    return a * W1, a * b1, W2 / a, 1.0 * b2


class Arrival(NamedTuple):
    """Where training arrived: w (size,), after that many updates."""

    w: np.ndarray
    updates: int


def learn_until(
    target: float,
    model: Model,
    examples: Examples,
    batch_size: int,
    lr: float,
    seed: int,
    most: int = 20_000,
) -> Arrival:
    """Train by mini-batches until the loss over all examples is below `target`.

    The loss is looked at after every 20 updates. So runs of any batch size end at nearly the same
    loss, which a fair comparison of sharpness needs: the curvature of a cross-entropy falls with
    the loss itself. The seed draws the initial parameters, then one shuffle an epoch. Raises
    RuntimeError after `most` updates, ValueError for a batch size out of range.
    """
    X, y = examples
    if not 1 <= batch_size <= len(y):
        raise ValueError(f"batch_size must be between 1 and {len(y)}, got {batch_size}")
    rng, rule = np.random.default_rng(seed), GD(lr)
    w, updates = model.init(rng), 0
    with threadpool_limits(1, user_api="blas"):
        for epoch in count():
            for batch in minibatches(len(y), batch_size, rng):
                w, _ = rule.step(w, model.grad(w, X[batch], y[batch]), ())
                updates += 1
                if updates % 20 == 0 and model.loss(w, X, y) < target:
                    return Arrival(w, updates)
                if updates >= most:
                    raise RuntimeError(
                        f"the loss is still above {target} after {most} updates ({epoch} epochs): "
                        "try a smaller lr or a larger batch"
                    )
    raise AssertionError("unreachable")


def losses_from(
    w: np.ndarray, model: Model, examples: Examples, lr: float, updates: int
) -> np.ndarray:
    """Gradient descent on all examples from w: the loss before the first update, and after each.

    Shape (updates + 1,); w stays as it is.
    """
    rule, losses = GD(lr), [model.loss(w, *examples)]
    with threadpool_limits(1, user_api="blas"):
        for _ in range(updates):
            w, _ = rule.step(w, model.grad(w, *examples), ())
            losses.append(model.loss(w, *examples))
    return np.array(losses)
