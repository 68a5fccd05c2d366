"""Online games: choose a point, then be told the loss, round after round."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike

from course_lib.optimizers import Optimizer


def play(
    optimizer: Optimizer,
    gradient: Callable[[np.ndarray, np.ndarray], np.ndarray],
    rounds: Iterable[np.ndarray],
    start: ArrayLike,
    box: tuple[float, float],
) -> np.ndarray:
    """Play every round with an update rule, and return the points played, shape (T, *start).

        play w_t,  see x_t,  w_{t+1} = clip(step(w_t, gradient(w_t, x_t)), low, high)

    Point t is chosen before x_t, the t-th of rounds, is seen. gradient(w, x) is the slope in w of
    the loss of that round. After each step w is put back into box = (low, high), coordinate by
    coordinate: the projection that bounds on regret ask for. Raises ValueError if low > high.

    Source: Zinkevich 2003. Adagrad's bound projects in the norm of its own step (Duchi, Hazan and
    Singer 2011); for a box and a diagonal rule this is the same clipping.
    """
    low, high = box
    if low > high:
        raise ValueError(f"box is (low, high), got {box}: swap them")
    w = np.clip(np.array(start, dtype=float), low, high)
    state = optimizer.init(w)
    points = []
    for x in rounds:
        points.append(w)
        w, state = optimizer.step(w, gradient(w, x), state)
        w = np.clip(w, low, high)
    return np.array(points)
