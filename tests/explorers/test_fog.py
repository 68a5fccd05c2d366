"""The search explorer: its points and losses against the slice, its words, its line to copy."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.explorers.fog import look, search_in_fog
from course_lib.problems import valley
from course_lib.search import random_local_search
from course_lib.slices import digits_slice

PLANE = digits_slice(100)
SETTINGS = [(1, 1.0, 0), (20, 1.0, 0), (60, 0.1, 3), (150, 6.0, 7)]
each_setting = pytest.mark.parametrize(("looks", "reach", "luck"), SETTINGS)


@each_setting
def test_every_look_is_drawn_and_the_lowest_kept(looks, reach, luck):
    view = look(looks, reach, luck, PLANE)
    for points, best in ((view.anywhere, view.best_anywhere), (view.nearby, view.best_nearby)):
        lowest = np.minimum.accumulate(PLANE.value(points))
        np.testing.assert_allclose(best, lowest, rtol=1e-12)
    assert len(view.anywhere) == looks
    assert len(view.nearby) == looks + 1


@each_setting
def test_the_path_goes_down_from_the_start(looks, reach, luck):
    path = look(looks, reach, luck, PLANE).path
    assert path[0].tolist() == PLANE.start.tolist()
    assert np.all(np.diff(PLANE.value(path)) < 0)


def test_more_looks_repeat_the_first_ones():
    few, many = look(10, 1.0, 4, PLANE), look(50, 1.0, 4, PLANE)
    assert few.anywhere.tolist() == many.anywhere[:10].tolist()
    assert few.nearby.tolist() == many.nearby[:11].tolist()


def test_local_steps_have_the_reach_as_their_deviation():
    # A reach this short is never rejected for long: half of all steps lead down.
    view = look(200, 1e-3, 0, PLANE)
    origins = PLANE.start + np.zeros((200, 2))
    kept = np.append(False, np.diff(view.best_nearby) < 0)
    for k in range(1, 200):
        origins[k] = view.nearby[k] if kept[k] else origins[k - 1]
    steps = view.nearby[1:] - origins
    assert np.std(steps) == pytest.approx(1e-3, rel=0.15)


@pytest.mark.parametrize(
    ("looks", "reach", "says"),
    [
        (5, 1.0, "too few to judge"),
        (40, 0.1, "because they are short"),
        (40, 10.0, "because they are long"),
        (200, 1.0, "It has arrived"),
        (200, 1.0, "After 200 looks, random search has a loss of"),
    ],
)
def test_words_say_what_happened(looks, reach, says):
    assert says in look(looks, reach, 0, PLANE).finding


@each_setting
def test_the_line_to_copy_gives_the_search_in_the_picture(looks, reach, luck):
    view = look(looks, reach, luck, PLANE)
    seeds, search = view.code.split("; ")
    names = {"np": np, "random_local_search": random_local_search, "plane": PLANE}
    exec(seeds, names)
    w, best = eval(search, names)
    assert w.tolist() == view.path[-1].tolist()
    assert best.tolist() == view.best_nearby.tolist()


@pytest.mark.parametrize(("label", "setting", "to"), [("+10", "looks", 30), ("other", "luck", 1)])
def test_the_buttons(label, setting, to):
    explorer = search_in_fog(PLANE)
    widgets = [widget for row in explorer.panel.children[:4] for widget in row.children]
    (button,) = (w for w in widgets if w.description.startswith(label))
    button.click()
    assert explorer.settings[setting] == to


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"plane": valley}, TypeError, "needs a slice"),
        ({"looks": 0}, ValueError, "1 or more, got 0"),
    ],
)
def test_what_it_cannot_draw_is_refused(arguments, error, says):
    with pytest.raises(error, match=says):
        search_in_fog(**arguments)
