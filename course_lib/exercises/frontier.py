"""Exercises of lesson 16: one step of AMSGrad, of Nadam and of Lion, and Newton-Schulz for Muon."""

from __future__ import annotations

import numpy as np

from course_lib.checking import Exercise, Mistake, Variant, cases, trajectory
from course_lib.optimizers import (
    Adam,
    AdamState,
    AMSGrad,
    AMSGradState,
    Lion,
    Nadam,
    newton_schulz,
)

# The second setting has betas that are no powers of each other, so that no two terms are alike; and
# its memory of squares is short, so that v falls often and its maximum shows.
SETTINGS = (
    {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    {"lr": 0.03, "beta1": 0.6, "beta2": 0.8, "eps": 1e-2},
)


def _moments(m, v, g, b1, b2):
    return b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2


# ---------------------------------------------------------------- AMSGrad


def amsgrad_step(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    w, state = AMSGrad(lr, beta1, beta2, eps).step(w, g, AMSGradState(m, v, v_max, t - 1))
    return w, state.m, state.v, state.v_max


def _amsgrad(
    largest=lambda v_max, v, old, m: np.maximum(v_max, v),
    above=lambda m, t, b1: m / (1 - b1**t),
    below=lambda v_max, t, b2, eps: np.sqrt(v_max / (1 - b2**t)) + eps,
    keep=lambda m, v, v_max: (m, v, v_max),
):
    """AMSGrad with one thing changed: the maximum, above or below the line, or what it returns."""

    def step(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
        old = v
        m, v = _moments(m, v, g, beta1, beta2)
        v_max = largest(v_max, v, old, m)
        with np.errstate(all="ignore"):
            w = w - lr * above(m, t, beta1) / below(v_max, t, beta2, eps)
        return w, *keep(m, v, v_max)

    return step


def _largest_m(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    new, v = _moments(m, v, g, beta1, beta2)
    m = np.maximum(m, new)
    v_hat = v / (1 - beta2**t)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v_hat) + eps), m, v, v_max


def _largest_square(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    m, v = _moments(m, v, g, beta1, beta2)
    v_max = np.maximum(v_max, g**2)
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(v_max) + eps), m, v, v_max


def _max_of_corrected(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    m, v = _moments(m, v, g, beta1, beta2)
    v_max = np.maximum(v_max, v / (1 - beta2**t))
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v_max) + eps), m, v, v_max


def _amsgrad_m_hat_kept(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    w, m, v, v_max = amsgrad_step(w, g, m, v, v_max, t, lr, beta1, beta2, eps)
    return w, m / (1 - beta1**t), v, v_max


def _amsgrad_corrected_twice(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    m, v = _moments(m, v, g, beta1, beta2)
    v_max = np.maximum(v_max, v / (1 - beta2**t))
    m_hat, v_hat = m / (1 - beta1**t), v_max / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v, v_max


def _ams_eps_hat(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    m, v = _moments(m, v, g, beta1, beta2)
    v_max = np.maximum(v_max, v)
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v_max) + eps), m, v, v_max


def _ams_ascent(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    return amsgrad_step(w, g, m, v, v_max, t, -lr, beta1, beta2, eps)


def _ams_betas_swapped(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    return amsgrad_step(w, g, m, v, v_max, t, lr, beta2, beta1, eps)


def _gradient_for_m(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    m, v = _moments(m, v, g, beta1, beta2)
    v_max = np.maximum(v_max, v)
    return w - lr * g / (np.sqrt(v_max / (1 - beta2**t)) + eps), m, v, v_max


def _ams_memory_lost(w, g, m, v, v_max, t, lr, beta1, beta2, eps):
    zero = np.zeros_like(w)
    return amsgrad_step(w, g, zero, zero, zero, t, lr, beta1, beta2, eps)


AMSGRAD_STEP = Exercise(
    id="amsgrad-step",
    title="One step of AMSGrad",
    points=2,
    reference=amsgrad_step,
    observe=trajectory(
        ("w", "g", "m", "v", "v_max", "t", "lr", "beta1", "beta2", "eps"),
        ("m", "v", "v_max"),
        SETTINGS,
    ),
    hints=(
        "Two lines are Adam's, those of m and v. One new line stands between them and the step.",
        "`np.maximum(a, b)` takes the larger of two arrays, coordinate by coordinate. Which two?",
        "The largest v so far goes below the line, divided by 1 - beta2^t as Adam does with v. "
        "v itself stays a plain mean.",
    ),
    mistakes=(
        Mistake(
            "maximum-forgotten",
            "Your denominator is the v of this step: v_max is started anew or never used, and this "
            "is Adam. The v below the line must not fall.",
            _amsgrad(lambda v_max, v, old, m: v),
        ),
        Mistake(
            "max-of-m",
            "You keep the larger m, above the line: from then on you walk one way only. It is the "
            "mean of the squares, below the line, that must not fall.",
            _largest_m,
        ),
        Mistake(
            "min",
            "You keep the smaller v: it stays at the 0 it begins with, and the step explodes. "
            "What is kept is the larger of the two.",
            _amsgrad(lambda v_max, v, old, m: np.minimum(v_max, v)),
        ),
        Mistake(
            "max-of-all-coordinates",
            "You take one largest number for all coordinates. Each coordinate has its own maximum: "
            "np.maximum of two arrays, not np.max of one.",
            _amsgrad(lambda v_max, v, old, m: np.maximum(v_max, np.max(v)) + 0 * v),
        ),
        Mistake(
            "max-of-squares",
            "You keep the largest squared gradient. Here it is the largest v, a mean of squares.",
            _largest_square,
        ),
        Mistake(
            "sum-for-maximum",
            "You add v to v_max in every step. Keep the larger of the two.",
            _amsgrad(lambda v_max, v, old, m: v_max + v),
        ),
        Mistake(
            "stale-v",
            "Your maximum takes in the v that you were given, which is 0 at the first step. "
            "Update v first.",
            _amsgrad(lambda v_max, v, old, m: np.maximum(v_max, old)),
        ),
        Mistake(
            "maximum-handed-on-as-v",
            "You hand on v_max in place of v, so that the mean itself never falls and is then "
            "averaged again. v stays a plain mean; v_max is kept beside it.",
            _amsgrad(keep=lambda m, v, v_max: (m, v_max, v_max)),
        ),
        Mistake(
            "v-not-corrected",
            "You correct m and leave the maximum as small as it is at first. "
            "Divide it by 1 - beta2^t, as Adam does with v.",
            _amsgrad(below=lambda v_max, t, b2, eps: np.sqrt(v_max) + eps),
        ),
        Mistake(
            "m-not-corrected",
            "You correct the maximum and leave m as small as it is at first. "
            "Divide it by 1 - beta1^t.",
            _amsgrad(above=lambda m, t, b1: m),
        ),
        Mistake(
            "m-hat-handed-on",
            "You write the corrected m over m, and the next step averages and corrects it once "
            "more. Give it a name of its own.",
            _amsgrad_m_hat_kept,
        ),
        Mistake(
            "corrected-twice",
            "You take the maximum of the corrected v, and correct it once more in the step. "
            "Keep the raw one.",
            _amsgrad_corrected_twice,
        ),
        Mistake(
            "corrected-maximum-handed-on",
            "You hand on the corrected maximum, and the next step corrects it once more. "
            "Keep the raw one.",
            lambda w, g, m, v, v_max, t, lr, beta1, beta2, eps: (
                *amsgrad_step(w, g, m, v, v_max, t, lr, beta1, beta2, eps)[:3],
                amsgrad_step(w, g, m, v, v_max, t, lr, beta1, beta2, eps)[3] / (1 - beta2**t),
            ),
        ),
        Mistake(
            "no-root",
            "You divide by the maximum itself, a squared gradient. What brings it back to the "
            "units of m?",
            _amsgrad(below=lambda v_max, t, b2, eps: v_max / (1 - b2**t) + eps),
        ),
        Mistake(
            "no-eps",
            "Where all gradients so far were 0 you divide 0 by 0. eps is there for that.",
            _amsgrad(below=lambda v_max, t, b2, eps: np.sqrt(v_max / (1 - b2**t))),
        ),
        Mistake(
            "gradient-for-m",
            "Your step goes along g: m is computed and never used. Above the line nothing changes "
            "against Adam.",
            _gradient_for_m,
        ),
        Mistake(
            "betas-swapped",
            "Your beta1 and beta2 are exchanged: m should remember few steps, v many.",
            _ams_betas_swapped,
        ),
        Mistake(
            "memory-lost",
            "Every step starts from empty memories. Use the m, v and v_max that you are given, "
            "and return the new ones.",
            _ams_memory_lost,
        ),
        Mistake(
            "states-exchanged",
            "You return v_max before v, and the next step gets one for the other. "
            "The order is w, m, v, v_max.",
            _amsgrad(keep=lambda m, v, v_max: (m, v_max, v)),
        ),
        Mistake(
            "ascent",
            "You add the step, and walk uphill. The gradient points up.",
            _ams_ascent,
        ),
    ),
    variants=(
        Variant(
            "max-of-the-corrected",
            "A fair form used by Optax: the largest *corrected* v. Here the largest raw v is kept, "
            "and corrected in the step, as in PyTorch.",
            _max_of_corrected,
        ),
        Variant(
            "uncorrected",
            "A fair form used by the paper's own Algorithm 2: no correction at all. "
            "Here both are corrected, as in PyTorch.",
            _amsgrad(
                above=lambda m, t, b1: m, below=lambda v_max, t, b2, eps: np.sqrt(v_max) + eps
            ),
        ),
        Variant(
            "eps-hat",
            "A fair form used by Keras: both corrections are moved into lr, so eps is added to the "
            "root of the raw maximum. Here it is added to the root of the corrected one.",
            _ams_eps_hat,
        ),
        Variant(
            "eps-inside",
            "A fair form used by some notes: eps under the root. Here it is added to the root.",
            _amsgrad(below=lambda v_max, t, b2, eps: np.sqrt(v_max / (1 - b2**t) + eps)),
        ),
    ),
)

# ---------------------------------------------------------------- Nadam


def nadam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    w, state = Nadam(lr, beta1, beta2, eps).step(w, g, AdamState(m, v, t - 1))
    return w, state.m, state.v


def _look_ahead(m, g, old, t, b1):
    return b1 * m / (1 - b1 ** (t + 1)) + (1 - b1) * g / (1 - b1**t)


def _nadam(
    m_bar=_look_ahead,
    below=lambda v, t, b2, eps: np.sqrt(v / (1 - b2**t)) + eps,
    keep=lambda m, v, m_bar: (m, v),
):
    """Nadam with one thing changed: the look-ahead moment, the denominator, or what is kept."""

    def step(w, g, m, v, t, lr, beta1, beta2, eps):
        old = m
        m, v = _moments(m, v, g, beta1, beta2)
        with np.errstate(all="ignore"):
            ahead = m_bar(m, g, old, t, beta1)
            return w - lr * ahead / below(v, t, beta2, eps), *keep(m, v, ahead)

    return step


def _adam(w, g, m, v, t, lr, beta1, beta2, eps):
    w, state = Adam(lr, beta1, beta2, eps).step(w, g, AdamState(m, v, t - 1))
    return w, state.m, state.v


def _nadam_ascent(w, g, m, v, t, lr, beta1, beta2, eps):
    return nadam_step(w, g, m, v, t, -lr, beta1, beta2, eps)


def _nadam_betas_swapped(w, g, m, v, t, lr, beta1, beta2, eps):
    return nadam_step(w, g, m, v, t, lr, beta2, beta1, eps)


def _nadam_memory_lost(w, g, m, v, t, lr, beta1, beta2, eps):
    return nadam_step(w, g, 0 * w, 0 * w, t, lr, beta1, beta2, eps)


def _nadam_eps_hat(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = _moments(m, v, g, beta1, beta2)
    root = np.sqrt(1 - beta2**t)
    return w - lr * root * _look_ahead(m, g, m, t, beta1) / (np.sqrt(v) + eps), m, v


def _scheduled(decay):
    def m_bar(m, g, old, t, b1):
        mu = b1 * (1 - 0.5 * 0.96 ** (decay * np.arange(1, t + 2)))
        done = np.prod(mu[:-1])
        return mu[-1] * m / (1 - done * mu[-1]) + (1 - mu[-2]) * g / (1 - done)

    return _nadam(m_bar)


NADAM_STEP = Exercise(
    id="nadam-step",
    title="One step of Nadam",
    points=2,
    reference=nadam_step,
    observe=trajectory(
        ("w", "g", "m", "v", "t", "lr", "beta1", "beta2", "eps"), ("m", "v"), SETTINGS
    ),
    hints=(
        "Adam's m and v stay, and what stands below the line. Only what stands above it is new.",
        "Above the line are two terms: the new m, times beta1, corrected as it will be in the next "
        "step; and this gradient, times what beta1 leaves, corrected as in this step.",
        "The powers are t + 1 with m and t with g. What you return as m is the plain mean.",
    ),
    mistakes=(
        Mistake(
            "t-plus-one-missing",
            "You correct m by 1 - beta1^t. Ahead, in the next step, the mean will hold one "
            "gradient more: which power is that?",
            _nadam(lambda m, g, old, t, b1: (b1 * m + (1 - b1) * g) / (1 - b1**t)),
        ),
        Mistake(
            "power-without-brackets",
            "Python reads `beta1**t + 1` as (beta1^t) + 1: the bracket of your correction "
            "comes out above 1. Put t + 1 in brackets.",
            _nadam(lambda m, g, old, t, b1: b1 * m / (1 - b1**t + 1) + (1 - b1) * g / (1 - b1**t)),
        ),
        Mistake(
            "t-plus-one-in-both",
            "You correct both terms by 1 - beta1^(t+1). The gradient belongs to this step.",
            _nadam(lambda m, g, old, t, b1: (b1 * m + (1 - b1) * g) / (1 - b1 ** (t + 1))),
        ),
        Mistake(
            "powers-exchanged",
            "Your two powers are exchanged: t + 1 goes with the mean, which is taken ahead, and t "
            "with the gradient.",
            _nadam(
                lambda m, g, old, t, b1: b1 * m / (1 - b1**t) + (1 - b1) * g / (1 - b1 ** (t + 1))
            ),
        ),
        Mistake(
            "doubled",
            "You look ahead twice: the mean that looks ahead is taken one step further once more. "
            "One look is enough.",
            _nadam(
                lambda m, g, old, t, b1: (
                    b1 * _look_ahead(m, g, old, t, b1) + (1 - b1) * g / (1 - b1**t)
                )
            ),
        ),
        Mistake(
            "moment-not-weighted",
            "The mean comes in with its full weight, and the gradient on top: too much in all. "
            "What does beta1 multiply?",
            _nadam(lambda m, g, old, t, b1: m / (1 - b1 ** (t + 1)) + (1 - b1) * g / (1 - b1**t)),
        ),
        Mistake(
            "gradient-not-weighted",
            "The whole gradient comes in. Its weight is what beta1 leaves.",
            _nadam(lambda m, g, old, t, b1: b1 * m / (1 - b1 ** (t + 1)) + g / (1 - b1**t)),
        ),
        Mistake(
            "gradient-not-corrected",
            "You correct the mean and not the gradient's own term: with 0.1 of it, and nothing "
            "else at the first step, it is ten times too small there.",
            _nadam(lambda m, g, old, t, b1: b1 * m / (1 - b1 ** (t + 1)) + (1 - b1) * g),
        ),
        Mistake(
            "gradient-left-out",
            "You only take the corrected mean times beta1: the gradient is missing above the line.",
            _nadam(lambda m, g, old, t, b1: b1 * m / (1 - b1 ** (t + 1))),
        ),
        Mistake(
            "not-corrected",
            "You look ahead and correct nothing above the line. The mean begins at 0 and is too "
            "small for a while.",
            _nadam(lambda m, g, old, t, b1: b1 * m + (1 - b1) * g),
        ),
        Mistake(
            "no-look-ahead",
            "Above the line stands m_hat: this is Adam. Nadam takes the next step of the mean now.",
            _adam,
        ),
        Mistake(
            "old-m",
            "You look ahead from the m that you were given. Let it take in this gradient first.",
            _nadam(lambda m, g, old, t, b1: _look_ahead(old, g, old, t, b1)),
        ),
        Mistake(
            "weights-exchanged",
            "The weights above the line are exchanged: beta1 belongs to the mean, what it leaves "
            "to the gradient.",
            _nadam(
                lambda m, g, old, t, b1: (1 - b1) * m / (1 - b1 ** (t + 1)) + b1 * g / (1 - b1**t)
            ),
        ),
        Mistake(
            "look-ahead-handed-on",
            "You hand on the moment that looks ahead. Looking does not move you: return the plain "
            "mean m.",
            _nadam(keep=lambda m, v, m_bar: (m_bar, v)),
        ),
        Mistake(
            "v-ahead-too",
            "You correct v for the next step as well. Only the direction looks ahead; below the "
            "line everything is as in Adam.",
            _nadam(below=lambda v, t, b2, eps: np.sqrt(v / (1 - b2 ** (t + 1))) + eps),
        ),
        Mistake(
            "v-not-corrected",
            "You leave v as small as it is at first. Below the line everything is as in Adam.",
            _nadam(below=lambda v, t, b2, eps: np.sqrt(v) + eps),
        ),
        Mistake(
            "no-root",
            "You divide by v_hat, a squared gradient. What brings it back to the units of m?",
            _nadam(below=lambda v, t, b2, eps: v / (1 - b2**t) + eps),
        ),
        Mistake(
            "no-eps",
            "Where all gradients so far were 0 you divide 0 by 0. eps is there for that.",
            _nadam(below=lambda v, t, b2, eps: np.sqrt(v / (1 - b2**t))),
        ),
        Mistake(
            "betas-swapped",
            "Your beta1 and beta2 are exchanged: m should remember few steps, v many.",
            _nadam_betas_swapped,
        ),
        Mistake(
            "memory-lost",
            "Every step starts from empty moments. Use the m and v that you are given, and return "
            "the new ones.",
            _nadam_memory_lost,
        ),
        Mistake(
            "moments-exchanged",
            "You return v before m, and the next step gets one for the other. Return w, m, v.",
            _nadam(keep=lambda m, v, m_bar: (v, m)),
        ),
        Mistake(
            "ascent",
            "You add the step, and walk uphill. The gradient points up.",
            _nadam_ascent,
        ),
    ),
    variants=(
        Variant(
            "scheduled",
            "A fair form used by PyTorch: the beta1 of the look-ahead grows slowly, by the "
            "schedule of Dozat's note, with momentum_decay 0.004. Here it is constant.",
            _scheduled(0.004),
        ),
        Variant(
            "scheduled-fast",
            "A fair form used by Keras: the beta1 of the look-ahead grows by the schedule of "
            "Dozat's note, with a decay of 1. Here it is constant.",
            _scheduled(1.0),
        ),
        Variant(
            "eps-inside",
            "A fair form used by some notes: eps under the root. Here it is added to the root.",
            _nadam(below=lambda v, t, b2, eps: np.sqrt(v / (1 - b2**t) + eps)),
        ),
        Variant(
            "eps-hat",
            "A fair form used by implementations that move the corrections into lr: eps is added "
            "to the root of the raw v. Here it is added to the root of v_hat.",
            _nadam_eps_hat,
        ),
    ),
)

# ---------------------------------------------------------------- Lion


def lion_step(w, g, m, lr, beta1, beta2, wd):
    return Lion(lr, beta1, beta2, wd).step(w, g, m)


LION_SETTINGS = (
    {"lr": 0.1, "beta1": 0.9, "beta2": 0.99, "wd": 0.0},
    {"lr": 0.03, "beta1": 0.6, "beta2": 0.8, "wd": 0.5},
)


def _lion(
    direction=lambda c, m, g, b1: np.sign(c),
    memory=lambda m, g, c, b2: b2 * m + (1 - b2) * g,
    step=lambda w, s, lr, wd: w - lr * (s + wd * w),
):
    """Lion with one thing changed: the direction, what is remembered, or the step."""

    def wrong(w, g, m, lr, beta1, beta2, wd):
        c = beta1 * m + (1 - beta1) * g
        with np.errstate(all="ignore"):
            return step(w, direction(c, m, g, beta1), lr, wd), memory(m, g, c, beta2)

    return wrong


def _m_first(w, g, m, lr, beta1, beta2, wd):
    m = beta2 * m + (1 - beta2) * g
    c = beta1 * m + (1 - beta1) * g
    return w - lr * (np.sign(c) + wd * w), m


def _sign_of_m(w, g, m, lr, beta1, beta2, wd):
    m = beta2 * m + (1 - beta2) * g
    return w - lr * (np.sign(m) + wd * w), m


def _decay_in_gradient(w, g, m, lr, beta1, beta2, wd):
    return lion_step(w, g + wd * w, m, lr, beta1, beta2, 0.0)


def _one_beta(w, g, m, lr, beta1, beta2, wd):
    return lion_step(w, g, m, lr, beta1, beta1, wd)


LION_STEP = Exercise(
    id="lion-step",
    title="One step of Lion",
    points=2,
    reference=lion_step,
    observe=trajectory(("w", "g", "m", "lr", "beta1", "beta2", "wd"), ("m",), LION_SETTINGS),
    hints=(
        "Three lines: a mix c of the old m and the gradient, by beta1; the step, along the sign of "
        "c; the new m, by beta2.",
        "The mix c is used for the step and thrown away. The m in it is the old one.",
        "The decay is added to the sign, before lr multiplies both: lr * (sign + wd * w).",
    ),
    mistakes=(
        Mistake(
            "betas-swapped",
            "Your betas are exchanged: beta1 mixes the direction of this step, beta2 is what m "
            "remembers by.",
            lambda w, g, m, lr, beta1, beta2, wd: lion_step(w, g, m, lr, beta2, beta1, wd),
        ),
        Mistake(
            "m-first",
            "You update m before you mix it into c, so that this gradient counts twice. "
            "The mix is made from the m that you were given.",
            _m_first,
        ),
        Mistake(
            "sign-of-m",
            "You step along the sign of the new m, or you mix c by beta2, which is the same. "
            "The mix by beta1 listens to the newest gradient far more.",
            _sign_of_m,
        ),
        Mistake(
            "sign-of-old-m",
            "You step along the sign of the old m: the newest gradient has no say, and the first "
            "step goes nowhere.",
            _lion(lambda c, m, g, b1: np.sign(m)),
        ),
        Mistake(
            "no-sign",
            "You step along c itself: this is momentum with two betas. In Lion every coordinate "
            "moves by lr, whatever the size of c.",
            _lion(lambda c, m, g, b1: c),
        ),
        Mistake(
            "sign-of-gradient",
            "You step along the sign of g: there is no memory in the direction. "
            "Is m mixed in, and does the new one come back?",
            _lion(lambda c, m, g, b1: np.sign(g)),
        ),
        Mistake(
            "signs-mixed",
            "You mix the signs of m and g. Mix first, then take the sign of the sum.",
            _lion(lambda c, m, g, b1: b1 * np.sign(m) + (1 - b1) * np.sign(g)),
        ),
        Mistake(
            "divided-by-size",
            "You divide c by its size, which is 0/0 where c is 0. np.sign gives 0 there.",
            _lion(lambda c, m, g, b1: c / np.abs(c)),
        ),
        Mistake(
            "unit-vector",
            "You divide c by its length as a vector: that is a step of fixed length. In Lion each "
            "coordinate, alone, keeps only its sign.",
            _lion(lambda c, m, g, b1: c / (np.linalg.norm(c) + 1e-300)),
        ),
        Mistake(
            "zero-moves",
            "Where c is 0 you still take a step. The sign of 0 is 0.",
            _lion(lambda c, m, g, b1: np.where(c >= 0, 1.0, -1.0)),
        ),
        Mistake(
            "weights-exchanged",
            "In c the weights are exchanged: beta1 belongs to m, what it leaves to the gradient.",
            _lion(lambda c, m, g, b1: np.sign((1 - b1) * m + b1 * g)),
        ),
        Mistake(
            "memory-weights-exchanged",
            "In m the weights are exchanged: beta2 belongs to the past, what it leaves to the "
            "gradient.",
            _lion(memory=lambda m, g, c, b2: (1 - b2) * m + b2 * g),
        ),
        Mistake(
            "gradient-not-weighted",
            "In c the whole gradient comes in: at beta1 = 0.9, ten times too much of it.",
            _lion(lambda c, m, g, b1: np.sign(b1 * m + g)),
        ),
        Mistake(
            "m-is-a-sum",
            "Your m takes in the whole gradient: a sum, as in momentum. Here it is a mean.",
            _lion(memory=lambda m, g, c, b2: b2 * m + g),
        ),
        Mistake(
            "c-kept",
            "You hand on c as the new m: then both are made by beta1. m has a memory of its own.",
            _one_beta,
        ),
        Mistake(
            "c-written-over-m",
            "You write the mix over m and then mix the gradient in once more: the new m should be "
            "made from the m that you were given. Call the mix c.",
            _lion(memory=lambda m, g, c, b2: b2 * c + (1 - b2) * g),
        ),
        Mistake(
            "sign-kept",
            "Your m remembers the sign of the gradient, not the gradient.",
            _lion(memory=lambda m, g, c, b2: b2 * m + (1 - b2) * np.sign(g)),
        ),
        Mistake(
            "no-decay",
            "Your weights do not shrink: wd does not come in.",
            _lion(step=lambda w, s, lr, wd: w - lr * s),
        ),
        Mistake(
            "decay-without-lr",
            "Your weights shrink by wd in each step, whatever lr is. Here lr multiplies the decay "
            "as well.",
            _lion(step=lambda w, s, lr, wd: w - lr * s - wd * w),
        ),
        Mistake(
            "decay-grows",
            "Your decay has the wrong sign: the weights grow. Mind the bracket.",
            _lion(step=lambda w, s, lr, wd: w - lr * (s - wd * w)),
        ),
        Mistake(
            "decay-in-the-gradient",
            "You add the decay to the gradient, and the sign swallows it. As in AdamW, decay acts "
            "on the weights themselves.",
            _decay_in_gradient,
        ),
        Mistake(
            "decay-afterwards",
            "You shrink the weights after the step: the step itself shrinks, too. Decay the w that "
            "you were given.",
            _lion(step=lambda w, s, lr, wd: (w - lr * s) * (1 - lr * wd)),
        ),
        Mistake(
            "ascent",
            "You add the step, and walk uphill. The gradient points up.",
            _lion(step=lambda w, s, lr, wd: w + lr * s - lr * wd * w),
        ),
        Mistake(
            "no-learning-rate",
            "Your step is the bare sign, and the bare decay: lr does not come in.",
            _lion(step=lambda w, s, lr, wd: w - (s + wd * w)),
        ),
        Mistake(
            "point-replaced",
            "You return minus the step where the new point is wanted: the old one minus the step.",
            _lion(step=lambda w, s, lr, wd: -lr * (s + wd * w)),
        ),
    ),
)

# ---------------------------------------------------------------- Newton-Schulz

A, B, C = 3.4445, -4.7750, 2.0315


def _schulz(
    first=lambda G: G / np.linalg.norm(G),
    move=lambda X, S: A * X + (B * S + C * S @ S) @ X,
    gram=lambda X: X @ X.T,
    last=lambda X, G: X,
    count=lambda steps: steps,
):
    """Newton-Schulz with one thing changed: the start, the step, its matrix, the end, the count."""

    def wrong(G, steps):
        X = first(np.asarray(G, dtype=float))
        with np.errstate(all="ignore"):
            for _ in range(count(steps)):
                X = move(X, gram(X))
            return last(X, G)

    return wrong


def _stale_gram(G, steps):
    X = G / np.linalg.norm(G)
    S = X @ X.T
    for _ in range(steps):
        X = A * X + (B * S + C * S @ S) @ X
    return X


def _exact(G, steps):
    U, _, Vt = np.linalg.svd(G, full_matrices=False)
    return U @ Vt


def _not_turned_back(G, steps):
    X = newton_schulz(np.asarray(G, dtype=float), steps)
    return X.T if X.shape[0] > X.shape[1] else X


def _matrices(rng):
    # Small entries, so that a guard of 1e-7 shows; a tall, a wide and a square one, and whole
    # numbers, where the answer can be followed by hand.
    return [
        (np.array([[3, 0], [0, 4]]), 0),
        (np.array([[3, 0], [0, 4]]), 1),
        (0.01 * rng.normal(size=(2, 3)), 5),
        (rng.normal(size=(5, 2)), 5),
        (100 * rng.normal(size=(4, 4)), 3),
        (rng.normal(size=(1, 3)), 2),
        (rng.normal(size=(3, 3)), 10),
    ]


NEWTON_SCHULZ = Exercise(
    id="newton-schulz",
    title="Singular values near one, by five products",
    points=3,
    reference=newton_schulz,
    observe=cases(_matrices, ("G", "steps"), "the matrix"),
    hints=(
        "First divide by the norm of all entries: `np.linalg.norm(G)` is just that. Then the loop.",
        "In the loop make A from the X of that round. `@` is the product of matrices; `*` and `**` "
        "work entry by entry.",
        "`X = a * X + (b * A + c * A @ A) @ X`, as often as `steps` says. A tall X need not be "
        "turned: the result is the same.",
    ),
    mistakes=(
        Mistake(
            "not-normalised",
            "You do not divide by the norm first. The quintic only brings singular values near 1 "
            "that begin between 0 and 1.",
            _schulz(first=lambda G: G),
        ),
        Mistake(
            "not-transposed-back",
            "A tall matrix comes back lying on its side. If you turn it for a smaller product, "
            "turn it back at the end.",
            _not_turned_back,
        ),
        Mistake(
            "entry-by-entry",
            "Your powers are taken entry by entry: `*` and `**` do that. It is the singular "
            "values that have to move, by products of matrices.",
            _schulz(move=lambda X, S: A * X + B * X**3 + C * X**5),
        ),
        Mistake(
            "gram-squared-entrywise",
            "The square of A is taken entry by entry. It is a product of matrices, too.",
            _schulz(move=lambda X, S: A * X + (B * S + C * S**2) @ X),
        ),
        Mistake(
            "no-fifth-power",
            "The last term is missing: with a and b alone, the map throws singular values below "
            "zero and out.",
            _schulz(move=lambda X, S: A * X + B * S @ X),
        ),
        Mistake(
            "cubic",
            "You use 1.5 and -0.5, the classical cubic: it does converge to 1, but slowly from "
            "below. Here it is the quintic, with its three numbers.",
            _schulz(move=lambda X, S: 1.5 * X - 0.5 * S @ X),
        ),
        Mistake(
            "sign-of-b",
            "Your middle term has the wrong sign: b is negative.",
            _schulz(move=lambda X, S: A * X + (-B * S + C * S @ S) @ X),
        ),
        Mistake(
            "cubic-and-quintic-exchanged",
            "Your b and c are exchanged: b belongs to A, c to its square.",
            _schulz(move=lambda X, S: A * X + (C * S + B * S @ S) @ X),
        ),
        Mistake(
            "last-product-missing",
            "The bracket is not multiplied by X: each term should be an odd power.",
            _schulz(
                move=lambda X, S: A * X + (B * S + C * S @ S) @ np.eye(*X.shape),
            ),
        ),
        Mistake(
            "stale-gram",
            "You make A once, before the loop. It has to follow X in every round.",
            _stale_gram,
        ),
        Mistake(
            "largest-entry",
            "You divide by the largest entry. A matrix of small entries can still stretch far: "
            "use the norm of all entries.",
            _schulz(first=lambda G: G / np.abs(G).max()),
        ),
        Mistake(
            "row-by-row",
            "You divide every row by its own norm. One number for the whole matrix keeps its "
            "singular vectors.",
            _schulz(first=lambda G: G / np.linalg.norm(G, axis=1, keepdims=True)),
        ),
        Mistake(
            "norm-squared",
            "You divide by the squared norm. Take the root of the sum of squares.",
            _schulz(first=lambda G: G / np.sum(G**2)),
        ),
        Mistake(
            "normalised-in-every-round",
            "You divide by the norm in every round, and undo what the last one did. "
            "Once, before the loop.",
            _schulz(
                move=lambda X, S: (lambda Y: A * Y + (B * Y @ Y.T + C * Y @ Y.T @ Y @ Y.T) @ Y)(
                    X / np.linalg.norm(X)
                )
            ),
        ),
        Mistake(
            "scaled-back",
            "You multiply by the norm at the end. The size of the gradient is what should go.",
            _schulz(last=lambda X, G: X * np.linalg.norm(G)),
        ),
        Mistake(
            "one-round-short",
            "You make one round too few: as many as `steps` says.",
            _schulz(count=lambda steps: max(steps - 1, 0)),
        ),
        Mistake(
            "always-five",
            "You always make five rounds. `steps` says how many.",
            _schulz(count=lambda steps: 5),
        ),
    ),
    variants=(
        Variant(
            "guarded-norm",
            "A fair form used by Jordan's own code: 1e-7 is added to the norm, against 0/0. "
            "Here the norm stands alone.",
            _schulz(first=lambda G: G / (np.linalg.norm(G) + 1e-7)),
        ),
        Variant(
            "spectral-norm",
            "A fair form used by Optax, as an option: divide by the largest singular value. "
            "Here it is the norm of all entries, which costs nothing.",
            _schulz(first=lambda G: G / np.linalg.norm(G, 2)),
        ),
        Variant(
            "exact",
            "A fair form used by papers on spectral descent: the singular value decomposition "
            "gives ones exactly. Here it is the polynomial that comes near them.",
            _exact,
        ),
    ),
)

EXERCISES = (AMSGRAD_STEP, NADAM_STEP, LION_STEP, NEWTON_SCHULZ)
