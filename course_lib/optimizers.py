"""The update rules, easiest first.

Every rule is three pure methods on a frozen set of hyperparameters:

    state = optimizer.init(w)                 what the rule remembers, before the first step
    w, state = optimizer.step(w, g, state)    new arrays; the inputs are left alone
    point = optimizer.lookahead(w, state)     where the rule wants its gradient

The rules act on each coordinate alone, so any shape will do. With w of shape (K, d) and lr of
shape (K, 1) one call runs K learning rates at once.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np


class Optimizer(Protocol):
    """What every update rule offers: one step is w, state = step(w, g, state)."""

    @property
    def lr(self) -> float | np.ndarray: ...

    def init(self, w: np.ndarray) -> Any: ...

    def step(self, w: np.ndarray, g: np.ndarray, state: Any) -> tuple[np.ndarray, Any]: ...

    def lookahead(self, w: np.ndarray, state: Any) -> np.ndarray: ...


# eq=False in all of them: lr may be an array, and two arrays have no single "equal".


@dataclass(frozen=True, eq=False)
class GD:
    """Gradient descent.

        w_t = w_{t-1} - lr * g_t

    w and g share one shape S; there is no state. lr > 0 is a number or an array that broadcasts
    against S, in units of w per unit of gradient.

    Source: Cauchy 1847, who chose lr anew in every step by searching along the line. Here lr is
    constant, as in PyTorch, Optax and Keras, where the rule is called SGD: the step is the same,
    only the gradient comes from a mini-batch.
    """

    lr: float | np.ndarray

    def init(self, w: np.ndarray) -> tuple[()]:
        return ()

    def step(self, w: np.ndarray, g: np.ndarray, state: tuple[()]) -> tuple[np.ndarray, tuple[()]]:
        return w - self.lr * g, ()

    def lookahead(self, w: np.ndarray, state: tuple[()]) -> np.ndarray:
        return w


@dataclass(frozen=True, eq=False)
class Momentum:
    """Heavy-ball momentum.

        v_t = beta * v_{t-1} + g_t
        w_t = w_{t-1} - lr * v_t

    w, g and v share one shape S. v is a sum of gradients, not an average: it starts at zero, has
    the units of a gradient, and under a constant gradient grows to g / (1 - beta). lr > 0 and
    0 <= beta < 1 are numbers or arrays that broadcast against S.

    Source: Polyak 1964, with lr outside v as in PyTorch and Optax. Keras and Sutskever et al. 2013
    put lr inside v: the same path while lr is constant, another one after it changes.
    """

    lr: float | np.ndarray
    beta: float | np.ndarray = 0.9

    def init(self, w: np.ndarray) -> np.ndarray:
        return np.zeros_like(w)

    def step(self, w: np.ndarray, g: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        v = self.beta * v + g
        return w - self.lr * v, v

    def lookahead(self, w: np.ndarray, v: np.ndarray) -> np.ndarray:
        return w
