"""The numbers of lesson 09, from closed forms."""

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.exercises.rmsprop import recovery_time
from course_lib.optimizers import Adagrad, RMSprop
from course_lib.problems import valley
from course_lib.streams import remember


def test_the_table_by_hand():
    path, states = remember(RMSprop(lr=0.1, rho=0.9, eps=1e-8), [1.0, 1.0, -1.0, 0.0])
    np.testing.assert_allclose(states, [0.1, 0.19, 0.271, 0.2439], rtol=1e-12)
    steps = [-0.1 / 0.1**0.5, -0.1 / 0.19**0.5, 0.1 / 0.271**0.5, 0]
    np.testing.assert_allclose(np.diff(path), steps, rtol=1e-6)
    np.testing.assert_allclose(path[1:].round(4), [-0.3162, -0.5456, -0.3535, -0.3535])


@pytest.mark.parametrize(("rho", "steps"), [(0.0, 1), (0.9, 10**0.5), (0.99, 10), (0.999, 31.6228)])
@pytest.mark.parametrize("g", [1e-3, 7.0, 1e3])
def test_the_first_step_is_lr_over_the_root_of_what_is_left(rho, steps, g):
    path, _ = remember(RMSprop(lr=1.0, rho=rho, eps=0.0), [g])
    assert -path[-1] == pytest.approx(steps, rel=1e-6)


@pytest.mark.parametrize(
    ("rho", "burst", "n"), [(0.5, 100, 12), (0.9, 100, 77), (0.95, 100, 159), (0.9, 1000, 121)]
)
def test_recovery_follows_the_formula(rho, burst, n):
    assert n == np.ceil(np.log(3 / (burst**2 - 1)) / np.log(rho))
    assert recovery_time(rho, float(burst), 0.5) == n


def test_it_jumps_to_and_fro_over_the_minimum():
    last = descend(RMSprop(lr=0.1), valley, steps=1000).points[-2:]
    np.testing.assert_allclose(np.abs(last), 0.05, rtol=1e-4)
    np.testing.assert_allclose(last[0], -last[1], rtol=1e-4)


@pytest.mark.parametrize(
    ("rule", "near", "far"), [(Adagrad(0.1), 0.0, 0.035), (RMSprop(0.1), 0.19, 0.25)]
)
def test_with_noise_adagrad_arrives_and_rmsprop_does_not(rule, near, far):
    rng, w = np.random.default_rng(1), np.ones(200)
    state = rule.init(w)
    for _ in range(5000):
        w, state = rule.step(w, w + rng.normal(size=200), state)
    assert near < np.sqrt(np.mean(w**2)) < far
