"""Streams of gradients, and what a rule remembers of them, against closed forms."""

import numpy as np
import pytest

from course_lib.optimizers import GD, Adagrad, Adam, Momentum, RMSprop
from course_lib.streams import STREAMS, burst, remember


@pytest.mark.parametrize(
    ("steps", "at", "size", "length", "expected"),
    [
        (5, 1, 9.0, 2, [1, 9, 9, 1, 1]),
        (3, 0, 2.0, 3, [2, 2, 2]),
        (3, 3, 2.0, 0, [1, 1, 1]),
    ],
)
def test_a_burst_is_where_it_should_be(steps, at, size, length, expected):
    np.testing.assert_array_equal(burst(steps, at, size, length), expected)


@pytest.mark.parametrize(("steps", "at", "length"), [(5, 4, 2), (5, -1, 2), (5, 2, -1)])
def test_a_burst_that_does_not_fit_is_refused(steps, at, length):
    with pytest.raises(ValueError, match=f"from step {at} does not fit into {steps} steps"):
        burst(steps, at, 10.0, length)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("constant", [1, 1, 1, 1]),
        ("changing sign", [1, -1, 1, -1]),
        ("one in ten", [0, 0, 0, 0]),
        ("silence, then ones", [0, 0, 1, 1]),
        ("growing by 11 %", [1, 1.11, 1.2321, 1.367631]),
    ],
)
def test_streams_begin_as_named(name, begins):
    np.testing.assert_allclose(STREAMS[name](4), begins)


@pytest.mark.parametrize("name", STREAMS)
def test_streams_repeat_and_have_their_length(name):
    g = STREAMS[name](50)
    assert g.shape == (50,)
    assert np.abs(g).max() > 0
    np.testing.assert_array_equal(g, STREAMS[name](50))


T = np.arange(1, 31)


@pytest.mark.parametrize(
    ("rule", "read", "expected"),
    [
        (Momentum(0.1, 0.9), lambda v: v, 10 * (1 - 0.9**T)),
        (Adagrad(0.1), lambda G: G, 1.0 * T),
        (RMSprop(0.1, 0.9), lambda s: s, 1 - 0.9**T),
        (Adam(0.1, 0.9, 0.99), lambda s: s.m, 1 - 0.9**T),
        (Adam(0.1, 0.9, 0.99), lambda s: s.v, 1 - 0.99**T),
        (Adam(0.1), lambda s: s.t, T),
    ],
)
def test_what_is_remembered_of_ones(rule, read, expected):
    path, states = remember(rule, np.ones(30))
    np.testing.assert_allclose([read(state) for state in states], expected, rtol=1e-12)
    assert path.shape == (31,)


def test_the_path_begins_at_the_start_in_any_shape():
    grads = np.ones((4, 2, 3))
    path, states = remember(GD(0.5), grads, start=[1.0, 2.0, 3.0])
    np.testing.assert_array_equal(path[0], [[1, 2, 3], [1, 2, 3]])
    np.testing.assert_array_equal(path[-1], [[-1, 0, 1], [-1, 0, 1]])
    assert states == [()] * 4
