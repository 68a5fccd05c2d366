"""Power iteration against eigenvalues, sharpness against a Hessian by hand, and rescaling."""

import numpy as np
import pytest

from course_lib.data import Examples
from course_lib.models import Network, SoftmaxRegression, softmax
from course_lib.sharpness import (
    learn_until,
    losses_from,
    rescale,
    sharpness,
    top_hessian_eigenvalue,
)

RNG = np.random.default_rng(0)
DATA = Examples(RNG.normal(size=(30, 4)), RNG.integers(3, size=30))
NETWORK = Network((4, 6, 3))


@pytest.mark.parametrize(
    ("eigenvalues", "top"),
    [((1.0, 3.0), 3.0), ((-4.0, 1.0, 2.0), -4.0), ((0.1, 0.2, 0.9), 0.9), ((0.0, 0.0), 0.0)],
)
def test_power_iteration_finds_the_largest_in_size_with_its_sign(eigenvalues, top):
    Q, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(len(eigenvalues),) * 2))
    H = (Q * eigenvalues) @ Q.T
    found = top_hessian_eigenvalue(lambda v: H @ v, np.ones(len(eigenvalues)), 60)
    assert found == pytest.approx(top, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("iters", "value"), [(0, 2), (1, 28 / 10), (2, 244 / 82), (3, 2188 / 730)])
def test_the_table_by_hand(iters, value):
    found = top_hessian_eigenvalue(lambda v: v * (1, 3), np.array([1, 1]), iters)
    assert found == pytest.approx(value, rel=1e-12)


def test_it_asks_for_one_product_a_turn_and_one_to_measure():
    asked = []
    top_hessian_eigenvalue(lambda v: asked.append(v) or 2.0 * v, np.array([3.0, 4.0]), 7)
    assert len(asked) == 8
    np.testing.assert_allclose(np.linalg.norm(asked, axis=1), 1)


def test_the_sharpness_of_softmax_regression_is_that_of_its_hessian():
    # H = mean over examples of (x, 1) (x, 1)^T kron (diag p - p p^T): in closed form.
    model = SoftmaxRegression(4, 3)
    w = np.random.default_rng(2).normal(size=model.size)
    p = softmax(model.scores(w, DATA.X))
    H = np.mean(
        [
            np.kron(np.outer(x, x), np.diag(q) - np.outer(q, q))
            for x, q in zip(np.hstack([DATA.X, np.ones((30, 1))]), p, strict=True)
        ],
        axis=0,
    )
    assert sharpness(model, w, DATA, 200) == pytest.approx(np.linalg.eigvalsh(H)[-1], rel=1e-6)


@pytest.mark.parametrize("a", [1 / 32, 0.5, 1.0, 7.0])
def test_rescaling_keeps_the_function(a):
    w = NETWORK.init(np.random.default_rng(3)) + 0.1
    (W1, b1), (W2, b2) = NETWORK.unpack(w)
    moved = np.concatenate([part.ravel() for part in rescale((W1, b1, W2, b2), a)])
    np.testing.assert_allclose(NETWORK.scores(moved, DATA.X), NETWORK.scores(w, DATA.X), rtol=1e-9)
    assert np.array_equal(moved, w) == (a == 1)


@pytest.mark.parametrize("a", [0.0, -1.0, float("nan")])
def test_rescaling_needs_a_positive_factor(a):
    with pytest.raises(ValueError, match="a must be positive"):
        rescale((np.ones((1, 1)), np.ones(1), np.ones((1, 1)), np.ones(1)), a)


def test_it_stops_at_the_first_look_below_the_target():
    end = learn_until(1e9, NETWORK, DATA, 30, 0.1, seed=4)
    assert end.updates == 20
    w = NETWORK.init(np.random.default_rng(4))
    for _ in range(20):
        w = w - 0.1 * NETWORK.grad(w, *DATA)
    np.testing.assert_allclose(end.w, w, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("batch_size", [1, 7, 30])
def test_it_ends_below_the_target(batch_size):
    end = learn_until(0.8, NETWORK, DATA, batch_size, 0.05, seed=0)
    assert NETWORK.loss(end.w, *DATA) < 0.8
    assert end.updates % 20 == 0


@pytest.mark.parametrize(
    ("settings", "error", "says"),
    [
        ({"batch_size": 0}, ValueError, "between 1 and 30, got 0"),
        ({"batch_size": 31}, ValueError, "between 1 and 30, got 31"),
        ({"lr": 1e-9, "most": 45}, RuntimeError, "still above 0.1 after 45 updates"),
    ],
)
def test_what_is_refused(settings, error, says):
    arguments = {"batch_size": 5, "lr": 0.1, "seed": 0} | settings
    with pytest.raises(error, match=says):
        learn_until(0.1, NETWORK, DATA, **arguments)


def test_losses_on_the_way():
    w = NETWORK.init(np.random.default_rng(5))
    after = w - 0.1 * NETWORK.grad(w, *DATA)
    wanted = [NETWORK.loss(point, *DATA) for point in (w, after)]
    np.testing.assert_allclose(losses_from(w, NETWORK, DATA, 0.1, 1), wanted, rtol=1e-12)
    assert len(losses_from(w, NETWORK, DATA, 0.1, 7)) == 8
