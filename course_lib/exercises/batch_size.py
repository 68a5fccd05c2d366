"""Exercises of lesson 04: cut the data into batches, learn from them, and predict their noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from course_lib import batches as library
from course_lib import descent
from course_lib.checking import Call, Case, Exercise, Failure, Mistake, cases
from course_lib.checking.compare import kind
from course_lib.optimizers import GD

# ---------------------------------------------------------------- mini-batches


def minibatches(n, B, rng, drop_last=False):
    return descent.minibatches(n, B, rng, drop_last)


# n, B, drop_last (None: not given). Large enough that no shuffle looks sorted by chance.
CUTS = (
    (20, 8, None),
    (50, 20, False),
    (50, 20, True),
    (24, 8, True),
    (12, 1, None),
    (15, 15, None),
    (13, 20, None),
    (21, 4, True),
    (21, 4, None),
)


def _observe_minibatches(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    """Which numbers come out is up to chance: what is seen are features that every shuffle has.

    Two epochs are drawn from one generator, and a third from another with the same seed.
    """
    for n, B, drop_last in CUTS:
        seed = int(rng.integers(2**31))
        first, again = call.rng(seed), call.rng(seed)
        more = () if drop_last is None else (drop_last,)
        epochs = [_batches(call(n, B, source, *more)) for source in (first, first, again)]
        given = {"n": n, "B": B, "drop_last": "not given" if drop_last is None else drop_last}
        yield Case(given, _features(n, *epochs))


def _batches(result: Any) -> list[np.ndarray]:
    """The batches of an epoch as arrays of integers; a Failure in words if they are not."""
    if isinstance(result, np.ndarray) and result.ndim == 2:
        result = list(result)  # the rows of an array are batches, too
    if not isinstance(result, list):
        raise Failure(
            "failed",
            f"Your function gives {kind(result)}; it should give batches one after the other, "
            "each an array of indices. Use `yield` inside the loop.",
        )
    for batch in result:
        entries = np.asarray(batch) if _is_flat(batch) else None
        if entries is None or (entries.size and entries.dtype.kind not in "iu"):
            raise Failure(
                "failed",
                f"One of your batches is {kind(batch)}; each should be an array of integers, of "
                "one axis, such as [4, 0, 7].",
            )
    return [np.asarray(batch).astype(int) for batch in result]


def _is_flat(batch: Any) -> bool:
    if isinstance(batch, list):
        return all(isinstance(entry, int) for entry in batch)
    return isinstance(batch, np.ndarray) and batch.ndim == 1


def _features(
    n: int, first: list[np.ndarray], second: list[np.ndarray], again: list[np.ndarray]
) -> dict[str, Any]:
    order, later, repeated = (np.concatenate([[-1], *epoch]) for epoch in (first, second, again))
    seen = order[1:]
    sizes = np.array([len(batch) for batch in first])
    return {
        # How many empty batches there are tells nothing: that they are empty is the finding.
        "batch sizes": sizes if sizes.any() or not sizes.size else "all 0",
        "all indices are from 0 to n - 1": bool(np.all((seen >= 0) & (seen < n))),
        "an index comes twice in one batch": any(len(set(b.tolist())) < len(b) for b in first),
        "an index comes twice in an epoch": len(set(seen.tolist())) < len(seen),
        "no index is left out": set(range(n)) <= set(seen.tolist()),
        "the order is 0, 1, 2, ...": bool(np.all(np.diff(seen) == 1)) and len(seen) > 1,
        "each batch is a block of neighbours": all(
            np.ptp(b) == len(b) - 1 for b in first if len(b)
        ),
        "the next epoch has the same order": np.array_equal(order, later),
        "the same seed gives the same order": np.array_equal(order, repeated),
    }


def _starts(n, B, drop_last):
    return range(0, n - n % B if drop_last else n, B)


def _cut(order, cut=lambda order, i, B: order[i : i + B], starts=_starts):
    """One epoch with one thing changed: how it is ordered, cut, or where the batches start."""

    def epoch(n, B, rng, drop_last=False):
        indices = order(n, rng)
        for i in starts(n, B, drop_last):
            yield cut(indices, i, B)

    return epoch


def _shuffled(n, rng):
    return rng.permutation(n)


def _blocks_shuffled(n, B, rng, drop_last=False):
    starts = list(_starts(n, B, drop_last))
    for k in rng.permutation(len(starts)):
        yield np.arange(n)[starts[k] : starts[k] + B]


def _shuffles_each_batch(n, B, rng, drop_last=False):
    for i in _starts(n, B, drop_last):
        yield rng.permutation(n)[: min(B, n - i)]


def _with_replacement(n, B, rng, drop_last=False):
    for i in _starts(n, B, drop_last):
        yield rng.integers(n, size=min(B, n - i))


def _replacement_all_full(n, B, rng, drop_last=False):
    for _ in _starts(n, B, drop_last):
        yield rng.integers(n, size=B)


def _filled_up(n, B, rng, drop_last=False):
    order = rng.permutation(n)
    for i in _starts(n, B, drop_last):
        yield np.resize(np.roll(order, -i), B)


def _even_parts(n, B, rng, drop_last=False):
    yield from np.array_split(rng.permutation(n), len(_starts(n, B, drop_last)) or 1)


def _b_parts(n, B, rng, drop_last=False):
    yield from np.array_split(rng.permutation(n), B)


MINIBATCHES = Exercise(
    id="minibatches",
    title="Cut an epoch into mini-batches",
    points=2,
    reference=minibatches,
    observe=_observe_minibatches,
    hints=(
        "`rng.permutation(n)` gives 0 .. n-1 in a new order. Draw it once per epoch, then cut it.",
        "The batch that starts at i is `order[i : i + B]`. A slice that reaches past the end is "
        "cut short by itself.",
        "With drop_last, stop before a batch that would be short: n - n % B indices are in full "
        "batches.",
    ),
    mistakes=(
        Mistake(
            "empty-slice",
            "Your batches are empty. `order[i:i]` and `order[i:i:+1]` hold nothing, and Python "
            "does not mind: print the length of a batch.",
            _cut(_shuffled, lambda order, i, B: order[i:i:+1]),
        ),
        Mistake(
            "no-shuffle",
            "Your batches come in the order of the data. If the data are sorted, each batch sees "
            "one kind of example only: where does chance come in?",
            _cut(lambda n, rng: np.arange(n)),
        ),
        Mistake(
            "same-order",
            "Every epoch has the same order, as if its generator were made anew with a fixed seed. "
            "Use the `rng` that you are given: it moves on from epoch to epoch.",
            _cut(lambda n, rng: np.random.default_rng(0).permutation(n)),
        ),
        Mistake(
            "own-generator",
            "You draw from a generator of your own, not from `rng`. Then nobody can repeat your "
            "run: the same seed should give the same batches.",
            _cut(lambda n, rng: np.random.default_rng().permutation(n)),
        ),
        Mistake(
            "with-replacement",
            "You draw each index anew, so some examples come twice in an epoch and others never. "
            "Shuffle once, and cut.",
            _with_replacement,
        ),
        Mistake(
            "with-replacement-all-full",
            "You draw B fresh indices for every batch, so some examples come twice in an epoch and "
            "others never, and the last batch is too long. Shuffle once, and cut.",
            _replacement_all_full,
        ),
        Mistake(
            "shuffles-each-batch",
            "You shuffle again for every batch. Within a batch nothing comes twice, but in the "
            "epoch it does: how many shuffles does one epoch need?",
            _shuffles_each_batch,
        ),
        Mistake(
            "blocks-shuffled",
            "Neighbours stay together: you shuffle whole batches, or inside them, but the same "
            "examples meet in every epoch. Shuffle the indices before you cut.",
            _blocks_shuffled,
        ),
        Mistake(
            "last-lost",
            "You always leave a short last batch out. Those examples are lost for the epoch: do "
            "it only if drop_last asks for it.",
            _cut(_shuffled, starts=lambda n, B, drop: range(0, n - n % B, B)),
        ),
        Mistake(
            "drop-last-ignored",
            "With drop_last=True you still give the short batch at the end. Where would the last "
            "full batch start?",
            _cut(_shuffled, starts=lambda n, B, drop: range(0, n, B)),
        ),
        Mistake(
            "drop-last-swapped",
            "You drop the short batch when drop_last is False, and keep it when it is True.",
            _cut(_shuffled, starts=lambda n, B, drop: _starts(n, B, not drop)),
        ),
        Mistake(
            "stops-early",
            "Your loop ends one index too early. If the last batch has a single example, it is "
            "lost: look at the end of your range.",
            _cut(
                _shuffled,
                starts=lambda n, B, drop: range(0, n - n % B if drop else max(n - 1, 1), B),
            ),
        ),
        Mistake(
            "end-not-moved",
            "All your slices end at B, so that every batch but the first is empty. The end has to "
            "move with the start.",
            _cut(_shuffled, lambda order, i, B: order[i:B]),
        ),
        Mistake(
            "starts-everywhere",
            "A batch begins at every index, so batches overlap and an epoch is B times as long. "
            "The next one begins where the last one ended: look at the step of `range`.",
            _cut(_shuffled, starts=lambda n, B, drop_last: range(n - B + 1 if drop_last else n)),
        ),
        Mistake(
            "full-one-lost",
            "With drop_last=True the last batch is always left out, even if it is full. Where may "
            "the last full one start?",
            _cut(_shuffled, starts=lambda n, B, drop: range(0, n - B if drop else n, B)),
        ),
        Mistake(
            "stops-a-batch-early",
            "You stop at n - B, so that the last batch is always lost, full or short.",
            _cut(_shuffled, starts=lambda n, B, drop_last: range(0, n - B, B)),
        ),
        Mistake(
            "empty-at-end",
            "Where B divides n, you give an empty batch after the last one. The gradient of "
            "nothing is zero at best, 0/0 at worst: look at the end of your range.",
            _cut(
                _shuffled,
                starts=lambda n, B, drop: range(0, n - n % B if drop else n + 1, B),
            ),
        ),
        Mistake(
            "last-filled-up",
            "You fill the last batch up with examples that had their turn. "
            "Let it be short instead.",
            _filled_up,
        ),
        Mistake(
            "even-parts",
            "Your batches are of nearly equal size, as `np.array_split` makes them. Asked are "
            "batches of B, and what is left over in the last.",
            _even_parts,
        ),
        Mistake(
            "b-parts",
            "You cut the data into B batches. B is the number of examples in a batch, not the "
            "number of batches.",
            _b_parts,
        ),
        Mistake(
            "one-short",
            "Your batches hold B - 1 examples: the end of a slice is not part of it.",
            _cut(_shuffled, lambda order, i, B: order[i : i + B - 1]),
        ),
        Mistake(
            "counts-from-one",
            "Your indices run from 1 to n. The first row of an array is row 0, and there is no "
            "row n.",
            _cut(lambda n, rng: 1 + rng.permutation(n)),
        ),
    ),
)

# ---------------------------------------------------------------- one epoch of updates


def sgd_epoch(w, X, y, grad, batches, lr):
    rule = GD(lr)
    for batch in batches:
        w, _ = rule.step(w, grad(w, X[batch], y[batch]), ())
    return w


class AskedWith:
    """grad(w, X, y) that remembers what it was asked with: a point, and the rows of a batch.

    Of no rows it makes a gradient of zeros, silently, as a sum over nothing does.
    """

    __name__ = "grad"

    def __init__(self, d: int) -> None:
        self._d = d
        self.points: list[np.ndarray] = []
        self.rows: list[np.ndarray] = []
        self.targets: list[np.ndarray] = []

    def __call__(self, *given: Any) -> np.ndarray:
        if len(given) != 3:
            raise ValueError(f"grad takes three values, grad(w, X, y); it was given {len(given)}")
        w, X, y = (np.asarray(value, dtype=float) for value in given)
        if w.shape != (self._d,) or X.shape != (len(np.atleast_1d(y)), self._d) or y.ndim != 1:
            raise ValueError(
                f"grad(w, X, y) takes w of shape ({self._d},), the rows of a batch, X of shape "
                f"(B, {self._d}), and their targets y (B,); it was given {w.shape}, {X.shape} and "
                f"{y.shape}"
            )
        self.points.append(w)
        self.rows.append(X)
        self.targets.append(y)
        return 2 / max(len(y), 1) * (X.T @ (X @ w - y))


def _observe_epoch(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    tries: list[tuple[int, int, list[int]]] = [
        # examples, parameters, the sizes of the batches
        (4, 2, [2, 2]),
        (8, 2, [3, 3, 2]),
        (7, 3, [7]),
        (6, 1, [1, 1, 1, 1, 1, 1]),
        (7, 2, [2, 2]),  # short of an epoch, as with drop_last
    ]
    for n, d, sizes in tries:
        order = _unlike_sorted(rng, n)
        cuts = np.cumsum([0, *sizes])
        batches = [order[a:b] for a, b in pairwise(cuts)]
        w, X, y = rng.normal(size=d), rng.normal(size=(n, d)), 3 * rng.normal(size=n)
        asked = AskedWith(d)
        after = call(w, X, y, asked, batches, 0.1)
        words = {"X of shape": (n, d), "batches": [b.tolist() for b in batches]}
        yield Case(
            {"w": w, **words, "lr": 0.1},
            {
                "w after the epoch": after,
                "points where grad is asked": asked.points,
                "rows of X that grad gets": asked.rows,
                "targets y that grad gets": asked.targets,
            },
        )


def _unlike_sorted(rng: np.random.Generator, n: int) -> np.ndarray:
    """A shuffle in which no index stands at its own place, so that a mix-up always shows."""
    while True:
        order = rng.permutation(n)
        if np.all(order != np.arange(n)):
            return order


def _epoch(
    update: Callable = lambda w, g, lr, batch, n: w - lr * g,
    X_of: Callable = lambda X, batch: X[batch],
    y_of: Callable = lambda y, batch: y[batch],
):
    """An epoch with one thing changed: the update, or the rows that grad is given."""

    def run(w, X, y, grad, batches, lr):
        for batch in batches:
            g = grad(w, X_of(X, batch), y_of(y, batch))
            w = update(w, g, lr, batch, len(y))
        return w

    return run


def _once_an_epoch(w, X, y, grad, batches, lr):
    rows = np.concatenate(batches)
    return w - lr * grad(w, X[rows], y[rows])


def _mean_of_batches(w, X, y, grad, batches, lr):
    return w - lr * np.mean([grad(w, X[batch], y[batch]) for batch in batches], axis=0)


def _stale(w, X, y, grad, batches, lr):
    start = w.copy()
    for batch in batches:
        w = w - lr * grad(start, X[batch], y[batch])
    return w


def _in_order(w, X, y, grad, batches, lr):
    start = 0
    for batch in batches:
        rows = slice(start, start + len(batch))
        w = w - lr * grad(w, X[rows], y[rows])
        start += len(batch)
    return w


def _one_by_one(w, X, y, grad, batches, lr):
    for batch in batches:
        for i in batch:
            w = w - lr * grad(w, X[i : i + 1], y[i : i + 1])
    return w


def _first_batch_only(w, X, y, grad, batches, lr):
    return sgd_epoch(w, X, y, grad, batches[:1], lr)


def _last_batch_lost(w, X, y, grad, batches, lr):
    return sgd_epoch(w, X, y, grad, batches[:-1], lr)


def _keeps_the_path(w, X, y, grad, batches, lr):
    path = [w]
    for batch in batches:
        path.append(path[-1] - lr * grad(path[-1], X[batch], y[batch]))
    return np.array(path)


def _whole_data(w, X, y, grad, batches, lr):
    for _ in batches:
        w = w - lr * grad(w, X, y)
    return w


def _start_returned(w, X, y, grad, batches, lr):
    sgd_epoch(w, X, y, grad, batches, lr)
    return w.copy()


def _weighs_short(w, X, y, grad, batches, lr):
    for batch in batches:
        w = w - lr * len(batch) / len(batches[0]) * grad(w, X[batch], y[batch])
    return w


SGD_EPOCH = Exercise(
    id="sgd-epoch",
    title="One epoch of updates",
    points=2,
    reference=sgd_epoch,
    observe=_observe_epoch,
    hints=(
        "One update for every batch: sample, forward, backward, update. grad does the two in the "
        "middle.",
        "`X[batch]` are the rows of a batch, `y[batch]` their targets. The same indices for both.",
        "`w = w - lr * grad(...)`, asked at the newest w. The gradient is a mean already.",
    ),
    mistakes=(
        Mistake(
            "sum-not-mean",
            "You multiply the gradient by the size of the batch, as if it were to be a sum. Then "
            "twice the batch is twice the step: grad gives a mean, leave it so.",
            _epoch(lambda w, g, lr, batch, n: w - lr * len(batch) * g),
        ),
        Mistake(
            "divided-again",
            "You divide by the size of the batch, but the gradient is a mean already. A larger "
            "batch would crawl.",
            _epoch(lambda w, g, lr, batch, n: w - lr * g / len(batch)),
        ),
        Mistake(
            "divided-by-all",
            "You divide by the number of all examples. The gradient is a mean over its batch "
            "already.",
            _epoch(lambda w, g, lr, batch, n: w - lr * g / n),
        ),
        Mistake(
            "weighted-by-share",
            "You weigh each gradient by the batch's share of the data. Then an epoch moves no "
            "further than one update: every batch is worth a whole step.",
            _epoch(lambda w, g, lr, batch, n: w - lr * len(batch) / n * g),
        ),
        Mistake(
            "weighs-short-batches",
            "You take smaller steps for the short batch at the end. That can be defended, but it "
            "is not asked: every batch makes a step with the same lr.",
            _weighs_short,
        ),
        Mistake(
            "once-an-epoch",
            "You make one update from all batches together: that is full-batch gradient descent. "
            "Where does the update stand, inside the loop or after it?",
            _once_an_epoch,
        ),
        Mistake(
            "mean-of-batches",
            "You collect the gradients of all batches at the first w, and make one update with "
            "their mean. Update after every batch instead.",
            _mean_of_batches,
        ),
        Mistake(
            "stale-point",
            "Every gradient is taken at the w from before the epoch. After an update you stand "
            "somewhere else: ask there.",
            _stale,
        ),
        Mistake(
            "targets-not-chosen",
            "The rows of X come from the batch, but y is cut from the top. Every image gets "
            "another one's label: what must X and y have in common?",
            _epoch(y_of=lambda y, batch: y[: len(batch)]),
        ),
        Mistake(
            "rows-not-chosen",
            "The targets come from the batch, but X is cut from the top. Every target gets "
            "another one's example: what must X and y have in common?",
            _epoch(X_of=lambda X, batch: X[: len(batch)]),
        ),
        Mistake(
            "sorted-apart",
            "You sort or shuffle one of X and y, and not the other. Row and target part: use the "
            "same indices, in the same order.",
            _epoch(X_of=lambda X, batch: X[np.sort(batch)]),
        ),
        Mistake(
            "batches-in-order",
            "You cut X and y in the order of the data, and use only the sizes of the batches. The "
            "batches hold the indices: use them.",
            _in_order,
        ),
        Mistake(
            "empty-slice",
            "Your batches reach grad without a single row: a slice such as `X[i:i]` or `X[i:i:+1]` "
            "is empty. Nobody complains, the gradient is zero, and w never moves.",
            _epoch(X_of=lambda X, batch: X[:0], y_of=lambda y, batch: y[:0]),
        ),
        Mistake(
            "one-by-one",
            "You make an update for every example, not for every batch. Hand grad all rows of a "
            "batch at once.",
            _one_by_one,
        ),
        Mistake(
            "whole-data",
            "You hand grad all of X and y every time. Then no update is cheaper than a full pass: "
            "hand it the rows of the batch.",
            _whole_data,
        ),
        Mistake(
            "first-batch-only",
            "You stop after the first batch. Is your return line inside the loop?",
            _first_batch_only,
        ),
        Mistake(
            "last-batch-lost",
            "You leave the last batch out. Whoever made the batches has decided already which "
            "examples take part.",
            _last_batch_lost,
        ),
        Mistake(
            "ascent",
            "You add the gradient, and the gradient points uphill. Your epoch climbs.",
            _epoch(lambda w, g, lr, batch, n: w + lr * g),
        ),
        Mistake(
            "no-learning-rate",
            "You subtract the whole gradient, and lr does nothing. It says how far to go.",
            _epoch(lambda w, g, lr, batch, n: w - g),
        ),
        Mistake(
            "start-returned",
            "You make all updates, and return the w that you were given. Which name holds the "
            "newest w at the end?",
            _start_returned,
        ),
        Mistake(
            "whole-path",
            "You return the whole path. Asked is w after the epoch, in the shape that it had.",
            _keeps_the_path,
        ),
    ),
)

# ---------------------------------------------------------------- gradient noise


def gradient_noise(G, B, replace):
    return library.gradient_noise(G, B, replace)


def _noise_cases(rng: np.random.Generator) -> list[tuple]:
    by_hand = np.array([[1.0], [1.0], [-1.0], [0.0]])
    plain = 1 + rng.normal(size=(6, 3)) * [1.0, 0.2, 3.0]
    cloud = np.array([5.0, -1.0]) + rng.normal(size=(40, 2))
    return [
        (by_hand, 2, True),
        (by_hand, 2, False),
        (by_hand, 4, False),
        (plain, 1, True),
        (plain, 2, True),
        (plain, 3, False),
        (cloud, 16, True),
        (cloud, 16, False),
        (cloud, 64, True),
    ]


def _finite(N, B, replace):
    return 1.0 if replace else (N - B) / (N - 1)


def _spread(G):
    return np.mean(np.sum((G - G.mean(axis=0)) ** 2, axis=1))


def _noise(spread=_spread, per=lambda B: 1 / B, finite=_finite):
    """The formula with one factor changed."""
    return lambda G, B, replace: float(spread(G) * per(B) * finite(len(G), B, replace))


GRADIENT_NOISE = Exercise(
    id="gradient-noise",
    title="The noise of a batch",
    points=2,
    reference=gradient_noise,
    observe=cases(_noise_cases, ("G", "B", "replace"), "the noise"),
    hints=(
        "First S: subtract the mean row from every row of G. How long, squared, is what is left?",
        "Sum the squares over the coordinates (axis=1), then take the mean over the examples.",
        "Divide by B. If the batch is drawn without replacement, multiply by (N - B) / (N - 1).",
    ),
    mistakes=(
        Mistake(
            "root",
            "You return a distance. Asked is its square, the mean squared distance: the root of "
            "it is what you would see in the picture.",
            lambda G, B, replace: gradient_noise(G, B, replace) ** 0.5,
        ),
        Mistake(
            "b-squared",
            "You divide by B squared. The sum of B independent errors has B times the square of "
            "one; what is left when you make a mean of it?",
            _noise(per=lambda B: 1 / B**2),
        ),
        Mistake(
            "root-of-b",
            "You divide by the root of B. That is how the distance falls; its square falls faster.",
            _noise(per=lambda B: B**-0.5),
        ),
        Mistake(
            "not-divided",
            "Your noise does not depend on B, save for the finite factor. Averaging over more "
            "examples must make it smaller.",
            _noise(per=lambda B: 1.0),
        ),
        Mistake(
            "times-b",
            "Your noise grows with B. Averaging over more examples must make it smaller.",
            _noise(per=lambda B: 1.0 * B),
        ),
        Mistake(
            "no-finite-factor",
            "Without replacement you leave out a factor. A batch of all N examples has no noise "
            "at all: does yours?",
            _noise(finite=lambda N, B, replace: 1.0),
        ),
        Mistake(
            "finite-factor-always",
            "You apply the factor for draws without replacement to both. With replacement even N "
            "draws miss some examples: look at `replace`.",
            _noise(finite=lambda N, B, replace: (N - B) / (N - 1)),
        ),
        Mistake(
            "finite-factor-swapped",
            "Both formulas are right, and stand at the other case. With replacement there is no "
            "second factor.",
            _noise(finite=lambda N, B, replace: _finite(N, B, not replace)),
        ),
        Mistake(
            "finite-factor-over-n",
            "Your second factor is (N - B) / N. For B = 1 both ways of drawing are the same: is "
            "your factor 1 there?",
            _noise(finite=lambda N, B, replace: 1.0 if replace else (N - B) / N),
        ),
        Mistake(
            "finite-factor-root",
            "You take the root of the second factor. It belongs to a squared distance, so it "
            "stands as it is.",
            _noise(finite=lambda N, B, replace: _finite(N, B, replace) ** 0.5),
        ),
        Mistake(
            "one-coordinate",
            "You look at the first coordinate alone. A distance has a share from every one.",
            _noise(lambda G: G[:, 0].var()),
        ),
        Mistake(
            "mean-over-coordinates",
            "You take the mean over the coordinates as well, so a network of a million weights "
            "would seem as calm as one weight. Sum the squares over the coordinates.",
            _noise(lambda G: G.var(axis=0).mean()),
        ),
        Mistake(
            "one-mean-for-all",
            "You measure the distance from a single number, the mean over all of G. Every "
            "coordinate has a mean of its own: axis=0.",
            _noise(lambda G: np.mean(np.sum((G - G.mean()) ** 2, axis=1))),
        ),
        Mistake(
            "variance-of-all-entries",
            "You take the variance over all entries of G at once. Every coordinate has a mean of "
            "its own, and a distance sums over coordinates.",
            _noise(lambda G: G.var()),
        ),
        Mistake(
            "sum-over-examples",
            "You sum over the examples where a mean belongs: noise does not grow because you own "
            "more data.",
            _noise(lambda G: np.sum((G - G.mean(axis=0)) ** 2)),
        ),
        Mistake(
            "sample-variance",
            "You divide by N - 1 in the variance (ddof=1). These N examples are all there are: it "
            "is N, NumPy's default.",
            _noise(lambda G: G.var(axis=0, ddof=1).sum()),
        ),
        Mistake(
            "not-centred",
            "You measure the length of the gradients, not their distance from the mean. If all "
            "examples agreed, there would be no noise.",
            _noise(lambda G: np.mean(np.sum(G**2, axis=1))),
        ),
        Mistake(
            "deviations-added",
            "You add standard deviations over the coordinates. Squares add up, as in Pythagoras; "
            "their roots do not.",
            _noise(lambda G: G.std(axis=0).sum()),
        ),
    ),
)

EXERCISES = (MINIBATCHES, SGD_EPOCH, GRADIENT_NOISE)
