"""A data set on which methods with one learning rate per coordinate learn the wrong thing.

It is separable, and has more columns than rows: many weights fit it without an error. Which of
them a method finds is decided by how it walks. Source: Wilson et al. 2017.
"""

from collections.abc import Callable

import numpy as np

from course_lib.descent import descend
from course_lib.optimizers import Optimizer
from course_lib.problems import LeastSquares, least_squares

OWN = 5  # columns that belong to one example alone


def one_sided(n: int, minority: int) -> LeastSquares:
    """n examples with labels +1 and -1, `minority` of them -1, to be fitted by least squares.

        column 0: the label itself         columns 1, 2: always 1
        then five columns for each example, zero for all others: if its label is +1 the first of
        them is 1, if it is -1 all five are

    Raises ValueError unless 0 < minority <= n / 2.
    """
    if not 0 < minority <= n / 2:
        raise ValueError(f"the minority must be from 1 to n / 2 = {n / 2:g}, got {minority}")
    y = np.ones(n)
    y[:minority] = -1
    X = np.zeros((n, 3 + OWN * n))
    X[:, 0], X[:, 1:3] = y, 1
    for i, label in enumerate(y):
        own = 3 + OWN * i
        X[i, own : own + (1 if label > 0 else OWN)] = 1
    return least_squares(X, y)


def wrong_on_new(problem: LeastSquares, w: np.ndarray) -> float:
    """The share of new examples that w calls by the wrong sign, labels as often as in training.

    A new example has own columns that no training example has, so its weights there are still 0:
    what decides is label * w_0 + w_1 + w_2.
    """
    said = np.where(problem.y * w[0] + w[1] + w[2] > 0, 1, -1)
    return float(np.mean(said != problem.y))


def fit(
    make: Callable[..., Optimizer], lr: float, problem: LeastSquares, steps: int, start: float = 0.0
) -> np.ndarray:
    """The weights after some full gradients; all of them begin at `start`."""
    begin = np.full(problem.X.shape[1], start)
    return descend(make(lr=lr), problem, start=begin, steps=steps).points[-1]
