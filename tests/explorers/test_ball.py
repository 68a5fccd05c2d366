"""The explorer of penalties: its solution, its ball and its rings by their equations."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.explorers.ball import bowl, look, penalty_ball
from course_lib.regularization import penalised_minimum

SETTINGS = [(-1.0, 0.0, 20), (0.0, 1.0, 20), (0.3, 1.0, -70), (-0.3, 0.5, 60), (1.0, 1.0, 45)]
each_setting = pytest.mark.parametrize(("exponent", "mix", "angle"), SETTINGS)
H = np.array([[1.0, 0.5], [0.5, 1.0]])  # curvatures 1.5 and 0.5 along the diagonals


@pytest.mark.parametrize("angle", [0, 30, -90])
def test_the_bowl(angle):
    problem = bowl(angle)
    np.testing.assert_allclose(problem.hessian, H, atol=1e-12)
    np.testing.assert_allclose(np.hypot(*problem.minimum), 2)
    np.testing.assert_allclose(problem.minimum[1], 2 * np.sin(np.radians(angle)))


@each_setting
def test_the_solution_meets_its_conditions(exponent, mix, angle):
    view = look(exponent, mix, angle)
    w, l1, l2 = view.solution, view.strength * mix, view.strength * (1 - mix)
    slope = H @ (w - view.best) + 2 * l2 * w
    for one, at in zip(slope, w, strict=True):
        if at == 0:
            assert abs(one) <= l1 + 1e-9
        else:
            assert one == pytest.approx(-l1 * np.sign(at), abs=1e-7)


@each_setting
def test_the_ball_has_one_price_and_meets_the_last_ring_in_the_solution(exponent, mix, angle):
    view = look(exponent, mix, angle)
    price = mix * np.abs(view.ball).sum(axis=-1) + (1 - mix) * (view.ball**2).sum(axis=-1)
    wanted = mix * np.abs(view.solution).sum() + (1 - mix) * (view.solution**2).sum()
    np.testing.assert_allclose(price, wanted, atol=1e-9)
    away = view.rings[~np.isnan(view.rings[:, 0])].reshape(4, -1, 2) - view.best
    level = np.einsum("rni,ij,rnj->rn", away, H, away)
    ends = (view.solution - view.best) @ H @ (view.solution - view.best)
    wanted = np.square([0.25, 0.5, 0.75, 1.0])[:, None] * ends
    np.testing.assert_allclose(level, np.broadcast_to(wanted, level.shape), atol=1e-9)


@pytest.mark.parametrize(
    ("exponent", "mix", "angle", "headline"),
    [
        (-0.2, 0.0, 20, "A round ball"),
        (-0.2, 1.0, 20, "touches an edge"),
        (0.1, 1.0, 20, "one weight is 0"),
        (1.0, 1.0, 20, "Both weights are 0"),
        (-0.2, 1.0, 0, "one weight is 0"),
    ],
)
def test_words_say_what_the_corner_does(exponent, mix, angle, headline):
    assert headline in look(exponent, mix, angle).headline


@each_setting
def test_the_line_to_copy_gives_the_solution(exponent, mix, angle):
    view = look(exponent, mix, angle)
    (w,) = eval(view.code, {"penalised_minimum": penalised_minimum, "bowl": bowl})
    np.testing.assert_allclose(w, view.solution, atol=1e-6)


def test_the_paths_pass_through_the_solution():
    view = look(0.0, 0.5, 30)  # the strengths go from 0.01 to 10 in 61 steps, 1 is the 41st
    np.testing.assert_allclose(view.paths[40], view.solution, atol=1e-6)


@pytest.mark.parametrize(("label", "mix"), [("L1", 1.0), ("half and half", 0.5)])
def test_the_buttons(label, mix):
    explorer = penalty_ball()
    (button,) = (w for w in explorer.panel.children[0].children if w.description == label)
    button.click()
    assert explorer.settings["mix"] == mix
