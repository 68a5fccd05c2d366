"""What batches do to y, where it can be computed by hand; and runs of L-BFGS on batches."""

import numpy as np
import pytest

from course_lib.data import Examples, digits
from course_lib.models import Network, SoftmaxRegression
from course_lib.noisy_curvature import disagreement, train_lbfgs


class Means:
    """loss = mean over examples of 1/2 (w - x)^2: every example has curvature 1, exactly."""

    size = 1

    def init(self, rng):
        return np.array([5.0])

    def loss(self, w, X, y):
        return float(np.mean((w[0] - X[:, 0]) ** 2) / 2)

    def grad(self, w, X, y):
        return np.array([np.mean(w[0] - X[:, 0])])

    def accuracy(self, w, X, y):
        return 0.0


def numbers(n=200):
    X = np.random.default_rng(0).normal(size=(n, 1))
    return Examples(X, np.zeros(n, dtype=int))


def test_noise_cancels_in_one_batch_and_stays_between_two():
    examples, w = numbers(), np.array([5.0])
    lengths = np.array([1e-3, 1e-2, 0.1, 1.0])
    found = disagreement(Means(), examples, w, lengths, 4, 400, np.random.default_rng(1))
    # y = s for one batch, and s + (mean of one batch - mean of another) for two.
    assert np.all(found.same < 1e-10)
    spread = np.sqrt(2 * examples.X.var() / 4 * (200 - 4) / 199)
    wanted = spread * np.sqrt(2 / np.pi) / lengths  # the mean size of a normal number
    np.testing.assert_allclose(found.other, wanted, rtol=0.1)
    assert found.bent[0] == pytest.approx(0.5, abs=0.08)
    assert found.bent[3] < 0.15


def test_the_whole_set_is_one_batch():
    examples = numbers(50)
    found = disagreement(
        Means(), examples, np.array([5.0]), np.array([0.1]), 50, 3, np.random.default_rng(0)
    )
    assert found.other[0] < 1e-10
    assert found.bent[0] == 0


@pytest.mark.parametrize("same_batch", [True, False])
def test_on_all_examples_a_parabola_takes_two_updates(same_batch):
    # One step of GD, then gamma = 1 is known: lr 1 lands on the mean.
    examples = numbers()
    lowest = np.var(examples.X) / 2
    loss = train_lbfgs(
        Means(), examples, 1.0, 4, 200, np.random.default_rng(0), same_batch=same_batch
    )
    assert loss == pytest.approx(lowest, rel=1e-9)


def test_a_budget_is_examples_seen():
    seen = []

    class Counting(Means):
        def grad(self, w, X, y):
            seen.append(len(y))
            return super().grad(w, X, y)

    for same_batch in (True, False):
        seen.clear()
        rng = np.random.default_rng(0)
        train_lbfgs(Counting(), numbers(), 0.5, 3, 50, rng, same_batch=same_batch)
        assert sum(seen) == 600


def test_it_learns_digits_from_large_batches_and_divergence_is_inf():
    data = digits().train
    model = SoftmaxRegression(64, 10)
    rng = np.random.default_rng(0)
    assert train_lbfgs(model, data, 1.0, 4, 449, rng, same_batch=False) < 0.5  # from 2.3
    wild = train_lbfgs(Network((64, 4, 10)), data, 1e200, 1, 449, rng, same_batch=False)
    assert wild == np.inf
