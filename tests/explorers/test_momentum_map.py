"""The momentum explorer against the eigenvalues of the 2 x 2 update, and its words."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.explorers.momentum_map import look, momentum_map, radius
from course_lib.optimizers import Momentum
from course_lib.problems import valley


@pytest.mark.parametrize("curvature", [0.01, 1.0, 7.0])
@pytest.mark.parametrize("beta", [0.0, 0.3, 0.9, 0.99])
@pytest.mark.parametrize("lr", [0.01, 0.5, 1.9, 4.1])
def test_the_radius_is_that_of_the_two_by_two_update(lr, beta, curvature):
    update = np.array([[1 - lr * curvature, -lr * beta], [curvature, beta]])  # of (w, v)
    wanted = np.abs(np.linalg.eigvals(update)).max()
    assert radius(lr, beta, curvature) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_one_is_reached_at_the_limit(beta):
    limit = 2 * (1 + beta)
    assert radius(0.999 * limit, beta, 1.0) < 1 < radius(1.001 * limit, beta, 1.0)
    assert radius(limit, beta, 1.0) == pytest.approx(1)


def test_the_best_pair_is_the_lowest_of_the_map():
    lr, beta = np.meshgrid(np.linspace(0.02, 4.2, 419), np.linspace(0, 0.99, 199))
    slower = np.maximum(radius(lr, beta, 0.01), radius(lr, beta, 1.0))
    best = 9 / 11  # (sqrt k - 1) / (sqrt k + 1)
    assert best <= slower.min() < best + 0.01
    at = np.unravel_index(slower.argmin(), slower.shape)
    assert (lr[at], beta[at]) == pytest.approx((4 / 1.21, best**2), rel=0.01)


@pytest.mark.parametrize(
    ("lr", "beta", "headline", "finding"),
    [
        (1.98, 0.0, "No memory: gradient descent", "0.98 along the flat one, which creeps"),
        (1.98, 0.0, "No memory", "0.98 along the steep axis, which jumps to and fro"),
        (1.9, 0.3, "The flat axis is the slow one", "0.548 along the steep axis, which swings"),
        (1.0, 0.9, "Both axes swing", "0.949 along the flat one, which swings"),
        (3.305, 0.67, "The best pair", "0.819 along the steep axis"),
        (2.99, 0.5, "The steep axis is the slow one", "The bouncing takes longest"),
        (3.8, 0.9, "At the limit", "jumps to and fro for ever"),
        (3.9, 0.9, "diverges", "2(1 + beta)/L is 3.8"),
        (4.2, 0.0, "diverges", "which explodes"),
    ],
)
def test_words_say_what_the_numbers_say(lr, beta, headline, finding):
    view = look(lr, beta, 100)
    assert headline in view.headline
    assert finding in view.finding


def test_divergence_is_drawn_up_to_the_edge_and_never_warns():
    view = look(4.2, 0.0, 2000)  # warnings are errors here
    assert "too large for the computer" in view.finding
    assert np.all(np.isfinite(view.points))
    assert np.all(np.abs(view.points[:-1]) <= (600, 120))


@pytest.mark.parametrize(("lr", "beta", "steps"), [(1.9, 0.3, 100), (3.305, 0.67, 40), (1, 0.9, 0)])
def test_the_line_to_copy_gives_the_path_in_the_picture(lr, beta, steps):
    view = look(lr, beta, steps)
    names = {"descend": descend, "Momentum": Momentum, "valley": valley}
    path = eval(view.code, names)
    np.testing.assert_array_equal(path.points, view.points)
    np.testing.assert_array_equal(path.values, view.loss)  # the loss at the start is 1


@pytest.mark.parametrize(
    ("label", "lr", "beta"),
    [
        ("gradient descent", 1.98, 0.0),
        ("the best pair", 3.305, 0.67),
        ("lr = 1, beta = 0.9", 1.0, 0.9),
    ],
)
def test_the_buttons_go_to_the_marks(label, lr, beta):
    explorer = momentum_map()
    (row, *_) = explorer.panel.children
    (button,) = (widget for widget in row.children if widget.description == label)
    button.click()
    assert (explorer.settings["lr"], explorer.settings["beta"]) == (lr, beta)


def test_no_steps_at_all_are_refused():
    with pytest.raises(ValueError, match="1 or more, got 0"):
        momentum_map(steps=0)
