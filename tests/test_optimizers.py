"""The update rules against torch, against hand arithmetic, and against closed forms."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.optimizers import GD, Momentum
from course_lib.problems import quadratic, valley

with np.load(Path(__file__).parent / "golden" / "torch.npz") as recorded:
    TORCH = dict(recorded)
DROP, FACTOR = 30, 0.1

# The names of tests/golden/record_torch.py.
GOLDEN = {
    "gd": GD(0.1),
    "gd-tiny-lr": GD(1e-6),
    "momentum": Momentum(0.1),
    "momentum-0.5": Momentum(0.03, beta=0.5),
    "momentum-0.99": Momentum(0.001, beta=0.99),
}
RULES = {type(rule): rule for rule in GOLDEN.values()}


def run(optimizer, start, grads):
    w = np.array(start)
    state = optimizer.init(w)
    path = [w]
    for t, g in enumerate(grads):
        rule = replace(optimizer, lr=optimizer.lr * (1 if t < DROP else FACTOR))
        w, state = rule.step(w, g, state)
        path.append(w)
    return np.stack(path)


def test_every_recorded_optimizer_is_compared():
    recorded = {key.rpartition("/")[0] for key in TORCH} - {"", "start", "grads"}
    assert recorded == set(GOLDEN)


@pytest.mark.parametrize("shape", ["scalar", "3", "2x3"])
@pytest.mark.parametrize("name", GOLDEN)
def test_equals_torch(name, shape):
    path = run(GOLDEN[name], TORCH[f"start/{shape}"], TORCH[f"grads/{shape}"])
    wanted = TORCH[f"{name}/{shape}"]
    # Relative to how far the coordinate gets: a path may cross zero.
    assert np.max(np.abs(path - wanted) / np.abs(wanted).max(axis=0)) <= 1e-12


# Four gradients by hand: 1, 1, -1, 0 from w = 0.
BY_HAND = [
    (GD(0.5), [0, -0.5, -1.0, -0.5, -0.5]),
    # v = 1, 1.5, -.25, -.125
    (Momentum(0.5, beta=0.5), [0, -0.5, -1.25, -1.125, -1.0625]),
    (Momentum(0.5, beta=0.0), [0, -0.5, -1.0, -0.5, -0.5]),
]


@pytest.mark.parametrize(("optimizer", "wanted"), BY_HAND)
def test_four_gradients_by_hand(optimizer, wanted):
    np.testing.assert_array_equal(run(optimizer, 0.0, [1.0, 1.0, -1.0, 0.0]), wanted)


@pytest.mark.parametrize("optimizer", RULES.values(), ids=lambda rule: type(rule).__name__)
def test_step_is_pure(optimizer):
    w, g = np.array([1.0, -2.0]), np.array([0.5, 0.25])
    for array in (w, g):
        array.setflags(write=False)  # writing into an input would raise
    state = optimizer.init(w)
    if isinstance(state, np.ndarray):
        state.setflags(write=False)
    first, _ = optimizer.step(w, g, state)
    again, _ = optimizer.step(w, g, state)
    np.testing.assert_array_equal(first, again)
    assert not np.shares_memory(first, w)
    np.testing.assert_array_equal(optimizer.lookahead(w, state), w)


@pytest.mark.parametrize("optimizer", RULES.values(), ids=lambda rule: type(rule).__name__)
def test_many_runs_at_once_equal_single_runs(optimizer):
    lr = np.array([[0.1], [1.0], [1.9], [2.5]])
    starts = np.array([[1.0, 2.0], [-3.0, 0.5], [10.0, 1.0], [0.0, 1.0]])
    together = descend(replace(optimizer, lr=lr), valley, starts, steps=40)
    for k in range(4):
        alone = descend(replace(optimizer, lr=lr[k, 0]), valley, starts[k], steps=40)
        np.testing.assert_allclose(together.points[:, k], alone.points, rtol=1e-12)
        np.testing.assert_allclose(together.values[:, k], alone.values, rtol=1e-12)


def test_gd_on_a_quadratic_has_a_closed_form():
    curvature, lr, t = np.array([0.1, 1.0, 7.0]), 0.25, np.arange(51)
    bowl = quadratic(curvature, start=[3.0, -2.0, 1.0])
    wanted = (1 - lr * curvature) ** t[:, None] * bowl.start
    np.testing.assert_allclose(descend(GD(lr), bowl, steps=50).points, wanted, rtol=1e-11)


@pytest.mark.parametrize(
    ("lr", "rate"),
    [(2 / 1.01, 99 / 101), (1.0, 0.99), (0.5, 0.995)],
    ids=["2/(L+mu)", "1/L", "half of it"],
)
def test_rate_of_gd_in_the_valley(lr, rate):
    points = descend(GD(lr), valley, steps=1000).points
    length = np.linalg.norm(points, axis=1)
    assert length[1000] / length[999] == pytest.approx(rate, rel=1e-9)


def test_momentum_in_the_valley_has_the_rate_of_its_two_by_two_matrix():
    root = np.sqrt(100)
    lr, beta = 4 / (1 + 0.1) ** 2, ((root - 1) / (root + 1)) ** 2
    points = descend(Momentum(lr, beta), valley, steps=400).points
    # At the best (lr, beta) the matrix has a double eigenvalue (sqrt k - 1) / (sqrt k + 1): the
    # distance falls like t * .818^t, so t times the rate is what two lengths give.
    length = np.linalg.norm(points, axis=1)
    rate = (length[400] / length[200] / 2) ** (1 / 200)
    assert rate == pytest.approx((root - 1) / (root + 1), rel=1e-3)


# The largest stable learning rate on curvature L = 1.
@pytest.mark.parametrize(
    ("make", "limit"),
    [
        (GD, 2.0),
        (lambda lr: Momentum(lr, 0.5), 3.0),
        (lambda lr: Momentum(lr, 0.9), 3.8),
    ],
    ids=["GD: 2/L", "momentum .5: 2(1+beta)/L", "momentum .9: 2(1+beta)/L"],
)
def test_stability_limit(make, limit):
    bowl = quadratic([1.0])
    assert abs(descend(make(0.99 * limit), bowl, steps=3000).points[-1, 0]) < 1e-6
    assert abs(descend(make(1.01 * limit), bowl, steps=3000).points[-1, 0]) > 1e6


def test_momentum_with_beta_zero_is_gd():
    start = np.array([3.0, -1.0])
    np.testing.assert_array_equal(
        descend(Momentum(1.3, beta=0.0), valley, start).points,
        descend(GD(1.3), valley, start).points,
    )


def test_velocity_is_a_sum_with_gain_one_over_one_minus_beta():
    rule, w = Momentum(0.1, beta=0.9), np.zeros(1)
    v = rule.init(w)
    for _ in range(400):
        w, v = rule.step(w, np.ones(1), v)
    assert v[0] == pytest.approx(10, rel=1e-12)
