"""The numbers of lesson 14, from closed forms and the curriculum's table; and unlisted mistakes."""

import numpy as np
import pytest

from course_lib.chained import ChainedRosenbrock
from course_lib.checking import Call, judge, local
from course_lib.data import diabetes, digits
from course_lib.descent import train
from course_lib.effort import effort
from course_lib.exercises import EXERCISES
from course_lib.exercises.second_order import bfgs_update, lbfgs_direction, newton_step
from course_lib.line_search import backtracking, full_step, strong_wolfe
from course_lib.models import Network
from course_lib.noisy_curvature import disagreement, train_lbfgs
from course_lib.optimizers import GD, Adam, Momentum
from course_lib.problems import himmelblau, least_squares, rosenbrock, valley
from course_lib.second_order import BFGS, LBFGS, Newton, minimise, numerical_hessian


def test_the_table_of_newton_by_hand():
    for damping, wanted in ((0.0, (-0.5, -1, -0.5, -0.5)), (2.0, (-0.25, -0.5, -0.25, -0.25))):
        w, points = np.zeros(1), []
        for g in (1.0, 1.0, -1.0, 0.0):
            w = newton_step(w, np.array([g]), np.array([[2.0]]), damping)
            points.append(w[0])
        assert tuple(points) == wanted


def test_the_table_of_bfgs_by_hand():
    w, h, rows, last = np.zeros(1), np.eye(1), [], None
    for g in (1.0, 1.0, -1.0, 0.0):
        if last is not None:
            h = bfgs_update(h, w - last[0], np.array([g - last[1]]))
        rows.append((w[0], h[0, 0]))
        last = w, g
        w = w - h[0] * g
    assert rows == [(0, 1), (-1, 1), (-2, 0.5), (-1.5, 0.5)]


@pytest.mark.parametrize(
    ("rule", "most", "grid", "fewest"),
    [
        (GD, 23_000, {"lr": [0.0019]}, 22_919),
        (Momentum, 2000, {"lr": [10**-2.6], "beta": [0.94]}, 634),
        (Adam, 2000, {"lr": [10**-0.15], "beta1": [0.95], "beta2": [0.999]}, 895),
        # at its usual memories
        (Momentum, 2000, {"lr": np.geomspace(1e-4, 1e-2, 41), "beta": [0.9]}, 1172),
        (Adam, 2000, {"lr": np.geomspace(0.01, 1, 41), "beta1": [0.9], "beta2": [0.999]}, 1179),
    ],
)
def test_first_order_methods_on_rosenbrock(rule, most, grid, fewest):
    assert effort(rule, rosenbrock, most=most, **grid).fewest == pytest.approx(fewest, rel=0.01)


def test_newton_climbs_to_1411_on_the_way():
    run = minimise(Newton(ChainedRosenbrock(2).hessian), rosenbrock, search=full_step)
    assert (len(run.steps), int(run.values.max()), int(run.values.argmax())) == (6, 1411, 2)


@pytest.mark.parametrize(("c2", "steps", "cost"), [(0.9, 35, 64), (0.1, 27, 90), (0.01, 21, 134)])
def test_fewer_steps_cost_more(c2, steps, cost):
    run = minimise(BFGS(), rosenbrock, search=lambda *a: strong_wolfe(*a, c2=c2))
    assert len(run.steps) == pytest.approx(steps, abs=2)
    assert run.evaluations[-1] == pytest.approx(cost, abs=5)


def test_armijo_alone_teaches_nothing():
    run = minimise(LBFGS(), rosenbrock, search=backtracking)
    s, y = np.diff(run.points, axis=0), np.diff(rosenbrock.grad(run.points), axis=0)
    bad = np.sum(s * y, axis=1) <= 0
    assert len(run.steps) == pytest.approx(673, abs=10)
    assert bad.argmax() == 3
    assert bad.sum() > 600


def test_newton_walks_into_saddles_and_damping_keeps_it_out():
    ends = {"plain": [], "damped": []}
    for w in np.random.default_rng(0).uniform(-5, 5, size=(30, 2)):
        for name, damping, search in (("plain", 0.0, full_step), ("damped", 70.0, backtracking)):
            method = Newton(lambda w: numerical_hessian(himmelblau.grad, w), damping)
            end = minimise(method, himmelblau, w, search).points[-1]
            ends[name].append(np.linalg.norm(himmelblau.minimum - end, axis=1).min() < 1e-6)
    assert 0.3 < np.mean(ends["plain"]) < 0.8
    assert all(ends["damped"])
    # Anywhere in the box no curvature is below -62, at (0, -5): 70 is enough.
    grid = np.stack(np.meshgrid(*[np.linspace(-5, 5, 11)] * 2), -1).reshape(-1, 2)
    lowest = min(np.linalg.eigvalsh(numerical_hessian(himmelblau.grad, w))[0] for w in grid)
    assert -70 < lowest < -60


def test_memory_in_fifty_dimensions():
    chain = ChainedRosenbrock(50)
    cost = {m: minimise(LBFGS(m), chain).evaluations[-1] for m in (1, 5, 50)}
    scaled, plain = (minimise(BFGS(scaled), chain).evaluations[-1] for scaled in (True, False))
    assert cost[1] > 1.4 * cost[5]
    assert cost[50] < cost[5] < 1.25 * scaled < plain


@pytest.mark.parametrize(
    ("scale", "method", "least", "most"),
    [(True, BFGS(), 10, 25), (True, LBFGS(), 10, 25), (False, BFGS(), 50, 100)],
)
def test_patients(scale, method, least, most):
    data = diabetes()
    X = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0) if scale else data.X
    problem = least_squares(np.hstack([np.ones((442, 1)), X]), data.y)
    run = minimise(method, problem, tol=1e-3)
    below = np.argmax(run.values < problem.value(problem.minimum) + 1)
    assert least < run.evaluations[below] < most
    newton = minimise(Newton(lambda w: problem.hessian), problem, tol=1e-3)
    assert newton.evaluations.tolist() == [1, 2]


def test_bfgs_in_the_valley():
    run = minimise(BFGS(), valley)
    assert (len(run.steps), run.evaluations[-1]) == (9, 13)


def test_a_batch_of_32_knows_little_of_curvature():
    network, data = Network((64, 32, 10)), digits()
    w = network.init(np.random.default_rng(0))
    for _ in range(50):
        w = w - 0.5 * network.grad(w, *data.train)
    lengths, rng = np.array([0.01, 0.1]), np.random.default_rng(1)
    found = disagreement(network, data.train, w, lengths, 32, 30, rng)
    assert found.other[0] / found.other[1] == pytest.approx(10, rel=0.3)
    assert found.other[0] > 100
    assert np.all(found.same < 1)


def test_small_batches_favour_momentum():
    network, data = Network((64, 32, 10)), digits()
    rng = np.random.default_rng
    run = train(Momentum(0.3), network, data, 8, 128, rng(0), progress=False, drop_last=True)
    for same in (True, False):
        assert train_lbfgs(network, data.train, 1.0, 8, 128, rng(0), same) > 1.2 * run.loss[-1]


@pytest.mark.parametrize(
    ("lr", "train_one"),
    [
        (0.6, lambda lr, *a: train(Momentum(lr), *a[:2], 8, 1347, a[2], progress=False).loss[-1]),
        (1.5, lambda lr, *a: train_lbfgs(a[0], a[1].train, lr, 8, 1347, a[2], False)),
    ],
    ids=["momentum", "L-BFGS"],
)
def test_on_all_examples_the_best_of_both_are_level_and_inside_the_grid(lr, train_one):
    network, data = Network((64, 32, 10)), digits()
    mean = {
        rate: np.mean([train_one(rate, network, data, np.random.default_rng(k)) for k in range(3)])
        for rate in (0.1, lr, 2.0)
    }
    assert 0.5 < mean[lr] < 0.7 < min(mean[0.1], mean[2.0])


UNLISTED = [
    ("newton-step", lambda w, g, H, damping: newton_step(w, g, H, 1.1 * damping)),
    ("newton-step", lambda w, g, H, damping: newton_step(w, g, np.abs(H), damping)),
    ("bfgs-update", lambda B, s, y: bfgs_update(bfgs_update(B, s, y), s, y) * 1.001),
    ("bfgs-update", lambda B, s, y: bfgs_update(B, s, 2 * y)),
    ("bfgs-update", lambda B, s, y: np.diag(np.diag(bfgs_update(B, s, y)))),
    ("lbfgs-direction", lambda g, S, Y: lbfgs_direction(g, S[-5:], Y[-5:])),
    ("lbfgs-direction", lambda g, S, Y: lbfgs_direction(g, S[:3], Y[:3])),
    ("lbfgs-direction", lambda g, S, Y: lbfgs_direction(g, S, Y) / np.linalg.norm(g)),
]


@pytest.mark.parametrize(("name", "fn"), UNLISTED)
def test_a_wrong_function_that_nobody_listed_is_rejected(name, fn):
    verdict = judge(EXERCISES[name], Call(local(fn)), seed=3)
    assert verdict.status == "failed"
    assert verdict.mistake is None
    assert verdict.points == 0


def _in_place(g, S, Y):
    g[:] = lbfgs_direction(g, S, Y)
    return g


def test_a_direction_written_into_the_gradient_is_told_so():
    verdict = judge(EXERCISES["lbfgs-direction"], Call(local(_in_place)), seed=3)
    assert verdict.mistake.id == "writes-input"
