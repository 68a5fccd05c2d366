"""L-BFGS on mini-batches: what noise does to a difference of two gradients, and to a run."""

from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from course_lib.data import Examples
from course_lib.descent import minibatches
from course_lib.models import Model
from course_lib.second_order import LBFGS


class Disagreement(NamedTuple):
    """How far y = g_new - g of a batch is from that of all examples; one entry per length of s.

    same, other (L,): |y_batch - y| / |y|, a mean over trials, if both gradients are of one batch
    and if the second is of another. bent (L,): the share of trials, of the second kind, in which
    s.y came out negative though it is positive for all examples.
    """

    same: np.ndarray
    other: np.ndarray
    bent: np.ndarray


def disagreement(
    model: Model,
    examples: Examples,
    w: np.ndarray,
    lengths: np.ndarray,
    batch_size: int,
    trials: int,
    rng: np.random.Generator,
) -> Disagreement:
    """Step from w down the gradient of all examples, and measure y by batches, at each length.

        y = g(w + s) - g(w),    s = -length g / |g|

    As s shrinks, y shrinks with it, y ~ H s. The noise of one batch cancels in the difference; that
    of two batches does not, and stays: its share of y grows like 1 / length. Batches are drawn
    without replacement. Source: Schraudolph, Yu and Guenter 2007 take both gradients of one batch;
    Byrd, Hansen, Nocedal and Singer 2016 take y = H s of a larger one.
    """
    X, y = examples
    g = model.grad(w, X, y)
    rows = []
    for length in lengths:
        s = -length * g / np.linalg.norm(g)
        whole = model.grad(w + s, X, y) - g
        found = []
        for _ in range(trials):
            one, two = (rng.choice(len(y), batch_size, replace=False) for _ in range(2))
            before = model.grad(w, X[one], y[one])
            same = model.grad(w + s, X[one], y[one]) - before
            other = model.grad(w + s, X[two], y[two]) - before
            off = (np.linalg.norm(change - whole) for change in (same, other))
            found.append((*(np.array(list(off)) / np.linalg.norm(whole)), s @ other < 0))
        rows.append(np.mean(found, axis=0))
    return Disagreement(*np.array(rows).T)


def train_lbfgs(
    model: Model,
    examples: Examples,
    lr: float,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    same_batch: bool,
    memory: int = 10,
) -> float:
    """Train by L-BFGS on mini-batches with a fixed lr, and return the loss over all examples.

        w_new = w + lr * direction,    y = g_new - g

    With same_batch, g_new is the gradient of the same batch at w_new: each update costs two. Else
    it is that of the next batch, which is needed anyway. The budget is that of `epochs` epochs of
    examples seen by gradients, whichever way; a short last batch is left out, as it would be the
    noisiest. There is no line search: a batch's loss is not the loss. rng first draws the
    parameters, then one shuffle per epoch. A run that diverges gives inf.
    """
    X, y = examples
    w, method = model.init(rng), LBFGS(memory)
    budget = epochs * (len(y) - len(y) % batch_size)
    state, seen, last = method.init(w), 0, None
    with threadpool_limits(1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):
        while seen < budget and np.all(np.isfinite(w)):
            for batch in minibatches(len(y), batch_size, rng, drop_last=True):
                if seen >= budget:
                    break
                g = model.grad(w, X[batch], y[batch])
                if last is not None:  # from the batch before: the step, and the gradient there
                    state = method.learn(last[0], g - last[1], state)
                s = lr * method.direction(w, g, state)
                w = w + s
                seen += len(batch)
                if same_batch:
                    state = method.learn(s, model.grad(w, X[batch], y[batch]) - g, state)
                    seen += len(batch)
                else:
                    last = s, g
        loss = model.loss(w, X, y)
    return loss if np.isfinite(loss) else np.inf
