"""The explorer of schedules against closed forms of a noisy quadratic, its words, its line."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.explorers.schedule_curve import SCHEDULES, look, schedule_curve
from course_lib.noise import Noisy
from course_lib.optimizers import GD
from course_lib.problems import quadratic
from course_lib.schedules import (
    Constant,
    Cosine,
    Inverse,
    InverseRoot,
    Linear,
    Step,
    WarmUp,
)

EACH = pytest.mark.parametrize("kind", range(1, len(SCHEDULES) + 1))


@EACH
def test_without_noise_the_loss_is_a_product(kind):
    view = look(kind, 1.2, 25, 0.0)
    shares = [np.append(1, np.cumprod((1 - view.lrs * c) ** 2)) / 2 for c in (0.0625, 1.0)]
    np.testing.assert_allclose(view.loss, sum(shares), rtol=1e-9, atol=1e-15)
    np.testing.assert_array_equal(view.low, view.high)


@EACH
def test_the_learning_rate_warms_up_to_its_base(kind):
    lrs = look(kind, 0.8, 20, 0.5).lrs
    np.testing.assert_allclose(lrs[:20], 0.8 * np.arange(1, 21) / 20)
    assert lrs[20] == pytest.approx(0.8)
    assert np.all(np.diff(lrs[20:]) <= 0)


@pytest.mark.parametrize(("base", "noise"), [(1.0, 0.5), (0.5, 1.0)])
def test_a_constant_ends_on_its_floor(base, noise):
    view = look(1, base, 0, noise)
    # lr noise^2 / (2 (2 - lr c)) for each curvature c
    floor = sum(base * noise**2 / (2 * (2 - base * c)) for c in (0.0625, 1.0))
    assert view.loss[-60:].mean() == pytest.approx(floor, rel=0.15)
    np.testing.assert_array_equal(view.loss, view.constant)
    assert view.low[-1] < view.loss[-1] < view.high[-1]


WORDS = [
    # settings, in the headline, in the finding
    ((1, 1.0, 0, 0.5), "floor of its noise", "Schedule constant from 1, noise 0.5"),
    ((3, 1.0, 0, 0.5), "still on its way", "The sum of all learning rates is 5.88"),
    ((7, 1.0, 0, 0.5), "down from the floor", "the floor went down with it"),
    ((7, 1.0, 30, 0.5), "down from the floor", "after 30 updates of warm-up"),
    ((1, 2.4, 0, 0.5), "explodes", "above 2/L = 2 for too long"),
    ((1, 1.0, 0, 0.0), "on its way", "too little for the flat axis"),
]


@pytest.mark.parametrize(("settings", "headline", "finding"), WORDS)
def test_words_say_what_the_numbers_say(settings, headline, finding):
    view = look(*settings)
    assert headline in view.headline
    assert finding in view.finding


@EACH
def test_the_line_to_copy_gives_the_curve_in_the_picture(kind):
    view = look(kind, 0.7, 15, 0.4)
    names = {"descend": descend, "GD": GD, "Noisy": Noisy, "quadratic": quadratic, "np": np}
    made = (Constant, Cosine, Inverse, InverseRoot, Linear, Step, WarmUp)
    names |= {one.__name__: one for one in made}
    np.testing.assert_allclose(eval(view.code, names).values.mean(axis=1), view.loss, rtol=1e-12)


def test_the_buttons():
    explorer = schedule_curve()
    buttons = explorer.panel.children[1].children
    buttons[4].click()
    assert explorer.settings["kind"] == 5
    assert buttons[4].description == "5: inverse root"


@pytest.mark.parametrize(
    ("arguments", "says"), [({"kind": 0}, "1 .. 7, got 0"), ({"base": 3.0}, "0.05 to 2.4, got 3.0")]
)
def test_what_it_cannot_draw_is_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        schedule_curve(**arguments)
