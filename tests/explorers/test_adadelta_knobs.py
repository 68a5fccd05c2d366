"""The Adadelta explorer against its first step in closed form, and against known step counts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.explorers.adadelta_knobs import adadelta_knobs, look
from course_lib.optimizers import Adadelta
from course_lib.problems import quadratic


@pytest.mark.parametrize(("exponent", "rho"), [(-6, 0.95), (-2, 0.5), (0, 0.99), (-8, 0.9)])
def test_the_first_step_has_its_closed_form(exponent, rho):
    view = look(exponent, rho)
    eps = 10.0**exponent
    first = 10 * math.sqrt(eps / ((1 - rho) * 100 + eps))
    assert view.first == pytest.approx(first, rel=1e-12)
    assert view.steps[0] == pytest.approx(first, rel=1e-9)
    if eps < 1e-3:
        assert first == pytest.approx(math.sqrt(eps / (1 - rho)), rel=1e-3)


@pytest.mark.parametrize(
    ("exponent", "count"), [(-8, math.nan), (-6, 1810), (-4, 316), (-2, 42), (1, 2)]
)
def test_steps_from_ten_to_one(exponent, count):
    view = look(exponent, 0.95)
    np.testing.assert_equal(view.counts[view.now], count)
    if count > 2:
        assert view.w[count - 1] > 1 >= view.w[count]


@pytest.mark.parametrize("rho", [0.5, 0.9, 0.95, 0.99])
def test_a_larger_eps_never_takes_longer(rho):
    counts = look(-6, rho).counts
    assert np.all(np.diff(counts[np.isfinite(counts)]) <= 0)


@pytest.mark.parametrize(
    ("settings", "headline", "finding"),
    [
        ((-6, 0.95), "From 10 to 1 in 1810 steps", "With a hundred times the eps it would be 316,"),
        ((-6, 0.95), "1810", "the first step has size 0.00447"),
        ((-8, 0.95), "more than 2000 steps", "With a hundred times the eps it would be 1810."),
        ((1, 0.95), "From 10 to 1 in 2 steps", "plain gradient descent with lr = 1"),
    ],
)
def test_words_say_what_the_numbers_say(settings, headline, finding):
    view = look(*settings)
    assert headline in view.headline
    assert finding in view.finding


@pytest.mark.parametrize(("exponent", "rho"), [(-6.0, 0.95), (-3.5, 0.57)])
def test_the_line_to_copy_gives_the_path_in_the_picture(exponent, rho):
    view = look(exponent, rho)
    names = {"descend": descend, "Adadelta": Adadelta, "quadratic": quadratic}
    np.testing.assert_allclose(eval(view.code, names).points[:, 0], view.w, rtol=1e-9, atol=1e-12)


def test_the_buttons_set_eps():
    explorer = adadelta_knobs()
    (row, *_) = explorer.panel.children
    (button,) = (widget for widget in row.children if widget.description == "eps = 1e-4")
    button.click()
    assert explorer.settings["exponent"] == -4
