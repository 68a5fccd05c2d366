"""Penalties by hand, thresholds by search, minima by their optimality conditions."""

import numpy as np
import pytest

from course_lib.data import diabetes
from course_lib.descent import descend
from course_lib.optimizers import GD
from course_lib.problems import least_squares, quadratic, valley
from course_lib.regularization import (
    ProximalGD,
    elastic_net,
    penalised_minimum,
    penalty_sweep,
    soft_threshold,
    with_products,
)

LAYER = [(np.array([[1.0, -2.0]]), np.array([5.0, 0.0]))]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 5))
PROBLEM = least_squares(X, X @ [2.0, -1.0, 0.0, 0.0, 0.3] + RNG.normal(size=40))


@pytest.mark.parametrize(
    ("params", "l1", "l2", "penalty"),
    [
        (LAYER, 1, 0, 3),
        (LAYER, 0, 1, 5),
        (LAYER * 2, 0.5, 0.1, 4),
        ([], 1, 1, 0),
        ([(np.array([[1.0, 0, 0, 0]]), np.zeros(4))], 1, 0, 1),
        ([(np.full((1, 4), 0.25), np.zeros(4))], 1, 0, 1),
        ([(np.full((1, 4), 0.25), np.zeros(4))], 0, 1, 0.25),
    ],
)
def test_the_penalty_by_hand(params, l1, l2, penalty):
    assert elastic_net(params, l1, l2) == pytest.approx(penalty, rel=1e-12)


@pytest.mark.parametrize("t", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("w", [-2.0, -0.4, 0.0, 0.7, 3.0])
def test_the_threshold_is_the_best_place(w, t):
    u = np.linspace(-4, 4, 80_001)
    best = u[np.argmin((u - w) ** 2 / 2 + t * np.abs(u))]
    assert soft_threshold(w, t) == pytest.approx(best, abs=1e-4)


def test_a_threshold_leaves_its_input_alone_and_broadcasts():
    w = np.array([[1.0, -1.0], [0.2, 5.0]])
    out = soft_threshold(w, [[0.5], [1.0]])
    assert out.tolist() == [[0.5, -0.5], [0.0, 4.0]]
    assert w[0, 0] == 1.0


def test_without_a_price_it_is_gradient_descent():
    plain, free = (descend(rule, valley).points for rule in (GD(0.5), ProximalGD(0.5)))
    np.testing.assert_array_equal(plain, free)


def test_squares_make_gradient_descent_decay():
    rule, w, g = ProximalGD(0.1, l2=0.3), np.array([2.0, -1.0]), np.array([0.5, 0.5])
    # (1 - 2 * 0.1 * 0.3) w - 0.1 g
    np.testing.assert_allclose(rule.step(w, g, ())[0], 0.94 * w - 0.05, rtol=1e-12)


@pytest.mark.parametrize(("l1", "end"), [(0.0, 1.0), (0.25, 0.75), (0.999, 0.001), (1.5, 0.0)])
def test_along_one_axis_a_price_moves_the_minimum_by_itself(l1, end):
    bowl = least_squares([[np.sqrt(0.5)]], [np.sqrt(0.5)])  # (w - 1)^2 / 2, so the slope is w - 1
    path = descend(ProximalGD(0.5, l1=l1), bowl, steps=200).points
    np.testing.assert_allclose(path[-1], [end], atol=1e-12)


@pytest.mark.parametrize("l2", [0.0, 0.1, 3.0])
def test_with_squares_alone_it_solves_the_ridge_equations(l2):
    (w,) = penalised_minimum(PROBLEM, 0.0, [l2])
    rhs = PROBLEM.hessian @ PROBLEM.minimum
    wanted = np.linalg.solve(PROBLEM.hessian + 2 * l2 * np.eye(5), rhs)
    np.testing.assert_allclose(w, wanted, rtol=1e-8)


@pytest.mark.parametrize(("l1", "l2"), [(0.05, 0.0), (0.5, 0.0), (0.5, 0.2), (3.0, 0.1), (9.0, 0)])
def test_the_minimum_meets_its_conditions(l1, l2):
    (w,) = penalised_minimum(PROBLEM, [l1], l2)
    slope = PROBLEM.grad(w) + 2 * l2 * w
    used = w != 0
    np.testing.assert_allclose(slope[used], -l1 * np.sign(w[used]), atol=1e-8)
    assert np.all(np.abs(slope[~used]) <= l1 + 1e-8)
    assert used.all() == (l1 == 0.05)


def test_many_penalties_at_once_are_each_on_their_own():
    l1, l2 = np.array([0.1, 1.0, 0.0]), np.array([0.0, 0.5, 2.0])
    together = penalised_minimum(quadratic((1.0, 3.0)), l1, l2)
    assert together.shape == (3, 2)
    alone = [penalised_minimum(PROBLEM, a, b)[0] for a, b in zip(l1, l2, strict=True)]
    np.testing.assert_allclose(penalised_minimum(PROBLEM, l1, l2), alone, atol=1e-9)


def test_products_of_all_pairs():
    data = diabetes()
    columns = with_products(data.X)
    assert columns.shape == (442, 65) or columns.shape == (442, 64)
    Z = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
    np.testing.assert_allclose(columns[:, :10], Z)
    assert all(
        np.any(np.all(np.isclose(columns, (Z[:, i] * Z[:, j])[:, None]), axis=0))
        for i, j in ((0, 0), (0, 1), (2, 8), (9, 9))
    )


def test_a_sweep_on_one_split_by_hand():
    y = X @ np.arange(5.0) + np.random.default_rng(1).normal(size=40)
    rows, target = np.tile(X, (5, 1)), np.tile(y, 5) + np.random.default_rng(2).normal(size=200)
    found = penalty_sweep(rows, target, 60, [0.2, 50.0], [0.3, 0.0], seeds=1)
    order = np.random.default_rng(0).permutation(200)
    train, test = order[:60], order[160:]
    target = (target - target.mean()) / target.std()
    # The second price is so high that only the mean of the training part is left.
    off = target - target[train].mean()
    for got, part in ((found.train, train), (found.test, test)):
        assert got[0, 1] == pytest.approx(np.mean(off[part] ** 2), rel=1e-12)
    assert found.used.tolist() == [[5, 0]] or found.used[0, 1] == 0
    Z = (rows - rows[train].mean(axis=0)) / rows[train].std(axis=0)
    w = np.linalg.lstsq(Z[train], off[train], rcond=None)[0]
    assert found.plain[0] == pytest.approx(np.mean((Z[test] @ w - off[test]) ** 2), rel=1e-9)
    best = found.validation[0].argmin()
    assert found.chosen[0] == found.test[0, best]


@pytest.mark.parametrize("learn", [0, 1, 400])
def test_a_sweep_needs_rows_to_learn_from_and_to_test_on(learn):
    data = diabetes()
    with pytest.raises(ValueError, match="learn must be between 2 and 322"):
        penalty_sweep(data.X, data.y, learn, 0.1, 0.0)
