"""Numerical gradients against closed forms, and the check against gradients that are wrong."""

import re

import numpy as np
import pytest

from course_lib.gradients import (
    check_gradient,
    directional_curvature,
    hessian_vector_product,
    numerical_gradient,
)


def square(w):
    return np.sum(w**2)


def coupled(w):
    return np.sum(np.sin(w)) + np.prod(w)


def coupled_grad(w):
    others = [np.prod(np.delete(w, i)) for i in range(w.size)]
    return np.cos(w) + np.reshape(others, w.shape)


EXACT = [
    (square, [3.0, -3.0, 0.0], [6.0, -6.0, 0.0]),
    (square, [3, -3, 0], [6.0, -6.0, 0.0]),  # integers: w + h must not be rounded back to w
    (square, 2.0, 4.0),
    (square, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]]),
    (square, [1e8], [2e8]),  # the step grows with the coordinate
    (lambda w: float(np.exp(w[0])), [1.0], [np.e]),
    (lambda w: np.array([w[0] * w[1]]), [2.0, 5.0], [5.0, 2.0]),  # one number in an array
]


@pytest.mark.parametrize(("f", "w", "wanted"), EXACT)
def test_numerical_gradient_equals_the_closed_form(f, w, wanted):
    g = numerical_gradient(f, w)
    assert g.dtype == np.float64
    assert g.shape == np.shape(wanted)
    np.testing.assert_allclose(g, wanted, rtol=1e-7, atol=1e-8)


def test_best_step_for_one_function():
    # sin(x) exp(x) at 1.3, on four steps per power of ten: h from the theory of both errors.
    exact = (np.sin(1.3) + np.cos(1.3)) * np.exp(1.3)
    steps = 10 ** np.arange(-9, -3, 0.25)
    wave = lambda w: np.sin(w) * np.exp(w)  # noqa: E731
    error = [abs(numerical_gradient(wave, 1.3, h) - exact) for h in steps]
    assert 1e-6 < steps[np.argmin(error)] < 2e-5
    assert abs(numerical_gradient(wave, 1.3) - exact) < 1e-9


def test_given_step_is_used():
    # of a cube the central difference is 3 w^2 + h^2 exactly
    assert numerical_gradient(lambda w: w**3, 2.0, h=0.5) == 12.25
    np.testing.assert_allclose(
        numerical_gradient(lambda w: np.sum(w**3), [2.0, 2.0], h=[0.5, 1.0]), [12.25, 13.0]
    )


def test_step_too_small_to_move_the_point_gives_zero():
    assert numerical_gradient(square, 1.3, h=1e-17) == 0.0


def test_point_is_left_alone_and_calls_are_counted():
    w, asked = np.array([[1.0, 2.0], [3.0, 4.0]]), []

    def f(x):
        asked.append(x.copy())
        x[:] = 0  # a loss that scribbles on its argument harms nobody
        return 0.0

    numerical_gradient(f, w)
    np.testing.assert_array_equal(w, [[1.0, 2.0], [3.0, 4.0]])
    assert len(asked) == 2 * w.size
    assert all(np.count_nonzero(x - w) == 1 for x in asked)


# A loss, a gradient that claims to be its own, a point: ok?, what the verdict says, the worst index
W = np.array([3.0, -3.0, 0.5])
CHECKED = {
    "right": (square, lambda w: 2 * w, W, True, "agrees", None),
    "right, coupled": (coupled, coupled_grad, W, True, "agrees", None),
    "right, at the minimum": (square, lambda w: 2 * w, np.zeros(3), True, "agrees", None),
    "right, integers": (square, lambda w: 2 * w, [3, -3, 0], True, "agrees", None),
    "right, 0-d": (square, lambda w: 2 * w, 1.5, True, "agrees", None),
    "right, almost flat": (
        lambda w: np.sum(w**3),
        lambda w: 3 * w**2,
        np.array([1e-3]),
        True,
        "agrees",
        None,
    ),
    "right, lost in rounding": (
        lambda w: 1e8 + np.sum(w),
        lambda w: np.ones_like(w),
        W,
        True,
        "agrees",
        None,
    ),
    "factor 2": (
        lambda w: square(w) / 2,
        lambda w: 2 * w,
        W,
        False,
        "2 times .* missing 1/2",
        None,
    ),
    "half": (square, lambda w: w, W, False, "0.5 times .* 2 of a square", None),
    "sign": (square, lambda w: -2 * w, W, False, "-1 times .* the sign", None),
    "sum for mean": (
        lambda w: np.mean(w**2),
        lambda w: 2 * w,
        W,
        False,
        "3 times .* sum where f takes a mean",
        None,
    ),
    "mean for sum": (square, lambda w: 2 * w / 3, W, False, "mean where f takes a sum", None),
    "odd factor": (square, lambda w: 2.6 * w, W, False, "1.3 times .* constant factor", None),
    "zero": (square, lambda w: 0 * w, W, False, "zero everywhere", None),
    "one coordinate": (square, lambda w: 2 * w + [0, 0, 1], W, False, "1 of 3 .* are off", (2,)),
    "offset": (square, lambda w: 2 * w + 1, np.zeros(2), False, "2 of 2 .* are off", None),
    "transposed": (
        lambda w: np.sum(w**2 * np.arange(4).reshape(2, 2)),
        lambda w: 2 * w * np.arange(4).reshape(2, 2).T,
        np.ones((2, 2)),
        False,
        "2 of 4 coordinates are off",
        (0, 1),
    ),
    "nan": (
        square,
        lambda w: np.where(w < 0, np.nan, 2 * w),
        W,
        False,
        "not finite in 1 of 3",
        (1,),
    ),
    "nan loss": (lambda w: np.nan, lambda w: 2 * w, W, False, "f near w is not finite", None),
}


@pytest.mark.parametrize(("f", "grad", "w", "ok", "says", "worst"), CHECKED.values(), ids=CHECKED)
def test_verdict(f, grad, w, ok, says, worst):
    report = check_gradient(f, grad, w)
    assert report.ok is ok
    assert not np.any(report.kink)
    assert np.all(np.isfinite(report.per_coordinate))
    assert re.search(says, report.verdict), report.verdict
    assert report.verdict in str(report)
    if worst is not None:
        assert report.worst == worst


def relu(w):
    return np.sum(np.maximum(w, 0))


def relu_slope(w):
    return 1.0 * (w > 0)


# name: f, grad, w, which coordinates sit on a kink, ok
KINKS = {
    "at the kink": (relu, relu_slope, [1.0, 0.0, -2.0], [False, True, False], True),
    "beside the kink": (relu, relu_slope, [1.0, 2e-6, -3e-6], [False, True, True], True),
    "away from it": (relu, relu_slope, [1.0, 1e-3, -1e-3], [False] * 3, True),
    "a kink and a mistake": (relu, lambda w: 2.0 * (w > 0), [1.0, 0.0], [False, True], False),
    "a minimum is no kink": (square, lambda w: 2 * w + 1, [0.0, 1.0], [False, False], False),
    "strong curvature is no kink": (
        lambda w: 1e4 * np.sum(w**2),
        lambda w: 1e4 * w,
        [1e-3, 2.0],
        [False, False],
        False,
    ),
    "rounding is no kink": (
        lambda w: 1e6 + 1e-3 * np.sum(w**2),
        lambda w: 4e-3 * w,
        [1.0, 2.0],
        [False, False],
        False,
    ),
}


@pytest.mark.parametrize(("f", "grad", "w", "kink", "ok"), KINKS.values(), ids=KINKS)
def test_kinks_are_told_from_mistakes(f, grad, w, kink, ok):
    report = check_gradient(f, grad, w)
    assert report.kink.tolist() == kink
    assert report.ok is ok
    assert ("kink" in report.verdict) == any(kink)


def test_report_holds_the_numbers():
    report = check_gradient(square, lambda w: 2 * w + [0.0, 1.0], [1.0, 2.0])
    np.testing.assert_allclose(report.analytic, [2, 5])
    np.testing.assert_allclose(report.numerical, [2, 4], rtol=1e-9)
    assert report.per_coordinate[0] < 1e-9
    assert report.per_coordinate[1] == pytest.approx(1 / 9, rel=1e-8)
    assert report.relative_error == pytest.approx(1 / (np.sqrt(29) + np.sqrt(20)), rel=1e-8)


def test_check_costs_two_evaluations_per_coordinate_and_one():
    calls = 0

    def f(w):
        nonlocal calls
        calls += 1
        return square(w)

    assert check_gradient(f, lambda w: 2 * w, np.arange(10.0)).ok
    assert calls == 2 * 10 + 1


REFUSED = [
    (lambda: numerical_gradient(lambda w: w, [1.0, 2.0]), r"one number, got shape \(2,\)"),
    (lambda: numerical_gradient(square, [1.0], h=0.0), "h must be positive, got 0.0"),
    (lambda: check_gradient(square, lambda w: w[:1], [1.0, 2.0]), r"\(2,\), got \(1,\)"),
    (lambda: check_gradient(square, square, [1.0, 2.0]), r"\(2,\), got \(\)"),
    (lambda: check_gradient(square, lambda w: w, []), r"coordinate to check, got shape \(0,\)"),
    (lambda: hessian_vector_product(lambda w: w, [1.0], [1.0, 2.0]), r"\(2,\) and \(1,\)"),
    (lambda: directional_curvature(lambda w: w, [1.0, 2.0], [0.0, 0.0]), "must not be zero"),
]


@pytest.mark.parametrize(("call", "says"), REFUSED)
def test_refused_in_one_line(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


H = np.array([[4.0, 1.0], [1.0, 3.0]])


@pytest.mark.parametrize("v", [[1.0, 0.0], [1e-8, 2e-8], [3e5, -1.0], [0.0, 0.0]])
def test_hessian_vector_product_of_a_quadratic(v):
    product = hessian_vector_product(lambda w: H @ w, [0.3, -2.0], v)
    np.testing.assert_allclose(product, H @ v, rtol=1e-8)


def test_hessian_vector_product_where_the_hessian_changes():
    # f = sum w^4 / 12, Hessian diag(w^2)
    product = hessian_vector_product(lambda w: w**3 / 3, [2.0, -3.0], [1.0, 1.0])
    np.testing.assert_allclose(product, [4.0, 9.0], rtol=1e-8)


@pytest.mark.parametrize(
    ("d", "curvature"), [([1, 0], 4), ([0, 7], 3), ([1, 1], 4.5), ([1, -1], 2.5)]
)
def test_directional_curvature(d, curvature):
    assert directional_curvature(lambda w: H @ w, [1.0, 1.0], d) == pytest.approx(
        curvature, rel=1e-8
    )
