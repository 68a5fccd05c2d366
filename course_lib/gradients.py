"""Gradients from values alone, and a check that a gradient you wrote is right."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

Loss = Callable[[np.ndarray], float]
Grad = Callable[[np.ndarray], np.ndarray]

TOLERANCE = 1e-6  # rounding and curvature leave about 1e-9; a wrong formula leaves far more


def numerical_gradient(f: Loss, w: ArrayLike, h: float | ArrayLike | None = None) -> np.ndarray:
    """The gradient of f at w by central differences, one coordinate at a time.

        g_i = (f(w + h_i e_i) - f(w - h_i e_i)) / (2 h_i)

    f takes an array of the shape of w and returns one number. w has any shape and is left as it
    was; the result has its shape. Integers become float64, since w + h would lose h. The error is
    f''' h^2 / 6 from the formula and about eps |f| / h from rounding, least near h = cbrt(eps): so
    h_i = cbrt(eps) max(1, |w_i|) = 6e-6 max(1, |w_i|), unless you give h. Costs 2 evaluations per
    coordinate. Raises ValueError if f does not return one number, or h is not positive.
    Source: Nocedal and Wright 2006, on finite differences. SciPy's approx_fprime uses forward
    differences by default: half the evaluations, half the correct digits.
    """
    w = np.array(w, dtype=float)
    g = np.empty_like(w)
    for i, step in np.ndenumerate(_steps(w, h)):
        g[i] = _slope(f, w, i, step, step)
    return g


def _slope(f: Loss, w: np.ndarray, i: tuple[int, ...], up: float, down: float) -> float:
    """The slope of f between w_i - down and w_i + up, the other coordinates held."""
    right, left = w.copy(), w.copy()
    right[i] += up
    left[i] -= down
    return (_number(f, right) - _number(f, left)) / (up + down)


def _steps(w: np.ndarray, h: float | ArrayLike | None) -> np.ndarray:
    """The step for each coordinate: as given, or cbrt(eps) max(1, |w_i|)."""
    if h is None:
        wish = np.cbrt(np.finfo(float).eps) * np.maximum(1, np.abs(w))
        return (w + wish) - w  # the step that w + h really takes, after rounding
    if not np.all(np.asarray(h) > 0):
        raise ValueError(f"h must be positive, got {h}")
    return np.broadcast_to(np.asarray(h, dtype=float), w.shape)


def _number(f: Loss, w: np.ndarray) -> float:
    value = np.asarray(f(w))
    if value.size != 1:
        raise ValueError(
            f"f must return one number, got shape {value.shape}: take the mean or the sum of it"
        )
    return value.item()


def hessian_vector_product(
    grad: Grad, w: ArrayLike, v: ArrayLike, h: float | None = None
) -> np.ndarray:
    """H v at w, from two gradients and without the Hessian H.

        H v = (grad(w + h v) - grad(w - h v)) / (2 h)

    v has the shape of w and any length; h v is scaled to 6e-6 max(1, |w|) unless you give h.
    Source: Pearlmutter 1994, who also gives the exact product by differentiating once more.
    """
    w, v = np.array(w, dtype=float), np.array(v, dtype=float)
    if v.shape != w.shape:
        raise ValueError(f"v must have the shape of w, got {v.shape} and {w.shape}")
    if h is None:
        length = np.linalg.norm(v)
        h = float(np.cbrt(np.finfo(float).eps) * max(1, np.linalg.norm(w)) / (length or 1))
    return (np.asarray(grad(w + h * v)) - np.asarray(grad(w - h * v))) / (2 * h)


def directional_curvature(grad: Grad, w: ArrayLike, d: ArrayLike) -> float:
    """The second derivative of f along d at w: d^T H d / d^T d. Raises ValueError for d = 0."""
    d = np.array(d, dtype=float)
    if not np.any(d):
        raise ValueError("d must not be zero: it has no direction")
    return float(np.sum(d * hessian_vector_product(grad, w, d)) / np.sum(d * d))


@dataclass(frozen=True, eq=False)
class GradientReport:
    """What check_gradient found. str() says it in words; ok says it in one bit.

    relative_error   |analytic - numerical| / (|analytic| + |numerical|), norms, kinks left out
    per_coordinate   the same for each coordinate, shape of w, 0 where both are negligible
    worst            index of the coordinate that is furthest off, as a tuple
    analytic, numerical   the two gradients, shape of w
    kink             True where f has a corner at w, so that no gradient exists; shape of w
    verdict          the finding in words, with the usual suspect if there is one
    ok               True if no coordinate without a kink is off
    """

    relative_error: float
    per_coordinate: np.ndarray
    worst: tuple[int, ...]
    analytic: np.ndarray
    numerical: np.ndarray
    kink: np.ndarray
    verdict: str
    ok: bool

    def __str__(self) -> str:
        a, n = self.analytic[self.worst], self.numerical[self.worst]
        return (
            f"{'ok' if self.ok else 'not ok'}: {self.verdict}\n"
            f"relative error {self.relative_error:.1e}; furthest off at {self.worst}: "
            f"analytic {a:.6g}, numerical {n:.6g}"
        )


def check_gradient(f: Loss, grad: Grad, w: ArrayLike) -> GradientReport:
    """Compare grad(w) with central differences of f at w, and say what is wrong.

    f takes an array of the shape of w and returns one number; grad returns an array of that shape.
    A coordinate is off if the two differ by more than 1e-6 of their size, and by more than rounding
    in f and the choice of h explain. Where a coordinate is off and the slopes to the left and to
    the right of w stay apart as h shrinks, f has a corner: a kink, which is not a mistake. Costs 2
    evaluations of f per coordinate plus 1, and up to 10 more for each coordinate that is off.
    Raises ValueError if f does not return one number or grad does not return the shape of w.
    """
    w = np.array(w, dtype=float)
    if not w.size:
        raise ValueError(f"w must have a coordinate to check, got shape {w.shape}")
    analytic = np.array(grad(w.copy()), dtype=float)
    if analytic.shape != w.shape:
        raise ValueError(f"grad must return the shape of w, {w.shape}, got {analytic.shape}")
    numerical = numerical_gradient(f, w)
    rounding = 16 * np.finfo(float).eps * abs(_number(f, w.copy())) / _steps(w, None)

    finite = np.isfinite(analytic) & np.isfinite(numerical)
    with np.errstate(invalid="ignore"):
        gap = np.abs(analytic - numerical)
        size = np.abs(analytic) + np.abs(numerical)
        share = np.where(gap > rounding, gap / np.where(size > 0, size, 1), 0.0)
    per_coordinate = np.where(finite, share, 1.0)
    kink = np.zeros(w.shape, dtype=bool)
    for i in np.ndindex(w.shape):
        if per_coordinate[i] <= TOLERANCE or not finite[i]:
            continue
        step = 2 * float(_steps(w, None)[i])
        if _has_corner(f, w, i, float(rounding[i])):
            kink[i] = True
        elif gap[i] <= abs(numerical[i] - _slope(f, w, i, step, step)):
            per_coordinate[i] = 0.0  # the choice of h matters as much
    off = (per_coordinate > TOLERANCE) & ~kink

    a, n = analytic[~kink], numerical[~kink]
    total = float(np.linalg.norm(a) + np.linalg.norm(n))
    error = float(np.linalg.norm(a - n)) / total if total else 0.0
    worst = np.unravel_index(int(np.argmax(np.where(kink, -1.0, per_coordinate))), w.shape)
    return GradientReport(
        relative_error=error,
        per_coordinate=per_coordinate,
        worst=tuple(int(i) for i in worst),
        analytic=analytic,
        numerical=numerical,
        kink=kink,
        verdict=_verdict(analytic, numerical, off, kink),
        ok=not np.any(off),
    )


def _has_corner(f: Loss, w: np.ndarray, i: tuple[int, ...], rounding: float) -> bool:
    """Do the slopes to the left and right of w_i stay apart as h shrinks?

    Where f is smooth they differ by f'' h, so a tenth of the step leaves a tenth of the difference.
    At a corner the difference stays.
    """
    far, near = (h * max(1, abs(w[i])) for h in (1e-4, 1e-5))
    wide = abs(_slope(f, w, i, far, 0) - _slope(f, w, i, 0, far))
    narrow = abs(_slope(f, w, i, near, 0) - _slope(f, w, i, 0, near))
    return bool(narrow > 0.4 * wide and narrow > rounding)


def _verdict(analytic: np.ndarray, numerical: np.ndarray, off: np.ndarray, kink: np.ndarray) -> str:
    """The finding in words; off and kink are masks of the shape of w."""
    corners = f"{np.sum(kink)} of {kink.size} coordinates sit on a kink of f, where no gradient is"
    if not np.any(off):
        return corners if np.any(kink) else "the gradient agrees with central differences"
    for name, g in (("the gradient", analytic), ("f near w", numerical)):
        if not np.all(np.isfinite(g)):
            return f"{name} is not finite in {np.sum(~np.isfinite(g))} of {g.size} coordinates"
    ratio = _constant_ratio(analytic[~kink], numerical[~kink])
    if not np.any(analytic):
        words = "the gradient is zero everywhere, the numerical one is not"
    elif ratio is not None:
        words = f"every coordinate is {ratio:.4g} times the numerical one: {_suspect(ratio)}"
    else:
        words = f"{np.sum(off)} of {off.size} coordinates are off"
    return f"{words}; {corners}" if np.any(kink) else words


def _constant_ratio(analytic: np.ndarray, numerical: np.ndarray) -> float | None:
    """analytic / numerical, if it is one number for all coordinates, and telling."""
    large = np.abs(numerical) > 1e-6 * np.max(np.abs(numerical))
    if not np.any(large):
        return None
    ratios = analytic[large] / numerical[large]
    ratio = float(np.median(ratios))
    if not np.allclose(ratios, ratio, rtol=1e-4, atol=0) or ratio == 0:
        return None
    # One coordinate alone always has "a constant ratio": only a telling one counts.
    return ratio if ratios.size > 1 or _suspect(ratio) != UNKNOWN else None


UNKNOWN = "a constant factor"


def _suspect(ratio: float) -> str:
    """What a gradient that is `ratio` times the true one usually lacks."""
    size = abs(ratio)
    if np.isclose(size, 1, rtol=1e-4):
        return "the sign"
    whole = round(max(size, 1 / size))
    if not np.isclose(max(size, 1 / size), whole, rtol=1e-4):
        return UNKNOWN
    if size > 1:
        usual = "a missing 1/2" if whole == 2 else "a sum where f takes a mean"
        factor = f"a factor {whole}, such as {usual}"
    else:
        usual = "the 2 of a square left out" if whole == 2 else "a mean where f takes a sum"
        factor = f"a factor 1/{whole}, such as {usual}"
    return f"the sign, and {factor}" if ratio < 0 else factor
