"""Exercises of lesson 06: the gradient asked for ahead, and the form that hides the look-ahead."""

from __future__ import annotations

import numpy as np

from course_lib.checking import Exercise, Mistake, Variant, cases, trajectory
from course_lib.optimizers import Nesterov

SETTINGS = ({"lr": 0.1, "beta": 0.9}, {"lr": 0.5, "beta": 0.6})

# ---------------------------------------------------------------- nesterov step


def nesterov_step(w, grad, v, lr, beta):
    rule = Nesterov(lr, beta)
    return rule.step(w, grad(rule.lookahead(w, v)), v)


def _asked_at(ahead):
    """The step with its gradient taken elsewhere: ahead(w, v, lr, beta) is the place."""

    def step(w, grad, v, lr, beta):
        v = beta * v + grad(ahead(w, v, lr, beta))
        return w - lr * v, v

    return step


def _then(result):
    """The right velocity, and another result: result(w, ahead, g, old, new, lr, beta)."""

    def step(w, grad, v, lr, beta):
        ahead = w - lr * beta * v
        g = grad(ahead)
        return result(w, ahead, g, v, beta * v + g, lr, beta)

    return step


def _velocity_wiped(w, grad, v, lr, beta):
    g = grad(w - lr * beta * v)
    return w - lr * (beta * v + g), v


def _lr_inside(w, grad, v, lr, beta):
    v = beta * v + lr * grad(w - beta * v)
    return w - v, v


NESTEROV_STEP = Exercise(
    id="nesterov-step",
    title="One step of Nesterov's method",
    points=2,
    reference=nesterov_step,
    # The driver itself says so if a step asks for more than one gradient, or for none.
    observe=trajectory(("w", "grad", "v", "lr", "beta"), ("v",), SETTINGS),
    hints=(
        "Where would momentum alone take you? Ask for the gradient there.",
        "Without a new gradient, the next velocity would be beta * v, and the step lr times that.",
        "So `g = grad(...)` at w minus lr * beta * v, once. Then the two lines of momentum, "
        "from w itself.",
    ),
    mistakes=(
        Mistake(
            "asked-at-w",
            "You ask for the gradient at w. The rest is right, so this is momentum as it was. "
            "Nesterov asks where the velocity is about to take you.",
            _asked_at(lambda w, v, lr, beta: w),
        ),
        Mistake(
            "look-behind",
            "You ask for the gradient behind you: the sign of the look-ahead is wrong. The step "
            "subtracts the velocity; so does the look-ahead.",
            _asked_at(lambda w, v, lr, beta: w + lr * beta * v),
        ),
        Mistake(
            "beta-missing-ahead",
            "You look ahead by the whole old velocity. Only beta of it is left when the step is "
            "made: look where that part of the step ends.",
            _asked_at(lambda w, v, lr, beta: w - lr * v),
        ),
        Mistake(
            "lr-missing-ahead",
            "Your look-ahead lacks lr: it goes far beyond the place where the step would end. "
            "A velocity is made of gradients; times lr it is a way.",
            _asked_at(lambda w, v, lr, beta: w - beta * v),
        ),
        Mistake(
            "returns-look-ahead",
            "You start the step from the look-ahead point, and so add the velocity twice. Ask for "
            "the gradient there, then go from w.",
            _then(lambda w, ahead, g, old, new, lr, beta: (ahead - lr * new, new)),
        ),
        Mistake(
            "next-look-ahead",
            "Your gradient is asked at the right place for w, but what you return is the next "
            "look-ahead point, not w. Then the step after that looks ahead from there.",
            _then(lambda w, ahead, g, old, new, lr, beta: (w - lr * new - lr * beta * new, new)),
        ),
        Mistake(
            "velocity-lost",
            "You return the old velocity, which is zero for ever. Which velocity does the next "
            "step need?",
            _velocity_wiped,
        ),
        Mistake(
            "velocity-without-memory",
            "The velocity that you return is the gradient alone. The next step needs all that "
            "came before, beta times the old velocity added.",
            _then(lambda w, ahead, g, old, new, lr, beta: (w - lr * new, g)),
        ),
        Mistake(
            "stale-velocity",
            "Your step follows the velocity from before this gradient: the first step does not "
            "move at all. Update the velocity first.",
            _then(lambda w, ahead, g, old, new, lr, beta: (w - lr * old, new)),
        ),
        Mistake(
            "climbs",
            "Your path climbs: the gradient points uphill, and the step must go against it.",
            _then(lambda w, ahead, g, old, new, lr, beta: (w + lr * new, new)),
        ),
        Mistake(
            "beta-twice",
            "The gradient is asked at the right place, but the step has a further beta: you mix "
            "the look-ahead form with the rewritten one, which comes next.",
            _then(lambda w, ahead, g, old, new, lr, beta: (w - lr * (g + beta * new), new)),
        ),
        Mistake(
            "average",
            "You weight the gradient by 1 - beta, which makes v an average. Here v is a sum, as "
            "in momentum: the newest gradient has weight 1.",
            _then(
                lambda w, ahead, g, old, new, lr, beta: (
                    w - lr * (beta * old + (1 - beta) * g),
                    beta * old + (1 - beta) * g,
                )
            ),
        ),
    ),
    variants=(
        Variant(
            "lr-inside",
            "A fair form, used by Sutskever et al. (2013): lr stands inside the velocity. The path "
            "is the same until lr changes; here lr stands outside.",
            _lr_inside,
        ),
    ),
)

# ---------------------------------------------------------------- rewritten form


def nesterov_rewritten(y, g, v, lr, beta):
    rule = Nesterov(lr, beta)
    w, v = rule.step(y + lr * beta * v, g, v)
    return rule.lookahead(w, v), v


def _rewritten(step):
    """Another step: step(g, old, new, beta) is what lr multiplies."""

    def rewritten(y, g, v, lr, beta):
        new = beta * v + g
        return y - lr * step(g, v, new, beta), new

    return rewritten


def _rewritten_lr_inside(y, g, v, lr, beta):
    v = beta * v + lr * g
    return y - (lr * g + beta * v), v


def _step_kept(y, g, v, lr, beta):
    step = g + beta * (beta * v + g)
    return y - lr * step, step


NESTEROV_REWRITTEN = Exercise(
    id="nesterov-rewritten",
    title="The same method, without looking ahead",
    points=1,
    reference=nesterov_rewritten,
    # The driver calls the point w whatever the step calls it.
    observe=trajectory(("w", "g", "v", "lr", "beta"), ("v",), SETTINGS),
    hints=(
        "First the new velocity, as in momentum.",
        "The step has two parts: the gradient, and beta times a velocity. Old or new?",
        "Momentum's step is g + beta * v with the old velocity. Here the new one stands there.",
    ),
    mistakes=(
        Mistake(
            "old-velocity",
            "Beta multiplies the old velocity in your step. That is momentum, to the letter: "
            "g + beta v is the new velocity. One step further is wanted.",
            _rewritten(lambda g, old, new, beta: g + beta * old),
        ),
        Mistake(
            "step-kept-as-velocity",
            "Your step is right, and you hand it on as the velocity: g + beta v with the new v. "
            "The velocity is beta times the old one plus g, as in momentum.",
            _step_kept,
        ),
        Mistake(
            "velocity-twice",
            "Your step is the new velocity plus beta times the new velocity. The gradient is in "
            "there with an old velocity too many: what stands in front of beta?",
            _rewritten(lambda g, old, new, beta: new + beta * new),
        ),
        Mistake(
            "sign-of-velocity",
            "You subtract the velocity inside the bracket, so the memory works against the "
            "gradient. Both parts of the step go the same way.",
            _rewritten(lambda g, old, new, beta: g - beta * new),
        ),
        Mistake(
            "climbs",
            "Your path climbs: the gradient points uphill, and the step must go against it.",
            _rewritten(lambda g, old, new, beta: -(g + beta * new)),
        ),
        Mistake(
            "beta-missing",
            "Beta is missing in the step: the new velocity stands there at full weight.",
            _rewritten(lambda g, old, new, beta: g + new),
        ),
        Mistake(
            "gradient-missing",
            "The step has beta times the new velocity only. The newest gradient is in there, but "
            "with weight beta: add it once more.",
            _rewritten(lambda g, old, new, beta: beta * new),
        ),
        Mistake(
            "beta-on-both",
            "Beta multiplies the gradient as well: your bracket is in the wrong place.",
            _rewritten(lambda g, old, new, beta: beta * (g + new)),
        ),
        Mistake(
            "velocity-lost",
            "Your steps know of no gradient but the newest: you return the velocity as you got it. "
            "Which one does the next step need?",
            lambda y, g, v, lr, beta: (y - lr * (g + beta * (beta * v + g)), v),
        ),
    ),
    variants=(
        Variant(
            "lr-inside",
            "A fair form, used by Keras: lr stands inside the velocity. The path is the same "
            "until lr changes; here lr stands outside, as in PyTorch.",
            _rewritten_lr_inside,
        ),
    ),
)

# ---------------------------------------------------------------- from one to the other


def lookahead_to_iterate(y, v, lr, beta):
    return y + lr * beta * v


def _pairs(rng: np.random.Generator) -> list[tuple]:
    return [
        (np.array([1.0, 2.0]), np.array([3.0, -1.0]), 0.1, 0.9),
        (rng.normal(size=3), rng.normal(size=3), 0.5, 0.6),
        (rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), 2.0, 0.3),
        (rng.normal(size=2), rng.normal(size=2), 0.7, 0.0),
    ]


LOOKAHEAD_TO_ITERATE = Exercise(
    id="lookahead-to-iterate",
    title="From the look-ahead point back to w",
    points=1,
    reference=lookahead_to_iterate,
    observe=cases(_pairs, ("y", "v", "lr", "beta"), "w"),
    hints=(
        "The look-ahead point is y = w - lr * beta * v. Here y is given, and w is wanted.",
        "Solve that equation for w.",
    ),
    mistakes=(
        Mistake(
            "sign",
            "You look ahead once more, where you should go back. Solve y = w - lr beta v for w.",
            lambda y, v, lr, beta: y - lr * beta * v,
        ),
        Mistake(
            "unchanged",
            "You return y itself. That is where the gradient is asked for; w lies behind it.",
            lambda y, v, lr, beta: y.copy(),
        ),
        Mistake(
            "beta-missing",
            "You go back by the whole velocity. The look-ahead went by beta of it.",
            lambda y, v, lr, beta: y + lr * v,
        ),
        Mistake(
            "lr-missing",
            "You go back without lr. The look-ahead was lr * beta * v long.",
            lambda y, v, lr, beta: y + beta * v,
        ),
        Mistake(
            "beta-squared",
            "You go back by beta squared. There is one beta between w and the look-ahead point.",
            lambda y, v, lr, beta: y + lr * beta**2 * v,
        ),
        Mistake(
            "lr-squared",
            "You go back by lr squared. There is one lr between w and the look-ahead point.",
            lambda y, v, lr, beta: y + lr**2 * beta * v,
        ),
        Mistake(
            "divided-by-beta",
            "You divide by beta. The look-ahead multiplied the velocity by it; take away the same.",
            lambda y, v, lr, beta: y + lr * v / beta if beta else y.copy(),
        ),
    ),
)

EXERCISES = (NESTEROV_STEP, NESTEROV_REWRITTEN, LOOKAHEAD_TO_ITERATE)
