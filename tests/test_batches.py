"""What a batch knows, against enumeration, hand arithmetic and closed forms."""

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pytest

from course_lib.batches import (
    cost_of_update,
    example_gradients,
    gradient_noise,
    losses_after,
    noise_floor,
    patients,
    spend,
    squared_error_grad,
)
from course_lib.data import Examples
from course_lib.descent import minibatches
from course_lib.models import Network
from course_lib.problems import least_squares

BY_HAND = [[1.0], [1.0], [-1.0], [0.0]]
CLOUD = np.array([[3.0, 0.0], [1.0, -2.0], [0.0, 0.5], [-1.0, 4.0], [7.0, 1.0]])


@pytest.mark.parametrize(
    ("G", "B", "replace", "expected"),
    [
        (BY_HAND, 1, True, 0.6875),  # (0.75^2 + 0.75^2 + 1.25^2 + 0.25^2) / 4
        (BY_HAND, 1, False, 0.6875),
        (BY_HAND, 2, True, 0.34375),
        (BY_HAND, 2, False, 1.375 / 6),
        (BY_HAND, 4, True, 0.171875),
        (BY_HAND, 4, False, 0.0),
        (BY_HAND, 8, True, 0.0859375),
        ([[2.0, 3.0]], 1, False, 0.0),  # one example is all there are
    ],
)
def test_noise_by_hand(G, B, replace, expected):
    assert gradient_noise(G, B, replace) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("B", [1, 2, 3, 4])
@pytest.mark.parametrize("replace", [True, False])
def test_noise_is_the_mean_over_all_batches_there_are(B, replace):
    every = product(range(5), repeat=B) if replace else combinations(range(5), B)
    means = np.array([CLOUD[list(batch)].mean(axis=0) for batch in every])
    expected = np.mean(np.sum((means - CLOUD.mean(axis=0)) ** 2, axis=1))
    assert gradient_noise(CLOUD, B, replace) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("B", "replace", "says"),
    [(0, True, "1 or more, got 0"), (6, False, "1 .. 5 when drawn without replacement, got 6")],
)
def test_batches_that_do_not_exist_are_refused(B, replace, says):
    with pytest.raises(ValueError, match=says):
        gradient_noise(CLOUD, B, replace)


def test_patients_have_mean_0_and_deviation_1():
    X, y = patients()
    assert X.shape == (442, 2)
    for column in (*X.T, y):
        assert abs(column.mean()) < 1e-12
        assert column.std() == pytest.approx(1, rel=1e-12)
    # Efron et al. 2004 and everyone since: body mass index correlates with progression at 0.586.
    assert np.corrcoef(X[:, 0], y)[0, 1] == pytest.approx(0.586, abs=1e-3)


def test_squared_error_by_hand():
    X, y = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([1.0, 3.0])
    # residuals at (1, 1): 3 - 1 = 2 and 1 - 3 = -2; 2/2 * X^T (2, -2)
    np.testing.assert_allclose(squared_error_grad([1, 1], X, y), [2.0, 2.0])


def test_the_gradients_of_examples_have_the_gradient_as_their_mean():
    rng = np.random.default_rng(0)
    X, y, model = rng.normal(size=(9, 4)), rng.integers(3, size=9), Network((4, 5, 3))
    w = model.init(rng)
    G = example_gradients(model.grad, w, X, y)
    assert G.shape == (9, model.size)
    np.testing.assert_allclose(G.mean(axis=0), model.grad(w, X, y), atol=1e-14)


@pytest.mark.parametrize("lr", [0.003, 0.001])
def test_the_floor_drawn_anew_is_lr_s_over_4(lr):
    X, y = patients()
    # At the minimum the gradient of a patient is 2 * residual * x, and their mean is 0.
    w, *_ = np.linalg.lstsq(X, y, rcond=None)
    S = np.mean(np.sum((2 * (X @ w - y)[:, None] * X) ** 2, axis=1))
    floor = noise_floor(least_squares(X, y), lr, 16, 40, np.random.default_rng(1), True)
    assert floor.epoch_ends == pytest.approx(lr * S / 4, rel=0.15)
    assert floor.half_way == pytest.approx(lr * S / 4, rel=0.15)


def test_the_floor_of_identical_examples_is_0():
    problem = least_squares(np.tile([[1.0, 2.0]], (6, 1)), np.ones(6))
    for replace in (True, False):
        assert noise_floor(problem, 0.01, 2, 3, np.random.default_rng(0), replace) == (
            pytest.approx(0, abs=1e-20),
            pytest.approx(0, abs=1e-20),
        )


@pytest.mark.parametrize(("epochs", "runs"), [(1, 3), (2, 0)])
def test_a_floor_needs_epochs_and_runs(epochs, runs):
    with pytest.raises(ValueError, match="epochs must be 2 or more and runs 1 or more"):
        noise_floor(least_squares(*patients()), 0.01, epochs, runs, np.random.default_rng(0), True)


@dataclass(frozen=True)
class Halves:
    """loss w^2 / 2 on every example: after k updates w = (1 - lr)^k, whatever the batches."""

    size: int = 1

    def init(self, rng):
        return np.ones(1)

    def loss(self, w, X, y):
        return float(w[0] ** 2 / 2)

    def grad(self, w, X, y):
        assert len(X) == len(y) > 0
        return w

    def accuracy(self, w, X, y):
        return 0.0


TEN = Examples(np.zeros((10, 1)), np.zeros(10))


@pytest.mark.parametrize("batch_size", [1, 3, 10])
def test_losses_after_so_many_updates(batch_size):
    losses = losses_after([0, 2, 25], Halves(), TEN, batch_size, 0.1, 0)
    np.testing.assert_allclose(losses, [0.5, 0.9**4 / 2, 0.9**50 / 2], rtol=1e-12)


def test_every_batch_size_gets_its_budget_and_its_best_lr():
    budgets = {"examples": lambda B: 10 // B, "updates": lambda B: 3}
    spent = spend(Halves(), TEN, (1, 5), (0.1, 0.5, 3.0), budgets, seeds=range(2))
    np.testing.assert_array_equal(spent["examples"].updates, [10, 2])
    np.testing.assert_allclose(spent["examples"].loss, [0.5**21, 0.5**5])
    np.testing.assert_allclose(spent["updates"].loss, [0.5**7, 0.5**7])
    for result in spent.values():
        np.testing.assert_array_equal(result.lr, [0.5, 0.5])
        np.testing.assert_array_equal(result.lowest, result.highest)


def test_a_run_that_diverges_never_wins_and_never_warns():
    budgets = {"updates": lambda B: 2000}  # (1 - 5)^4000 is far beyond float64
    spent = spend(Halves(), TEN, (10,), (5.0, 0.001), budgets, seeds=[0])
    assert spent["updates"].lr == [0.001]


def test_a_cost_is_a_positive_number_of_seconds():
    rng = np.random.default_rng(0)
    many = Examples(rng.normal(size=(2000, 20)), rng.integers(10, size=2000))
    assert cost_of_update(Network((20, 10)), many).per_example > 0


@pytest.mark.parametrize(
    ("n", "B", "drop_last", "sizes"),
    [
        (10, 4, False, [4, 4, 2]),
        (10, 4, True, [4, 4]),
        (8, 4, True, [4, 4]),
        (3, 5, True, []),
        (3, 5, False, [3]),
    ],
)
def test_a_short_last_batch_is_kept_or_dropped(n, B, drop_last, sizes):
    batches = list(minibatches(n, B, np.random.default_rng(0), drop_last))
    assert [len(batch) for batch in batches] == sizes
    drawn = [int(i) for batch in batches for i in batch]
    assert len(set(drawn)) == len(drawn)
