"""The forms that papers and libraries give to the same methods, to be compared, not to be used.

Each class is a rule of course_lib.optimizers with its step written the other way, so `descend`
takes it as well. FORMS says who uses which form; `conventions` runs them on the same gradients.
Every form is held against a recording of the library that it is named for (tests/golden).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib.optimizers import (
    Adadelta,
    Adagrad,
    Adam,
    AdamState,
    AMSGrad,
    AMSGradState,
    Momentum,
    Nadam,
    Nesterov,
    Optimizer,
    RMSprop,
)
from course_lib.streams import remember

Array = np.ndarray


class MomentumLrInside(Momentum):
    """v = beta * v + lr * g,  w = w - v: the velocity is a step, and keeps the lr of its time."""

    def step(self, w: Array, g: Array, v: Array) -> tuple[Array, Array]:
        v = self.beta * v + self.lr * g
        return w - v, v


class MomentumAverage(Momentum):
    """v = beta * v + (1 - beta) * g,  w = w - lr * v: v is a mean gradient.

    At the same lr its steps are 1 - beta times those of Momentum.
    """

    def step(self, w: Array, g: Array, v: Array) -> tuple[Array, Array]:
        v = self.beta * v + (1 - self.beta) * g
        return w - self.lr * v, v


class NesterovLrInside(Nesterov):
    """v = beta * v + lr * g,  w = w - v, with g asked for at w - beta * v."""

    def step(self, w: Array, g: Array, v: Array) -> tuple[Array, Array]:
        v = self.beta * v + self.lr * g
        return w - v, v

    def lookahead(self, w: Array, v: Array) -> Array:
        return w - self.beta * v


class NesterovStored(Nesterov):
    """v = beta * v + g,  y = y - lr * (g + beta * v): y, the look-ahead point, is all there is."""

    def step(self, w: Array, g: Array, v: Array) -> tuple[Array, Array]:
        v = self.beta * v + g
        return w - self.lr * (g + self.beta * v), v

    def lookahead(self, w: Array, v: Array) -> Array:
        return w


class NesterovStoredLrInside(NesterovStored):
    """v = beta * v + lr * g,  y = y - (lr * g + beta * v)."""

    def step(self, w: Array, g: Array, v: Array) -> tuple[Array, Array]:
        v = self.beta * v + self.lr * g
        return w - (self.lr * g + self.beta * v), v


@dataclass(frozen=True, eq=False)
class AdagradEpsInside(Adagrad):
    """w = w - lr * g / sqrt(G + eps), with G = G0 at the start: eps is added to a square."""

    G0: float = 0.1

    def init(self, w: Array) -> Array:
        return np.full_like(w, self.G0)

    def step(self, w: Array, g: Array, G: Array) -> tuple[Array, Array]:
        G = G + g**2
        return w - self.lr * g / np.sqrt(G + self.eps), G


class RMSpropEpsInside(RMSprop):
    """w = w - lr * g / sqrt(s + eps): eps is added to a square."""

    def step(self, w: Array, g: Array, s: Array) -> tuple[Array, Array]:
        s = self.rho * s + (1 - self.rho) * g**2
        return w - self.lr * g / np.sqrt(s + self.eps), s


def _moments(rule: Any, g: Array, state: Any) -> tuple[int, Array, Array]:
    """t, m and v of Adam and its kin: what no form disputes."""
    m = rule.beta1 * state.m + (1 - rule.beta1) * g
    v = rule.beta2 * state.v + (1 - rule.beta2) * g**2
    return state.t + 1, m, v


class AdamEpsInside(Adam):
    """w = w - lr * m_hat / sqrt(v_hat + eps): eps is added to a square."""

    def step(self, w: Array, g: Array, state: AdamState) -> tuple[Array, AdamState]:
        t, m, v = _moments(self, g, state)
        m_hat, v_hat = m / (1 - self.beta1**t), v / (1 - self.beta2**t)
        return w - self.lr * m_hat / np.sqrt(v_hat + self.eps), AdamState(m, v, t)


class AdamEpsHat(Adam):
    """w = w - lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + eps).

    Algorithm 1 with eps / sqrt(1 - beta2^t) for eps: 32 times as much in the first step.
    """

    def step(self, w: Array, g: Array, state: AdamState) -> tuple[Array, AdamState]:
        t, m, v = _moments(self, g, state)
        lr = self.lr * np.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)
        return w - lr * m / (np.sqrt(v) + self.eps), AdamState(m, v, t)


class AMSGradUncorrected(AMSGrad):
    """w = w - lr * m / (sqrt(v_max) + eps): no bias correction at all."""

    def step(self, w: Array, g: Array, state: AMSGradState) -> tuple[Array, AMSGradState]:
        t, m, v = _moments(self, g, state)
        v_max = np.maximum(state.v_max, v)
        return w - self.lr * m / (np.sqrt(v_max) + self.eps), AMSGradState(m, v, v_max, t)


class AMSGradMaxOfCorrected(AMSGrad):
    """v_max = max(v_max, v_hat): the early, large v_hat is never forgotten."""

    def step(self, w: Array, g: Array, state: AMSGradState) -> tuple[Array, AMSGradState]:
        t, m, v = _moments(self, g, state)
        v_max = np.maximum(state.v_max, v / (1 - self.beta2**t))
        m_hat = m / (1 - self.beta1**t)
        return w - self.lr * m_hat / (np.sqrt(v_max) + self.eps), AMSGradState(m, v, v_max, t)


class AMSGradEpsHat(AMSGrad):
    """AMSGrad with eps added to the root of the uncorrected v_max, as in AdamEpsHat."""

    def step(self, w: Array, g: Array, state: AMSGradState) -> tuple[Array, AMSGradState]:
        t, m, v = _moments(self, g, state)
        v_max = np.maximum(state.v_max, v)
        lr = self.lr * np.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)
        return w - lr * m / (np.sqrt(v_max) + self.eps), AMSGradState(m, v, v_max, t)


class ScheduledState(NamedTuple):
    """As AdamState, and the product mu_1 ... mu_t."""

    m: Array
    v: Array
    product: float | Array
    t: int


@dataclass(frozen=True, eq=False)
class NadamScheduled(Nadam):
    """Nadam whose momentum grows: mu_t = beta1 * (1 - 0.96^(decay t) / 2), from half of beta1.

        m_bar = mu_{t+1} m_t / (1 - mu_1 ... mu_{t+1}) + (1 - mu_t) g_t / (1 - mu_1 ... mu_t)

    m_t itself decays by beta1. At decay 1, mu is within 1 % of beta1 after 96 steps; at 0.004,
    after 24,000.
    """

    decay: float = 0.004

    def init(self, w: Array) -> Any:
        return ScheduledState(np.zeros_like(w), np.zeros_like(w), 1.0, 0)

    def step(self, w: Array, g: Array, state: Any) -> tuple[Array, Any]:
        t, m, v = _moments(self, g, state)
        mu, mu_next = (self.beta1 * (1 - 0.5 * 0.96 ** (self.decay * s)) for s in (t, t + 1))
        product = state.product * mu
        m_bar = mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
        v_hat = v / (1 - self.beta2**t)
        return w - self.lr * m_bar / (np.sqrt(v_hat) + self.eps), ScheduledState(m, v, product, t)


# method -> who -> the form. "course" is the rule that the course teaches. "paper" is missing where
# the source leaves the form open: the lecture on RMSprop names no eps. The other names are forms.
FORMS: dict[str, dict[str, Callable[..., Optimizer]]] = {
    "momentum": {
        "course": Momentum,
        "paper": MomentumLrInside,  # Polyak 1964: beta times the step before, whatever its lr
        "PyTorch": Momentum,
        "Keras": MomentumLrInside,
        "Optax": Momentum,
        "average": MomentumAverage,  # optax.ema; the m of Adam
    },
    "Nesterov": {
        "course": Nesterov,
        "paper": NesterovLrInside,  # Nesterov 1983, Sutskever et al. 2013
        "PyTorch": NesterovStored,
        "Keras": NesterovStoredLrInside,
        "Optax": NesterovStored,
    },
    "Adagrad": {
        "course": Adagrad,
        "paper": Adagrad,  # Duchi et al. 2011
        "PyTorch": Adagrad,
        "Keras": AdagradEpsInside,
        "Optax": AdagradEpsInside,
    },
    "Adadelta": dict.fromkeys(("course", "paper", "PyTorch", "Keras", "Optax"), Adadelta),
    "RMSprop": {
        "course": RMSprop,
        "PyTorch": RMSprop,
        "Keras": RMSpropEpsInside,
        "Optax": RMSpropEpsInside,
    },
    "Adam": {
        "course": Adam,
        "paper": Adam,  # Kingma and Ba 2015, Algorithm 1
        "PyTorch": Adam,
        "Keras": AdamEpsHat,  # the faster form at the end of the paper's section 2
        "Optax": Adam,
        "eps inside": AdamEpsInside,  # optax.adam with eps_root
    },
    "AMSGrad": {
        "course": AMSGrad,
        "paper": AMSGradUncorrected,  # Reddi et al. 2018, Algorithm 2; eps added here against 0/0
        "PyTorch": AMSGrad,
        "Keras": AMSGradEpsHat,
        "Optax": AMSGradMaxOfCorrected,
    },
    "Nadam": {
        "course": Nadam,
        "PyTorch": NadamScheduled,
        "Keras": partial(NadamScheduled, decay=1.0),
        "Optax": Nadam,
    },
}


def follow(
    optimizer: Optimizer, grads: ArrayLike, start: ArrayLike = 0.0, lrs: ArrayLike | None = None
) -> Array:
    """The path of a rule that is handed its gradients, whatever point it is at.

    grads has shape (T, *S); the path (T + 1, *S), with row 0 at start, which broadcasts to S.
    lrs (T,) gives update t its own learning rate. What is given back is what the rule stores.
    """
    path, _ = remember(optimizer, grads, start, lrs)
    return path


def conventions(
    method: str,
    grads: ArrayLike,
    lr: float | ArrayLike,
    start: ArrayLike = 0.0,
    **settings: float,
) -> dict[str, Array]:
    """The paths of all forms of a method on the same gradients: who -> (T + 1, *S).

        conventions("Adam", grads, lr=0.1, eps=1e-3)["Keras"]
        conventions("momentum", grads, lr=[0.1] * 30 + [0.01] * 30, beta=0.9)

    grads (T, *S) are given, not computed from the path, so that a difference in one step is not
    fed into the next. lr is a number, or one per update. settings are the method's other
    hyperparameters (beta; rho; beta1, beta2; eps), the course's defaults where left out, and the
    same for all forms: what differs is the form alone. Paths are of what is stored: w, and with
    Nesterov the look-ahead point in PyTorch, Keras and Optax. Raises ValueError for an unknown
    method and for lr of another length than grads.
    """
    if method not in FORMS:
        raise ValueError(f"no method {method!r}; its forms are known for {', '.join(FORMS)}")
    steps = len(np.asarray(grads))
    if np.shape(lr) not in ((), (steps,)):
        raise ValueError(
            f"lr must be one number, or {steps} numbers as there are {steps} gradients, "
            f"got shape {np.shape(lr)}"
        )
    lrs = np.broadcast_to(np.asarray(lr, dtype=float), steps)
    return {
        who: follow(form(lr=lrs[0] if steps else 1.0, **settings), grads, start, lrs)
        for who, form in FORMS[method].items()
    }
