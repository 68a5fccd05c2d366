"""Places where the slope is zero: find them, tell of which kind they are, and how long they hold.

H = hessian(himmelblau.grad, w);    kind(H)    "minimum", "maximum", "saddle" or "degenerate"
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from course_lib.problems import Problem

Grad = Callable[[np.ndarray], ArrayLike]


def hessian(grad: Grad, w: ArrayLike, h: float = 1e-5) -> np.ndarray:
    """The second derivatives of f at w, shape (..., d, d), from 2 d gradients.

        row i = (grad(w + h e_i) - grad(w - h e_i)) / (2 h),    then made symmetric

    w has shape (..., d), as far as grad takes leading axes. h is in units of w; the error is about
    h^2 times the fourth derivative, plus 1e-16 |grad| / h. For one direction alone two gradients
    do: gradients.hessian_vector_product.
    """
    w = np.asarray(w, dtype=float)
    moves = h * np.eye(w.shape[-1])
    rows = [(np.asarray(grad(w + e)) - np.asarray(grad(w - e))) / (2 * h) for e in moves]
    H = np.stack(rows, axis=-2)
    return (H + np.swapaxes(H, -1, -2)) / 2


def kind(H: ArrayLike, tol: float = 1e-6) -> str:
    """Of which kind a point without slope is, by the curvatures there.

        all eigenvalues > 0: "minimum"    all < 0: "maximum"    both signs: "saddle"
        one sign and zeros, or zeros alone: "degenerate", which curvature cannot decide

    H (d, d) is symmetric. An eigenvalue counts as zero if its size is at most tol times the largest
    size: computed, it is never exactly zero, and a scale for it is nowhere else to be had. Raises
    ValueError for a negative tol. Source: the second derivative test; strict saddles, Lee et al.
    2016. Others call every point with a negative eigenvalue a strict saddle, maxima included.
    """
    if tol < 0:
        raise ValueError(f"tol must be 0 or more, got {tol}")
    curvatures = np.linalg.eigvalsh(np.asarray(H, dtype=float))
    zero = tol * np.abs(curvatures).max()
    up, down = curvatures > zero, curvatures < -zero
    if up.any() and down.any():
        return "saddle"
    if up.all():
        return "minimum"
    return "maximum" if down.all() else "degenerate"


def critical_points(problem: Problem, per_side: int = 15) -> np.ndarray:
    """The points of a two-dimensional problem's box where its gradient vanishes, lowest first.

        w <- w - H(w)^-1 grad(w)    Newton's steps, from per_side^2 starts on a grid

    Shape (m, 2). Newton's method goes to any point without slope, maxima and saddles as well as
    minima, which is what is wanted here. A grid is no proof: a point with a small basin may be
    missed. Raises ValueError for another dimension.
    """
    if problem.start.shape != (2,):
        raise ValueError(f"critical_points needs two coordinates, got {problem.start.size}")
    low, high = np.array(problem.box).T
    axes = [np.linspace(a, b, per_side + 2)[1:-1] for a, b in problem.box]
    w = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    longest = np.linalg.norm(high - low) / 10  # near a singular Hessian a step would lead far out
    for _ in range(60):
        step = (np.linalg.pinv(hessian(problem.grad, w)) @ problem.grad(w)[..., None])[..., 0]
        length = np.linalg.norm(step, axis=-1, keepdims=True)
        w = w - step * np.minimum(1, longest / np.maximum(length, longest))
    steep = np.linalg.norm(problem.grad(w), axis=-1)
    inside = np.all((low <= w) & (w <= high), axis=-1)
    found: list[np.ndarray] = []
    for point in w[inside & (steep < 1e-8)]:
        if all(np.linalg.norm(point - other) > 1e-6 * longest for other in found):
            found.append(point)
    # Of equally low points the one further left comes first, whatever the last digits say.
    order = sorted(found, key=lambda w: (round(float(problem.value(w)), 6), *w.round(6).tolist()))
    return np.array(order).reshape(-1, 2)


def escape_time(lr: float, curvature: float, delta: float, reach: float = 1.0) -> int:
    """Steps of gradient descent until a point delta off a ridge is `reach` off it.

        w_n = (1 + lr c)^n delta,    n = ceil( log(reach / delta) / log(1 + lr c) )

    curvature c > 0 is the size of the downward curvature across the ridge, delta and reach > 0 are
    distances in one unit; 0 if it is that far off at the start. In the exact model of a quadratic
    ridge; a bend of higher order changes the last few steps. Raises ValueError for a number that
    is not positive. Source: Lee, Simchowitz, Jordan and Recht 2016 for why it leaves; Du et al.
    2017 for how long a row of saddles can take.
    """
    for name, value in {"lr": lr, "curvature": curvature, "delta": delta, "reach": reach}.items():
        if not value > 0:
            raise ValueError(f"{name} must be positive, got {value}")
    return max(0, math.ceil(math.log(reach / delta) / math.log(1 + lr * curvature)))


def share_of_minima(n: int, samples: int, rng: np.random.Generator) -> float:
    """How often a random symmetric n x n matrix has positive eigenvalues only.

        H = (A + A^T) / 2,    the entries of A independent standard normal numbers

    In closed form (2 - sqrt 2)/4 for n = 2 and (pi - 2 sqrt 2)/(4 pi) for n = 3; for large n it
    falls like exp(-n^2 log(3)/4). Raises ValueError for n or samples below 1. Source: Dean and
    Majumdar 2006. A model of a critical point drawn blindly, not a law about losses.
    """
    if n < 1 or samples < 1:
        raise ValueError(f"n and samples must be 1 or more, got {n} and {samples}")
    A = rng.normal(size=(samples, n, n))
    lowest = np.linalg.eigvalsh((A + np.swapaxes(A, 1, 2)) / 2)[:, 0]
    return float(np.mean(lowest > 0))


def should_stop(grad_norm: float, step: int, loss: float, tol: float) -> bool:
    """Whether a walk may stop: after a first step, once the gradient is small beside the loss.

        step >= 1  and  grad_norm <= tol * max(1, |loss|)

    grad_norm is the length of the gradient, step the number of updates made. Small means stuck, not
    done: a ridge and a plateau pass as well as a minimum. Source: Dennis and Schnabel 1983, who
    scale by the size of w, too; Gill, Murray and Wright 1981 write 1 + |loss| for the maximum.
    """
    return bool(step >= 1 and grad_norm <= tol * max(1.0, abs(loss)))
