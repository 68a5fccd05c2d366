"""The slice of the digits' loss, against the model with all its parameters."""

import numpy as np
import pytest

from course_lib.data import digits
from course_lib.models import SoftmaxRegression
from course_lib.slices import digits_slice

PLANE = digits_slice(200)


def whole_parameters(x, y):
    """The 650 parameters at a point of the plane, built pixel by pixel."""
    train = digits().train
    averages = [train.X[train.y == digit].mean(axis=0) for digit in range(10)]
    middle = np.mean(averages, axis=0)
    W = np.zeros((64, 10))
    for pixel in range(64):
        knob = x if pixel % 8 < 4 else y
        for digit in range(10):
            W[pixel, digit] = knob * (averages[digit][pixel] - middle[pixel])
    return np.append(W.ravel(), np.zeros(10))


@pytest.mark.parametrize("point", [(0.0, 0.0), (4.5, 4.5), (-3.0, 12.0)])
def test_a_point_is_a_point_of_the_whole_model(point):
    train = digits().train
    model, w = SoftmaxRegression(64, 10), whole_parameters(*point)
    X, y = train.X[:200], train.y[:200]
    assert PLANE.value(point) == pytest.approx(model.loss(w, X, y), rel=1e-12)
    assert PLANE.accuracy(point) == model.accuracy(w, X, y)


def test_it_begins_knowing_nothing():
    assert PLANE.value(PLANE.start) == pytest.approx(np.log(10), rel=1e-12)


def test_the_minimum_is_lower_than_all_around_it():
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    around = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    for far in (0.01, 0.3, 3.0):
        assert np.all(PLANE.value(PLANE.minimum + far * around) > PLANE.value(PLANE.minimum))


def test_leading_axes_are_free():
    points = np.arange(12.0).reshape(2, 3, 2)
    values = PLANE.value(points)
    assert values.shape == (2, 3)
    assert values[1, 2] == pytest.approx(PLANE.value(points[1, 2]), rel=1e-12)


@pytest.mark.parametrize("n", [0, 1348])
def test_the_number_of_images_must_be_possible(n):
    with pytest.raises(ValueError, match=f"1347 training images, got {n}"):
        digits_slice(n)
