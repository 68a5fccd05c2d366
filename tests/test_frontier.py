"""Newton-Schulz against the singular value decomposition, and what Lion and Muon do not feel."""

import numpy as np
import pytest

from course_lib.frontier import CUBIC, QUINTIC, newton_schulz
from course_lib.optimizers import Adam, AdamW, Lion, Muon

RNG = np.random.default_rng(0)


def on_values(s, steps):
    """The quintic on singular values alone."""
    for _ in range(steps):
        s = sum(k * s ** (2 * i + 1) for i, k in enumerate(QUINTIC))
    return s


@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (3, 7), (7, 3), (1, 5), (5, 1), (2, 3, 4)])
@pytest.mark.parametrize("steps", [0, 1, 5])
def test_newton_schulz_moves_the_singular_values_and_nothing_else(shape, steps):
    G = 1e3 * RNG.normal(size=shape)
    U, s, Vt = np.linalg.svd(G, full_matrices=False)
    length = np.sqrt(np.sum(s**2, axis=-1, keepdims=True))
    wanted = U * on_values(s / length, steps)[..., None, :] @ Vt
    np.testing.assert_allclose(newton_schulz(G, steps), wanted, atol=1e-12)


def test_five_steps_bring_all_but_tiny_values_near_one():
    s = np.linspace(0.01, 1, 100_001)
    after = on_values(s, 5)
    assert after.min() == pytest.approx(0.6818, abs=1e-4)
    assert after.max() == pytest.approx(1.1344, abs=1e-4)
    # Small ones grow by the slope at zero: 3.4445^5 = 485.
    assert on_values(1e-6, 5) == pytest.approx(485e-6, rel=1e-3)


def test_the_classical_cubic_goes_to_one_from_below():
    G = RNG.normal(size=(4, 6))
    for steps, within in ((5, 1.0), (30, 1e-12)):
        s = np.linalg.svd(newton_schulz(G, steps, CUBIC))[1]
        assert np.all(np.abs(s - 1) <= within)
        assert np.all(s <= 1 + 1e-12)


def test_zeros_stay():
    np.testing.assert_array_equal(newton_schulz(np.zeros((2, 3))), np.zeros((2, 3)))
    np.testing.assert_allclose(
        np.linalg.svd(newton_schulz(np.ones((3, 3))))[1][1:], 0, atol=1e-12
    )  # rank one


def test_a_stack_is_one_matrix_after_the_other():
    stack = RNG.normal(size=(3, 4, 2)) * np.array([1e-200, 1.0, 1e100])[:, None, None]
    np.testing.assert_array_equal(newton_schulz(stack), [newton_schulz(G) for G in stack])


def steps_of(rule, grads, turn=None):
    """Where gradients lead from zero."""
    w = np.zeros(grads.shape[1:])
    state, path = rule.init(w), []
    for g in grads:
        w, state = rule.step(w, g if turn is None else turn @ g, state)
        path.append(w if turn is None else turn.T @ w)
    return np.array(path)


GRADS = RNG.normal(size=(20, 2, 3))
TURN = np.array([[1, -1], [1, 1]]) / np.sqrt(2)  # 45 degrees


@pytest.mark.parametrize(
    ("rule", "scale", "rotation"),
    [(Lion(0.1), True, False), (Muon(0.1), True, True)],
    ids=lambda x: type(x).__name__,
)
def test_what_is_invariant(rule, scale, rotation):
    path = steps_of(rule, GRADS)
    assert np.allclose(steps_of(rule, 1024 * GRADS), path, rtol=1e-12) == scale
    assert np.allclose(steps_of(rule, GRADS, TURN), path, rtol=1e-9) == rotation


def test_without_memories_lion_is_adam():
    # beta1 = beta2 = 0 and eps so small that it is nothing: both step by the sign of the gradient.
    np.testing.assert_allclose(
        steps_of(Lion(0.1, beta1=0.0, beta2=0.0), GRADS),
        steps_of(Adam(0.1, beta1=0.0, beta2=0.0, eps=1e-300), GRADS),
        atol=1e-14,
    )


@pytest.mark.parametrize("scale", [1.0, 1e3, 0.0])
def test_decoupled_decay_takes_the_same_share_at_any_gradient_scale(scale):
    # Two runs with the same gradients, apart by 1 at the start: lr wd T = 1 leaves about 1/e.
    rule, ends = AdamW(0.01, weight_decay=0.1), []
    for start in (0.0, 1.0):
        w = np.full(1, start)
        state = rule.init(w)
        for g in scale * np.sin(np.arange(1000.0)):
            w, state = rule.step(w, np.array([g]), state)
        ends.append(w[0])
    assert ends[1] - ends[0] == pytest.approx((1 - 0.001) ** 1000, rel=1e-9)  # .368
