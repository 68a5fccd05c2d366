"""Methods that use curvature: Newton, which is given it, and BFGS and L-BFGS, which learn it.

    run = minimise(BFGS(), rosenbrock)
    run.evaluations[-1]        what it cost: points at which loss and gradient were asked

All three follow the bottom of a quadratic model of the loss. H is the Hessian, the matrix of second
derivatives; s = w_new - w is a step, and y = g_new - g what the gradient changed along it. On a
quadratic y = H s: every step tells something about H.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike

from course_lib.gradients import Grad, hessian_vector_product
from course_lib.line_search import Point, Search, strong_wolfe
from course_lib.problems import Problem

Pairs = tuple[np.ndarray, np.ndarray]  # steps S and gradient changes Y, (m, d) each, oldest first
Hessian = Callable[[np.ndarray], np.ndarray]


def newton_step(w: ArrayLike, g: ArrayLike, H: ArrayLike, damping: float) -> np.ndarray:
    """The bottom of the quadratic model at w, made steeper by `damping` in every direction.

        w_new = w - (H + damping I)^-1 g

    w, g (d,), H (d, d) symmetric; damping has the units of a curvature. At 0 it is Newton's step;
    for a large one it is a short step of gradient descent with lr = 1/damping. If H + damping I has
    a negative eigenvalue, the model has no bottom, and this is its saddle. Raises
    numpy.linalg.LinAlgError where the matrix is singular.

    Source: Newton and Raphson for damping 0; Levenberg 1944 for the damping. Marquardt 1963 scales
    it by the diagonal of H. Others call it damped if the step is shortened: w - a H^-1 g, a < 1.
    """
    w, g, H = (np.asarray(a, dtype=float) for a in (w, g, H))
    return w - np.linalg.solve(H + damping * np.eye(len(w)), g)


def has_curvature(s: np.ndarray, y: np.ndarray) -> bool:
    """True if the slope along the step s rose, by more than rounding: s.y > 1e-10 |s| |y|."""
    return bool(s @ y > 1e-10 * np.linalg.norm(s) * np.linalg.norm(y))


def bfgs_update(H_inv: ArrayLike, s: ArrayLike, y: ArrayLike) -> np.ndarray:
    """The inverse Hessian, corrected so that it explains the last step: H_inv_new y = s.

        H_inv_new = (I - r s y^T) H_inv (I - r y s^T) + r s s^T,    r = 1 / s.y

    H_inv (d, d) symmetric, s and y (d,). The result is fresh, symmetric, and positive definite if
    H_inv is. It is H_inv itself, copied, where s.y <= 1e-10 |s| |y|: no matrix with positive
    curvature could explain such a step. The change has rank two. Costs O(d^2).

    Source: Broyden, Fletcher, Goldfarb and Shanno 1970, four papers; as in Nocedal and Wright 2006.
    SciPy tests s.y = 0 only, as its line search always leaves s.y > 0. Davidon 1959 and Fletcher
    and Powell 1963 have the same with s and y, H and its inverse, in exchanged roles: DFP.
    """
    H_inv, s, y = (np.array(a, dtype=float) for a in (H_inv, s, y))
    if not has_curvature(s, y):
        return H_inv
    r = 1 / (s @ y)
    # The brackets one after the other, and no product of two matrices: that would cost O(d^3).
    right = H_inv - r * np.outer(H_inv @ y, s)
    return right - r * np.outer(s, y @ right) + r * np.outer(s, s)


def lbfgs_direction(g: ArrayLike, S: ArrayLike, Y: ArrayLike) -> np.ndarray:
    """Minus H_inv g, for the H_inv that BFGS makes of the pairs, which is never written down.

    g (d,); S and Y (m, d) hold the last m steps and gradient changes, oldest first, each with
    s.y > 0. Starting from H_inv = gamma I, with gamma = s.y / y.y of the newest pair, two loops
    over the pairs, newest first and then oldest first, cost 4 m d products and the room of 2 m d
    numbers. Without pairs it is -g.

    Source: Nocedal 1980, the two loops; gamma, Liu and Nocedal 1989. SciPy's L-BFGS-B has the same
    direction from a compact matrix formula (Byrd, Lu, Nocedal and Zhu 1995).
    """
    q = np.array(g, dtype=float)
    S, Y = np.asarray(S, dtype=float), np.asarray(Y, dtype=float)
    if len(S) == 0:
        return -q
    rs = [1 / (s @ y) for s, y in zip(S, Y, strict=True)]
    shares = np.zeros(len(S))
    for i in reversed(range(len(S))):
        shares[i] = rs[i] * (S[i] @ q)
        q = q - shares[i] * Y[i]
    q = q * (S[-1] @ Y[-1]) / (Y[-1] @ Y[-1])
    for i in range(len(S)):
        q = q + (shares[i] - rs[i] * (Y[i] @ q)) * S[i]
    return -q


class Method(Protocol):
    """Where to go from a point, and what to learn from the step that was made."""

    def init(self, w: np.ndarray) -> Any: ...

    def direction(self, w: np.ndarray, g: np.ndarray, state: Any) -> np.ndarray: ...

    def learn(self, s: np.ndarray, y: np.ndarray, state: Any) -> Any: ...


@dataclass(frozen=True, eq=False)
class Newton:
    """Newton's direction, -(H + damping I)^-1 g, from a function that gives the Hessian.

    It learns nothing from step to step: each direction costs one Hessian and O(d^3). Source: see
    newton_step.
    """

    hessian: Hessian
    damping: float = 0.0

    def init(self, w: np.ndarray) -> None:
        return None

    def direction(self, w: np.ndarray, g: np.ndarray, state: None) -> np.ndarray:
        return newton_step(w, g, self.hessian(w), self.damping) - w

    def learn(self, s: np.ndarray, y: np.ndarray, state: None) -> None:
        return None


@dataclass(frozen=True)
class BFGS:
    """-H_inv g, with H_inv learned step by step from I. The state is H_inv, (d, d).

    I has the wrong units: a curvature of 1 in every direction. With `scaled`, the first step's
    gamma = s.y / y.y takes its place before the first update; until then the state is None.
    Source: see bfgs_update. SciPy starts from I; Nocedal and Wright 2006 advise the scaling.
    """

    scaled: bool = False

    def init(self, w: np.ndarray) -> np.ndarray | None:
        return None if self.scaled else np.eye(len(w))

    def direction(self, w: np.ndarray, g: np.ndarray, state: np.ndarray | None) -> np.ndarray:
        return -g if state is None else -(state @ g)

    def learn(self, s: np.ndarray, y: np.ndarray, state: np.ndarray | None) -> np.ndarray | None:
        if state is None:
            return bfgs_update((s @ y) / (y @ y) * np.eye(len(s)), s, y)
        return bfgs_update(state, s, y)


@dataclass(frozen=True)
class LBFGS:
    """BFGS from the last `memory` steps alone. The state is (S, Y), at most (memory, d) each.

    A pair without curvature, s.y <= 1e-10 |s| |y|, is not remembered. Raises ValueError for a
    memory below 1. Source: see lbfgs_direction. SciPy remembers 10 pairs by default, too.
    """

    memory: int = 10

    def __post_init__(self) -> None:
        if self.memory < 1:
            raise ValueError(f"memory must be 1 pair or more, got {self.memory}")

    def init(self, w: np.ndarray) -> Pairs:
        return np.empty((0, len(w))), np.empty((0, len(w)))

    def direction(self, w: np.ndarray, g: np.ndarray, state: Pairs) -> np.ndarray:
        return lbfgs_direction(g, *state)

    def learn(self, s: np.ndarray, y: np.ndarray, state: Pairs) -> Pairs:
        if not has_curvature(s, y):
            return state
        S, Y = (
            np.vstack([old, new])[-self.memory :] for old, new in zip(state, (s, y), strict=True)
        )
        return S, Y


class Run(NamedTuple):
    """What a run did, row 0 being the start: n steps, n + 1 rows.

    points (n+1, d); values (n+1,); slopes (n+1,), the length of the gradient; steps (n,), how far
    along its direction each went; evaluations (n+1,), points asked up to there, rejected trials
    included. Newton asks for n Hessians besides.
    """

    points: np.ndarray
    values: np.ndarray
    slopes: np.ndarray
    steps: np.ndarray
    evaluations: np.ndarray


def minimise(
    method: Method,
    problem: Problem,
    start: ArrayLike | None = None,
    search: Search = strong_wolfe,
    tol: float = 1e-8,
    most: int = 1000,
) -> Run:
    """Follow a method until the gradient is shorter than tol: |g| < tol.

        p = method.direction(w, g);   a = search(w, p);   w_new = w + a p
        method.learn(s = w_new - w,  y = g_new - g)

    start (d,), by default the problem's own. One evaluation is the loss and the gradient at one
    point. The run also ends after `most` steps, where the search finds nothing lower, and where
    the loss or the gradient is no longer finite: look at slopes[-1] before you believe the point.
    """
    asked = 0

    def ask(w: np.ndarray) -> Point:
        nonlocal asked
        asked += 1
        with np.errstate(over="ignore", invalid="ignore"):
            return Point(w, float(problem.value(w)), np.asarray(problem.grad(w), dtype=float))

    here = ask(np.array(problem.start if start is None else start, dtype=float))
    state = method.init(here.w)
    trail, cost = [here], [asked]
    steps: list[float] = []
    while len(steps) < most and tol <= _length(here.grad) < np.inf:
        p = method.direction(here.w, here.grad, state)
        step, there = search(ask, here, p)
        if step == 0:
            break
        state = method.learn(there.w - here.w, there.grad - here.grad, state)
        here = there
        trail.append(here)
        steps.append(step)
        cost.append(asked)
    points, values, grads = (np.array(column) for column in zip(*trail, strict=True))
    return Run(points, values, _length(grads), np.array(steps), np.array(cost))


def _length(g: np.ndarray) -> Any:
    """The Euclidean length, inf where a gradient is not finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.nan_to_num(np.linalg.norm(g, axis=-1), nan=np.inf)


def numerical_hessian(grad: Grad, w: ArrayLike) -> np.ndarray:
    """The Hessian at w (d,) from 2 d gradients, by central differences, made symmetric: (d, d).

    Column i is H e_i, see gradients.hessian_vector_product. The error is about 1e-10 of the
    largest curvature for smooth losses.
    """
    w = np.asarray(w, dtype=float)
    columns = np.array([hessian_vector_product(grad, w, e) for e in np.eye(len(w))])
    return (columns + columns.T) / 2
