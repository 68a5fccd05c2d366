"""The curvature on the way, where it is known: softmax regression at zero, and a run of train."""

import numpy as np
import pytest

from course_lib.data import Examples, Splits
from course_lib.descent import train
from course_lib.models import SoftmaxRegression
from course_lib.optimizers import GD
from course_lib.schedules import Constant, WarmUp
from course_lib.sharpness import sharpness
from course_lib.warming import curvature_on_the_way

RNG = np.random.default_rng(0)
DATA = Examples(RNG.normal(size=(50, 3)), RNG.integers(2, size=50))
MODEL = SoftmaxRegression(3, 2)


def test_at_zero_it_is_that_of_the_data():
    # At zero every class has probability 1/2, so the Hessian is M times [[1, -1], [-1, 1]] / 4,
    # with M the mean of x x^T over rows (x, 1): its top eigenvalue is half of that of M.
    X = np.hstack([DATA.X, np.ones((50, 1))])
    heat = curvature_on_the_way(
        MODEL, DATA, Constant(1e-9), 1, 10, np.random.default_rng(0), few=50
    )
    wanted = np.linalg.eigvalsh(X.T @ X / 50)[-1] / 2
    np.testing.assert_allclose(heat.curvature, wanted, rtol=0.02)


def test_it_trains_as_train_does():
    plan, splits = WarmUp(3, Constant(0.5)), Splits(DATA, DATA, DATA)
    heat = curvature_on_the_way(MODEL, DATA, plan, 4, 16, np.random.default_rng(1), every=3, few=50)
    assert heat.updates.tolist() == [0, 9, 12]  # 50 = 16 + 16 + 16 + 2, and the 2 are left out
    rng = np.random.default_rng(1)
    run = train(GD(1.0), MODEL, splits, 4, 16, rng, schedule=plan, drop_last=True)
    assert heat.curvature[-1] == sharpness(MODEL, run.w, DATA, iters=12)


def test_refused():
    with pytest.raises(ValueError, match="got 0 and 5"):
        curvature_on_the_way(MODEL, DATA, Constant(1.0), 0, 16, RNG)
