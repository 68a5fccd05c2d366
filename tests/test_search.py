"""Searches by losses alone: by hand, and on scripted draws."""

import numpy as np
import pytest

from course_lib.search import random_local_search, random_search


def square(w):
    return float(np.sum(np.square(w)))


@pytest.mark.parametrize(
    ("points", "w", "best"),
    [
        ([3.0, 1.0, -1.0, 2.0], 1.0, [9, 1, 1, 1]),  # of two equals the first
        ([2.0], 2.0, [4]),
        ([0.5, 4.0, -0.25], -0.25, [0.25, 0.25, 0.0625]),
    ],
)
def test_random_search_by_hand(points, w, best):
    draws = iter(points)
    got = random_search(square, lambda: np.array([next(draws)]), len(points))
    assert got[0].tolist() == [w]
    assert got[1].tolist() == best


@pytest.mark.parametrize(
    ("start", "steps", "w", "best"),
    [
        (3.0, [-1.0, 1.0, -1.0], 1.0, [9, 4, 4, 1]),
        (1.0, [-2.0, 0.5], 1.0, [1, 1, 1]),  # a tie is no progress
        (2, [], 2.0, [4]),
    ],
)
def test_local_search_by_hand(start, steps, w, best):
    draws = iter(steps)
    got = random_local_search(square, [start], lambda: np.array([next(draws)]), len(steps))
    assert got[0].tolist() == [w]
    assert got[1].tolist() == best


def test_the_best_point_survives_a_sampler_that_reuses_its_array():
    rng, buffer = np.random.default_rng(0), np.empty((2, 3))
    w, best = random_search(square, lambda: rng.standard_normal(out=buffer), 50)
    assert square(w) == best[-1] < square(buffer)


def test_a_loss_of_infinity_is_no_reason_to_return_nothing():
    w, best = random_search(lambda w: np.inf, lambda: np.ones(2), 3)
    assert w.tolist() == [1, 1]
    assert np.isinf(best).all()


def test_the_start_is_left_as_it_was():
    w0 = np.array([3.0])
    random_local_search(square, w0, lambda: np.array([-1.0]), 2)
    assert w0.tolist() == [3]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: random_search(square, lambda: np.ones(1), 0), "1 or more, got 0"),
        (lambda: random_local_search(square, [1.0], lambda: np.ones(1), -1), "0 or more, got -1"),
    ],
)
def test_what_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
