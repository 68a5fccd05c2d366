"""Tune a method on some starts, judge it on others."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from course_lib.data import Splits
from course_lib.descent import train
from course_lib.models import Model
from course_lib.optimizers import Optimizer


class Playoff(NamedTuple):
    """The learning rate chosen, and what it did from fresh starts.

    validation (L,) holds the mean accuracy of each learning rate over the tuning seeds; at_edge
    says that the best one is the first or the last of the grid, so that a better one may lie
    beyond. loss and test (F,) are the training loss and the test accuracy of each fresh seed.
    Accuracies are in per cent.
    """

    lr: float
    at_edge: bool
    validation: np.ndarray
    loss: np.ndarray
    test: np.ndarray

    @property
    def error(self) -> float:
        """The standard error of the mean test accuracy over the fresh seeds."""
        return float(self.test.std(ddof=1) / np.sqrt(len(self.test)))


def playoff(
    make: Callable[[float], Optimizer],
    lrs: Sequence[float] | np.ndarray,
    model: Model,
    data: Splits,
    epochs: int,
    tuning: Iterable[int] = range(3),
    fresh: Iterable[int] = range(100, 105),
    batch_size: int = 32,
    decay: Callable[[float], float] | None = None,
) -> Playoff:
    """Choose lr by the mean validation accuracy over tuning seeds; then judge it on fresh ones.

    make(lr) gives the rule. decay(u) is the factor on its learning rate after the share u of all
    updates, 0 <= u < 1; without it the learning rate is constant. The test part is looked at once,
    with the chosen lr; of equals the first is taken. A seed draws the initial parameters and all
    shuffles, so that every method gets the same ones. Source: the protocol of Choi et al. 2019, in
    small.
    """

    updates = epochs * -(-len(data.train.y) // batch_size)

    def run(lr: float, seed: int) -> tuple[float, float, np.ndarray]:
        rng, rule = np.random.default_rng(seed), make(lr)
        falls = None if decay is None else lambda k: rule.lr * decay(k / updates)
        done = train(rule, model, data, epochs, batch_size, rng, progress=False, schedule=falls)
        return done.loss[-1], 100 * done.validation_accuracy[-1], done.w

    tuning = list(tuning)
    validation = np.array([np.mean([run(lr, seed)[1] for seed in tuning]) for lr in lrs])
    k = int(np.argmax(validation))
    ends = [run(lrs[k], seed) for seed in fresh]
    return Playoff(
        lr=float(lrs[k]),
        at_edge=k in (0, len(lrs) - 1),
        validation=validation,
        loss=np.array([loss for loss, _, _ in ends]),
        test=np.array([100 * model.accuracy(w, *data.test) for _, _, w in ends]),
    )
