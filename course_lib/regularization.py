"""Penalties on the weights, L1, L2 and both, and the minimum that a penalty leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from course_lib.problems import least_squares


def elastic_net(params: Sequence[tuple[np.ndarray, np.ndarray]], l1: float, l2: float) -> float:
    """The penalty on a network's weights: l1 times their sizes, and l2 times their squares.

        l1 sum |W_ij| + l2 sum W_ij^2        over all layers

    params is a list of (W, b), one for each layer, W (in, out) and b (out,); biases are free. l1
    and l2 are 0 or more; with l2 = 0 it is the lasso's penalty, with l1 = 0 the ridge's. No half:
    the gradient of the second term is 2 l2 W.
    Source: Zou and Hastie 2005, with sums as here; Tibshirani 1996 and Hoerl and Kennard 1970 for
    its halves. scikit-learn has half of l2 in front of the squares.
    """
    return float(sum(l1 * np.sum(np.abs(W)) + l2 * np.sum(W**2) for W, _ in params))


def soft_threshold(w: ArrayLike, t: ArrayLike) -> np.ndarray:
    """Move every entry of w towards 0 by t, and stop there.

        sign(w) max(|w| - t, 0)  =  the u with the least  1/2 (u - w)^2 + t |u|

    t >= 0 broadcasts against w. Source: Donoho and Johnstone 1994.
    """
    w = np.asarray(w, dtype=float)
    return np.sign(w) * np.maximum(np.abs(w) - t, 0)


@dataclass(frozen=True, eq=False)
class ProximalGD:
    """Gradient descent on a loss with an elastic net: a step down what is smooth, then a threshold.

        w_t = soft_threshold(w_{t-1} - lr (g_t + 2 l2 w_{t-1}), lr l1)

    g is the gradient of the loss alone. w and g share one shape S; lr, l1 and l2 are numbers or
    arrays that broadcast against S. Weights become 0 exactly, and stay so while the slope there is
    smaller than l1. Source: Daubechies, Defrise and De Mol 2004 (ISTA); Parikh and Boyd 2014.
    """

    lr: float | np.ndarray
    l1: float | np.ndarray = 0.0
    l2: float | np.ndarray = 0.0

    def init(self, w: np.ndarray) -> tuple[()]:
        return ()

    def step(self, w: np.ndarray, g: np.ndarray, state: tuple[()]) -> tuple[np.ndarray, tuple[()]]:
        down = w - self.lr * (g + 2 * self.l2 * w)
        return soft_threshold(down, self.lr * self.l1), ()

    def lookahead(self, w: np.ndarray, state: tuple[()]) -> np.ndarray:
        return w


class Bowl(Protocol):
    """A loss that is quadratic: 1/2 (w - minimum)^T hessian (w - minimum), up to a constant."""

    @property
    def hessian(self) -> np.ndarray: ...
    @property
    def minimum(self) -> np.ndarray: ...


def penalised_minimum(bowl: Bowl, l1: ArrayLike, l2: ArrayLike, steps: int = 1000) -> np.ndarray:
    """The minimum of a quadratic loss with an elastic net, for K penalties at once.

        argmin over w of  loss(w) + l1 sum |w_i| + l2 sum w_i^2

    l1 and l2 have shape (K,) or are numbers; the result has shape (K, d). It takes `steps` steps of
    ProximalGD with lr = 1/(L + 2 l2), each from a point ahead of it, as Nesterov does: FISTA. So it
    is exact where the loss or l2 is steep, and a little short where both are flat. Source: Beck and
    Teboulle 2009.
    """
    l1, l2 = (np.asarray(value, dtype=float).reshape(-1, 1) for value in (l1, l2))
    rule = ProximalGD(1 / (np.linalg.eigvalsh(bowl.hessian)[-1] + 2 * l2), l1, l2)
    w = np.zeros((max(len(l1), len(l2)), len(bowl.minimum)))
    ahead = w
    for k in range(steps):
        before = w
        w, _ = rule.step(ahead, (ahead - bowl.minimum) @ bowl.hessian, ())
        ahead = w + k / (k + 3) * (w - before)
    return w


def with_products(X: np.ndarray) -> np.ndarray:
    """The columns of X, standardised, and the product of every two of them, squares too.

    X (n, d) gives (n, d + d(d+1)/2), less the products that are the same in all rows.
    """
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    i, j = np.triu_indices(Z.shape[1])
    products = Z[:, i] * Z[:, j]
    return np.hstack([Z, products[:, products.std(axis=0) > 1e-8]])


class PenaltySweep(NamedTuple):
    """What a sweep of K penalties on S splits gave; errors are in units of the variance of y.

    train, validation, test (S, K): mean squared errors. plain (S,): that on the test part without a
    penalty. chosen (S,): that on the test part at the penalty with the least validation error.
    used (S, K): how many weights are not 0.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    plain: np.ndarray
    chosen: np.ndarray
    used: np.ndarray


def penalty_sweep(
    X: np.ndarray, y: np.ndarray, learn: int, l1: ArrayLike, l2: ArrayLike, seeds: int = 6
) -> PenaltySweep:
    """Fit y by a linear function of X under K penalties, on `seeds` random splits of the rows.

    Each split learns from `learn` rows, chooses by the next 100, and is tested on the rest. Columns
    are standardised by the rows to learn from, y by all; the intercept is free. l1 and l2 are
    numbers or of shape (K,). Raises ValueError if fewer than 20 rows are left to test on.
    """
    if not 1 < learn <= len(y) - 120:
        raise ValueError(f"learn must be between 2 and {len(y) - 120}, got {learn}")
    y = (y - y.mean()) / y.std()
    rows: list[tuple] = []
    with threadpool_limits(1, user_api="blas"):  # for matrices this small a second one only waits
        for seed in range(seeds):
            parts = np.split(np.random.default_rng(seed).permutation(len(y)), [learn, learn + 100])
            mean, std = X[parts[0]].mean(axis=0), X[parts[0]].std(axis=0)
            Z, target = (X - mean) / np.where(std > 0, std, 1), y - y[parts[0]].mean()
            problem = least_squares(Z[parts[0]], target[parts[0]])
            fits = np.vstack([penalised_minimum(problem, l1, l2), problem.minimum])
            errors = [np.mean((fits @ Z[p].T - target[p]) ** 2, axis=1) for p in parts]
            train, validation, test = (error[:-1] for error in errors)
            used = np.sum(fits[:-1] != 0, axis=1)
            rows.append((train, validation, test, errors[2][-1], test[validation.argmin()], used))
    return PenaltySweep(*(np.array(column) for column in zip(*rows, strict=True)))
