"""Every problem against independent yardsticks: complex steps, values by hand, known minima."""

import numpy as np
import pytest

from course_lib.problems import (
    beale,
    double_well,
    himmelblau,
    least_squares,
    quadratic,
    rosenbrock,
    saddle,
    valley,
)

X = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
Y = np.array([1.0, 3.0, 4.0])
PROBLEMS = {
    "valley": valley,
    "turned": quadratic([0.5, 3.0], rotation=0.7),
    "three curvatures": quadratic([1.0, 2.0, 5.0], rotation=-1.2),
    "one curvature": quadratic([4.0]),
    "rosenbrock": rosenbrock,
    "beale": beale,
    "himmelblau": himmelblau,
    "saddle": saddle,
    "double well": double_well,
    "least squares": least_squares(X, Y),
}
each = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)


def points_around(problem, n=7):
    rng = np.random.default_rng(1)
    return rng.uniform(-2, 2, size=(n, *problem.start.shape))


@each
def test_gradient_equals_the_complex_step(problem):
    # f(w + i h e_j) = f(w) + i h df/dw_j + O(h^2): no difference is taken, so no digits are lost
    # and h can be tiny. Squire and Trapp 1998.
    h = 1e-30
    for w in points_around(problem):
        exact = [problem.value(w + 1j * h * e).imag / h for e in np.eye(len(w))]
        np.testing.assert_allclose(problem.grad(w), exact, rtol=1e-12, atol=1e-12)


@each
def test_leading_axes_are_free(problem):
    w = points_around(problem, 6)
    grid = w.reshape(2, 3, -1)
    assert problem.value(grid).shape == (2, 3)
    assert problem.grad(grid).shape == grid.shape
    np.testing.assert_allclose(
        problem.value(grid).ravel(), [problem.value(row) for row in w], rtol=1e-13
    )
    np.testing.assert_allclose(
        problem.grad(grid).reshape(w.shape),
        [problem.grad(row) for row in w],
        rtol=1e-13,
        atol=1e-14,
    )


@each
def test_minimum_is_lower_than_its_neighbours_and_flat(problem):
    minima = problem.minimum.reshape(-1, problem.start.size)
    for w in minima:
        np.testing.assert_allclose(problem.grad(w), 0, atol=1e-12)
        away = w + 0.01 * np.concatenate([np.eye(len(w)), -np.eye(len(w))])
        assert np.all(problem.value(away) > problem.value(w))


@each
def test_start_and_minima_are_inside_the_box(problem):
    shown = [problem.start, *problem.minimum.reshape(-1, problem.start.size)]
    for w in shown:
        for coordinate, (low, high) in zip(w, problem.box, strict=False):
            assert low < coordinate < high
    assert len(problem.box) == min(2, problem.start.size)


@each
def test_the_problem_cannot_be_changed_by_its_reader(problem):
    with pytest.raises(ValueError, match="read-only"):
        problem.start[...] += 1


@each
def test_integers_and_lists_are_points_too(problem):
    w = [2] * problem.start.size
    np.testing.assert_array_equal(problem.value(w), problem.value(np.array(w, dtype=float)))
    np.testing.assert_array_equal(problem.grad(w), problem.grad(np.array(w, dtype=float)))


# Worked out by hand from the equations.
BY_HAND = [
    (valley, [10, 1], 1.0, [0.1, 1.0]),
    (valley, [2, -1], 0.52, [0.02, -1.0]),
    (quadratic([1, 3], rotation=np.pi / 2), [1, 0], 1.5, [3.0, 0.0]),
    (rosenbrock, [-1.2, 1], 24.2, [-215.6, -88.0]),
    (rosenbrock, [0, 0], 1.0, [-2.0, 0.0]),
    (beale, [1, 1], 14.203125, [0.0, 27.75]),
    (beale, [0, 0], 14.203125, [-12.75, 0.0]),
    (himmelblau, [0, 0], 170.0, [-14.0, -22.0]),
    (saddle, [3, 2], 2.5, [3.0, -2.0]),
    (double_well, [-1, 0], -5 / 12, [0.0, 0.0]),
    (double_well, [1, 0], -1 / 12, [0.0, 0.0]),
    (double_well, [0, 2], 2.0, [0.25, 2.0]),
    # residuals -1, -3, -4: mean of squares 26/3, gradient -2/3 (8, 11)
    (least_squares(X, Y), [0, 0], 26 / 3, [-16 / 3, -22 / 3]),
]


@pytest.mark.parametrize(("problem", "w", "value", "grad"), BY_HAND)
def test_values_by_hand(problem, w, value, grad):
    assert problem.value(w) == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(problem.grad(w), grad, rtol=1e-13, atol=1e-14)


def test_himmelblau_has_four_minima_and_all_are_zero():
    assert himmelblau.minimum.shape == (4, 2)
    np.testing.assert_allclose(himmelblau.value(himmelblau.minimum), 0, atol=1e-25)


def test_saddle_has_no_minimum():
    assert saddle.minimum.shape == (0, 2)


def test_double_well_has_its_barrier_at_a_quarter():
    np.testing.assert_array_equal(double_well.grad([0.25, 0.0]), [0.0, 0.0])
    assert double_well.value([0.25, 0.0]) > double_well.value([1.0, 0.0])


@pytest.mark.parametrize("rotation", [0.0, 0.3, np.pi / 4, -2.0])
def test_quadratic_has_the_spectrum_it_was_asked_for(rotation):
    bowl = quadratic([5.0, 0.2, 1.0], rotation=rotation)
    np.testing.assert_allclose(np.linalg.eigvalsh(bowl.hessian), [0.2, 1.0, 5.0], rtol=1e-13)
    np.testing.assert_allclose(bowl.hessian, bowl.hessian.T)
    # each direction starts with the same loss, 1/2
    assert bowl.value(bowl.start) == pytest.approx(1.5, rel=1e-13)


def test_valley_has_condition_number_100():
    assert np.linalg.cond(valley.hessian) == pytest.approx(100, rel=1e-12)


def test_least_squares_by_hand():
    line = least_squares(X, Y)
    np.testing.assert_allclose(line.minimum, [7 / 6, 3 / 2], rtol=1e-13)  # the normal equations
    np.testing.assert_allclose(line.hessian, [[2, 2], [2, 10 / 3]], rtol=1e-13)


def test_least_squares_keeps_its_own_copy():
    x = X.copy()
    line = least_squares(x, Y)
    x[:] = 0
    assert line.value([1, 1]) == pytest.approx(2 / 3)  # residuals 0, -1, -1


REFUSED = [
    (lambda: quadratic([1, -1]), r"positive numbers, got \[1, -1\]"),
    (lambda: quadratic([]), r"positive numbers, got \[\]"),
    (lambda: quadratic([[1, 2]]), "list of positive numbers"),
    (lambda: quadratic([2.0], rotation=1.0), "needs two coordinates"),
    (lambda: quadratic([1, 2], start=[1, 2, 3]), r"shape \(2,\)"),
    (lambda: least_squares(X, Y[:, None]), r"\(3, 2\) and \(3, 1\)"),
    (lambda: least_squares(Y, Y), r"X of shape \(n, d\)"),
]


@pytest.mark.parametrize(("make", "says"), REFUSED)
def test_refused_in_one_line(make, says):
    with pytest.raises(ValueError, match=says) as caught:
        make()
    assert "\n" not in str(caught.value)
