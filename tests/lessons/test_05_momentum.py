"""The numbers of lesson 05, from closed forms and from the papers it cites."""

import numpy as np
import pytest

from course_lib.checking import judge
from course_lib.checking.calling import Call, local
from course_lib.data import diabetes
from course_lib.descent import descend
from course_lib.exercises.momentum import MOMENTUM_STEP, best_heavy_ball, spectral_radius
from course_lib.optimizers import GD, Momentum
from course_lib.problems import double_well, least_squares, quadratic, valley
from course_lib.sweep import contest


def drive(rule, gradients):
    """The points and the velocities under given gradients, from w = 0."""
    w, v, rows = np.zeros(1), np.zeros(1), []
    for g in gradients:
        w, v = rule.step(w, np.array([g]), v)
        rows.append((v[0], w[0]))
    return np.array(rows)


def test_the_table_by_hand():
    table = [(1, -0.1), (1.9, -0.29), (0.71, -0.361), (0.639, -0.4249)]
    np.testing.assert_allclose(drive(Momentum(0.1, 0.9), [1, 1, -1, 0]), table, rtol=1e-12)


@pytest.mark.parametrize(("beta", "gain"), [(0.0, 1), (0.5, 2), (0.9, 10), (0.99, 100)])
def test_a_velocity_is_a_sum(beta, gain):
    assert drive(Momentum(0.1, beta), np.ones(3000))[-1, 0] == pytest.approx(gain, rel=1e-9)


CLOSED = [
    # what, got, wanted
    ("the best lr at k = 100", best_heavy_ball(0.01, 1.0)[0], 4 / 1.21),
    ("its rate, (sqrt k - 1)/(sqrt k + 1)", best_heavy_ball(0.01, 1.0)[1] ** 0.5, 9 / 11),
    ("the pair at which it cycles: lr", best_heavy_ball(1.0, 25.0)[0], 1 / 9),
    ("the pair at which it cycles: beta", best_heavy_ball(1.0, 25.0)[1], 4 / 9),
    ("at the limit 3.8 a root is -1", spectral_radius(3.8, 0.9, 1.0), 1.0),
    ("in between it is sqrt(beta)", spectral_radius(0.95, 0.9, 1.0), 0.9**0.5),
    ("without memory it is that of GD", spectral_radius(1.98, 0.0, 1.0), 0.98),
]


@pytest.mark.parametrize(("got", "wanted"), [row[1:] for row in CLOSED], ids=[r[0] for r in CLOSED])
def test_closed_forms(got, wanted):
    assert got == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize(
    ("k", "plain", "rolling"), [(10, 35, 15), (100, 346, 48), (1000, 3454, 151)]
)
def test_steps_grow_like_the_root_of_the_condition_number(k, plain, rolling):
    for rule, wanted in ((GD(2 / (1 + k)), plain), (Momentum(*best_heavy_ball(1.0, k)), rolling)):
        length = np.linalg.norm(
            descend(rule, quadratic((1.0, k)), steps=4 * k + 20).points, axis=-1
        )
        assert np.flatnonzero(length > 1e-3 * length[0])[-1] + 1 == wanted


def test_it_cycles_on_a_convex_bowl():
    x, v, points = np.array(3.3), np.array(0.0), []
    for _ in range(90):
        slope = np.select([x < 1, x < 2], [25 * x, x + 24], 25 * x - 24)
        x, v = Momentum(1 / 9, 4 / 9).step(x, slope, v)
        points.append(float(x))
    # The three linear equations of a cycle through the pieces 1, 3, 1, solved by hand.
    wanted = np.array([-2208, 792, 2592]) / 1225
    np.testing.assert_allclose(sorted(points[-3:]), wanted, rtol=1e-6)


@pytest.mark.parametrize(
    ("beta", "good", "bad"),
    [(0.0, 0, 0), (0.5, 0, 0), (0.8, 0, 0), (0.9, 0.16, 0.03), (0.95, 0.29, 0.11)],
)
def test_shares_that_cross_the_barrier(beta, good, bad):
    starts = np.stack([np.linspace(-2, 2, 400), np.zeros(400)], axis=-1)
    ends = descend(Momentum(0.02, beta), double_well, start=starts, steps=1000).points[-1, :, 0]
    right = starts[:, 0] > 0.25
    assert np.mean(ends[right] < 0) == pytest.approx(good, abs=0.02)
    assert np.mean(ends[~right] > 0) == pytest.approx(bad, abs=0.02)


def test_the_forms_part_when_lr_drops():
    (w, v), (x, u), gaps = (valley.start, np.zeros(2)), (valley.start, np.zeros(2)), []
    for k in range(60):
        lr = 0.1 if k < 30 else 0.01
        w, v = Momentum(lr, 0.9).step(w, valley.grad(w), v)
        u = 0.9 * u + lr * valley.grad(x)
        x = x - u
        gaps.append(np.linalg.norm(w - x))
    assert max(gaps[:30]) < 1e-12
    assert max(gaps) == pytest.approx(0.637, abs=0.001)


def test_the_patients():
    data = diabetes()
    scaled = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
    problem = least_squares(np.hstack([np.ones((442, 1)), scaled]), data.y)
    mu, *_, L = np.linalg.eigvalsh(problem.hessian)
    assert L / mu == pytest.approx(470, rel=0.01)
    for rule, wanted in ((GD(2 / (mu + L)), 885), (Momentum(*best_heavy_ball(mu, L)), 98)):
        gap = descend(rule, problem, steps=1000).values - problem.value(problem.minimum)
        assert np.flatnonzero(gap > 1)[-1] + 1 == wanted


def test_the_growing_picture():
    losses = {name: s.path.values[-1] for name, s in contest("momentum", valley).items()}
    assert losses["gradient descent"] == pytest.approx(0.014, rel=0.05)
    assert losses["momentum"] < 1e-13


@pytest.mark.parametrize(
    ("step", "named"),
    [(lambda w, g, v, lr, beta: (w - lr * (m := beta * v + (1 - beta) * g), m), "average-form")],
)
def test_the_published_step_is_named(step, named):
    assert judge(MOMENTUM_STEP, Call(local(step)), 0).mistake.id == named
