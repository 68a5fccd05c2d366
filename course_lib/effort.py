"""What a method costs: gradients until the slope is gone; the time of a linear solve."""

from collections.abc import Callable, Sequence
from timeit import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from course_lib.optimizers import Optimizer
from course_lib.problems import Problem


class Effort(NamedTuple):
    """K settings, and how many evaluations each needed.

    settings: name -> (K,), the hyperparameters. evaluations (K,): points at which the gradient was
    asked, the start included; inf for a run that had not arrived by then. best: name -> the setting
    that needed the fewest (of equals, the first). fewest: how many that were.
    """

    settings: dict[str, np.ndarray]
    evaluations: np.ndarray
    best: dict[str, float]
    fewest: float


def effort(
    rule: Callable[..., Optimizer],
    problem: Problem,
    tol: float = 1e-8,
    most: int = 1000,
    start: ArrayLike | None = None,
    **grid: Sequence[float] | np.ndarray,
) -> Effort:
    """Run every combination of a grid until |g| < tol, for at most `most` evaluations.

        effort(GD, rosenbrock, most=30_000, lr=[0.001, 0.0019])

    rule: an optimizer's class. grid: name of a hyperparameter -> its values. |g| is the Euclidean
    length where the rule asks: for Nesterov, at its look-ahead. A run that has arrived or diverged
    needs no more. Raises ValueError for an empty grid.
    """
    if not grid or any(len(values) == 0 for values in grid.values()):
        raise ValueError("effort needs settings to try, such as lr=[0.001, 0.002]")
    mesh = np.meshgrid(*grid.values(), indexing="ij")
    columns = {name: values.reshape(-1, 1) for name, values in zip(grid, mesh, strict=True)}
    optimizer = rule(**columns)
    one = np.asarray(problem.start if start is None else start, dtype=float)
    w = np.array(np.tile(one, (mesh[0].size, 1)), order="F")
    state = optimizer.init(w)
    evaluations = np.full(len(w), np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        for count in range(1, most + 1):
            g = np.asarray(problem.grad(optimizer.lookahead(w, state)), order="F")
            slope = np.linalg.norm(g, axis=-1)
            evaluations[(slope < tol) & np.isinf(evaluations)] = count
            if not np.any(np.isinf(evaluations) & np.isfinite(slope)):
                break
            w, state = optimizer.step(w, g, state)
    k = int(np.argmin(evaluations))
    return Effort(
        settings={name: values[:, 0] for name, values in columns.items()},
        evaluations=evaluations,
        best={name: float(values[k, 0]) for name, values in columns.items()},
        fewest=float(evaluations[k]),
    )


def seconds_to_solve(d: int, tries: int = 3) -> float:
    """The time to solve d linear equations, as a step of Newton does: the fastest of some tries.

    It is about d^3 / 3 products for large d, and differs from computer to computer. One thread.
    """
    H, g = np.diag(np.arange(1.0, d + 1)) + 0.1, np.ones(d)
    with threadpool_limits(1, user_api="blas"):
        return min(repeat(lambda: np.linalg.solve(H, g), number=1, repeat=tries))
