"""Exercises of lesson 10: one step of Adam, its bias correction, its first step, a whole run."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from course_lib.checking import Call, Case, Exercise, Mistake, Variant, cases, trajectory
from course_lib.optimizers import Adam, AdamState, Nadam

# ---------------------------------------------------------------- one step


def adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    w, state = Adam(lr, beta1, beta2, eps).step(w, g, AdamState(m, v, t - 1))
    return w, state.m, state.v


# The second setting has betas that are no powers of each other, so that no two terms are alike.
SETTINGS = (
    {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    {"lr": 0.03, "beta1": 0.6, "beta2": 0.95, "eps": 1e-2},
)


def _moments(m, v, g, b1, b2):
    return b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2


def _hats(m, v, t, b1, b2):
    return m / (1 - b1**t), v / (1 - b2**t)


def _ratio(m_hat, v_hat, eps):
    return m_hat / (np.sqrt(v_hat) + eps)


def _wrong(moments=_moments, hats=_hats, ratio=_ratio):
    """Adam with one thing changed: its moments, its corrections, or the step per unit of lr."""

    def wrong_step(w, g, m, v, t, lr, beta1, beta2, eps):
        with np.errstate(all="ignore"):
            m, v = moments(m, v, g, beta1, beta2)
            return w - lr * ratio(*hats(m, v, t, beta1, beta2), eps), m, v

    return wrong_step


def _kept(keep):
    """Adam whose returned moments are changed: keep(m, v, m_hat, v_hat) is what it hands on."""

    def wrong_step(w, g, m, v, t, lr, beta1, beta2, eps):
        w, m, v = adam_step(w, g, m, v, t, lr, beta1, beta2, eps)
        return w, *keep(m, v, *_hats(m, v, t, beta1, beta2))

    return wrong_step


def _stale(m_too):
    """Adam that steps along the moments it was given, m or v, and updates them afterwards."""

    def wrong_step(w, g, m, v, t, lr, beta1, beta2, eps):
        new_m, new_v = _moments(m, v, g, beta1, beta2)
        used = (m, new_v) if m_too else (new_m, v)
        m_hat, v_hat = _hats(*used, t, beta1, beta2)
        return w - lr * _ratio(m_hat, v_hat, eps), new_m, new_v

    return wrong_step


def _gradient_for_m(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = _moments(m, v, g, beta1, beta2)
    return w - lr * _ratio(g, v / (1 - beta2**t), eps), m, v


def _ascent(w, g, m, v, t, lr, beta1, beta2, eps):
    return adam_step(w, g, m, v, t, -lr, beta1, beta2, eps)


def _no_learning_rate(w, g, m, v, t, lr, beta1, beta2, eps):
    return adam_step(w, g, m, v, t, 1.0, beta1, beta2, eps)


def _point_replaced(w, g, m, v, t, lr, beta1, beta2, eps):
    return adam_step(np.zeros_like(w), g, m, v, t, lr, beta1, beta2, eps)


def _memory_lost(w, g, m, v, t, lr, beta1, beta2, eps):
    zero = np.zeros_like(w)
    return adam_step(w, g, zero, zero, t, lr, beta1, beta2, eps)


def _nadam(w, g, m, v, t, lr, beta1, beta2, eps):
    w, state = Nadam(lr, beta1, beta2, eps).step(w, g, AdamState(m, v, t - 1))
    return w, state.m, state.v


def _v_from_m(m, v, g, b1, b2):
    m = b1 * m + (1 - b1) * g
    return m, b2 * v + (1 - b2) * m**2


def _belief(m, v, g, b1, b2):
    m = b1 * m + (1 - b1) * g
    return m, b2 * v + (1 - b2) * (g - m) ** 2


def _never_falls(m, v, g, b1, b2):
    m, new = _moments(m, v, g, b1, b2)
    return m, np.maximum(v, new)


def _eps_hat(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = _moments(m, v, g, beta1, beta2)
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v) + eps), m, v


def _rootless_lr(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = _moments(m, v, g, beta1, beta2)
    lr_t = lr * (1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v) + eps), m, v


def _eps_piled_up(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = _moments(m, v, g, beta1, beta2)
    v = v + eps
    m_hat, v_hat = _hats(m, v, t, beta1, beta2)
    return w - lr * m_hat / np.sqrt(v_hat), m, v


WRONG_MOMENTS = (
    Mistake(
        "betas-swapped",
        "Your beta1 and beta2 are exchanged: m remembers a thousand steps and v ten. "
        "Which letter belongs to which moment?",
        _wrong(
            lambda m, v, g, b1, b2: _moments(m, v, g, b2, b1),
            lambda m, v, t, b1, b2: _hats(m, v, t, b2, b1),
        ),
    ),
    Mistake(
        "one-beta",
        "You use beta1 for both moments. The second has a memory of its own, beta2.",
        _wrong(
            lambda m, v, g, b1, b2: _moments(m, v, g, b1, b1),
            lambda m, v, t, b1, b2: _hats(m, v, t, b1, b1),
        ),
    ),
    Mistake(
        "one-beta-the-second",
        "You use beta2 for both moments. The first has a memory of its own, beta1.",
        _wrong(
            lambda m, v, g, b1, b2: _moments(m, v, g, b2, b2),
            lambda m, v, t, b1, b2: _hats(m, v, t, b2, b2),
        ),
    ),
    Mistake(
        "weights-swapped",
        "In both means the weights are exchanged: at beta1 = 0.9 you keep a tenth of the past. "
        "Which of the two terms does beta belong to?",
        _wrong(lambda m, v, g, b1, b2: _moments(m, v, g, 1 - b1, 1 - b2)),
    ),
    Mistake(
        "m-weights-swapped",
        "In m the weights are exchanged: beta1 belongs to the past, its rest to the gradient.",
        _wrong(lambda m, v, g, b1, b2: _moments(m, v, g, 1 - b1, b2)),
    ),
    Mistake(
        "v-weights-swapped",
        "In v the weights are exchanged: beta2 belongs to the past, its rest to the square.",
        _wrong(lambda m, v, g, b1, b2: _moments(m, v, g, b1, 1 - b2)),
    ),
    Mistake(
        "m-is-a-sum",
        "Your m takes in the whole gradient: a sum, as in momentum, ten times too large at "
        "beta1 = 0.9. In a mean the weights add up to one.",
        _wrong(lambda m, v, g, b1, b2: (b1 * m + g, _moments(m, v, g, b1, b2)[1])),
    ),
    Mistake(
        "v-is-a-sum",
        "Your v takes in the whole square: a sum, a thousand times too large at beta2 = 0.999. "
        "In a mean the weights add up to one.",
        _wrong(lambda m, v, g, b1, b2: (_moments(m, v, g, b1, b2)[0], b2 * v + g**2)),
    ),
    Mistake(
        "both-are-sums",
        "Both your moments take in the whole of what is new: they are sums. "
        "In a mean the weights add up to one.",
        _wrong(lambda m, v, g, b1, b2: (b1 * m + g, b2 * v + g**2)),
    ),
    Mistake(
        "v-from-m",
        "Your v takes in the square of m. A gradient that only changes its sign then looks small. "
        "It should take in the square of the gradient itself.",
        _wrong(_v_from_m),
    ),
    Mistake(
        "v-from-size",
        "Your v takes in the size of g, and you take the root of that: "
        "the units do not match. It should take in the square.",
        _wrong(
            lambda m, v, g, b1, b2: (
                _moments(m, v, g, b1, b2)[0],
                b2 * v + (1 - b2) * np.abs(g),
            )
        ),
    ),
    Mistake(
        "not-squared",
        "Your v takes in g itself, so that both signs cancel in it, and its root may not exist. "
        "It should take in the square.",
        _wrong(lambda m, v, g, b1, b2: (_moments(m, v, g, b1, b2)[0], b2 * v + (1 - b2) * g)),
    ),
    Mistake(
        "doubled-not-squared",
        "`g * 2` is twice g. In Python the square is written with two stars.",
        _wrong(lambda m, v, g, b1, b2: (_moments(m, v, g, b1, b2)[0], b2 * v + (1 - b2) * 2 * g)),
    ),
    Mistake(
        "square-of-all",
        "You square the weight, too: (1 - beta2) belongs outside the square of g.",
        _wrong(
            lambda m, v, g, b1, b2: (_moments(m, v, g, b1, b2)[0], b2 * v + ((1 - b2) * g) ** 2)
        ),
    ),
    Mistake(
        "v-never-falls",
        "Your v keeps the larger of old and new, so it never falls. That is on the way to AMSGrad; "
        "here v is a plain mean.",
        _wrong(_never_falls),
    ),
    Mistake(
        "eps-piles-up",
        "You add eps to v and hand that on: it piles up, step after step. "
        "eps belongs to the division alone.",
        _eps_piled_up,
    ),
)

WRONG_CORRECTIONS = (
    Mistake(
        "no-correction",
        "You do not correct m and v. Both begin at 0 and are too small for a while, m by another "
        "factor than v. Divide each by what its weights add up to so far.",
        _wrong(hats=lambda m, v, t, b1, b2: (m, v)),
    ),
    Mistake(
        "correction-multiplied",
        "You multiply by 1 - beta^t. m and v are too small at first, and that makes them smaller.",
        _wrong(hats=lambda m, v, t, b1, b2: (m * (1 - b1**t), v * (1 - b2**t))),
    ),
    Mistake(
        "no-power",
        "You divide by 1 - beta in every step. What the weights add up to grows with t.",
        _wrong(hats=lambda m, v, t, b1, b2: _hats(m, v, 1, b1, b2)),
    ),
    Mistake(
        "beta1-corrects-both",
        "You correct v by 1 - beta1^t, as m is. v remembers by beta2: that tells how young it is.",
        _wrong(hats=lambda m, v, t, b1, b2: (m / (1 - b1**t), v / (1 - b1**t))),
    ),
    Mistake(
        "power-as-product",
        "`beta * t` is a product: your correction soon turns negative. The power has two stars.",
        _wrong(hats=lambda m, v, t, b1, b2: (m / (1 - b1 * t), v / (1 - b2 * t))),
    ),
    Mistake(
        "power-of-the-rest",
        "You take the power of the whole bracket, (1 - beta)^t, which goes to 0. "
        "Only beta is raised to t.",
        _wrong(hats=lambda m, v, t, b1, b2: (m / (1 - b1) ** t, v / (1 - b2) ** t)),
    ),
    Mistake(
        "only-m-corrected",
        "You correct m alone. At first v is a thousand times too small, so your first step is "
        "31.6 times lr.",
        _wrong(hats=lambda m, v, t, b1, b2: (_hats(m, v, t, b1, b2)[0], v)),
    ),
    Mistake(
        "only-v-corrected",
        "You correct v alone. At first m is ten times too small, so your first step is lr / 10.",
        _wrong(hats=lambda m, v, t, b1, b2: (m, _hats(m, v, t, b1, b2)[1])),
    ),
    Mistake(
        "corrections-exchanged",
        "You correct m by beta2 and v by beta1. Each is corrected by the beta it was made with.",
        _wrong(hats=lambda m, v, t, b1, b2: _hats(m, v, t, b2, b1)),
    ),
    Mistake(
        "t-from-zero",
        "You correct as if this were step t - 1: at the first step that divides 0 by 0, or by 0. "
        "t counts from 1, and this gradient is already in m.",
        _wrong(hats=lambda m, v, t, b1, b2: _hats(m, v, t - 1, b1, b2)),
    ),
    Mistake(
        "t-one-ahead",
        "You correct as if this were step t + 1. t already counts this gradient.",
        _wrong(hats=lambda m, v, t, b1, b2: _hats(m, v, t + 1, b1, b2)),
    ),
    Mistake(
        "correction-outside-the-root",
        "You take the root of v and then divide by 1 - beta2^t. "
        "Correct v first, then take the root of both.",
        _wrong(hats=lambda m, v, t, b1, b2: (m / (1 - b1**t), v / (1 - b2**t) ** 2)),
    ),
    Mistake(
        "rootless-learning-rate",
        "You gather both corrections into lr, a form with its own merits, but forgot the root of "
        "1 - beta2^t there.",
        _rootless_lr,
    ),
    Mistake(
        "hats-kept",
        "You hand on m_hat and v_hat, so that the next step corrects them once more. "
        "Return the raw m and v.",
        _kept(lambda m, v, m_hat, v_hat: (m_hat, v_hat)),
    ),
    Mistake(
        "m-hat-kept",
        "You hand on m_hat, so that the next step corrects it once more. Return the raw m.",
        _kept(lambda m, v, m_hat, v_hat: (m_hat, v)),
    ),
    Mistake(
        "v-hat-kept",
        "You hand on v_hat, so that the next step corrects it once more. Return the raw v.",
        _kept(lambda m, v, m_hat, v_hat: (m, v_hat)),
    ),
)

WRONG_STEPS = (
    Mistake(
        "no-root",
        "You divide by v_hat, a squared gradient: then a gradient ten times as large takes a step "
        "ten times as small. What brings it back to the units of m?",
        _wrong(ratio=lambda m_hat, v_hat, eps: m_hat / (v_hat + eps)),
    ),
    Mistake(
        "no-eps",
        "Where all gradients so far were 0 you divide 0 by 0. eps is there for that.",
        _wrong(ratio=lambda m_hat, v_hat, eps: m_hat / np.sqrt(v_hat)),
    ),
    Mistake(
        "eps-twice",
        "Your denominator has eps twice, inside the root and outside. Once is enough.",
        _wrong(ratio=lambda m_hat, v_hat, eps: m_hat / (np.sqrt(v_hat + eps) + eps)),
    ),
    Mistake(
        "eps-not-in-denominator",
        "You divide by the root first and add eps to the result: a missing bracket. "
        "eps belongs below the line.",
        _wrong(ratio=lambda m_hat, v_hat, eps: m_hat / np.sqrt(v_hat) + eps),
    ),
    Mistake(
        "root-multiplied",
        "You multiply by the root: large gradients get larger still. It belongs below the line.",
        _wrong(ratio=lambda m_hat, v_hat, eps: m_hat * (np.sqrt(v_hat) + eps)),
    ),
    Mistake(
        "gradient-for-m",
        "Your step goes along g. m is computed and never used: this is RMSprop, corrected. "
        "The mean gradient belongs above the line.",
        _gradient_for_m,
    ),
    Mistake(
        "sign-only",
        "You use only the sign of m, so that every step has size lr. Divide by the root of v_hat.",
        _wrong(ratio=lambda m_hat, v_hat, eps: np.sign(m_hat)),
    ),
    Mistake(
        "v-left-out",
        "Your step is lr times m_hat: v is computed and never used. It belongs below the line.",
        _wrong(ratio=lambda m_hat, v_hat, eps: m_hat),
    ),
    Mistake(
        "one-number-for-all",
        "You use one v for all coordinates, their mean. Then a steep coordinate brakes the flat "
        "ones. Each coordinate has its own.",
        _wrong(ratio=lambda m_hat, v_hat, eps: _ratio(m_hat, np.mean(v_hat), eps)),
    ),
    Mistake(
        "stale-m",
        "Your step goes along the m that you were given. Let it take in this gradient first.",
        _stale(m_too=True),
    ),
    Mistake(
        "stale-v",
        "You divide by the v that you were given, which is 0 at the first step. "
        "Let it take in this gradient first.",
        _stale(m_too=False),
    ),
    Mistake(
        "look-ahead",
        "You look one step ahead along m, as Nesterov does. That is Nadam, another method. "
        "In Adam, the step goes along m_hat.",
        _nadam,
    ),
    Mistake(
        "ascent",
        "You add the step, and walk uphill. The gradient points up.",
        _ascent,
    ),
    Mistake(
        "no-learning-rate",
        "Your step is the bare ratio: lr does not come in.",
        _no_learning_rate,
    ),
    Mistake(
        "point-replaced",
        "You return minus the step where the new point is wanted: the old one minus the step.",
        _point_replaced,
    ),
    Mistake(
        "memory-lost",
        "Every step starts from empty moments: m and v are set to zero inside, or handed back as "
        "they came. Use what you are given, and return what is new.",
        _memory_lost,
    ),
    Mistake(
        "moments-exchanged",
        "You return v before m, and the next step gets one for the other. The order is w, m, v.",
        _kept(lambda m, v, m_hat, v_hat: (v, m)),
    ),
)

ADAM_STEP = Exercise(
    id="adam-step",
    title="One step of Adam",
    points=3,
    reference=adam_step,
    observe=trajectory(
        ("w", "g", "m", "v", "t", "lr", "beta1", "beta2", "eps"), ("m", "v"), SETTINGS
    ),
    hints=(
        "Five lines, in the order of the five equations: m, v, their corrections, and w.",
        "The two means have the same form; the first takes in g, the second its square. "
        "Keep m and v raw, and give the corrected ones names of their own: m_hat, v_hat.",
        "Each correction divides by one minus the moment's own beta to the power t, `beta1**t`. "
        "Return `w, m, v`, without the hats.",
    ),
    mistakes=WRONG_MOMENTS + WRONG_CORRECTIONS + WRONG_STEPS,
    variants=(
        Variant(
            "eps-inside",
            "A fair form, found in some notes and offered by Optax as eps_root: eps stands under "
            "the root. Here it stands outside, as in the paper and in PyTorch.",
            _wrong(ratio=lambda m_hat, v_hat, eps: m_hat / np.sqrt(v_hat + eps)),
        ),
        Variant(
            "eps-hat",
            "A fair form used by Keras, and named in the paper as the faster one: both corrections "
            "are gathered into lr, and eps is added to the root of the raw v. Here v is corrected "
            "first, so eps means the same in every step.",
            _eps_hat,
        ),
        Variant(
            "belief",
            "A fair form used by AdaBelief (Zhuang et al. 2020): v takes in the squared distance "
            "of g from m. Here it takes in the square of g.",
            _wrong(_belief),
        ),
    ),
)

# ---------------------------------------------------------------- bias correction


def bias_factor(beta, t):
    return float(1 / (1 - beta**t))


BIAS_FACTOR = Exercise(
    id="bias-factor",
    title="The factor that corrects a young mean",
    points=1,
    reference=bias_factor,
    observe=cases(
        lambda rng: [
            (0.5, 2),
            (0.9, 10),
            (0.999, 1000),
            (float(0.5 + 0.4 * rng.random()), 3),
            (0.9, 1),
        ],
        ("beta", "t"),
        "the factor",
    ),
    hints=(
        "Feed the mean with a constant 1, from m = 0. After t steps it stands at 1 - beta^t. "
        "What factor lifts it to 1?",
        "Raise beta to the power t with two stars, and take that from one. Then divide.",
    ),
    mistakes=(
        Mistake(
            "no-power",
            "Your factor is the same at every t. It has to fade to 1 as the mean grows up.",
            lambda beta, t: float(1 / (1 - beta)),
        ),
        Mistake(
            "inverted",
            "Your number is below 1: it is what the mean has reached, not what lifts it to 1.",
            lambda beta, t: float(1 - beta**t),
        ),
        Mistake(
            "t-minus-one",
            "You count one step too few: at t = 1 you divide by 0. After one step the mean holds "
            "one gradient.",
            lambda beta, t: float(1 / (1 - beta ** (t - 1))),
        ),
        Mistake(
            "t-plus-one",
            "You count one step too many. After one step the mean holds one gradient: t = 1.",
            lambda beta, t: float(1 / (1 - beta ** (t + 1))),
        ),
        Mistake(
            "product",
            "`beta * t` is a product. The power is written with two stars.",
            lambda beta, t: float(1 / (1 - beta * t)) if beta * t != 1 else math.inf,
        ),
        Mistake(
            "power-of-the-rest",
            "You take the power of the whole bracket. Only beta is raised to t.",
            lambda beta, t: float(1 / (1 - beta) ** t),
        ),
        Mistake(
            "root",
            "You take a root. The step takes one of v, later; the factor itself has none.",
            lambda beta, t: float(1 / math.sqrt(1 - beta**t)),
        ),
        Mistake(
            "power-alone",
            "You divide by beta^t. What the mean has reached is one minus that.",
            lambda beta, t: float(1 / beta**t),
        ),
    ),
)

# ---------------------------------------------------------------- the first step


def adam_first_step(lr, beta1, beta2, corrected):
    return float(lr if corrected else lr * (1 - beta1) / math.sqrt(1 - beta2))


ADAM_FIRST_STEP = Exercise(
    id="adam-first-step",
    title="The size of the first step, with and without correction",
    points=1,
    reference=adam_first_step,
    observe=cases(
        lambda rng: [
            (0.1, 0.75, 0.96, True),
            (0.1, 0.75, 0.96, False),
            (0.001, 0.9, 0.999, False),
            (float(rng.random()), 0.8, 0.9, True),
            (float(rng.random()), 0.3, 0.6, False),
        ],
        ("lr", "beta1", "beta2", "corrected"),
        "the size of the first step",
    ),
    hints=(
        "Put m = 0, v = 0 and one gradient g into the equations; eps is 0 here. g cancels.",
        "Corrected, m_hat is g and v_hat is its square. What is left of the step?",
        "Uncorrected, m is (1 - beta1) g and v is (1 - beta2) g^2. Divide m by the root of v.",
    ),
    mistakes=(
        Mistake(
            "lr-always",
            "You return lr in both cases. Without correction m and v are too small, "
            "each by its own factor, and they do not cancel.",
            lambda lr, beta1, beta2, corrected: float(lr),
        ),
        Mistake(
            "uncorrected-always",
            "You return the same with and without correction. With it, m_hat is g: what is the "
            "root of v_hat?",
            lambda lr, beta1, beta2, corrected: adam_first_step(lr, beta1, beta2, False),
        ),
        Mistake(
            "no-root",
            "Without correction you divide by 1 - beta2 itself. The step divides by the root of v.",
            lambda lr, beta1, beta2, corrected: (
                float(lr) if corrected else float(lr * (1 - beta1) / (1 - beta2))
            ),
        ),
        Mistake(
            "cases-exchanged",
            "Your two cases are exchanged: corrected is True when m and v are corrected.",
            lambda lr, beta1, beta2, corrected: adam_first_step(lr, beta1, beta2, not corrected),
        ),
        Mistake(
            "betas-exchanged",
            "Without correction you exchange the betas. m is above the line, v under the root.",
            lambda lr, beta1, beta2, corrected: adam_first_step(lr, beta2, beta1, corrected),
        ),
        Mistake(
            "upside-down",
            "Without correction your fraction is upside down: m stands above, the root of v below.",
            lambda lr, beta1, beta2, corrected: (
                float(lr) if corrected else float(lr * math.sqrt(1 - beta2) / (1 - beta1))
            ),
        ),
        Mistake(
            "betas-for-their-rests",
            "Without correction you use the betas themselves: those are the weights of the past, "
            "which is 0. The first gradient has the other weight.",
            lambda lr, beta1, beta2, corrected: (
                float(lr) if corrected else float(lr * beta1 / math.sqrt(beta2))
            ),
        ),
        Mistake(
            "m-forgotten",
            "Without correction you leave m as large as g: that is what happens if only m is "
            "corrected. Uncorrected, it is only a share of g.",
            lambda lr, beta1, beta2, corrected: (
                float(lr) if corrected else float(lr / math.sqrt(1 - beta2))
            ),
        ),
        Mistake(
            "v-forgotten",
            "Without correction you leave v as large as g^2: that is what happens if only v is "
            "corrected. Uncorrected, it is only a share of that.",
            lambda lr, beta1, beta2, corrected: float(lr) if corrected else float(lr * (1 - beta1)),
        ),
    ),
)

# ---------------------------------------------------------------- a whole run


def adam_run(grads, params, lr, beta1, beta2, eps):
    optimizer = Adam(lr, beta1, beta2, eps)
    state = {name: optimizer.init(np.array(w, dtype=float)) for name, w in params.items()}
    paths = {name: [np.array(w, dtype=float)] for name, w in params.items()}
    for g in grads:
        for name, path in paths.items():
            w, state[name] = optimizer.step(path[-1], g[name], state[name])
            path.append(w)
    return {name: np.array(path) for name, path in paths.items()}


def _observe_run(call: Call, rng: np.random.Generator) -> Iterator[Case]:
    """Two parameters of one shape, where a mix-up makes no noise; then a matrix and its bias."""
    tries = [
        ({"a": np.array([0.0]), "b": np.array([0.0])}, 4, {"a": 1.0, "b": 100.0}, SETTINGS[0]),
        ({"a": np.ones(2), "b": -np.ones(2)}, 12, {"a": 1.0, "b": 0.01}, SETTINGS[1]),
        ({"W": np.zeros((2, 3)), "bias": np.array([1, -1, 0])}, 8, {}, SETTINGS[0]),
        ({"a": np.ones(2), "b": np.ones(2)}, 0, {}, SETTINGS[0]),
    ]
    for params, n, scale, setting in tries:
        grads = [
            {name: scale.get(name, 1.0) * rng.normal(size=w.shape) for name, w in params.items()}
            for _ in range(n)
        ]
        paths = call(grads, params, *setting.values())
        yield Case({"updates": n, "params": params, **setting}, {"the paths": paths})


def _run(count=lambda k, i, many: k + 1, one_state=False, **changed):
    """A run with one thing changed. count(k, i, many) is t in update k, for parameter i of many."""

    def run(grads, params, lr, beta1, beta2, eps):
        paths = {name: [np.array(w, dtype=float)] for name, w in params.items()}
        state = {name: (np.zeros(np.shape(w)), np.zeros(np.shape(w))) for name, w in params.items()}
        for k, g in enumerate(grads):
            g = grads[0] if changed.get("first_gradients") else g
            for i, (name, path) in enumerate(paths.items()):
                key = next(iter(params)) if one_state else name
                with np.errstate(all="ignore"):
                    t = count(k, i, len(params))
                    w = path[0 if changed.get("from_start") else -1]
                    w, m, v = adam_step(w, g[name], *state[key], t, lr, beta1, beta2, eps)
                state[key] = (m, v) if not changed.get("forgets") else (0 * m, 0 * v)
                path.append(w)
        return {name: np.array(path) for name, path in paths.items()}

    return run


def _one_array(grads, params, lr, beta1, beta2, eps):
    paths = {name: [np.array(w, dtype=float)] for name, w in params.items()}
    both = {name: np.zeros(np.shape(w)) for name, w in params.items()}
    for t, g in enumerate(grads, start=1):
        for name, path in paths.items():
            m = v = both[name]
            m *= beta1
            m += (1 - beta1) * g[name]
            v *= beta2
            v += (1 - beta2) * g[name] ** 2
            with np.errstate(all="ignore"):
                m_hat, v_hat = _hats(m, v, t, beta1, beta2)
                path.append(path[-1] - lr * _ratio(m_hat, v_hat, eps))
    return {name: np.array(path) for name, path in paths.items()}


def _one_dict(grads, params, lr, beta1, beta2, eps):
    paths = {name: [np.array(w, dtype=float)] for name, w in params.items()}
    m = v = {name: np.zeros(np.shape(w)) for name, w in params.items()}
    for t, g in enumerate(grads, start=1):
        for name, path in paths.items():
            with np.errstate(all="ignore"):
                w, m[name], v[name] = adam_step(
                    path[-1], g[name], m[name], v[name], t, lr, beta1, beta2, eps
                )
            path.append(w)
    return {name: np.array(path) for name, path in paths.items()}


def _result(change):
    def run(grads, params, lr, beta1, beta2, eps):
        return change(adam_run(grads, params, lr, beta1, beta2, eps), params)

    return run


ADAM_RUN = Exercise(
    id="adam-run",
    title="A run that keeps its own books",
    points=3,
    reference=adam_run,
    observe=_observe_run,
    hints=(
        "Every parameter has its own m and v, kept in two dicts under the parameter's name. "
        "There is one t for all of them.",
        "Two loops: over the updates outside, over the names inside. t changes in the outer one.",
        "`for t, g in enumerate(grads, start=1):` counts from 1. Call your adam_step for each "
        "name, and put its m and v back under that name.",
    ),
    mistakes=(
        Mistake(
            "t-from-zero",
            "Your first update runs with t = 0, and the correction divides 0 by 0, or by 0. "
            "t counts updates from 1.",
            _run(lambda k, i, many: k),
        ),
        Mistake(
            "t-twice",
            "Your t goes up by 2 in every update: 2, 4, 6. Is it raised in two places?",
            _run(lambda k, i, many: 2 * (k + 1)),
        ),
        Mistake(
            "t-per-parameter",
            "Your t goes up for every parameter: the second one in an update is corrected as if an "
            "update had passed. Raise t once per update, outside the loop over the names.",
            _run(lambda k, i, many: k * many + i + 1),
        ),
        Mistake(
            "t-stuck",
            "Your t stays at 1: the correction never fades, and all moments count too much. "
            "Raise it once per update.",
            _run(lambda k, i, many: 1),
        ),
        Mistake(
            "state-shared",
            "All your parameters share one m and one v: each gets the memory of the one before. "
            "Give every name its own.",
            _run(one_state=True),
        ),
        Mistake(
            "one-array-for-both",
            "Your m and v are one and the same array: after `m = v = np.zeros(...)`, writing into "
            "one writes into the other. Make two.",
            _one_array,
        ),
        Mistake(
            "one-dict-for-both",
            "Your m and v are one and the same dict: after `m = v = {...}`, what you put back as v "
            "stands in m as well. Make two.",
            _one_dict,
        ),
        Mistake(
            "state-forgotten",
            "Your m and v begin at zero in every update. Make them before the loop, and put back "
            "what the step returns.",
            _run(forgets=True),
        ),
        Mistake(
            "start-always",
            "Every update begins at the start again. It should go on from the newest point of the "
            "path.",
            _run(from_start=True),
        ),
        Mistake(
            "first-gradients-always",
            "Every update uses the gradients of the first. Take the next dict of the list each "
            "time.",
            _run(first_gradients=True),
        ),
        Mistake(
            "no-start-row",
            "Your paths begin after the first update. Row 0 is the start: n updates, n + 1 rows.",
            _result(lambda paths, params: {name: p[1:] for name, p in paths.items()}),
        ),
        Mistake(
            "aliased-rows",
            "All rows of a path are the same point, the last. `w -= ...` writes into the array "
            "that is already in your list; put a copy there, or make a new w.",
            _result(lambda paths, params: {n: 0 * p + p[-1] for n, p in paths.items()}),
        ),
        Mistake(
            "last-points-only",
            "You return the last point of each parameter. Return its whole path, the start first.",
            _result(lambda paths, params: {name: p[-1] for name, p in paths.items()}),
        ),
        Mistake(
            "one-update-short",
            "Your paths end one update early. n dicts of gradients make n updates, n + 1 rows.",
            _result(lambda paths, params: {n: p[: max(len(p) - 1, 1)] for n, p in paths.items()}),
        ),
    ),
)

EXERCISES = (BIAS_FACTOR, ADAM_STEP, ADAM_FIRST_STEP, ADAM_RUN)
