"""The numbers of lesson 00: by hand, in closed form, or in a range that the lesson's words need."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from course_lib.data import digits
from course_lib.exercises.start_here import mse_loss
from course_lib.models import SoftmaxRegression
from course_lib.neighbours import NearestNeighbours
from course_lib.search import random_local_search, random_search
from course_lib.slices import digits_slice

TRAIN, VALIDATION, TEST = digits()
MODEL = SoftmaxRegression(64, 10)
X, Y = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 3.0, 5.0])


@pytest.fixture(autouse=True)
def one_thread():
    """As in the notebooks: small matrices are slower with two."""
    with threadpool_limits(1, user_api="blas"):
        yield


@pytest.mark.parametrize(("w", "loss"), [((0, 0), 35 / 3), ((1, 1), 5 / 3), ((1, 2), 0)])
def test_the_table_by_hand(w, loss):
    assert mse_loss(np.array(w), X, Y) == pytest.approx(loss, abs=1e-15)


@pytest.mark.parametrize(("w", "loss"), [((1, 2), 16 / 3), ((3, 0), 8 / 3)])
def test_a_column_minus_a_row_likes_the_flat_line(w, loss):
    assert np.mean((X @ np.reshape(w, (-1, 1)) - Y) ** 2) == pytest.approx(loss)


def steps(scale, seed=0):
    rng = np.random.default_rng(seed)
    return lambda: scale * rng.normal(size=MODEL.size)


def loss(w):
    return MODEL.loss(w, *TRAIN)


def misread(w):
    return 1 - MODEL.accuracy(w, *TRAIN)


def by_random_search():
    return random_search(misread, steps(0.1), 1000)[0]


def by_local_search():
    return random_local_search(loss, np.zeros(MODEL.size), steps(0.03), 1000)[0]


def by_gradients():
    w = np.zeros(MODEL.size)
    for _ in range(1000):
        w = w - 1.0 * MODEL.grad(w, *TRAIN)
    return w


@pytest.mark.parametrize(
    ("search", "least", "most"),
    [
        (by_random_search, 0.15, 0.32),  # "one digit in five"
        (by_local_search, 0.84, 0.93),
        (by_gradients, 0.975, 1.0),
    ],
)
def test_a_thousand_tries_on_digits(search, least, most):
    assert least < MODEL.accuracy(search(), *VALIDATION) < most


@pytest.mark.parametrize(
    ("k", "part", "least", "most"),
    [
        (1, TRAIN, 1, 1),  # each finds itself
        (1, VALIDATION, 0.985, 1),
        (3, VALIDATION, 0.99, 1),
        (1347, TRAIN, *[np.bincount(TRAIN.y).max() / 1347] * 2),  # always the commonest label
    ],
)
def test_nearest_neighbours_read_digits(k, part, least, most):
    assert least <= NearestNeighbours(*TRAIN, k).accuracy(*part) <= most


def test_what_the_two_kinds_of_model_keep():
    assert TRAIN.X.size == 86_208
    assert MODEL.size == 650


def test_fifty_tries_of_two_knobs_do_well():
    plane = digits_slice()
    rng = np.random.default_rng(0)
    w, _ = random_search(plane.value, lambda: rng.uniform(-4, 16, size=2), 50)
    assert plane.accuracy(w) > 0.85


@pytest.mark.parametrize("d", [32, 128])
def test_local_search_pays_for_every_coordinate(d):
    # Rechenberg 1973: a step of deviation s r/d gains, for large d, the share g/d of the distance
    # r, with g = s exp(-s^2/8) / sqrt(2 pi) - s^2/2 (1 - Phi(s/2)). Here s goes from 0.8 to 1.6
    # while the distance is halved; the mean of d/g over log r from 1 to 1/2 is 3.5 d.
    counts = []
    for seed in range(9):
        rng = np.random.default_rng(seed)
        _, best = random_local_search(
            np.linalg.norm, np.ones(d) / np.sqrt(d), lambda r=rng: r.normal(0, 0.8 / d, d), 30 * d
        )
        counts.append(np.argmax(best <= 0.5))
    assert np.median(counts) / d == pytest.approx(3.5, rel=0.2)


@pytest.mark.parametrize("d", [100, 650])
def test_a_random_direction_hardly_points_along_the_slope(d):
    v = np.random.default_rng(0).normal(size=(4000, d))
    cosine = v[:, 0] / np.linalg.norm(v, axis=1)
    assert np.sqrt(np.mean(cosine**2)) == pytest.approx(1 / np.sqrt(d), rel=0.05)
