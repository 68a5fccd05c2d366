"""The data on which adaptive methods say +1: by hand, and by linear algebra."""

import numpy as np
import pytest

from course_lib.comparison import METHODS
from course_lib.one_sided import OWN, fit, one_sided, wrong_on_new

PROBLEM = one_sided(40, 14)


def test_the_table_of_a_small_one():
    small = one_sided(3, 1)
    np.testing.assert_array_equal(small.y, [-1, 1, 1])
    np.testing.assert_array_equal(
        small.X,
        [
            [-1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
        ],
    )


def test_signs_alone_fit_it():
    # Wilson et al.: X sign(X^T y) = 4 y, so a multiple of the signs has no error.
    signs = np.sign(PROBLEM.X.T @ PROBLEM.y)
    np.testing.assert_allclose(PROBLEM.X @ signs, 4 * PROBLEM.y)
    assert wrong_on_new(PROBLEM, signs) == 14 / 40


def test_the_smallest_solution_is_right_and_gradient_descent_finds_it():
    smallest = np.linalg.pinv(PROBLEM.X) @ PROBLEM.y
    assert wrong_on_new(PROBLEM, smallest) == 0
    np.testing.assert_allclose(fit(METHODS["SGD"], 0.3, PROBLEM, 2000), smallest, atol=1e-9)


def test_adagrad_finds_the_signs():
    w = fit(METHODS["Adagrad"], 0.1, PROBLEM, 2000)
    np.testing.assert_allclose(w, np.sign(PROBLEM.X.T @ PROBLEM.y) / 4, atol=1e-6)


def test_a_start_moves_all_weights():
    assert np.all(fit(METHODS["SGD"], 0.1, PROBLEM, 0, start=0.5) == 0.5)
    assert PROBLEM.X.shape == (40, 3 + OWN * 40)


@pytest.mark.parametrize("minority", [0, 21, -1])
def test_a_minority_is_one(minority):
    with pytest.raises(ValueError, match="minority must be from 1 to n / 2 = 20"):
        one_sided(40, minority)
