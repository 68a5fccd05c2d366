"""The explorer of Newton-Schulz against the singular value decomposition of the real thing."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.explorers.spectrum import GRID, MAPS, look, singular_values
from course_lib.optimizers import CUBIC, QUINTIC, newton_schulz

NAMES = {"np": np, "newton_schulz": newton_schulz, "CUBIC": CUBIC, "QUINTIC": QUINTIC}


@pytest.mark.parametrize("polynomial", [1, 2])
@pytest.mark.parametrize("steps", [0, 1, 5, 10])
@pytest.mark.parametrize("columns", [64, 200])
def test_the_line_to_copy_gives_the_values_in_the_picture(polynomial, steps, columns):
    view = look(polynomial, steps, columns)
    s = np.linalg.svd(eval(view.code, NAMES), compute_uv=False)
    np.testing.assert_allclose(np.sort(s), np.sort(view.after), atol=1e-12)
    assert np.sum(view.before**2) == pytest.approx(1, rel=1e-12)
    if steps <= 5:  # later the curve is too crowded to read between its points
        through = np.interp(view.before, GRID, view.curve)
        np.testing.assert_allclose(through, view.after, atol=0.01)


@pytest.mark.parametrize(
    ("settings", "headline", "finding"),
    [
        ((1, 0, 64), "After 0 rounds, 0 of 64 are near 1", "After 0 rounds of Jordan's quintic"),
        ((1, 1, 64), "After 1 round, ", "After 1 round of Jordan's"),
        ((1, 5, 64), "After 5 rounds, 62 of 64 are near 1", "62 of 64 are between 0.68 and 1.13"),
        # Wide: no small values, so that all arrive.
        ((1, 5, 256), "After 5 rounds, 64 of 64 are near 1", "64 of 64 are between 0.68 and 1.13"),
        # The cubic multiplies small values by 1.5 in a round: 1.5^10 = 58 is enough for wide ones.
        ((2, 10, 256), "After 10 rounds, 64 of 64", "the smallest is 1, the largest 1."),
    ],
)
def test_words_say_what_the_numbers_say(settings, headline, finding):
    view = look(*settings)
    assert headline in view.headline
    assert finding in view.finding


def test_slopes_at_zero():
    for which, slope in ((1, 3.4445**5), (2, 1.5**5)):
        assert look(which, 5, 64).curve[0] == pytest.approx(slope * 1e-4, rel=0.01)


@pytest.mark.parametrize(("number", "name"), list(enumerate(MAPS, start=1)))
def test_a_button_for_each_polynomial(number, name):
    explorer = singular_values()
    explorer.controls["polynomial"].value = 3 - number
    buttons = {w.description: w for w in explorer.panel.children[1].children}
    buttons[f"{number}: {name}"].click()
    assert name in explorer.view.finding


@pytest.mark.parametrize("settings", [(-1, 64), (11, 64), (5, 63), (5, 257)])
def test_what_no_slider_can_reach_is_refused(settings):
    with pytest.raises(ValueError, match="steps must be from 0 to 10 and columns from 64 to 256"):
        singular_values(*settings)
