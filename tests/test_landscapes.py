"""Places without slope: against closed forms, and numbers from other people's tables."""

import numpy as np
import pytest

from course_lib.landscapes import (
    critical_points,
    escape_time,
    hessian,
    kind,
    share_of_minima,
    should_stop,
)
from course_lib.problems import beale, double_well, himmelblau, quadratic, rosenbrock, saddle

# Himmelblau's critical points as tables give them, to six digits.
TABLED = {
    himmelblau: [
        (-3.779310, -3.283186, 0.0, "minimum"),
        (-2.805118, 3.131313, 0.0, "minimum"),
        (3.0, 2.0, 0.0, "minimum"),
        (3.584428, -1.848127, 0.0, "minimum"),
        (3.385154, 0.073852, 13.3119, "saddle"),
        (0.086678, 2.884255, 67.7192, "saddle"),
        (-3.073026, -0.081353, 104.015, "saddle"),
        (-0.127961, -1.953715, 178.337, "saddle"),
        (-0.270845, -0.923039, 181.617, "maximum"),
    ],
    double_well: [
        (-1.0, 0.0, -5 / 12, "minimum"),
        (1.0, 0.0, -1 / 12, "minimum"),
        (0.25, 0.0, 95 / 3072, "saddle"),  # by hand: 1/1024 - 1/768 - 1/32 + 1/16
    ],
    saddle: [(0.0, 0.0, 0.0, "saddle")],
    rosenbrock: [(1.0, 1.0, 0.0, "minimum")],
}


@pytest.mark.parametrize("problem", TABLED, ids=lambda problem: problem.name)
def test_critical_points(problem):
    found = critical_points(problem)
    wanted = TABLED[problem]
    np.testing.assert_allclose(found, [row[:2] for row in wanted], atol=1e-6)
    np.testing.assert_allclose(
        problem.value(found), [row[2] for row in wanted], rtol=1e-5, atol=1e-9
    )
    assert [kind(hessian(problem.grad, w)) for w in found] == [row[3] for row in wanted]


def rosenbrock_hessian(x, y):
    return [[2 - 400 * (y - 3 * x**2), -400 * x], [-400 * x, 200]]


@pytest.mark.parametrize("point", [(1.0, 1.0), (-1.2, 1.0), (0.3, -2.0)])
def test_hessian_against_the_formula(point):
    np.testing.assert_allclose(
        hessian(rosenbrock.grad, point), rosenbrock_hessian(*point), rtol=1e-7, atol=1e-5
    )


def test_hessians_of_many_points_at_once():
    points = np.array([[1.0, 1.0], [0.5, 2.0], [-1.0, 0.0]])
    together = hessian(beale.grad, points)
    assert together.shape == (3, 2, 2)
    for one, H in zip(points, together, strict=True):
        np.testing.assert_allclose(hessian(beale.grad, one), H, rtol=1e-12)


def turned(*eigenvalues):
    Q, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(len(eigenvalues),) * 2))
    return (Q * eigenvalues) @ Q.T


@pytest.mark.parametrize(
    ("H", "tol", "wanted"),
    [
        (turned(1, 2, 3), 1e-6, "minimum"),
        (turned(-1, -2, -3), 1e-6, "maximum"),
        (turned(-1, -2, 1, 4), 1e-6, "saddle"),
        (turned(0, 2, 3), 1e-6, "degenerate"),
        (turned(0, 2, -3), 1e-6, "saddle"),
        (np.zeros((2, 2)), 1e-6, "degenerate"),
        (1e-12 * turned(1, 2), 1e-6, "minimum"),
        (np.diag([1, 0.1]), 0.1, "degenerate"),  # just small enough
        (np.diag([1, 0.11]), 0.1, "minimum"),
        (np.diag([-1, 1e-7]), 1e-6, "degenerate"),
    ],
)
def test_kind(H, tol, wanted):
    assert kind(H, tol) == wanted


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ((0.1, 1.0, 1e-8), 194),  # 18.42 / 0.0953 = 193.3
        ((0.1, 1.0, 1e-12), 290),
        ((1.0, 1.0, 1.0, 8.5), 4),  # 2, 4, 8, 16
        ((1.0, 1.0, 1.0, 7.5), 3),
        ((0.1, 1.0, 2.0), 0),
    ],
)
def test_escape_time(arguments, wanted):
    assert escape_time(*arguments) == wanted


@pytest.mark.parametrize(
    ("n", "wanted"),
    [(1, 0.5), (2, (2 - 2**0.5) / 4), (3, (np.pi - 8**0.5) / (4 * np.pi)), (4, 0.0024)],
)
def test_share_of_minima(n, wanted):
    share = share_of_minima(n, 40_000, np.random.default_rng(0))
    assert share == pytest.approx(wanted, abs=3.5 * (wanted / 40_000) ** 0.5)


@pytest.mark.parametrize(
    ("grad_norm", "step", "loss", "tol", "wanted"),
    [
        (0.0, 0, 1.0, 0.1, False),
        (0.0, 1, 1.0, 0.0, True),
        (0.1, 1, 0.001, 0.1, True),
        (0.2, 1, 0.001, 0.1, False),
        (99.0, 1, -1000.0, 0.1, True),
        (101.0, 1, -1000.0, 0.1, False),
    ],
)
def test_should_stop(grad_norm, step, loss, tol, wanted):
    assert should_stop(grad_norm, step, loss, tol) is wanted


REFUSED = [
    (lambda: kind(np.eye(2), -1.0), "0 or more, got -1"),
    (lambda: critical_points(quadratic((1.0, 2.0, 3.0))), "needs two coordinates, got 3"),
    (lambda: escape_time(0.1, 0.0, 1e-3), "curvature must be positive, got 0"),
    (lambda: escape_time(0.1, 1.0, 0.0), "delta must be positive, got 0"),
    (lambda: share_of_minima(0, 10, np.random.default_rng(0)), "got 0 and 10"),
]


@pytest.mark.parametrize(("call", "says"), REFUSED)
def test_refused_in_one_line(call, says):
    with pytest.raises(ValueError, match=says):
        call()
