"""The two wells: the curve by hand, the particles against probabilities, and what is refused."""

from math import erfc, sqrt

import numpy as np
import pytest

from course_lib.gradients import numerical_gradient
from course_lib.two_wells import EDGE, loss, particles, share_in_flat_well, slope


@pytest.mark.parametrize(
    ("x", "height"),
    [(-1, 0), (1, 0), (-1.2, 0.2), (0.8, 0.01), (-2, 5), (3, 1), (-0.9, 0.05), (0, 0.25)],
)
def test_the_curve_by_hand(x, height):
    assert loss(x) == pytest.approx(height, abs=1e-12)


def test_the_ridge_is_as_high_from_both_sides():
    # sqrt(10) (x + 1) = sqrt(0.5) (1 - x), so x + 1 = 2 / (1 + sqrt(20))
    assert pytest.approx(2 / (1 + sqrt(20)) - 1, rel=1e-12) == EDGE
    assert loss(EDGE - 1e-9) == pytest.approx(float(loss(EDGE + 1e-9)), rel=1e-7)


@pytest.mark.parametrize("x", [-2.0, -1.0, -0.7, -0.5, 0.9, 2.5])
def test_the_slope_is_that_of_the_curve(x):
    f = numerical_gradient(lambda w: float(loss(w)[0]), np.array([x]))
    np.testing.assert_allclose(slope([x]), f, atol=1e-8)


@pytest.mark.parametrize(("batch_size", "lr"), [(1, 0.1), (4, 0.1), (1, 0.05)])
def test_one_step_leaves_the_sharp_well_with_the_probability_of_a_kick(batch_size, lr):
    kicks = (EDGE + 1) / (lr * 2 / sqrt(batch_size))
    leaves = erfc(kicks / sqrt(2)) / 2
    assert share_in_flat_well(batch_size, lr, 1) == pytest.approx(leaves, rel=1e-9)
    assert share_in_flat_well(batch_size, lr, 0) == 0


def test_at_lr_a_tenth_every_step_in_the_sharp_well_forgets_the_last():
    # 1 - lr * 10 = 0: all that matters is the next kick, so shares grow like 1 - (1 - p)^n, less
    # what comes back over the ridge: at most a third does.
    p = erfc((EDGE + 1) / 0.1 / sqrt(2)) / 2
    never_back = 1 - (1 - p) ** 3000
    assert 0.65 * never_back < share_in_flat_well(4, 0.1, 3000) < never_back


@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_particles_follow_the_probabilities(batch_size):
    noise = np.random.default_rng(1).standard_normal((500, 1000))
    share = particles(batch_size, 0.1, noise).share
    exact = share_in_flat_well(batch_size, 0.1, 500)
    assert share[0] == 0
    assert share[-1] == pytest.approx(exact, abs=4 * sqrt(exact * (1 - exact) / 1000))


def test_without_a_kick_nothing_moves_and_a_known_kick_is_made():
    path = particles(4, 0.05, np.array([[0.0, 1.0], [0.0, 0.0]])).positions
    np.testing.assert_allclose(path[:, 0], -1)
    # 0.05 * 2 / sqrt(4) = 0.05 to the left; then half of it is left
    np.testing.assert_allclose(path[:, 1], [-1, -1.05, -1.025])


@pytest.mark.parametrize(("batch_size", "lr"), [(0, 0.1), (4, 0.0), (4, 0.2), (4, -1.0)])
def test_what_is_refused(batch_size, lr):
    for call in (
        lambda: particles(batch_size, lr, np.zeros((1, 1))),
        lambda: share_in_flat_well(batch_size, lr, 1),
    ):
        with pytest.raises(ValueError, match="batch size must be 1 or more and lr between 0 and"):
            call()
