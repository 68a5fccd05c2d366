"""Exercises of lesson 05: the step with a velocity, its forms, its best setting and its limits."""

from __future__ import annotations

import numpy as np

from course_lib.checking import Exercise, Mistake, Variant, cases, trajectory
from course_lib.optimizers import Momentum

# ---------------------------------------------------------------- momentum step


def momentum_step(w, g, v, lr, beta):
    return Momentum(lr, beta).step(w, g, v)


def _remembers(velocity):
    """The step with another velocity: velocity(v, g, beta, lr) is the new one."""

    def step(w, g, v, lr, beta):
        v = velocity(v, g, beta, lr)
        return w - lr * v, v

    return step


def _old_velocity_returned(w, g, v, lr, beta):
    return w - lr * (beta * v + g), v


def _gradient_returned(w, g, v, lr, beta):
    return w - lr * (beta * v + g), g


def _stale(w, g, v, lr, beta):
    return w - lr * v, beta * v + g


def _nesterov(w, g, v, lr, beta):
    v = beta * v + g
    return w - lr * (g + beta * v), v


def _double_sign(w, g, v, lr, beta):
    v = beta * v - g
    return w - lr * v, v


def _lr_inside(w, g, v, lr, beta):
    v = beta * v + lr * g
    return w - v, v


def _no_lr(w, g, v, lr, beta):
    v = beta * v + g
    return w - v, v


def _point_replaced(w, g, v, lr, beta):
    v = beta * v + g
    return -lr * v, v


def _gradient_twice(w, g, v, lr, beta):
    v = beta * v + g
    return w - lr * (g + v), v


def _order_swapped(w, g, v, lr, beta):
    v = beta * v + g
    return v, w - lr * v


MOMENTUM_STEP = Exercise(
    id="momentum-step",
    title="One step of momentum",
    points=2,
    reference=momentum_step,
    observe=trajectory(
        ("w", "g", "v", "lr", "beta"),
        ("v",),
        ({"lr": 0.1, "beta": 0.9}, {"lr": 0.5, "beta": 0.6}),
    ),
    hints=(
        "Two lines, in the order of the two equations: the velocity first, then the point.",
        "The new velocity is beta times the old one, plus the gradient, at full weight.",
        "Give the new velocity a name, use it in the step, and return it as the second value: "
        "the next step needs it.",
    ),
    mistakes=(
        Mistake(
            "velocity-lost",
            "Your steps are those of gradient descent: no step knows of the one before. Which "
            "velocity do you return, and does the step use it?",
            _old_velocity_returned,
        ),
        Mistake(
            "gradient-kept-as-velocity",
            "Your memory is one step long: what you return as the velocity is the gradient alone. "
            "The next step needs all that came before.",
            _gradient_returned,
        ),
        Mistake(
            "lr-twice",
            "The learning rate comes in twice, once in the velocity and once in the step. Your "
            "steps are lr times too small: let it stand in one place.",
            _remembers(lambda v, g, beta, lr: beta * v + lr * g),
        ),
        Mistake(
            "stale-velocity",
            "Your step follows the velocity from before this gradient, so the first step does not "
            "move at all. In which order do the two equations stand?",
            _stale,
        ),
        Mistake(
            "nesterov",
            "You add the gradient once more, in front of beta times the new velocity. That is "
            "Nesterov's rule, the next lesson. Here the step is lr times the velocity.",
            _nesterov,
        ),
        Mistake(
            "double-sign",
            "There are two minus signs, or none, on the way from the gradient to the point: your "
            "path climbs. One minus is enough; where do the equations have it?",
            _double_sign,
        ),
        Mistake(
            "beta-missing",
            "Your velocity never forgets: it is the plain sum of all gradients. Which term does "
            "beta multiply?",
            _remembers(lambda v, g, beta, lr: v + g),
        ),
        Mistake(
            "beta-on-both",
            "Beta multiplies the gradient as well as the velocity. In the equation the newest "
            "gradient has weight 1: look at your brackets.",
            _remembers(lambda v, g, beta, lr: beta * (v + g)),
        ),
        Mistake(
            "beta-on-gradient",
            "Beta multiplies the gradient where it should multiply the old velocity: nothing is "
            "forgotten. Compare your first line with the equation.",
            _remembers(lambda v, g, beta, lr: v + beta * g),
        ),
        Mistake(
            "one-minus-beta-kept",
            "You keep the share 1 - beta of the velocity. Beta itself is what is kept: at 0.9, "
            "nine tenths.",
            _remembers(lambda v, g, beta, lr: (1 - beta) * v + g),
        ),
        Mistake(
            "weights-swapped",
            "This is an average with its weights swapped: the old velocity has 1 - beta, the "
            "gradient beta. Here v is a sum, not an average.",
            _remembers(lambda v, g, beta, lr: (1 - beta) * v + beta * g),
        ),
        Mistake(
            "velocity-subtracted",
            "You subtract beta times the old velocity, so the memory works against the gradient. "
            "It should add to it.",
            _remembers(lambda v, g, beta, lr: g - beta * v),
        ),
        Mistake(
            "no-learning-rate",
            "Your step is the whole velocity: lr does not come in.",
            _no_lr,
        ),
        Mistake(
            "point-replaced",
            "You replace w by -lr * v where you should change it by that. "
            "The new point is the old one minus the step.",
            _point_replaced,
        ),
        Mistake(
            "gradient-twice",
            "The newest gradient counts twice in your step: it is in the velocity already. "
            "The step is lr times the velocity alone.",
            _gradient_twice,
        ),
        Mistake(
            "lr-on-the-gradient-alone",
            "You multiply the gradient by lr, and subtract beta times the velocity as it is. lr "
            "multiplies the whole velocity.",
            lambda w, g, v, lr, beta: (w - lr * g - beta * v, beta * v + g),
        ),
        Mistake(
            "order-swapped",
            "You return the velocity first and the point second. The point comes first, as in the "
            "name of the arguments: w, then v.",
            _order_swapped,
        ),
    ),
    variants=(
        Variant(
            "average-form",
            "A fair form, used by many course notes and by PyTorch with dampening=beta after its "
            "first step: v is an average, with weight 1 - beta on the gradient; here v is a sum, "
            "with weight 1.",
            _remembers(lambda v, g, beta, lr: beta * v + (1 - beta) * g),
        ),
        Variant(
            "lr-inside",
            "A fair form, used by Keras and by Sutskever et al. (2013): lr stands inside the "
            "velocity. The path is the same until lr changes; here lr stands outside.",
            _lr_inside,
        ),
    ),
)

# ---------------------------------------------------------------- convert velocity


def convert_velocity(v, lr_old, lr_new):
    return v * (lr_new / lr_old)


def _velocities(rng: np.random.Generator) -> list[tuple]:
    return [
        (np.array([1.0, -2.0]), 0.1, 0.01),
        (rng.normal(size=3), 0.05, 0.2),
        (rng.normal(size=(2, 2)), 0.3, 0.3),
        (rng.normal(size=2), 2.0, 0.5),
    ]


CONVERT_VELOCITY = Exercise(
    id="convert-velocity",
    title="Carry a velocity over a change of the learning rate",
    points=1,
    reference=convert_velocity,
    observe=cases(_velocities, ("v", "lr_old", "lr_new"), "the velocity"),
    hints=(
        "With lr inside, the velocity is lr times the velocity of the other form. Which lr is in "
        "yours, and which should be?",
        "First take the old learning rate out of it, then put the new one in.",
        "If the two learning rates are equal, nothing may change: try that case.",
    ),
    mistakes=(
        Mistake(
            "inverse",
            "The fraction is upside down: for a learning rate that falls to a tenth, your "
            "velocity grows tenfold. Should steps get larger?",
            lambda v, lr_old, lr_new: v * (lr_old / lr_new),
        ),
        Mistake(
            "unchanged",
            "You return the velocity as it was. It still carries the old learning rate, so the "
            "steps after the drop are too long: this is the very difference to repair.",
            lambda v, lr_old, lr_new: v.copy(),
        ),
        Mistake(
            "new-lr-only",
            "You multiply by the new learning rate, but the old one is still inside. Where the two "
            "are equal, nothing should change, and yours shrinks at every call.",
            lambda v, lr_old, lr_new: v * lr_new,
        ),
        Mistake(
            "old-lr-only",
            "You take the old learning rate out, and stop there. That is the velocity of the form "
            "with lr outside; here the new one must go in.",
            lambda v, lr_old, lr_new: v / lr_old,
        ),
        Mistake(
            "both-multiplied",
            "You multiply by both learning rates. One is inside already: it has to come out.",
            lambda v, lr_old, lr_new: v * lr_old * lr_new,
        ),
        Mistake(
            "squared",
            "Your factor is the square of the right one. The learning rate stands in the velocity "
            "once.",
            lambda v, lr_old, lr_new: v * (lr_new / lr_old) ** 2,
        ),
        Mistake(
            "difference",
            "You use the difference of the two learning rates. Where they are equal, it wipes the "
            "velocity out; nothing should change there.",
            lambda v, lr_old, lr_new: v * (lr_new - lr_old),
        ),
        Mistake(
            "velocity-wiped",
            "You start again from zero. That is safe, and it throws away all that the velocity "
            "knew. Asked is the velocity that continues the same path.",
            lambda v, lr_old, lr_new: np.zeros_like(v),
        ),
    ),
)

# ---------------------------------------------------------------- spectral radius


def spectral_radius(lr, beta, curvature):
    return float(np.abs(np.roots([1, -(1 + beta - lr * curvature), beta])).max())


def _settings(rng: np.random.Generator) -> list[tuple]:
    """Swinging, creeping, jumping to and fro, exploding, without memory, and one at random."""
    return [
        (1.0, 0.5, 1.0),
        (0.1, 0.5, 0.1),
        (2.9, 0.5, 1.0),
        (4.0, 0.5, 1.0),
        (1.9, 0.0, 1.0),
        (0.5, 0.9, 1.0),
        (0.1, 0.5, -1.0),
        (float(rng.uniform(0.1, 0.5)), float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.5, 5))),
    ]


def _of_roots(reduce):
    """The radius with another reduction: reduce(z) of the two roots z, complex numbers."""

    def radius(lr, beta, curvature):
        return float(reduce(np.roots([1, -(1 + beta - lr * curvature), beta]).astype(complex)))

    return radius


def _of_polynomial(coefficients):
    """The radius of another polynomial: coefficients(beta, lr * curvature)."""

    def radius(lr, beta, curvature):
        return float(np.abs(np.roots(coefficients(beta, lr * curvature))).max())

    return radius


def _with_the_plus(lr, beta, curvature):
    p = 1 + beta - lr * curvature
    return float(abs(p + np.emath.sqrt(p**2 - 4 * beta)) / 2)


def _matrix_norm(lr, beta, curvature):
    a = lr * curvature
    return float(np.linalg.norm(np.array([[1 - a, -lr * beta], [curvature, beta]]), 2))


SPECTRAL_RADIUS = Exercise(
    id="spectral-radius",
    title="The factor of one step, with memory",
    points=2,
    reference=spectral_radius,
    observe=cases(_settings, ("lr", "beta", "curvature"), "the radius"),
    rtol=1e-6,
    hints=(
        "`np.roots([a, b, c])` gives the two roots of a z**2 + b z + c, complex ones too.",
        "The size of a complex number is `np.abs`: real and imaginary part together.",
        "The polynomial has coefficients 1, -(1 + beta - lr * curvature), beta. "
        "Which of the two sizes rules in the long run?",
    ),
    mistakes=(
        Mistake(
            "always-root-beta",
            "You return the square root of beta. That is right while the roots are complex; for a "
            "tiny lr, a huge one, or beta = 0 they are real, and one is larger.",
            lambda lr, beta, curvature: float(np.sqrt(beta)),
        ),
        Mistake(
            "root-with-the-plus",
            "Of the two roots you take the one with the plus sign. Where both are negative, the "
            "other is the larger in size.",
            _with_the_plus,
        ),
        Mistake(
            "two-root-beta",
            "You return twice the square root of beta. That number tells where the roots turn "
            "complex; asked is the size of the larger root.",
            lambda lr, beta, curvature: float(2 * np.sqrt(beta)),
        ),
        Mistake(
            "largest-real-part",
            "You take the largest real part. Complex roots turn as they shrink: their size has an "
            "imaginary part too. And a root of -2 is larger in size than one of 0.5.",
            _of_roots(lambda z: z.real.max()),
        ),
        Mistake(
            "size-of-real-part",
            "You take the size of the real parts alone. Where the roots are complex, a swing "
            "through zero looks like an arrival. Use the size of the complex number.",
            _of_roots(lambda z: np.abs(z.real).max()),
        ),
        Mistake(
            "smaller-root",
            "You return the size of the smaller root. Its part of the error is gone first; the "
            "larger one is what is left.",
            _of_roots(lambda z: np.abs(z).min()),
        ),
        Mistake(
            "product-of-roots",
            "You return the product of the two sizes, which is beta whatever lr is. "
            "Take the larger of the two.",
            lambda lr, beta, curvature: float(beta),
        ),
        Mistake(
            "sum-of-roots",
            "You return the size of the sum of the roots. Two roots of opposite sign nearly "
            "cancel, and may both be large: look at each by itself.",
            _of_roots(lambda z: np.abs(z.sum())),
        ),
        Mistake(
            "squared",
            "Your result is squared: that is the factor of the loss. Asked is the factor of the "
            "distance to the minimum.",
            _of_roots(lambda z: np.abs(z).max() ** 2),
        ),
        Mistake(
            "one-forgotten",
            "Your middle coefficient lacks the 1. Without a gradient and without velocity, a point "
            "stays where it is: then one root must be 1.",
            _of_polynomial(lambda beta, a: [1, -(beta - a), beta]),
        ),
        Mistake(
            "sign-of-beta",
            "The last coefficient has the wrong sign: your roots multiply to -beta. "
            "Compare with the polynomial.",
            _of_polynomial(lambda beta, a: [1, -(1 + beta - a), -beta]),
        ),
        Mistake(
            "coefficients-reversed",
            "Your coefficients stand in the other order. `np.roots` wants the one of the highest "
            "power first.",
            _of_polynomial(lambda beta, a: [beta, -(1 + beta - a), 1]),
        ),
        Mistake(
            "curvature-added",
            "The term lr * curvature has the wrong sign: your point climbs. "
            "Look at the middle coefficient.",
            _of_polynomial(lambda beta, a: [1, -(1 + beta + a), beta]),
        ),
        Mistake(
            "matrix-norm",
            "You return a norm of the matrix, which is how much one step can stretch at most. In "
            "the long run the eigenvalues decide.",
            _matrix_norm,
        ),
        Mistake(
            "gradient-descent",
            "That is the factor of gradient descent: beta does not come in.",
            lambda lr, beta, curvature: abs(1 - lr * curvature),
        ),
    ),
)

# ---------------------------------------------------------------- best heavy ball


def best_heavy_ball(mu, L):
    flat, steep = np.sqrt(mu), np.sqrt(L)
    return float(4 / (steep + flat) ** 2), float(((steep - flat) / (steep + flat)) ** 2)


def _curvatures(rng: np.random.Generator) -> list[tuple]:
    return [
        (0.01, 1.0),
        (1.0, 25.0),
        (2.0, 3.0),
        (float(rng.uniform(0.1, 1)), float(rng.uniform(5, 90))),
    ]


def _pair(lr, beta):
    """Another pair: lr(flat, steep) and beta(flat, steep), of the roots of mu and L."""

    def best(mu, L):
        flat, steep = np.sqrt(mu), np.sqrt(L)
        return float(lr(flat, steep)), float(beta(flat, steep))

    return best


def _lr(flat, steep):
    return 4 / (steep + flat) ** 2


def _beta(flat, steep):
    return ((steep - flat) / (steep + flat)) ** 2


BEST_HEAVY_BALL = Exercise(
    id="best-heavy-ball",
    title="The best learning rate and the best memory",
    points=1,
    reference=best_heavy_ball,
    observe=cases(_curvatures, ("mu", "L"), "(lr, beta)"),
    hints=(
        "Everything is made of the two roots, `np.sqrt(mu)` and `np.sqrt(L)`.",
        "Beta is the square of (root of L - root of mu) / (root of L + root of mu).",
        "The learning rate is 4 over the square of the sum of the two roots.",
    ),
    mistakes=(
        Mistake(
            "no-roots",
            "You use the curvatures where their square roots belong. Then k = 100 looks as long a "
            "valley as before; the roots are what momentum gains.",
            lambda mu, L: (float(4 / (L + mu) ** 2), float(((L - mu) / (L + mu)) ** 2)),
        ),
        Mistake(
            "no-roots-in-beta",
            "Your beta has no square roots in it, so it is far too close to 1. "
            "Your lr is right: build beta from the same two roots.",
            lambda mu, L: (
                float(4 / (np.sqrt(L) + np.sqrt(mu)) ** 2),
                float(((L - mu) / (L + mu)) ** 2),
            ),
        ),
        Mistake(
            "beta-not-squared",
            "Your beta is the rate itself, the factor of the distance in a step. While the roots "
            "are complex their size is the square root of beta: what does that make beta?",
            _pair(_lr, lambda flat, steep: (steep - flat) / (steep + flat)),
        ),
        Mistake(
            "lr-of-gradient-descent",
            "Your lr is 2/(mu + L), the best one without a memory. With momentum a larger one is "
            "safe, and better.",
            lambda mu, L: (float(2 / (mu + L)), best_heavy_ball(mu, L)[1]),
        ),
        Mistake(
            "lr-not-squared",
            "Your lr divides by the sum of the roots, not by its square. Lr has the units of one "
            "over a curvature: do yours agree?",
            _pair(lambda flat, steep: 4 / (steep + flat), _beta),
        ),
        Mistake(
            "four-squared",
            "Your square covers the 4 as well, so your lr is four times too large. Only the sum "
            "below is squared.",
            _pair(lambda flat, steep: (4 / (steep + flat)) ** 2, _beta),
        ),
        Mistake(
            "lr-halved",
            "Your lr has a 2 on top where a 4 belongs. Try mu = L: in a round valley the first "
            "step should arrive.",
            _pair(lambda flat, steep: 2 / (steep + flat) ** 2, _beta),
        ),
        Mistake(
            "squares-of-roots",
            "You square the two roots one by one, which undoes them. The square is that of the "
            "whole sum: look at your brackets.",
            lambda mu, L: (float(4 / (L + mu)), best_heavy_ball(mu, L)[1]),
        ),
        Mistake(
            "lr-inverted",
            "Your lr is upside down: a steeper valley needs smaller steps.",
            _pair(lambda flat, steep: (steep + flat) ** 2 / 4, _beta),
        ),
        Mistake(
            "beta-inverted",
            "Your beta is above 1: the velocity would grow without any gradient. "
            "Turn the fraction over.",
            _pair(_lr, lambda flat, steep: ((steep + flat) / (steep - flat)) ** 2),
        ),
        Mistake(
            "nesterovs-pair",
            "That is the pair for Nesterov's method, the next lesson: lr = 1/L, and a beta that is "
            "not squared.",
            _pair(
                lambda flat, steep: 1 / steep**2,
                lambda flat, steep: (steep - flat) / (steep + flat),
            ),
        ),
        Mistake(
            "order-swapped",
            "Both numbers are right, in the other order: lr first, then beta.",
            lambda mu, L: best_heavy_ball(mu, L)[::-1],
        ),
    ),
)

EXERCISES = (MOMENTUM_STEP, SPECTRAL_RADIUS, BEST_HEAVY_BALL, CONVERT_VELOCITY)
