"""The burst explorer against closed forms: s = 1 + (s_b - 1) rho^n, G a plain sum."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course_lib.explorers.burst import CALM, STEPS, gradient_burst, look
from course_lib.optimizers import RMSprop
from course_lib.streams import burst, remember

CASES = [(100, 50, 0.9), (100, 1, 0.9), (20, 7, 0.5), (200, 100, 0.95), (1, 1, 0.9)]


@pytest.mark.parametrize(("size", "length", "rho"), CASES)
def test_memories_and_steps_follow_the_closed_form(size, length, rho):
    view = look(size, length, rho)
    calm = 1 - rho**CALM
    after = size**2 + (calm - size**2) * rho**length
    n = np.arange(STEPS - CALM - length)
    s = 1 + (after - 1) * rho ** (n + 1)
    np.testing.assert_allclose(view.memory[view.last + 1 :], np.sqrt(s), rtol=1e-9)
    np.testing.assert_allclose(view.step[view.last + 1 :], 1 / np.sqrt(s), rtol=1e-6)
    G = CALM + length * size**2 + n + 1
    np.testing.assert_allclose(view.step_adagrad[view.last + 1 :], 1 / np.sqrt(G), rtol=1e-6)


@pytest.mark.parametrize(
    ("size", "length", "rho", "recovery"),
    [
        (100, 100, 0.9, 77),  # saturated: ln(3 / 9999) / ln 0.9 = 76.99
        (100, 100, 0.95, 159),  # s_b = 9940.8, and ln(3 / 9939.8) / ln 0.95 = 158.03
        (100, 1, 0.9, 56),  # s = 0.9 * 0.995 + 1000
        (2, 100, 0.9, 0),  # s = 4 is lr/2 exactly
        (200, 100, 0.99, 900),  # s_b = 25359, and ln(3 / 25358) / ln 0.99 = 899.7
    ],
)
def test_recovery_is_the_first_step_at_half(size, length, rho, recovery):
    view = look(size, length, rho)
    assert view.recovery == recovery
    if 0 < recovery < STEPS - view.last - 1:
        assert view.step[view.last + recovery] >= 0.5 > view.step[view.last + recovery - 1]


@pytest.mark.parametrize(
    ("size", "length", "rho", "headline", "finding"),
    [
        (100, 50, 0.9, "RMSprop is back at lr/2 after 77 steps", "after 77 more steps"),
        (2, 5, 0.9, "So small a burst does no harm", "never falls below lr/2"),
        (200, 100, 0.99, "after 900 steps, beyond the picture", "after 900 more steps"),
        (100, 50, 0.9, "", "Adagrad's step was 0.141 lr before the burst and is 0.00141 lr after"),
    ],
)
def test_words_say_what_the_numbers_say(size, length, rho, headline, finding):
    view = look(size, length, rho)
    assert headline in view.headline
    assert finding in view.finding


def test_the_line_to_copy_gives_the_steps_in_the_picture():
    view = look(30, 12, 0.87)
    path, _ = eval(view.code, {"remember": remember, "RMSprop": RMSprop, "burst": burst})
    np.testing.assert_array_equal(-np.diff(path), view.step)


@pytest.mark.parametrize(("label", "length"), [("one step", 1), ("100 steps", 100)])
def test_the_buttons_go_to_the_lengths(label, length):
    explorer = gradient_burst()
    buttons = [w for row in explorer.panel.children[:3] for w in row.children]
    (button,) = (w for w in buttons if w.description == label)
    button.click()
    assert explorer.settings["length"] == length


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"size": 0}, "size must be from 1 to 200, got 0"),
        ({"length": 101}, "length must be from 1 to 100, got 101"),
        ({"rho": math.nan}, "rho must be from 0.5 to 0.99, got nan"),
    ],
)
def test_what_no_slider_can_reach_is_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        gradient_burst(**arguments)
