"""Efforts on quadratics, where the steps can be counted in closed form."""

import numpy as np
import pytest

from course_lib.effort import effort
from course_lib.optimizers import GD, Momentum, Nesterov
from course_lib.problems import quadratic


@pytest.mark.parametrize("tol", [1e-2, 1e-8])
def test_gradient_descent_on_a_parabola(tol):
    # |g| = |1 - lr|^n from 1, below tol for the first time at n = ceil(log tol / log|1 - lr|).
    lrs = np.array([0.1, 0.5, 1.0, 1.7, 2.0, 2.5])
    found = effort(GD, quadratic([1.0]), tol=tol, most=2000, lr=lrs)
    steps = [int(np.ceil(np.log(tol) / np.log(abs(1 - lr)))) for lr in (0.1, 0.5, 1.7)]
    wanted = [steps[0] + 1, steps[1] + 1, 2, steps[2] + 1, np.inf, np.inf]
    np.testing.assert_array_equal(found.evaluations, wanted)
    assert (found.best, found.fewest) == ({"lr": 1.0}, 2)


def test_most_is_a_limit():
    assert effort(GD, quadratic([1.0]), most=5, lr=[0.1]).fewest == np.inf
    assert effort(GD, quadratic([1.0]), most=2, lr=[1.0]).fewest == 2
    assert effort(GD, quadratic([1.0]), most=1, start=[0.0], lr=[1.0]).fewest == 1


def test_a_grid_of_two():
    found = effort(Momentum, quadratic([1.0, 4.0]), lr=[0.1, 0.4], beta=[0.0, 0.5, 0.9])
    assert found.evaluations.shape == (6,)
    k = int(np.argmin(found.evaluations))
    assert found.best == {name: found.settings[name][k] for name in ("lr", "beta")}
    again = effort(Momentum, quadratic([1.0, 4.0]), **{n: [v] for n, v in found.best.items()})
    assert again.fewest == found.fewest


def test_nesterov_is_asked_at_its_lookahead():
    # beta 0 looks nowhere: gradient descent.
    both = (
        effort(r, quadratic([1.0]), lr=[0.3], **b).fewest
        for r, b in ((GD, {}), (Nesterov, {"beta": [0.0]}))
    )
    assert len(set(both)) == 1


@pytest.mark.parametrize("grid", [{}, {"lr": []}])
def test_an_empty_grid_is_refused(grid):
    with pytest.raises(ValueError, match="needs settings to try"):
        effort(GD, quadratic([1.0]), **grid)
