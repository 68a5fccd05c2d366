"""Exercises of lesson 07: one learning rate per coordinate, and regret."""

from __future__ import annotations

import numpy as np

from course_lib.checking import Exercise, Mistake, Variant, cases, trajectory
from course_lib.optimizers import Adagrad

# ---------------------------------------------------------------- one step of Adagrad


def adagrad_step(w, g, G, lr, eps):
    return Adagrad(lr, eps).step(w, g, G)


def _step(collect=lambda G, g, lr: G + g**2, root=lambda G, eps: np.sqrt(G) + eps, sign=-1):
    """Adagrad with one thing changed: what is collected, or what divides the gradient."""

    def step(w, g, G, lr, eps):
        G = collect(G, g, lr)
        with np.errstate(all="ignore"):
            return w + sign * lr * g / root(G, eps), G

    return step


def _used_before_added(w, g, G, lr, eps):
    return w - lr * g / (np.sqrt(G) + eps), G + g**2


def _step_of_size_lr(w, g, G, lr, eps):
    G = G + g**2
    return w - lr / (np.sqrt(G) + eps), G


ADAGRAD_STEP = Exercise(
    id="adagrad-step",
    title="One step of Adagrad",
    points=2,
    reference=adagrad_step,
    observe=trajectory(
        ("w", "g", "G", "lr", "eps"),
        ("G",),
        ({"lr": 0.1, "eps": 1e-2}, {"lr": 0.1, "eps": 1e-8}),
    ),
    hints=(
        "Two lines: first add this gradient's square to G, then divide lr times the gradient by "
        "the root of the new G.",
        "Everything is per coordinate, and NumPy works per coordinate by itself: `g**2` and "
        "`np.sqrt(G)` have the shape of w.",
        "Write G = G + ... (a new array), not G += ...; add eps to the root, outside of it.",
    ),
    mistakes=(
        Mistake(
            "reset",
            "Your G forgets: each step uses only the gradient it was given, so every step has "
            "size lr. Add to the G that came in, and return the sum.",
            _step(lambda G, g, lr: g**2),
        ),
        Mistake(
            "absolute-values",
            "You add up the sizes of the gradients, not their squares. Then the root does not "
            "undo anything, and the steps change with the scale of the loss.",
            _step(lambda G, g, lr: G + np.abs(g)),
        ),
        Mistake(
            "not-squared",
            "You add the gradient to G as it is. Gradients of opposite sign cancel, and a "
            "negative sum has no root. What does the equation do to g first?",
            _step(lambda G, g, lr: G + g),
        ),
        Mistake(
            "squared-sum",
            "You add up gradients and square the sum. Gradients of opposite sign cancel in it; "
            "square each gradient before you add.",
            _step(lambda G, g, lr: G + g, lambda G, eps: np.abs(G) + eps),
        ),
        Mistake(
            "no-root",
            "You divide by G itself. G is a sum of squares: without its root the step has the "
            "wrong units, and shrinks like 1/t.",
            _step(root=lambda G, eps: G + eps),
        ),
        Mistake(
            "one-number-for-all",
            "You add up G over all coordinates and divide all by one number. "
            "A coordinate with small gradients then loses its large step: keep G per coordinate.",
            _step(root=lambda G, eps: np.sqrt(np.sum(G)) + eps),
        ),
        Mistake(
            "mean-over-coordinates",
            "You average G over all coordinates and divide all by one number. "
            "A coordinate with small gradients then loses its large step: keep G per coordinate.",
            _step(root=lambda G, eps: np.sqrt(np.mean(G)) + eps),
        ),
        Mistake(
            "used-before-added",
            "You divide by the G from before this gradient. At the first step it is 0, and only "
            "eps is left below: the step explodes. Which line comes first?",
            _used_before_added,
        ),
        Mistake(
            "eps-every-step",
            "You add eps into G itself, so it piles up in every step. "
            "It belongs beside the root, once, and never into the state.",
            lambda w, g, G, lr, eps: _step(lambda G, g, lr: G + g**2 + eps, lambda G, _: G**0.5)(
                w, g, G, lr, eps
            ),
        ),
        Mistake(
            "no-eps",
            "You leave eps out. A coordinate whose gradient has always been 0 then gives 0/0, "
            "and its w becomes nan.",
            _step(root=lambda G, eps: np.sqrt(G)),
        ),
        Mistake(
            "movement-not-gradient",
            "You collect how far w would move, (lr g) squared, not the squared gradient. "
            "The lr above and the lr below cancel: turn lr, and nothing changes.",
            _step(lambda G, g, lr: G + (lr * g) ** 2),
        ),
        Mistake(
            "largest-not-sum",
            "You keep the largest squared gradient, not their sum. "
            "Under a constant gradient your steps would never shrink.",
            _step(lambda G, g, lr: np.maximum(G, g**2)),
        ),
        Mistake(
            "gradient-size-lost",
            "Your step has no gradient above the line: it always goes the same way, and moves a "
            "coordinate whose gradient is 0.",
            _step_of_size_lr,
        ),
        Mistake(
            "ascent",
            "You add the step, and the gradient points uphill. Your path climbs.",
            _step(sign=1),
        ),
    ),
    variants=(
        Variant(
            "eps-inside",
            "A fair form used by Keras and Optax, with eps inside the root; here, as in PyTorch, "
            "it is added to the root.",
            _step(root=lambda G, eps: np.sqrt(G + eps)),
        ),
    ),
)

# ---------------------------------------------------------------- effective learning rate


def effective_lr(G, lr, eps):
    # A step from 0 with gradient 1, in a state that holds G after that gradient.
    moved, _ = Adagrad(lr, eps).step(np.zeros_like(G), np.ones_like(G), G - 1.0)
    return -moved


def _states(rng: np.random.Generator) -> list[tuple]:
    return [
        (np.array([1.0, 4.0, 100.0]), 0.1, 0.5),
        (np.array([0.25, 9.0]), 2.0, 1e-8),
        (np.array([0.0, 1.0]), 0.5, 0.01),
        (10 * rng.random(5), 0.3, 0.1),
        (rng.random((2, 3)), 0.01, 1e-3),
    ]


EFFECTIVE_LR = Exercise(
    id="effective-lr",
    title="The learning rate that each coordinate gets",
    points=1,
    reference=effective_lr,
    observe=cases(_states, ("G", "lr", "eps"), "the learning rates"),
    rtol=1e-7,
    hints=(
        "Look at the update as a number times g. What is that number, for each coordinate?",
        "It is lr divided by something that grows with G. The larger the gradients were, the "
        "smaller it is.",
        "The root of G, plus eps, stands below the line.",
    ),
    mistakes=(
        Mistake(
            "no-root",
            "You divide by G, a sum of squares. Gradients ten times as large would then cut the "
            "learning rate a hundred times: something is missing around G.",
            lambda G, lr, eps: lr / (G + eps),
        ),
        Mistake(
            "one-for-all",
            "You give one learning rate to all coordinates, from the mean of G. "
            "Each coordinate has its own G, and gets its own.",
            lambda G, lr, eps: lr / (np.sqrt(np.full_like(G, G.mean())) + eps),
        ),
        Mistake(
            "one-number",
            "You return one number, from the mean of G. Each coordinate has its own G, and gets "
            "its own learning rate.",
            lambda G, lr, eps: float(lr / (np.sqrt(G.mean()) + eps)),
        ),
        Mistake(
            "sum-for-all",
            "You give one learning rate to all coordinates, from the sum of G. "
            "Each coordinate has its own G, and gets its own.",
            lambda G, lr, eps: lr / (np.sqrt(np.full_like(G, G.sum())) + eps),
        ),
        Mistake(
            "counts-steps",
            "You divide by the root of a count, 1, 2, 3, ...: G itself does not come in. That is "
            "how it shrinks only when all gradients have size 1.",
            lambda G, lr, eps: lr / (np.sqrt(np.arange(1, G.size + 1).reshape(G.shape)) + eps),
        ),
        Mistake(
            "divided-by-size",
            "You divide G by the number of coordinates. G is a sum over *steps*, coordinate by "
            "coordinate; nothing is averaged.",
            lambda G, lr, eps: lr / (np.sqrt(G / G.size) + eps),
        ),
        Mistake(
            "multiplied",
            "You multiply by the root: coordinates with large gradients get large steps. "
            "It should be the other way round.",
            lambda G, lr, eps: lr * (np.sqrt(G) + eps),
        ),
        Mistake(
            "inverted",
            "Your fraction stands on its head: the root of G belongs below the line, lr above.",
            lambda G, lr, eps: (np.sqrt(G) + eps) / lr,
        ),
        Mistake(
            "precedence",
            "`lr / np.sqrt(G) + eps` divides first and adds eps at the end. "
            "Put brackets around what stands below the line.",
            lambda G, lr, eps: _quiet(lambda: lr / np.sqrt(G) + eps),
        ),
        Mistake(
            "no-eps",
            "You leave eps out: for a coordinate with G = 0 you divide by zero.",
            lambda G, lr, eps: _quiet(lambda: lr / np.sqrt(G)),
        ),
        Mistake(
            "no-lr",
            "The lr does not come in. Twice the lr should give twice the result.",
            lambda G, lr, eps: 1 / (np.sqrt(G) + eps),
        ),
    ),
    variants=(
        Variant(
            "eps-inside",
            "A fair form used by Keras and Optax, with eps inside the root; here, as in PyTorch, "
            "it is added to the root.",
            lambda G, lr, eps: lr / np.sqrt(G + eps),
        ),
    ),
)


def _quiet(compute):
    with np.errstate(all="ignore"):
        return compute()


# ---------------------------------------------------------------- regret


def regret(losses, experts):
    return np.cumsum(losses) - np.cumsum(experts, axis=0).min(axis=1)


def _games(rng: np.random.Generator) -> list[tuple]:
    # The best expert changes on the way; the last game has one round, and one expert.
    small = (
        np.array([1.0, 0.0, 2.0]),
        np.array([[0.0, 1.0], [3.0, 1.0], [2.0, 1.0]]),
    )
    return [
        small,
        (rng.random(6), rng.random((6, 3))),
        (3 + rng.random(20), rng.normal(size=(20, 4))),
        (np.array([2.0]), np.array([[0.5]])),
    ]


def _against_last_best(losses, experts):
    best = experts.sum(axis=0).argmin()
    return np.cumsum(losses) - np.cumsum(experts[:, best])


REGRET = Exercise(
    id="regret",
    title="Regret",
    points=2,
    reference=regret,
    observe=cases(_games, ("losses", "experts"), "the regret after each round"),
    hints=(
        "Two running totals: your own, and one for every expert. `np.cumsum` makes them.",
        "Each column of experts is one expert: `np.cumsum(experts, axis=0)` has the totals of all "
        "of them after every round.",
        "After every round compare with the expert whose total is lowest *then*: the minimum over "
        "the columns, axis=1.",
    ),
    mistakes=(
        Mistake(
            "best-of-each-round",
            "You compare with the best expert of every single round. Nobody could be that one: "
            "the rival is one *fixed* expert, judged by its total.",
            lambda losses, experts: np.cumsum(losses - experts.min(axis=1)),
        ),
        Mistake(
            "average",
            "You divide by the number of rounds. That is the average regret, which should fall to "
            "0; asked is the total, which grows.",
            lambda losses, experts: regret(losses, experts) / np.arange(1, len(losses) + 1),
        ),
        Mistake(
            "sign",
            "The sign is reversed: you regret what you lost more than the best expert did.",
            lambda losses, experts: -regret(losses, experts),
        ),
        Mistake(
            "best-at-the-end",
            "You choose the expert that is best after the last round, and compare with it at all "
            "times. After each round the rival is the one that is best by then.",
            _against_last_best,
        ),
        Mistake(
            "worst-expert",
            "You compare with the largest total, the worst expert. Anyone beats that one; "
            "which one is hard to beat?",
            lambda losses, experts: np.cumsum(losses) - np.cumsum(experts, axis=0).max(axis=1),
        ),
        Mistake(
            "mean-expert",
            "You compare with the average expert. The rival is the best one: the lowest total.",
            lambda losses, experts: np.cumsum(losses) - np.cumsum(experts, axis=0).mean(axis=1),
        ),
        Mistake(
            "not-summed",
            "You compare single rounds, and sum nothing. Regret adds up over the rounds so far.",
            lambda losses, experts: losses - experts.min(axis=1),
        ),
        Mistake(
            "totals-of-experts-only",
            "You add up the experts' losses, but not your own. Both sides are totals so far.",
            lambda losses, experts: losses - np.cumsum(experts, axis=0).min(axis=1),
        ),
        Mistake(
            "last-round-only",
            "You return one number, the regret at the end. Return an array: "
            "the regret after each round.",
            lambda losses, experts: float(regret(losses, experts)[-1]),
        ),
        Mistake(
            "one-column-each",
            "You return one column per expert. Of all experts, only the best by then counts: "
            "take the minimum over the columns.",
            lambda losses, experts: np.cumsum(losses)[:, None] - np.cumsum(experts, axis=0),
        ),
        Mistake(
            "wrong-axis",
            "You add up over the experts, not over the rounds. Rounds are rows: axis=0.",
            lambda losses, experts: np.cumsum(losses) - np.cumsum(experts, axis=1).min(axis=1),
        ),
        Mistake(
            "rounds-from-zero",
            "Your regret is one round late: the first entry should already hold the first round.",
            lambda losses, experts: np.append(0.0, regret(losses, experts)[:-1]),
        ),
    ),
)

EXERCISES = (EFFECTIVE_LR, ADAGRAD_STEP, REGRET)
