"""The two-well explorer: its particles against exact shares, its words, its line to copy."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.explorers.wells import look, two_well_particles
from course_lib.two_wells import EDGE, share_in_flat_well

SETTINGS = [(1, 0.1, 1000), (2, 0.1, 3000), (0, 0.05, 2000)]


@pytest.mark.parametrize(("power", "lr", "steps"), SETTINGS)
def test_the_line_to_copy_gives_the_share_of_infinitely_many(power, lr, steps):
    view = look(power, lr, steps)
    exact = eval(view.code, {"share_in_flat_well": share_in_flat_well})
    spread = np.sqrt(exact * (1 - exact) / len(view.now))
    assert view.share[-1] == pytest.approx(exact, abs=4 * spread + 1e-9)
    assert view.share[-1] == np.mean(view.now > EDGE)
    assert len(view.share) == steps + 1


@pytest.mark.parametrize(
    ("power", "lr", "steps", "says"),
    [
        (2, 0.1, 0, "Let them go"),
        (2, 0.1, 3000, "a step is off by 0.1 at random"),
        (2, 0.1, 3000, "it is 0.365, or 3.65 such kicks"),
        (2, 0.1, 3000, "still on their way"),
        (6, 0.1, 3000, "never is not zero"),
        (0, 0.1, 3000, "the flat well is left as well"),
        (1, 0.1, 3000, "seldom back"),
        # kick / sqrt(1 - (1 - lr c)^2): 0.1 with c = 10, 0.1 / sqrt(1 - 0.95^2) with c = 0.5
        (2, 0.1, 3000, "spread by 0.1 in the sharp well and by 0.32 in the flat one"),
    ],
)
def test_words_say_what_the_numbers_say(power, lr, steps, says):
    assert says in look(power, lr, steps).finding


def test_fewer_steps_are_the_beginning_of_more():
    few, many = look(1, 0.1, 100), look(1, 0.1, 500)
    assert few.share.tolist() == many.share[:101].tolist()


@pytest.mark.parametrize("power", [0, 1, 3])
def test_the_buttons(power):
    explorer = two_well_particles()
    (button,) = (
        widget
        for widget in explorer.panel.children[0].children
        if widget.description == f"B = {2**power}"
    )
    button.click()
    assert explorer.settings["power"] == power
