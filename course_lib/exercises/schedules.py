"""Exercises of lesson 11: a loop with a schedule, the schedules, and lr against batch size."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from course_lib import schedules
from course_lib.checking import Asked, Call, Case, Exercise, Mistake, Variant, cases
from course_lib.optimizers import GD

# ---------------------------------------------------------------- descent with a schedule


def sgd_with_schedule(grad, w0, schedule, n):
    path = [np.array(w0, dtype=float)]
    for k in range(n):
        w, _ = GD(schedule(k)).step(path[-1], grad(path[-1]), ())
        path.append(w)
    return np.array(path)


def _observe_sgd(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    bowl = ("[0.2 * w[0], w[1]]", lambda w: np.array([0.2, 1.0]) * w)
    falls = ("1 / (k + 1)", lambda k: 1 / (float(k) + 1))
    table = rng.uniform(0.1, 0.9, size=50)
    drawn = ("a table", lambda k: float(table[int(k)]))
    for (words, f), (says, lr), w0, n in (
        (bowl, falls, np.array([2.0, 1.0]), 4),
        (bowl, drawn, rng.normal(size=2), 12),
        (bowl, drawn, np.array([4, -2]), 3),
        (bowl, falls, np.array([1.0, -1.0]), 0),
    ):
        grad, schedule = Asked(f, "grad"), Asked(lr, "schedule")
        path = call(grad, w0, schedule, n)
        given = {"grad(w)": words, "w0": w0, "schedule(k)": says, "n": n}
        yield Case(
            given,
            {
                "the path": path,
                "steps k for which schedule is asked": schedule.points,
                "points where grad is asked": grad.points,
            },
        )


def _loop(
    lr_of=lambda schedule, k, n: schedule(k),
    update=lambda w, g, lr: w - lr * g,
    rows=lambda path: np.array(path),
):
    """The loop with one thing changed: which lr is asked for, the update, what is returned."""

    def run(grad, w0, schedule, n):
        path = [np.array(w0, dtype=float)]
        for k in range(n):
            g = grad(path[-1])
            path.append(update(path[-1], g, lr_of(schedule, k, n)))
        return rows(path)

    return run


def _first_lr_kept(grad, w0, schedule, n):
    lr = schedule(0)
    return _loop(lambda schedule, k, n: lr)(grad, w0, schedule, n)


def _one_behind(grad, w0, schedule, n):
    path, lr = [np.array(w0, dtype=float)], schedule(0)
    for k in range(n):
        path.append(path[-1] - lr * grad(path[-1]))
        lr = schedule(k)
    return np.array(path)


def _compounded(grad, w0, schedule, n):
    path, lr = [np.array(w0, dtype=float)], 1.0
    for k in range(n):
        lr = lr * schedule(k)
        path.append(path[-1] - lr * grad(path[-1]))
    return np.array(path)


def _asked_at_w0(grad, w0, schedule, n):
    start = np.array(w0, dtype=float)
    return sgd_with_schedule(lambda w: grad(start), w0, schedule, n)


def _aliased(grad, w0, schedule, n):
    w = np.array(w0, dtype=float)
    path = [w]
    for k in range(n):
        w -= schedule(k) * grad(w)
        path.append(w)
    return np.array(path)


def _asks_twice(grad, w0, schedule, n):
    return _loop(lambda schedule, k, n: (schedule(k) + schedule(k)) / 2)(grad, w0, schedule, n)


SGD_WITH_SCHEDULE = Exercise(
    id="sgd-with-schedule",
    title="Descent with a schedule",
    points=1,
    reference=sgd_with_schedule,
    observe=_observe_sgd,
    hints=(
        "It is the loop of lesson 02, with one change: where does lr come from now?",
        "`for k in range(n):` counts the updates from 0. That k is what schedule wants.",
        "Ask for the learning rate inside the loop, once for each update: `schedule(k)`.",
    ),
    mistakes=(
        Mistake(
            "counts-from-one",
            "You ask the schedule for k + 1: your first update has the learning rate of the "
            "second. Updates are counted from 0 here.",
            _loop(lambda schedule, k, n: schedule(k + 1)),
        ),
        Mistake(
            "first-lr-kept",
            "You ask the schedule once, before the loop, and keep its first learning rate. Ask it "
            "anew for each update.",
            _first_lr_kept,
        ),
        Mistake(
            "fixed-lr",
            "You ask the schedule for update 0 every time, so the learning rate never changes. "
            "Which update is it?",
            _loop(lambda schedule, k, n: schedule(0)),
        ),
        Mistake(
            "last-lr",
            "You ask the schedule for update n every time: that is its end. Which update is it?",
            _loop(lambda schedule, k, n: schedule(n)),
        ),
        Mistake(
            "one-behind",
            "You change the learning rate after the step, so each step has that of the one "
            "before. Ask first, then step.",
            _one_behind,
        ),
        Mistake(
            "backwards",
            "You go through the schedule from its end to its beginning: small steps first. "
            "Update k wants schedule(k).",
            _loop(lambda schedule, k, n: schedule(n - 1 - k)),
        ),
        Mistake(
            "compounded",
            "You multiply the learning rate by the schedule in every step, so that it shrinks "
            "twice. The schedule gives the learning rate itself, not a factor.",
            _compounded,
        ),
        Mistake(
            "asks-twice",
            "The path is right, but you ask the schedule twice for each update. Keep the answer "
            "in a name: a schedule may count its calls.",
            _asks_twice,
        ),
        Mistake(
            "no-learning-rate",
            "Your step is the whole gradient: you ask the schedule, and do not use its answer.",
            _loop(update=lambda w, g, lr: w - g),
        ),
        Mistake(
            "ascent",
            "You add the gradient, and the gradient points uphill. Your path climbs.",
            _loop(update=lambda w, g, lr: w + lr * g),
        ),
        Mistake(
            "gradient-at-start",
            "Every step uses the gradient at w0. Ask for it at the point where you are now.",
            _asked_at_w0,
        ),
        Mistake(
            "no-start-row",
            "Your path begins after the first update. Row 0 is the start, w0 itself.",
            _loop(rows=lambda path: np.array(path[1:])),
        ),
        Mistake(
            "last-point-only",
            "You return the last point alone. Return the whole path: n + 1 rows, the start first.",
            _loop(rows=lambda path: path[-1]),
        ),
        Mistake(
            "aliased-rows",
            "All rows of your path are the same point, the last. `w -= ...` writes into the array "
            "that is already in your list; `w = w - ...` makes a new one.",
            _aliased,
        ),
        Mistake(
            "one-update-short",
            "You make n - 1 updates: your path has n rows. n updates and the start make n + 1.",
            lambda grad, w0, schedule, n: sgd_with_schedule(grad, w0, schedule, max(n - 1, 0)),
        ),
    ),
)

# ---------------------------------------------------------------- the schedules


def lr_schedule(kind, t, T, base, warmup=0):
    return schedules.named(kind, base, T, warmup)(t)


def _observe_schedules(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    # 9 - 2 and 13 - 4 are odd, so that a mark at a half falls between two updates.
    settings: list[tuple[int, float, tuple]] = [
        (8, 1.0, ()),
        (9, 0.5, (2,)),
        (13, 2.0, (4,)),
        (16, float(rng.uniform(0.1, 0.9)), (4,)),
    ]
    for T, base, warmup in settings:
        for kind in schedules.KINDS:
            lrs = [call(kind, t, T, base, *warmup) for t in range(T)]
            odd = [lr for lr in lrs if not _is_number(lr)]  # one is enough to show: None, mostly
            given = {"kind": kind, "t": f"0 .. {T - 1}", "T": T, "base": base}
            yield Case(
                {**given, "warmup": warmup[0] if warmup else "not given"},
                {"lr at each t": odd[0] if odd else np.array(lrs)},
            )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _decay(kind: str, u: float, U: float) -> float:
    """The share of base that is left at update u of U after the warm-up."""
    if kind == "step":
        return 0.1 ** ((u >= U / 2) + (u >= 3 * U / 4))
    if kind == "inverse":
        return 1 / (1 + u)
    if kind == "inverse_root":
        return (1 + u) ** -0.5
    return 1 - u / U if kind == "linear" else (1 + math.cos(math.pi * u / U)) / 2


def _changed(decay: Callable[[str, float, float], float]) -> Callable:
    """A schedule with another decay, and the right warm-up."""

    def lr(kind, t, T, base, warmup=0):
        if t < warmup:
            return base * (t + 1) / warmup
        return float(base * decay(kind, t - warmup, T - warmup))

    return lr


def _one_kind(name: str, formula: Callable[[float, float], float]) -> Callable:
    """A schedule of which one kind is wrong: formula(u, U) is its share of base."""
    return _changed(lambda kind, u, U: formula(u, U) if kind == name else _decay(kind, u, U))


def _warming(rise: Callable[..., float]) -> Callable:
    """A schedule with another warm-up: rise(t, base, warmup)."""

    def lr(kind, t, T, base, warmup=0):
        return rise(t, base, warmup) if t < warmup else lr_schedule(kind, t, T, base, warmup)

    return lr


def _jump(kind, t, T, base, warmup=0):
    return base * (t + 1) / warmup if t < warmup else base * _decay(kind, t, T)


def _full_length(kind, t, T, base, warmup=0):
    return base * (t + 1) / warmup if t < warmup else base * _decay(kind, t - warmup, T)


def _no_warmup(kind, t, T, base, warmup=0):
    return base * _decay(kind, t, T)


def _waits(kind, t, T, base, warmup=0):
    return base * _decay(kind, max(t - warmup, 0), T - warmup)


def _warmup_times_decay(kind, t, T, base, warmup=0):
    rise = min(1, (t + 1) / warmup) if warmup else 1
    return base * rise * _decay(kind, t, T)


def _one_too_long(kind, t, T, base, warmup=0):
    if warmup and t == warmup:
        return base * (t + 1) / warmup
    return lr_schedule(kind, t, T, base, warmup)


def _ends_at_zero(kind, u, U):
    return _decay(kind, u, U - 1) if kind in ("linear", "cosine") else _decay(kind, u, U)


LR_SCHEDULE = Exercise(
    id="lr-schedule",
    title="Five schedules and a warm-up",
    points=3,
    reference=lr_schedule,
    observe=_observe_schedules,
    hints=(
        "First the warm-up: if t < warmup, return base * (t + 1) / warmup, and you are done.",
        "After it, count anew: u = t - warmup runs from 0 to U - 1, with U = T - warmup. Only u "
        "and U appear in the five formulas.",
        "All five begin at base for u = 0. 'cosine' is base * (1 + cos(pi * u / U)) / 2, and "
        "`np.cos` or `math.cos` takes radians.",
    ),
    mistakes=(
        Mistake(
            "inverse-square",
            "Your 'inverse' falls like 1 / (1 + u) squared. The sum of all its steps is finite: "
            "it can stop half-way. Divide by 1 + u once.",
            _one_kind("inverse", lambda u, U: (1 + u) ** -2),
        ),
        Mistake(
            "root-is-a-square",
            "Your 'inverse_root' falls like 1 / (1 + u) squared. Its name says root: which power "
            "is that?",
            _one_kind("inverse_root", lambda u, U: (1 + u) ** -2),
        ),
        Mistake(
            "root-forgotten",
            "Your 'inverse_root' is the same as 'inverse'. Where is the root?",
            _one_kind("inverse_root", lambda u, U: 1 / (1 + u)),
        ),
        Mistake(
            "root-of-u-alone",
            "In your 'inverse_root' the root covers u alone, and the 1 stands outside. Under the "
            "root is 1 + u.",
            _one_kind("inverse_root", lambda u, U: 1 / (1 + math.sqrt(u))),
        ),
        Mistake(
            "half-of-the-power",
            "Your 'inverse_root' begins at half of base. In Python `** -1 / 2` is a power of -1, "
            "halved: write `** -0.5`.",
            _one_kind("inverse_root", lambda u, U: (1 + u) ** -1 / 2),
        ),
        Mistake(
            "jump",
            "After the warm-up you go on with t and T, so that the learning rate jumps from base "
            "to somewhere below. Count anew from the end of the warm-up.",
            _jump,
        ),
        Mistake(
            "full-length",
            "You count u anew, but divide by T. With a warm-up fewer updates are left: how many?",
            _full_length,
        ),
        Mistake(
            "integer-division",
            "You use // where / is meant: u // U is 0 for every u, so 'linear' and 'cosine' stay "
            "at base.",
            _changed(
                lambda kind, u, U: (
                    _decay(kind, u // U * U, U) if kind in "linear cosine" else _decay(kind, u, U)
                )
            ),
        ),
        Mistake(
            "full-cosine-period",
            "Your cosine goes through a full period: it falls to 0 half-way, and climbs back to "
            "base. Half a period is wanted.",
            _one_kind("cosine", lambda u, U: (1 + math.cos(2 * math.pi * u / U)) / 2),
        ),
        Mistake(
            "quarter-cosine",
            "Your cosine is base * cos(...), a quarter of a period. Wanted is half a period, "
            "lifted so that it ends at 0 and is level at both ends.",
            _one_kind("cosine", lambda u, U: math.cos(math.pi * u / U / 2)),
        ),
        Mistake(
            "cosine-not-halved",
            "Your cosine begins at twice base: 1 + cos 0 is 2.",
            _one_kind("cosine", lambda u, U: 1 + math.cos(math.pi * u / U)),
        ),
        Mistake(
            "cosine-bracket",
            "Your cosine goes from one and a half times base to half of it. All of 1 + cos is "
            "halved: where does the bracket close?",
            _one_kind("cosine", lambda u, U: 1 + math.cos(math.pi * u / U) / 2),
        ),
        Mistake(
            "cosine-in-degrees",
            "The factor pi is missing in your cosine (or it is in degrees): it never gets near 0.",
            _one_kind("cosine", lambda u, U: (1 + math.cos(u / U)) / 2),
        ),
        Mistake(
            "one-drop",
            "Your 'step' drops once, at a half. It drops by ten again at three quarters.",
            _one_kind("step", lambda u, U: 0.1 if u >= U / 2 else 1),
        ),
        Mistake(
            "late-drop",
            "Your 'step' drops one update late: at u = U / 2 itself the new learning rate is "
            "wanted. Is your comparison strict?",
            _one_kind("step", lambda u, U: 0.1 ** ((u > U / 2) + (u > 3 * U / 4))),
        ),
        Mistake(
            "counts-from-one",
            "You count u from 1: your schedule is one update ahead, and does not begin at base.",
            _changed(lambda kind, u, U: _decay(kind, u + 1, U)),
        ),
        Mistake(
            "divides-by-u",
            "You divide by u, and by 1 where u is 0: then two updates in a row have base. Divide "
            "by 1 + u.",
            _changed(
                lambda kind, u, U: (
                    _decay(kind, max(u - 1, 0), U) if kind[:3] == "inv" else _decay(kind, u, U)
                )
            ),
        ),
        Mistake(
            "ends-at-zero",
            "You divide by U - 1, so the last update has learning rate 0: it is wasted. "
            "Divide by U.",
            _changed(_ends_at_zero),
        ),
        Mistake(
            "warm-up-counts-steps",
            "Your warm-up returns the number of the step. The learning rate climbs from near 0 "
            "to base; it is the steps that go from 0 to warmup.",
            _warming(lambda t, base, warmup: float(t)),
        ),
        Mistake(
            "warm-up-flat",
            "While it warms up, your learning rate stays at base. It should climb to base in a "
            "straight line.",
            _waits,
        ),
        Mistake(
            "warm-up-ignored",
            "Your schedule does not know of the warm-up: it begins at base, and falls from there.",
            _no_warmup,
        ),
        Mistake(
            "warm-up-times-decay",
            "You multiply the warm-up with a decay that began at t = 0, so base is never reached. "
            "The decay begins when the warm-up is over.",
            _warmup_times_decay,
        ),
        Mistake(
            "warm-up-off-by-two",
            "Your warm-up divides by warmup + 1 and so does not reach base by its last update.",
            _warming(lambda t, base, warmup: base * (t + 1) / (warmup + 1)),
        ),
        Mistake(
            "warm-up-one-too-long",
            "Your warm-up takes one update too many, and ends above base. Is your comparison of t "
            "with warmup strict?",
            _one_too_long,
        ),
        Mistake(
            "warm-up-without-base",
            "Your warm-up climbs to 1. It should climb to base.",
            _warming(lambda t, base, warmup: (t + 1) / warmup),
        ),
        Mistake(
            "base-forgotten",
            "You return a share between 0 and 1. The learning rate is that share of base.",
            lambda kind, t, T, base, warmup=0: lr_schedule(kind, t, T, 1.0, warmup),
        ),
    ),
    variants=(
        Variant(
            "warm-up-from-zero",
            "A fair form, used by Hugging Face Transformers: the warm-up begins at 0, so its first "
            "update does not move; here it is base * (t + 1) / warmup.",
            _warming(lambda t, base, warmup: base * t / warmup),
        ),
    ),
)

# ---------------------------------------------------------------- lr against batch size


def scaled_lr(lr, B, B_new, rule):
    return schedules.scaled_lr(lr, B, B_new, rule)


def _scalings(rng: np.random.Generator) -> list[tuple]:
    lr = float(rng.uniform(0.01, 0.5))
    sizes = [(8, 32), (64, 16), (32, 48), (10, 10), (7, 1347)]
    return [(lr, B, new, rule) for B, new in sizes for rule in ("linear", "root")]


def _scale(linear=lambda r: r, root=math.sqrt):
    """A rule with one formula changed: linear(ratio) and root(ratio) multiply lr."""

    def scale(lr, B, B_new, rule):
        return float(lr * (linear if rule == "linear" else root)(B_new / B))

    return scale


SCALED_LR = Exercise(
    id="scaled-lr",
    title="Another batch, another learning rate",
    points=1,
    reference=scaled_lr,
    observe=cases(_scalings, ("lr", "B", "B_new", "rule"), "the learning rate"),
    hints=(
        "Both rules multiply lr by something that depends on B_new / B alone.",
        "By 'linear', twice the batch gets twice the learning rate; by 'root', four times the "
        "batch gets twice the learning rate.",
        "A larger batch gets a larger learning rate, by both rules.",
    ),
    mistakes=(
        Mistake(
            "divides",
            "You make the learning rate smaller for a larger batch. A larger batch has less "
            "noise, and makes fewer updates: which way should lr go?",
            _scale(lambda r: 1 / r, lambda r: r**-0.5),
        ),
        Mistake(
            "swapped",
            "Both formulas are right, and stand at each other's name.",
            _scale(math.sqrt, lambda r: r),
        ),
        Mistake(
            "always-linear",
            "You return the linear rule for both names: look at `rule`.",
            _scale(root=lambda r: r),
        ),
        Mistake(
            "always-root",
            "You return the root rule for both names: look at `rule`.",
            _scale(linear=math.sqrt),
        ),
        Mistake(
            "root-of-the-product",
            "The root covers lr as well: only the ratio of the batches goes under it.",
            lambda lr, B, B_new, rule: (
                lr * B_new / B if rule == "linear" else math.sqrt(lr * B_new / B)
            ),
        ),
        Mistake(
            "half-of-the-power",
            "Your root rule halves the ratio. In Python `** 1 / 2` is a power of 1, halved: write "
            "`** 0.5`, or `np.sqrt`.",
            _scale(root=lambda r: r**1 / 2),
        ),
        Mistake(
            "squared",
            "Your root rule squares the ratio. Four times the batch should give twice the "
            "learning rate.",
            _scale(root=lambda r: r**2),
        ),
        Mistake(
            "integer-division",
            "You divide the batch sizes with //: 48 // 32 is 1, and 16 // 64 is 0. Use /.",
            lambda lr, B, B_new, rule: float(
                lr * (B_new // B if rule == "linear" else math.sqrt(B_new // B))
            ),
        ),
        Mistake(
            "difference",
            "You use the difference of the batch sizes. What counts is how many times as large "
            "the new one is.",
            lambda lr, B, B_new, rule: float(
                lr * (1 + (B_new - B)) if rule == "linear" else lr * math.sqrt(1 + abs(B_new - B))
            ),
        ),
        Mistake(
            "old-batch-forgotten",
            "You multiply by the new batch size and forget the old one. Where both are equal, lr "
            "should stay what it is.",
            lambda lr, B, B_new, rule: float(lr * (B_new if rule == "linear" else B_new**0.5)),
        ),
        Mistake(
            "factor-only",
            "You return the factor alone. The learning rate is that factor times lr.",
            lambda lr, B, B_new, rule: scaled_lr(1.0, B, B_new, rule),
        ),
        Mistake(
            "unchanged",
            "You return lr as it was. That is a choice, and not one of the two rules.",
            lambda lr, B, B_new, rule: lr,
        ),
    ),
)

EXERCISES = (SGD_WITH_SCHEDULE, LR_SCHEDULE, SCALED_LR)
