"""Exercises of lesson 01: a gradient by finite differences, a check of it, and one by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from course_lib import gradients, models
from course_lib.checking import Asked, Call, Case, Exercise, Mistake, cases

# ---------------------------------------------------------------- directional derivative


def directional_derivative(g, d):
    length = np.linalg.norm(d)
    if length == 0:
        raise ValueError("the direction d is zero, which points nowhere")
    return float(g @ d / length)


def _directional_cases(rng: np.random.Generator) -> list[tuple]:
    fixed = [
        (np.array([3.0, 4.0]), np.array([1.0, 0.0])),
        (np.array([1.0, -2.0]), np.array([2.0, 0.5])),
    ]
    return fixed + [(rng.normal(size=n), 3 * rng.normal(size=n)) for n in (2, 3, 5)]


def _not_unit(g, d):
    if not d.any():
        raise ValueError
    return float(g @ d)


def _steepest_slope(g, d):
    if not d.any():
        raise ValueError
    return float(np.linalg.norm(g))


def _cosine(g, d):
    return directional_derivative(g, d) / float(np.linalg.norm(g))


def _zero_not_refused(g, d):
    return float(g @ d / np.linalg.norm(d))


def _divides_by_square(g, d):
    if not d.any():
        raise ValueError
    return float(g @ d / (d @ d))


def _length_only(g, d):
    return abs(directional_derivative(g, d))


DIRECTIONAL_DERIVATIVE = Exercise(
    id="directional-derivative",
    title="The slope in a direction",
    points=1,
    reference=directional_derivative,
    observe=cases(
        _directional_cases, ("g", "d"), "the slope", refused=[(np.array([1.0, 2.0]), np.zeros(2))]
    ),
    hints=(
        "A slope is height gained per unit of way. How long is one step along d?",
        "Divide g . d by the length of d, `np.linalg.norm(d)`.",
        "A d of length zero has no direction: raise ValueError before you divide.",
    ),
    mistakes=(
        Mistake(
            "direction-not-unit",
            "Twice as long a d gives you twice the slope. A slope is per unit of way: "
            "what must the length of d do to your result?",
            _not_unit,
        ),
        Mistake(
            "norm-of-gradient",
            "You return the length of g whatever d is. That is the slope in the steepest "
            "direction; you are asked for the one along d.",
            _steepest_slope,
        ),
        Mistake(
            "cosine",
            "You divide by the length of g as well. That gives the cosine of the angle between g "
            "and d: a steep hill and a gentle one come out alike.",
            _cosine,
        ),
        Mistake(
            "zero-direction",
            "For d = 0 you divide by zero and return nan. A zero vector points nowhere: refuse it "
            "with `raise ValueError(...)`.",
            _zero_not_refused,
        ),
        Mistake(
            "norm-squared",
            "You divide by d . d, which is the length of d squared. One length is enough.",
            _divides_by_square,
        ),
        Mistake(
            "sign-lost",
            "Your slope is never negative, but the way along d may lead down. "
            "Let the sign of g . d stand.",
            _length_only,
        ),
    ),
)

# ---------------------------------------------------------------- numerical gradient


def numerical_gradient(f, w, h):
    return gradients.numerical_gradient(f, w, h)


def cubes(w: Any) -> float:
    w = np.asarray(w, dtype=float)
    return float(np.sum(w**3) + np.prod(w))


def _observe_numerical(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    """The steps are large on purpose: then every mistake moves the result by far more than noise.

    Where f was asked is seen too, as moves away from w in units of h: plus and minus one along
    each axis. Asking at w itself is allowed, so the move (0, 0) is left out.
    """
    tries = [
        (np.array([1.0, 2.0]), 0.5),
        (np.array([3, -3, 0]), 0.25),
        (rng.normal(size=3), 0.1),
        (rng.normal(size=(2, 2)), 0.2),
    ]
    for w, h in tries:
        asked = Asked(cubes, "f")
        gradient = call(asked, w, h)
        given = {"f(w)": "sum(w**3) + prod(w)", "w": w, "h": h}
        yield Case(
            given, {"the gradient": gradient, "f is asked at w + h times": _moves(asked, w, h)}
        )


def _moves(asked: Asked, w: np.ndarray, h: float) -> np.ndarray:
    if isinstance(asked.points, list) or asked.points.shape[1:] != w.shape:
        return np.empty((0, w.size))
    moves = ((asked.points - w) / h).reshape(-1, w.size).round(6) + 0.0
    moves = np.unique(moves, axis=0)
    return moves[np.any(moves != 0, axis=1)]


def _differences(f, w, h, difference):
    """Central differences with one thing changed: difference(f, w, i, h) is entry i."""
    w = np.array(w, dtype=float)
    g = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        g[i] = difference(f, w, i, h)
    return g


def _moved(w, i, h):
    w = w.copy()
    w[i] += h
    return w


def _forward(f, w, h):
    return _differences(f, w, h, lambda f, w, i, h: (f(_moved(w, i, h)) - f(w)) / h)


def _backward(f, w, h):
    return _differences(f, w, h, lambda f, w, i, h: (f(w) - f(_moved(w, i, -h))) / h)


def _divides_by_h(f, w, h):
    return _differences(f, w, h, lambda f, w, i, h: (f(_moved(w, i, h)) - f(_moved(w, i, -h))) / h)


def _precedence(f, w, h):
    return _differences(
        f, w, h, lambda f, w, i, h: (f(_moved(w, i, h)) - f(_moved(w, i, -h))) / 2 * h
    )


def _reversed(f, w, h):
    return _differences(
        f, w, h, lambda f, w, i, h: (f(_moved(w, i, -h)) - f(_moved(w, i, h))) / (2 * h)
    )


def _not_restored(f, w, h):
    w = np.array(w, dtype=float)
    g = np.zeros_like(w)
    for i in np.ndindex(w.shape):
        w[i] += h
        above = f(w)
        w[i] -= 2 * h
        g[i] = (above - f(w)) / (2 * h)
    return g


def _all_at_once(f, w, h):
    w = np.array(w, dtype=float)
    return np.full_like(w, (f(w + h) - f(w - h)) / (2 * h))


def _own_tiny_h(f, w, h):
    return gradients.numerical_gradient(f, w, 1e-7)


def _integers(f, w, h):
    g = np.zeros(w.shape)
    for i in np.ndindex(w.shape):
        keep = w[i]
        w[i] = keep + h
        above = f(w)
        w[i] = keep - h
        g[i] = (above - f(w)) / (2 * h)
        w[i] = keep
    return g


def _integer_result(f, w, h):
    return gradients.numerical_gradient(f, w, h).astype(w.dtype)


def _one_axis(f, w, h):
    w = np.array(w, dtype=float)
    g = np.zeros(len(w))
    for i in range(len(w)):
        g[i] = (f(_moved(w, i, h)) - f(_moved(w, i, -h))) / (2 * h)
    return g


NUMERICAL_GRADIENT = Exercise(
    id="numerical-gradient",
    title="A gradient from values alone",
    points=2,
    reference=numerical_gradient,
    observe=_observe_numerical,
    rtol=1e-6,  # different ways to write w + h round differently
    hints=(
        "Start from `w = np.array(w, dtype=float)`: a copy, and never integers.",
        "`for i in np.ndindex(w.shape):` runs over the entries of an array of any shape.",
        "For each i: keep w[i], set it to kept + h and ask f, set it to kept - h and ask f, "
        "put kept back. Then the difference over 2 * h.",
    ),
    mistakes=(
        Mistake(
            "forward-difference",
            "You compare f(w + h) with f(w). That is the forward difference, whose error falls "
            "like h. The central one, f(w + h) against f(w - h), falls like h squared.",
            _forward,
        ),
        Mistake(
            "backward-difference",
            "You compare f(w) with f(w - h). That is the backward difference, whose error falls "
            "like h. The central one, f(w + h) against f(w - h), falls like h squared.",
            _backward,
        ),
        Mistake(
            "divides-by-h",
            "Your result is twice too large: from w - h to w + h the way is 2h, not h.",
            _divides_by_h,
        ),
        Mistake(
            "precedence",
            "`a / 2 * h` divides by 2 and then multiplies by h. "
            "You need brackets around the way: `a / (2 * h)`.",
            _precedence,
        ),
        Mistake(
            "reversed-difference",
            "The sign is reversed: it should be f(w + h) - f(w - h), the later point first.",
            _reversed,
        ),
        Mistake(
            "not-restored",
            "The first entry is right, the others are not: when you come to the next entry, the "
            "one before is still moved. Put it back before you go on.",
            _not_restored,
        ),
        Mistake(
            "all-coordinates-at-once",
            "You move all coordinates by h together, and get one slope for all. "
            "A partial derivative moves one coordinate and holds the others.",
            _all_at_once,
        ),
        Mistake(
            "step-not-used",
            "Your step is far smaller than the h you are given. "
            "Use the argument h as it is: the caller chooses it.",
            _own_tiny_h,
            rtol=1e-3,
        ),
        Mistake(
            "integer-truncation",
            "For w = [3, -3, 0] your w is an array of integers, and writing 3.25 into it stores 3. "
            "Make it an array of floats first.",
            _integers,
        ),
        Mistake(
            "integer-result",
            "For an integer w your result is rounded to integers. "
            "`np.zeros_like(w)` takes over the dtype of w: make w floats first.",
            _integer_result,
        ),
        Mistake(
            "one-axis-only",
            "It works for one axis and fails for w of shape (2, 2): a network's weights are a "
            "matrix. Run over `np.ndindex(w.shape)`.",
            _one_axis,
        ),
    ),
)

# ---------------------------------------------------------------- relative error


def relative_error(a, b):
    total = np.linalg.norm(a) + np.linalg.norm(b)
    return 0.0 if total == 0 else float(np.linalg.norm(np.subtract(a, b)) / total)


def _relative_cases(rng: np.random.Generator) -> list[tuple]:
    a = rng.normal(size=4)
    return [
        (np.array([3.0, 4.0]), np.array([3.0, 0.0])),
        (np.array([0.0, 1.0]), np.array([2.0, 1.0])),
        (np.zeros(2), np.zeros(2)),
        (1e-6 * a, 1e-6 * a + 1e-9),
        (a, -a),
        (np.array([0.0, 2.0]), np.array([0.0, 2.0])),
        (rng.normal(size=(2, 3)), rng.normal(size=(2, 3))),
    ]


def _absolute(a, b):
    return float(np.linalg.norm(a - b))


def _zero_over_zero(a, b):
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)))


def _one_sided(by):
    def one_sided(a, b):
        size = np.linalg.norm((a, b)[by])
        return 0.0 if size == 0 else float(np.linalg.norm(a - b) / size)

    return one_sided


def _elementwise(reduce):
    def elementwise(a, b):
        total = np.abs(a) + np.abs(b)
        return float(reduce(np.where(total == 0, 0.0, np.abs(a - b) / np.where(total, total, 1.0))))

    return elementwise


def _norm_of_sum(a, b):
    size = np.linalg.norm(a + b)
    return 0.0 if size == 0 else float(np.linalg.norm(a - b) / size)


def _by_larger(a, b):
    size = max(np.linalg.norm(a), np.linalg.norm(b))
    return 0.0 if size == 0 else float(np.linalg.norm(a - b) / size)


RELATIVE_ERROR = Exercise(
    id="relative-error",
    title="The distance of two gradients",
    points=1,
    reference=relative_error,
    observe=cases(_relative_cases, ("a", "b"), "the error"),
    hints=(
        "An error of 1e-6 is nothing beside a gradient of 1, and all beside one of 1e-6. "
        "Divide the distance by a size.",
        "The distance is the norm of a - b; the size is the norm of a plus the norm of b.",
        "Two zero gradients agree: return 0.0 before you divide 0 by 0.",
    ),
    mistakes=(
        Mistake(
            "absolute-error",
            "You return the distance itself. Two gradients of size 1e-6 that share nothing would "
            "pass for equal: divide by their size.",
            _absolute,
        ),
        Mistake(
            "zero-over-zero",
            "For two zero gradients you divide 0 by 0 and return nan. They agree: return 0.0.",
            _zero_over_zero,
        ),
        Mistake(
            "one-sided",
            "You divide by the norm of a only. Swap a and b and the error changes; "
            "and a zero a would make it infinite. Divide by both norms added.",
            _one_sided(0),
        ),
        Mistake(
            "one-sided-b",
            "You divide by the norm of b only. Swap a and b and the error changes; "
            "and a zero b would make it infinite. Divide by both norms added.",
            _one_sided(1),
        ),
        Mistake(
            "elementwise-max",
            "You compare entry by entry and take the worst. An entry that should be zero then "
            "gives an error of 1, whatever its size. Take the norm of the whole difference.",
            _elementwise(np.max),
        ),
        Mistake(
            "elementwise-mean",
            "You compare entry by entry and take the mean. An entry that should be zero then "
            "weighs as much as the largest. Take the norm of the whole difference.",
            _elementwise(np.mean),
        ),
        Mistake(
            "norm-of-sum",
            "You divide by the norm of a + b. Where b is nearly -a, that is nearly zero. "
            "Add the two norms, not the two vectors.",
            _norm_of_sum,
        ),
        Mistake(
            "larger-norm",
            "You divide by the larger norm. A fair measure too, up to twice as strict; "
            "here the sum of the two norms is wanted.",
            _by_larger,
        ),
    ),
)

# ---------------------------------------------------------------- softmax cross-entropy


def softmax_cross_entropy_grad(W, X, y):
    return X.T @ models.cross_entropy_grad(X @ W, y)


def _softmax(Z, axis: int | None = 1):
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def _softmax_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 2.0]]), np.array([0]))
    square = (rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), np.array([2, 0, 1]))
    plain = (rng.normal(size=(4, 3)), rng.normal(size=(6, 4)), rng.integers(0, 3, size=6))
    # Scores of about 1000: their exponentials overflow, their differences do not.
    far = (500 * np.eye(3), 2 * np.eye(3) + 0.001, np.array([0, 2, 2]))
    # One row's scores lie 1000 below another's: a maximum over all rows loses the lower row.
    uneven = (np.array([[1.0, 2.0, 3.0]]), np.array([[1000.0], [0.1]]), np.array([1, 0]))
    return [small, square, plain, far, uneven]


def _one_hot(W, y):
    return np.eye(W.shape[1])[y]


def _sum_not_mean(W, X, y):
    return X.T @ (_softmax(X @ W) - _one_hot(W, y))


def _overflow(W, X, y):
    E = np.exp(X @ W)
    return X.T @ (E / E.sum(axis=1, keepdims=True) - _one_hot(W, y)) / len(y)


def _max_over_all(W, X, y):
    return X.T @ (_softmax(X @ W, axis=None) - _one_hot(W, y)) / len(y)


def _sign(W, X, y):
    return -softmax_cross_entropy_grad(W, X, y)


def _probabilities_only(W, X, y):
    return X.T @ _softmax(X @ W) / len(y)


def _wrong_axis(W, X, y):
    Z = X @ W
    E = np.exp(Z - Z.max(axis=0))
    return X.T @ (E / E.sum(axis=0) - _one_hot(W, y)) / len(y)


def _mean_over_entries(W, X, y):
    return softmax_cross_entropy_grad(W, X, y) / W.shape[1]


def _scores_not_probabilities(W, X, y):
    return X.T @ (X @ W - _one_hot(W, y)) / len(y)


SOFTMAX_CROSS_ENTROPY_GRAD = Exercise(
    id="softmax-cross-entropy-grad",
    title="The gradient of softmax regression, by hand",
    points=3,
    reference=softmax_cross_entropy_grad,
    observe=cases(_softmax_cases, ("W", "X", "y"), "the gradient"),
    hints=(
        "Three steps: scores X @ W, probabilities row by row, then what is left to explain: "
        "probabilities minus the one-hot labels.",
        "Subtract each row's own maximum before np.exp: `Z - Z.max(axis=1, keepdims=True)`. "
        "The probabilities stay, the overflow goes.",
        "`P[np.arange(len(y)), y] -= 1` turns P into P - Y. "
        "The gradient is X transposed times that, over the number of rows.",
    ),
    mistakes=(
        Mistake(
            "sum-not-mean",
            "Your gradient grows with the number of examples. "
            "The loss is a mean: divide by the number of rows.",
            _sum_not_mean,
        ),
        Mistake(
            "mean-over-entries",
            "You divide by rows times classes. `np.mean` over a matrix counts every entry; "
            "the loss is a mean over examples only.",
            _mean_over_entries,
        ),
        Mistake(
            "overflow",
            "For scores of about 1000 you return nan: exp(1000) overflows. Subtract each row's "
            "maximum from its scores first; the probabilities do not change.",
            _overflow,
        ),
        Mistake(
            "max-over-all",
            "You subtract one maximum from all rows. A row that lies far below it becomes all "
            "zeros, and 0/0. Take the maximum of each row.",
            _max_over_all,
        ),
        Mistake(
            "sign",
            "The sign is reversed: this points downhill. The residual is probabilities minus "
            "labels, not labels minus probabilities.",
            _sign,
        ),
        Mistake(
            "labels-forgotten",
            "You never subtract the labels: whatever the right answer is, your gradient is the "
            "same. The residual is probabilities minus one-hot labels.",
            _probabilities_only,
        ),
        Mistake(
            "softmax-over-examples",
            "Your probabilities add up to one down each column, over the examples. "
            "Each row, one example, must add up to one: axis=1.",
            _wrong_axis,
        ),
        Mistake(
            "scores-not-probabilities",
            "You subtract the labels from the scores. That is the gradient of a squared error; "
            "turn the scores into probabilities first.",
            _scores_not_probabilities,
        ),
    ),
)

EXERCISES = (
    DIRECTIONAL_DERIVATIVE,
    NUMERICAL_GRADIENT,
    RELATIVE_ERROR,
    SOFTMAX_CROSS_ENTROPY_GRAD,
)
