"""How far to go along a direction: two conditions on a step, and the searches that meet them.

A direction p says where to go from `here`, a step a > 0 how far: to w + a p. With f(a) the loss
there, f'(0) = g.p the slope at the beginning, and 0 < c1 < c2 < 1:

    Armijo            f(a) <= f(0) + c1 a f'(0)      it falls, by a share of what the slope promised
    strong curvature  |f'(a)| <= c2 |f'(0)|          it went far enough for the slope to flatten

Both together are the strong Wolfe conditions. A search asks for the loss and the gradient at one
point after the other; each point asked costs one evaluation.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Point(NamedTuple):
    """A place, and what was asked there: w (d,), the loss, the gradient (d,)."""

    w: np.ndarray
    value: float
    grad: np.ndarray


Trial = tuple[float, Point]  # a step, and where it leads
Ask = Callable[[np.ndarray], Point]
Search = Callable[[Ask, Point, np.ndarray], Trial]


def full_step(ask: Ask, here: Point, p: np.ndarray) -> Trial:
    """No search: the step is 1, whatever the loss does there. One evaluation."""
    return 1.0, ask(here.w + p)


def backtracking(
    ask: Ask, here: Point, p: np.ndarray, c1: float = 1e-4, shrink: float = 0.5, most: int = 60
) -> Trial:
    """Try 1, shrink, shrink^2, ... until the Armijo condition holds: (step, point).

        f(w + a p) <= f(w) + c1 a g.p

    p (d,) must point downhill, g.p < 0, or ValueError. After `most` trials nothing lower was found,
    as happens where rounding hides the slope: then the step is 0 and the point is `here`.
    Source: Armijo 1966. Nocedal and Wright 2006 call it backtracking. SciPy's searches ask for the
    curvature condition as well.
    """
    slope = _slope(here, p)
    step = 1.0
    for _ in range(most):
        there = ask(here.w + step * p)
        if there.value <= here.value + c1 * step * slope:
            return step, there
        step *= shrink
    return 0.0, here


def strong_wolfe(
    ask: Ask, here: Point, p: np.ndarray, c1: float = 1e-4, c2: float = 0.9, most: int = 40
) -> Trial:
    """Find a step that meets both strong Wolfe conditions: (step, point).

    The steps 1, 2, 4, ... are tried until two of them have a good step between them; then the
    interval is narrowed. Each trial inside it is the bottom of the parabola through the loss and
    slope at the lower end and the loss at the other, or the middle if that is too near an end.
    p (d,) must point downhill, g.p < 0, or ValueError. If `most` trials find nothing, which only
    rounding explains, the lowest point so far comes back, with step 0 if that is `here`.

    Source: Wolfe 1969; Algorithms 3.5 and 3.6 of Nocedal and Wright 2006. The same search is
    scipy.optimize.line_search, with a cubic for the parabola from the second narrowing on. SciPy's
    BFGS and L-BFGS-B use that of More and Thuente 1994, and begin a run with a shorter trial.
    """
    slope = _slope(here, p)
    low, high = (0.0, here), (np.inf, here)  # a good step lies between; no upper end as yet
    step = 1.0
    for _ in range(most):
        there = ask(here.w + step * p)
        falls = there.value <= here.value + c1 * step * slope  # False for nan
        if not falls or there.value >= low[1].value:
            high = step, there
        elif abs(there.grad @ p) <= -c2 * slope:
            return step, there
        else:
            if (there.grad @ p) * (high[0] - low[0]) >= 0:  # it rises towards high: turn round
                high = low
            low = step, there
        step = 2 * step if high[0] == np.inf else _between(low, high, p)
    return low


def _slope(here: Point, p: np.ndarray) -> float:
    slope = float(here.grad @ p)
    if not slope < 0:
        raise ValueError(
            f"the direction must point downhill, its slope is {slope:.3g}: where the Hessian has "
            "a negative eigenvalue, Newton needs more damping"
        )
    return slope


def _between(low: Trial, high: Trial, p: np.ndarray) -> float:
    """The bottom of the parabola through both ends, or the middle if it is near an end."""
    (start, below), (end, above) = low, high
    width = end - start
    fall = float(below.grad @ p) * width
    bend = above.value - below.value - fall  # what the parabola adds to the straight line
    share = -fall / (2 * bend) if bend > 0 else 0.5
    return start + width * (share if 0.1 <= share <= 0.9 else 0.5)
