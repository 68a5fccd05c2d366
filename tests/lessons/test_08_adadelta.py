"""The numbers of lesson 08, against closed forms and the numbers that it promises."""

import math

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.optimizers import GD, Adadelta
from course_lib.problems import quadratic, valley
from course_lib.sweep import contest

PARABOLA = quadratic((1.0,), start=[10.0])
METRES = quadratic((1e-6,), start=[10_000.0])


@pytest.mark.parametrize(("eps", "steps"), [(1e-8, 9157), (1e-6, 1810), (1e-4, 316), (1e-2, 42)])
def test_steps_from_ten_to_one(eps, steps):
    w = descend(Adadelta(eps=eps), PARABOLA, steps=steps).points[:, 0]
    assert w[-2] > 1 >= w[-1]


@pytest.mark.parametrize(
    ("rule", "walked", "tolerance"),
    [
        (Adadelta(), 0.0137, 1e-4),  # as everyone runs it: fourteen metres
        (Adadelta(lr=1e6, eps=1e-12), 9.555, 1e-3),  # eps and steps in units of metres
    ],
)
def test_from_kilometres_to_metres(rule, walked, tolerance):
    km = descend(Adadelta(), PARABOLA, steps=2000).points[:, 0]
    assert 10 - km[-1] == pytest.approx(9.555, abs=1e-3)
    m = descend(rule, METRES, steps=2000).points[:, 0] / 1000
    assert 10 - m[-1] == pytest.approx(walked, abs=tolerance)
    off = np.abs(m - km).max() / 10
    assert off < 1e-12 or off == pytest.approx(0.954, abs=1e-3)


@pytest.mark.parametrize(
    ("problem", "low", "high"),
    [
        (quadratic((1.0, 100.0), start=(10, 1)), 1e-4, 1e-2),  # loss x 100: nearly
        (quadratic((0.0001, 1.0), start=(100, 1)), 0.1, 1.0),  # units: no
    ],
)
def test_what_is_invariant(problem, low, high):
    same = descend(Adadelta(), valley, steps=50).points
    other = descend(Adadelta(), problem, steps=50).points * (10 / problem.start[0], 1.0)
    way = np.linalg.norm(same[-1] - same[0])
    assert low < np.linalg.norm(other[-1] - same[-1]) / way < high


def test_a_huge_eps_is_gradient_descent_with_the_hidden_learning_rate():
    best = contest("Adadelta", valley)["Adadelta"]
    assert best.best["eps"] == 1.0, "the edge of the grid"
    closed = 0.5 * 0.99**200  # lr 1 lands on the steep axis's bottom, the flat one keeps .99 a step
    assert descend(GD(1.0), valley, steps=100).values[-1] == pytest.approx(closed, rel=1e-9)
    assert best.path.values[-1] == pytest.approx(closed, rel=1e-4)


@pytest.mark.parametrize("eps", [1e-4, 1e-6])
def test_in_a_steep_bowl_the_swing_grows_like_half_the_root_of_eps_t(eps):
    run = descend(Adadelta(eps=eps), quadratic((10.0,), start=[1.0]), steps=2000)
    w = run.points[-10:, 0]
    assert np.all(w[1:] * w[:-1] < 0), "from wall to wall"
    assert np.all(np.diff(np.abs(w)) > 0), "further and further"
    assert abs(w[-1]) == pytest.approx(math.sqrt(eps * 2000) / 2, rel=0.2)
