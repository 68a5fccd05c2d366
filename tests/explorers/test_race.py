"""The race against a plain search through all learning rates, and its words."""

from __future__ import annotations

from functools import partial
from importlib import import_module

import numpy as np
import pytest

from course_lib import problems
from course_lib.descent import descend
from course_lib.explorers.race import LRS, Stadium, look, race
from course_lib.optimizers import GD, Adagrad, Adam, Momentum
from course_lib.own import own
from course_lib.problems import askew, himmelblau, rosenbrock, saddle, turned, valley

RULES = {"GD": GD, "momentum": Momentum, "Adagrad": Adagrad, "Adam": partial(Adam, beta2=0.99)}


def one_point_only(w, g, lr):
    """A step as a beginner writes it: right, and unable to run many settings at once."""
    return np.array([float(w[i]) - float(lr) * float(g[i]) for i in range(2)])


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(("surface", "turn"), [(valley, 0), (valley, 30), (rosenbrock, 90)])
def test_each_has_the_best_learning_rate_there_is(name, surface, turn):
    problem, ends = turned(surface, turn), []
    run = Stadium(RULES, [surface], 40).run(name, surface.name, turn, problem.start)
    for lr in LRS:
        ends.append(descend(RULES[name](lr=float(lr)), problem, steps=40).values[-1])
    assert run.lr == LRS[np.nanargmin(ends)]
    assert run.loss[-1] == pytest.approx(np.nanmin(ends) / surface.value(surface.start), rel=1e-6)


def test_a_function_that_takes_single_points_only_runs_too():
    stadium = Stadium({"GD": GD, "yours": own(one_point_only, memories=0)}, [valley], 30)
    start = np.array([3.0, -1.0])
    theirs, yours = (stadium.run(name, "valley", 30, start) for name in ("GD", "yours"))
    assert yours.lr == theirs.lr
    np.testing.assert_allclose(yours.points, theirs.points, rtol=1e-9)


def test_a_function_that_cannot_run_says_why():
    def broken(w, g, lr):
        raise RuntimeError("the reader's own error")

    with pytest.raises(RuntimeError, match="the reader's own error"):
        race({"yours": own(broken, memories=0)}, [valley])


@pytest.mark.parametrize(
    ("surface", "turn", "start"),
    [
        ("valley", 30, valley.start),
        ("valley", 45, (-7.123, 0.4567)),
        ("Rosenbrock", 0, rosenbrock.start),
        ("Rosenbrock", 30, (0.512, 2.0)),
    ],
)
def test_the_line_to_copy_gives_the_path_of_the_leader(surface, turn, start):
    view = look(surface, turn, *start, 25, Stadium(RULES, [valley, rosenbrock], 60))
    names = {"descend": descend, "turned": turned, "rules": RULES, **vars(problems)}
    path = eval(view.code, names)
    leader = min(view.runs, key=lambda name: view.runs[name].loss[25])
    np.testing.assert_allclose(path.points, view.runs[leader].points[:26], rtol=1e-9, atol=1e-12)


WORDS = [
    # rules, surface, turn, steps, headline, in the finding
    (RULES, "valley", 0, 0, "All at the start", "after 0 of 100 steps"),
    (RULES, "valley", 0, 100, "Adagrad leads after 100 steps", "On valley,"),
    (RULES, "valley", 45, 100, "momentum leads after 100 steps", "On valley turned by 45 degrees"),
    ({"a": GD, "b": GD}, "valley", 0, 9, "All are level after 9 steps", "a 0."),
    ({"a": Adam, "b": Adam, "c": GD}, "valley", 0, 99, "a and b lead after 99 steps", "c 0."),
    ({"a": GD}, "valley", 0, 1, "a leads after 1 step", "the best of 51 learning rates"),
]
STARTS = [
    # x, y, what the line to copy says of it
    (1e-15, -1e-15, ""),  # a slider's 0, as it comes from the page
    (0.1, 1e-15, "start=[0.1, 0], "),
    (-2.0, 3.0, "start=[-2, 3], "),
]


@pytest.mark.parametrize(("x", "y", "words"), STARTS)
def test_a_start_is_told_where_it_is_not_the_usual_one(x, y, words):
    view = look("Himmelblau", 0, x, y, 5, Stadium({"GD": GD}, [himmelblau], 5))
    assert f"turned(himmelblau, 0), {words}steps=5)" in view.code
    assert ("from [" in view.finding) == bool(words)


@pytest.mark.parametrize(("rules", "surface", "turn", "steps", "headline", "finding"), WORDS)
def test_words_say_what_the_numbers_say(rules, surface, turn, steps, headline, finding):
    view = look(surface, turn, *valley.start, steps, Stadium(rules, [valley], 100))
    assert view.headline.startswith(headline)
    assert finding in view.finding


def test_divergence_is_a_word_and_never_warns():
    def climbs(w, g, lr):
        return w + 1e3 * lr * g

    explorer = race({"GD": GD, "ascent": own(climbs, memories=0)}, [himmelblau], steps=60)
    assert "ascent diverges" in explorer.view.finding


@pytest.mark.parametrize(
    ("rules", "settings", "says"),
    [
        ({}, {}, "1 to 7 rules, got 0"),
        ({str(k): GD for k in range(8)}, {}, "1 to 7 rules, got 8"),
        ({"GD": GD}, {"problems": []}, "needs a problem"),
        ({"GD": GD}, {"problems": [saddle]}, "saddle has no minimum"),
        ({"GD": GD}, {"problems": [problems.quadratic((1.0, 1.0, 1.0))]}, "two coordinates"),
        ({"GD": GD}, {"steps": 0}, "1 or more, got 0"),
    ],
)
def test_what_cannot_race_is_refused(rules, settings, says):
    with pytest.raises(ValueError, match=says):
        race(rules, **settings)


def test_turned_by_30_degrees_the_valley_is_askew():
    problem, w = turned(valley, 30), np.array([[3.0, -2.0], [0.5, 7.0]])
    np.testing.assert_allclose(problem.value(w), askew.value(w), rtol=1e-12)
    np.testing.assert_allclose(problem.grad(w), askew.grad(w), rtol=1e-12)
    np.testing.assert_allclose(problem.start, askew.start, rtol=1e-12)


@pytest.mark.parametrize("degrees", [0, 30, 90])
def test_the_start_goes_where_it_is_dragged_and_turns_with_the_surface(degrees):
    explorer = race(RULES, [valley, himmelblau], steps=20)
    explorer.move(turn=degrees)
    x, y = 0.7, 0.6  # in shares of the window
    explorer.screen.grab = [0, x, y]
    low, high = np.array(turned(valley, degrees).box).T
    wanted = low + (high - low) * (x, y)
    step = explorer.controls["x"].step
    np.testing.assert_allclose(explorer.view.start, wanted, atol=0.75 * step)
    assert f"start=[{explorer.view.start[0]:g}, " in explorer.view.code
    before = explorer.view.start
    explorer.move(turn=(degrees + 45) % 90)
    np.testing.assert_allclose(
        np.linalg.norm(explorer.view.start), np.linalg.norm(before), rtol=1e-3
    )
    assert not np.allclose(explorer.view.start, before)


def test_another_surface_begins_at_its_own_start_and_draws_once():
    explorer = race(RULES, [valley, himmelblau], steps=20)
    drawn = []
    explorer.screen.observe(drawn.append, names="png")
    explorer.move(x=3.0, y=0.5)
    explorer.controls["surface"].value = himmelblau.name
    assert len(drawn) == 2
    np.testing.assert_array_equal(explorer.view.start, himmelblau.start)
    window = turned(himmelblau, 0).box
    for axis, (low, high) in zip("xy", window, strict=True):
        assert low <= explorer.controls[axis].min < explorer.controls[axis].max <= high
    explorer.move(x=float(explorer.controls["x"].max))
    explorer.reset()
    assert explorer.settings == {"surface": "valley", "turn": 0, "x": 10.0, "y": 1.0, "steps": 20}


def test_a_surface_seen_before_is_shown_from_memory(monkeypatch):
    explorer = race(RULES, [valley, himmelblau], steps=20)
    explorer.controls["surface"].value = himmelblau.name
    for name, work in (("race", "descend"), ("turning", "contours")):  # neither is called again
        monkeypatch.setattr(import_module(f"course_lib.explorers.{name}"), work, None)
    explorer.reset()
    explorer.controls["surface"].value = himmelblau.name
