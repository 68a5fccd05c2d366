"""The numbers that lesson 11 claims. A change in the library that moves one fails here."""

import numpy as np
import pytest

from course_lib.checking import judge
from course_lib.checking.calling import Call, local
from course_lib.data import digits
from course_lib.descent import descend, train
from course_lib.exercises.schedules import LR_SCHEDULE, lr_schedule
from course_lib.models import Network
from course_lib.noise import Noisy
from course_lib.optimizers import GD
from course_lib.problems import quadratic, valley
from course_lib.schedules import Constant, Cosine, Inverse, InverseRoot, Step, WarmUp, scaled_lr

BOWL = quadratic((0.0625, 1.0))
DATA, NETWORK = digits(), Network((64, 32, 10), "tanh")


def test_the_table_by_hand():
    w, rows = 0.0, []
    for k, g in enumerate((1, 1, -1, 0)):
        w -= Inverse(0.1)(k) * g
        rows.append(w)
    np.testing.assert_allclose(rows, [-0.1, -0.15, -0.1167, -0.1167], atol=5e-5)


def end(plan, noise=0.5, runs=64, seed=0, steps=200):
    rough = Noisy(BOWL, noise, np.random.default_rng(seed))
    start = np.tile(BOWL.start, (runs, 1))
    return descend(GD(1.0), rough, start, steps, schedule=plan).values[-1].mean()


def test_first_far_then_near():
    # In closed form, for both curvatures c: what is left of the start, and the floor of the noise.
    for lr, wanted in ((1.0, 0.19), (0.05, 0.15)):
        left = [0.5 * (1 - lr * c) ** 400 for c in (0.0625, 1.0)]
        floor = [lr * 0.25 / (2 * (2 - lr * c)) for c in (0.0625, 1.0)]
        theory = sum(a + b * (1 - 2 * a) for a, b in zip(left, floor, strict=True))
        assert theory == pytest.approx(wanted, abs=0.006)
        assert end(Constant(lr)) == pytest.approx(theory, rel=0.2)
    assert end(Step(1.0, 200, (0.5,), 0.05)) < 0.03


@pytest.mark.parametrize(("base", "last"), [(1.9, 0.148), (8, 0.020), (12, 0.0155), (16, 0.016)])
def test_one_over_t_wants_a_base_far_above_the_limit(base, last):
    # In closed form for one curvature c: the way that is left, and the noise of each step after it.
    lrs = base / (1 + np.arange(200.0))
    theory = 0.0
    for c, start in zip((0.0625, 1.0), BOWL.start, strict=True):
        after = np.append(np.cumprod((1 - lrs * c)[::-1])[::-1][1:], 1)
        left = np.prod(1 - lrs * c) * start
        theory += c / 2 * (left**2 + np.sum((0.5 * lrs * after) ** 2))
    assert end(Inverse(base)) == pytest.approx(theory, rel=0.25)
    assert end(Inverse(base)) == pytest.approx(last, rel=0.02)


@pytest.mark.parametrize(
    ("lrs", "total", "left"),
    [
        (InverseRoot(1.0), 198.5, 0.14),
        (Inverse(1.0), 9.788, 0.91),
        (Inverse(1.0, 1000), 2398, 4e-11),
        (lambda k: (k + 1.0) ** -2, np.pi**2 / 6, 0.98),
    ],
)
def test_sums_and_what_is_left_on_the_flat_axis(lrs, total, left):
    steps = np.array([lrs(k) for k in range(10_000)])
    assert steps.sum() == pytest.approx(total, rel=1e-3)
    assert np.prod(1 - 0.01 * steps) == pytest.approx(left, rel=0.1)


def test_the_linear_rule_holds_in_the_bowl_up_to_the_limit():
    def after(B, rule):
        lr = scaled_lr(0.02, 1, B, rule)
        return end(Constant(lr), noise=0.5 / B**0.5, runs=400, seed=1, steps=1024 // B)

    assert after(16, "linear") == pytest.approx(after(1, "linear"), rel=0.05)
    assert after(256, "linear") > 10
    assert after(64, "root") > 5 * after(1, "root")


def read(B, lr, share, seed=0):
    plan = WarmUp(round(share * 60 * (1347 // B)), Constant(lr))
    rng = np.random.default_rng(seed)
    run = train(GD(lr), NETWORK, DATA, 60, B, rng, False, plan, drop_last=True)
    return 100 * NETWORK.accuracy(run.w, *DATA.test)


DIGITS = [
    # batch, learning rate, share of warm-up, percent of test images: from, to
    (448, 0.04, 0, 84, 90),
    (448, 0.04 * 56, 0, 0, 92),
    (448, 0.04 * 56, 1 / 3, 96, 100),
    (448, 0.04 * 56**0.5, 0, 95, 98.5),
    (448, 0.03 * 56, 0, 96, 100),
    (1347, 0.04 * 1347 / 8, 0, 0, 25),
    (1347, 0.04 * 1347 / 8, 1 / 3, 0, 25),
    (1347, 0.04 * (1347 / 8) ** 0.5, 0, 93, 97),
]


@pytest.mark.parametrize(("B", "lr", "share", "low", "high"), DIGITS)
def test_the_digits(B, lr, share, low, high):
    assert low < read(B, lr, share) < high


def test_three_images_at_the_end():
    def worst(plan, drop):
        runs = [
            train(GD(0.3), NETWORK, DATA, 20, 32, np.random.default_rng(s), False, plan, drop)
            for s in range(4)
        ]
        return min(NETWORK.accuracy(run.w, *DATA.test) for run in runs)

    assert worst(Constant(0.3), False) < 0.9
    assert worst(Constant(0.3), True) > 0.95
    assert worst(Cosine(0.3, 860), False) > 0.95


def test_without_noise_a_schedule_from_the_limit_only_brakes():
    constant = descend(GD(1.98), valley).values[-1]
    cosine = descend(GD(1.0), valley, schedule=Cosine(2.0, 100)).values[-1]
    assert constant == pytest.approx(0.018, abs=0.001)
    assert cosine == pytest.approx(0.065, abs=0.002)


@pytest.mark.parametrize("plan", [Constant(1.9), Cosine(3.8, 100)])
def test_with_the_same_sum_it_ends_alike(plan):
    # the flat axis: f = (1/2) 0.01 * 10^2 * exp(-2 * 0.01 * sum of lr), for small lr * 0.01
    last = descend(GD(1.0), valley, schedule=plan).values[-1]
    assert sum(plan(k) for k in range(100)) == pytest.approx(190, abs=2)
    assert last == pytest.approx(0.5 * np.exp(-2 * 0.01 * 192), rel=0.05)


def inverse_square(kind, t, T, base, warmup=0):
    if t >= warmup and kind == "inverse_root":
        return float(base * (t - warmup + 1) ** -2)
    return lr_schedule(kind, t, T, base, warmup)


def to_5000(kind, t, T, base, warmup=0):
    return float(t) if t < warmup else lr_schedule(kind, t, T, base, warmup)


def jumps(kind, t, T, base, warmup=0):
    return base * (t + 1) / warmup if t < warmup else lr_schedule(kind, t, T, base)


@pytest.mark.parametrize(
    ("published", "named"),
    [(inverse_square, "root-is-a-square"), (to_5000, "warm-up-counts-steps"), (jumps, "jump")],
)
def test_what_is_published_is_named(published, named):
    assert judge(LR_SCHEDULE, Call(local(published)), 0).mistake.id == named
