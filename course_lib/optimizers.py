"""The update rules, easiest first.

Every rule is three pure methods on a frozen set of hyperparameters:

    state = optimizer.init(w)                 what the rule remembers, before the first step
    w, state = optimizer.step(w, g, state)    new arrays; the inputs are left alone
    point = optimizer.lookahead(w, state)     where the rule wants its gradient

The rules act on each coordinate alone, so any shape will do. With w of shape (K, d) and lr of
shape (K, 1) one call runs K learning rates at once. Muon acts on matrices: the last two axes.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from course_lib.frontier import CUBIC as CUBIC
from course_lib.frontier import QUINTIC as QUINTIC
from course_lib.frontier import AMSGrad as AMSGrad
from course_lib.frontier import AMSGradState as AMSGradState
from course_lib.frontier import Lion as Lion
from course_lib.frontier import Muon as Muon
from course_lib.frontier import newton_schulz as newton_schulz


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


@dataclass(frozen=True, eq=False)
class Nesterov:
    """Nesterov's accelerated gradient: momentum that asks for the gradient ahead of itself.

        g_t = grad f(w_{t-1} - lr * beta * v_{t-1})
        v_t = beta * v_{t-1} + g_t
        w_t = w_{t-1} - lr * v_t

    The steps are those of Momentum; only the place of the gradient differs, which `lookahead`
    gives. w, g and v share one shape S; v is a sum of gradients, zero at the start. lr > 0 and
    0 <= beta < 1 are numbers or arrays that broadcast against S.

    Source: Nesterov 1983, in the form of Sutskever et al. 2013 with lr outside v and beta constant.
    PyTorch and Optax (nesterov=True) store the look-ahead point in place of w: the same method in
    other coordinates while lr is constant. After lr drops to lr' they stay beta (lr - lr') v apart,
    v being the velocity at the drop. Keras stores that point too, with lr inside v.
    """

    lr: float | np.ndarray
    beta: float | np.ndarray = 0.9

    def init(self, w: np.ndarray) -> np.ndarray:
        return np.zeros_like(w)

    def step(self, w: np.ndarray, g: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        v = self.beta * v + g
        return w - self.lr * v, v

    def lookahead(self, w: np.ndarray, v: np.ndarray) -> np.ndarray:
        return w - self.lr * self.beta * v


@dataclass(frozen=True, eq=False)
class Adagrad:
    """One learning rate per coordinate, from all gradients so far.

        G_t = G_{t-1} + g_t^2
        w_t = w_{t-1} - lr * g_t / (sqrt(G_t) + eps)

    w, g and G share one shape; G is a sum of squared gradients, zero at the start, and never falls.
    lr is in units of w: the first step has size lr, whatever the gradient's. eps > 0 is in units of
    a gradient and guards against 0/0.

    Source: Duchi, Hazan and Singer 2011 (diagonal form). PyTorch agrees; Keras and Optax put eps
    inside the root and start G at 0.1.
    """

    lr: float | np.ndarray
    eps: float | np.ndarray = 1e-10

    def init(self, w: np.ndarray) -> np.ndarray:
        return np.zeros_like(w)

    def step(self, w: np.ndarray, g: np.ndarray, G: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        G = G + g**2
        return w - self.lr * g / (np.sqrt(G) + self.eps), G

    def lookahead(self, w: np.ndarray, G: np.ndarray) -> np.ndarray:
        return w


class AdadeltaState(NamedTuple):
    """Running means of squared gradients, Eg, and of squared steps, Ed; both shaped like w."""

    Eg: np.ndarray
    Ed: np.ndarray


@dataclass(frozen=True, eq=False)
class Adadelta:
    """Steps in the units of w, from the size of the steps before.

        Eg_t = rho * Eg_{t-1} + (1 - rho) * g_t^2
        d_t  = sqrt(Ed_{t-1} + eps) / sqrt(Eg_t + eps) * g_t
        Ed_t = rho * Ed_{t-1} + (1 - rho) * d_t^2
        w_t  = w_{t-1} - lr * d_t

    All share one shape; Eg and Ed are zero at the start. 0 <= rho < 1 sets the memory. eps > 0
    stands under both roots, added to a square of a gradient and to a square of a step: it cannot
    carry the units of both, and it sets the size of the first steps. lr only scales the step, and
    is no part of d.

    Source: Zeiler 2012, without lr. PyTorch, Optax and Keras agree, with lr as here; but rho is 0.9
    by default in PyTorch and Optax, and lr 0.001 in Keras.
    """

    lr: float | np.ndarray = 1.0
    rho: float | np.ndarray = 0.95
    eps: float | np.ndarray = 1e-6

    def init(self, w: np.ndarray) -> AdadeltaState:
        return AdadeltaState(np.zeros_like(w), np.zeros_like(w))

    def step(
        self, w: np.ndarray, g: np.ndarray, state: AdadeltaState
    ) -> tuple[np.ndarray, AdadeltaState]:
        Eg = self.rho * state.Eg + (1 - self.rho) * g**2
        d = np.sqrt(state.Ed + self.eps) / np.sqrt(Eg + self.eps) * g
        Ed = self.rho * state.Ed + (1 - self.rho) * d**2
        return w - self.lr * d, AdadeltaState(Eg, Ed)

    def lookahead(self, w: np.ndarray, state: AdadeltaState) -> np.ndarray:
        return w


@dataclass(frozen=True, eq=False)
class RMSprop:
    """Adagrad that forgets.

        s_t = rho * s_{t-1} + (1 - rho) * g_t^2
        w_t = w_{t-1} - lr * g_t / (sqrt(s_t) + eps)

    w, g and s share one shape; s is a running mean of squared gradients, zero at the start, so the
    first step has size lr / sqrt(1 - rho). lr is in units of w, 0 <= rho < 1, eps in units of a
    gradient.

    Source: Tieleman and Hinton 2012 (lecture 6e). PyTorch agrees, with alpha = 0.99 for rho by
    default; Keras and Optax put eps inside the root.
    """

    lr: float | np.ndarray
    rho: float | np.ndarray = 0.9
    eps: float | np.ndarray = 1e-8

    def init(self, w: np.ndarray) -> np.ndarray:
        return np.zeros_like(w)

    def step(self, w: np.ndarray, g: np.ndarray, s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        s = self.rho * s + (1 - self.rho) * g**2
        return w - self.lr * g / (np.sqrt(s) + self.eps), s

    def lookahead(self, w: np.ndarray, s: np.ndarray) -> np.ndarray:
        return w


class AdamState(NamedTuple):
    """Running means of gradients, m, and of their squares, v, not corrected; and the steps, t."""

    m: np.ndarray
    v: np.ndarray
    t: int


@dataclass(frozen=True, eq=False)
class Adam:
    """Two memories: the mean gradient, over the root of the mean squared gradient.

        m_t = beta1 * m_{t-1} + (1 - beta1) * g_t
        v_t = beta2 * v_{t-1} + (1 - beta2) * g_t^2
        w_t = w_{t-1} - lr * m_hat / (sqrt(v_hat) + eps)
        m_hat = m_t / (1 - beta1^t),   v_hat = v_t / (1 - beta2^t)

    w, g, m and v share one shape; m and v are zero at the start and stored uncorrected; t counts
    updates from 1. lr is in units of w: the first step has size lr, whatever the gradient's.
    0 <= beta1, beta2 < 1; eps is in units of a gradient.

    Source: Kingma and Ba 2015, Algorithm 1. PyTorch and Optax agree; Keras uses the paper's faster
    form, in which eps is added to the root of the uncorrected v.
    """

    lr: float | np.ndarray = 1e-3
    beta1: float | np.ndarray = 0.9
    beta2: float | np.ndarray = 0.999
    eps: float | np.ndarray = 1e-8

    def init(self, w: np.ndarray) -> AdamState:
        return AdamState(np.zeros_like(w), np.zeros_like(w), 0)

    def step(self, w: np.ndarray, g: np.ndarray, state: AdamState) -> tuple[np.ndarray, AdamState]:
        t = state.t + 1
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        return w - self.lr * m_hat / (np.sqrt(v_hat) + self.eps), AdamState(m, v, t)

    def lookahead(self, w: np.ndarray, state: AdamState) -> np.ndarray:
        return w


@dataclass(frozen=True, eq=False)
class Nadam:
    """Adam with Nesterov's look-ahead in the first moment.

        m_t, v_t, v_hat as in Adam
        m_bar = beta1 * m_t / (1 - beta1^(t+1)) + (1 - beta1) * g_t / (1 - beta1^t)
        w_t = w_{t-1} - lr * m_bar / (sqrt(v_hat) + eps)

    The next momentum step is taken now: m_t is corrected as it will be at t + 1. Shapes, units and
    conditions as in Adam.

    Source: Dozat 2016, here with constant beta1. Optax agrees. PyTorch and Keras let the beta1 of
    m_bar grow by a schedule: in PyTorch a large momentum_decay (1e6) ends it, and then they agree;
    Keras has no such switch.
    """

    lr: float | np.ndarray = 1e-3
    beta1: float | np.ndarray = 0.9
    beta2: float | np.ndarray = 0.999
    eps: float | np.ndarray = 1e-8

    def init(self, w: np.ndarray) -> AdamState:
        return AdamState(np.zeros_like(w), np.zeros_like(w), 0)

    def step(self, w: np.ndarray, g: np.ndarray, state: AdamState) -> tuple[np.ndarray, AdamState]:
        t = state.t + 1
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        ahead = self.beta1 * m / (1 - self.beta1 ** (t + 1))
        m_bar = ahead + (1 - self.beta1) * g / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        return w - self.lr * m_bar / (np.sqrt(v_hat) + self.eps), AdamState(m, v, t)

    def lookahead(self, w: np.ndarray, state: AdamState) -> np.ndarray:
        return w


@dataclass(frozen=True, eq=False)
class AdamW:
    """Adam, and weights that shrink by themselves: decay is no part of the gradient.

        m_t, v_t, m_hat, v_hat as in Adam: weight_decay is in none of them
        w_t = w_{t-1} - lr * weight_decay * w_{t-1} - lr * m_hat / (sqrt(v_hat) + eps)

    Without gradients T steps leave (1 - lr * weight_decay)^T of w. weight_decay >= 0 is in units of
    1 / lr. Shapes, units and conditions else as in Adam.

    Source: Loshchilov and Hutter 2019, who multiply both terms by a schedule, and only the second
    by lr. PyTorch, Optax and Keras multiply the decay by lr too, as here; by default it is 1e-2 in
    PyTorch, 1e-4 in Optax and 4e-3 in Keras.
    """

    lr: float | np.ndarray = 1e-3
    beta1: float | np.ndarray = 0.9
    beta2: float | np.ndarray = 0.999
    eps: float | np.ndarray = 1e-8
    weight_decay: float | np.ndarray = 1e-2

    def init(self, w: np.ndarray) -> AdamState:
        return AdamState(np.zeros_like(w), np.zeros_like(w), 0)

    def step(self, w: np.ndarray, g: np.ndarray, state: AdamState) -> tuple[np.ndarray, AdamState]:
        adam = Adam(self.lr, self.beta1, self.beta2, self.eps)
        return adam.step(w - self.lr * self.weight_decay * w, g, state)

    def lookahead(self, w: np.ndarray, state: AdamState) -> np.ndarray:
        return w
