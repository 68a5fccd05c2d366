"""The numbers of lesson 10, from closed forms; and wrong Adams that no list names."""

import numpy as np
import pytest

from course_lib.checking import Call, judge, local
from course_lib.conventions import conventions, follow
from course_lib.descent import descend
from course_lib.exercises import EXERCISES
from course_lib.exercises.adam import adam_first_step, adam_step, bias_factor
from course_lib.optimizers import Adam, Nadam, RMSprop
from course_lib.problems import valley
from course_lib.streams import burst, remember

B1, B2 = 0.9, 0.999


def test_the_table_by_hand():
    path, states = remember(Adam(lr=0.1), [1.0, 1.0, -1.0, 0.0])
    np.testing.assert_allclose([s.m for s in states], [0.1, 0.19, 0.071, 0.0639], rtol=1e-12)
    v = [0.001, 0.001999, 0.002997, 0.002994]
    np.testing.assert_allclose([s.v for s in states], v, atol=5e-7)
    m_hat = np.array([1, 1, 0.071 / 0.271, 0.0639 / 0.3439])
    np.testing.assert_allclose(m_hat.round(4), [1, 1, 0.262, 0.1858])
    root = np.sqrt([1, 1, 1, 0.002994004 / 0.003994004])
    np.testing.assert_allclose(np.diff(path), -0.1 * m_hat / root, rtol=1e-6)
    np.testing.assert_allclose(path[1:].round(4), [-0.1, -0.2, -0.2262, -0.2477])


@pytest.mark.parametrize(("t", "factor"), [(1, 10), (2, 1 / 0.19), (3, 1 / 0.271), (44, 1.0098)])
def test_bias_factors(t, factor):
    assert bias_factor(0.9, t) == pytest.approx(factor, rel=1e-4)


@pytest.mark.parametrize("g", [1e-3, 1.0, 1e3])
def test_the_first_step_is_lr(g):
    assert follow(Adam(0.001, eps=1e-12), [g])[-1] == pytest.approx(-0.001, rel=1e-8)


@pytest.mark.parametrize(("corrected", "size"), [(True, 1.0), (False, 0.1 / 0.001**0.5)])
def test_first_steps(corrected, size):
    assert adam_first_step(1.0, B1, B2, corrected) == pytest.approx(size, rel=1e-12)


def test_uncorrected_steps_under_a_constant_gradient():
    t = np.arange(1, 101)
    ratio = (1 - B1**t) / np.sqrt(1 - B2**t)
    assert (ratio.argmax() + 1, ratio.max()) == (12, pytest.approx(6.569, abs=5e-4))
    _, states = remember(Adam(1.0), np.ones(100))
    np.testing.assert_allclose([s.m / np.sqrt(s.v) for s in states], ratio, rtol=1e-9)


def bound(t):
    """The largest step after t gradients, by Cauchy and Schwarz, in closed form."""
    q = B1**2 / B2
    return (1 - B1) / (1 - B1**t) * np.sqrt((1 - B2**t) / (1 - B2) * (1 - q**t) / (1 - q))


@pytest.mark.parametrize(("t", "lr"), [(10, 1.043), (100, 2.243), (1000, 5.781), (3000, 7.087)])
def test_growing_gradients_reach_the_bound(t, lr):
    assert bound(t) == pytest.approx(lr, abs=5e-4)
    grads = (B2 / B1) ** (np.arange(t) - t)
    assert -np.diff(follow(Adam(1.0, eps=0.0), grads))[-1] == pytest.approx(bound(t), rel=1e-9)


def test_the_bound_rises_to_its_supremum():
    all_bounds = bound(np.arange(1, 100_001))
    assert all_bounds.max() == pytest.approx(7.2703, abs=5e-5)
    assert np.all(np.diff(all_bounds) > -1e-9)


@pytest.mark.parametrize(("ones", "lr"), [(1, 0.1 / 0.001**0.5), (30, 6.568)])
def test_after_silence(ones, lr):
    path = follow(Adam(1.0, eps=1e-12), np.append(np.zeros(10000), np.ones(ones)))
    assert -np.diff(path).min() == pytest.approx(lr, rel=2e-4)


def test_a_single_burst_is_remembered_for_1308_steps():
    # After n ones v is 1 plus 0.999^n of what the burst left above 1; m has settled at 1 by then.
    before = 1 - B2**1000
    n = np.arange(1, 3000)
    v_hat = (1 + (B2 * before + 10 - 1) * B2**n) / (1 - B2 ** (1001 + n))
    assert n[v_hat <= 4][0] == 1308
    steps = -np.diff(follow(Adam(1.0), burst(4000, 1000, 100.0, 1)))[1001:]
    np.testing.assert_allclose(steps[300:], 1 / np.sqrt(v_hat[300 : len(steps)]), rtol=1e-6)


@pytest.mark.parametrize(
    ("rule", "least", "most"), [(Adam(0.1), 0.0, 1e-12), (Nadam(0.1), 0.5, 0.8)]
)
def test_adam_is_averaged_momentum_over_rmsprop(rule, least, most):
    grads = np.random.default_rng(0).normal(size=40)
    t = np.arange(1, 41)
    weights = np.tril(np.subtract.outer(t, t)).astype(float)
    m = np.tril(0.1 * 0.9**weights) @ grads / (1 - 0.9**t)
    v = np.tril(0.001 * 0.999**weights) @ grads**2 / (1 - 0.999**t)
    apart = np.abs(follow(rule, grads)[1:] + 0.1 * np.cumsum(m / (np.sqrt(v) + 1e-8))).max()
    assert least <= apart / 0.1 <= most


@pytest.mark.parametrize(
    ("who", "half"), [("paper", 1e-8), ("Keras", 1e-8 / 0.001**0.5), ("eps inside", 1e-4 / 3**0.5)]
)
def test_a_gradient_that_makes_half_a_step(who, half):
    path = conventions("Adam", np.array([half]), lr=1.0, eps=1e-8)[who]
    assert -path[-1] == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize(("rule", "ratio"), [(RMSprop(0.1), 5.3), (Adam(0.1), 1.3)])
def test_rmsprop_staggers(rule, ratio):
    rng, w, points = np.random.default_rng(1), valley.start, [valley.start]
    state = rule.init(w)
    for _ in range(150):
        w, state = rule.step(w, valley.grad(w) + 0.3 * rng.normal(size=2), state)
        points.append(w)
    walked = np.abs(np.diff(points, axis=0))[:, 0].sum()
    assert walked / (10 - w[0]) == pytest.approx(ratio, rel=0.05)


def test_in_the_valley_the_step_is_the_reference():
    w, m, v = valley.start, np.zeros(2), np.zeros(2)
    for t in range(1, 51):
        w, m, v = adam_step(w, valley.grad(w), m, v, t, 0.1, B1, B2, 1e-8)
    np.testing.assert_array_equal(w, descend(Adam(0.1), valley, steps=50).points[-1])


def _in_place(w, g, m, v, t, lr, beta1, beta2, eps):
    m *= beta1
    m += (1 - beta1) * g
    v *= beta2
    v += (1 - beta2) * g**2
    return w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


def _changed(before=lambda *a: a, after=lambda *a: a):
    """Adam with its arguments or its results changed."""

    def step(w, g, m, v, t, lr, beta1, beta2, eps):
        return after(*adam_step(*before(w, g, m, v, t, lr, beta1, beta2, eps)))

    return step


UNLISTED = {
    "halves g": _changed(lambda w, g, m, v, t, *s: (w, np.tanh(g), m, v, t, *s)),
    "float32": _changed(after=lambda w, m, v: (w.astype(np.float32), m, v)),
    "t capped": _changed(lambda w, g, m, v, t, *s: (w, g, m, v, min(t, 40), *s)),
    "eps of its own": _changed(lambda *a: (*a[:-1], 1e-7)),
    "lr of its own after the drop": _changed(lambda *a: (*a[:5], 0.1, *a[6:])),
    "betas of its own": _changed(lambda *a: (*a[:6], 0.9, 0.999, a[8])),
    "weight decay": _changed(lambda w, *a: (0.999 * w, *a)),
    "forgets v slowly": _changed(after=lambda w, m, v: (w, m, 0.9999 * v)),
    "clips g": _changed(lambda w, g, *a: (w, np.clip(g, -100, 100), *a)),
    "size of m": _changed(after=lambda w, m, v: (w, np.abs(m), v)),
    "one row only": _changed(after=lambda w, m, v: (w, np.broadcast_to(m[..., :1], m.shape), v)),
    "two values": _changed(after=lambda w, m, v: (w, m)),
}


@pytest.mark.parametrize("name", UNLISTED)
def test_a_wrong_adam_that_nobody_listed_is_rejected(name):
    verdict = judge(EXERCISES["adam-step"], Call(local(UNLISTED[name])), seed=3)
    assert verdict.status == "failed"
    assert verdict.mistake is None
    assert verdict.points == 0


def test_an_adam_that_writes_into_its_moments_is_told_so():
    verdict = judge(EXERCISES["adam-step"], Call(local(_in_place)), seed=3)
    assert verdict.mistake.id == "writes-input"
    assert "m and v" in verdict.message
