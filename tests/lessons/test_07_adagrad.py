"""The numbers of lesson 07, against closed forms and the numbers that it promises."""

import math

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.online import play
from course_lib.optimizers import GD, Adagrad
from course_lib.problems import askew, quadratic, valley
from course_lib.streams import burst, remember
from course_lib.sweep import LRS, sweep


def whole_way(size):
    return -remember(Adagrad(lr=1.0), np.full(10_000, size))[0][-1]


def settled_rate():
    w = descend(Adagrad(lr=0.5), quadratic((1.0,), start=[1.0]), steps=60).points[:, 0]
    return 0.5 / math.sqrt(np.sum(w[:-1] ** 2))


def after_a_burst():
    calm = np.diff(remember(Adagrad(lr=1.0), np.ones(1000))[0])
    shaken = np.diff(remember(Adagrad(lr=1.0), burst(1000, 100, 100.0, 10))[0])
    return calm[-1] / shaken[-1]


def regret_slope():
    x = np.random.default_rng(0).uniform(-1, 1, size=(10_000, 20))
    w = play(Adagrad(2**0.5), lambda w, x: np.sign(w - x), x, np.zeros(20), (-1, 1))
    rivals = np.linspace(-1, 1, 41)[:, None, None]
    best = np.min([np.cumsum(np.abs(r - x), axis=0) for r in rivals], axis=0)
    mean = (np.cumsum(np.abs(w - x), axis=0) - best).mean(axis=1)
    t = np.arange(1, 10_001)
    return np.polyfit(np.log(t[99:]), np.log(mean[99:]), 1)[0]


def ruin():
    return sweep(Adagrad, askew, lr=LRS).losses.min() / sweep(GD, askew, lr=LRS).losses.min()


SUM = math.fsum(1 / math.sqrt(t) for t in range(1, 10_001))


@pytest.mark.parametrize(
    ("claim", "computed", "expected", "argument"),
    [
        ("the steps add up, at any size of the gradient", whole_way, (198.5, 0.05), 1.0),
        ("the steps add up, at any size of the gradient", whole_way, (SUM, 1e-6), 1000.0),
        ("the rate settles at .43", settled_rate, (0.43, 0.005), None),
        ("a burst of ten is not forgotten", after_a_burst, (math.sqrt(100.99), 1e-9), None),
        ("regret grows like the root of T", regret_slope, (0.50, 0.03), None),
        ("turned, Adagrad is worse than gradient descent", ruin, (1.75, 0.1), None),
    ],
)
def test_claim(claim, computed, expected, argument):
    value = computed() if argument is None else computed(argument)
    assert value == pytest.approx(expected[0], abs=expected[1]), claim


def test_straight_any_lr_from_three_to_ten_will_do():
    lrs = LRS[LRS >= 3]
    assert sweep(Adagrad, valley, lr=lrs).losses.max() < 1e-20
    assert sweep(GD, valley, lr=LRS).losses.min() == pytest.approx(0.0138, abs=1e-4)


@pytest.mark.parametrize(
    ("problem", "back", "same"),
    [
        (quadratic((1.0, 100.0), start=(10, 1)), np.eye(2), True),  # loss x 100
        (quadratic((0.0001, 1.0), start=(100, 1)), np.diag([0.1, 1.0]), False),  # units
        (
            quadratic((0.01, 1.0), rotation=np.pi / 4),
            np.sqrt(0.5) * np.array([[1, -1], [1, 1]]),
            False,
        ),
    ],
)
def test_what_is_invariant(problem, back, same):
    plain = descend(Adagrad(lr=0.5), valley, steps=50).points
    other = descend(Adagrad(lr=0.5), problem, steps=50).points @ back
    np.testing.assert_allclose(other[0], plain[0], atol=1e-12)
    assert np.allclose(other, plain) == same
