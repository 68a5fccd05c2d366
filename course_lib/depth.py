"""Deep networks: how their weights start, and how large the signals are, layer by layer.

A layer multiplies by a matrix of random numbers. Forward, the size of an activation is multiplied
by about sqrt(fan_in * variance) times what the activation function does to it; backward, the size
of a gradient by about sqrt(fan_out * variance) times the function's slope. Ten layers make ten
factors.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib.data import Splits
from course_lib.descent import train
from course_lib.models import Model, Network
from course_lib.optimizers import Optimizer
from course_lib.problems import Problem

# name -> the variance of a layer's weights, from the numbers of its inputs and its outputs
INITIALISATIONS: dict[str, Callable[[int, int], float]] = {
    "zeros": lambda fan_in, fan_out: 0.0,
    "small": lambda fan_in, fan_out: 1e-4,
    "xavier": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he": lambda fan_in, fan_out: 2 / fan_in,
}


def init_weights(z: np.ndarray, kind: str | float) -> np.ndarray:
    """Scale standard normal numbers z (fan_in, fan_out) to the first weights of a layer.

        W = z * sqrt(variance)

        zeros     0
        small     1e-4, a deviation of 0.01 whatever the width
        xavier    2 / (fan_in + fan_out)    keeps sizes, half for the way forward and half for the
                                            way back, where the activation function has slope 1
        he        2 / fan_in                twice as much forward: ReLU loses half of it
        a number  kind^2 / fan_in           this gain; Xavier's is 1 and He's sqrt(2), where all
                                            layers have one width

    Raises ValueError for another kind, and if z is no matrix.
    Source: Glorot and Bengio 2010, who draw from a uniform distribution of that variance; He,
    Zhang, Ren and Sun 2015. PyTorch stores a layer's weights as (fan_out, fan_in), and may take
    fan_out for He's (mode="fan_out"), which keeps gradients in place of activations. LeCun's
    variance is 1 / fan_in.
    """
    if np.ndim(z) != 2:
        raise ValueError(f"z must be a matrix (fan_in, fan_out), got shape {np.shape(z)}")
    fan_in, fan_out = np.shape(z)
    if isinstance(kind, int | float):
        return np.asarray(z) * (kind / np.sqrt(fan_in))
    if kind not in INITIALISATIONS:
        names = ", ".join(INITIALISATIONS)
        raise ValueError(f"kind must be one of {names}, or a number, the gain; got {kind!r}")
    return np.asarray(z) * np.sqrt(INITIALISATIONS[kind](fan_in, fan_out))


@dataclass(frozen=True)
class DeepNetwork(Network):
    """A Network whose first weights are of a kind that you choose; see init_weights.

    Biases start at zero. Raises ValueError as Network does, and for an unknown kind.
    """

    start: str | float = "he"

    def __post_init__(self) -> None:
        super().__post_init__()
        init_weights(np.zeros((1, 1)), self.start)  # refuses an unknown kind now, not later

    def init(self, rng: np.random.Generator) -> np.ndarray:
        w = np.zeros(self.size)
        for W, _ in self.unpack(w):
            W[:] = init_weights(rng.normal(size=W.shape), self.start)
        return w


def deep(layers: int, activation: str, start: str | float, width: int = 32) -> DeepNetwork:
    """A network for the digits: so many layers of weights, 64 inputs, 10 classes."""
    return DeepNetwork((64, *[width] * (layers - 1), 10), activation, start)


def stack(Ws: Sequence[np.ndarray], activation: str) -> tuple[Network, np.ndarray]:
    """The network whose weight matrices are Ws, first layer first, with zero biases; and its w."""
    model = Network((len(Ws[0]), *(W.shape[1] for W in Ws)), activation)
    w = np.zeros(model.size)
    for (mine, _), W in zip(model.unpack(w), Ws, strict=True):
        mine[:] = W
    return model, w


class Signals(NamedTuple):
    """Sizes in a network of L layers, each of shape (L,), first layer first.

    activations: the root mean square of what a layer puts out; of the last, the scores.
    spread: the same after each unit's mean over the examples is taken off. It is what tells one
    example from another, and so all that a later layer can learn from.
    gradients: the norm of the loss's gradient with respect to a layer's weights.
    """

    activations: np.ndarray
    spread: np.ndarray
    gradients: np.ndarray


def signals(model: Network, w: np.ndarray, X: np.ndarray, y: np.ndarray) -> Signals:
    """How large activations and gradients are in every layer, for weights w and examples X, y.

    The norm is Frobenius's: the root of the sum of squares of all entries. Biases are left out.
    """
    outputs = model.forward(w, X)[1:]
    layers = model.unpack(model.grad(w, X, y))
    return Signals(
        activations=np.array([np.sqrt(np.mean(a**2)) for a in outputs]),
        spread=np.array([np.sqrt(np.mean(a.var(axis=0))) for a in outputs]),
        gradients=np.array([np.linalg.norm(dW) for dW, _ in layers]),
    )


class Tuned(NamedTuple):
    """A rule with its best learning rate on one network.

    lrs (K,); validation (K, seeds): accuracy after training; lr: the one of the best mean of these
    (of equals, the first); test (seeds,): accuracy at that lr; loss (seeds,): training loss there.
    """

    lrs: np.ndarray
    validation: np.ndarray
    lr: float
    test: np.ndarray
    loss: np.ndarray


def tune(
    rule: Callable[[float], Optimizer],
    model: Model,
    data: Splits,
    lrs: ArrayLike,
    seeds: Iterable[int] = range(3),
    epochs: int = 5,
    batch_size: int = 32,
) -> Tuned:
    """Train with every learning rate from every seed, and choose the lr by validation accuracy.

    rule(lr) makes the optimizer. A run that diverged counts with the accuracy that is left.
    """
    rates = np.asarray(lrs, dtype=float)
    runs = [
        [
            train(rule(lr), model, data, epochs, batch_size, np.random.default_rng(s), False)
            for s in seeds
        ]
        for lr in rates
    ]
    validation = np.array([[run.validation_accuracy[-1] for run in row] for row in runs])
    k = int(validation.mean(axis=1).argmax())
    return Tuned(
        lrs=rates,
        validation=validation,
        lr=float(rates[k]),
        test=np.array([model.accuracy(run.w, *data.test) for run in runs[k]]),
        loss=np.array([run.loss[-1] for run in runs[k]]),
    )


class Factored:
    """A problem whose every coordinate is a product of `layers` equal factors.

        g(u) = f(u^layers),    grad g = layers * u^(layers-1) * grad f(u^layers)

    The plainest deep network: one unit wide, without an activation function. Its slope vanishes
    where a factor does. Start, minimum and box are those of u. Raises ValueError for fewer than
    one layer, and for a start or a minimum of f that has a negative coordinate.
    Source: Saxe, McClelland and Ganguli 2014.
    """

    def __init__(self, problem: Problem, layers: int) -> None:
        if layers < 1:
            raise ValueError(f"layers must be 1 or more, got {layers}")
        if min(np.min(problem.start), np.min(problem.minimum)) < 0:
            raise ValueError(
                f"start and minimum must not be negative, to have roots; {problem.name} has "
                f"{problem.start} and {problem.minimum.tolist()}"
            )
        self.problem, self.layers = problem, layers
        self.name = f"{problem.name}, {layers} factors"
        self.start = problem.start ** (1 / layers)
        self.minimum = problem.minimum ** (1 / layers)
        self.box = tuple((-float(s) - 1, float(s) + 1) for s in self.start)

    def value(self, w: ArrayLike) -> np.ndarray:
        return self.problem.value(np.asarray(w) ** self.layers)

    def grad(self, w: ArrayLike) -> np.ndarray:
        u = np.asarray(w)
        return self.layers * u ** (self.layers - 1) * self.problem.grad(u**self.layers)
