"""Newton, BFGS and L-BFGS against closed forms, exact fractions, and recordings of SciPy."""

from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from course_lib.chained import ChainedRosenbrock
from course_lib.line_search import backtracking, full_step, strong_wolfe
from course_lib.problems import himmelblau, quadratic, rosenbrock, saddle, valley
from course_lib.second_order import (
    BFGS,
    LBFGS,
    Newton,
    bfgs_update,
    lbfgs_direction,
    minimise,
    newton_step,
    numerical_hessian,
)

GOLDEN = np.load(Path(__file__).parent / "golden" / "scipy.npz")
BENT = ChainedRosenbrock(2)


def recorded(name):
    return GOLDEN[f"{name}/points"], GOLDEN[f"{name}/grads"]


# ---------------------------------------------------------------- the three rules


@pytest.mark.parametrize(
    ("damping", "wanted"), [(0.0, (0.0, 0.0)), (1.0, (10 - 0.1 / 1.01, 0.5)), (1e6, (10.0, 1.0))]
)
def test_newton_on_the_valley(damping, wanted):
    w = newton_step(valley.start, valley.grad(valley.start), valley.hessian, damping)
    np.testing.assert_allclose(w, wanted, rtol=2e-6, atol=1e-14)


def test_newton_goes_to_a_saddle_and_damping_turns_it_away():
    w = np.array([1.0, 0.5])
    H = np.diag([1.0, -1.0])
    np.testing.assert_array_equal(newton_step(w, saddle.grad(w), H, 0.0), (0, 0))
    # Along y: 0.5 + 0.5 / (damping - 1).
    np.testing.assert_allclose(newton_step(w, saddle.grad(w), H, 1.5), (0.6, 1.5), rtol=1e-12)


def exact_newton(steps):
    """Newton's points on Rosenbrock's function in exact fractions, from (-6/5, 1)."""
    x, y = Fraction(-6, 5), Fraction(1)
    for _ in range(steps):
        g1, g2 = -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)
        a, b, c = 1200 * x * x - 400 * y + 2, -400 * x, Fraction(200)
        det = a * c - b * b
        x, y = x - (c * g1 - b * g2) / det, y - (a * g2 - b * g1) / det
    return float(x), float(y)


@pytest.mark.parametrize("steps", range(7))
def test_newton_is_exact_newton(steps):
    run = minimise(Newton(BENT.hessian), rosenbrock, search=full_step)
    np.testing.assert_allclose(run.points[steps], exact_newton(steps), rtol=1e-8)


def test_bfgs_update_by_hand():
    # s.y = 2, r = 1/2: V = [[0, 0], [-1/2, 1]] for s = (1, 0), y = (2, 1), from I.
    wanted = [[0.25 + 0.5, -0.5], [-0.5, 1.0]]
    np.testing.assert_allclose(bfgs_update(np.eye(2), [1, 0], [2, 1]), wanted, rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_bfgs_explains_the_step_stays_positive_and_changes_by_rank_two(seed):
    rng = np.random.default_rng(seed)
    A, s = rng.normal(size=(6, 6)), rng.normal(size=6)
    H_inv, y = A @ A.T + np.eye(6), rng.normal(size=6)
    y *= np.sign(s @ y)
    new = bfgs_update(H_inv, s, y)
    np.testing.assert_allclose(new @ y, s, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(new, new.T, rtol=1e-9, atol=1e-12)
    assert np.linalg.eigvalsh(new).min() > 0
    sizes = np.linalg.svd(new - H_inv, compute_uv=False)
    assert sizes[1] > 1e-6 * sizes[0]
    assert sizes[2] < 1e-13 * sizes[0]


@pytest.mark.parametrize(
    ("s", "y", "changes"),
    [
        ((1.0, 0.0), (-1.0, 0.0), False),
        ((1.0, 0.0), (0.0, 1.0), False),
        ((1.0, 0.0), (1e-11, 1.0), False),
        ((1.0, 0.0), (1e-9, 1.0), True),
        ((1e-9, 0.0), (1e-9, 0.0), True),  # the test is relative
        ((0.0, 0.0), (1.0, 0.0), False),
    ],
)
def test_a_step_without_curvature_changes_nothing(s, y, changes):
    H_inv = np.array([[2.0, 1.0], [1.0, 3.0]])
    new = bfgs_update(H_inv, s, y)
    assert new is not H_inv
    assert np.array_equal(new, H_inv) != changes


@pytest.mark.parametrize("pairs", [0, 1, 3, 12])
def test_two_loops_are_the_matrix(pairs):
    rng = np.random.default_rng(pairs)
    g, S, Y = rng.normal(size=7), rng.normal(size=(pairs, 7)), rng.normal(size=(pairs, 7))
    Y *= np.sign(np.sum(S * Y, axis=1))[:, None]
    Y += S  # so that no s.y is tiny
    H_inv = np.eye(7)
    if pairs:
        H_inv *= (S[-1] @ Y[-1]) / (Y[-1] @ Y[-1])
    for s, y in zip(S, Y, strict=True):
        V = np.eye(7) - np.outer(s, y) / (s @ y)
        H_inv = V @ H_inv @ V.T + np.outer(s, s) / (s @ y)
    np.testing.assert_allclose(lbfgs_direction(g, S, Y), -H_inv @ g, rtol=1e-7)


# ---------------------------------------------------------------- SciPy's runs


@pytest.mark.parametrize("name", ["BFGS", "BFGS/10"])
def test_bfgs_learns_the_matrices_of_scipy(name):
    """Along SciPy's own points: its matrices to 1e-8, and its directions to rounding.

    The last matrix is left out: so near the minimum y is a difference of rounded gradients.
    """
    points, grads = recorded(name)
    H_inv = np.eye(points.shape[1])
    for k, (s, y) in enumerate(zip(np.diff(points, axis=0), np.diff(grads, axis=0), strict=True)):
        p = -H_inv @ grads[k]
        assert p @ s / np.linalg.norm(p) / np.linalg.norm(s) > 1 - 1e-10
        H_inv = bfgs_update(H_inv, s, y)
        if k < len(points) - 2:
            wanted = GOLDEN[f"{name}/hess_inv"][k + 1]
            np.testing.assert_allclose(H_inv, wanted, atol=1e-8 * np.abs(wanted).max())


@pytest.mark.parametrize(("name", "memory"), [("L-BFGS", 10), ("L-BFGS/20", 5)])
def test_lbfgs_points_where_scipy_went(name, memory):
    """SciPy reaches the direction by another formula; the two agree to 1e-9."""
    points, grads = recorded(name)
    S, Y = np.diff(points, axis=0), np.diff(grads, axis=0)
    for k, s in enumerate(S):
        first = max(0, k - memory)
        p = lbfgs_direction(grads[k], S[first:k], Y[first:k])
        assert p @ s / np.linalg.norm(p) / np.linalg.norm(s) > 1 - 1e-9


@pytest.mark.parametrize(
    ("method", "name", "problem", "steps", "evaluations"),
    [
        (BFGS(), "BFGS", rosenbrock, (35, 34), (64, 41)),
        (LBFGS(10), "L-BFGS", rosenbrock, (38, 38), (66, 46)),
        (LBFGS(5), "L-BFGS/20", ChainedRosenbrock(20), (154, 155), (187, 182)),
    ],
)
def test_as_many_steps_as_scipy(method, name, problem, steps, evaluations):
    """(ours, SciPy's): about as many steps, and more evaluations.

    SciPy's searches begin a run with a trial of length about 1, and its BFGS goes on with a guess
    from the loss of the step before; ours begins every search with 1. That costs trials. In ten
    dimensions the two BFGS end in different minima, so there is no row for it.
    """
    run = minimise(method, problem)
    points, _ = recorded(name)
    assert (len(run.steps), len(points) - 1) == steps
    assert (run.evaluations[-1], GOLDEN[f"{name}/evaluations"]) == evaluations
    np.testing.assert_allclose(run.points[-1], points[-1], atol=1e-7)
    assert run.slopes[-1] < 1e-8


# ---------------------------------------------------------------- runs


@pytest.mark.parametrize(
    ("method", "search", "steps", "evaluations"),
    [
        (Newton(BENT.hessian), full_step, 6, 7),
        (Newton(BENT.hessian), backtracking, 21, 29),
        (BFGS(), strong_wolfe, 35, 64),
        (BFGS(scaled=True), strong_wolfe, 37, 63),
        (LBFGS(), strong_wolfe, 38, 66),
        (LBFGS(), backtracking, 673, 700),
    ],
)
def test_rosenbrock(method, search, steps, evaluations):
    run = minimise(method, rosenbrock, search=search)
    assert (len(run.steps), run.evaluations[-1]) == (steps, evaluations)
    np.testing.assert_allclose(run.points[-1], (1, 1), atol=1e-7)
    assert run.slopes[-1] < 1e-8 <= run.slopes[-2]
    if search is not full_step:
        assert np.all(np.diff(run.values) < 0)


def test_a_run_keeps_its_books():
    run = minimise(BFGS(), rosenbrock)
    n = len(run.steps)
    assert [len(column) for column in run] == [n + 1, n + 1, n + 1, n, n + 1]
    np.testing.assert_array_equal(run.points[0], rosenbrock.start)
    np.testing.assert_allclose(run.values, rosenbrock.value(run.points))
    np.testing.assert_allclose(run.slopes, np.linalg.norm(rosenbrock.grad(run.points), axis=1))
    assert run.evaluations[0] == 1
    assert np.all(np.diff(run.evaluations) >= 1)


def test_on_a_quadratic_newton_needs_one_step_and_bfgs_d_of_them():
    bowl = quadratic(np.geomspace(1, 100, 5))
    assert len(minimise(Newton(lambda w: bowl.hessian), bowl).steps) == 1
    # With an exact search BFGS arrives after d steps at most, and then knows the inverse.
    run = minimise(BFGS(), bowl, search=partial(strong_wolfe, c2=1e-9, c1=1e-10), tol=1e-6)
    assert len(run.steps) <= 5


def test_started_at_the_bottom_it_stays():
    run = minimise(LBFGS(), rosenbrock, start=(1, 1))
    assert (len(run.steps), run.evaluations.tolist()) == (0, [1])
    assert run.steps.shape == (0,)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: LBFGS(0), "1 pair or more, got 0"),
        (lambda: ChainedRosenbrock(1), "2 or more.* got 1"),
        (
            lambda: minimise(
                Newton(partial(numerical_hessian, himmelblau.grad)), himmelblau, start=(0, 1)
            ),
            "must point downhill.*more damping",
        ),
    ],
)
def test_what_cannot_be_is_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_a_run_that_explodes_ends():
    # f = sqrt(1 + w^2): Newton's step is w -> -w^3.
    class Bowl:
        start = np.array([1.1])

        def value(self, w):
            return np.sqrt(1 + w[0] ** 2)

        def grad(self, w):
            return w / np.sqrt(1 + w**2)

    newton = Newton(lambda w: np.diag((1 + w**2) ** -1.5))
    run = minimise(newton, Bowl(), search=full_step, most=5)
    np.testing.assert_allclose(run.points[:, 0], [1.1 ** (3**k) * (-1) ** k for k in range(6)])


# ---------------------------------------------------------------- the chained valley


@pytest.mark.parametrize("name", ["value", "grad"])
def test_the_chain_is_that_of_scipy(name):
    x = GOLDEN["rosen/x"]
    np.testing.assert_allclose(getattr(ChainedRosenbrock(6), name)(x), GOLDEN[f"rosen/{name}"])


def test_its_hessian():
    for x, wanted in zip(GOLDEN["rosen/x"], GOLDEN["rosen/hessian"], strict=True):
        np.testing.assert_allclose(ChainedRosenbrock(6).hessian(x), wanted, rtol=1e-12)
        found = numerical_hessian(ChainedRosenbrock(6).grad, x)
        np.testing.assert_allclose(found, wanted, atol=1e-8 * np.abs(wanted).max())


def test_two_links_are_rosenbrock():
    w = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_allclose(BENT.value(w), rosenbrock.value(w), rtol=1e-12)
    np.testing.assert_allclose(BENT.grad(w), rosenbrock.grad(w), rtol=1e-12)
    np.testing.assert_array_equal(BENT.start, rosenbrock.start)
    np.testing.assert_array_equal(BENT.grad(BENT.minimum), 0)
