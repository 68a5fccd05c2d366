"""Two ways down that ask for losses alone: look anywhere, or look near the best so far.

Both know nothing of slopes. They are what gradients are measured against in the first lesson.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

Loss = Callable[[np.ndarray], float]
Draw = Callable[[], ArrayLike]


def random_search(loss: Loss, sample: Draw, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Ask for the loss at n points drawn independently, and keep the best: (w, best).

        w = the w_k with the lowest loss,    best_k = min(loss(w_1), ..., loss(w_k))

    sample() gives a point, an array of any shape S; it may hand out the same array every time, with
    new numbers in it. w has shape S and is a copy; best has shape (n,), in units of the loss. Of
    equal losses the first is kept. Costs n losses. Raises ValueError for n < 1.
    Source: Anderson 1953; Bergstra and Bengio 2012 for choosing hyperparameters, where it is good.
    """
    _refuse_less_than(1, n)
    best, lowest = np.empty(n), np.inf
    for k in range(n):
        point = sample()
        value = loss(np.asarray(point))
        if k == 0 or value < lowest:
            w, lowest = np.array(point), value
        best[k] = lowest
    return w, best


def random_local_search(
    loss: Loss, w0: ArrayLike, perturb: Draw, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Try n random steps, each from the best point so far, and keep those that lower the loss.

        candidate = w + perturb();    w = candidate  if loss(candidate) < loss(w),  else w stays

    w0 has any shape S and is left as it was; perturb() gives a step of shape S. Returns (w, best):
    w of shape S, best of shape (n+1,), entry 0 the loss at w0. Costs n + 1 losses. Raises
    ValueError for n < 0.
    Source: Matyas 1965. Rechenberg 1973 also changes the length of the steps, by how many succeed.
    """
    _refuse_less_than(0, n)
    w = np.array(w0, dtype=float)
    best = np.empty(n + 1)
    best[0] = loss(w)
    for k in range(n):
        candidate = w + perturb()
        value = loss(candidate)
        if value < best[k]:
            w = candidate
        best[k + 1] = min(value, best[k])
    return w, best


def _refuse_less_than(least: int, n: int) -> None:
    if n < least:
        raise ValueError(f"n is how many points to try, {least} or more, got {n}")
