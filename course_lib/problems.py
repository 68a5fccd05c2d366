"""Objectives to walk on, each with its value, gradient, minimum, start and viewing box.

value(w) takes points of shape (..., d) and returns (...); grad(w) returns (..., d). Leading axes
are free, so a grid of points or K runs side by side need no loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

Box = tuple[tuple[float, float], ...]


class Problem(Protocol):
    """A function to minimise.

    minimum is the lowest point, shape (d,), or points, shape (m, d); none, shape (0, d), if the
    function has no bottom. start (d,) is where a run begins unless told otherwise. box holds
    (low, high) for the coordinates that a picture shows: two of them, or one if d = 1.
    """

    @property
    def name(self) -> str: ...
    @property
    def minimum(self) -> np.ndarray: ...
    @property
    def start(self) -> np.ndarray: ...
    @property
    def box(self) -> Box: ...

    def value(self, w: ArrayLike) -> np.ndarray: ...

    def grad(self, w: ArrayLike) -> np.ndarray: ...


def _fixed(values: ArrayLike) -> np.ndarray:
    """A read-only copy, so that `w = problem.start; w -= step` cannot move the start for good."""
    array = np.array(values, dtype=float)
    array.setflags(write=False)
    return array


def _xy(w: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    w = np.asarray(w)
    return w[..., 0], w[..., 1]


@dataclass(frozen=True, eq=False)
class Quadratic:
    """f(w) = 1/2 w^T H w, with grad f = H w. Minimum 0 at the origin.

    hessian is H, shape (d, d), symmetric; its eigenvalues are the curvatures along its
    eigenvectors. Made by `quadratic`.
    """

    hessian: np.ndarray
    minimum: np.ndarray
    start: np.ndarray
    box: Box
    name: str

    def value(self, w: ArrayLike) -> np.ndarray:
        w = np.asarray(w)
        return 0.5 * np.sum(w * (w @ self.hessian), axis=-1)

    def grad(self, w: ArrayLike) -> np.ndarray:
        return np.asarray(w) @ self.hessian  # H is symmetric: w^T H is H w laid flat


def quadratic(
    eigenvalues: Sequence[float] | np.ndarray,
    rotation: float = 0.0,
    start: ArrayLike | None = None,
    name: str = "quadratic",
) -> Quadratic:
    """A quadratic bowl with the curvatures you ask for.

        f(w) = 1/2 w^T H w,    H = R diag(eigenvalues) R^T,    minimum 0 at the origin

    eigenvalues: d positive curvatures. rotation: the angle in radians by which R turns the first
    two coordinates. start defaults to 1/sqrt(eigenvalue) along each eigenvector, where every
    direction holds the same loss, 1/2. Raises ValueError for curvatures that are not positive, for
    a rotation with d = 1, and for a start that does not have d coordinates.
    """
    curvature = np.array(eigenvalues, dtype=float)
    if curvature.ndim != 1 or not curvature.size or not np.all(curvature > 0):
        raise ValueError(
            f"eigenvalues must be a list of positive numbers, got {eigenvalues!r}; "
            "for a direction that curves down use problems.saddle"
        )
    d = curvature.size
    turn = np.eye(d)
    if rotation:
        if d == 1:
            raise ValueError(f"rotation={rotation} needs two coordinates, got one eigenvalue")
        c, s = np.cos(rotation), np.sin(rotation)
        turn[:2, :2] = [[c, -s], [s, c]]
    begin = turn @ (1 / np.sqrt(curvature)) if start is None else np.array(start, dtype=float)
    if begin.shape != (d,):
        raise ValueError(f"start must have shape ({d},), one number per eigenvalue, got {start!r}")
    # The box holds the start with some room, and is never so thin that the bowl looks round in it.
    reach = 1.2 * np.maximum(np.abs(begin), np.max(np.abs(begin)) / 5)
    box = tuple((-float(r), float(r)) for r in np.where(reach > 0, reach, 1.0)[:2])
    hessian = (turn * curvature) @ turn.T
    return Quadratic(_fixed(hessian), _fixed(np.zeros(d)), _fixed(begin), box, name)


valley = quadratic((0.01, 1.0), name="valley")
"""The one valley of the course: f(x, y) = (0.01 x^2 + y^2) / 2, condition number k = 100.

The steep curvature is 1, so a learning rate reads in units of 1/L: plain gradient descent explodes
above 2, and is best at 2/(1 + 0.01) = 1.98. The start (10, 1) has loss 1, half of it from each
direction."""

askew = quadratic((0.01, 1.0), rotation=np.pi / 6, name="askew valley")
"""The same valley, turned by 30 degrees, start included. No axis runs along the valley: what a
method gains by treating each coordinate on its own, it loses here."""


class Rosenbrock:
    """f(x, y) = (1 - x)^2 + 100 (y - x^2)^2: a bent valley with steep walls and a flat floor.

    Minimum 0 at (1, 1). Source: Rosenbrock 1960, with its start (-1.2, 1).
    """

    name = "Rosenbrock"
    minimum = _fixed((1.0, 1.0))
    start = _fixed((-1.2, 1.0))
    box: Box = ((-2.0, 2.0), (-1.0, 3.0))

    def value(self, w: ArrayLike) -> np.ndarray:
        x, y = _xy(w)
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def grad(self, w: ArrayLike) -> np.ndarray:
        x, y = _xy(w)
        wall = y - x**2
        return np.stack([-2 * (1 - x) - 400 * x * wall, 200 * wall], axis=-1)


class Beale:
    """f(x, y) = sum over i = 1, 2, 3 of (c_i - x (1 - y^i))^2,  c = (1.5, 2.25, 2.625).

    A plateau around a valley, with walls that rise like y^6. Minimum 0 at (3, 0.5).
    Source: Beale 1958; the start (1, 1) is that of More, Garbow and Hillstrom 1981.
    """

    name = "Beale"
    minimum = _fixed((3.0, 0.5))
    start = _fixed((1.0, 1.0))
    box: Box = ((-4.5, 4.5), (-4.5, 4.5))

    def value(self, w: ArrayLike) -> np.ndarray:
        x, y = _xy(w)
        r1, r2, r3 = 1.5 - x * (1 - y), 2.25 - x * (1 - y**2), 2.625 - x * (1 - y**3)
        return r1**2 + r2**2 + r3**2

    def grad(self, w: ArrayLike) -> np.ndarray:
        x, y = _xy(w)
        r1, r2, r3 = 1.5 - x * (1 - y), 2.25 - x * (1 - y**2), 2.625 - x * (1 - y**3)
        dx = -2 * (r1 * (1 - y) + r2 * (1 - y**2) + r3 * (1 - y**3))
        dy = 2 * x * (r1 + 2 * y * r2 + 3 * y**2 * r3)
        return np.stack([dx, dy], axis=-1)


class Himmelblau:
    """f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2: four valleys, equally deep.

    Minimum 0 at (3, 2) and at three more points, the other real roots of both squares.
    Source: Himmelblau 1972.
    """

    name = "Himmelblau"
    minimum = _fixed(
        [
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        ]
    )
    start = _fixed((0.0, 0.0))
    box: Box = ((-5.0, 5.0), (-5.0, 5.0))

    def value(self, w: ArrayLike) -> np.ndarray:
        x, y = _xy(w)
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    def grad(self, w: ArrayLike) -> np.ndarray:
        x, y = _xy(w)
        a, b = x**2 + y - 11, x + y**2 - 7
        return np.stack([4 * x * a + 2 * b, 2 * a + 4 * y * b], axis=-1)


class Saddle:
    """f(x, y) = (x^2 - y^2) / 2: up along x, down along y, flat at the origin.

    No minimum: along y it falls for ever. The start (1, 1e-3) is almost on the ridge.
    The plainest strict saddle; see Lee et al. 2016 on why gradient descent leaves it.
    """

    name = "saddle"
    minimum = _fixed(np.empty((0, 2)))
    start = _fixed((1.0, 1e-3))
    box: Box = ((-1.5, 1.5), (-1.5, 1.5))

    def value(self, w: ArrayLike) -> np.ndarray:
        x, y = _xy(w)
        return (x**2 - y**2) / 2

    def grad(self, w: ArrayLike) -> np.ndarray:
        x, y = _xy(w)
        return np.stack([1.0 * x, -1.0 * y], axis=-1)


class DoubleWell:
    """f(x, y) = x^4/4 - x^3/12 - x^2/2 + x/4 + y^2/2: two wells, one of them deeper.

    Along x the slope is (x^2 - 1)(x - 1/4), so the wells are at x = -1 and x = 1 exactly and the
    barrier between them at x = 1/4. Minimum -5/12 at (-1, 0); (1, 0) is a local minimum only, at
    -1/12. The start (1.5, 1) is in the wrong well. A tilted form of the double well that physics
    calls Landau's (Landau 1937).
    """

    name = "double well"
    minimum = _fixed((-1.0, 0.0))
    start = _fixed((1.5, 1.0))
    box: Box = ((-2.0, 2.0), (-1.5, 1.5))

    def value(self, w: ArrayLike) -> np.ndarray:
        x, y = _xy(w)
        return x**4 / 4 - x**3 / 12 - x**2 / 2 + x / 4 + y**2 / 2

    def grad(self, w: ArrayLike) -> np.ndarray:
        x, y = _xy(w)
        return np.stack([(x**2 - 1) * (x - 0.25), 1.0 * y], axis=-1)


rosenbrock, beale, himmelblau = Rosenbrock(), Beale(), Himmelblau()
saddle, double_well = Saddle(), DoubleWell()


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """f(w) = mean over rows of (X w - y)^2, grad f = 2/n X^T (X w - y). See `least_squares`."""

    X: np.ndarray
    y: np.ndarray
    hessian: np.ndarray
    minimum: np.ndarray
    start: np.ndarray
    box: Box
    name: str = "least squares"

    def value(self, w: ArrayLike) -> np.ndarray:
        return np.mean((np.asarray(w) @ self.X.T - self.y) ** 2, axis=-1)

    def grad(self, w: ArrayLike) -> np.ndarray:
        return 2 / len(self.y) * ((np.asarray(w) @ self.X.T - self.y) @ self.X)


def least_squares(X: ArrayLike, y: ArrayLike) -> LeastSquares:
    """Fit y by a linear function of X: f(w) = mean((X w - y)^2), a mean without a half.

    X has shape (n, d), y has shape (n,), in any units: f has those of y squared. The Hessian is
    2/n X^T X. The minimum is the solution of least squares, of smallest norm if there are many;
    the start is zero. Raises ValueError if the shapes do not fit.
    Source: Legendre 1805. Textbooks often write a sum, or a half in front: the minimum stays, the
    learning rate that suits it changes.
    """
    X, y = _fixed(X), _fixed(y)
    if X.ndim != 2 or y.shape != X.shape[:1]:
        raise ValueError(
            f"least_squares needs X of shape (n, d) and y of shape (n,), got {X.shape} and "
            f"{y.shape}; y.ravel() turns a column into a row"
        )
    minimum = np.linalg.lstsq(X, y, rcond=None)[0]
    reach = np.where(minimum == 0, 1.0, np.abs(minimum))[:2]
    box = tuple(
        (float(m - 1.5 * r), float(m + 1.5 * r)) for m, r in zip(minimum, reach, strict=False)
    )
    hessian, start = _fixed(2 / len(y) * X.T @ X), _fixed(np.zeros(X.shape[1]))
    return LeastSquares(X, y, hessian, _fixed(minimum), start, box)


@dataclass(frozen=True, eq=False)
class Turned:
    """f(c + R^T (w - c)): a problem turned about c, the middle of its box. Made by `turned`.

    degrees is a number, or an array (K,) that turns each of K runs by an angle of its own: then
    start has shape (K, 2), and w shape (K, 2).
    """

    problem: Problem
    degrees: float | np.ndarray

    @property
    def name(self) -> str:
        return f"{self.problem.name}, turned"

    @property
    def minimum(self) -> np.ndarray:
        return self._turn(self.problem.minimum, 1)

    @property
    def start(self) -> np.ndarray:
        return self._turn(self.problem.start, 1)

    @property
    def box(self) -> Box:
        half = max(high - low for low, high in self.problem.box) / 2
        return tuple((float(c - half), float(c + half)) for c in self._middle)

    def value(self, w: ArrayLike) -> np.ndarray:
        return self.problem.value(self._turn(w, -1))

    def grad(self, w: ArrayLike) -> np.ndarray:
        # The slope of f at the place turned back, itself turned: R grad f.
        return self._turn(self.problem.grad(self._turn(w, -1)), 1, about=0.0)

    @cached_property
    def _middle(self) -> np.ndarray:
        return np.array(self.problem.box).mean(axis=1)

    @cached_property
    def _direction(self) -> tuple[np.ndarray, np.ndarray]:
        return np.cos(np.radians(self.degrees)), np.sin(np.radians(self.degrees))

    def _turn(self, w: ArrayLike, sign: int, about: ArrayLike | None = None) -> np.ndarray:
        middle = self._middle if about is None else about
        cos, sin = self._direction
        x, y = _xy(np.asarray(w) - middle)
        return np.stack([cos * x - sign * sin * y, sign * sin * x + cos * y], axis=-1) + middle


def turned(problem: Problem, degrees: float) -> Turned:
    """A problem in two dimensions, turned counter-clockwise about the middle of its box.

        f(c + R^T (w - c)),    gradient R grad f,    start and minimum turned with it

    Its box is a square that shows the same at every angle. Gradient descent and momentum take the
    same path, turned; a method that treats each coordinate on its own does not. `askew` is the
    valley at 30 degrees. Raises ValueError for another dimension than two.
    """
    if problem.start.shape != (2,):
        raise ValueError(f"turned needs two coordinates, {problem.name} has {problem.start.size}")
    return Turned(problem, float(degrees))
