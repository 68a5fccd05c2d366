"""What a mini-batch knows: the gradients of single examples, their spread, and what it costs.

A loss that is a mean over N examples has a gradient that is a mean, too. A batch of B of them
estimates it; the functions here measure how well, and what the estimate buys under a budget.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from timeit import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from course_lib.data import Examples, diabetes
from course_lib.descent import minibatches
from course_lib.models import Model
from course_lib.optimizers import GD
from course_lib.problems import LeastSquares

BatchGradient = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def patients() -> Examples:
    """442 patients in two columns, so that a gradient is a point on paper.

    X (442, 2) holds body mass index and the log of triglycerides, y (442,) the progression of
    diabetes; all three have mean 0 and deviation 1. Source: Efron et al. 2004, see data.diabetes.
    """
    data = diabetes()
    X = data.X[:, [data.feature_names.index("bmi"), data.feature_names.index("ltg")]]
    return Examples((X - X.mean(axis=0)) / X.std(axis=0), (data.y - data.y.mean()) / data.y.std())


def squared_error_grad(w: ArrayLike, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of mean((X w - y)^2) over the rows given: 2/n X^T (X w - y).

    w (d,), X (n, d), y (n,), n at least 1; no half in front, as in problems.least_squares.
    """
    return 2 / len(y) * (X.T @ (X @ np.asarray(w) - y))


def example_gradients(
    grad: BatchGradient, w: ArrayLike, X: np.ndarray, y: np.ndarray
) -> np.ndarray:
    """The gradient of every example on its own, G (N, d), for w of shape (d,).

        G_i = grad(w, X[i:i+1], y[i:i+1]),    mean of the rows of G = grad(w, X, y)

    grad(w, X, y) is the gradient of a mean over rows, such as Network(...).grad.
    """
    point = np.asarray(w, dtype=float)
    return np.array([grad(point, X[i : i + 1], y[i : i + 1]) for i in range(len(y))])


def gradient_noise(G: ArrayLike, B: int, replace: bool) -> float:
    """The mean squared distance of a batch's gradient from the gradient of all N examples.

        S = 1/N sum_i |G_i - mean(G)|^2
        drawn with replacement:  S / B,    without:  S / B * (N - B) / (N - 1)

    G (N, d) holds one example's gradient in each row; the result has the units of a gradient
    squared. Raises ValueError for B < 1, and for B > N without replacement, where no such batch
    exists. Source: the variance of a sample mean; the second factor is the finite population
    correction of survey sampling (Cochran 1977).
    """
    G = np.asarray(G, dtype=float)
    N = len(G)
    if B < 1 or (B > N and not replace):
        most = "1 or more" if replace else f"1 .. {N} when drawn without replacement"
        raise ValueError(f"B must be {most}, got {B}")
    S = np.mean(np.sum((G - G.mean(axis=0)) ** 2, axis=1))
    if replace or N == 1:
        return float(S / B) if replace else 0.0
    return float(S / B * (N - B) / (N - 1))


class Floor(NamedTuple):
    """Loss above the minimum where a run has stopped falling, a mean over runs and epochs."""

    epoch_ends: float  # after the last update of an epoch
    half_way: float  # in the middle of an epoch


def noise_floor(
    problem: LeastSquares,
    lr: float,
    epochs: int,
    runs: int,
    rng: np.random.Generator,
    replace: bool,
) -> Floor:
    """Start at the minimum, learn from one example at a time, and see how high the noise lifts you.

    Each of `runs` independent runs makes `epochs` epochs of N updates with B = 1. With `replace`
    an example is drawn anew for every update, otherwise each epoch is one fresh shuffle. The
    second half of the epochs is averaged. For small lr, with S the noise of one example's
    gradient at the minimum,

        drawn with replacement:  loss - lowest loss  ~  lr S / 4     (lr S / (4 B) for batches)

    which is 1/2 tr(H C) with C from H C + C H = lr (covariance of the gradients). Reshuffling ends
    its epochs lower, the more so the smaller lr: an epoch's errors nearly cancel. Raises ValueError
    for epochs < 2 or runs < 1. Source: Robbins and Monro 1951 for the setting; Mandt, Hoffman and
    Blei 2017 for the formula; Mishchenko, Khaled and Richtarik 2020 for reshuffling.
    """
    if epochs < 2 or runs < 1:
        raise ValueError(f"epochs must be 2 or more and runs 1 or more, got {epochs} and {runs}")
    N = len(problem.y)
    lowest = problem.value(problem.minimum)
    w = np.tile(problem.minimum, (runs, 1))
    ends, middles = [], []
    for epoch in range(epochs):
        if replace:
            order = rng.integers(N, size=(runs, N))
        else:
            order = rng.permuted(np.tile(np.arange(N), (runs, 1)), axis=1)
        for k, chosen in enumerate(order.T):  # one example for each run
            x, y = problem.X[chosen], problem.y[chosen]
            w = w - lr * 2 * (np.sum(x * w, axis=1) - y)[:, None] * x
            if k == N // 2 and epoch >= epochs // 2:
                middles.append(problem.value(w) - lowest)
        if epoch >= epochs // 2:
            ends.append(problem.value(w) - lowest)
    return Floor(float(np.mean(ends)), float(np.mean(middles)))


class Cost(NamedTuple):
    """Seconds that a gradient takes: fixed + B * per_example."""

    fixed: float
    per_example: float


def cost_of_update(model: Model, examples: Examples) -> Cost:
    """Time gradients over 1 and over all N examples, and draw the line through the two.

    Each is the fastest of nine tries, since whatever else the computer does only adds. It differs
    from computer to computer and from run to run. One thread, as in descent.train.
    """
    X, y = examples
    w = model.init(np.random.default_rng(0))

    def seconds(B: int) -> float:
        return min(repeat(lambda: model.grad(w, X[:B], y[:B]), number=20, repeat=9)) / 20

    with threadpool_limits(1, user_api="blas"):
        one, all_of_them = seconds(1), seconds(len(y))
    per_example = (all_of_them - one) / (len(y) - 1)
    return Cost(one - per_example, per_example)


class Spent(NamedTuple):
    """What each batch size made of one budget, at the best of the learning rates tried."""

    updates: np.ndarray  # (batch sizes,)
    loss: np.ndarray  # (batch sizes,), a mean over seeds
    lowest: np.ndarray  # (batch sizes,), the best seed
    highest: np.ndarray  # (batch sizes,), the worst seed
    lr: np.ndarray  # (batch sizes,)


def spend(
    model: Model,
    examples: Examples,
    batch_sizes: Sequence[int],
    lrs: Sequence[float],
    budgets: Mapping[str, Callable[[int], int]],
    seeds: Iterable[int],
) -> dict[str, Spent]:
    """Train with every batch size on the same budgets, each with its own best learning rate.

    budgets: name -> a function of the batch size that gives the updates it may make, 0 or more.
    The loss is over all examples; of the learning rates the one with the lowest mean over seeds
    is taken, for each batch size and each budget. A run that diverges counts as inf.
    """
    names, seeds = list(budgets), list(seeds)
    updates = np.array([[budgets[name](B) for name in names] for B in batch_sizes])
    with threadpool_limits(1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):
        runs = [
            [[losses_after(u, model, examples, B, lr, seed) for seed in seeds] for lr in lrs]
            for B, u in zip(batch_sizes, updates, strict=True)
        ]
    losses = np.nan_to_num(np.array(runs), nan=np.inf)  # (batch sizes, lrs, seeds, budgets)
    result = {}
    for j, name in enumerate(names):
        best = losses[..., j].mean(axis=-1).argmin(axis=-1)
        chosen = losses[np.arange(len(best)), best, :, j]
        ends = chosen.mean(axis=-1), chosen.min(axis=-1), chosen.max(axis=-1)
        result[name] = Spent(updates[:, j], *ends, np.asarray(lrs, dtype=float)[best])
    return result


def losses_after(
    updates: Sequence[int] | np.ndarray,
    model: Model,
    examples: Examples,
    batch_size: int,
    lr: float,
    seed: int,
) -> np.ndarray:
    """The loss over all examples after each of the given numbers of updates, in one run.

    The seed draws the initial parameters, then one shuffle for each epoch.
    """
    X, y = examples
    rng, rule = np.random.default_rng(seed), GD(lr)
    w = model.init(rng)
    batches = _epoch_after_epoch(len(y), batch_size, rng)
    seen = {}
    for k in range(max(updates) + 1):
        if k in updates:
            seen[k] = model.loss(w, X, y)
        batch = next(batches)
        w, _ = rule.step(w, model.grad(w, X[batch], y[batch]), ())
    return np.array([seen[k] for k in updates])


def _epoch_after_epoch(n: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    for _ in count():
        yield from minibatches(n, batch_size, rng)
