"""Schedules against values worked by hand."""

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.optimizers import GD
from course_lib.problems import quadratic
from course_lib.schedules import (
    KINDS,
    Constant,
    Cosine,
    Inverse,
    InverseRoot,
    Linear,
    Step,
    WarmUp,
    named,
    scaled_lr,
)

ROOT = 2**0.5
BY_HAND = [
    # schedule, its learning rates at k = 0, 1, 2, ...
    (Constant(0.5), [0.5] * 5),
    (Step(1.0, 8), [1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01]),
    (Step(1.0, 5), [1, 1, 1, 0.1, 0.01]),  # marks at 2.5 and 3.75
    (Step(8.0, 4, at=(0.25,), factor=0.5), [8, 4, 4, 4]),
    (Inverse(6.0), [6, 3, 2, 1.5]),
    (Inverse(6.0, t1=2), [6, 4, 3, 2.4]),
    (InverseRoot(1.0), [1, 1 / ROOT, 1 / 3**0.5, 0.5]),
    (InverseRoot(1.0, t1=4), [1, (4 / 5) ** 0.5, (4 / 6) ** 0.5, (4 / 7) ** 0.5, 1 / ROOT]),
    (Linear(1.0, 4), [1, 0.75, 0.5, 0.25, 0, 0]),
    (Cosine(2.0, 4), [2, 1 + 1 / ROOT, 1, 1 - 1 / ROOT, 0, 0]),
    (WarmUp(4, Constant(2.0)), [0.5, 1, 1.5, 2, 2, 2]),
    (WarmUp(2, Linear(1.0, 4)), [0.5, 1, 1, 0.75, 0.5, 0.25, 0]),
    (WarmUp(0, Inverse(6.0)), [6, 3, 2]),
    (WarmUp(2, WarmUp(2, Constant(1.0))), [0.25, 0.5, 0.5, 1, 1]),  # of a schedule, whatever it is
]


@pytest.mark.parametrize(("schedule", "wanted"), BY_HAND, ids=lambda one: str(one)[:40])
def test_by_hand(schedule, wanted):
    np.testing.assert_allclose([schedule(k) for k in range(len(wanted))], wanted, atol=1e-15)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("warmup", [0, 3])
def test_every_kind_begins_at_base_after_warm_up_and_never_rises(kind, warmup):
    lrs = [named(kind, 0.8, 23, warmup)(k) for k in range(23)]
    assert lrs[warmup] == pytest.approx(0.8)
    assert np.all(np.diff(lrs[warmup:]) <= 0)
    np.testing.assert_allclose(lrs[:warmup], 0.8 * np.arange(1, warmup + 1) / 3)
    assert min(lrs) > 0


def test_the_sums_of_the_inverse():
    lrs = np.array([Inverse(1.0)(k) for k in range(10_000)])
    # the harmonic number is ln n + Euler's constant, nearly; the squares add up to pi^2 / 6
    assert lrs.sum() == pytest.approx(np.log(10_000) + 0.5772, abs=1e-3)
    assert (lrs**2).sum() == pytest.approx(np.pi**2 / 6, abs=1e-3)


def test_a_schedule_drives_descend():
    # f = w^2/2: each step multiplies by 1 - lr
    path = descend(GD(99.0), quadratic([1.0]), [8.0], steps=3, schedule=Linear(0.75, 3))
    np.testing.assert_allclose(path.points[:, 0], [8, 2, 1, 0.75])


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ((0.1, 8, 32, "linear"), 0.4),
        ((0.1, 8, 32, "root"), 0.2),
        ((0.1, 8, 2, "linear"), 0.025),
        ((0.1, 8, 2, "root"), 0.05),
        ((0.1, 8, 8, "root"), 0.1),
    ],
)
def test_scaled_lr(arguments, wanted):
    assert scaled_lr(*arguments) == pytest.approx(wanted)


REFUSED = [
    (lambda: named("sine", 1.0, 10), "one of step, inverse, .*, got 'sine'"),
    (lambda: named("linear", 1.0, 10, 10), "from 0 to T - 1 = 9, got 10"),
    (lambda: named("linear", 1.0, 10, -1), "got -1"),
    (lambda: scaled_lr(0.1, 8, 16, "square"), "'linear' or 'root', got 'square'"),
    (lambda: scaled_lr(0.1, 0, 16, "root"), "1 or more, got 0 and 16"),
]


@pytest.mark.parametrize(("call", "says"), REFUSED)
def test_refused_in_one_line(call, says):
    with pytest.raises(ValueError, match=says):
        call()
