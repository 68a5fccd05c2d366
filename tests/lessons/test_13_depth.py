"""The numbers of lesson 13, from closed forms, and from the curriculum where a run decides."""

import numpy as np
import pytest

from course_lib.checking import judge
from course_lib.checking.calling import Call, local
from course_lib.data import digits
from course_lib.depth import Factored, deep, signals
from course_lib.descent import train
from course_lib.exercises.depth import INIT_WEIGHTS, two_layer_backward
from course_lib.optimizers import GD, Adam
from course_lib.problems import valley
from course_lib.sweep import LRS, sweep


def images(n):
    X, y = digits().train
    return X[:n], y[:n]


def test_the_table_by_hand():
    params = np.array([[0.5, -1.0]]), np.zeros(2), np.eye(2), np.zeros(2)
    p = np.e / (np.e + 1)  # the scores are 1 and 0
    wanted = [[[2 * (p - 1), 0]], [p - 1, 0], [[p - 1, 1 - p], [0, 0]], [p - 1, 1 - p]]
    for got, want in zip(
        two_layer_backward(params, np.array([[2.0]]), np.array([0])), wanted, strict=True
    ):
        np.testing.assert_allclose(got, want, rtol=1e-12)
    assert 2 * (p - 1) == pytest.approx(-0.5379, abs=5e-5)


@pytest.mark.parametrize(
    ("act", "kind", "ratio", "last"),
    [
        # The curriculum's: 2e-6, .98, 1.2, and .99 with norms of 5e-12, in a network of its own.
        ("sigmoid", "xavier", (2e-6, 6e-6), (0.4, 1)),
        ("tanh", "xavier", (0.9, 2.4), (0.1, 0.3)),
        ("relu", "he", (0.9, 4), (0.1, 2)),
        ("tanh", "small", (0.6, 1.5), (1e-12, 6e-12)),
    ],
)
def test_first_over_last_and_norms(act, kind, ratio, last):
    model, few = deep(10, act, kind), images(300)
    for seed in range(3):
        norms = signals(model, model.init(np.random.default_rng(seed)), *few).gradients
        assert ratio[0] < norms[0] / norms[-1] < ratio[1]
        assert last[0] < norms[-1] < last[1]


@pytest.mark.parametrize("shift", [-4, 4])
def test_both_tails_of_the_sigmoid_saturate(shift):
    model, few = deep(10, "sigmoid", "xavier"), images(300)
    w = model.init(np.random.default_rng(0))
    plain = signals(model, w, *few).gradients
    for _, b in model.unpack(w)[:-1]:
        b += shift
    shifted = signals(model, w, *few).gradients
    assert shifted[0] / shifted[-1] < 1e-6 * plain[0] / plain[-1]


def test_from_zero_no_weight_ever_moves():
    model = deep(3, "tanh", "zeros")
    run = train(Adam(0.01), model, digits(), 1, 32, np.random.default_rng(0), progress=False)
    assert all(np.all(W == 0) for W, _ in model.unpack(run.w))
    assert np.any(run.w != 0)  # the last bias, which learns how frequent the classes are


@pytest.mark.parametrize(
    ("act", "kind", "least", "most"), [("sigmoid", "xavier", 0.4, 1.0), ("tanh", "small", 0, 1e-4)]
)
def test_adam_levels_the_layers_unless_eps_is_larger(act, kind, least, most):
    model, rule = deep(10, act, kind), Adam(0.001)
    w = model.init(np.random.default_rng(0))
    after, _ = rule.step(w, model.grad(w, *images(300)), rule.init(w))
    moves = [np.median(np.abs(W)) / rule.lr for W, _ in model.unpack(after - w)]
    assert least <= min(moves) <= max(moves) <= most + 1e-6


@pytest.mark.parametrize(("kind", "learns"), [("small", False), ("xavier", True)])
def test_the_start_decides(kind, learns):
    model = deep(10, "tanh", kind)
    run = train(GD(0.1), model, digits(), 3, 32, np.random.default_rng(0), progress=False)
    assert bool(run.loss[-1] < 1.0) == learns
    assert bool(run.loss[-1] > 2.29) != learns


@pytest.mark.parametrize(("layers", "loss"), [(1, 0.0138), (2, 3.5e-4), (3, 2.3e-4)])
def test_the_valley_in_factors(layers, loss):
    best = sweep(GD, Factored(valley, layers), lr=LRS)
    assert best.path.values[-1] == pytest.approx(loss, rel=0.03)


def test_the_deviation_called_variance_is_named():
    def published(z, kind):
        n, m = z.shape
        return z * (2 / n if kind == "he" else 2 / (n + m))

    assert judge(INIT_WEIGHTS, Call(local(published)), 0).mistake.id == "variance-as-std"
