"""A call-back may fill one array anew each time; then whoever keeps no copy is seen to."""

import numpy as np
import pytest

from course_lib.checking import Call, local


class Counting:
    def __init__(self, reuses_its_array):
        self.reuses_its_array, self.count = reuses_its_array, 0

    def __call__(self):
        self.count += 1
        return np.full(2, float(self.count))


def keeps(draw):
    return [draw(), draw(), draw()]


def keeps_copies(draw):
    return [draw().copy(), draw().copy(), draw().copy()]


FRESH = [[1, 1], [2, 2], [3, 3]]


@pytest.mark.parametrize(
    ("function", "reuses", "expected"),
    [
        (keeps, False, FRESH),
        (keeps_copies, False, FRESH),
        (keeps, True, [[3, 3], [3, 3], [3, 3]]),
        (keeps_copies, True, FRESH),
    ],
)
def test_what_is_kept(function, reuses, expected):
    assert [kept.tolist() for kept in Call(local(function))(Counting(reuses))] == expected
