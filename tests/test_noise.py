"""Noisy gradients: their mean, their spread, and the floor they hold a walk on."""

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.noise import Noisy
from course_lib.optimizers import GD
from course_lib.problems import quadratic, valley


def test_gradients_are_right_on_average_and_values_always():
    noisy, w = Noisy(valley, 0.3, np.random.default_rng(0)), np.tile([2.0, -1.0], (4000, 1))
    g = noisy.grad(w)
    np.testing.assert_allclose(g.mean(axis=0), [0.02, -1.0], atol=0.02)
    np.testing.assert_allclose(g.std(axis=0), 0.3, rtol=0.05)
    np.testing.assert_array_equal(noisy.value(w), valley.value(w))
    assert (noisy.start is valley.start, noisy.minimum is valley.minimum) == (True, True)
    assert (noisy.box, noisy.name) == (valley.box, "valley, with noise")


def test_the_same_seed_gives_the_same_errors():
    first, again, other = (
        Noisy(valley, 1.0, np.random.default_rng(s)).grad([1.0, 1.0]) for s in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert np.all(first != other)


@pytest.mark.parametrize("lr", [0.1, 0.5, 1.0])
def test_the_floor_of_a_constant_learning_rate(lr):
    # w <- (1 - lr) w - lr s xi has the variance lr^2 s^2 / (1 - (1 - lr)^2) = lr s^2 / (2 - lr)
    noisy = Noisy(quadratic([1.0]), 0.3, np.random.default_rng(0))
    values = descend(GD(lr), noisy, start=np.zeros((2000, 1)), steps=60).values[-1]
    assert values.mean() == pytest.approx(0.5 * lr * 0.09 / (2 - lr), rel=0.1)
