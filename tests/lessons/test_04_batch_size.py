"""The numbers that lesson 04 claims. A change in the library that moves one fails here."""

import numpy as np
import pytest

from course_lib.batches import (
    example_gradients,
    gradient_noise,
    losses_after,
    noise_floor,
    patients,
    spend,
)
from course_lib.data import digits
from course_lib.models import SoftmaxRegression
from course_lib.problems import least_squares, valley

TRAIN = digits().train
MODEL = SoftmaxRegression(64, 10)
IMAGES = example_gradients(MODEL.grad, np.zeros(MODEL.size), *TRAIN)

NOISE = [
    # ratio of the noise of two batches: B, replace, over B, replace; in closed form, N = 1347
    ((16, True), (64, True), 4.0),  # so the typical distance falls by the factor 2
    ((64, True), (1024, True), 16.0),
    ((64, False), (64, True), 1283 / 1346),  # .125 of .131
    ((1024, False), (1024, True), 323 / 1346),  # .0020 of .0082
    ((1347, False), (1, True), 0.0),
]


@pytest.mark.parametrize(("one", "other", "expected"), NOISE)
def test_noise_of_the_digits(one, other, expected):
    ratio = gradient_noise(IMAGES, *one) / gradient_noise(IMAGES, *other)
    assert ratio == pytest.approx(expected, rel=1e-12)


def test_noise_of_one_image_at_the_start():
    # At zero weights every class has probability 1/10, so G_i = (x_i, 1) times (p - onehot), whose
    # squared length is (|x_i|^2 + 1) * 0.9; the mean gradient is taken off.
    X, y = TRAIN
    onehot = np.eye(10)[y]
    whole = np.hstack([X, np.ones((1347, 1))]).T @ (0.1 - onehot) / 1347
    S = 0.9 * np.mean(np.sum(X**2, axis=1) + 1) - np.sum(whole**2)
    assert gradient_noise(IMAGES, 1, True) == pytest.approx(S, rel=1e-10)
    assert gradient_noise(IMAGES, 64, True) == pytest.approx(np.sum(whole**2), rel=0.2)
    assert ((np.sum(whole**2) + S) / np.sum(whole**2)) ** 0.5 == pytest.approx(8.5, abs=0.2)


def test_updates_in_an_epoch():
    assert -(-1_200_000 // 256) == 4688


def test_three_budgets_three_winners():
    sizes = np.array([4, 64, 1347])
    budgets = {
        "examples": lambda B: 2 * 1347 // B,
        "updates": lambda B: 50,
        "seconds": lambda B: 20_000 // (100 + B),
    }
    spent = spend(MODEL, TRAIN, sizes, (1.0, 4.0, 16.0), budgets, seeds=range(2))
    winners = {name: int(sizes[result.loss.argmin()]) for name, result in spent.items()}
    assert winners == {"examples": 4, "updates": 1347, "seconds": 64}


def test_one_and_four_are_a_tie_on_equal_examples():
    one, four = (
        [losses_after([2 * 1347 // B], MODEL, TRAIN, B, lr, seed)[0] for seed in range(3)]
        for B, lr in ((1, 0.25), (4, 1.0))
    )
    assert min(four) < max(one)
    assert min(one) < max(four)


def test_shuffling_pays_more_the_smaller_lr_and_most_at_epoch_ends():
    problem = least_squares(*patients())
    gains = []
    for lr, epochs in ((0.03, 8), (0.003, 12), (0.001, 24)):
        anew, shuffled = (
            noise_floor(problem, lr, epochs, 40, np.random.default_rng(0), replace)
            for replace in (True, False)
        )
        gains.append((anew.epoch_ends / shuffled.epoch_ends, anew.half_way / shuffled.half_way))
    (large, _), (middle, middle_half), (small, small_half) = gains
    assert large < 1.1
    assert 2 < middle < 4
    assert small > 7
    assert middle_half < middle
    assert small_half < small / 2


@pytest.mark.parametrize(
    ("lr", "expected"),
    [
        # 100 steps from (10, 1): 0.005 (10 (1 - 0.01 lr)^100)^2 + (1 - lr)^200 / 2
        (1.98, 0.018),
        (1.0, 0.067),
        (0.3, 0.27),
    ],
)
def test_the_valley_without_noise(lr, expected):
    w = valley.start
    for _ in range(100):
        w = w - lr * valley.grad(w)
    closed = 0.5 * (1 - 0.01 * lr) ** 200 + 0.5 * (1 - lr) ** 200
    assert valley.value(w) == pytest.approx(closed, rel=1e-10)
    assert closed == pytest.approx(expected, rel=0.03)
