"""A problem whose gradients are wrong at random, as those of mini-batches are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_lib.problems import Box, Problem


@dataclass(frozen=True, eq=False)
class Noisy:
    """A problem, and an independent normal error on each coordinate of each gradient.

        grad(w) = problem.grad(w) + size * xi,    xi ~ N(0, 1);    value(w) is the true one

    With w of shape (K, d) the K runs have errors of their own. size is in units of a gradient. The
    generator moves on with each gradient, so the same seed gives the same errors. For batches of B
    out of many examples, size^2 = (noise of one example in this coordinate) / B.
    """

    problem: Problem
    size: float
    rng: np.random.Generator

    @property
    def name(self) -> str:
        return f"{self.problem.name}, with noise"

    @property
    def minimum(self) -> np.ndarray:
        return self.problem.minimum

    @property
    def start(self) -> np.ndarray:
        return self.problem.start

    @property
    def box(self) -> Box:
        return self.problem.box

    def value(self, w: ArrayLike) -> np.ndarray:
        return self.problem.value(w)

    def grad(self, w: ArrayLike) -> np.ndarray:
        g = self.problem.grad(w)
        return g + self.size * self.rng.normal(size=np.shape(g))
