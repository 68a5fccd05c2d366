"""The explorer of the quadratic model against Hessians by hand, and its words."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.explorers.quadratic_model import look, quadratic_model
from course_lib.line_search import full_step
from course_lib.problems import himmelblau
from course_lib.second_order import Newton, minimise, numerical_hessian

PLACES = [(4.4, 3.6), (0.8, 2.6), (0.4, -0.4), (-5.0, 5.0), (0.0, 0.0)]
each_place = pytest.mark.parametrize(("x", "y"), PLACES)


def hessian(x, y):
    """Of (x^2 + y - 11)^2 + (x + y^2 - 7)^2, by hand."""
    return np.array([[12 * x**2 + 4 * y - 42, 4 * (x + y)], [4 * (x + y), 12 * y**2 + 4 * x - 26]])


@pytest.mark.parametrize("damping", [0, 7, 60])
@each_place
def test_the_step_ends_where_the_damped_model_is_flat(x, y, damping):
    view, w = look(x, y, damping), np.array([x, y])
    H, g = hessian(x, y) + damping * np.eye(2), himmelblau.grad(w)
    np.testing.assert_allclose(g + H @ (view.new - w), 0, atol=1e-5)
    np.testing.assert_allclose(view.curvatures + damping, np.linalg.eigvalsh(H), rtol=1e-6)
    p = view.new - w
    assert view.promised == pytest.approx(g @ p + p @ H @ p / 2, rel=1e-5)
    assert view.got == pytest.approx(himmelblau.value(view.new) - himmelblau.value(w))
    # At the end of the step the cuts show both, in units of what was promised.
    assert view.model_cut[50] == pytest.approx(np.sign(view.promised))
    assert view.loss_cut[50] * abs(view.promised) == pytest.approx(view.got)


@each_place
def test_the_lines_are_level_lines_of_the_model(x, y):
    view, H = look(x, y, 0), hessian(x, y)
    u = view.lines[np.isfinite(view.lines[:, 0])] - view.new
    height = np.abs(np.sum(u * (u @ H), axis=1)) / 2 / abs(view.promised)
    nearest = np.array([1, 4, 9]) / 9
    assert np.abs(height[:, None] - nearest).min(axis=1).max() < 1e-4
    # One of the outermost lines goes through the point itself.
    assert np.linalg.norm(u + view.new - (x, y), axis=1).min() < 0.05 * np.linalg.norm(view.new)


@each_place
def test_the_trail_runs_from_the_point_along_steps_that_go_down(x, y):
    view, w = look(x, y, 0), np.array([x, y])
    np.testing.assert_allclose(view.trail[-1], w, atol=0.01)
    assert np.all((view.trail - w) @ himmelblau.grad(w) < 0)


WORDS = [
    (4.4, 3.6, 0, "A bowl: the step goes to its bottom", "the model is a bowl"),
    (0.8, 2.6, 0, "A saddle: the step goes to its saddle point", "curvatures are -26.1 and 60.5"),
    (0.8, 2.6, 0, "A saddle", "the loss rises by 7.69; it rises by 7.2"),
    (0.4, -0.4, 0, "A hill: the step goes to its top", "curvatures are -41.7 and -22.5: the"),
    (0.4, -0.4, 52, "A bowl", "10.3 and 29.5 with a damping of 52: the model is a bowl"),
    (3.0, 2.0, 0, "A bowl", "There is no slope here"),
]


@pytest.mark.parametrize(("x", "y", "damping", "headline", "finding"), WORDS)
def test_words_say_what_the_numbers_say(x, y, damping, headline, finding):
    view = look(x, y, damping)
    assert headline in view.headline
    assert finding in view.finding


@pytest.mark.parametrize("damping", [0, 52])
@each_place
def test_the_line_to_copy_goes_to_the_same_point(x, y, damping):
    view = look(x, y, damping)
    run = eval(
        view.code,
        {
            **{"minimise": minimise, "Newton": Newton},
            **{"numerical_hessian": numerical_hessian, "himmelblau": himmelblau},
            "full_step": full_step,
        },
    )
    np.testing.assert_allclose(run.points[-1], view.new, rtol=1e-6)


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("near a bottom", "bowl"),
        ("near a saddle", "saddle"),
        ("on the hill", "hill"),
        ("enough damping", "bowl"),
    ],
)
def test_the_buttons_go_where_they_say(label, kind):
    explorer = quadratic_model()
    explorer.controls["x"].value, explorer.controls["y"].value = 0.0, 1.0
    buttons = {w.description: w for row in explorer.panel.children[:3] for w in row.children}
    buttons[label].click()
    assert f"the model is a {kind}" in explorer.view.finding


def test_a_curvature_of_zero_is_no_crash():
    for damping in range(101):  # at (0, 0) the curvatures are -42 and -26
        view = look(0.0, 0.0, damping)
        assert np.all(np.isfinite(view.new))
