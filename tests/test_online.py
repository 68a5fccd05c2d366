"""Online games against rounds worked by hand, and against Zinkevich's and Duchi's bounds."""

import numpy as np
import pytest

from course_lib.online import play, rare_slope
from course_lib.optimizers import GD, Adagrad, Adam, AMSGrad

ROUNDS = np.array([1.0, 1.0, 1.0, -1.0])


@pytest.mark.parametrize(
    ("rule", "box", "points"),
    [
        # f_t(w) = -x_t w, so the gradient is -x_t. Point t is played before x_t is seen.
        (GD(0.5), (-10, 10), [0.0, 0.5, 1.0, 1.5]),
        (GD(0.5), (-1, 0.75), [0.0, 0.5, 0.75, 0.75]),
        (Adagrad(1.0, eps=0.0), (-10, 10), [0.0, 1.0, 1 + 2**-0.5, 1 + 2**-0.5 + 3**-0.5]),
    ],
)
def test_rounds_by_hand(rule, box, points):
    played = play(rule, lambda w, x: -x * np.ones(1), ROUNDS, [0.0], box)
    np.testing.assert_allclose(played[:, 0], points, rtol=1e-12)


def test_a_schedule_gives_each_round_its_learning_rate():
    played = play(GD(9.0), lambda w, x: -x, np.ones((3, 1)), [0.0], (-9, 9), lambda k: 1 / (k + 1))
    np.testing.assert_allclose(played[:, 0], [0.0, 1.0, 1.5], rtol=1e-12)


def test_the_start_is_put_into_the_box_and_no_rounds_give_no_points():
    assert play(GD(1.0), lambda w, x: w, [0.0], [5.0], (-1, 2)).tolist() == [[2.0]]
    assert len(play(GD(1.0), lambda w, x: w, [], [5.0], (-1, 2))) == 0


def test_a_box_turned_round_is_refused():
    with pytest.raises(ValueError, match="swap them"):
        play(GD(1.0), lambda w, x: w, ROUNDS, [0.0], (1, -1))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_adagrad_stays_below_its_bound_at_any_scale_of_the_loss(seed, scale):
    """Regret <= sqrt(2) D sqrt(sum g^2) at lr = D / sqrt(2), here D = 2 (Duchi et al. 2011)."""
    x = np.random.default_rng(seed).uniform(-1, 1, size=(2000, 1))
    w = play(Adagrad(2**0.5), lambda w, x: scale * np.sign(w - x), x, [0.0], (-1, 1))
    mine = scale * np.abs(w - x).cumsum()
    # The best fixed point against absolute losses so far is a median of the targets so far.
    best = [scale * np.abs(x[:t] - np.median(x[:t])).sum() for t in (10, 200, 2000)]
    for t, rival in zip((10, 200, 2000), best, strict=True):
        assert mine[t - 1] - rival <= 2**0.5 * 2 * scale * t**0.5


# Reddi et al. 2018: with a short memory the worst point, 1, where each round costs 2/C in the mean.
@pytest.mark.parametrize(
    ("rule", "C", "end"),
    [
        (Adam(beta1=0.0, beta2=0.1), 3, 1.0),
        (AMSGrad(beta1=0.0, beta2=0.1), 3, -1.0),
        (Adam(beta1=0.0, beta2=0.999), 3, -1.0),
        (Adam(beta1=0.0, beta2=0.9), 11, 1.0),
        (GD(1.0), 3, -1.0),
    ],
)
def test_who_goes_to_the_worst_point(rule, C, end):
    slopes, points = rare_slope(rule, C, 1000 * C)
    assert slopes[: C + 1].tolist() == [C, *[-1] * (C - 1), C]
    assert slopes.sum() == 1000
    assert points[-1] == pytest.approx(end, abs=0.05)
    assert np.abs(points).max() <= 1


def test_many_memories_play_at_once():
    betas = np.array([0.1, 0.5, 0.99])
    _, together = rare_slope(Adam(beta1=0.0, beta2=betas), 3, 60)
    for k, beta2 in enumerate(betas):
        _, alone = rare_slope(Adam(beta1=0.0, beta2=float(beta2)), 3, 60)
        np.testing.assert_allclose(together[:, k], alone, rtol=1e-12)


def test_a_slope_that_is_not_rare_is_refused():
    with pytest.raises(ValueError, match="C must be 2 or more"):
        rare_slope(GD(1.0), 1, 10)
