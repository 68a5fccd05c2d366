"""The explorer of Adagrad's rates against gradients worked by hand, and its words."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.explorers.coordinate_rates import coordinate_lr, look
from course_lib.optimizers import Adagrad
from course_lib.problems import quadratic, valley

HALF = math.sqrt(0.5)


@pytest.mark.parametrize(
    ("exponent", "turn", "sizes"),
    [
        # At (10, 1) the slopes are (0.1, 1); turned by 45 degrees they are mixed.
        (0.0, 0, (0.1, 1.0)),
        (-1.0, 0, (0.1, 1.0)),
        (0.0, 45, (0.9 * HALF, 1.1 * HALF)),
    ],
)
def test_the_first_rate_is_lr_over_the_first_slope(exponent, turn, sizes):
    view = look(exponent, turn, 1)
    assert view.rates.shape == (1, 2)
    np.testing.assert_allclose(view.rates[0], 10**exponent / np.array(sizes), rtol=1e-4)
    assert np.abs(view.points[1] - view.points[0]) == pytest.approx(10**exponent, rel=1e-4)


@pytest.mark.parametrize(("exponent", "turn"), [(0.5, 0), (0.15, 30), (-1.0, 45)])
def test_steps_are_the_rate_times_the_slope(exponent, turn):
    view = look(exponent, turn, 100)
    slopes = view.problem.grad(view.points[:-1])
    np.testing.assert_allclose(
        np.diff(view.points, axis=0), -view.rates * slopes, rtol=1e-6, atol=1e-12
    )
    assert np.all(np.diff(view.rates, axis=0) <= 0), "G never falls, so no rate ever rises"


def test_gradient_descent_does_not_notice_the_turn_and_adagrad_does():
    straight, turned = look(0.5, 0, 100), look(0.5, 30, 100)
    for view in (straight, turned):
        loss = 0.5 * ((1 - 0.01 * 1.778) ** 200 + (1 - 1.778) ** 200)
        assert view.plain_loss[-1] == pytest.approx(loss, rel=1e-3)
    assert straight.loss[-1] < 1e-20
    assert turned.loss[-1] > turned.plain_loss[-1]


@pytest.mark.parametrize(
    ("settings", "headline", "finding"),
    [
        ((0.0, 0, 1), "w1 gets 10 times the rate of w2", "has become 10 for w1 and 1 for w2"),
        ((0.5, 0, 0), "No step yet", "The valley lies along w1. Loss after 0 steps: 1 with"),
        ((0.5, 45, 100), "Both get about the same rate", "turned by 45 degrees"),
        ((0.5, 30, 100), "w1 gets 1.64 times", "0.0138 with gradient descent at its best"),
    ],
)
def test_words_say_what_the_numbers_say(settings, headline, finding):
    view = look(*settings)
    assert headline in view.headline
    assert finding in view.finding


@pytest.mark.parametrize("turn", [0, 1, 30])
def test_the_line_to_copy_gives_the_path_in_the_picture(turn):
    view = look(0.35, turn, 20)
    names = {"descend": descend, "Adagrad": Adagrad, "quadratic": quadratic, "valley": valley}
    np.testing.assert_array_equal(eval(view.code, names).points, view.points)


@pytest.mark.parametrize(("label", "turn"), [("30 degrees", 30), ("45 degrees", 45)])
def test_the_buttons_turn_the_valley(label, turn):
    explorer = coordinate_lr()
    row = explorer.panel.children[1]
    (button,) = (widget for widget in row.children if widget.description == label)
    button.click()
    assert explorer.settings["turn"] == turn
