"""Models: losses by hand, gradients against complex steps, stable where naive code is not."""

from itertools import pairwise

import numpy as np
import pytest

from course_lib.models import Network, SoftmaxRegression, cross_entropy, log_softmax, softmax

RNG = np.random.default_rng(5)
X, Y = RNG.normal(size=(7, 4)), np.array([0, 1, 2, 2, 1, 0, 0])
MODELS = {
    "softmax": SoftmaxRegression(4, 3),
    "no hidden layer": Network((4, 3)),
    "relu": Network((4, 6, 3)),
    "tanh": Network((4, 5, 3), "tanh"),
    "deep tanh": Network((4, 5, 6, 3), "tanh"),
    "deep relu": Network((4, 5, 6, 3)),
    "deep sigmoid": Network((4, 5, 6, 3), "sigmoid"),
}
each = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def plain_loss(model, w, x, y):
    """The loss written out once more, for complex w: no maximum, no shift, rows one by one."""
    i, layers = 0, getattr(model, "layers", (4, 3))
    total = 0
    params = []
    for n, m in pairwise(layers):
        params.append((w[i : i + n * m].reshape(n, m), w[i + n * m : i + n * m + m]))
        i += n * m + m
    act = {
        "relu": lambda z: np.where(z.real > 0, z, 0),
        "tanh": np.tanh,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    }
    for row, label in zip(x, y, strict=True):
        a = row
        for k, (W, b) in enumerate(params):
            a = np.array([sum(a[p] * W[p, q] for p in range(len(a))) + b[q] for q in range(len(b))])
            if k < len(params) - 1:
                a = act[model.activation](a)
        total -= np.log(np.exp(a[label]) / sum(np.exp(a)))
    return total / len(y)


@each
def test_gradient_equals_the_complex_step(model):
    w = np.random.default_rng(1).normal(size=model.size)
    h = 1e-30
    exact = [plain_loss(model, w + 1j * h * e, X, Y).imag / h for e in np.eye(model.size)]
    np.testing.assert_allclose(model.grad(w, X, Y), exact, rtol=1e-10, atol=1e-13)
    assert model.loss(w, X, Y) == pytest.approx(plain_loss(model, w, X, Y), rel=1e-12)


@each
def test_parameters_are_one_vector_with_views(model):
    w = model.init(np.random.default_rng(0))
    assert w.shape == (model.size,)
    parts = model.unpack(w)
    for W, b in [parts] if isinstance(model, SoftmaxRegression) else parts:
        assert np.shares_memory(W, w)
        assert np.shares_memory(b, w)
        np.testing.assert_array_equal(b, 0)


@each
def test_gradient_of_a_mean_is_the_mean_of_gradients(model):
    w = np.random.default_rng(2).normal(size=model.size)
    rows = [model.grad(w, X[i : i + 1], Y[i : i + 1]) for i in range(len(Y))]
    np.testing.assert_allclose(model.grad(w, X, Y), np.mean(rows, axis=0), rtol=1e-10, atol=1e-15)


def test_loss_and_gradient_by_hand():
    # One input 2, two classes, W = 0: each has probability 1/2; label 1.
    model, w = SoftmaxRegression(1, 2), np.zeros(4)
    assert model.loss(w, np.array([[2.0]]), np.array([1])) == pytest.approx(np.log(2))
    np.testing.assert_allclose(model.grad(w, np.array([[2.0]]), np.array([1])), [1, -1, 0.5, -0.5])


def test_network_of_the_lesson_has_2410_parameters():
    assert Network((64, 32, 10)).size == 2410


def test_relu_has_slope_zero_at_zero():
    model = Network((1, 1, 2))
    w = np.array([1.0, 0.0, 1.0, -1.0, 0.0, 0.0])  # z = x = 0, just at the corner
    np.testing.assert_array_equal(model.grad(w, np.zeros((1, 1)), np.array([0]))[:2], 0)


@pytest.mark.parametrize(
    ("z", "wanted"),
    [
        ([0.0, 0.0], [-np.log(2)] * 2),
        ([1000.0, 0.0], [0.0, -1000.0]),
        ([-1000.0, -1000.0, -1000.0], [-np.log(3)] * 3),
        ([1e300, -1e300], [0.0, -2e300]),
    ],
)
def test_log_softmax_does_not_overflow(z, wanted):
    np.testing.assert_allclose(log_softmax(np.array(z)), wanted, rtol=1e-12)


@pytest.mark.parametrize(
    ("z", "wanted"),
    [
        ([0.0, 0.0], [0.5, 0.5]),
        ([1000.0, 0.0], [1.0, 0.0]),
        ([-1000.0, -1000.0, -1000.0], [1 / 3] * 3),
        ([1e300, -1e300], [1.0, 0.0]),
        ([[0.0, np.log(3)], [5.0, 5.0]], [[0.25, 0.75], [0.5, 0.5]]),
    ],
)
def test_softmax_does_not_overflow(z, wanted):
    np.testing.assert_allclose(softmax(np.array(z)), wanted, rtol=1e-12)


def test_cross_entropy_takes_the_mean():
    z = np.log([[0.5, 0.5], [0.25, 0.75]])
    assert cross_entropy(z, np.array([0, 0])) == pytest.approx((np.log(2) + np.log(4)) / 2)


@pytest.mark.parametrize(("activation", "variance"), [("relu", 2 / 300), ("tanh", 2 / (300 + 200))])
def test_initial_weights_have_the_variance_of_their_paper(activation, variance):
    (W, _), _ = (m := Network((300, 200, 2), activation)).unpack(m.init(np.random.default_rng(0)))
    assert W.var() == pytest.approx(variance, rel=0.03)  # 60000 draws: one deviation is .6 %


def test_accuracy():
    model, w = SoftmaxRegression(2, 2), np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])  # scores are x
    x = np.array([[2.0, 1.0], [0.0, 3.0], [5.0, 4.0], [1.0, 2.0]])
    assert model.accuracy(w, x, np.array([0, 1, 1, 1])) == 0.75


REFUSED = [
    (lambda: Network((64,)), r"widths such as \(64, 32, 10\)"),
    (lambda: Network((64, 0, 10)), r"got \(64, 0, 10\)"),
    (lambda: Network((64, 10), "swish"), "relu, tanh, sigmoid, got 'swish'"),
]


@pytest.mark.parametrize(("make", "says"), REFUSED)
def test_refused_in_one_line(make, says):
    with pytest.raises(ValueError, match=says) as caught:
        make()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("layers", [(4, 3), (4, 6, 3), (4, 5, 6, 3)])
def test_many_networks_at_once_are_those_one_by_one(layers):
    model, rng = Network(layers), np.random.default_rng(2)
    w = rng.normal(size=(2, 3, model.size))
    own = rng.integers(7, size=(3, 5))  # each of the three has rows of its own
    for x, y in ((X, Y), (X[own], Y[own])):
        scores, grads = model.scores(w, x), model.grad(w, x, y)
        assert grads.shape == w.shape
        for i in range(2):
            for j in range(3):
                mine = (x, y) if x is X else (x[j], y[j])
                np.testing.assert_allclose(scores[i, j], model.scores(w[i, j], mine[0]))
                np.testing.assert_allclose(grads[i, j], model.grad(w[i, j], *mine), atol=1e-15)
