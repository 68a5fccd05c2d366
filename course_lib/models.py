"""Models with parameters: a linear classifier and a small network, gradients by hand.

All parameters of a model live in one flat vector w, so that every update rule applies as it is,
and so does every check of a gradient:

    w = model.init(rng)               (size,)
    model.loss(w, X, y)               mean cross-entropy, in nats
    model.grad(w, X, y)               (size,)
    model.accuracy(w, X, y)           share of rows whose largest score is at the label

X has shape (n, features); y has shape (n,), labels 0 .. classes-1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np


class Model(Protocol):
    """What every model offers; all its parameters are in one flat array w."""

    @property
    def size(self) -> int: ...
    def init(self, rng: np.random.Generator) -> np.ndarray: ...
    def loss(self, w: np.ndarray, X: np.ndarray, y: np.ndarray) -> float: ...
    def grad(self, w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray: ...
    def accuracy(self, w: np.ndarray, X: np.ndarray, y: np.ndarray) -> float: ...


def log_softmax(z: np.ndarray) -> np.ndarray:
    """log of exp(z_k) / sum_j exp(z_j) along the last axis.

    The largest score of each row is taken off first: the result is the same, and exp cannot
    overflow.
    """
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))


def softmax(z: np.ndarray) -> np.ndarray:
    """exp(z_k) / sum_j exp(z_j) along the last axis, safe from overflow like log_softmax."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    e /= e.sum(axis=-1, keepdims=True)
    return e


def cross_entropy(z: np.ndarray, y: np.ndarray) -> float:
    """Mean over rows of -log softmax(z)[label]; z has shape (n, classes)."""
    return float(-np.mean(log_softmax(z)[np.arange(len(y)), y]))


def cross_entropy_grad(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of cross_entropy with respect to z: (softmax(z) - onehot(y)) / n.

    z has shape (..., n, classes), y has shape (n,) or any that broadcasts to (..., n).
    """
    p = softmax(z)
    rows = p.reshape(-1, p.shape[-1])  # a view: p is new, and in order
    labels = y if p.ndim == 2 else np.broadcast_to(y, p.shape[:-1]).ravel()
    rows[np.arange(len(rows)), labels] -= 1
    p /= p.shape[-2]
    return p


@dataclass(frozen=True)
class SoftmaxRegression:
    """Linear scores, then softmax: convex in its parameters.

        z = X W + b,    loss = -mean log softmax(z)[y]
        dloss/dW = X^T (softmax(z) - onehot(y)) / n,    dloss/db = its column sums without X

    w holds W (features, classes), row by row, then b (classes,). It starts at zero: the loss is
    convex, so any start will do, and rng is not used. Source: Cox 1958; Bishop 2006 for the
    gradient. scikit-learn's LogisticRegression adds an L2 penalty by default.
    """

    features: int
    classes: int

    @property
    def size(self) -> int:
        return (self.features + 1) * self.classes

    def unpack(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """W and b, as views into w."""
        return w[: -self.classes].reshape(self.features, self.classes), w[-self.classes :]

    def init(self, rng: np.random.Generator) -> np.ndarray:
        return np.zeros(self.size)

    def scores(self, w: np.ndarray, X: np.ndarray) -> np.ndarray:
        W, b = self.unpack(w)
        return X @ W + b

    def loss(self, w: np.ndarray, X: np.ndarray, y: np.ndarray) -> float:
        return cross_entropy(self.scores(w, X), y)

    def grad(self, w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        dz = cross_entropy_grad(self.scores(w, X), y)
        return np.concatenate([(X.T @ dz).ravel(), dz.sum(axis=0)])

    def accuracy(self, w: np.ndarray, X: np.ndarray, y: np.ndarray) -> float:
        return float(np.mean(self.scores(w, X).argmax(axis=1) == y))


# name: the activation, its slope as a function of its own output, and the variance of initial
# weights that keeps the size of activations from layer to layer: He et al. 2015 for ReLU,
# Glorot and Bengio 2010 for tanh. None does so for the sigmoid, which gets tanh's.
Activation = tuple[
    Callable[[np.ndarray], np.ndarray],
    Callable[[np.ndarray], np.ndarray],
    Callable[[int, int], float],
]
ACTIVATIONS: dict[str, Activation] = {
    "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0, lambda n, m: 2 / n),
    "tanh": (np.tanh, lambda a: 1 - a**2, lambda n, m: 2 / (n + m)),
    # 1 / (1 + exp(-z)), written so that exp cannot overflow
    "sigmoid": (
        lambda z: (1 + np.tanh(z / 2)) / 2,
        lambda a: a * (1 - a),
        lambda n, m: 2 / (n + m),
    ),
}


@dataclass(frozen=True)
class Network:
    """A fully connected network with softmax on top.

    With a_0 = X and layers l = 1 .. L:

        z_l = a_{l-1} W_l + b_l,    a_l = act(z_l)  for l < L,    loss = -mean log softmax(z_L)[y]

    Backpropagation goes from the loss to the input, d_l being the gradient with respect to z_l:

        d_L     = (softmax(z_L) - onehot(y)) / n
        dW_l    = a_{l-1}^T d_l,    db_l = column sums of d_l
        d_{l-1} = (d_l W_l^T) * act'(z_{l-1})

    layers are the widths, (features, hidden, ..., classes); w holds W_1 (in, out) row by row, b_1,
    W_2, ... ReLU has slope 0 at 0. Weights start as normal numbers of variance 2/in (relu) or
    2/(in + out) (tanh, sigmoid), biases at zero. Raises ValueError for fewer than two widths, a
    width below 1, or an unknown activation. Source: Rumelhart, Hinton and Williams 1986. PyTorch
    stores W transposed, and starts from a uniform distribution of variance 1/(3 in).

    unpack, forward, scores and grad take any leading axes of w: with w of shape (K, size) they
    serve K networks at once, on the same X (n, features) or each on its own, X (K, n, features).
    """

    layers: tuple[int, ...]
    activation: str = "relu"

    def __post_init__(self) -> None:
        if len(self.layers) < 2 or min(self.layers) < 1:
            raise ValueError(
                f"layers must be widths such as (64, 32, 10), input first, got {self.layers}"
            )
        if self.activation not in ACTIVATIONS:
            raise ValueError(
                f"activation must be one of {', '.join(ACTIVATIONS)}, got {self.activation!r}"
            )

    @property
    def shapes(self) -> list[tuple[int, int]]:
        return list(pairwise(self.layers))

    @property
    def size(self) -> int:
        return sum((n + 1) * m for n, m in self.shapes)

    def unpack(self, w: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """[(W_1, b_1), ...], as views into w."""
        params, i = [], 0
        for n, m in self.shapes:
            W, b = w[..., i : i + n * m], w[..., i + n * m : i + (n + 1) * m]
            params.append((W.reshape(*w.shape[:-1], n, m), b))
            i += (n + 1) * m
        return params

    def init(self, rng: np.random.Generator) -> np.ndarray:
        w = np.zeros(self.size)
        _, _, variance = ACTIVATIONS[self.activation]
        for W, _ in self.unpack(w):
            W[:] = rng.normal(scale=np.sqrt(variance(*W.shape)), size=W.shape)
        return w

    def forward(self, w: np.ndarray, X: np.ndarray) -> list[np.ndarray]:
        """[a_0, a_1, ..., z_L]: the input, each hidden layer, and the scores."""
        act, _, _ = ACTIVATIONS[self.activation]
        *hidden, (W, b) = self.unpack(w)
        outputs = [X]
        for V, c in hidden:
            outputs.append(act(outputs[-1] @ V + c[..., None, :]))
        return [*outputs, outputs[-1] @ W + b[..., None, :]]

    def scores(self, w: np.ndarray, X: np.ndarray) -> np.ndarray:
        return self.forward(w, X)[-1]

    def loss(self, w: np.ndarray, X: np.ndarray, y: np.ndarray) -> float:
        return cross_entropy(self.scores(w, X), y)

    def grad(self, w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        _, slope, _ = ACTIVATIONS[self.activation]
        g = np.empty_like(w, dtype=float)
        *a, z = self.forward(w, X)
        d = cross_entropy_grad(z, y)
        layers = list(zip(a, self.unpack(w), self.unpack(g), strict=True))
        for l, (a_in, (W, _), (dW, db)) in reversed(list(enumerate(layers))):
            np.matmul(a_in.swapaxes(-1, -2), d, out=dW)
            d.sum(axis=-2, out=db)
            if l > 0:  # below the first layer there is nothing to learn
                d = d @ W.swapaxes(-1, -2) * slope(a_in)
        return g

    def accuracy(self, w: np.ndarray, X: np.ndarray, y: np.ndarray) -> float:
        return float(np.mean(self.scores(w, X).argmax(axis=1) == y))
