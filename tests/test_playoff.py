"""Tuning and judging, against the same runs made one by one, and against a fixed table."""

import numpy as np
import pytest

from course_lib.data import digits
from course_lib.descent import train
from course_lib.models import SoftmaxRegression
from course_lib.optimizers import GD
from course_lib.playoff import Playoff, playoff

DATA, MODEL = digits(), SoftmaxRegression(64, 10)


def alone(lr, seed, schedule=None):
    rng = np.random.default_rng(seed)
    return train(GD(lr), MODEL, DATA, 1, 400, rng, progress=False, schedule=schedule)


def test_the_best_on_validation_is_judged_on_test():
    lrs = [1e-4, 0.3, 1e-3]
    result = playoff(GD, lrs, MODEL, DATA, 1, tuning=(0, 1), fresh=(7, 8, 9), batch_size=400)
    wanted = [np.mean([100 * alone(lr, s).validation_accuracy[-1] for s in (0, 1)]) for lr in lrs]
    np.testing.assert_allclose(result.validation, wanted)
    assert (result.lr, result.at_edge) == (0.3, False)
    ends = [alone(0.3, s) for s in (7, 8, 9)]
    np.testing.assert_allclose(result.loss, [end.loss[-1] for end in ends])
    judged = [100 * MODEL.accuracy(end.w, *DATA.test) for end in ends]
    np.testing.assert_allclose(result.test, judged)


@pytest.mark.parametrize("lrs", [[0.3, 1e-4], [1e-4, 0.3], [0.3]])
def test_an_edge_is_seen(lrs):
    assert playoff(GD, lrs, MODEL, DATA, 1, (0,), (1, 2), batch_size=400).at_edge


def test_of_equals_the_first():
    result = playoff(lambda lr: GD(0.1), [1.0, 2.0, 3.0], MODEL, DATA, 1, (0,), (1, 2), 400)
    assert result.lr == 1.0


def test_decay_scales_the_learning_rate_of_each_update():
    result = playoff(GD, [0.3], MODEL, DATA, 1, (0,), (1, 2), 400, decay=lambda u: 1 - u)
    end = alone(0.3, 1, lambda k: 0.3 * (1 - k / 4))  # 1347 in batches of 400: four updates
    assert result.loss[0] == pytest.approx(end.loss[-1], rel=1e-12)


def test_standard_error_by_hand():
    # Deviations -1, 0, 1: variance 1 with ddof 1, and three seeds.
    assert Playoff(1.0, False, np.zeros(1), np.zeros(3), np.array([95.0, 96, 97])).error == (
        pytest.approx(1 / 3**0.5)
    )


def test_a_schedule_replaces_the_learning_rate_of_every_update():
    falling = alone(9.0, 3, lambda k: 0.3)
    np.testing.assert_array_equal(falling.w, alone(0.3, 3).w)
    asked = []
    alone(9.0, 3, lambda k: asked.append(k) or 0.3)
    assert asked == [0, 1, 2, 3]
