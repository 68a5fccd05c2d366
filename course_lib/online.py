"""Online games: choose a point, then be told the loss, round after round."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike

from course_lib.descent import Schedule, with_lr
from course_lib.optimizers import Optimizer


def play(
    optimizer: Optimizer,
    gradient: Callable[[np.ndarray, np.ndarray], np.ndarray],
    rounds: Iterable[np.ndarray],
    start: ArrayLike,
    box: tuple[float, float],
    schedule: Schedule | None = None,
) -> np.ndarray:
    """Play every round with an update rule, and return the points played, shape (T, *start).

        play w_t,  see x_t,  w_{t+1} = clip(step(w_t, gradient(w_t, x_t)), low, high)

    Point t is chosen before x_t, the t-th of rounds, is seen. gradient(w, x) is the slope in w of
    the loss of that round. After each step w is put back into box = (low, high), coordinate by
    coordinate: the projection that bounds on regret ask for. schedule(k) gives the learning rate of
    round k = 0, 1, ... . Raises ValueError if low > high.

    Source: Zinkevich 2003. Adagrad's bound projects in the norm of its own step (Duchi, Hazan and
    Singer 2011); for a box and a diagonal rule this is the same clipping.
    """
    low, high = box
    if low > high:
        raise ValueError(f"box is (low, high), got {box}: swap them")
    w = np.clip(np.array(start, dtype=float), low, high)
    state = optimizer.init(w)
    points = []
    for k, x in enumerate(rounds):
        points.append(w)
        rule = optimizer if schedule is None else with_lr(optimizer, schedule(k))
        w, state = rule.step(w, gradient(w, x), state)
        w = np.clip(w, low, high)
    return np.array(points)


def rare_slope(optimizer: Optimizer, C: int, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Play the game in which one slope of size C comes in every C rounds, and -1 in all others.

        loss of round t = C w if t = 1, C + 1, 2 C + 1, ... else -w,    -1 <= w <= 1

    C rounds together cost w, so -1 is the best point and 1 the worst. The start is 0, and the
    learning rate of round t is 0.5 / sqrt(t), whatever the rule's own. Returns the slopes (rounds,)
    and the points played, (rounds, *S), with S the shape of the rule's beta2. Raises ValueError for
    C < 2. Source: Reddi, Kale and Kumar 2018, with beta2 = 1 / (1 + C^2), 0.1 for C = 3.
    """
    if C < 2:
        raise ValueError(f"C must be 2 or more, so that one slope is rare and large, got {C}")
    slopes = np.where(np.arange(rounds) % C == 0, float(C), -1.0)
    start = np.zeros(np.shape(getattr(optimizer, "beta2", 0.0)))
    box, fall = (-1, 1), lambda k: 0.5 / np.sqrt(k + 1)
    return slopes, play(optimizer, lambda w, x: x + 0 * w, slopes, start, box, fall)
