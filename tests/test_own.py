"""A step function as an update rule: against the rules of the course, which equal PyTorch's."""

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.optimizers import GD, Adagrad, Adam, Momentum
from course_lib.own import own
from course_lib.problems import rosenbrock


def gd_step(w, g, lr):
    return w - lr * g


def momentum_step(w, g, v, lr, beta):
    v = beta * v + g
    return w - lr * v, v


def adagrad_step(w, g, G, lr, eps):
    G = G + g * g
    return w - lr * g / (np.sqrt(G) + eps), G


def adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


ROWS = [
    (own(gd_step, memories=0), GD(1e-3)),
    (own(momentum_step, memories=1, beta=0.8), Momentum(1e-3, beta=0.8)),
    (own(adagrad_step, memories=1, eps=1e-3), Adagrad(1e-3, eps=1e-3)),
    (
        own(adam_step, memories=2, counts=True, beta1=0.8, beta2=0.99, eps=1e-4),
        Adam(1e-3, beta1=0.8, beta2=0.99, eps=1e-4),
    ),
]


@pytest.mark.parametrize(("rule", "expected"), ROWS)
@pytest.mark.parametrize("start", [(-1.2, 1.0), [[-1.2, 1.0], [0.0, 2.0]]])
def test_it_takes_the_path_of_the_rule(rule, expected, start):
    got, want = (descend(one, rosenbrock, start, 50) for one in (rule(lr=1e-3), expected))
    np.testing.assert_allclose(got.points, want.points, rtol=1e-12)


def test_a_negative_number_of_memories_is_refused():
    with pytest.raises(ValueError, match="0 or more, got -1"):
        own(gd_step, memories=-1)
