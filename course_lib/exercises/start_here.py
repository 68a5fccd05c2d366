"""Exercises of lesson 00: a loss, and two ways to search for its lowest point without slopes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib import search
from course_lib.checking import Asked, Call, Case, Exercise, Mistake, cases

# ---------------------------------------------------------------- mean squared error


def mse_loss(w, X, y):
    return float(np.mean((X @ w - y) ** 2))


def _lines(rng: np.random.Generator) -> list[tuple]:
    """By hand first; then whole numbers; then more columns. n, d and n - d are never alike."""
    by_hand = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 3.0, 5.0])
    whole = np.array([[1, 4], [2, 0], [-3, 1], [0, 2], [1, 1]]), np.array([5, -1, 2, 0, 7])
    return [
        (np.array([1.0, 1.0]), *by_hand),
        (np.array([1.0, 2.0]), *by_hand),
        (np.array([2, -1]), *whole),
        *((rng.normal(size=d), rng.normal(size=(n, d)), rng.normal(size=n)) for n, d in ((7, 3),)),
    ]


def _from_errors(reduce: Callable[[np.ndarray], Any]) -> Callable:
    return lambda w, X, y: reduce(X @ w - y)


MSE_LOSS = Exercise(
    id="mse-loss",
    title="The mean squared error",
    points=1,
    reference=mse_loss,
    observe=cases(_lines, ("w", "X", "y"), "the loss"),
    hints=(
        "`X @ w` holds all n predictions, in the order of y.",
        "One error for each row: the prediction minus the target. Square each of them.",
        "`np.mean(...)` takes the mean over the rows. It gives one number.",
    ),
    mistakes=(
        Mistake(
            "half",
            "Your loss is half of what is wanted. Many notes put a half in front, so that the 2 of "
            "the derivative cancels; here the loss is a mean without a half.",
            _from_errors(lambda e: float(np.mean(e**2) / 2)),
        ),
        Mistake(
            "sum",
            "You add the squares up, and do not divide by their number. Twice as many rows would "
            "double the loss, though the line fits no worse.",
            _from_errors(lambda e: float(np.sum(e**2))),
        ),
        Mistake(
            "half-sum",
            "You return half the sum of the squares. Here the loss is their mean: "
            "what do you divide by?",
            _from_errors(lambda e: float(np.sum(e**2) / 2)),
        ),
        Mistake(
            "n-by-n",
            "Somewhere a column of shape (n, 1) met a row of shape (n,), and NumPy made n x n of "
            "them: every prediction is compared with every target. Print the shape of the errors.",
            lambda w, X, y: float(np.mean((X @ w.reshape(-1, 1) - y) ** 2)),
        ),
        Mistake(
            "sum-of-n-by-n",
            "A column of shape (n, 1) met a row of shape (n,), and NumPy made n x n errors of "
            "them; you then add up all their squares. Print the shape of the errors.",
            lambda w, X, y: float(np.sum((X @ w.reshape(-1, 1) - y) ** 2)),
        ),
        Mistake(
            "root",
            "You take the root at the end. That has the units of y, and is another loss (RMSE); "
            "here the mean of the squares is wanted as it is.",
            _from_errors(lambda e: float(np.sqrt(np.mean(e**2)))),
        ),
        Mistake(
            "length-of-errors",
            "`np.linalg.norm` is the root of the sum of the squares. Wanted is the mean of the "
            "squares, without a root.",
            _from_errors(lambda e: float(np.linalg.norm(e))),
        ),
        Mistake(
            "absolute",
            "You take the mean of the sizes of the errors. An error of 2 should weigh four times "
            "as much as an error of 1: square them.",
            _from_errors(lambda e: float(np.mean(np.abs(e)))),
        ),
        Mistake(
            "not-squared",
            "You take the mean of the errors themselves. One of +5 and one of -5 would cancel, and "
            "count as a perfect fit. Square each error first.",
            _from_errors(lambda e: float(np.mean(e))),
        ),
        Mistake(
            "mean-before-square",
            "You square the mean. One error of +5 and one of -5 would cancel, and count as a "
            "perfect fit. Which comes first, the square or the mean?",
            _from_errors(lambda e: float(np.mean(e) ** 2)),
        ),
        Mistake(
            "by-parameters",
            "You divide by the number of weights. The mean is over the rows: look at `len(y)`.",
            lambda w, X, y: float(np.sum((X @ w - y) ** 2) / len(w)),
        ),
        Mistake(
            "by-n-minus-one",
            "You divide by n - 1. That belongs to the variance of a sample; a mean divides by n.",
            _from_errors(lambda e: float(np.sum(e**2) / (len(e) - 1))),
        ),
        Mistake(
            "not-averaged",
            "You return all n squares. A loss is one number: take their mean.",
            _from_errors(lambda e: e**2),
        ),
        Mistake(
            "targets-left-out",
            "You take the mean of the squared predictions, and never look at y. "
            "An error is a prediction minus its target.",
            lambda w, X, y: float(np.mean((X @ w) ** 2)),
        ),
        Mistake(
            "targets-added",
            "You add the target to the prediction. A perfect prediction should have the error 0: "
            "look at the sign.",
            lambda w, X, y: float(np.mean((X @ w + y) ** 2)),
        ),
    ),
)

# ---------------------------------------------------------------- what is searched


class _Draws:
    """Hands out the rows of an array, one a call: each in a new array, or all in the same one."""

    def __init__(self, rows: np.ndarray, name: str, reuses_its_array: bool) -> None:
        self._rows, self.__name__, self.calls = rows, name, 0
        self.reuses_its_array = reuses_its_array

    def __call__(self) -> np.ndarray:
        if self.calls == len(self._rows):
            raise ValueError(f"{self.__name__}() was called more than {self.calls} times")
        self.calls += 1
        return self._rows[self.calls - 1]


def bowl(w: Any) -> float:
    """Lowest at (1, 1, ...), and below zero there: no loss is too low to be true."""
    return float(np.sum((np.asarray(w, dtype=float) - 1) ** 2)) - 2.0


def stairs(w: Any) -> float:
    """A bowl in steps of one, so that points tie."""
    return float(np.floor(np.sum(np.asarray(w, dtype=float) ** 2)))


LOSSES = {"sum((w - 1)**2) - 2": bowl, "floor(sum(w**2))": stairs}
SPARE = 5  # more draws than wanted, so that a function that asks too often can be told


# ---------------------------------------------------------------- random search


def random_search(loss, sample, n):
    return search.random_search(loss, sample, n)


def _observe_random_search(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    tries = [
        ("floor(sum(w**2))", np.array([[3.0], [1.0], [-1.0], [2.0]])),
        ("sum((w - 1)**2) - 2", np.array([[4.0, 1.0], [1.0, 2.0], [1.0, 1.5], [3.0, 3.0]])),
        *(("sum((w - 1)**2) - 2", 2 * rng.normal(size=(12, 3))) for _ in range(4)),
        ("sum((w - 1)**2) - 2", 2 * rng.normal(size=(6, 2, 2))),
    ]
    for k, (name, points) in enumerate(tries):
        n = len(points)
        spare = 9 + np.abs(rng.normal(size=(n + SPARE, *points.shape[1:])))
        # Every other one fills one array anew, or "kept the last" and "kept no copy" were alike.
        sample = _Draws(np.concatenate([points, spare]), "sample", reuses_its_array=k % 2 == 1)
        loss = Asked(LOSSES[name], "loss")
        result = call(loss, sample, n)
        given = {"loss(w)": name, "sample() gives, one by one": points, "n": n}
        yield Case(
            given,
            {
                "(w, best)": result,
                "loss is asked at": loss.points,
                "sample() is called, times": sample.calls,
            },
        )


def _searching(
    keeps: Callable[[float, float], bool] = lambda new, old: new < old,
    first: float = np.inf,
    copy: Callable[[Any], Any] = np.array,
    record: Callable[[float, float], float] = lambda value, best: best,
) -> Callable:
    """Random search with one thing changed."""

    def wrong(loss, sample, n):
        w, best, history = None, first, []
        for _ in range(n):
            point = sample()
            value = loss(point)
            if keeps(value, best):
                w, best = copy(point), value
            history.append(record(value, best))
        return w, np.array(history)

    return wrong


def _keeps_last(loss, sample, n):
    points = [np.array(sample()) for _ in range(n)]
    return points[-1], np.minimum.accumulate([loss(w) for w in points])


def _maximum_history(loss, sample, n):
    points = [np.array(sample()) for _ in range(n)]
    values = [loss(w) for w in points]
    return points[int(np.argmax(values))], np.maximum.accumulate(values)


def _uncopied_list(loss, sample, n):
    points = [sample() for _ in range(n)]
    values = [loss(w) for w in points]
    return points[int(np.argmin(values))], np.minimum.accumulate(values)


def _asks_twice(loss, sample, n):
    best, history = np.inf, []
    for _ in range(n):
        point = np.array(sample())
        if loss(point) < best:
            w, best = point, loss(point)
        history.append(best)
    return w, np.array(history)


def _other_point(loss, sample, n):
    best, history = np.inf, []
    for _ in range(n):
        value = loss(np.array(sample()))
        if value < best:
            w, best = np.array(sample()), value
        history.append(best)
    return w, np.array(history)


def _one_sample(loss, sample, n):
    w = np.array(sample())
    return w, np.full(n, [loss(w) for _ in range(n)])


def _one_too_many(loss, sample, n):
    return search.random_search(loss, sample, n + 1)


def _one_too_few(loss, sample, n):
    return search.random_search(loss, sample, n - 1)


def _starts_at_a_sample(loss, sample, n):
    w = np.array(sample())
    best = loss(w)
    history = []
    for _ in range(n):
        point = np.array(sample())
        value = loss(point)
        if value < best:
            w, best = point, value
        history.append(best)
    return w, np.array(history)


def _last_best_only(loss, sample, n):
    w, best = search.random_search(loss, sample, n)
    return w, float(best[-1])


def _improvements_only(loss, sample, n):
    w, best = search.random_search(loss, sample, n)
    return w, best[np.append(True, np.diff(best) < 0)]


def _gaps(loss, sample, n):
    w, best = search.random_search(loss, sample, n)
    return w, np.where(np.append(True, np.diff(best) < 0), best, 0.0)


def _swapped(loss, sample, n):
    return search.random_search(loss, sample, n)[::-1]


RANDOM_SEARCH = Exercise(
    id="random-search",
    title="Random search",
    points=2,
    reference=random_search,
    observe=_observe_random_search,
    hints=(
        "Before the loop there is no best yet. `np.inf` is higher than any loss.",
        "In the loop: draw a point, ask for its loss once and keep the number, compare it with the "
        "best so far, and write the best so far into `best[k]`.",
        "`sample()` may give you the same array every time, with new numbers in it. "
        "`np.array(point)` makes a copy that stays.",
    ),
    mistakes=(
        Mistake(
            "keeps-last",
            "Your w is the last point you tried, not the best. "
            "It should change only when the loss is lower than all before.",
            _keeps_last,
        ),
        Mistake(
            "maximises",
            "You keep the point with the highest loss. A loss says how bad a point is: "
            "which way round is your comparison?",
            _maximum_history,
        ),
        Mistake(
            "raw-history",
            "Your w is right, but `best` holds the loss of every point, up and down. "
            "Entry k is the lowest loss among the first k + 1 points: it never rises.",
            _searching(record=lambda value, best: value),
        ),
        Mistake(
            "not-copied",
            "You keep the array that `sample()` gave you, and the next call fills the same array "
            "with new numbers: your best point changes behind your back. Keep a copy.",
            _searching(copy=lambda point: point),
        ),
        Mistake(
            "drawn-first-not-copied",
            "You draw all points before you ask for a loss. `sample()` fills one array anew each "
            "time, so your list holds the same array n times. Put copies into it.",
            _uncopied_list,
        ),
        Mistake(
            "ties-later",
            "Of two points with the same loss you keep the later one. Keep the first: "
            "a new point has to be strictly lower.",
            _searching(keeps=lambda new, old: new <= old),
        ),
        Mistake(
            "starts-at-zero",
            "Your best loss begins at 0, as if a loss of 0 had been found already. A point with a "
            "higher loss is then never kept. Begin with a number that every loss is below.",
            _searching(first=0.0),
        ),
        Mistake(
            "compares-sizes",
            "You compare the sizes of the losses, without their signs. A loss may be negative, "
            "and then -2 is lower than 1.",
            _searching(keeps=lambda new, old: abs(new) < abs(old)),
        ),
        Mistake(
            "asks-twice",
            "The result is right, but you ask for the loss of a good point twice. The loss is what "
            "costs time: ask once, and keep the number.",
            _asks_twice,
        ),
        Mistake(
            "another-point",
            "You ask for the loss of one point and keep another: each call of `sample()` gives a "
            "new one. Call it once in each round, and give the point a name.",
            _other_point,
        ),
        Mistake(
            "one-sample",
            "You draw one point, before the loop, and ask for its loss n times. "
            "Draw a new one in each round.",
            _one_sample,
        ),
        Mistake(
            "one-too-many",
            "You try n + 1 points. Each costs a loss, and you may spend n.",
            _one_too_many,
        ),
        Mistake(
            "one-too-few",
            "You try n - 1 points, one fewer than you may. Look at where your loop ends.",
            _one_too_few,
        ),
        Mistake(
            "spends-one-to-begin",
            "You try a first point before the loop and then n more. Each costs a loss, and you may "
            "spend n: begin with a best loss of infinity instead.",
            _starts_at_a_sample,
        ),
        Mistake(
            "last-best-only",
            "Your `best` is one number. It should be an array of n: the lowest loss so far, "
            "after each point.",
            _last_best_only,
        ),
        Mistake(
            "improvements-only",
            "You add to `best` only when the loss gets lower, so it is shorter than n. Add "
            "the lowest so far in every round, whether it changed or not.",
            _improvements_only,
        ),
        Mistake(
            "gaps",
            "You write `best[k]` only when the loss gets lower, so its other entries stay 0. Write "
            "the lowest so far in every round: look at how far that line is indented.",
            _gaps,
        ),
        Mistake(
            "swapped",
            "You return (best, w). The point comes first: look at the return line.",
            _swapped,
        ),
    ),
)

# ---------------------------------------------------------------- random local search


def random_local_search(loss, w0, perturb, n):
    return search.random_local_search(loss, w0, perturb, n)


def _observe_local_search(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    tries = [
        ("floor(sum(w**2))", np.array([1.5]), np.array([[0.2], [-0.3], [-0.4], [0.5]])),
        ("sum((w - 1)**2) - 2", np.array([3, 0]), np.array([[-1.0, 0.5], [2.0, 0.0], [0.5, 0.0]])),
        *(("sum((w - 1)**2) - 2", rng.normal(size=3), rng.normal(size=(15, 3))) for _ in range(4)),
        ("sum((w - 1)**2) - 2", rng.normal(size=(2, 2)), rng.normal(size=(8, 2, 2))),
    ]
    for name, start, steps in tries:
        n = len(steps)
        spare = rng.normal(size=(n + SPARE, *start.shape))
        perturb = _Draws(np.concatenate([steps, spare]), "perturb", reuses_its_array=True)
        loss = Asked(LOSSES[name], "loss")
        result = call(loss, start, perturb, n)
        given = {"loss(w)": name, "w0": start, "perturb() gives, one by one": steps, "n": n}
        yield Case(
            given,
            {
                "(w, best)": result,
                "loss is asked at": loss.points,
                "perturb() is called, times": perturb.calls,
            },
        )


def _local(
    keeps: Callable[[float, float], bool] = lambda new, old: new < old,
    sign: int = 1,
    home: bool = False,
) -> Callable:
    """Local search with one thing changed: what is kept, the way a step is taken, from where."""

    def wrong(loss, w0, perturb, n):
        w = np.array(w0, dtype=float)
        best = [loss(w)]
        for _ in range(n):
            candidate = (w0 if home else w) + sign * perturb()
            value = loss(candidate)
            if keeps(value, best[-1]):
                w = candidate
                best.append(value)
            else:
                best.append(best[-1])
        return w, np.array(best)

    return wrong


def _mutates_best(loss, w0, perturb, n):
    w = np.array(w0, dtype=float)
    best = [loss(w)]
    for _ in range(n):
        candidate = w
        candidate += perturb()
        best.append(min(best[-1], loss(candidate)))
    return w, np.array(best)


def _raw_history(loss, w0, perturb, n):
    w = np.array(w0, dtype=float)
    lowest = loss(w)
    history = [lowest]
    for _ in range(n):
        candidate = w + perturb()
        value = loss(candidate)
        if value < lowest:
            w, lowest = candidate, value
        history.append(value)
    return w, np.array(history)


def _against_the_last(loss, w0, perturb, n):
    """Compares with the loss before, not with the best."""
    w = np.array(w0, dtype=float)
    last = loss(w)
    best = [last]
    for _ in range(n):
        candidate = w + perturb()
        value = loss(candidate)
        if value < last:
            w = candidate
        last = value
        best.append(min(best[-1], value))
    return w, np.array(best)


def _asks_again(loss, w0, perturb, n):
    w = np.array(w0, dtype=float)
    best = [loss(w)]
    for _ in range(n):
        candidate = w + perturb()
        if loss(candidate) < loss(w):
            w = candidate
        best.append(loss(w))
    return w, np.array(best)


def _two_steps(loss, w0, perturb, n):
    w = np.array(w0, dtype=float)
    best = [loss(w)]
    for _ in range(n):
        value = loss(w + perturb())
        if value < best[-1]:
            w = w + perturb()
        best.append(min(best[-1], value))
    return w, np.array(best)


def _points_not_steps(loss, w0, perturb, n):
    w = np.array(w0, dtype=float)
    best = [loss(w)]
    for _ in range(n):
        candidate = np.array(perturb())
        value = loss(candidate)
        if value < best[-1]:
            w = candidate
        best.append(min(best[-1], value))
    return w, np.array(best)


def _one_step(loss, w0, perturb, n):
    step = np.array(perturb())
    return search.random_local_search(loss, w0, lambda: step, n)


def _no_start(loss, w0, perturb, n):
    w, best = search.random_local_search(loss, w0, perturb, n)
    return w, best[1:]


def _one_local_step_fewer(loss, w0, perturb, n):
    return search.random_local_search(loss, w0, perturb, n - 1)


def _local_swapped(loss, w0, perturb, n):
    return search.random_local_search(loss, w0, perturb, n)[::-1]


def _local_last_only(loss, w0, perturb, n):
    w, best = search.random_local_search(loss, w0, perturb, n)
    return w, float(best[-1])


RANDOM_LOCAL_SEARCH = Exercise(
    id="random-local-search",
    title="Random local search",
    points=2,
    reference=random_local_search,
    observe=_observe_local_search,
    hints=(
        "A candidate is the best point so far plus one step. Try it; do not go there yet.",
        "Ask for the candidate's loss once, and keep the number. If it is lower than the best so "
        "far, the candidate becomes w.",
        "`w + step` makes a new array. `w += step` changes w itself, and there is no way back.",
    ),
    mistakes=(
        Mistake(
            "accepts-all",
            "You take every step, whether the loss falls or rises: a walk without aim. "
            "Go to the candidate only if its loss is lower.",
            _local(keeps=lambda new, old: True),
        ),
        Mistake(
            "from-origin",
            "Every candidate is w0 plus a step, so you never leave the neighbourhood of the start. "
            "Step from the best point so far.",
            _local(home=True),
        ),
        Mistake(
            "mutates-best",
            "Your candidate and your w are one array: the step changes both, and a bad step is "
            "never undone. Where does your code make a new array?",
            _mutates_best,
        ),
        Mistake(
            "maximises",
            "You go where the loss is higher: uphill. Which way round is your comparison?",
            _local(keeps=lambda new, old: new > old),
        ),
        Mistake(
            "accepts-ties",
            "You also move when the loss stays the same. Move only when it is strictly lower.",
            _local(keeps=lambda new, old: new <= old),
        ),
        Mistake(
            "subtracts",
            "You subtract the step. The candidate is w plus what `perturb()` gives.",
            _local(sign=-1),
        ),
        Mistake(
            "raw-history",
            "Your w is right, but `best` holds the loss of every candidate, up and down. "
            "It should hold the lowest so far: it never rises.",
            _raw_history,
        ),
        Mistake(
            "against-the-last",
            "You compare with the candidate before, not with the best so far. After a very bad "
            "candidate a merely bad one is then taken.",
            _against_the_last,
        ),
        Mistake(
            "asks-again",
            "The path is right, but you ask again for losses that you know already. The loss is "
            "what costs time: ask once for each candidate, and keep the number.",
            _asks_again,
        ),
        Mistake(
            "two-steps",
            "You try one step and take another: each call of `perturb()` gives a new one. "
            "Call it once in each round, and give the candidate a name.",
            _two_steps,
        ),
        Mistake(
            "steps-as-points",
            "You ask for the loss at the step itself. A step says how far to move away from w: "
            "the candidate is the point where you arrive.",
            _points_not_steps,
        ),
        Mistake(
            "one-step",
            "You draw one step, before the loop, and try it again and again. "
            "Draw a new one in each round.",
            _one_step,
        ),
        Mistake(
            "no-start",
            "Your `best` lacks the loss at the start. It has n + 1 entries, and entry 0 is the "
            "loss at w0.",
            _no_start,
        ),
        Mistake(
            "one-too-few",
            "You try n - 1 steps, one fewer than you may. `best` has n + 1 entries: "
            "the start, and one for each of the n steps.",
            _one_local_step_fewer,
        ),
        Mistake(
            "last-best-only",
            "Your `best` is one number. It should be an array of n + 1: the lowest loss so far, "
            "at the start and after each step.",
            _local_last_only,
        ),
        Mistake(
            "swapped",
            "You return (best, w). The point comes first: look at the return line.",
            _local_swapped,
        ),
    ),
)

EXERCISES = (MSE_LOSS, RANDOM_SEARCH, RANDOM_LOCAL_SEARCH)
