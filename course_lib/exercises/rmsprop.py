"""Exercises of lesson 09: one step of RMSprop, its first step, and how fast it forgets."""

from __future__ import annotations

import math

import numpy as np

from course_lib.checking import Exercise, Mistake, Variant, cases, trajectory
from course_lib.optimizers import RMSprop

# ---------------------------------------------------------------- one step


def rmsprop_step(w, g, s, lr, rho, eps):
    return RMSprop(lr, rho, eps).step(w, g, s)


SETTINGS = ({"lr": 0.1, "rho": 0.9, "eps": 1e-8}, {"lr": 0.03, "rho": 0.6, "eps": 1e-2})


def _wrong(memory, step=lambda g, s, eps: g / (np.sqrt(s) + eps)):
    """RMSprop with one thing changed: memory(s, g, rho), or step(g, s, eps) per unit of lr."""

    def wrong_step(w, g, s, lr, rho, eps):
        with np.errstate(all="ignore"):
            s = memory(s, g, rho)
            return w - lr * step(g, s, eps), s

    return wrong_step


def _mean_square(s, g, rho):
    return rho * s + (1 - rho) * g**2


def _used_before_updated(w, g, s, lr, rho, eps):
    return w - lr * g / (np.sqrt(s) + eps), _mean_square(s, g, rho)


def _reset(w, g, s, lr, rho, eps):
    return rmsprop_step(w, g, np.zeros_like(s), lr, rho, eps)


def _ascent(w, g, s, lr, rho, eps):
    return rmsprop_step(w, g, s, -lr, rho, eps)


def _eps_kept(w, g, s, lr, rho, eps):
    s = _mean_square(s, g, rho) + eps
    return w - lr * g / np.sqrt(s), s


def _centred(w, g, s, lr, rho, eps):
    s, mean = (s, np.zeros_like(w)) if isinstance(s, np.ndarray) else s
    s, mean = _mean_square(s, g, rho), rho * mean + (1 - rho) * g
    return w - lr * g / (np.sqrt(s - mean**2) + eps), [s, mean]


RMSPROP_STEP = Exercise(
    id="rmsprop-step",
    title="One step of RMSprop",
    points=2,
    reference=rmsprop_step,
    observe=trajectory(("w", "g", "s", "lr", "rho", "eps"), ("s",), SETTINGS),
    hints=(
        "Two lines, in the order of the two equations: first the memory s, then the point w.",
        "The memory is a weighted mean: rho of the old one, the rest of the new squared gradient. "
        "What is the rest, if the weights add up to one?",
        "The step is lr * g over `np.sqrt(s) + eps`, with the s that you have just computed. "
        "Return both: `return w, s`.",
    ),
    mistakes=(
        Mistake(
            "sum",
            "Your s only grows: it is a sum, which is Adagrad. "
            "The old memory has to fade before the new square joins it.",
            _wrong(lambda s, g, rho: s + g**2),
        ),
        Mistake(
            "weights-swapped",
            "Your weights are exchanged: at rho = 0.9 you keep a tenth of the past and forget the "
            "rest. Which of the two does rho belong to?",
            _wrong(lambda s, g, rho: (1 - rho) * s + rho * g**2),
        ),
        Mistake(
            "new-square-unweighted",
            "Your weights are rho and 1, which add up to more than one: s settles at "
            "g^2 / (1 - rho) where a mean would settle at g^2, and all steps are too small.",
            _wrong(lambda s, g, rho: rho * s + g**2),
        ),
        Mistake(
            "old-memory-unfaded",
            "You add a share of each new square and let the old memory stand: s never falls. "
            "A mean forgets as much as it takes in.",
            _wrong(lambda s, g, rho: s + (1 - rho) * g**2),
        ),
        Mistake(
            "no-root",
            "You divide by s, a squared gradient: then a gradient ten times as large takes a step "
            "ten times as small. What brings s back to the units of g?",
            _wrong(_mean_square, lambda g, s, eps: g / (s + eps)),
        ),
        Mistake(
            "multiplied",
            "You multiply by the root of s: large gradients get larger still. "
            "The root belongs below the line.",
            _wrong(_mean_square, lambda g, s, eps: g * (np.sqrt(s) + eps)),
        ),
        Mistake(
            "used-before-updated",
            "You divide by the memory of the step before. At the first step that is 0, and the "
            "step is g / eps. Let s take in g first.",
            _used_before_updated,
        ),
        Mistake(
            "memory-lost",
            "Every step starts from an empty memory: either s is set to zero inside, or the s that "
            "came in is handed back. Use the s you are given, and return the new one.",
            _reset,
        ),
        Mistake(
            "not-squared",
            "Your memory takes in g itself. Gradients of both signs cancel in it, and its root may "
            "not exist. It should take in their squares.",
            _wrong(lambda s, g, rho: rho * s + (1 - rho) * g),
        ),
        Mistake(
            "mean-of-sizes",
            "Your memory takes in the size of g, `abs(g)`, and you take the root of that. "
            "It should take in the square.",
            _wrong(lambda s, g, rho: rho * s + (1 - rho) * np.abs(g)),
        ),
        Mistake(
            "one-number-for-all",
            "You use one s for all coordinates, their mean. Then a steep coordinate brakes the "
            "flat ones. Each coordinate has its own.",
            _wrong(_mean_square, lambda g, s, eps: g / (np.sqrt(np.mean(s)) + eps)),
        ),
        Mistake(
            "eps-kept-in-memory",
            "You add eps to s and hand that on: it piles up, step after step. "
            "eps belongs to the division alone.",
            _eps_kept,
        ),
        Mistake(
            "no-eps",
            "Where all gradients so far were 0 you divide 0 by 0. eps is there for that.",
            _wrong(_mean_square, lambda g, s, eps: g / np.sqrt(s)),
        ),
        Mistake(
            "sign-only",
            "You divide by the size of this gradient alone, so that every step has size lr. "
            "Divide by the root of the memory.",
            _wrong(_mean_square, lambda g, s, eps: g / (np.abs(g) + eps)),
        ),
        Mistake(
            "no-learning-rate",
            "Your step is the bare ratio: lr does not come in.",
            lambda w, g, s, lr, rho, eps: rmsprop_step(w, g, s, 1.0, rho, eps),
        ),
        Mistake(
            "ascent",
            "You add the step, and walk uphill. The gradient points up.",
            _ascent,
        ),
    ),
    variants=(
        Variant(
            "eps-inside",
            "A fair form used by Keras and Optax: eps stands under the root, sqrt(s + eps). "
            "Here it stands outside, sqrt(s) + eps, as in PyTorch.",
            _wrong(_mean_square, lambda g, s, eps: g / np.sqrt(s + eps)),
        ),
        Variant(
            "centred",
            "A fair form used by Graves (2013), and by PyTorch with centered=True: you divide by "
            "the deviation of the gradients from their mean. Here it is by their mean square.",
            _centred,
        ),
    ),
)

# ---------------------------------------------------------------- the first step


def rmsprop_first_step(lr, rho):
    return float(lr / math.sqrt(1 - rho))


RMSPROP_FIRST_STEP = Exercise(
    id="rmsprop-first-step",
    title="The size of the first step",
    points=1,
    reference=rmsprop_first_step,
    observe=cases(
        lambda rng: [(0.01, 0.75), (1.0, 0.9), (0.001, 0.99), (float(rng.random()), 0.6)],
        ("lr", "rho"),
        "the size of the first step",
    ),
    hints=(
        "Put s = 0 into the first equation. What is s after the first gradient g?",
        "Divide g by the root of that: g cancels, as it should. What is left of rho?",
        "So s is (1 - rho) g^2, and its root is g times the root of (1 - rho).",
    ),
    mistakes=(
        Mistake(
            "as-adagrad",
            "You return lr: so it is for Adagrad, whose G is g^2 after one step. "
            "Here s is only a share of g^2.",
            lambda lr, rho: float(lr),
        ),
        Mistake(
            "no-root",
            "You divide by 1 - rho itself. The step divides by the root of s.",
            lambda lr, rho: float(lr / (1 - rho)),
        ),
        Mistake(
            "rho-for-its-rest",
            "You divide by the root of rho. At the first step the memory has weight rho, and it "
            "holds 0; the weight of the new square counts.",
            lambda lr, rho: float(lr / math.sqrt(rho)),
        ),
        Mistake(
            "multiplied",
            "Your first step is smaller than lr. s is smaller than g^2 at first, "
            "so dividing by its root makes the step larger.",
            lambda lr, rho: float(lr * math.sqrt(1 - rho)),
        ),
        Mistake(
            "no-learning-rate",
            "You return the factor alone: multiply it by lr.",
            lambda lr, rho: float(1 / math.sqrt(1 - rho)),
        ),
        Mistake(
            "downhill-sign",
            "The size of a step is positive, whichever way it goes.",
            lambda lr, rho: float(-lr / math.sqrt(1 - rho)),
        ),
        Mistake(
            "weight-squared",
            "You divide by the root of 1 - rho^2. The square in the equation is on g, not on rho.",
            lambda lr, rho: float(lr / math.sqrt(1 - rho**2)),
        ),
    ),
)

# ---------------------------------------------------------------- recovery


def recovery_time(rho, burst, fraction):
    optimizer = RMSprop(lr=1.0, rho=rho, eps=0.0)
    s, n = np.array(float(burst) ** 2), 0
    while 1 / np.sqrt(s) < fraction:
        _, s = optimizer.step(np.zeros(()), np.ones(()), s)
        n += 1
    return n


def _recover(s, until, rho):
    """Count from a given memory until a condition holds."""
    n = 0
    while not until(s):
        s, n = rho * s + (1 - rho), n + 1
    return n


def _one_step_late(rho, burst, fraction):
    s, n = float(burst) ** 2, 0
    while True:
        n += 1
        s = rho * s + (1 - rho)
        if 1 / math.sqrt(s) >= fraction:
            return n


def _forgets_to_zero(rho, burst, fraction):
    n = math.log(1 / (fraction * burst) ** 2) / math.log(rho)
    return max(math.ceil(n), 0)


def _not_rounded(rho, burst, fraction):
    n = math.log((1 / fraction**2 - 1) / (burst**2 - 1)) / math.log(rho)
    return max(n, 0.0)


RECOVERY_TIME = Exercise(
    id="recovery-time",
    title="How long a burst is remembered",
    points=2,
    reference=recovery_time,
    observe=cases(
        lambda rng: [
            (0.5, 4.0, 0.5),
            (0.9, 100.0, 0.5),
            (0.9, 1.5, 0.5),  # so small a burst that nothing needs to recover
            (0.99, 10.0, 0.8),
            (0.8, float(20 + 50 * rng.random()), 0.3),
        ],
        ("rho", "burst", "fraction"),
        "the number of steps",
    ),
    hints=(
        "Start with s = burst squared. A gradient of 1 changes s as in the step function. "
        "Count how often until 1 / sqrt(s) is large enough.",
        "A while loop with a counter that starts at 0. Test before you count: "
        "a small burst may need no recovery at all.",
        "Each round: `s = rho * s + (1 - rho) * 1**2`, and one more on the counter.",
    ),
    mistakes=(
        Mistake(
            "linear",
            "Your s begins at the burst itself. A memory of squares that has seen only the burst "
            "holds its square.",
            lambda rho, burst, fraction: _recover(
                float(burst), lambda s: 1 / math.sqrt(s) >= fraction, rho
            ),
        ),
        Mistake(
            "no-root",
            "You wait until 1 / s is large enough. The step divides by the root of s.",
            lambda rho, burst, fraction: _recover(
                float(burst) ** 2, lambda s: 1 / s >= fraction, rho
            ),
        ),
        Mistake(
            "one-short",
            "Your count is one too small. How many gradients of 1 does it take, "
            "the last one included?",
            lambda rho, burst, fraction: recovery_time(rho, burst, fraction) - 1,
        ),
        Mistake(
            "one-too-many",
            "Your count is one too large. n is 0 if s needs no gradient at all.",
            lambda rho, burst, fraction: recovery_time(rho, burst, fraction) + 1,
        ),
        Mistake(
            "counts-before-testing",
            "For a small burst you count one step although none is needed. "
            "Test first, then take the step.",
            _one_step_late,
        ),
        Mistake(
            "forgets-to-zero",
            "Your memory fades towards 0. The gradients of 1 join it, so it fades towards 1, "
            "which takes longer.",
            _forgets_to_zero,
        ),
        Mistake(
            "not-rounded",
            "You return a fraction of a step. The smallest whole n that is enough is wanted.",
            _not_rounded,
        ),
        Mistake(
            "down-to-the-fraction",
            "You wait until the root of s has fallen below fraction times the burst. "
            "The step is to reach that fraction of lr, its size in calm times.",
            lambda rho, burst, fraction: _recover(
                float(burst) ** 2, lambda s: math.sqrt(s) <= max(fraction * burst, 1.0001), rho
            ),
        ),
        Mistake(
            "weights-swapped",
            "You forget by 1 - rho in each step, where you should keep rho.",
            lambda rho, burst, fraction: _recover(
                float(burst) ** 2, lambda s: 1 / math.sqrt(s) >= fraction, 1 - rho
            ),
        ),
    ),
)

EXERCISES = (RMSPROP_STEP, RMSPROP_FIRST_STEP, RECOVERY_TIME)
