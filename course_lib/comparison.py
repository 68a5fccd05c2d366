"""A benchmark to reuse: methods x learning rates x seeds, each method's runs all at once.

    bench = Benchmark(Network((64, 16, 10)), centred(digits()))
    grid = bench.grid(METHODS, LRS, seeds=range(3))        name -> Trained, arrays (L, S)
    bench.run(Adam, [0.03], seeds=range(100, 105))         one method, one lr, five fresh seeds

Leading axes are free in every rule and in Network: w has shape (L, S, size), lr (L, 1, 1).
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from course_lib import optimizers
from course_lib.data import Examples, Splits
from course_lib.models import Network, log_softmax

Make = Callable[..., optimizers.Optimizer]

# The eleven methods of the course that take a vector, in its order; each is made from lr=...
METHODS: dict[str, Make] = {
    "SGD": optimizers.GD,
    "momentum": optimizers.Momentum,
    "Nesterov": optimizers.Nesterov,
    "Adagrad": optimizers.Adagrad,
    "Adadelta": optimizers.Adadelta,
    "RMSprop": optimizers.RMSprop,
    "Adam": optimizers.Adam,
    "AdamW": optimizers.AdamW,
    "AMSGrad": optimizers.AMSGrad,
    "Nadam": optimizers.Nadam,
    "Lion": optimizers.Lion,
}

LRS = np.array([0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0])
"""Ten learning rates, two to a power of ten: wide enough for all eleven."""


def centred(data: Splits) -> Splits:
    """Every column less its mean, all divided by one deviation; both of the training part alone.

    One number for all columns keeps rare pixels rare: divided each by its own deviation, as in
    lesson 02, a pixel that is inked in three images of 1347 would count as much as the others.
    """
    mean = data.train.X.mean(axis=0)
    deviation = (data.train.X - mean).std()
    return Splits(*(Examples((part.X - mean) / deviation, part.y) for part in data))


class Trained(NamedTuple):
    """What L x S runs came to: L learning rates, S seeds.

    loss, validation and test are mean cross-entropies, (L, S), nan or inf for a run that diverged.
    accuracy (L, S) is that of the test part, in per cent.
    """

    lrs: np.ndarray
    seeds: np.ndarray
    loss: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    accuracy: np.ndarray


@dataclass(frozen=True)
class Benchmark:
    """One task, the same for everyone: a network, data, epochs, batches, and how lr falls.

    decay(u) is the factor on lr after the share u of all updates, 0 <= u < 1: by default a straight
    line to 0. A seed draws the initial parameters, then one shuffle for each epoch, as in
    descent.train: every method gets the same ones.
    """

    model: Network
    data: Splits
    epochs: int = 12
    batch_size: int = 64
    decay: Callable[[float], float] = lambda u: 1 - u

    def run(self, make: Make, lrs: Sequence[float] | np.ndarray, seeds: Iterable[int]) -> Trained:
        """Train one method with every learning rate and every seed, as one broadcast computation.

        make(lr=...) gives the rule. A run that diverges is data, not an error. Raises ValueError
        if there is no learning rate or no seed.
        """
        rates, seeds = np.asarray(lrs, dtype=float), list(seeds)
        if not rates.size or not seeds:
            raise ValueError("a run needs a learning rate and a seed, such as lrs=[0.1], seeds=[0]")
        rngs = [np.random.default_rng(seed) for seed in seeds]
        starts = np.stack([self.model.init(rng) for rng in rngs])
        w = np.tile(starts, (len(rates), 1, 1))
        with threadpool_limits(1, user_api="blas"), np.errstate(all="ignore"):
            w = self._train(make, rates[:, None, None], w, rngs)
            parts = [_loss_and_accuracy(self.model, w, part) for part in self.data]
        (loss, _), (validation, _), (test, accuracy) = parts
        return Trained(rates, np.array(seeds), loss, validation, test, accuracy)

    def grid(
        self,
        methods: Mapping[str, Make],
        lrs: Sequence[float] | np.ndarray,
        seeds: Iterable[int],
        progress: bool = True,
    ) -> dict[str, Trained]:
        """Train every method with every learning rate and seed; a bar if it takes two seconds."""
        seeds = list(seeds)
        # Builds set TQDM_DISABLE, which the bar of a notebook does not read.
        off = not progress or bool(os.environ.get("TQDM_DISABLE"))
        bar = tqdm(methods.items(), desc="methods", delay=2, disable=off)
        return {name: self.run(make, lrs, seeds) for name, make in bar}

    def _train(
        self, make: Make, rates: np.ndarray, w: np.ndarray, rngs: list[np.random.Generator]
    ) -> np.ndarray:
        X, y = self.data.train
        updates = self.epochs * -(-len(y) // self.batch_size)
        state, k = make(lr=rates).init(w), 0
        for _ in range(self.epochs):
            order = np.stack([rng.permutation(len(y)) for rng in rngs])
            for i in range(0, len(y), self.batch_size):
                batch = order[:, i : i + self.batch_size]  # (S, B): each seed has its own
                rule = make(lr=rates * self.decay(k / updates))
                g = self.model.grad(rule.lookahead(w, state), X[batch], y[batch])
                w, state = rule.step(w, g, state)
                k += 1
        return w


def _loss_and_accuracy(
    model: Network, w: np.ndarray, part: Examples
) -> tuple[np.ndarray, np.ndarray]:
    """Mean cross-entropy and per cent right, for w of shape (..., size)."""
    z = model.scores(w, part.X)
    labels = np.broadcast_to(part.y, z.shape[:-1])[..., None]
    right = np.take_along_axis(log_softmax(z), labels, axis=-1)
    return -right.mean(axis=(-1, -2)), 100 * np.mean(z.argmax(axis=-1) == part.y, axis=-1)


def look_up(grid: Mapping[str, Trained]) -> Callable[[str, float, int], tuple[float, float]]:
    """run(method, lr, seed) -> (validation loss, test loss), read from a finished grid.

    Raises ValueError for a run that is not in it.
    """

    def run(method: str, lr: float, seed: int) -> tuple[float, float]:
        done = grid.get(method)
        if done is None or lr not in done.lrs or seed not in done.seeds:
            raise ValueError(f"the grid has no run of {method!r} with lr {lr} and seed {seed}")
        at = int(np.argmax(done.lrs == lr)), int(np.argmax(done.seeds == seed))
        return float(done.validation[at]), float(done.test[at])

    return run
