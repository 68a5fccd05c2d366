"""The exercises of lesson 15_fair_comparison."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from course_lib.capstone import GRADIENTS, SETTINGS, play, scores, sweep_rule, unseen
from course_lib.checking import Exercise, Mistake, Variant
from course_lib.checking.calling import Call, Failure
from course_lib.checking.compare import kind
from course_lib.checking.exercise import Case
from course_lib.checking.observe import cases
from course_lib.optimizers import GD, Adam, AdamState

# ---------------------------------------------------------------- choosing a learning rate


def select_lr(losses):
    means = np.mean(losses, axis=1)
    return int(np.argmin(np.where(np.isnan(means), np.inf, means)))


def _select(score, choose=np.argmin):
    """select_lr with one thing changed: the number for each learning rate, or which is taken."""

    def wrong(losses):
        with np.errstate(all="ignore"):
            return int(choose(score(np.asarray(losses, dtype=float))))

    return wrong


def _finite(losses):
    return np.where(np.isnan(losses), np.inf, losses)


def _without_nan(losses):
    kept = ~np.isnan(losses)
    means = np.nansum(losses, axis=1) / np.maximum(kept.sum(axis=1), 1)
    return np.where(kept.any(axis=1), means, np.inf)


def _last_of_equals(means):
    return len(means) - 1 - np.argmin(means[::-1])


def _loss_tables(rng):
    nan, inf = np.nan, np.inf
    luck = rng.normal(size=(6, 3))
    return [
        (np.array([[0.6, 0.8], [0.5, 0.5], [0.2, 0.9], [nan, 0.1]]),),  # by hand: the second
        (np.array([[0.3, 0.5, 0.7], [0.5, 0.4, 0.3], [0.4, 0.4, 0.4], [0.9, 0.9, 0.2]]),),
        (np.array([[nan, 1.0], [1.0, 1.0], [0.5, 0.5], [0.5, 0.5], [0.25, 0.75]]),),
        (np.array([[inf, 0.1], [3.0, 3.0], [2.0, 4.5]]),),
        (np.array([[5.0, 5.0, 1.0], [4.0, 3.5, 3.6], [0.0, 0.0, 90.0]]),),
        (np.full((3, 2), nan),),
        (np.abs(luck) + np.array([3, 2, 1, 1, 2, 3])[:, None],),
        (np.array([[2, 4], [1, 3], [3, 0]]),),
        (np.array([[2.0, 2.5], [1.0, 2.0], [nan, 10.0]]),),
    ]


SELECT_LR = Exercise(
    id="select-lr",
    title="Choose a learning rate from several seeds",
    points=1,
    reference=select_lr,
    observe=cases(_loss_tables, ("losses",), "the row chosen"),
    hints=(
        "One number for each row: the mean over its columns, the seeds.",
        "`np.mean` of a row with a NaN is NaN, and np.argmin takes a NaN for the smallest. What "
        "should a run that diverged count as?",
        "`np.where(np.isnan(means), np.inf, means)`, then np.argmin: it takes the first of equals.",
    ),
    mistakes=(
        Mistake(
            "one-seed",
            "You look at the first seed only. One run is an anecdote: take the mean of the row.",
            _select(lambda x: _finite(x)[:, 0]),
        ),
        Mistake(
            "best-seed",
            "You take the row with the luckiest run. The lowest of several is luck as well as "
            "quality: take the mean of the row.",
            _select(lambda x: _finite(x).min(axis=1)),
        ),
        Mistake(
            "worst-seed",
            "You judge a row by its worst run. That is caution; asked for is the mean.",
            _select(lambda x: _finite(x).max(axis=1)),
        ),
        Mistake(
            "nan-wins",
            "A run that diverged wins: np.argmin takes a NaN for the smallest number. "
            "What should it count as?",
            _select(lambda x: x.mean(axis=1)),
        ),
        Mistake(
            "nan-left-out",
            "You leave out the runs that diverged, and average the lucky rest of the row. "
            "A learning rate at which one run in two diverges is a bad one.",
            _select(_without_nan),
        ),
        Mistake(
            "nan-is-zero",
            "You turn NaN into 0: the best loss there is. It should be the worst.",
            _select(lambda x: np.nan_to_num(x, nan=0.0, posinf=np.inf).mean(axis=1)),
        ),
        Mistake(
            "last-of-equals",
            "Of equal rows you take the last, the largest learning rate. The smaller one is safer.",
            _select(lambda x: _finite(x.mean(axis=1)), _last_of_equals),
        ),
        Mistake(
            "highest",
            "You take the row with the highest loss. These are losses: low is good.",
            _select(lambda x: np.where(np.isnan(x), -np.inf, x).mean(axis=1), np.argmax),
        ),
        Mistake(
            "seeds-for-rows",
            "You average over the learning rates and choose a seed. Rows are learning rates, "
            "columns are seeds.",
            _select(lambda x: _finite(x.mean(axis=0))),
        ),
        Mistake(
            "one-number-of-all",
            "You find the lowest entry of the whole table, counted through all rows and columns. "
            "First make one number for each row.",
            _select(lambda x: _finite(x).ravel()),
        ),
    ),
    variants=(
        Variant(
            "median",
            "A fair form used by those who fear outliers: the median of the seeds. "
            "Here it is the mean.",
            _select(lambda x: np.median(_finite(x), axis=1)),
        ),
    ),
)

# ---------------------------------------------------------------- tuning every method


def tune(run, methods, lrs, seeds):
    ordered = sorted(lrs)
    chosen = {}
    for method in methods:
        losses = np.array([[run(method, lr, seed)[0] for seed in seeds] for lr in ordered])
        k = select_lr(losses)
        chosen[method] = (float(ordered[k]), k in (0, len(ordered) - 1))
    return chosen


def _column(j):
    return lambda run, m, lrs, seeds: [[run(m, r, s)[j] for s in seeds] for r in lrs]


VALIDATION = _column(0)


def _tune(
    table=VALIDATION,
    select=select_lr,
    edge=lambda k, lrs: k in (0, len(lrs) - 1),
    order=sorted,
):
    """tune with one thing changed: the numbers, the choice, the edge, or the order of lrs."""

    def wrong(run, methods, lrs, seeds):
        ordered, chosen = list(order(lrs)), {}
        for method in methods:
            k = select(np.array(table(run, method, ordered, seeds), dtype=float))
            chosen[method] = (float(ordered[k]), bool(edge(k, ordered)))
        return chosen

    return wrong


def _common(run, methods, lrs, seeds):
    ordered = sorted(lrs)
    means = [[np.mean([run(m, lr, s)[0] for s in seeds]) for m in methods] for lr in ordered]
    k = select_lr(np.array(means))
    return {m: (float(ordered[k]), k in (0, len(ordered) - 1)) for m in methods}


def _first_for_all(run, methods, lrs, seeds):
    first = tune(run, methods[:1], lrs, seeds)[methods[0]]
    return {m: first for m in methods}


def _landscape(rng, spread=0.3):
    """run(method, lr, seed) with a valley in log(lr) for each method, luck, and a cliff."""
    best = {"SGD": 0.0, "Adam": -2.0, "Lion": -3.0, "Adadelta": 1.2}
    luck = {}

    def run(method: str, lr: float, seed: int) -> tuple[float, float]:
        key = (method, round(float(lr), 12), int(seed))
        if key not in luck:
            draw = np.random.default_rng([abs(hash_of(key)), salt])
            luck[key] = draw.normal(scale=spread, size=2)
        away = np.log10(lr) - best[method]
        if away > 1.5:
            return float("nan"), float("nan")
        validation, test = 0.2 + away**2 + luck[key]
        return float(validation), float(test)

    salt = int(rng.integers(2**31))
    return run


def hash_of(key: tuple) -> int:
    """A number that is the same in every process, unlike hash() of a text."""
    return sum(ord(c) * (i + 1) for i, c in enumerate(repr(key)))


def _watch_tune(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    decades, halves = [0.001, 0.01, 0.1, 1.0], [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
    equal = {0.01: (0.3, 0.1), 0.1: (0.2, 0.5), 1.0: (0.2, 0.4)}
    gone = float("nan"), float("nan")
    lucky = {0.01: (0.5, 0.5), 0.1: (0.5, 0.5), 1.0: (0.3, 0.5)}  # until the next seed
    unlucky = {0.01: gone, 0.1: (0.4, 0.9), 1.0: gone}
    tries: list[tuple[Any, list[str], list[float], list[int], str]] = [
        (lambda m, lr, s: equal[round(lr, 6)], ["SGD"], [0.01, 0.1, 1.0], [0], "a table"),
        (
            lambda m, lr, s: (unlucky if s else lucky)[round(lr, 6)],
            ["SGD", "Adam"],
            [0.01, 0.1, 1.0],
            [0, 1],
            "a table in which runs diverge",
        ),
        (_landscape(rng), ["SGD", "Adam", "Lion"], decades, [0, 1, 2], "a training run"),
        (_landscape(rng), ["Adam", "SGD"], halves[::-1], [3, 4, 5], "a training run"),
        (_landscape(rng), ["Adadelta", "Adam"], [0.1, 0.001, 1.0, 0.01], [7, 8], "a training run"),
        (_landscape(rng, 1.0), ["Adam", "SGD"], halves, [0, 1, 2, 3], "a training run, much luck"),
        (_landscape(rng, 1.0), ["SGD", "Lion"], halves, [5, 6, 7], "a training run, much luck"),
        (_landscape(rng), ["Adam"], [0.01], [0, 1], "a training run"),
    ]
    for run, methods, lrs, seeds, what in tries:
        asked: set[tuple[str, float, int]] = set()

        def recorded(method: str, lr: float, seed: int, run=run, asked=asked) -> tuple:
            asked.add((str(method), round(float(lr), 12), int(seed)))
            return run(method, float(lr), seed)

        chosen = call(recorded, list(methods), list(lrs), list(seeds))
        given = {"run": what, "methods": methods, "lrs": lrs, "seeds": seeds}
        yield Case(given, {"chosen": chosen, "different runs asked for": len(asked)})


TUNE = Exercise(
    id="tune",
    title="Tune every method with the same effort",
    points=3,
    reference=tune,
    observe=_watch_tune,
    hints=(
        "For each method make the table of losses, a row for each learning rate and a column for "
        "each seed. Your `select_lr` chooses the row.",
        "`run` returns two losses. Which of them may you look at now?",
        "The learning rates may come in any order: begin with `sorted(lrs)`. The edge is the "
        "smallest or the largest of them.",
    ),
    mistakes=(
        Mistake(
            "test-looked-at",
            "You choose by the test loss. It is then no longer a test: whoever picks the best of "
            "many by it has learned from it.",
            _tune(_column(1)),
        ),
        Mistake(
            "both-parts",
            "The test loss comes into your choice, beside the validation loss. It has to stay "
            "unseen until the end.",
            _tune(lambda run, m, lrs, seeds: [[np.mean(run(m, r, s)) for s in seeds] for r in lrs]),
        ),
        Mistake(
            "common-lr",
            "All methods get the same learning rate, the best for them together. Each has its own "
            "scale: tune each alone.",
            _common,
        ),
        Mistake(
            "tuned-for-the-first",
            "All methods get the learning rate that suits the first one. That is how a new method "
            "is made to beat the old ones.",
            _first_for_all,
        ),
        Mistake(
            "one-seed",
            "You run one seed and leave out the others. How would you tell quality from luck?",
            _tune(lambda run, m, lrs, seeds: [[run(m, r, seeds[0])[0]] for r in lrs]),
        ),
        Mistake(
            "best-seed",
            "You choose by the luckiest of the seeds. Take their mean.",
            _tune(select=_select(lambda x: _finite(x).min(axis=1))),
        ),
        Mistake(
            "nan-wins",
            "A learning rate at which a run diverged is chosen. Is NaN the smallest number?",
            _tune(select=_select(lambda x: x.mean(axis=1))),
        ),
        Mistake(
            "nan-left-out",
            "You leave out the runs that diverged, and average the lucky rest. A learning rate at "
            "which one run in two diverges is a bad one.",
            _tune(select=_select(_without_nan)),
        ),
        Mistake(
            "edge-unseen",
            "You never report an edge. If the best is the last one tried, a better one may lie "
            "beyond, and the method has not been tuned.",
            _tune(edge=lambda k, lrs: False),
        ),
        Mistake(
            "upper-edge-only",
            "You see the edge on the side of large learning rates only.",
            _tune(edge=lambda k, lrs: k == len(lrs) - 1),
        ),
        Mistake(
            "lower-edge-only",
            "You see the edge on the side of small learning rates only.",
            _tune(edge=lambda k, lrs: k == 0),
        ),
        Mistake(
            "edge-next-to",
            "You call it an edge one place too early: only the first and the last value tried are.",
            _tune(edge=lambda k, lrs: k <= 1 or k >= len(lrs) - 2),
        ),
        Mistake(
            "lrs-taken-as-sorted",
            "You take the learning rates for sorted. They may come in any order: then the first "
            "of the list is no edge, and the first of equals not the smaller.",
            _tune(order=list),
        ),
        Mistake(
            "last-of-equals",
            "Of two equal learning rates you take the larger. Take the smaller, it is safer.",
            _tune(select=_select(lambda x: _finite(x.mean(axis=1)), _last_of_equals)),
        ),
        Mistake(
            "row-number",
            "You return the number of the row. Asked for is the learning rate itself.",
            lambda run, methods, lrs, seeds: {
                m: (float(sorted(lrs).index(lr)), edge)
                for m, (lr, edge) in tune(run, methods, lrs, seeds).items()
            },
        ),
    ),
)

# ---------------------------------------------------------------- ranking with errors


def rank_with_error(scores):
    rows = [
        (name, float(np.mean(x)), float(np.std(x, ddof=1) / np.sqrt(len(x))))
        for name, x in scores.items()
    ]
    rows.sort(key=lambda row: -row[1])
    _, top, error = rows[0]
    return [
        (name, mean, se, bool(top - mean <= 2 * np.hypot(se, error))) for name, mean, se in rows
    ]


def _rank(
    se=lambda x: np.std(x, ddof=1) / np.sqrt(len(x)),
    tied=lambda gap, a, b: gap <= 2 * np.hypot(a, b),
    centre=np.mean,
    key=lambda row: -row[1],
    rival=lambda rows, i: rows[0],
):
    """rank_with_error with one thing changed: the error, tie, mean, order, or rival."""

    def wrong(scores):
        rows = [(name, float(centre(x)), float(se(np.array(x)))) for name, x in scores.items()]
        rows.sort(key=key)
        out = []
        for i, (name, mean, error) in enumerate(rows):
            _, top, other = rival(rows, i)
            out.append((name, mean, error, bool(tied(top - mean, error, other))))
        return out

    return wrong


def _score_tables(rng):
    def method(mean, spread, k):
        return (mean + spread * rng.normal(size=k)).tolist()

    return [
        ({"Adam": [97.0, 98.0, 99.0], "SGD": [96.0, 97.0, 98.0], "Adagrad": [94.0, 94.5, 95.0]},),
        # Means 90, 88, 86.5, 80; each error 1 but the last: gaps 2, 3.5 and 10 against 2.83.
        (
            {
                "d": [79.0, 80.0, 81.0],
                "b": [88 - 3**0.5, 88.0, 88 + 3**0.5],
                "a": [90 - 3**0.5, 90.0, 90 + 3**0.5],
                "c": [86.5 - 3**0.5, 86.5, 86.5 + 3**0.5],
            },
        ),
        ({"lucky": [80.0, 99.9, 80.0], "steady": [88.0, 88.1, 88.2], "poor": [70.0, 70.2]},),
        ({"x": [5.0, 5.0], "y": [5.0, 5.0], "z": [4.0, 4.0]},),
        ({"x": [1.0, 3.0], "y": [2.0, 2.0], "z": [1.0, 1.5, 1.0, 1.5, 1.0, 1.5]},),
        ({f"m{i}": method(97 - 0.4 * i, 0.5, 5) for i in (3, 0, 4, 1, 2, 5)},),
        ({f"m{i}": method(90 - i, 1.0, 3 + i) for i in range(5)},),
    ]


def _watch_rank(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    for (table,) in _score_tables(rng):
        given = {name: [round(x, 2) for x in values] for name, values in table.items()}
        yield Case(given, {"the ranking": call(table)})


RANK = Exercise(
    id="rank-with-error",
    title="A ranking that knows its error",
    points=2,
    reference=rank_with_error,
    observe=_watch_rank,
    hints=(
        "First a list of (name, mean, se). np.std needs `ddof=1`; the error of a mean is smaller "
        "than the spread by the root of how many there are.",
        "Sort by the mean, highest first: `rows.sort(key=lambda row: -row[1])` keeps the order of "
        "equals.",
        "The gap to the first row, against twice the root of the sum of both squared errors. The "
        "first row ties with itself.",
    ),
    mistakes=(
        Mistake(
            "spread-for-error",
            "Your error is the spread of single runs. A mean of k runs is more certain than one: "
            "by which factor?",
            _rank(se=lambda x: np.std(x, ddof=1)),
        ),
        Mistake(
            "ddof-0",
            "Your spread divides by k, as if the true mean were known. It was computed from the "
            "same runs: ddof=1.",
            _rank(se=lambda x: np.std(x) / np.sqrt(len(x))),
        ),
        Mistake(
            "spread-for-error-ddof-0",
            "Your error is the spread of single runs, and divides by k besides. np.std alone is "
            "not the error of a mean.",
            _rank(se=np.std),
        ),
        Mistake(
            "divided-by-k",
            "You divide the spread by k. The error of a mean falls more slowly: with its root.",
            _rank(se=lambda x: np.std(x, ddof=1) / len(x)),
        ),
        Mistake(
            "variance",
            "You take the variance where the deviation is wanted: its units are squares.",
            _rank(se=lambda x: np.var(x, ddof=1) / len(x)),
        ),
        Mistake(
            "no-tie",
            "You never report a tie: only the first row is tied with itself. Is a lead of 0.1 with "
            "an error of 0.5 a lead?",
            _rank(tied=lambda gap, a, b: gap <= 0),
        ),
        Mistake(
            "tie-inverted",
            "You report where the gap means something. Asked for is the opposite: who is tied.",
            _rank(tied=lambda gap, a, b: gap > 2 * np.hypot(a, b)),
        ),
        Mistake(
            "counts-methods",
            "You divide by the root of how many methods there are. What counts is how many runs "
            "this mean is made of.",
            lambda scores: _rank(se=lambda x: np.std(x, ddof=1) / np.sqrt(len(scores)))(scores),
        ),
        Mistake(
            "always-tied",
            "You call everything a tie. A gap of many errors is a difference.",
            _rank(tied=lambda gap, a, b: True),
        ),
        Mistake(
            "one-error",
            "You allow a gap of one error. Chance alone exceeds that in one case of three: "
            "take two.",
            _rank(tied=lambda gap, a, b: gap <= np.hypot(a, b)),
        ),
        Mistake(
            "own-error-only",
            "Only the row's own error counts for a tie. The first row has an error as well.",
            _rank(tied=lambda gap, a, b: gap <= 2 * a),
        ),
        Mistake(
            "winners-error-only",
            "Only the winner's error counts for a tie. The other row has an error as well.",
            _rank(tied=lambda gap, a, b: gap <= 2 * b),
        ),
        Mistake(
            "errors-added",
            "You add the two errors: do their bars touch? Independent errors add as squares, "
            "so that rule sees too many ties.",
            _rank(tied=lambda gap, a, b: gap <= 2 * (a + b)),
        ),
        Mistake(
            "tied-with-the-neighbour",
            "Each row is compared with the one above it. Small steps then tie the last with the "
            "first: compare with the first.",
            _rank(rival=lambda rows, i: rows[max(i - 1, 0)]),
        ),
        Mistake(
            "worst-first",
            "The lowest mean stands first. These are accuracies: high is good.",
            _rank(key=lambda row: row[1]),
        ),
        Mistake(
            "not-sorted",
            "The rows are in the order in which they came. Sort them, highest mean first.",
            lambda scores: sorted(
                rank_with_error(scores), key=lambda row: list(scores).index(row[0])
            ),
        ),
        Mistake(
            "by-the-best-run",
            "You rank by the luckiest run. The more runs a method has, the luckier its luckiest.",
            _rank(centre=np.max),
        ),
    ),
)

# ---------------------------------------------------------------- the capstone

BAR = 3.0  # powers of ten, the median of five problems
PASSED = "its median score is 3 or more, and it is ahead of gradient descent on 3 of 5"


def my_optimizer(w, g, state, t):
    m, v = (0 * w, 0 * w) if state is None else state
    rule = Adam(0.3 * (1 - (t - 1) / GRADIENTS), beta1=0.9, beta2=0.9, eps=1e-12)
    w, (m, v, _) = rule.step(w, g, AdamState(m, v, t - 1))
    return w, [m, v]


def _watched(call: Call) -> Any:
    """A step that says in words what is wrong with a result that is none."""

    def step(w: np.ndarray, g: np.ndarray, state: Any, t: int) -> tuple[np.ndarray, Any]:
        result = call(w, g, state, t)
        if not (isinstance(result, list) and len(result) == 2):
            found = f"{len(result)} values" if isinstance(result, list) else kind(result)
            says = f"A step returns 2 values, the new w and the state. Yours returns {found}."
            raise Failure("failed", says)
        new, state = result
        if not (isinstance(new, np.ndarray) and new.shape == w.shape and new.dtype.kind in "fiu"):
            says = f"At t = {t} the new w is {kind(new)}; it should be an array of shape {w.shape}."
            raise Failure("failed", says)
        return new, state

    return step


def _steps(step: Any, grads: np.ndarray, start: np.ndarray, stay: bool = False) -> np.ndarray:
    """The steps that a rule makes under given gradients, (T, 3); with stay, each from the start."""
    w, state, taken = start, None, []
    for t, g in enumerate(grads, start=1):
        new, state = step(w.copy(), g.copy(), state, t)
        taken.append(new - w)
        w = start if stay else new
    return np.array(taken)


def _why_behind(step: Any, points: np.ndarray, starts: np.ndarray, median: float) -> str:
    """What a rule that stays behind is seen to do: true of it, whatever its code."""
    if np.array_equal(points, starts):
        return "it never moves"
    if median <= 0:
        return "most losses end no lower than they began"
    here = np.array([5.0, -3.0, 2.0])
    grads = np.array([[1.0, 2.0, -1.0], [-0.5, 1.0, 1.5]])
    # Ten steps of one past or of another, which differ in size and sign; then a gradient so small
    # that even the sign of a mean, as in Lion, shows the past.
    pasts = (
        np.vstack([np.tile(past, (10, 1)), 0.01 * grads[1]]) for past in (grads[0], [-3.0, 0.5, 2])
    )
    one, two = (_steps(step, past, here, stay=True)[-1] for past in pasts)
    remembers = not np.allclose(one, two, rtol=1e-9, atol=0)
    quiet, loud = (_steps(step, factor * grads, here)[0] for factor in (1, 100))
    follows = np.linalg.norm(loud) > 10 * np.linalg.norm(quiet)
    if follows:
        memory = "with a memory" if remembers else "without a memory"
        return f"its steps are as large as the gradients are, {memory}"
    sizes = np.linalg.norm(_steps(step, np.tile(grads[0], (GRADIENTS, 1)), here), axis=1)
    if np.sum(sizes) < 5:
        return "its steps are so short that all of them in one direction go less than 5 far"
    if not remembers:
        return "its steps do not depend on gradients before"
    if sizes[-1] > 0.5 * sizes[20]:
        return "its steps are as long at the end as at the beginning"
    return "its steps have memory, scale and rest; their size or timing does not suit"


def _watch_capstone(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    problems, step = unseen(rng), _watched(call)
    starts = np.array([problem.start for problem in problems])
    order = np.random.default_rng(int(rng.integers(2**31)))
    points = play(step, problems, order)
    given = {"problems": len(problems), "gradients for each": GRADIENTS}
    finite = bool(np.all(np.isfinite(points)))
    yield Case(given, {"every point is a number": finite})
    if not finite:
        return
    again = play(step, problems[:1], order)
    same = bool(np.array_equal(again[0], points[0]))
    yield Case({**given, "then": "the first problem once more"}, {"the same answer again": same})
    if not same:
        return
    mine = scores(points, problems)
    plain = sweep_rule(GD, np.array([SETTINGS["SGD"]]), problems)[:, 0]
    good = np.median(mine) >= BAR and np.sum(mine > plain) >= 3
    says = PASSED if good else _why_behind(step, points, starts, float(np.median(mine)))
    yield Case({**given, "bar": "a median score of 3"}, {"what is seen": says})


def _state_in_a_global():
    kept: dict[str, Any] = {"m": 0.0, "v": 0.0}

    def wrong(w, g, state, t):
        kept["m"] = 0.9 * kept["m"] + 0.1 * g
        kept["v"] = 0.9 * kept["v"] + 0.1 * g**2
        return w - 0.3 * (1 - t / 201) * kept["m"] / (np.sqrt(kept["v"]) + 1e-12), None

    return wrong


def _momentum(w, g, state, t):
    v = g if state is None else 0.9 * state + g
    return w - 1e-7 * v, v


def _constant_rmsprop(w, g, state, t):
    s = 0.1 * g**2 if state is None else 0.9 * state + 0.1 * g**2
    return w - 0.2 * g / (np.sqrt(s) + 1e-12), s


def _resting_too_soon(w, g, state, t):
    s = 0.1 * g**2 if state is None else 0.9 * state + 0.1 * g**2
    return w - 0.8 * 0.8**t * g / (np.sqrt(s) + 1e-12), s


def _adam_as_it_comes(w, g, state, t):
    m, v = (0 * w, 0 * w) if state is None else state
    w, (m, v, _) = Adam().step(w, g, AdamState(m, v, t - 1))
    return w, [m, v]


MY_OPTIMIZER = Exercise(
    id="my-optimizer",
    title="Capstone: an optimizer of your own",
    points=5,
    reference=my_optimizer,
    observe=_watch_capstone,
    hints=(
        "Losses differ by factors of ten thousand: make steps that do not depend on the size of "
        "a gradient (lesson 09 and 10), in the units of w.",
        "Begin with Adam, in five lines. Its memories go into `state`, a list of two arrays.",
        "You know that there are 200 gradients: let the steps fall to 0 (lesson 11). And 200 "
        "steps are few: a beta2 of 0.999 remembers five times as many.",
    ),
    mistakes=(
        Mistake(
            "diverges",
            "Some points end as inf or NaN. Look for steps that grow with the gradient, for 0/0, "
            "and for an lr that suits soft problems only.",
            lambda w, g, state, t: (w - 10.0 * g, None),
        ),
        Mistake(
            "state-outside",
            "The first problem, played once more, gives another answer: something is kept outside "
            "of `state` (a global, a default argument, a counter), or drawn by chance.",
            _state_in_a_global(),
        ),
        Mistake(
            "never-moves",
            "Your point never moves. Do you return the new w, or the one you were given?",
            lambda w, g, state, t: (w.copy(), state),
        ),
        Mistake(
            "uphill",
            "On most problems the loss ends no lower than it began. Is the sign right? Is a step "
            "far longer than the way to go, about 1 to 10?",
            lambda w, g, state, t: (w + 0.01 * g / (np.linalg.norm(g) + 1e-12), None),
        ),
        Mistake(
            "plain-gradient",
            "Your steps are as large as the gradients are, and nothing is remembered: gradient "
            "descent. One lr cannot suit losses that differ by factors of ten thousand.",
            lambda w, g, state, t: (w - 1e-7 * g, None),
        ),
        Mistake(
            "momentum-alone",
            "You remember, but your steps are still as large as the gradients are. One lr cannot "
            "suit losses that differ by factors of ten thousand: divide by a size.",
            _momentum,
        ),
        Mistake(
            "too-short",
            "Your steps are too short: 200 of them, all in one direction, go less than 5 far, and "
            "the way is about 1 to 10 long. Adam's usual lr of 0.001 is made for networks.",
            _adam_as_it_comes,
        ),
        Mistake(
            "no-memory",
            "Your steps do not depend on the gradients before: either state is ignored, or it "
            "does not come back. What could a mean over some steps tell you?",
            lambda w, g, state, t: (w - 0.1 * np.sign(g), None),
        ),
        Mistake(
            "never-rests",
            "Memory and scale are right; but the steps are as long at the end as at the "
            "beginning, so you hop around each minimum. You have t, and know that it ends at 200.",
            _constant_rmsprop,
        ),
        Mistake(
            "size-or-timing",
            "Your steps have memory, scale and rest, and still do not arrive. Are they too short, "
            "too long, or at rest too soon? Tune on draws of your own, as on the board.",
            _resting_too_soon,
        ),
    ),
    calls=1500,
)

EXERCISES: tuple[Exercise, ...] = (SELECT_LR, TUNE, RANK, MY_OPTIMIZER)
