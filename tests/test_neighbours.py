"""Nearest neighbours by hand, and against distances written out."""

import numpy as np
import pytest

from course_lib.neighbours import NearestNeighbours

LINE = np.array([[0.0], [1.0], [2.0], [10.0], [11.0]])
LABELS = np.array([0, 0, 1, 2, 2])


@pytest.mark.parametrize(
    ("k", "x", "label"),
    [
        (1, 0.4, 0),
        (1, 1.6, 1),
        (1, 9.0, 2),
        (3, 1.6, 0),  # 2, 1, 0: labels 1, 0, 0
        (2, 1.6, 0),  # one vote each: the smaller label
        (1, 1.5, 0),  # equally near: the earlier row
        (5, 10.5, 0),  # all of them: 0 and 2 have two votes each
    ],
)
def test_labels_by_hand(k, x, label):
    assert NearestNeighbours(LINE, LABELS, k).predict(np.array([[x]])).tolist() == [label]


def test_nearest_agrees_with_distances_written_out():
    rng = np.random.default_rng(3)
    X, new = rng.normal(size=(30, 4)), rng.normal(size=(6, 4))
    distances = np.linalg.norm(new[:, None] - X, axis=-1)
    nearest = NearestNeighbours(X, np.zeros(30, dtype=int), 7).nearest(new)
    np.testing.assert_array_equal(nearest, np.argsort(distances, axis=1)[:, :7])


def test_accuracy_is_the_share_that_is_right():
    model = NearestNeighbours(LINE, LABELS)
    assert model.accuracy(np.array([[0.1], [1.1], [2.1], [10.1]]), np.array([0, 1, 1, 2])) == 0.75


@pytest.mark.parametrize("k", [0, 6])
def test_k_must_be_possible(k):
    with pytest.raises(ValueError, match=f"between 1 and the 5 examples, got {k}"):
        NearestNeighbours(LINE, LABELS, k)
