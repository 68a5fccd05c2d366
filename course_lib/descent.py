"""The loops: a path on a problem, and epochs of mini-batches."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from course_lib.data import Splits
from course_lib.models import Model
from course_lib.optimizers import Optimizer
from course_lib.problems import Problem

Schedule = Callable[[int], float | np.ndarray]


class Path(NamedTuple):
    """Where a run went: points (steps+1, ..., d) and the loss there, values (steps+1, ...)."""

    points: np.ndarray
    values: np.ndarray


def descend(
    optimizer: Optimizer,
    problem: Problem,
    start: ArrayLike | None = None,
    steps: int = 100,
    schedule: Schedule | None = None,
) -> Path:
    """Take `steps` steps on a problem and return the path, the start included.

    start has shape (d,), by default the problem's own, or (K, d) for K runs at once; with lr of
    shape (K, 1) each of them has its own learning rate. schedule(k) gives the learning rate of
    update k, for k = 0 .. steps-1. A run that diverges is data, not an error: its values grow to
    inf and then to nan, without a warning. Raises ValueError for negative steps, and for a start
    whose shape the step does not keep.
    """
    if steps < 0:
        raise ValueError(f"steps must be 0 or more, got {steps}")
    # order="F": one coordinate of all runs lies side by side in memory, so that hyperparameters of
    # shape (K, 1) meet one long row per coordinate, not K short ones: a third less time at K = 1e4.
    w = np.array(problem.start if start is None else start, dtype=float, order="F")
    state = optimizer.init(w)
    points = np.moveaxis(np.empty((*w.shape, steps + 1), order="F"), -1, 0)
    values = np.empty((steps + 1, *w.shape[:-1]))
    with np.errstate(over="ignore", invalid="ignore"):
        points[0], values[0] = w, problem.value(w)
        for k in range(steps):
            rule = optimizer if schedule is None else with_lr(optimizer, schedule(k))
            g = np.asarray(problem.grad(rule.lookahead(w, state)), order="F")
            w, state = rule.step(w, g, state)
            if w.shape != points.shape[1:]:
                raise ValueError(
                    f"start has shape {points.shape[1:]} but one step gives {w.shape}: for K "
                    "learning rates of shape (K, 1) give K starts, np.tile(start, (K, 1))"
                )
            points[k + 1], values[k + 1] = w, problem.value(w)
    return Path(points, values)


AnyOptimizer = TypeVar("AnyOptimizer", bound=Optimizer)


def with_lr(optimizer: AnyOptimizer, lr: float | np.ndarray) -> AnyOptimizer:
    """The same rule with another learning rate, so that no rule needs to know of schedules."""
    changed: Any = replace(optimizer, lr=lr)  # type: ignore[type-var]
    return changed


class History(NamedTuple):
    """What a training run did: row 0 is before the first epoch, row e after epoch e."""

    loss: np.ndarray  # (epochs+1,), over all training examples
    validation_accuracy: np.ndarray  # (epochs+1,), between 0 and 1
    w: np.ndarray  # the parameters at the end
    updates: int  # steps taken


def minibatches(
    n: int, batch_size: int, rng: np.random.Generator, drop_last: bool = False
) -> Iterator[np.ndarray]:
    """One epoch: the indices 0 .. n-1, shuffled and cut into batches; the last may be short.

    With drop_last a short last batch is left out, as PyTorch's DataLoader does if asked.
    """
    order = rng.permutation(n)
    for i in range(0, n - n % batch_size if drop_last else n, batch_size):
        yield order[i : i + batch_size]


def train(
    optimizer: Optimizer,
    model: Model,
    data: Splits,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    progress: bool = True,
    schedule: Schedule | None = None,
    drop_last: bool = False,
) -> History:
    """Train a model on mini-batches, reshuffled in every epoch.

    rng first draws the initial parameters, then one shuffle per epoch. schedule(k) gives the
    learning rate of update k = 0, 1, ..., counted over all epochs. drop_last leaves out the short
    batch at the end of an epoch, which has the noise of few examples. A run of more than two
    seconds shows a progress bar, unless progress is False. A run that diverges gives inf or nan,
    without a warning. Raises ValueError for negative epochs or a batch size below 1.
    """
    if epochs < 0 or batch_size < 1:
        raise ValueError(
            f"epochs must be 0 or more and batch_size 1 or more, got {epochs} and {batch_size}"
        )
    X, y = data.train.X, data.train.y
    w = model.init(rng)
    state = optimizer.init(w)
    rows, updates = [], 0

    def measure() -> None:
        accuracy = model.accuracy(w, data.validation.X, data.validation.y)
        rows.append((model.loss(w, X, y), accuracy))

    # One thread: for matrices this small, handing work to a second one takes longer than doing it.
    with threadpool_limits(1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):
        measure()
        for _ in tqdm(range(epochs), desc="epochs", delay=2, disable=not progress):
            for batch in minibatches(len(y), batch_size, rng, drop_last):
                rule = optimizer if schedule is None else with_lr(optimizer, schedule(updates))
                g = model.grad(rule.lookahead(w, state), X[batch], y[batch])
                w, state = rule.step(w, g, state)
                updates += 1
            measure()
    loss, accuracy = np.array(rows).T
    return History(loss, accuracy, w, updates)
