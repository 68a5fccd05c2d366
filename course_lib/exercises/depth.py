"""Exercises of lesson 13: backpropagation by hand, first weights, gradient norms by layer."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from course_lib import depth, models
from course_lib.checking import Exercise, Mistake, Variant, cases

# ---------------------------------------------------------------- two-layer backward


def two_layer_backward(params, X, y):
    W1, b1, W2, b2 = params
    network = models.Network((*W1.shape, len(b2)))
    g = network.grad(np.concatenate([p.ravel() for p in (W1, b1, W2, b2)]), X, y)
    return [g for layer in network.unpack(g) for g in layer]


def _two_layer_cases(rng: np.random.Generator) -> list[tuple]:
    by_hand = ([[0.5, -1.0]], [0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])
    # Whole numbers: the second hidden unit gets exactly 0 in both rows.
    corner = ([[1.0, 1.0], [2.0, -1.0]], [1.0, 0.0], [[1.0, -1.0], [2.0, 1.0]], [0.5, 0.0])
    first = (list(map(np.array, by_hand)), np.array([[2.0]]), np.array([0]))
    second = (list(map(np.array, corner)), np.array([[1.0, 1.0], [2.0, 2.0]]), np.array([1, 0]))

    def drawn(n: int, d: int, h: int, c: int, size: float = 1.0) -> tuple:
        shapes = ((d, h), (h,), (h, c), (c,))
        params = [size * rng.normal(size=shape) for shape in shapes]
        return params, rng.normal(size=(n, d)), rng.integers(0, c, size=n)

    # The last one has scores of about 10000: their exponentials overflow.
    return [first, second, drawn(3, 3, 3, 3), drawn(6, 4, 5, 3), drawn(4, 2, 6, 3, 100.0)]


def _residual(Z, y):
    return models.cross_entropy_grad(Z, y)


def _labels(Z, y):
    return np.eye(Z.shape[1])[y]


def _overflowing(Z, y):
    E = np.exp(Z)
    return (E / E.sum(axis=1, keepdims=True) - _labels(Z, y)) / len(y)


def _over_examples(Z, y):
    E = np.exp(Z - Z.max(axis=0))
    return (E / E.sum(axis=0) - _labels(Z, y)) / len(y)


def _through_softmax_twice(Z, y):
    P = models.softmax(Z)
    return _residual(Z, y) * P * (1 - P)


def _two_layers(
    residual=_residual,
    slope: Any = lambda z, a: z > 0,
    back: Any = lambda d, W2: d @ W2.T,
    seen: Any = lambda z, a: a,
    bias: Any = lambda d: d.sum(axis=0),
    act: Any = lambda z: np.maximum(z, 0),
    after: Any = lambda *grads: grads,
):
    """Backpropagation with one thing changed."""

    def backward(params, X, y):
        W1, b1, W2, b2 = params
        z = X @ W1 + b1
        a = act(z)
        d2 = residual(a @ W2 + b2, y)
        d1 = back(d2, W2) * slope(z, a)
        return after(X.T @ d1, bias(d1), seen(z, a).T @ d2, bias(d2))

    return backward


def _weights_divided(params, X, y):
    W1, b1, W2, b2 = two_layer_backward(params, X, y)
    return W1 / len(y), b1, W2 / len(y), b2


def _bias_before_the_mask(params, X, y):
    W1, _, W2, b2 = two_layer_backward(params, X, y)
    _, b1, _, _ = _two_layers(slope=lambda z, a: 1)(params, X, y)
    return W1, b1, W2, b2


TWO_LAYER_BACKWARD = Exercise(
    id="two-layer-backward",
    title="Backpropagation by hand",
    points=3,
    reference=two_layer_backward,
    observe=cases(_two_layer_cases, ("params", "X", "y"), "the gradients"),
    hints=(
        "Go back through the lines of the forward pass, last line first. Each array's gradient has "
        "the shape of the array: let the shapes guide you.",
        "With d2 for the gradient of the scores: dW2 is the hidden activations, transposed, times "
        "d2; db2 is d2 added up over the examples; and d2 @ W2.T is what reaches the hidden units.",
        "ReLU lets through what was positive: multiply what reaches the hidden units by "
        "`(z1 > 0)`.",
    ),
    mistakes=(
        Mistake(
            "no-mask",
            "A hidden unit that was switched off still passes its gradient on. ReLU has slope 0 "
            "there: what must the gradient be multiplied by on its way back?",
            _two_layers(slope=lambda z, a: 1),
        ),
        Mistake(
            "times-activation",
            "On the way back you multiply by the hidden activation itself. It is the slope of the "
            "activation function that belongs there.",
            _two_layers(slope=lambda z, a: a),
        ),
        Mistake(
            "slope-one-at-zero",
            "Where a hidden unit gets exactly 0, you let the gradient through. "
            "Here ReLU has slope 0 at 0: compare with `>`, or with `>=`?",
            _two_layers(slope=lambda z, a: z >= 0),
        ),
        Mistake(
            "relu-of-the-gradient",
            "You send the gradient itself through ReLU, so that negative ones are lost. What was "
            "positive on the way forward decides, not what is positive on the way back.",
            _two_layers(slope=lambda z, a: 1, back=lambda d, W2: np.maximum(d @ W2.T, 0)),
        ),
        Mistake(
            "mask-on-scores",
            "You switch off scores that are negative. There is no ReLU on the scores, only between "
            "the two layers.",
            _two_layers(residual=lambda Z, y: _residual(Z, y) * (Z > 0)),
        ),
        Mistake(
            "sum-not-mean",
            "Your gradients grow with the number of examples. The loss is a mean over them.",
            _two_layers(residual=lambda Z, y: len(y) * _residual(Z, y)),
        ),
        Mistake(
            "mean-twice",
            "You divide by the number of examples twice: once is in the gradient of the scores "
            "already, and goes back with it.",
            _two_layers(residual=lambda Z, y: _residual(Z, y) / len(y)),
        ),
        Mistake(
            "mean-over-entries",
            "You divide by examples times classes. `np.mean` over a matrix counts every entry; the "
            "loss is a mean over examples only.",
            _two_layers(residual=lambda Z, y: _residual(Z, y) / Z.shape[1]),
        ),
        Mistake(
            "bias-mean",
            "Your weights are right, your biases are too small: you average over the examples what "
            "was divided by their number before. How do you add up a column?",
            _two_layers(bias=lambda d: d.mean(axis=0)),
        ),
        Mistake(
            "weights-mean-twice",
            "Your biases are right, and your weights are divided by the number of examples twice: "
            "once is in the gradient of the scores already, and goes back with it.",
            _weights_divided,
        ),
        Mistake(
            "bias-before-the-mask",
            "Your weights are right. For b1 you add up what reaches the hidden units before it is "
            "multiplied by the slope: units that are switched off pass nothing to their bias "
            "either.",
            _bias_before_the_mask,
        ),
        Mistake(
            "bias-sum",
            "Your weights are right, and the gradients of the biases grow with the number of "
            "examples. The 1/n of the mean belongs in all four.",
            _two_layers(bias=lambda d: len(d) * d.sum(axis=0)),
        ),
        Mistake(
            "bias-over-units",
            "You add up along the rows, and get one number for each example. A bias has one number "
            "for each unit: add up over the examples.",
            _two_layers(bias=lambda d: d.sum(axis=1)),
        ),
        Mistake(
            "bias-one-row",
            "The gradient of a bias is a matrix of one row here. A bias has the shape (units,): "
            "leave `keepdims` out.",
            _two_layers(bias=lambda d: d.sum(axis=0, keepdims=True)),
        ),
        Mistake(
            "transposed",
            "The gradients of the two weight matrices lie on their side. A gradient has the shape "
            "of what it is the gradient of: which factor should be transposed?",
            _two_layers(after=lambda W1, b1, W2, b2: (W1.T, b1, W2.T, b2)),
        ),
        Mistake(
            "back-not-transposed",
            "On the way back you multiply by W2 as it is. It leads from the hidden units to the "
            "scores; you go the other way.",
            _two_layers(back=lambda d, W2: d @ W2),
        ),
        Mistake(
            "before-relu",
            "For W2 you use what the hidden units got, not what they put out. The second layer saw "
            "the values after ReLU.",
            _two_layers(seen=lambda z, a: z),
        ),
        Mistake(
            "no-relu-forward",
            "Your forward pass leaves ReLU out, so that you differentiate another network.",
            _two_layers(act=lambda z: z),
        ),
        Mistake(
            "last-layer-first",
            "All four are right, in another order. Return them in the order of params: W1, b1, W2, "
            "b2.",
            _two_layers(after=lambda W1, b1, W2, b2: (W2, b2, W1, b1)),
        ),
        Mistake(
            "sign",
            "The sign is reversed: these point downhill. What is left to explain is probabilities "
            "minus labels.",
            _two_layers(residual=lambda Z, y: -_residual(Z, y)),
        ),
        Mistake(
            "labels-forgotten",
            "Whatever the right answers are, your gradients are the same. "
            "Where do the labels come in?",
            _two_layers(residual=lambda Z, y: models.softmax(Z) / len(y)),
        ),
        Mistake(
            "softmax-over-examples",
            "Your probabilities add up to one down each column, over the examples. "
            "Each row, one example, must add up to one: axis=1.",
            _two_layers(residual=_over_examples),
        ),
        Mistake(
            "softmax-twice",
            "You multiply by p (1 - p) on top. Probabilities minus labels is the gradient of the "
            "scores already: the slope of softmax is inside it.",
            _two_layers(residual=_through_softmax_twice),
        ),
        Mistake(
            "overflow",
            "For large scores you return nan: their exponentials overflow. Take each row's maximum "
            "off first; the probabilities stay.",
            _two_layers(residual=_overflowing),
        ),
    ),
)

# ---------------------------------------------------------------- first weights


def init_weights(z, kind):
    return depth.init_weights(z, kind)


def _layers(rng: np.random.Generator) -> list[tuple]:
    by_hand = np.array([[1.0, -1.0, 0.5, 2.0, 0.0, 1.5], [0.0, 0.25, -2.0, 1.0, -0.5, 1.0]])
    layers = [by_hand, rng.normal(size=(5, 3)), rng.normal(size=(4, 4)), rng.normal(size=(1, 7))]
    return [(z.copy(), kind) for z in layers for kind in ("xavier", "he")]


def _scaled(xavier, he):
    """z times another factor, xavier(fan_in, fan_out) or he(fan_in, fan_out)."""

    def scaled(z, kind):
        return z * (xavier if kind == "xavier" else he)(*z.shape)

    return scaled


def _xavier(n, m):
    return np.sqrt(2 / (n + m))


def _he(n, m):
    return np.sqrt(2 / n)


INIT_WEIGHTS = Exercise(
    id="init-weights",
    title="The first weights of a layer",
    points=2,
    reference=init_weights,
    observe=cases(_layers, ("z", "kind"), "the weights"),
    hints=(
        "`fan_in, fan_out = z.shape`. The two kinds differ in one number, the variance.",
        "Multiply z by a number c, and its variance is multiplied by c squared. Which c gives the "
        "variance you want?",
        "The factor is the square root of the variance: of 2 / (fan_in + fan_out) for xavier, of "
        "2 / fan_in for he.",
    ),
    mistakes=(
        Mistake(
            "variance-as-std",
            "You multiply by the variance. What that gives has the square of it for a variance: "
            "your weights are far too small, and nothing complains. Which number scales z?",
            _scaled(lambda n, m: 2 / (n + m), lambda n, m: 2 / n),
        ),
        Mistake(
            "fan-out",
            "For he you divide by the number of outputs. That keeps the size of gradients, and "
            "PyTorch offers it; here the size of activations is kept. z is (fan_in, fan_out).",
            _scaled(_xavier, lambda n, m: np.sqrt(2 / m)),
        ),
        Mistake(
            "zeros",
            "All your weights are zero: then all units of a layer are alike, get the same gradient "
            "and stay alike for ever. Scale the random numbers that you are given.",
            _scaled(lambda n, m: 0.0, lambda n, m: 0.0),
        ),
        Mistake(
            "kinds-swapped",
            "You give he what is xavier's, and the other way round. Which of the two looks at both "
            "ends of the layer?",
            _scaled(_he, _xavier),
        ),
        Mistake(
            "always-xavier",
            "Both kinds come out as xavier. `kind` is a text: compare it with `==`.",
            _scaled(_xavier, _xavier),
        ),
        Mistake(
            "always-he",
            "Both kinds come out as he. `kind` is a text: compare it with `==`.",
            _scaled(_he, _he),
        ),
        Mistake(
            "two-forgotten",
            "Your variances are half of what they should be. Where does the 2 stand, in each "
            "of the two?",
            _scaled(lambda n, m: np.sqrt(1 / (n + m)), lambda n, m: np.sqrt(1 / n)),
        ),
        Mistake(
            "one-over-fan-in",
            "Your xavier is right. Your he lacks the 2: ReLU throws half of the signal away, and "
            "this is where that is made good.",
            _scaled(_xavier, lambda n, m: np.sqrt(1 / n)),
        ),
        Mistake(
            "two-outside-the-root",
            "The 2 stands outside of your square root. It belongs to the variance, under the root.",
            _scaled(lambda n, m: 2 / np.sqrt(n + m), lambda n, m: 2 / np.sqrt(n)),
        ),
        Mistake(
            "half-of-the-power",
            "You halve the variance in place of taking its root: in Python `** 1 / 2` is a power "
            "of 1, halved. Write `** 0.5`, or `np.sqrt`.",
            _scaled(lambda n, m: 1 / (n + m), lambda n, m: 1 / n),
        ),
        Mistake(
            "bracket-forgotten",
            "Your xavier divides 2 by fan_in alone, and adds fan_out after: a sum below a fraction "
            "needs a bracket. Your he is right.",
            _scaled(lambda n, m: np.sqrt(2 / n + m), _he),
        ),
        Mistake(
            "uniform-limit",
            "Your factor has a 6 in it: that is the edge of a uniform distribution of this "
            "variance. z is standard normal, so its deviation is 1 already.",
            _scaled(lambda n, m: np.sqrt(6 / (n + m)), lambda n, m: np.sqrt(6 / n)),
        ),
        Mistake(
            "number-of-weights",
            "You divide by the number of weights, in times out. One unit adds up only as many "
            "terms as it has inputs.",
            _scaled(lambda n, m: np.sqrt(2 / (n * m)), lambda n, m: np.sqrt(2 / (n * m))),
        ),
        Mistake(
            "divided",
            "You divide by the deviation: the more inputs a unit has, the larger your weights get. "
            "A sum of more terms needs smaller ones.",
            _scaled(lambda n, m: 1 / _xavier(n, m), lambda n, m: 1 / _he(n, m)),
        ),
        Mistake(
            "unscaled",
            "You return z as it is. Its deviation is 1 whatever the number of inputs, and ten such "
            "layers explode.",
            _scaled(lambda n, m: 1.0, lambda n, m: 1.0),
        ),
        Mistake(
            "transposed",
            "Your weights have the right size and lie on their side. Here a layer is (fan_in, "
            "fan_out), as z is.",
            lambda z, kind: depth.init_weights(z, kind).T,
        ),
        Mistake(
            "restandardised",
            "You first give z a deviation of exactly 1. It comes from a distribution that has it; "
            "the numbers that were drawn may deviate, and should.",
            lambda z, kind: depth.init_weights(z / z.std(), kind),
        ),
        Mistake(
            "deviation-only",
            "You return the deviation, one number. What is asked for are the weights, as many as z "
            "has entries.",
            lambda z, kind: float(depth.init_weights(np.ones(z.shape), kind)[0, 0]),
        ),
    ),
    variants=(
        Variant(
            "lecun",
            "A fair form used by Caffe, which calls it Xavier; LeCun et al. proposed it in 1998: "
            "1 / fan_in; here xavier looks at both ends of the layer, as its paper does.",
            _scaled(lambda n, m: np.sqrt(1 / n), _he),
        ),
        Variant(
            "tanh-gain",
            "A fair form used by PyTorch with calculate_gain('tanh'): xavier times 5/3, to make "
            "good what tanh takes off; here xavier is as in its paper, without a gain.",
            _scaled(lambda n, m: 5 / 3 * _xavier(n, m), _he),
        ),
    ),
)

# ---------------------------------------------------------------- gradient norms by layer


def layer_gradient_norms(Ws, X, y, act):
    return depth.signals(*depth.stack(Ws, act), X, y).gradients


def _networks(rng: np.random.Generator) -> list[tuple]:
    by_hand = [np.array([[0.5]]), np.array([[1.0, -1.0]])]
    made: list[tuple] = [
        (by_hand, np.array([[2.0]]), np.array([0]), act) for act in ("sigmoid", "tanh", "relu")
    ]
    for act, widths in (
        ("sigmoid", (2, 3, 4, 3)),
        ("tanh", (3, 4, 3)),
        ("relu", (4, 6, 5, 3)),
        ("tanh", (3, 3, 3, 3, 3)),
    ):
        Ws = [rng.normal(size=shape) for shape in pairwise(widths)]
        X, y = rng.normal(size=(6, widths[0])), rng.integers(0, widths[-1], size=6)
        made.append((Ws, X, y, act))
    return made


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


ACT: dict[str, Any] = {"sigmoid": _sigmoid, "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
# the slope, as a function of what the unit gets, and as a function of what it puts out
AT_INPUT: dict[str, Any] = {
    "sigmoid": lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "relu": lambda z: z > 0,
}
AT_OUTPUT: dict[str, Any] = {
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: 1 - a**2,
    "relu": lambda a: a > 0,
}


def _norms(
    slope: Any = lambda act, z, a: AT_INPUT[act](z),
    norm: Any = np.linalg.norm,
    residual: Any = _residual,
    entry: Any = lambda a, d, W: a.T @ d,
    scores: Any = lambda act, z: z,
    after: Any = lambda norms: norms,
):
    """The norms with one thing changed."""

    def norms(Ws, X, y, act):
        a, zs = [X], []
        for W in Ws:
            zs.append(a[-1] @ W)
            a.append(ACT[act](zs[-1]))
        d, found = residual(scores(act, zs[-1]), y), []
        for layer in reversed(range(len(Ws))):
            found.append(norm(entry(a[layer], d, Ws[layer])))
            if layer:
                d = d @ Ws[layer].T * slope(act, zs[layer - 1], a[layer])
        return after(np.array(found[::-1]))

    return norms


def _norms_of_weights(Ws, X, y, act):
    return np.array([np.linalg.norm(W) for W in Ws])


LAYER_GRADIENT_NORMS = Exercise(
    id="layer-gradient-norms",
    title="The size of the gradient in every layer",
    points=3,
    reference=layer_gradient_norms,
    observe=cases(_networks, ("Ws", "X", "y", "act"), "the norms"),
    hints=(
        "Forward, keep what every layer got and what it put out. Backward, the same two lines as "
        "for two layers, in a loop over `reversed(range(len(Ws)))`.",
        "With d for the gradient of what a layer put out before its activation: its weights have "
        "the gradient `a_in.T @ d`, and `d @ W.T` times the slope goes to the layer below.",
        "Collect `np.linalg.norm(...)` on the way back, and turn the list round at the end.",
    ),
    mistakes=(
        Mistake(
            "slope-at-output",
            "You put what a unit puts out into a slope that wants what it gets: for the sigmoid, "
            "s(s(z)) instead of s(z). Which one does your formula want?",
            _norms(slope=lambda act, z, a: AT_INPUT[act](a)),
        ),
        Mistake(
            "slope-at-input",
            "You put what a unit gets into a slope that wants what it puts out: z (1 - z) where "
            "s (1 - s) is meant.",
            _norms(slope=lambda act, z, a: AT_OUTPUT[act](z)),
        ),
        Mistake(
            "no-mask",
            "The slope of the activation function is missing on the way back: you differentiate a "
            "network of matrices only.",
            _norms(slope=lambda act, z, a: 1),
        ),
        Mistake(
            "last-layer-first",
            "Your norms are right, and stand in the order in which you found them, last layer "
            "first. First layer first is asked for.",
            _norms(after=lambda norms: norms[::-1]),
        ),
        Mistake(
            "always-sigmoid",
            "You use the sigmoid's slope for every activation function. `act` says which it is.",
            _norms(slope=lambda act, z, a: AT_INPUT["sigmoid"](z)),
        ),
        Mistake(
            "always-relu",
            "You use ReLU's slope, 0 or 1, for every activation function. `act` says which it is.",
            _norms(slope=lambda act, z, a: z > 0),
        ),
        Mistake(
            "tanh-not-squared",
            "For tanh your slope is 1 minus its value. For small z the slope should be near 1, and "
            "never above it: something must be squared.",
            _norms(slope=lambda act, z, a: 1 - a if act == "tanh" else AT_INPUT[act](z)),
        ),
        Mistake(
            "times-activation",
            "On the way back you multiply by the activation itself. Its slope belongs there.",
            _norms(slope=lambda act, z, a: a),
        ),
        Mistake(
            "activation-on-scores",
            "Your last layer goes through the activation function before softmax. Scores are left "
            "as they are.",
            _norms(scores=lambda act, z: ACT[act](z)),
        ),
        Mistake(
            "sum-not-mean",
            "Your norms grow with the number of examples. The loss is a mean over them.",
            _norms(residual=lambda Z, y: len(y) * _residual(Z, y)),
        ),
        Mistake(
            "labels-forgotten",
            "Whatever the right answers are, your norms are the same. Where do the labels come in?",
            _norms(residual=lambda Z, y: models.softmax(Z) / len(y)),
        ),
        Mistake(
            "squared",
            "You return the sum of squares. A norm is its root.",
            _norms(norm=lambda g: np.sum(g**2)),
        ),
        Mistake(
            "root-mean-square",
            "You divide by the number of weights: that is the size of a typical entry. The norm is "
            "the root of the sum of squares.",
            _norms(norm=lambda g: np.sqrt(np.mean(g**2))),
        ),
        Mistake(
            "largest-stretch",
            "You return the largest singular value, the norm with ord=2. Asked is the root of the "
            "sum of squares of all entries, which is NumPy's default for a matrix.",
            _norms(norm=lambda g: np.linalg.norm(g, 2)),
        ),
        Mistake(
            "largest-entry",
            "You return the largest entry of each gradient, which is another norm. Asked is the "
            "root of the sum of squares.",
            _norms(norm=lambda g: np.abs(g).max()),
        ),
        Mistake(
            "gradient-of-activations",
            "These are the norms of what travels back, not of what the weights get. One product is "
            "missing: with what did the layer multiply its weights?",
            _norms(entry=lambda a, d, W: d),
        ),
        Mistake(
            "relative-to-last",
            "You divide by the norm of the last layer. Ratios hide that everything may be tiny: "
            "return the norms themselves.",
            _norms(after=lambda norms: norms / norms[-1]),
        ),
        Mistake(
            "relative-to-weights",
            "You divide each norm by the norm of the layer's weights. A useful number, but not the "
            "one asked for.",
            _norms(
                norm=lambda pair: np.linalg.norm(pair[0]) / pair[1],
                entry=lambda a, d, W: (a.T @ d, np.linalg.norm(W)),
            ),
        ),
        Mistake(
            "last-layer-left-out",
            "You return one norm too few: the last layer has weights as well.",
            _norms(after=lambda norms: norms[:-1]),
        ),
        Mistake(
            "norms-of-weights",
            "These are the norms of the weights. Asked are those of the gradient with respect to "
            "them.",
            _norms_of_weights,
        ),
    ),
)

EXERCISES = (TWO_LAYER_BACKWARD, INIT_WEIGHTS, LAYER_GRADIENT_NORMS)
