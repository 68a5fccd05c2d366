"""AMSGrad, Lion and Muon, in the form of course_lib.optimizers, from which they are imported."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class AMSGradState(NamedTuple):
    """As AdamState, and v_max, the largest v so far in each coordinate."""

    m: np.ndarray
    v: np.ndarray
    v_max: np.ndarray
    t: int


@dataclass(frozen=True, eq=False)
class AMSGrad:
    """Adam whose denominator never shrinks.

        m_t, v_t as in Adam
        v_max_t = max(v_max_{t-1}, v_t)
        w_t = w_{t-1} - lr * m_hat / (sqrt(v_max_t / (1 - beta2^t)) + eps)

    Shapes, units and conditions as in Adam.

    Source: Reddi, Kale and Kumar 2018, whose Algorithm 2 has no bias correction. PyTorch corrects
    as here (the largest uncorrected v, then corrected); Optax takes the largest corrected v. Keras
    adds eps to the root of the uncorrected v_max, as in its Adam.
    """

    lr: float | np.ndarray = 1e-3
    beta1: float | np.ndarray = 0.9
    beta2: float | np.ndarray = 0.999
    eps: float | np.ndarray = 1e-8

    def init(self, w: np.ndarray) -> AMSGradState:
        return AMSGradState(np.zeros_like(w), np.zeros_like(w), np.zeros_like(w), 0)

    def step(
        self, w: np.ndarray, g: np.ndarray, state: AMSGradState
    ) -> tuple[np.ndarray, AMSGradState]:
        t = state.t + 1
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        v_max = np.maximum(state.v_max, v)
        m_hat = m / (1 - self.beta1**t)
        v_hat = v_max / (1 - self.beta2**t)
        return w - self.lr * m_hat / (np.sqrt(v_hat) + self.eps), AMSGradState(m, v, v_max, t)

    def lookahead(self, w: np.ndarray, state: AMSGradState) -> np.ndarray:
        return w


@dataclass(frozen=True, eq=False)
class Lion:
    """The sign of a momentum: every coordinate moves by lr, whatever its gradient.

        c_t = beta1 * m_{t-1} + (1 - beta1) * g_t
        w_t = w_{t-1} - lr * (sign(c_t) + weight_decay * w_{t-1})
        m_t = beta2 * m_{t-1} + (1 - beta2) * g_t

    w, g and m share one shape; m is zero at the start, and is updated after it was used, with a
    memory of its own. sign(0) is 0. lr is in units of w, 0 <= beta1, beta2 < 1, weight_decay >= 0
    in units of 1 / lr. There is no second moment and no eps: of Adam's two arrays one is left.

    Source: Chen et al. 2023, Algorithm 2, found by a search among programs. Optax and Keras agree;
    weight_decay is 1e-3 by default in Optax, none in Keras. PyTorch has no Lion.
    """

    lr: float | np.ndarray = 1e-4
    beta1: float | np.ndarray = 0.9
    beta2: float | np.ndarray = 0.99
    weight_decay: float | np.ndarray = 0.0

    def init(self, w: np.ndarray) -> np.ndarray:
        return np.zeros_like(w)

    def step(self, w: np.ndarray, g: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        c = self.beta1 * m + (1 - self.beta1) * g
        m = self.beta2 * m + (1 - self.beta2) * g
        return w - self.lr * (np.sign(c) + self.weight_decay * w), m

    def lookahead(self, w: np.ndarray, m: np.ndarray) -> np.ndarray:
        return w


# One step moves a singular value by s -> a s + b s^3 + c s^5. Jordan's coefficients are steep at
# zero, so that small values grow fast, and so they do not settle at 1. The classical ones do.
QUINTIC = (3.4445, -4.7750, 2.0315)
CUBIC = (1.5, -0.5, 0.0)


def newton_schulz(
    G: np.ndarray, steps: int = 5, coefficients: tuple[float, float, float] = QUINTIC
) -> np.ndarray:
    """Bring the singular values of a matrix near 1, and leave its singular vectors.

        X = G / ||G||_F
        X = a X + (b A + c A A) X   with A = X X^T,   `steps` times

    G has shape (..., n, m): each matrix of the last two axes alone. A is the smaller of X X^T and
    X^T X: a tall matrix is turned on its side, and back at the end. With five steps, singular
    values of at least 0.01 ||G||_F end between 0.681 and 1.135; zeros stay zeros, a zero matrix
    too. coefficients are (a, b, c); with CUBIC all values but zeros go to 1, small ones slowly.

    Source: Jordan et al. 2024 (post on Muon), for QUINTIC and five steps; Kovarik 1970, Bjorck and
    Bowie 1971, for the iteration and CUBIC. Jordan, PyTorch, Optax and
    Keras guard the division with an eps of 1e-7 or 1e-8, so that they shrink a matrix which is
    smaller still; here nothing but a zero is guarded. PyTorch rounds to bfloat16.
    """
    a, b, c = coefficients
    norm = np.linalg.norm(G, axis=(-2, -1), keepdims=True)
    X = G / np.where(norm > 0, norm, 1.0)
    tall = X.shape[-2] > X.shape[-1]
    X = np.swapaxes(X, -2, -1) if tall else X
    for _ in range(steps):
        A = X @ np.swapaxes(X, -2, -1)
        X = a * X + (b * A + c * A @ A) @ X
    return np.swapaxes(X, -2, -1) if tall else X


@dataclass(frozen=True, eq=False)
class Muon:
    """Momentum whose step has all its singular values near 1: for the matrices of a network.

        v_t = beta * v_{t-1} + g_t
        w_t = w_{t-1} - lr * newton_schulz(g_t + beta * v_t)

    w, g and v share one shape (..., n, m), and each matrix of the last two axes is stepped alone:
    a vector, such as a bias, needs another rule. v is a sum of gradients, zero at the start;
    g + beta * v is Nesterov's step in the rewritten form, so w is where the gradient is wanted. lr
    is in units of w: the largest stretch of a step, its spectral norm, is about lr, whatever the
    gradient's size. For K runs at once, hyperparameters have shape (K, 1, 1).

    Source: Jordan et al. 2024 (post), where lr is multiplied by sqrt(max(1, out / in)) for a layer
    of `in` inputs and `out` outputs. PyTorch and Optax do so too; Keras, after Liu et al. 2025,
    multiplies by 0.2 sqrt(max(in, out)). Here lr is left as it is. PyTorch keeps v as a mean: the
    same step, since newton_schulz undoes any scale; and it decays weights, by 0.1 unless told
    otherwise. Optax corrects the mean as Nadam does, which changes the first steps.
    """

    lr: float | np.ndarray = 0.02
    beta: float | np.ndarray = 0.95

    def init(self, w: np.ndarray) -> np.ndarray:
        return np.zeros_like(w)

    def step(self, w: np.ndarray, g: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        v = self.beta * v + g
        return w - self.lr * newton_schulz(g + self.beta * v), v

    def lookahead(self, w: np.ndarray, v: np.ndarray) -> np.ndarray:
        return w
