"""Exercises of lesson 03: tell flat places apart, leave them, and know when to stop."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from course_lib import landscapes
from course_lib.checking import Call, Case, Exercise, Mistake, Variant, cases

# ---------------------------------------------------------------- critical points


def classify_critical_point(H, tol):
    return landscapes.kind(H, tol)


def _symmetric(rng: np.random.Generator, eigenvalues) -> np.ndarray:
    Q, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues),) * 2))
    H = (Q * np.asarray(eigenvalues)) @ Q.T
    return (H + H.T) / 2


def _hessians(rng: np.random.Generator) -> list[tuple]:
    tol = 1e-6
    turned = [
        [1.0, 2.5],
        [2.0, 3.0, 0.5],
        [-1.0, -2.0],
        [-1.0, -0.5, -4.0],
        [3.0, -1.0],
        [1.0, -3.0],
        [-1.0, -2.0, 1.0, 4.0],  # its determinant is positive, and so is its trace
        [-3.0, -2.0, 1.0],
        [0.0, 1.0, 2.0],
        [0.0, -2.0],
        [0.0, 1.0, -1.0],
    ]
    return [
        (np.diag([1.0, 3.0]), tol),
        (np.diag([1.0, -3.0]), tol),
        (np.array([[1.0, 3.0], [3.0, 1.0]]), tol),  # its diagonal is positive, and it is a saddle
        *((_symmetric(rng, eigenvalues), tol) for eigenvalues in turned),
        (np.zeros((2, 2)), tol),
        (np.diag([1e-9, 2e-9]), tol),
        (np.diag([1e6, 1e-2]), tol),
        (np.diag([-5.0, -1e-9]), tol),
        (np.diag([1.0, 0.05, 2.0]), 0.1),
        (np.diag([1.0, -0.05, 2.0]), 0.1),
        (np.diag([-1.0, -0.05]), 0.01),
    ]


def _by_signs(
    zero=lambda e, tol: np.abs(e) <= tol * np.abs(e).max(),
    eigenvalues=np.linalg.eigvalsh,
    names=("saddle", "minimum", "maximum", "degenerate"),
):
    """The test with one thing changed: what counts as zero, or which numbers are looked at."""
    saddle, minimum, maximum, degenerate = names

    def classify(H, tol):
        e = eigenvalues(H)
        flat = zero(e, tol)
        up, down = (e > 0) & ~flat, (e < 0) & ~flat
        if up.any() and down.any():
            return saddle
        return minimum if up.all() else maximum if down.all() else degenerate

    return classify


def _determinant(H, tol):
    if np.linalg.det(H) < 0:
        return "saddle"
    return "minimum" if H[0, 0] > 0 else "maximum"


def _determinant_with_zero(H, tol):
    determinant = np.linalg.det(H)
    if abs(determinant) <= tol * np.abs(H).max():
        return "degenerate"
    if determinant < 0:
        return "saddle"
    return "minimum" if H[0, 0] > 0 else "maximum"


def _trace(H, tol):
    trace = np.trace(H)
    if abs(trace) <= tol * np.abs(H).max():
        return "saddle"
    return "minimum" if trace > 0 else "maximum"


def _zeros_first(H, tol):
    e = np.linalg.eigvalsh(H)
    if np.any(np.abs(e) <= tol * np.abs(e).max()):
        return "degenerate"
    return classify_critical_point(H, tol)


def _not_negative_is_minimum(H, tol):
    e = np.linalg.eigvalsh(H)
    zero = tol * np.abs(e).max()
    if np.all(e >= -zero):
        return "minimum"
    return "maximum" if np.all(e <= zero) else "saddle"


def _rest_is_saddle(H, tol):
    name = classify_critical_point(H, tol)
    return "saddle" if name == "degenerate" else name


def _zeros_left_out(H, tol):
    e = np.linalg.eigvalsh(H)
    signs = set(np.sign(e[np.abs(e) > tol * np.abs(e).max()]))
    if len(signs) == 2:
        return "saddle"
    return "degenerate" if not signs else "minimum" if 1 in signs else "maximum"


def _minus_forgotten(H, tol):
    e = np.linalg.eigvalsh(H)
    zero = tol * np.abs(e).max()
    up, down = e > zero, e < zero
    if up.any() and down.any():
        return "saddle"
    return "minimum" if up.all() else "maximum" if down.all() else "degenerate"


def _one_eigenvalue(pick):
    def classify(H, tol):
        e = np.linalg.eigvalsh(H)
        one = pick(e)
        if abs(one) <= tol * np.abs(e).max():
            return "degenerate"
        return "minimum" if one > 0 else "maximum"

    return classify


def _saddle_by_majority(H, tol):
    e = np.linalg.eigvalsh(H)
    zero = tol * np.abs(e).max()
    up, down = np.sum(e > zero), np.sum(e < -zero)
    if up == down == 0:
        return "degenerate"
    return "saddle" if up == down else "minimum" if up > down else "maximum"


CLASSIFY_CRITICAL_POINT = Exercise(
    id="classify-critical-point",
    title="Which kind of flat place",
    points=2,
    reference=classify_critical_point,
    observe=cases(_hessians, ("H", "tol"), "the kind"),
    hints=(
        "`np.linalg.eigvalsh(H)` gives the curvatures. Their signs are all you need.",
        "An eigenvalue is zero here if its size is at most tol times the largest size of all. "
        "Compare with plus and with minus that number.",
        "Ask in this order: are there both signs? Are all positive? Are all negative? What is left "
        "has zeros and at most one sign.",
    ),
    mistakes=(
        Mistake(
            "determinant",
            "You go by the determinant, as in school. With two coordinates that works; with four, "
            "two negative curvatures have a positive product. Look at each eigenvalue.",
            _determinant,
        ),
        Mistake(
            "determinant-with-zero",
            "You go by the determinant, and by tol where it is small. With four coordinates two "
            "negative curvatures have a positive product: look at each eigenvalue.",
            _determinant_with_zero,
        ),
        Mistake(
            "trace",
            "You go by the trace, the sum of the curvatures. A steep way up hides a gentle way "
            "down in it. Look at each eigenvalue by itself.",
            _trace,
        ),
        Mistake(
            "exact-zero",
            "You ask whether an eigenvalue is exactly zero. Computed ones never are: a flat "
            "direction shows as 1e-17, of either sign. What is tol for?",
            _by_signs(lambda e, tol: e == 0),
        ),
        Mistake(
            "absolute-tolerance",
            "You compare with tol itself. In other units all curvatures may be 1e-9, and still "
            "make a fine minimum: small compared with what?",
            _by_signs(lambda e, tol: np.abs(e) <= tol),
        ),
        Mistake(
            "largest-with-its-sign",
            "Your scale is the largest eigenvalue, with its sign. At a maximum that is the one "
            "nearest to zero, and negative: take the largest size.",
            _by_signs(lambda e, tol: np.abs(e) <= tol * e.max()),
        ),
        Mistake(
            "zeros-first",
            "You call it degenerate as soon as one eigenvalue is zero. If others have both signs, "
            "the zero decides nothing: there is a way up and a way down.",
            _zeros_first,
        ),
        Mistake(
            "zero-counts-as-up",
            "You take a zero for a positive curvature (or for a negative one). Along it the place "
            "may rise, fall or stay level: second derivatives cannot tell.",
            _not_negative_is_minimum,
        ),
        Mistake(
            "rest-is-saddle",
            "What is neither a minimum nor a maximum, you call a saddle. A saddle has a way up and "
            "a way down; with zeros and one sign alone, curvature cannot tell.",
            _rest_is_saddle,
        ),
        Mistake(
            "zeros-left-out",
            "You judge by the eigenvalues that are not zero, or ask whether *any* is positive "
            "where *all* should be. Along a zero the place may rise, fall or stay level.",
            _zeros_left_out,
        ),
        Mistake(
            "minus-forgotten",
            "You call an eigenvalue negative if it is below plus `zero`: then small positive ones "
            "and zeros lead down, too. With which number should it be compared?",
            _minus_forgotten,
        ),
        Mistake(
            "diagonal",
            "You look at the diagonal of H, the curvatures along the axes. A saddle that lies "
            "askew can rise along both axes, and fall in between.",
            _by_signs(eigenvalues=np.diag),
        ),
        Mistake(
            "minimum-and-maximum-swapped",
            "Minimum and maximum are swapped. Where the curvature is positive in every direction, "
            "every step leads up: you are at the bottom.",
            _by_signs(names=("saddle", "maximum", "minimum", "degenerate")),
        ),
        Mistake(
            "largest-only",
            "You look at the largest eigenvalue alone. It says whether there is a way up; "
            "for a minimum there must be no way down.",
            _one_eigenvalue(lambda e: e[-1]),
        ),
        Mistake(
            "smallest-only",
            "You look at the smallest eigenvalue alone. It says whether there is a way down; "
            "a saddle has a way up as well.",
            _one_eigenvalue(lambda e: e[0]),
        ),
        Mistake(
            "majority",
            "You count which sign is commoner. One way down among a hundred ways up is enough to "
            "leave by: no majority is needed.",
            _saddle_by_majority,
        ),
    ),
)

# ---------------------------------------------------------------- escape time


def escape_time(lr, curvature, delta, reach=1.0):
    return landscapes.escape_time(lr, curvature, delta, reach)


def _observe_escape(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    tries: list[tuple[float, ...]] = [
        (0.1, 1.0, 1e-8),
        (0.1, 1.0, 1e-12),
        (0.5, 0.4, 0.3),
        (0.02, 3.0, 1e-3, 2.0),
        (1.5, 2.0, 1e-6, 0.1),
        (0.1, 1.0, 2.5),  # beyond reach already
        (0.2, 1.0, 0.02, 0.003),
        (float(rng.uniform(0.05, 0.3)), float(rng.uniform(0.5, 2)), 1e-4, 10.0),
    ]
    names = ("lr", "curvature", "delta", "reach")
    for arguments in tries:
        given = dict(zip(names, arguments, strict=False))
        yield Case(given, {"the number of steps": call(*arguments)})


def _log_ratio(lr, curvature, delta, reach):
    return math.log(reach / delta) / math.log(1 + lr * curvature)


def _whole(steps):
    """A wrong escape time, rounded up as the right one is: steps(lr, curvature, delta, reach)."""

    def time(lr, curvature, delta, reach=1.0):
        return max(0, math.ceil(steps(lr, curvature, delta, reach)))

    return time


def _rounded(to_int):
    """The right number of steps, made whole in another way."""

    def time(lr, curvature, delta, reach=1.0):
        return to_int(max(0.0, _log_ratio(lr, curvature, delta, reach)))

    return time


def _of_shrinking(lr, c, delta, reach):
    return -math.log(reach / delta) / math.log(abs(1 - lr * c)) if lr * c != 1 else 0


ESCAPE_TIME = Exercise(
    id="escape-time",
    title="How long a ridge holds you",
    points=2,
    reference=escape_time,
    observe=_observe_escape,
    hints=(
        "Beside the ridge the slope is -c times the distance. What does one step of gradient "
        "descent make of a distance w?",
        "So the distance after n steps is delta times (1 + lr * c) to the power n. Set it equal to "
        "reach, and take logarithms on both sides.",
        "The number must be whole: round up with `math.ceil` or `np.ceil`, and make an int of it. "
        "A point that is beyond reach needs no step at all.",
    ),
    mistakes=(
        Mistake(
            "linear",
            "You count as if every step were as long as the first. The further off the ridge, the "
            "steeper it is: the distance is multiplied in each step, not added to.",
            _whole(lambda lr, c, delta, reach: (reach - delta) / (lr * c * delta)),
        ),
        Mistake(
            "linear-full-slope",
            "You divide the way by lr times the curvature, as if the slope were that of the far "
            "end all along. Near the ridge there is hardly any slope.",
            _whole(lambda lr, c, delta, reach: (reach - delta) / (lr * c)),
        ),
        Mistake(
            "one-minus",
            "Your factor is 1 - lr * curvature: with that you come closer. Across a ridge the "
            "curvature is negative, so which sign does the step have?",
            _whole(_of_shrinking),
        ),
        Mistake(
            "rounded-down",
            "You round down. After that many steps the point is not quite there: the smallest "
            "number of steps that is enough is asked.",
            _rounded(math.floor),
        ),
        Mistake(
            "rounded-to-nearest",
            "You round to the nearest whole number. That is one step short half of the time.",
            _rounded(round),
        ),
        Mistake(
            "one-too-many",
            "You count one step too many. Is the start among your steps? It costs nothing.",
            lambda lr, c, delta, reach=1.0: escape_time(lr, c, delta, reach) + 1,
        ),
        Mistake(
            "not-whole",
            "You return a fraction of a step. Steps are counted: return an int, and round so that "
            "it is enough.",
            _rounded(float),
        ),
        Mistake(
            "continuous-time",
            "You divide by lr * curvature in place of log(1 + lr * curvature). That is right for "
            "tiny steps only; here they are as long as they are.",
            _whole(lambda lr, c, delta, reach: math.log(reach / delta) / (lr * c)),
        ),
        Mistake(
            "two-logarithms",
            "You use two kinds of logarithm, base 10 and base e (or 2). Any will do, but the same "
            "above and below.",
            _whole(lambda lr, c, delta, reach: math.log10(reach / delta) / math.log(1 + lr * c)),
        ),
        Mistake(
            "upside-down",
            "Your fraction is upside down: the more steps it should take, the fewer you count.",
            _whole(
                lambda lr, c, delta, reach: (
                    math.log(1 + lr * c) / math.log(reach / delta) if reach > delta else 0
                )
            ),
        ),
        Mistake(
            "negative-count",
            "For a point that is beyond reach already you count a negative number of steps. "
            "How many does it need?",
            lambda lr, c, delta, reach=1.0: math.ceil(_log_ratio(lr, c, delta, reach)),
        ),
        Mistake(
            "sign-of-the-logarithm",
            "Your number is negative: you have delta / reach inside the logarithm, and that is "
            "below 1. Turn it over.",
            lambda lr, c, delta, reach=1.0: math.ceil(-_log_ratio(lr, c, delta, reach)),
        ),
        Mistake(
            "reach-ignored",
            "You always ask for a distance of 1. How far is far enough is in `reach`.",
            lambda lr, c, delta, reach=1.0: escape_time(lr, c, delta),
        ),
        Mistake(
            "no-learning-rate",
            "The learning rate does not come in: your factor is 1 + curvature. A step is lr times "
            "the slope.",
            _whole(lambda lr, c, delta, reach: math.log(reach / delta) / math.log(1 + c)),
        ),
        Mistake(
            "no-curvature",
            "The curvature does not come in: your factor is 1 + lr. On a sharper ridge you leave "
            "sooner.",
            _whole(lambda lr, c, delta, reach: math.log(reach / delta) / math.log(1 + lr)),
        ),
        Mistake(
            "way-not-ratio",
            "You take the logarithm of the way, reach - delta. What counts is how many times the "
            "distance has to grow.",
            _whole(
                lambda lr, c, delta, reach: (
                    math.log(reach - delta) / math.log(1 + lr * c) if reach > delta else 0
                )
            ),
        ),
    ),
)

# ---------------------------------------------------------------- stopping


def should_stop(grad_norm, step, loss, tol):
    return landscapes.should_stop(grad_norm, step, loss, tol)


def _stops(rng: np.random.Generator) -> list[tuple]:
    """grad_norm, step, loss, tol."""
    return [
        (1.0, 3, 1.0, 0.01),
        (0.0, 3, 1.0, 0.01),
        (0.0, 0, 1.0, 0.01),
        (1.0, 0, 1.0, 0.01),
        (0.005, 1, 0.5, 0.01),
        (0.005, 40, 1e-9, 0.01),  # a loss near zero: the 1 takes over
        (0.02, 7, 0.5, 0.01),
        (2.0, 7, 1000.0, 0.01),
        (2.0, 0, 1000.0, 0.01),
        (2.0, 7, -1000.0, 0.01),  # losses may be negative
        (30.0, 7, 1000.0, 0.01),
        (0.005, 7, 1000.0, 0.01),
        (0.5, 7, 1e-3, 0.01),  # a low loss on a slope
        (0.015, 9, 0.9, 0.01),
        (0.5, 12, 2.0, 0.25),  # just small enough
        (0.0, 5, 1.0, 0.0),
        (0.001, 2, float(rng.uniform(1, 3)), 0.0005),
    ]


def _stop_if(rule):
    """A wrong test, as a plain truth value: rule(grad_norm, step, loss, tol)."""
    return lambda grad_norm, step, loss, tol: bool(rule(grad_norm, step, loss, tol))


SHOULD_STOP = Exercise(
    id="should-stop",
    title="When to stop",
    points=1,
    reference=should_stop,
    observe=cases(_stops, ("grad_norm", "step", "loss", "tol"), "stop"),
    hints=(
        "Two conditions, joined by `and`. One is about the number of steps.",
        "The other compares the gradient with tol times a scale. The scale is the size of the "
        "loss, `abs(loss)`, but never below 1.",
        "At equality it stops: use `<=`.",
    ),
    mistakes=(
        Mistake(
            "looks-at-the-loss",
            "You look at the loss. A low loss on a slope can still fall, and a high one at a "
            "minimum never will: look at the gradient.",
            _stop_if(lambda g, k, f, tol: k >= 1 and abs(f) <= tol),
        ),
        Mistake(
            "before-the-first-step",
            "You stop before the first step. Whoever starts exactly on a ridge has no slope "
            "there, and never sets out: wait for step 1.",
            _stop_if(lambda g, k, f, tol: g <= tol * max(1, abs(f))),
        ),
        Mistake(
            "no-scale",
            "You compare the gradient with tol itself. Count the loss in cents, and gradients are "
            "100 times as large: small beside what?",
            _stop_if(lambda g, k, f, tol: k >= 1 and g <= tol),
        ),
        Mistake(
            "no-scale-before-the-first-step",
            "You compare the gradient with tol itself, and stop even before the first step. Two "
            "things are missing: a scale, and a look at the number of steps.",
            _stop_if(lambda g, k, f, tol: g <= tol),
        ),
        Mistake(
            "scale-without-floor",
            "Your scale is the loss alone. If the lowest loss is zero, your scale goes to zero "
            "too, and the walk never ends: it should not fall below 1.",
            _stop_if(lambda g, k, f, tol: k >= 1 and g <= tol * abs(f)),
        ),
        Mistake(
            "smaller-of-the-two",
            "You take the smaller of 1 and the loss as the scale. That makes it stricter for "
            "small losses, and blind to large ones: take the larger.",
            _stop_if(lambda g, k, f, tol: k >= 1 and g <= tol * min(1, abs(f))),
        ),
        Mistake(
            "scale-divides",
            "You divide tol by the scale: the larger the loss, the stricter you are. It should be "
            "the other way round.",
            _stop_if(lambda g, k, f, tol: k >= 1 and g <= tol / max(1, abs(f))),
        ),
        Mistake(
            "signed-loss",
            "You use the loss with its sign. A loss of -1000 is as large as one of 1000.",
            _stop_if(lambda g, k, f, tol: k >= 1 and g <= tol * max(1, f)),
        ),
        Mistake(
            "or-for-and",
            "You stop if one of the two conditions holds. Both must: with `or` every walk ends "
            "after its first step.",
            _stop_if(lambda g, k, f, tol: k >= 1 or g <= tol * max(1, abs(f))),
        ),
        Mistake(
            "waits-for-a-second-step",
            "You wait for a second step. One is enough: is your comparison with step strict?",
            _stop_if(lambda g, k, f, tol: k > 1 and g <= tol * max(1, abs(f))),
        ),
        Mistake(
            "strict",
            "You want the gradient to be strictly smaller. With tol = 0 and a gradient of exactly "
            "zero the walk would never end.",
            _stop_if(lambda g, k, f, tol: k >= 1 and g < tol * max(1, abs(f))),
        ),
        Mistake(
            "turned-around",
            "You stop where the gradient is large, and go on where it is small. Turn the "
            "comparison around.",
            _stop_if(lambda g, k, f, tol: k >= 1 and g > tol * max(1, abs(f))),
        ),
        Mistake(
            "squared",
            "You square the length of the gradient. Then a tol of 0.01 lets gradients of 0.1 pass.",
            _stop_if(lambda g, k, f, tol: k >= 1 and g**2 <= tol * max(1, abs(f))),
        ),
        Mistake(
            "divided-by-the-scale-twice",
            "The scale comes in on both sides, or squared. Once is enough.",
            _stop_if(lambda g, k, f, tol: k >= 1 and g <= tol * max(1, f**2)),
        ),
    ),
    variants=(
        Variant(
            "one-plus-loss",
            "A fair form, used by Gill, Murray and Wright (1981): the scale is 1 plus the size of "
            "the loss; here it is the larger of the two.",
            _stop_if(lambda g, k, f, tol: k >= 1 and g <= tol * (1 + abs(f))),
        ),
    ),
)

EXERCISES = (CLASSIFY_CRITICAL_POINT, ESCAPE_TIME, SHOULD_STOP)
