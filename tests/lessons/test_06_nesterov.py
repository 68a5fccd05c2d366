"""The numbers of lesson 06, from closed forms and from the papers it cites."""

import numpy as np
import pytest

from course_lib.checking import judge
from course_lib.checking.calling import Call, local
from course_lib.data import diabetes
from course_lib.descent import descend
from course_lib.exercises.nesterov import NESTEROV_STEP, nesterov_rewritten, nesterov_step
from course_lib.optimizers import GD, Momentum, Nesterov
from course_lib.problems import least_squares, quadratic, valley
from course_lib.sweep import contest


def test_the_table_by_hand():
    w, v, asked, rows = np.zeros(1), np.zeros(1), [], []
    for answer in (1, 1, -1, 0):
        ahead = Nesterov(0.1, 0.9).lookahead(w, v)
        asked.append(ahead[0])
        w, v = Nesterov(0.1, 0.9).step(w, np.array([answer]), v)
        rows.append((v[0], w[0]))
    np.testing.assert_allclose(asked, [0, -0.19, -0.461, -0.4249], atol=1e-12)
    table = [(1, -0.1), (1.9, -0.29), (0.71, -0.361), (0.639, -0.4249)]
    np.testing.assert_allclose(rows, table, rtol=1e-12)


@pytest.mark.parametrize(
    ("beta", "limit"), [(0.0, 2.0), (0.5, 1.5), (0.9, 3.8 / 2.8), (0.99, 3.98 / 2.98)]
)
def test_it_tolerates_a_smaller_learning_rate_than_gd(beta, limit):
    bowl = quadratic([1.0])
    assert descend(Nesterov(0.995 * limit, beta), bowl, steps=6000).values[-1] < 1e-6
    assert descend(Nesterov(1.005 * limit, beta), bowl, steps=6000).values[-1] > 1e6


@pytest.mark.parametrize(
    ("rule", "rate", "power"),
    [
        (GD(2 / 1.01), 99 / 101, 1),
        (Momentum(4 / 1.21, (9 / 11) ** 2), 9 / 11, 2),
        (Nesterov(1.0, 9 / 11), 1 - 1 / 10, 2),
    ],
    ids=["GD", "momentum", "Nesterov: 1 - 1/sqrt k"],
)
def test_rates_in_the_valley(rule, rate, power):
    length = np.linalg.norm(descend(rule, valley, steps=400).points, axis=-1)
    assert (length[400] / length[200] / power) ** (1 / 200) == pytest.approx(rate, rel=1e-3)


def test_it_arrives_where_momentum_cycles():
    w, v = np.array(3.3), np.array(0.0)
    for _ in range(40):
        w, v = nesterov_step(
            w,
            lambda x: np.select([x < 1, x < 2], [25 * x, x + 24], 25 * x - 24),
            v,
            1 / 25,
            2 / 3,
        )
    assert abs(w) < 1e-6


def chain_slope(w):
    longer = np.concatenate([[0], w, [0]])
    return (2 * w - longer[:-2] - longer[2:] - (np.arange(len(w)) == 0)) / 4


def chain_gap(w):
    stretch = np.diff(np.concatenate([[0], w, [0]]))
    return (stretch @ stretch - 2 * w[0]) / 8 + (1 - 1 / (len(w) + 1)) / 8


def test_exponents_on_the_chain():
    n, steps = 4000, 1000
    plain, w, v = np.zeros(n), np.zeros(n), np.zeros(n)
    gaps = np.empty((steps, 2))
    for t in range(1, steps + 1):
        plain = plain - chain_slope(plain)
        w, v = nesterov_step(w, chain_slope, v, 1.0, (t - 1) / (t + 2))
        gaps[t - 1] = chain_gap(plain), chain_gap(w)
    t = np.arange(1, steps + 1)
    slow, fast = np.polyfit(np.log(t[99:]), np.log(gaps[99:]), 1)[0]
    assert slow == pytest.approx(-0.50, abs=0.01)
    assert fast == pytest.approx(-1.05, abs=0.03)
    assert np.all((1 / (t + 1) - 1 / (n + 1)) / 8 < gaps.T)


def test_the_bottom_of_the_chain():
    straight = 1 - np.arange(1, 51) / 51
    np.testing.assert_allclose(chain_slope(straight), 0, atol=1e-15)
    assert chain_gap(straight) == pytest.approx(0, abs=1e-15)


def test_two_forms_of_one_method_until_lr_drops():
    (w, v), (y, u), gaps = (valley.start, np.zeros(2)), (valley.start, np.zeros(2)), []
    for k in range(31):
        lr, old = (0.5 if k < 30 else 0.05), v
        w, v = nesterov_step(w, valley.grad, v, lr, 0.9)
        y, u = nesterov_rewritten(y, valley.grad(y), u, lr, 0.9)
        gaps.append(np.linalg.norm(w - (y + lr * 0.9 * u)))
    assert max(gaps[:30]) < 1e-12
    assert gaps[30] == pytest.approx(0.171, abs=0.001)
    assert gaps[30] == pytest.approx(0.9 * (0.5 - 0.05) * np.linalg.norm(old), rel=0.06)


def test_the_patients():
    data = diabetes()
    scaled = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
    problem = least_squares(np.hstack([np.ones((442, 1)), scaled]), data.y)
    mu, *_, L = np.linalg.eigvalsh(problem.hessian)
    root = np.sqrt(L / mu)
    run = descend(Nesterov(1 / L, (root - 1) / (root + 1)), problem, steps=1000)
    gap = run.values - problem.value(problem.minimum)
    assert np.flatnonzero(gap > 1)[-1] + 1 == 62
    assert gap.argmax() == 0


def test_the_growing_picture():
    losses = {name: s.path.values[-1] for name, s in contest("Nesterov", valley).items()}
    assert losses["momentum"] < losses["Nesterov"] < losses["gradient descent"]
    assert losses["Nesterov"] == pytest.approx(1.4e-9, rel=0.1)


def pieced_together(w, grad, v, lr, beta):
    g = grad(w - beta * v)
    return w - lr * (beta * v + g), beta * v + g


def asks_twice(w, grad, v, lr, beta):
    grad(w)
    return nesterov_step(w, grad, v, lr, beta)


def never_asks(w, grad, v, lr, beta):
    return w - lr * beta * v, beta * v


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (pieced_together, "Your look-ahead lacks lr"),
        (asks_twice, "asks for 2 gradients"),
        (never_asks, "asks for 0 gradients"),
    ],
)
def test_what_is_wrong_is_said(step, says):
    assert says in judge(NESTEROV_STEP, Call(local(step)), 0).message


@pytest.mark.parametrize(("loss_times", "explodes"), [(1.0, False), (3.0, True)])
def test_the_bug_shows_only_where_it_is_steep(loss_times, explodes):
    w, v, scale = valley.start, np.zeros(2), loss_times
    for _ in range(100):
        w, v = pieced_together(w, lambda x: scale * valley.grad(x), v, 0.1, 0.9)
    assert (valley.value(w) > 1e6) == explodes
    safe = descend(Nesterov(0.1, 0.9), quadratic((0.01 * scale, scale), start=(10, 1)))
    assert safe.values[-1] < 0.3
