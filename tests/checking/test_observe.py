"""The ways to watch a function: what they see, and what they say of a step in a wrong form."""

import numpy as np
import pytest

from course_lib.checking import Asked, Call, Exercise, Mistake, judge, local, trajectory


def fall(w, g, v, lr, beta):
    v = beta * v + g
    return w - lr * v, v


def ahead(w, grad, v, lr, beta):
    v = beta * v + grad(w - lr * beta * v)
    return w - lr * v, v


SETTINGS = ({"lr": 0.1, "beta": 0.9}, {"lr": 0.01, "beta": 0.5})
FALL = Exercise(
    id="fall",
    title="A step",
    points=1,
    reference=fall,
    observe=trajectory(("w", "g", "v", "lr", "beta"), ("v",), SETTINGS),
    hints=("a", "b"),
    mistakes=(Mistake("at-rest", "It has no memory.", lambda w, g, v, lr, beta: (w - lr * g, v)),),
)
AHEAD = Exercise(
    id="ahead",
    title="A step ahead",
    points=1,
    reference=ahead,
    observe=trajectory(("w", "grad", "v", "lr", "beta"), ("v",), SETTINGS),
    hints=("a", "b"),
    mistakes=(),
)


def told(exercise, function):
    call = Call(local(function))
    return judge(exercise, call, 0), call


def test_a_trajectory_begins_with_the_gradients_worked_by_hand():
    first, *_ = list(FALL.observe(Call(local(fall)), np.random.default_rng(0)))
    assert first.given["gradients"].tolist() == [1, 1, -1, 0]
    # v = 1, 1.9, .71, .639 by hand, with lr = .1
    np.testing.assert_allclose(
        first.seen["w after each step"], [0, -0.1, -0.29, -0.361, -0.4249], rtol=0, atol=1e-15
    )


def test_a_trajectory_is_long_and_within_the_limit_of_calls():
    verdict, call = told(FALL, fall)
    assert verdict.passed
    assert call._calls == 4 + 60 * 2 * len(SETTINGS)


def test_each_pattern_of_gradients_is_a_path_of_its_own():
    *_, last = list(FALL.observe(Call(local(fall)), np.random.default_rng(0)))
    assert len(last.seen) == 6
    assert {path.shape for path in last.seen.values()} == {(61,)}
    mostly_zero = next(path for name, path in last.seen.items() if "zero at most" in name)
    assert np.count_nonzero(np.diff(mostly_zero)) > 50  # momentum goes on where the gradient is 0


def test_a_mistake_of_one_part_in_a_thousand_million_of_the_largest_is_seen():
    """One tolerance for all would hide what happens to the coordinate with tiny gradients."""

    def rough(w, g, v, lr, beta):
        v = beta * v + g
        return w - lr * np.where(np.abs(g) < 1e-7, 0.9, 1.0) * v, v

    assert told(FALL, rough)[0].status == "failed"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            lambda w, g, v, lr, beta: w - lr * g,
            "A step returns 2 values: w, v. Yours returns an array",
        ),
        (lambda w, g, v, lr, beta: (w, v, g), "Yours returns 3 values. End it with `return w, v`"),
        (lambda w, g, v, lr, beta: None, "Yours returns None"),
        (lambda w, g, v, lr, beta: (float(w[0]), v), "After step 1, the new w is the number"),
        (lambda w, g, v, lr, beta: (w.sum(axis=0), v), "it should have the shape of w, (1,)"),
        (lambda w, g, v, lr, beta: (v, w - lr * g), "differ from what the equation gives"),
    ],
)
def test_a_step_in_a_wrong_form(step, words):
    verdict, _ = told(FALL, step)
    assert verdict.status == "failed"
    assert words in str(verdict)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (lambda w, grad, v, lr, beta: fall(w, grad(w), v, lr, beta), "asked at"),
        (lambda w, grad, v, lr, beta: (w, v), "asks for 0 gradients"),
        (
            lambda w, grad, v, lr, beta: fall(w, grad(w) + 0 * grad(w), v, lr, beta),
            "asks for 2 gradients; it should ask for one",
        ),
    ],
)
def test_where_a_gradient_is_asked_counts(step, words):
    assert told(AHEAD, ahead)[0].passed
    verdict, _ = told(AHEAD, step)
    assert verdict.status == "failed"
    assert words in str(verdict)


def test_asked_keeps_copies_of_the_points():
    asked = Asked(lambda w: w)
    w = np.zeros(2)
    for _ in range(3):
        asked(w)
        w += 1
    assert asked.points.tolist() == [[0, 0], [1, 1], [2, 2]]
    asked(np.zeros(3))
    assert isinstance(asked.points, list)
    with pytest.raises(ValueError, match="takes one point, an array of numbers"):
        asked([[1.0], [1.0, 2.0]])
