"""Sweeps against closed forms, and every method's grid."""

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.optimizers import GD, Momentum
from course_lib.problems import askew, quadratic, valley
from course_lib.sweep import FAMILY, contest, sweep


def test_losses_of_all_learning_rates_have_a_closed_form():
    lrs = np.array([0.1, 1.0, 1.9, 1.98, 2.0, 2.1])
    result = sweep(GD, valley, steps=30, lr=lrs)
    left = (1 - lrs[:, None] * [0.01, 1.0]) ** 30 * [10, 1]
    np.testing.assert_allclose(result.losses, (left**2 * [0.01, 1.0]).sum(axis=1) / 2, rtol=1e-10)


def test_the_best_learning_rate_for_many_steps_is_two_over_l_plus_mu():
    lrs = np.linspace(1.9, 2.0, 1001)
    # After finitely many it is a little smaller: the steep direction's factor falls faster with lr.
    assert sweep(GD, valley, steps=3000, lr=lrs).best["lr"] == pytest.approx(2 / 1.01, abs=1e-3)


def test_every_combination_is_run_and_the_best_is_shown_as_if_alone():
    result = sweep(Momentum, valley, steps=40, lr=[0.5, 1.0, 2.0], beta=[0.0, 0.9])
    pairs = list(zip(result.settings["lr"], result.settings["beta"], strict=True))
    assert pairs == [(lr, beta) for lr in (0.5, 1.0, 2.0) for beta in (0.0, 0.9)]
    alone = [descend(Momentum(lr, beta), valley, steps=40) for lr, beta in pairs]
    np.testing.assert_allclose(result.losses, [run.values[-1] for run in alone], rtol=1e-10)
    k = int(np.argmin([run.values[-1] for run in alone]))
    assert (result.best["lr"], result.best["beta"]) == pairs[k]
    np.testing.assert_allclose(result.path.points, alone[k].points, rtol=1e-12)
    np.testing.assert_allclose(result.path.values, alone[k].values, rtol=1e-10)


def test_a_start_of_your_own():
    result = sweep(GD, quadratic([1.0]), steps=1, start=[8.0], lr=[0.5])
    np.testing.assert_array_equal(result.path.points[:, 0], [8.0, 4.0])


def test_a_run_that_diverged_is_inf_and_never_the_best():
    result = sweep(GD, valley, steps=5000, lr=[3.0, 1e3, 1.0])  # a warning would be an error here
    np.testing.assert_array_equal(np.isinf(result.losses), [True, True, False])
    assert result.best == {"lr": 1.0}


def test_of_equals_the_first_is_best():
    # f = w^2 / 2 from 1: at lr 1/2 and 3/2 one step leaves 1/2 and -1/2.
    assert sweep(GD, quadratic([1.0]), steps=1, lr=[1.5, 0.5]).best == {"lr": 1.5}


# Adagrad has no best lr in the straight valley, the larger the better; in the turned one it has.
INSIDE = [(name, askew if name == "Adagrad" else valley) for name in FAMILY if name != "Adadelta"]


@pytest.mark.parametrize(("name", "problem"), INSIDE)
def test_no_grid_of_the_family_has_its_best_learning_rate_at_an_edge(name, problem):
    rule, grid = FAMILY[name]
    assert grid["lr"][0] < sweep(rule, problem, **grid).best["lr"] < grid["lr"][-1]


def test_the_grid_of_adadelta_reaches_its_limit_of_large_eps():
    # There a step is sqrt(eps) / sqrt(eps) * g: gradient descent with lr 1.
    rule, grid = FAMILY["Adadelta"]
    assert sweep(rule, valley, **grid).losses.min() == pytest.approx(0.99**200 / 2, rel=2e-3)


def test_contest_holds_the_methods_up_to_the_one_named():
    result = contest("Nesterov", valley, steps=20)
    assert list(result) == ["gradient descent", "momentum", "Nesterov"]
    assert all(entry.path.points.shape == (21, 2) for entry in result.values())
    # Each holds the one before it as a special case, beta = 0.
    assert result["momentum"].losses.min() <= result["gradient descent"].losses.min()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: sweep(GD, valley), "needs values to try, such as lr="),
        (lambda: sweep(GD, valley, lr=[]), "needs values to try, such as lr="),
        (lambda: contest("adam", valley), "no method 'adam' in the family; there are gradient"),
    ],
)
def test_refused_in_one_line(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)
