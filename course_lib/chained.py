"""Rosenbrock's bent valley in any number of dimensions, with its Hessian."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_lib.problems import Box


@dataclass(frozen=True)
class ChainedRosenbrock:
    """f(x) = sum over i < d of  100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2.

    Each coordinate has to be the square of the one before: d - 1 bent valleys, one inside the
    other. For d = 2 it is problems.rosenbrock. Minimum 0 at (1, ..., 1); for d >= 4 there is a
    second, local one near (-1, 1, ..., 1). The start is (-1.2, 1, -1.2, 1, ...). value and grad
    take points (..., d), hessian one point (d,) and gives (d, d). Raises ValueError for d < 2.

    Source: Rosenbrock 1960 for d = 2; Toint 1978 for chains. The same as scipy.optimize.rosen.
    Others call a sum of d/2 separate pairs the extended Rosenbrock function; that one is easier.
    """

    d: int = 2
    name = "chained Rosenbrock"
    box: Box = ((-2.0, 2.0), (-1.0, 3.0))

    def __post_init__(self) -> None:
        if self.d < 2:
            raise ValueError(f"d must be 2 or more, one coordinate has no chain, got {self.d}")

    @property
    def minimum(self) -> np.ndarray:
        return np.ones(self.d)

    @property
    def start(self) -> np.ndarray:
        return np.where(np.arange(self.d) % 2 == 0, -1.2, 1.0)

    def value(self, w: ArrayLike) -> np.ndarray:
        w = np.asarray(w, dtype=float)
        x, wall = w[..., :-1], w[..., 1:] - w[..., :-1] ** 2
        return np.sum(100 * wall**2 + (1 - x) ** 2, axis=-1)

    def grad(self, w: ArrayLike) -> np.ndarray:
        w = np.asarray(w, dtype=float)
        x, wall = w[..., :-1], w[..., 1:] - w[..., :-1] ** 2
        g = np.zeros_like(w)
        g[..., :-1] = -400 * x * wall - 2 * (1 - x)
        g[..., 1:] += 200 * wall
        return g

    def hessian(self, w: ArrayLike) -> np.ndarray:
        w = np.asarray(w, dtype=float)
        x, after = w[:-1], w[1:]
        diagonal = np.zeros(self.d)
        diagonal[:-1] = 1200 * x**2 - 400 * after + 2
        diagonal[1:] += 200
        beside = -400 * x
        return np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
