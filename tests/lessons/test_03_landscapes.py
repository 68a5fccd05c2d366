"""The numbers that lesson 03 claims, from closed forms and from the papers it cites."""

import numpy as np
import pytest

from course_lib.checking import judge
from course_lib.checking.calling import Call, local
from course_lib.data import digits
from course_lib.descent import descend
from course_lib.exercises.landscapes import CLASSIFY_CRITICAL_POINT, ESCAPE_TIME, SHOULD_STOP
from course_lib.landscapes import critical_points, escape_time, hessian, kind, should_stop
from course_lib.models import Network
from course_lib.optimizers import GD
from course_lib.problems import double_well, himmelblau, saddle


@pytest.mark.parametrize(("delta", "steps"), [(1e-4, 97), (1e-8, 194), (1e-12, 290)])
def test_steps_on_the_ridge(delta, steps):
    across = descend(GD(0.1), saddle, start=(1.0, delta), steps=300).points[:, 1]
    assert int(np.argmax(across >= 1)) == steps == escape_time(0.1, 1.0, delta)


@pytest.mark.parametrize(("start", "end"), [(0.2, -1.0), (0.3, 1.0)])
def test_a_tenth_apart(start, end):
    last = descend(GD(0.2), double_well, start=(start, 0.0), steps=100).points[-1]
    np.testing.assert_allclose(last, [end, 0], atol=1e-3)


def test_no_start_ends_on_a_saddle():
    side = np.linspace(-5, 5, 80)
    starts = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    ends = descend(GD(0.005), himmelblau, start=starts, steps=300).points[-1]
    places = critical_points(himmelblau)
    nearest = np.linalg.norm(ends[:, None] - places, axis=-1).argmin(axis=1)
    shares = np.bincount(nearest, minlength=9) / len(starts)
    np.testing.assert_allclose(shares[:4], 0.25, atol=0.02)
    assert shares[4:].tolist() == [0] * 5


@pytest.mark.parametrize(
    ("changed", "steps"),
    # ln(1e8) / ln(1 + .01 c): c = 1; 100; 1/4
    [(np.diag([1, -1]), 1852), (np.diag([100, -100]), 27), (np.diag([1, -0.25]), 7378)],
)
def test_what_is_invariant(changed, steps):
    assert kind(changed) == "saddle"
    assert escape_time(0.01, -np.linalg.eigvalsh(changed)[0], 1e-8) == steps


@pytest.mark.parametrize("worth", [1, 100])
def test_euros_and_cents_stop_alike(worth):
    # |gradient| = 100 * .99^k, loss = 500 + |gradient|^2 / 2 in euros; times worth in cents
    sizes = worth * 100 * 0.99 ** np.arange(2000)
    losses = worth * (500 + (sizes / worth) ** 2 / 2)
    stops = [should_stop(g, k, f, 0.01) for k, (g, f) in enumerate(zip(sizes, losses, strict=True))]
    assert stops.index(True) == 296
    assert int(np.argmax(sizes <= 0.01)) == {1: 917, 100: 1375}[worth]


def test_a_network_of_zeros_is_on_a_saddle():
    X, y = digits().train.X[:200], digits().train.y[:200]
    network, w = Network((64, 8, 10), "tanh"), np.zeros(610)
    network.unpack(w)[-1][1][:] = np.log(np.bincount(y) / 200)
    assert np.linalg.norm(network.grad(w, X, y)) < 1e-12
    H = hessian(lambda v: network.grad(v, X, y), w)
    assert kind(H) == "saddle"
    # By hand: near zero the loss is L - trace(W2^T W1^T G) with G = X^T (Y - P) / n, whose lowest
    # curvature is minus the largest singular value of G.
    G = X.T @ (np.eye(10)[y] - np.bincount(y) / 200) / 200
    assert -np.linalg.eigvalsh(H)[0] == pytest.approx(np.linalg.norm(G, 2), rel=1e-5)
    assert np.linalg.norm(G, 2) == pytest.approx(0.242, abs=0.001)


def test_a_way_down_without_curvature():
    # 1/y falls by lr y / (y + lr y^2) = lr / (1 + lr y), a little less than lr, in every step
    y, steps = 1e-3, 0
    while y < 1:
        y, steps = y + 0.1 * y**2, steps + 1
    assert steps == pytest.approx((1 / 1e-3 - 1) / 0.1, rel=0.01)


def by_determinant(H, tol):
    by_corner = "minimum" if H[0, 0] > 0 else "maximum"
    return "saddle" if np.linalg.det(H) < 0 else by_corner


def by_first_step(lr, curvature, delta, reach=1.0):
    return max(0, int(np.ceil((reach - delta) / (lr * curvature * delta))))


@pytest.mark.parametrize(
    ("exercise", "published", "named"),
    [
        (CLASSIFY_CRITICAL_POINT, by_determinant, "determinant"),
        (ESCAPE_TIME, by_first_step, "linear"),
        (SHOULD_STOP, lambda g, k, f, tol: g <= tol, "no-scale-before-the-first-step"),
    ],
)
def test_what_is_published_is_named(exercise, published, named):
    assert judge(exercise, Call(local(published)), 0).mistake.id == named
