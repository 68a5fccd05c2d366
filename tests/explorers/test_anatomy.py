"""The anatomy of a Nesterov step against the recursion written out by hand, and its words."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.explorers.anatomy import look, step_anatomy
from course_lib.optimizers import Nesterov
from course_lib.problems import quadratic

CURVATURE = np.array([0.1, 1.0])
START = 1 / np.sqrt(CURVATURE)


@pytest.mark.parametrize(("lr", "beta", "t"), [(0.6, 0.8, 3), (0.3, 0.9, 12), (1.0, 0.0, 5)])
def test_the_parts_follow_the_recursion(lr, beta, t):
    # Without a velocity: x_{t+1} = (1 - lr c) (x_t + beta (x_t - x_{t-1})), along each axis.
    x = [START, START]
    for _ in range(t):
        x.append((1 - lr * CURVATURE) * (x[-1] + beta * (x[-1] - x[-2])))
    view = look(lr, beta, t)
    np.testing.assert_allclose(view.path, x[1:-1], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(view.w, x[-2], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(view.nesterov, x[-1], rtol=1e-9, atol=1e-12)
    ahead = x[-2] + beta * (x[-2] - x[-3])
    np.testing.assert_allclose(view.ahead, ahead, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(view.momentum, ahead - lr * CURVATURE * x[-2], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("lr", [0.1, 0.6, 1.3])
def test_ahead_the_slope_along_the_way_is_never_lower(lr):
    for t in range(2, 41):
        view = look(lr, 0.9, t)
        way = view.ahead - view.w
        assert view.at_ahead @ way >= view.at_w @ way


@pytest.mark.parametrize(
    ("lr", "beta", "t", "headline", "finding"),
    [
        (0.6, 0.8, 1, "No velocity yet", "the two rules are one"),
        (0.6, 0.0, 7, "No velocity yet", "the look-ahead point is w itself"),
        (0.6, 0.8, 3, "Nesterov already brakes", "-0.132 at w and 0.16 at the look-ahead"),
        (0.6, 0.8, 8, "pushes a little less", "both push forward"),
        (2.0, 0.9, 40, "brakes harder", "both brake"),
    ],
)
def test_words_say_what_the_numbers_say(lr, beta, t, headline, finding):
    view = look(lr, beta, t)
    assert headline in view.headline
    assert finding in view.finding


def test_the_line_to_copy_ends_where_the_step_ends():
    view = look(0.6, 0.8, 9)
    names = {"descend": descend, "Nesterov": Nesterov, "quadratic": quadratic}
    path = eval(view.code, names)
    np.testing.assert_allclose(path.points[-2:], [view.w, view.nesterov], rtol=1e-12)


def test_the_button_finds_the_next_turn():
    explorer = step_anatomy()
    (row, *_) = explorer.panel.children
    explorer.controls["t"].value = 1
    row.children[-1].click()
    view = explorer.view
    assert view.t == explorer.settings["t"] > 1
    assert "already brakes" in view.headline
