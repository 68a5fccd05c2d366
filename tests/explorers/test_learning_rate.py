"""The learning rate explorer against the closed form x_n = x_0 (1 - lr mu)^n, and its words."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.explorers.learning_rate import look, step_size
from course_lib.optimizers import GD
from course_lib.problems import quadratic, rosenbrock, valley


@pytest.mark.parametrize(
    ("lr", "k", "steps"), [(1.9, 100, 100), (1.0, 100, 7), (0.3, 10, 50), (1.6, 4, 20), (1.5, 1, 3)]
)
def test_points_and_loss_follow_the_closed_form(lr, k, steps):
    view = look(lr, k, steps)
    n, mu = np.arange(steps + 1), 1 / k
    x, y = 10 * (1 - lr * mu) ** n, (1 - lr) ** n
    np.testing.assert_allclose(view.points, np.stack([x, y], axis=1), atol=1e-12)
    loss = (mu * x**2 + y**2) / (mu * 100 + 1)
    np.testing.assert_allclose(view.loss, loss, rtol=1e-9, atol=1e-25)


WORDS = [
    # lr, k, in the headline, in the finding
    (2.1, 100, "diverges", "2.1 is 1.05 times the limit 2/L = 2"),
    (2.1, 100, "diverges", "by -1.1 along the steep axis"),
    (2.1, 100, "diverges", "overshoots by more than it came"),
    (2.0, 100, "never settles", "by -1 along the steep axis"),
    (1.99, 100, "Past the best", "The steep axis is the slow one"),
    (1.98, 100, "The best constant lr", "by 0.98 along the flat one"),
    (20 / 11, 10, "The best constant lr", "by 0.818 along the flat one"),
    (1.9, 100, "zigzags", "by -0.9 along the steep axis"),
    (1.0, 100, "No zigzag", "by 0 along the steep axis and by 0.99 along the flat one"),
    (0.1, 100, "No zigzag", "The flat axis is the slow one"),
    (1.0, 1, "first step arrives", "Loss after 100 steps from (10, 1): 0 times the start"),
]


@pytest.mark.parametrize(("lr", "k", "headline", "finding"), WORDS)
def test_words_say_what_the_numbers_say(lr, k, headline, finding):
    view = look(lr, k, 100)
    assert headline in view.headline
    assert finding in view.finding


def test_divergence_is_drawn_up_to_the_edge_and_never_warns():
    view = look(2.2, 100, 6000)  # 1.2^6000 is far beyond float64; warnings are errors here
    assert "too large for the computer" in view.finding
    inside = np.all(np.abs(view.points) <= (12, 2.4), axis=1)
    assert inside[:-1].all()
    assert not inside[-1]


@pytest.mark.parametrize(
    ("problem", "lr", "k", "steps", "says"),
    [
        (valley, 1.9, 100, 100, "descend(GD(lr=1.9), valley, steps=100)"),
        (
            valley,
            1.7,
            7,
            12,
            "descend(GD(lr=1.7), quadratic((0.1429, 1), start=(10, 1)), steps=12)",
        ),
        (quadratic((2.0, 50.0)), 0.03, 25, 10, None),
        (quadratic((2.0, 50.0)), 0.03, 3, 10, None),
        (quadratic((0.1, 1.0), rotation=0.5, start=(3, 1)), 1.5, 10, 10, None),
        (quadratic((0.1, 1.0), rotation=0.5, start=(3, 1)), 1.5, 20, 10, None),
        (quadratic((1.0, 0.1), start=(3, 1)), 1.5, 20, 10, None),  # flat along y
    ],
)
def test_the_line_to_copy_gives_the_path_in_the_picture(problem, lr, k, steps, says):
    view = look(lr, k, steps, problem)
    if says:
        assert view.code == says
    names = {"descend": descend, "GD": GD, "quadratic": quadratic, "valley": valley}
    path = eval(view.code, names)
    # Four digits of the start and the angle are written down.
    np.testing.assert_allclose(path.points[: len(view.points)], view.points, rtol=1e-3, atol=2e-3)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"problem": rosenbrock}, TypeError, "needs a quadratic"),
        ({"problem": quadratic((1.0, 2.0, 3.0))}, ValueError, "has 3"),
        ({"steps": 0}, ValueError, "1 or more, got 0"),
    ],
)
def test_what_it_cannot_draw_is_refused(arguments, error, says):
    with pytest.raises(error, match=says):
        step_size(**arguments)


@pytest.mark.parametrize(
    ("label", "lr"), [("lr = 1/L", 0.02), ("lr = 2/(L+mu)", 0.03846), ("lr = 2/L", 0.04)]
)
def test_the_buttons_go_to_the_marks(label, lr):
    explorer = step_size(quadratic((2.0, 50.0)))
    (row, *_) = explorer.panel.children
    (button,) = (widget for widget in row.children if widget.description == label)
    button.click()
    assert explorer.settings["lr"] == lr
