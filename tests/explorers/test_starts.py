"""The explorer of starts against the closed forms of the saddle and the valley, and its words."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.explorers.starts import SURFACES, choose_start, look
from course_lib.optimizers import GD
from course_lib.problems import double_well, quadratic, saddle


@pytest.mark.parametrize(
    ("surface", "curvatures"), [(1, (1.0, -1.0)), (2, (0.05, 1.0))], ids=["saddle", "valley"]
)
@pytest.mark.parametrize(("x", "y", "lr", "steps"), [(1.5, 0.01, 0.1, 40), (-1.0, 0.5, 0.3, 9)])
def test_points_and_slopes_follow_the_closed_form(surface, curvatures, x, y, lr, steps):
    view = look(surface, x, y, lr, steps)
    c, n = np.array(curvatures), np.arange(steps + 1)[:, None]
    points = np.array([x, y]) * (1 - lr * c) ** n
    kept = len(view.points)
    np.testing.assert_allclose(view.points, points[:kept], atol=1e-12)
    np.testing.assert_allclose(view.slope, np.linalg.norm(c * points, axis=1), rtol=1e-9)
    assert kept == steps + 1 or np.any(np.abs(view.points[-1]) > (2, 1.5))


@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.name)
def test_flat_places_are_flat_and_named_rightly(surface):
    for point, name in surface.flat:
        g = surface.problem.grad(np.array(point))
        np.testing.assert_allclose(g, 0, atol=1e-12)
        around = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]]) * 1e-3
        higher = surface.problem.value(point + around) > surface.problem.value(point)
        assert higher.all() == ("minimum" in name)


@pytest.mark.parametrize(
    ("settings", "headline", "finding"),
    [
        ((1, 1.5, 0.0, 0.1, 100), "Exactly on the ridge", "ends at the saddle, (0.00, 0.00)"),
        ((1, 1.5, 0.001, 0.1, 60), "Still on its way", "still on its way, at (0.00, 0.30)"),
        ((1, 1.5, 1e-7, 0.1, 78), "Held up near the saddle", "will leave"),
        ((1, 1.5, 0.01, 0.1, 100), "Gone after 53 steps", "The slope was least at step 25"),
        ((1, 1.0, 1.0, 2.2, 200), "Gone after 1 step", "at the end huge"),
        ((2, 1.0, 1.0, 1.0, 200), "It ends at the minimum", "(0.00, 0.00)"),
        ((3, 0.251, 0.5, 0.1, 200), "It ends at the higher minimum", "(1.00, 0.00)"),
        ((3, 0.249, 0.5, 0.1, 200), "It ends at the lower minimum", "(-1.00, 0.00)"),
        ((3, 0.25, 0.5, 0.1, 200), "Exactly on the ridge", "the saddle between the wells"),
    ],
)
def test_words_say_what_happened(settings, headline, finding):
    view = look(*settings)
    assert headline in view.headline
    assert finding in view.finding


@pytest.mark.parametrize("settings", [(1, 1.5, 0.01, 0.1, 40), (2, -1.2, 0.3, 0.7, 30)])
def test_the_line_to_copy_gives_the_path_in_the_picture(settings):
    view = look(*settings)
    names = {"descend": descend, "GD": GD, "quadratic": quadratic}
    names |= {"saddle": saddle, "double_well": double_well}
    path = eval(view.code, names)
    np.testing.assert_array_equal(path.points[: len(view.points)], view.points)


@pytest.mark.parametrize(
    ("surface", "label", "start"),
    [
        (1, "on the ridge", (0.7, 0.0)),
        (1, "0.001 beside it", (0.7, 0.001)),
        (2, "on the ridge", (0.7, 0.3)),
        (3, "on the ridge", (0.25, 0.3)),
        (3, "0.001 beside it", (0.251, 0.3)),
        (3, "2: a valley", (0.7, 0.3)),
    ],
)
def test_the_buttons(surface, label, start):
    explorer = choose_start(surface, 0.7, 0.3)
    widgets = [widget for row in explorer.panel.children[:2] for widget in row.children]
    (button,) = (w for w in widgets if w.description == label)
    button.click()
    assert (explorer.settings["x"], explorer.settings["y"]) == pytest.approx(start)
    assert explorer.settings["surface"] == (2 if "valley" in label else surface)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"surface": 4}, "1 .. 3, got 4"),
        ({"x": 3.0}, r"got \(3.0, 0.01\)"),
        ({"y": -2.0}, "within"),
    ],
)
def test_what_it_cannot_draw_is_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        choose_start(**arguments)
