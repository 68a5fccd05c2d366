"""Starts by hand, gradient norms against complex steps, spreads written out, products by hand."""

from itertools import pairwise

import numpy as np
import pytest

from course_lib.data import Examples, Splits
from course_lib.depth import (
    DeepNetwork,
    Factored,
    deep,
    init_weights,
    signals,
    stack,
    tune,
)
from course_lib.models import Network, SoftmaxRegression
from course_lib.optimizers import GD
from course_lib.problems import himmelblau, valley

RNG = np.random.default_rng(8)
X, Y = RNG.normal(size=(6, 3)), np.array([0, 1, 2, 2, 1, 0])
ACTS = {
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


@pytest.mark.parametrize(
    ("kind", "shape", "factor"),
    [
        ("zeros", (2, 3), 0.0),
        ("small", (50, 3), 0.01),
        ("xavier", (3, 5), 0.5),
        ("xavier", (5, 3), 0.5),
        ("he", (8, 3), 0.5),
        ("he", (2, 77), 1.0),
        (1.0, (4, 9), 0.5),
        (3.0, (9, 2), 1.0),
    ],
)
def test_first_weights_by_hand(kind, shape, factor):
    z = np.arange(shape[0] * shape[1], dtype=float).reshape(shape)
    before = z.copy()
    np.testing.assert_allclose(init_weights(z, kind), factor * before, rtol=1e-12)
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize(
    ("kind", "gain"), [("xavier", np.sqrt(2 * 300 / 500)), ("he", np.sqrt(2)), (0.7, 0.7)]
)
def test_one_layer_multiplies_the_size_by_its_gain(kind, gain):
    z = np.random.default_rng(0).normal(size=(300, 200))
    a = np.random.default_rng(1).normal(size=(500, 300))
    assert np.std(a @ init_weights(z, kind)) == pytest.approx(gain, rel=0.03)


def plain_loss(Ws, w, act):
    """The loss written out for complex weights, row by row."""
    i, layers = 0, []
    for W in Ws:
        layers.append(w[i : i + W.size].reshape(W.shape))
        i += W.size
    total = 0
    for row, label in zip(X, Y, strict=True):
        a = row
        for k, W in enumerate(layers):
            a = np.array([sum(a[p] * W[p, q] for p in range(len(a))) for q in range(W.shape[1])])
            if k < len(layers) - 1:
                a = ACTS[act](a)
        total -= np.log(np.exp(a[label]) / sum(np.exp(a)))
    return total / len(Y)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("widths", [(3, 3), (3, 4, 3), (3, 5, 2, 3)])
def test_gradient_norms_equal_the_complex_step(act, widths):
    rng = np.random.default_rng(len(widths))
    Ws = [rng.normal(size=shape) for shape in pairwise(widths)]
    w = np.concatenate([W.ravel() for W in Ws])
    exact = np.array([plain_loss(Ws, w + 1e-30j * e, act).imag / 1e-30 for e in np.eye(len(w))])
    ends = np.cumsum([W.size for W in Ws])
    norms = [np.linalg.norm(part) for part in np.split(exact, ends[:-1])]
    np.testing.assert_allclose(signals(*stack(Ws, act), X, Y).gradients, norms, rtol=1e-9)


def test_sizes_and_spreads_by_hand():
    # Two rows, 1 and 3, through the weights (1, -1) and ReLU: (1, 0), (3, 0); then scores 2 a_0.
    model, w = stack([np.array([[1.0, -1.0]]), np.array([[2.0, 0.0], [0.0, 5.0]])], "relu")
    sizes = signals(model, w, np.array([[1.0], [3.0]]), np.array([0, 1]))
    np.testing.assert_allclose(sizes.activations, np.sqrt([10 / 4, 40 / 4]))
    np.testing.assert_allclose(sizes.spread, np.sqrt([1 / 2, 4 / 2]))


def test_the_spread_dies_while_the_size_stays():
    # With weights of 0 a sigmoid puts out 1/2, for every image.
    model = DeepNetwork((3, 4, 4, 3), "sigmoid", "zeros")
    sizes = signals(model, model.init(np.random.default_rng(0)), X, Y)
    np.testing.assert_array_equal(sizes.activations, [0.5, 0.5, 0])
    np.testing.assert_array_equal(sizes.spread, 0)


@pytest.mark.parametrize(("kind", "variance"), [("xavier", 2 / 500), ("he", 2 / 300), ("zeros", 0)])
def test_a_deep_network_starts_as_it_is_told(kind, variance):
    model = DeepNetwork((300, 200, 2), "relu", kind)
    w = model.init(np.random.default_rng(0))
    (W, b), _ = model.unpack(w)
    assert W.var() == pytest.approx(variance, rel=0.03)
    np.testing.assert_array_equal(b, 0)


@pytest.mark.parametrize(("act", "kind"), [("relu", "he"), ("tanh", "xavier")])
def test_the_usual_starts_are_those_of_a_plain_network(act, kind):
    started, plain = DeepNetwork((64, 9, 10), act, kind), Network((64, 9, 10), act)
    two = [model.init(np.random.default_rng(3)) for model in (started, plain)]
    np.testing.assert_allclose(*two, rtol=1e-12)


def test_deep_has_so_many_layers_of_weights():
    assert deep(4, "tanh", "xavier").layers == (64, 32, 32, 32, 10)
    assert deep(1, "tanh", "xavier", width=7).layers == (64, 10)


def test_tune_chooses_by_validation_and_reports_the_test():
    # Two classes on either side of 0. The sign of the only useful slope decides: lr < 0 unlearns.
    x = np.array([-1.0, -0.8, -0.6, -0.5, 0.5, 0.6, 0.8, 1.0] * 5)[:, None]
    labels = (x[:, 0] > 0).astype(int)
    flipped = Examples(x, 1 - labels)
    data = Splits(Examples(x, labels), Examples(x, labels), flipped)
    found = tune(GD, SoftmaxRegression(1, 2), data, [-1.0, 0.0, 1.0], seeds=range(2), epochs=9)
    np.testing.assert_array_equal(found.validation[[0, 2]], [[0, 0], [1, 1]])
    assert found.lr == 1.0
    np.testing.assert_array_equal(found.test, 0)
    assert np.all(found.loss < np.log(2))


@pytest.mark.parametrize(
    ("layers", "u", "value", "grad"),
    [
        (1, (10.0, 1.0), 1.0, (0.1, 1.0)),
        # w = (4, 1), f = (0.01 * 16 + 1) / 2, slope 2 u * (0.04, 1)
        (2, (2.0, 1.0), 0.58, (0.16, 2.0)),
        # w = (8, -1), slope 3 u^2 * (0.08, -1)
        (3, (2.0, -1.0), 0.82, (0.96, -3.0)),
        (3, (0.0, 0.0), 0.0, (0.0, 0.0)),
    ],
)
def test_products_of_factors_by_hand(layers, u, value, grad):
    problem = Factored(valley, layers)
    assert problem.value(u) == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(problem.grad(u), grad, rtol=1e-12)
    np.testing.assert_allclose(problem.start**layers, valley.start)


REFUSED = [
    (lambda: init_weights(np.zeros((2, 2)), "lecun"), "zeros, small, xavier, he.*got 'lecun'"),
    (lambda: init_weights(np.zeros(3), "he"), r"\(fan_in, fan_out\), got shape \(3,\)"),
    (lambda: DeepNetwork((4, 3), "tanh", "huge"), "got 'huge'"),
    (lambda: deep(3, "swish", "he"), "relu, tanh, sigmoid, got 'swish'"),
    (lambda: Factored(himmelblau, 2), "must not be negative"),
    (lambda: Factored(valley, 0), "layers must be 1 or more, got 0"),
]


@pytest.mark.parametrize(("make", "says"), REFUSED)
def test_refused_in_one_line(make, says):
    with pytest.raises(ValueError, match=says) as caught:
        make()
    assert "\n" not in str(caught.value)
