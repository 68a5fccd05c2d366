"""Exercises of lesson 02: the loop, the learning rate it allows, and what makes it slow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from course_lib.checking import Asked, Call, Case, Exercise, Mistake, cases
from course_lib.optimizers import GD

# ---------------------------------------------------------------- gradient descent


def gradient_descent(grad, w0, lr, n):
    optimizer = GD(lr)
    path = [np.array(w0, dtype=float)]
    for _ in range(n):
        w, _ = optimizer.step(path[-1], grad(path[-1]), ())
        path.append(w)
    return np.array(path)


BOWL = ("[0.2 * w[0], w[1]]", lambda w: np.array([0.2, 1.0]) * w)
BEND = (
    "[w[0]**3 + w[1], w[0] - 2*w[1] + 4*w[1]**3, w[2]]",
    lambda w: np.array([w[0] ** 3 + w[1], w[0] - 2 * w[1] + 4 * w[1] ** 3, w[2]]),
)


def _observe_descent(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    tries = [
        (BOWL, np.array([2.0, 1.0]), 0.5, 3),
        (BOWL, rng.normal(size=2), 1.5, 20),
        (BEND, 0.5 * rng.normal(size=3), 0.1, 10),
        (BOWL, np.array([1.0, -1.0]), 0.5, 0),
        (BOWL, np.array([4, -2]), 0.25, 4),
    ]
    for (words, f), w0, lr, n in tries:
        asked = Asked(f, "grad")
        path = call(asked, w0, lr, n)
        given = {"grad(w)": words, "w0": w0, "lr": lr, "n": n}
        yield Case(given, {"the path": path, "points where grad is asked": asked.points})


def _walk(update, start=lambda w: [w.copy()]):
    """A loop with one thing changed: update(w, g, lr) is the next point."""

    def walk(grad, w0, lr, n):
        w = np.array(w0, dtype=float)
        path = start(w)
        for _ in range(n):
            w = update(w, grad(w), lr)
            path.append(w)
        return np.array(path)

    return walk


_ascent = _walk(lambda w, g, lr: w + lr * g)
_no_start_row = _walk(lambda w, g, lr: w - lr * g, start=lambda w: [])
_normalised = _walk(lambda w, g, lr: w - lr * g / np.linalg.norm(g))
_sign_only = _walk(lambda w, g, lr: w - lr * np.sign(g))
_no_lr = _walk(lambda w, g, lr: w - g)
_replaces = _walk(lambda w, g, lr: -lr * g)


def _aliased(grad, w0, lr, n):
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(n):
        w -= lr * grad(w)
        path.append(w)
    return np.array(path)


def _always_at_w0(grad, w0, lr, n):
    w = np.array(w0, dtype=float)
    path = [w]
    for _ in range(n):
        w = w - lr * grad(np.array(w0, dtype=float))
        path.append(w)
    return np.array(path)


def _one_update_short(grad, w0, lr, n):
    return gradient_descent(grad, w0, lr, max(n - 1, 0))


def _one_update_more(grad, w0, lr, n):
    return gradient_descent(grad, w0, lr, n + 1)


def _last_point_only(grad, w0, lr, n):
    return gradient_descent(grad, w0, lr, n)[-1]


def _asks_once_more(grad, w0, lr, n):
    path = gradient_descent(grad, w0, lr, n)
    grad(path[-1])
    return path


GRADIENT_DESCENT = Exercise(
    id="gradient-descent",
    title="Gradient descent",
    points=2,
    reference=gradient_descent,
    observe=_observe_descent,
    hints=(
        "Keep a list of points that starts with w0, and add one point per update.",
        "Write `w = w - lr * grad(w)`: it makes a new array each time, "
        "so that the points in your list stay what they were.",
        "`for _ in range(n):` gives n updates, so the list holds n + 1 points. "
        "Return `np.array(path)`.",
    ),
    mistakes=(
        Mistake(
            "ascent",
            "You add the gradient, and the gradient points uphill. Your path climbs.",
            _ascent,
        ),
        Mistake(
            "no-start-row",
            "Your path begins after the first update. Row 0 is the start, w0 itself: "
            "a picture of the path needs it.",
            _no_start_row,
        ),
        Mistake(
            "aliased-rows",
            "All rows of your path are the same point, the last. `w -= ...` writes into the array "
            "that is already in your list; `w = w - ...` makes a new one.",
            _aliased,
        ),
        Mistake(
            "gradient-at-start",
            "Every step uses the gradient at w0. Ask for it at the point where you are now.",
            _always_at_w0,
        ),
        Mistake(
            "one-update-short",
            "You make n - 1 updates: your path has n rows. n updates and the start make n + 1.",
            _one_update_short,
        ),
        Mistake(
            "one-update-too-many",
            "You make n + 1 updates: your path has n + 2 rows. n updates and the start make n + 1.",
            _one_update_more,
        ),
        Mistake(
            "normalised",
            "All your steps have length lr: you divide by the norm of the gradient. Then you "
            "cannot slow down near the minimum. The step is lr times the gradient itself.",
            _normalised,
        ),
        Mistake(
            "sign-only",
            "You use only the sign of each slope. The step is lr times the gradient itself.",
            _sign_only,
        ),
        Mistake(
            "no-learning-rate",
            "Your step is the whole gradient: lr does not come in.",
            _no_lr,
        ),
        Mistake(
            "point-replaced",
            "You replace w by -lr * grad(w) where you should change it by that. "
            "The new point is the old one minus the step.",
            _replaces,
        ),
        Mistake(
            "last-point-only",
            "You return the last point alone. Return the whole path: n + 1 rows, the start first.",
            _last_point_only,
        ),
        Mistake(
            "asks-once-more",
            "The path is right, but you ask for the gradient once more than you use it. On a real "
            "network that is a whole pass over the data: n updates need n gradients.",
            _asks_once_more,
        ),
    ),
)

# ---------------------------------------------------------------- critical learning rate


def critical_lr(H):
    return float(2 / np.linalg.eigvalsh(H)[-1])


def _symmetric(rng: np.random.Generator, eigenvalues) -> np.ndarray:
    Q, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues),) * 2))
    H = (Q * np.asarray(eigenvalues)) @ Q.T
    return (H + H.T) / 2


def _hessians(rng: np.random.Generator) -> list[tuple]:
    return [
        (np.diag([1.0, 10.0]),),
        (np.diag([4.0, 0.5, 3.0]),),
        (np.diag([0.3, 7.0, 2.0]),),
        (_symmetric(rng, [0.5, 3.0]),),
        (_symmetric(rng, [1.0, 2.0, 5.0, 5.5]),),
    ]


CRITICAL_LR = Exercise(
    id="critical-lr",
    title="The learning rate at which it explodes",
    points=1,
    reference=critical_lr,
    observe=cases(_hessians, ("H",), "the learning rate"),
    rtol=1e-7,
    hints=(
        "Along an eigenvector the error is multiplied by 1 - lr * eigenvalue in every step. "
        "When does its size reach 1?",
        "The steepest direction reaches it first: which eigenvalue is that?",
        "`np.linalg.eigvalsh(H)` gives the eigenvalues of a symmetric matrix, smallest first.",
    ),
    mistakes=(
        Mistake(
            "one-over-l",
            "That is 1/L, where the steepest direction lands on its minimum in one step. "
            "It may overshoot and still come closer: how far?",
            lambda H: float(1 / np.linalg.eigvalsh(H)[-1]),
        ),
        Mistake(
            "trace",
            "You divide by the trace, the sum of all eigenvalues. Each direction goes its own "
            "way: only the steepest one sets the limit.",
            lambda H: float(2 / np.trace(H)),
        ),
        Mistake(
            "smallest-eigenvalue",
            "You take the smallest eigenvalue, the flattest direction. It is the last to explode; "
            "the steepest is the first.",
            lambda H: float(2 / np.linalg.eigvalsh(H)[0]),
        ),
        Mistake(
            "unsorted-first",
            "You take the first eigenvalue of `np.linalg.eigvals` or `eig`, which come in no "
            "order. Take the largest, or use `np.linalg.eigvalsh`, which sorts.",
            lambda H: float(2 / np.linalg.eigvals(H)[0]),
        ),
        Mistake(
            "unsorted-last",
            "You take the last eigenvalue of `np.linalg.eigvals` or `eig`, which come in no "
            "order. Take the largest, or use `np.linalg.eigvalsh`, which sorts.",
            lambda H: float(2 / np.linalg.eigvals(H)[-1]),
        ),
        Mistake(
            "largest-entry",
            "You take the largest entry of H. That is its largest curvature only along the axes; "
            "a tilted valley is steeper in between. Take the largest eigenvalue.",
            lambda H: float(2 / np.abs(H).max()),
        ),
        Mistake(
            "frobenius-norm",
            "`np.linalg.norm(H)` is the root of the sum of all squared entries. "
            "Only the largest eigenvalue counts: `np.linalg.norm(H, 2)` or eigvalsh.",
            lambda H: float(2 / np.linalg.norm(H)),
        ),
        Mistake(
            "inverted",
            "You return L/2, the inverse. A steeper valley needs smaller steps.",
            lambda H: float(np.linalg.eigvalsh(H)[-1] / 2),
        ),
    ),
)

# ---------------------------------------------------------------- best learning rate


def best_lr_and_rate(eigenvalues):
    mu, L = np.min(eigenvalues), np.max(eigenvalues)
    return float(2 / (mu + L)), float((L - mu) / (L + mu))


def _spectra(rng: np.random.Generator) -> list[tuple]:
    spread = 0.1 + 9 * rng.random(5)
    spread[[0, -1]] = 3.0, 2.0  # neither end is at the end of the list
    return [(np.array([1.0, 3.0]),), (np.array([2.0, 100.0, 1.0, 5.0]),), (spread,)]


def _lr_rate(lr, rate):
    def pair(eigenvalues):
        mu, L = np.min(eigenvalues), np.max(eigenvalues)
        return float(lr(mu, L)), float(rate(mu, L))

    return pair


def _best(mu, L):
    return 2 / (mu + L)


def _rate(mu, L):
    return (L - mu) / (L + mu)


BEST_LR_AND_RATE = Exercise(
    id="best-lr-and-rate",
    title="The best learning rate, and how good it is",
    points=2,
    reference=best_lr_and_rate,
    observe=cases(_spectra, ("eigenvalues",), "(lr, rate)"),
    hints=(
        "The flattest direction wants a large lr, the steepest a small one. "
        "At the best lr both shrink alike: 1 - lr * mu = -(1 - lr * L).",
        "Solve that for lr. Then put it into 1 - lr * mu: that is the rate.",
        "So lr = 2 / (mu + L), and 1 - 2 mu / (mu + L) can be written with L - mu on top.",
    ),
    mistakes=(
        Mistake(
            "critical-not-best",
            "Your lr is 2/L, the edge beyond which it explodes: there the steepest direction "
            "jumps to and fro for ever. The best one lies a little below.",
            _lr_rate(lambda mu, L: 2 / L, _rate),
        ),
        Mistake(
            "safe-not-best",
            "Your lr is 1/L: safe, and half as fast as it could be. "
            "Balance the flattest direction against the steepest.",
            _lr_rate(lambda mu, L: 1 / L, _rate),
        ),
        Mistake(
            "safe-lr-and-its-rate",
            "Your lr is 1/L, and your rate 1 - mu/L is the right one for it. Both are safe, and "
            "half as fast as could be. Balance the flattest direction against the steepest.",
            _lr_rate(lambda mu, L: 1 / L, lambda mu, L: 1 - mu / L),
        ),
        Mistake(
            "rate-squared",
            "Your rate is squared. That is the rate of the loss; asked is the factor by which "
            "the distance to the minimum shrinks.",
            _lr_rate(_best, lambda mu, L: _rate(mu, L) ** 2),
        ),
        Mistake(
            "rate-inverted",
            "Your rate is above 1: the distance would grow. Turn the fraction over.",
            _lr_rate(_best, lambda mu, L: 1 / _rate(mu, L)),
        ),
        Mistake(
            "rate-negative",
            "Your rate is negative: you wrote mu - L. "
            "The factor's size counts, so the larger eigenvalue comes first.",
            _lr_rate(_best, lambda mu, L: -_rate(mu, L)),
        ),
        Mistake(
            "assumes-sorted",
            "You take the first and the last eigenvalue. The list need not be sorted: "
            "take the smallest and the largest.",
            lambda e: (float(2 / (e[0] + e[-1])), float((e[-1] - e[0]) / (e[-1] + e[0]))),
        ),
        Mistake(
            "mean-of-all",
            "You use the mean of all eigenvalues. Those in between do not matter: "
            "only the smallest and the largest hold the rate back.",
            lambda e: (float(1 / np.mean(e)), _rate(np.min(e), np.max(e))),
        ),
        Mistake(
            "swapped",
            "Both numbers are right, in the other order: lr first, then the rate.",
            lambda e: best_lr_and_rate(e)[::-1],
        ),
    ),
)

# ---------------------------------------------------------------- condition number


def condition_number(H):
    sizes = np.abs(np.linalg.eigvalsh(H))
    return float("inf") if sizes.min() == 0 else float(sizes.max() / sizes.min())


def _conditioned(rng: np.random.Generator) -> list[tuple]:
    return [
        (np.diag([1.0, 10.0]),),
        (np.diag([-8.0, 2.0, 4.0]),),
        (np.diag([3.0, 0.0]),),
        (_symmetric(rng, [0.5, 3.0, 4.0]),),
        (_symmetric(rng, [-1.0, 0.25, 5.0]),),
    ]


def _ratio(ratio):
    def of(H):
        with np.errstate(divide="ignore"):
            return float(ratio(np.linalg.eigvalsh(H)))

    return of


def _singular_is_zero(H):
    sizes = np.abs(np.linalg.eigvalsh(H))
    return 0.0 if sizes.min() == 0 else float(sizes.max() / sizes.min())


CONDITION_NUMBER = Exercise(
    id="condition-number",
    title="How long and thin a valley is",
    points=1,
    reference=condition_number,
    observe=cases(_conditioned, ("H",), "the condition number"),
    rtol=1e-7,
    hints=(
        "Compare the steepest direction with the flattest.",
        "A curvature may be negative. Compare sizes: `np.abs` of the eigenvalues.",
        "If the smallest size is 0, the valley never ends: return `float('inf')`.",
    ),
    mistakes=(
        Mistake(
            "inverted",
            "Your number is at most 1: smallest over largest. "
            "The condition number is the largest over the smallest.",
            _ratio(lambda e: np.abs(e).min() / np.abs(e).max()),
        ),
        Mistake(
            "signed",
            "With a negative eigenvalue your number is negative or too small: "
            "compare the sizes of the eigenvalues, without their signs.",
            _ratio(lambda e: e.max() / e.min() if e.min() else np.inf),
        ),
        Mistake(
            "root",
            "You take a square root. That number belongs to momentum, later; "
            "here it is the plain ratio.",
            _ratio(lambda e: np.sqrt(np.abs(e).max() / np.abs(e).min())),
        ),
        Mistake(
            "squared",
            "You square the ratio. The eigenvalues of H.T @ H are the squares of those of H: "
            "take the eigenvalues of H itself.",
            _ratio(lambda e: (np.abs(e).max() / np.abs(e).min()) ** 2),
        ),
        Mistake(
            "diagonal-only",
            "You compare entries of the diagonal. In a tilted valley they are not the curvatures: "
            "take the eigenvalues.",
            lambda H: float(
                np.inf
                if not np.abs(np.diag(H)).min()
                else np.abs(np.diag(H)).max() / np.abs(np.diag(H)).min()
            ),
        ),
        Mistake(
            "singular-is-zero",
            "A matrix with a zero eigenvalue is the worst there is, "
            "not the best: its condition number is infinite.",
            _singular_is_zero,
        ),
        Mistake(
            "difference",
            "You take the difference of the largest and the smallest size. "
            "Multiply the loss by 100 and it changes; the ratio does not.",
            _ratio(lambda e: np.abs(e).max() - np.abs(e).min()),
        ),
    ),
)

# ---------------------------------------------------------------- standardize


def standardize(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std == 0, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def _tables(rng: np.random.Generator) -> list[tuple]:
    constant = np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[2.0, 6.0]])
    plain = 3 + 10 * rng.normal(size=(8, 3)), rng.normal(size=(4, 3))
    whole = np.array([[1, 20], [3, 40], [8, 0]]), np.array([[4, 10]])
    return [constant, plain, whole]


def _scaled(measure, ddof=0, guard=True, axis: int | None = 0):
    """Standardising with one thing changed: measure(train, test) is what is measured."""

    def scale(train, test):
        seen = measure(train, test)
        mean, std = seen.mean(axis=axis), seen.std(axis=axis, ddof=ddof)
        std = np.where(std == 0, 1.0, std) if guard else std
        with np.errstate(all="ignore"):
            return (train - mean) / std, (test - mean) / std

    return scale


def _train(train, test):
    return train


def _each_its_own(train, test):
    def own(a):
        std = a.std(axis=0)
        return (a - a.mean(axis=0)) / np.where(std == 0, 1.0, std)

    return own(train), own(test)


def _test_untouched(train, test):
    return standardize(train, test)[0], test


def _variance(train, test):
    mean, var = train.mean(axis=0), train.var(axis=0)
    var = np.where(var == 0, 1.0, var)
    return (train - mean) / var, (test - mean) / var


def _not_centred(train, test):
    std = train.std(axis=0)
    std = np.where(std == 0, 1.0, std)
    return train / std, test / std


def _not_scaled(train, test):
    return train - train.mean(axis=0), test - train.mean(axis=0)


STANDARDIZE = Exercise(
    id="standardize",
    title="Make the valley round",
    points=2,
    reference=standardize,
    observe=cases(_tables, ("train", "test"), "(train, test)"),
    hints=(
        "One mean and one standard deviation per column: axis=0.",
        "Measure on train only, and apply what you measured to both.",
        "A column that never changes has deviation 0. Put 1 in its place before you divide.",
    ),
    mistakes=(
        Mistake(
            "leaks-test",
            "You measure mean and deviation on train and test together. What you will be judged "
            "on has leaked into what you learn from: measure on train alone.",
            _scaled(lambda train, test: np.concatenate([train, test])),
        ),
        Mistake(
            "each-its-own",
            "You scale test with its own mean and deviation. The same value then means different "
            "things in the two tables: use train's numbers for both.",
            _each_its_own,
        ),
        Mistake(
            "sample-deviation",
            "You divide by n - 1 in the deviation (ddof=1). Here it is n, NumPy's default.",
            _scaled(_train, ddof=1),
        ),
        Mistake(
            "zero-column",
            "A column that never changes has deviation 0, and you divide by it. "
            "Put 1 in place of 0: such a column becomes zeros.",
            _scaled(_train, guard=False),
        ),
        Mistake(
            "one-mean-for-all",
            "You take one mean over the whole table. Columns have different units: "
            "each needs its own, axis=0.",
            _scaled(_train, axis=None),
        ),
        Mistake(
            "test-untouched",
            "You leave test as it was. A model fitted to scaled numbers must be shown scaled "
            "numbers: apply train's mean and deviation to it.",
            _test_untouched,
        ),
        Mistake(
            "variance-not-deviation",
            "You divide by the variance. Then the columns still differ in size; "
            "the standard deviation is its root.",
            _variance,
        ),
        Mistake(
            "not-centred",
            "You divide, but do not subtract the mean first.",
            _not_centred,
        ),
        Mistake(
            "not-scaled",
            "You subtract the mean, but do not divide by the deviation.",
            _not_scaled,
        ),
    ),
)

EXERCISES = (
    GRADIENT_DESCENT,
    CRITICAL_LR,
    BEST_LR_AND_RATE,
    CONDITION_NUMBER,
    STANDARDIZE,
)
