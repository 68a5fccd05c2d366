"""Exercises of lesson 08: the exponential average, and steps in the units of w."""

from __future__ import annotations

import numpy as np

from course_lib.checking import Exercise, Mistake, Variant, cases, trajectory
from course_lib.optimizers import Adadelta, AdadeltaState

# ---------------------------------------------------------------- exponential moving average


def ema(xs, beta, correct):
    means, m = np.empty(np.shape(xs)), 0.0
    for t, x in enumerate(xs, start=1):
        m = beta * m + (1 - beta) * x
        means[t - 1] = m / (1 - beta**t) if correct else m
    return means


def _series(rng: np.random.Generator) -> list[tuple]:
    return [
        (np.array([1.0, 1.0, 1.0, 0.0]), 0.5, False),
        (np.array([1.0, 1.0, 1.0, 0.0]), 0.5, True),
        (np.array([4, 0, 8, 0]), 0.75, False),
        (rng.normal(size=20), 0.9, False),
        (rng.normal(size=20), 0.9, True),
        (rng.normal(size=(6, 3)), 0.8, True),
    ]


def _average(
    update=lambda m, x, beta: beta * m + (1 - beta) * x,
    fix=lambda beta, t: 1 - beta**t,
    first=lambda x: 0.0 * x,
    store=None,
):
    """The average with one thing changed. store: keep the corrected value in place of m."""

    def average(xs, beta, correct):
        means, m = np.empty(xs.shape), first(xs[0])
        with np.errstate(all="ignore"):
            for t, x in enumerate(xs, start=1):
                m = update(m, x, beta)
                means[t - 1] = m / fix(beta, t) if correct else m
                if store:
                    m = means[t - 1]
        return means

    return average


def _integers(xs, beta, correct):
    means = np.zeros_like(xs)
    means[:] = ema(xs, beta, correct)
    return means


def _window(xs, beta, correct):
    n = round(1 / (1 - beta))
    return np.array([xs[max(t - n, 0) : t].mean(axis=0) for t in range(1, len(xs) + 1)])


EMA = Exercise(
    id="ema",
    title="An average that forgets",
    points=2,
    reference=ema,
    observe=cases(_series, ("xs", "beta", "correct"), "the averages"),
    hints=(
        "Keep one number m, 0 at first. For every x of xs, mix the old m with x, and note the "
        "result down.",
        "The share of the old m is beta; what is left, 1 - beta, is the share of the new x.",
        "To correct, divide what you note down by 1 - beta**t, where t counts from 1. "
        "The m that you keep stays as it is.",
    ),
    mistakes=(
        Mistake(
            "swapped",
            "You give beta to the new value and the rest to the memory. With beta = 0.9 you would "
            "forget almost everything at once: which of the two should be large?",
            _average(lambda m, x, beta: (1 - beta) * m + beta * x),
        ),
        Mistake(
            "sum-not-average",
            "You add x as it is. That is momentum's velocity, a sum: of a series of ones it "
            "becomes 1/(1 - beta). An average of ones stays at 1.",
            _average(lambda m, x, beta: beta * m + x),
        ),
        Mistake(
            "correction-without-power",
            "Your correction is the same at every step. The longer it runs the less is missing: "
            "t has to come in.",
            _average(fix=lambda beta, t: 1 - beta),
        ),
        Mistake(
            "counts-from-zero",
            "Your t begins at 0, and the first correction divides by zero. "
            "After the first value, t is 1.",
            _average(fix=lambda beta, t: 1 - beta ** (t - 1)),
        ),
        Mistake(
            "counts-from-two",
            "Your t is one too large. After the first value, t is 1, and the corrected average is "
            "that value itself.",
            _average(fix=lambda beta, t: 1 - beta ** (t + 1)),
        ),
        Mistake(
            "starts-at-first-value",
            "Your m starts at the first value. A fair idea, but then there is nothing to correct, "
            "and the first value weighs far more than the others. Start at 0.",
            _average(first=lambda x: x),
        ),
        Mistake(
            "correction-stored",
            "You keep the corrected value as m, and correct it again at the next step. "
            "Keep the raw m, and correct only what you note down.",
            _average(store=True),
        ),
        Mistake(
            "multiplied",
            "You multiply by 1 - beta**t. Early averages are too small, and that makes them "
            "smaller still.",
            _average(fix=lambda beta, t: 1 / (1 - beta**t)),
        ),
        Mistake(
            "always-corrects",
            "You correct even when `correct` is False.",
            lambda xs, beta, correct: ema(xs, beta, True),
        ),
        Mistake(
            "never-corrects",
            "You never correct: with `correct` True, the first average should be the first value.",
            lambda xs, beta, correct: ema(xs, beta, False),
        ),
        Mistake(
            "integers",
            "For xs of integers your averages are cut down to integers. "
            "`np.zeros_like(xs)` takes over the dtype of xs: make floats.",
            _integers,
        ),
        Mistake(
            "window",
            "You average the last 1/(1 - beta) values with equal weights. That is a window: it has "
            "to store them all. Use one number that forgets.",
            _window,
        ),
        Mistake(
            "last-only",
            "You return the last average alone. Return one for every entry of xs.",
            lambda xs, beta, correct: ema(xs, beta, correct)[-1],
        ),
    ),
)

# ---------------------------------------------------------------- the first step


def adadelta_first_step(rho, eps, g):
    zero = np.zeros(1)
    w, _ = Adadelta(rho=rho, eps=eps).step(zero, np.array([g]), AdadeltaState(zero, zero))
    return float(-w[0])


def _first_steps(rng: np.random.Generator) -> list[tuple]:
    return [
        (0.75, 0.01, 0.2),
        (0.95, 1e-6, 1.0),
        (0.95, 1e-6, -3.0),
        (0.9, 1e-4, 0.001),
        (0.9, 1e-2, 0.0),
        (0.5, 0.04, float(rng.normal())),
    ]


def _first(step):
    def first(rho, eps, g):
        with np.errstate(all="ignore"):
            return float(step(rho, eps, np.float64(g)))

    return first


ADADELTA_FIRST_STEP = Exercise(
    id="adadelta-first-step",
    title="How far the first step goes",
    points=1,
    reference=adadelta_first_step,
    observe=cases(_first_steps, ("rho", "eps", "g"), "the first step d"),
    hints=(
        "Before the first step both memories are 0. Put that into the equation, line by line.",
        "Above the line, only eps is under the root. Below, the memory already holds (1 - rho) "
        "times the square of g.",
        "The sign of g stays: d is what will be subtracted from w.",
    ),
    mistakes=(
        Mistake(
            "no-eps-below",
            "Below the line you leave eps out. For large g it hardly matters; for a small one your "
            "step is far too large, and for g = 0 it is nan.",
            _first(lambda rho, eps, g: np.sqrt(eps) * g / np.sqrt((1 - rho) * g**2)),
        ),
        Mistake(
            "zero",
            "You say that it does not move, since it has made no step yet. But eps stands under "
            "the upper root, too.",
            _first(lambda rho, eps, g: 0.0),
        ),
        Mistake(
            "no-root-above",
            "Above the line you have eps itself. It stands under a root, and the root of a "
            "small number is much larger.",
            _first(lambda rho, eps, g: eps * g / np.sqrt((1 - rho) * g**2 + eps)),
        ),
        Mistake(
            "rho-not-its-rest",
            "You give the new square the weight rho. The old memory gets rho; "
            "what comes in gets the rest.",
            _first(lambda rho, eps, g: np.sqrt(eps) * g / np.sqrt(rho * g**2 + eps)),
        ),
        Mistake(
            "full-square",
            "Below the line you have the whole square of g. "
            "The average takes in only a part of it, 1 - rho.",
            _first(lambda rho, eps, g: np.sqrt(eps) * g / np.sqrt(g**2 + eps)),
        ),
        Mistake(
            "no-root-below",
            "Below the line the root is missing. Twice the gradient would give half the step.",
            _first(lambda rho, eps, g: np.sqrt(eps) * g / ((1 - rho) * g**2 + eps)),
        ),
        Mistake(
            "eps-outside",
            "Below the line you add eps to the root. In Adadelta eps stands inside both roots.",
            _first(lambda rho, eps, g: np.sqrt(eps) * g / (np.sqrt((1 - rho) * g**2) + eps)),
        ),
        Mistake(
            "sign-lost",
            "Your step is positive whatever the sign of g. Which factor should carry the sign?",
            _first(lambda rho, eps, g: np.sqrt(eps) * abs(g) / np.sqrt((1 - rho) * g**2 + eps)),
        ),
        Mistake(
            "change-of-w",
            "The sign is reversed: you give the change of w. Asked is d, which is subtracted.",
            _first(lambda rho, eps, g: -np.sqrt(eps) * g / np.sqrt((1 - rho) * g**2 + eps)),
        ),
        Mistake(
            "no-gradient",
            "You return the factor before g. The step is that factor times g.",
            _first(lambda rho, eps, g: np.sqrt(eps) / np.sqrt((1 - rho) * g**2 + eps)),
        ),
        Mistake(
            "later-memory",
            "Above the line you use the memory of steps after this step. When d is computed it is "
            "still 0.",
            _first(lambda rho, eps, g: _with_new_memory(rho, eps, g)),
        ),
    ),
)


def _with_new_memory(rho, eps, g):
    root = np.sqrt((1 - rho) * g**2 + eps)
    Ed = (1 - rho) * (np.sqrt(eps) * g / root) ** 2
    return np.sqrt(Ed + eps) * g / root


# ---------------------------------------------------------------- one step of Adadelta


def adadelta_step(w, g, Eg, Ed, rho, eps):
    w, state = Adadelta(rho=rho, eps=eps).step(w, g, AdadeltaState(Eg, Ed))
    return w, state.Eg, state.Ed


def _mix(old, new, rho):
    return rho * old + (1 - rho) * new


def _step(
    of_g=lambda Eg, g, rho: _mix(Eg, g**2, rho),
    of_d=lambda Ed, d, g, rho: _mix(Ed, d**2, rho),
    above=lambda Ed, eps: np.sqrt(Ed + eps),
    below=lambda Eg, eps: np.sqrt(Eg + eps),
    lr=1.0,
):
    """Adadelta with one thing changed: a memory, a root, or a factor on the step."""

    def step(w, g, Eg, Ed, rho, eps):
        with np.errstate(all="ignore"):
            Eg = of_g(Eg, g, rho)
            d = above(Ed, eps) / below(Eg, eps) * g
            return w - lr * d, Eg, of_d(Ed, d, g, rho)

    return step


def _new_memory_above(w, g, Eg, Ed, rho, eps):
    Eg = _mix(Eg, g**2, rho)
    Ed = _mix(Ed, (np.sqrt(Ed + eps) / np.sqrt(Eg + eps) * g) ** 2, rho)
    return w - np.sqrt(Ed + eps) / np.sqrt(Eg + eps) * g, Eg, Ed


def _old_memory_below(w, g, Eg, Ed, rho, eps):
    d = np.sqrt(Ed + eps) / np.sqrt(Eg + eps) * g
    return w - d, _mix(Eg, g**2, rho), _mix(Ed, d**2, rho)


def _inverted(w, g, Eg, Ed, rho, eps):
    Eg = _mix(Eg, g**2, rho)
    d = np.sqrt(Eg + eps) / np.sqrt(Ed + eps) * g
    return w - d, Eg, _mix(Ed, d**2, rho)


def _memories_swapped(w, g, Eg, Ed, rho, eps):
    w, Eg, Ed = adadelta_step(w, g, Eg, Ed, rho, eps)
    return w, Ed, Eg


ADADELTA_STEP = Exercise(
    id="adadelta-step",
    title="One step of Adadelta",
    points=3,
    reference=adadelta_step,
    observe=trajectory(
        ("w", "g", "Eg", "Ed", "rho", "eps"),
        ("Eg", "Ed"),
        ({"rho": 0.9, "eps": 1e-2}, {"rho": 0.95, "eps": 1e-8}),
    ),
    hints=(
        "Four lines, in the order of the equation: Eg, then d, then Ed, then w.",
        "When d is computed, Eg already knows this gradient, but Ed does not yet know this step.",
        "Ed is mixed from its old value and the square of d, just as Eg is from the square of g.",
    ),
    mistakes=(
        Mistake(
            "new-memory-above",
            "You update Ed before you use it, and then take the step again with the new one. The "
            "upper root holds the steps *before* this one.",
            _new_memory_above,
        ),
        Mistake(
            "old-memory-below",
            "You divide by the Eg from before this gradient. At the first step it is 0, and the "
            "step is the whole gradient. Which line comes first?",
            _old_memory_below,
        ),
        Mistake(
            "no-eps-above",
            "You never move: there is no eps under the upper root, where the memory of steps is 0, "
            "so the step is 0, so the memory stays 0.",
            _step(above=lambda Ed, eps: np.sqrt(Ed)),
        ),
        Mistake(
            "no-eps-below",
            "There is no eps under the lower root. A coordinate whose gradient has always been 0 "
            "gives 0/0, and its w becomes nan.",
            _step(below=lambda Eg, eps: np.sqrt(Eg)),
        ),
        Mistake(
            "eps-outside-roots",
            "You add eps to the roots. In Adadelta it stands inside both: the root of eps sets how "
            "large the first steps are.",
            _step(above=lambda Ed, eps: np.sqrt(Ed) + eps, below=lambda Eg, eps: np.sqrt(Eg) + eps),
        ),
        Mistake(
            "inverted",
            "Your fraction stands on its head: large gradients make your steps larger. "
            "Which of the two roots belongs below?",
            _inverted,
        ),
        *(
            Mistake(
                f"extra-lr-{name}",
                f"Every step is multiplied by {factor} besides. There is no learning rate in this "
                "rule: d is the whole step.",
                _step(lr=factor),
            )
            for name, factor in (("tenth", 0.1), ("hundredth", 0.01))
        ),
        Mistake(
            "step-not-squared",
            "Ed takes in d itself, not its square. Steps of opposite sign cancel, and a negative "
            "memory has no root.",
            _step(of_d=lambda Ed, d, g, rho: _mix(Ed, d, rho)),
        ),
        Mistake(
            "size-not-square",
            "Ed takes in the size of d, not its square. Then the upper root does not undo "
            "anything.",
            _step(of_d=lambda Ed, d, g, rho: _mix(Ed, np.abs(d), rho)),
        ),
        Mistake(
            "steps-from-gradient",
            "Ed takes in the square of g, so that both memories are the same, and your step is the "
            "whole gradient. It should take in the step, d.",
            _step(of_d=lambda Ed, d, g, rho: _mix(Ed, g**2, rho)),
        ),
        Mistake(
            "gradient-not-squared",
            "Eg takes in g itself, not its square. Gradients of opposite sign cancel, and a "
            "negative memory has no root.",
            _step(of_g=lambda Eg, g, rho: _mix(Eg, g, rho)),
        ),
        Mistake(
            "gradients-summed",
            "Eg adds up all squares and forgets none. That is Adagrad below the line; "
            "here the memory fades by rho.",
            _step(of_g=lambda Eg, g, rho: Eg + g**2),
        ),
        Mistake(
            "without-weight",
            "Your memories take in the whole square, not its share of 1 - rho. "
            "Then they are sums: of ones they become 1/(1 - rho).",
            _step(
                of_g=lambda Eg, g, rho: rho * Eg + g**2,
                of_d=lambda Ed, d, g, rho: rho * Ed + d**2,
            ),
        ),
        Mistake(
            "rho-swapped",
            "You give rho to what is new and 1 - rho to the memory. With rho = 0.95 it would "
            "forget almost everything at once.",
            _step(
                of_g=lambda Eg, g, rho: _mix(Eg, g**2, 1 - rho),
                of_d=lambda Ed, d, g, rho: _mix(Ed, d**2, 1 - rho),
            ),
        ),
        Mistake(
            "no-root",
            "You divide the memories themselves. They hold squares: without the roots the step "
            "does not have the units of w.",
            _step(above=lambda Ed, eps: Ed + eps, below=lambda Eg, eps: Eg + eps),
        ),
        Mistake(
            "steps-forgotten",
            "Your Ed stays what it was, so that eps alone sets the size of all your steps. "
            "Mix the square of this step into it, and return it.",
            _step(of_d=lambda Ed, d, g, rho: Ed),
        ),
        Mistake(
            "gradients-forgotten",
            "Your Eg starts anew in every step. Mix the new square with the Eg that came in, and "
            "return the mixture.",
            _step(of_g=lambda Eg, g, rho: (1 - rho) * g**2),
        ),
        Mistake(
            "one-number-for-all",
            "You take the means over the coordinates: one number for all. "
            "'Root mean square' means over *steps* here, for each coordinate alone.",
            _step(
                above=lambda Ed, eps: np.sqrt(np.mean(Ed) + eps),
                below=lambda Eg, eps: np.sqrt(np.mean(Eg) + eps),
            ),
        ),
        Mistake(
            "memories-swapped",
            "You return the two memories in the other order. First Eg, then Ed.",
            _memories_swapped,
        ),
        Mistake(
            "ascent",
            "You add the step, and the gradient points uphill. Your path climbs.",
            _step(lr=-1.0),
        ),
    ),
    variants=(
        Variant(
            "lr-of-a-thousandth",
            "A fair form used by Keras, whose Adadelta multiplies each step by a learning rate, "
            "0.001 by default; here, as in the paper, there is none.",
            _step(lr=0.001),
        ),
    ),
)

EXERCISES = (EMA, ADADELTA_FIRST_STEP, ADADELTA_STEP)
