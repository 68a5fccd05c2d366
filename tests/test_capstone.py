"""The arena: disguised problems keep their derivatives, scores are logarithms, play interleaves."""

import numpy as np
import pytest

from course_lib.capstone import (
    GRADIENTS,
    LEAST,
    METHODS,
    MOST,
    SETTINGS,
    Fork,
    board,
    draws,
    play,
    scores,
    sweep_rule,
    tuned,
    unseen,
    walk,
)
from course_lib.optimizers import Adam, AdamState
from course_lib.problems import valley

PROBLEMS = unseen(np.random.default_rng(5))
each = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)


def gd(lr):
    return lambda w, g, state, t: (w - lr * g, state)


def adam(w, g, state, t):
    m, v = (0 * w, 0 * w) if state is None else state
    w, (m, v, _) = Adam(0.32).step(w, g, AdamState(m, v, t - 1))
    return w, (m, v)


@each
def test_the_gradient_is_the_slope_of_what_is_scored(problem):
    # left() is the loss in units of that at the start: its slope, times that, is the gradient.
    base, w, h = problem.base, problem.start + 0.1, 1e-6
    height = base.value(base.start) - np.min(base.value(base.minimum))
    slope = [(problem.left(w + h * e) - problem.left(w - h * e)) / (2 * h) for e in np.eye(3)]
    wanted = np.array(slope) * height * problem.loudness + problem.noise[6]
    np.testing.assert_allclose(problem.grad(w, 7), wanted, rtol=1e-5, atol=1e-6 * problem.loudness)


@each
def test_a_score_counts_powers_of_ten(problem):
    lowest = np.atleast_2d(problem.base.minimum)[0]
    minimum = problem.shift + problem.unit * lowest @ problem.turn.T
    assert problem.left(problem.start) == pytest.approx(1)
    assert problem.score(problem.start) == pytest.approx(0, abs=1e-9)
    assert problem.score(minimum) == MOST
    assert problem.score(np.full(3, np.nan)) == LEAST
    assert problem.score(minimum + 1e6) == LEAST
    # Twice as near in every direction, half of a bowl's way: a quarter of the loss.
    if "noise" not in problem.name and "bent" not in problem.name:
        half = (problem.start + minimum) / 2
        assert problem.score(half) == pytest.approx(np.log10(4))


def test_the_fork_by_hand():
    fork = Fork()
    np.testing.assert_allclose(fork.value([[0, 0, 0], [1, 0, 0], [-1, 2, 1]]), [0, -0.25, 4.25])
    np.testing.assert_allclose(fork.grad([[1, 0, 0], [2, 3, 4]]), [[0, 0, 0], [6, 3, 20]])


def test_problems_are_drawn_by_their_generator_alone():
    again, others = unseen(np.random.default_rng(5)), unseen(np.random.default_rng(6))
    for one, two, other in zip(PROBLEMS, again, others, strict=True):
        np.testing.assert_array_equal(one.start, two.start)
        np.testing.assert_array_equal(one.noise, two.noise)
        assert one.noise.shape == (GRADIENTS, 3)
        assert np.linalg.norm(one.start - other.start) > 0.1
        np.testing.assert_allclose(one.turn @ one.turn.T, np.eye(3), atol=1e-12)


def test_play_interleaves_and_counts_from_one():
    calls = []

    def spy(w, g, state, t):
        calls.append((t, state))
        return w, t if state is None else [state, t][1]

    play(spy, PROBLEMS, np.random.default_rng(0))
    assert [t for t, _ in calls] == list(np.repeat(np.arange(1, GRADIENTS + 1), len(PROBLEMS)))
    assert all(state is None for t, state in calls if t == 1)
    assert all(state == t - 1 for t, state in calls if t > 1)


def test_play_gives_what_each_problem_gives_alone():
    together = play(adam, PROBLEMS, np.random.default_rng(0))
    for problem, point in zip(PROBLEMS, together, strict=True):
        np.testing.assert_array_equal(play(adam, [problem], np.random.default_rng(1))[0], point)


def test_a_sweep_is_play_at_every_learning_rate():
    swept = sweep_rule(Adam, np.array([0.1, 0.32]), PROBLEMS)
    played = scores(play(adam, PROBLEMS, np.random.default_rng(0)), PROBLEMS)
    np.testing.assert_allclose(swept[:, 1], played, rtol=1e-4)


def test_a_run_that_is_lost_stops():
    points = play(gd(1e9), PROBLEMS, np.random.default_rng(0))
    np.testing.assert_array_equal(scores(points, PROBLEMS), LEAST)


@pytest.mark.parametrize("name", METHODS)
def test_every_setting_on_the_board_is_the_tuned_one(name):
    assert SETTINGS[name] == tuned(METHODS[name])


def test_the_board_ranks_and_shows_everybody():
    shown = board(adam)
    assert set(shown.scores) == {*METHODS, "YOURS"}
    medians = [shown.median(name) for name in shown.scores]
    assert medians == sorted(medians, reverse=True)
    assert shown.median("YOURS") == pytest.approx(shown.median("Adam"), rel=1e-3)
    assert str(shown).count("\n") == 6 + 12


def nothing_yet(w, g, state, t):
    raise NotImplementedError


def broken(w, g, state, t):
    raise TypeError("no such thing")


@pytest.mark.parametrize(
    ("step", "note"), [(nothing_yet, "once you have written it"), (broken, "raised TypeError: no")]
)
def test_a_step_that_raises_gets_a_note(step, note):
    shown = board(step)
    assert "YOURS" not in shown.scores
    assert note in str(shown).splitlines()[-1]


def test_walk_is_the_step_on_a_problem_of_the_course():
    path = walk(gd(1.0), valley, 3)
    np.testing.assert_allclose(path.points[:, 0], 10 * 0.99 ** np.arange(4))
    np.testing.assert_allclose(path.points[1:, 1], 0, atol=1e-15)
    assert path.values[0] == pytest.approx(1.0)


def test_draws_are_five_for_each_seed():
    np.testing.assert_array_equal(draws([1, 5])[5].start, PROBLEMS[0].start)
    assert len(draws([1, 5])) == 10
