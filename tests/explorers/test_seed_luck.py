"""The choice by some seeds, by hand on a small table."""

import numpy as np
import pytest

from course_lib.comparison import Trained
from course_lib.explorers.seed_luck import look, seed_luck

ZERO = np.zeros((3, 3))
#                         seeds:  0    1    2     means
VALIDATION = np.array([[0.1, 0.5, 0.9], [0.4, 0.3, 0.4], [0.6, 0.2, np.nan]])
TABLE = Trained(np.array([0.01, 0.1, 1.0]), np.array([5, 6, 7]), ZERO, VALIDATION, ZERO, ZERO)


@pytest.mark.parametrize(
    ("seeds", "first", "best", "share"),
    [
        (1, 0, 0, [1 / 3, 1 / 3, 1 / 3]),
        (1, 1, 2, [1 / 3, 1 / 3, 1 / 3]),
        (1, 2, 1, [1 / 3, 1 / 3, 1 / 3]),
        # pairs (0, 1): .3, .35, .4; (1, 2): .7, .35, inf; (2, 0): .5, .4, inf
        (2, 0, 0, [1 / 3, 2 / 3, 0]),
        (2, 2, 1, [1 / 3, 2 / 3, 0]),
        (3, 1, 1, [0, 1, 0]),
    ],
)
def test_the_choice_by_hand(seeds, first, best, share):
    view = look(seeds, first, TABLE)
    assert (view.best, view.overall) == (best, 1)
    np.testing.assert_allclose(view.share, share)
    assert len(view.chosen) == seeds
    assert f"lr = {TABLE.lrs[best]:g}" in view.finding


def test_the_line_to_copy_names_the_seeds():
    assert "seeds=[7, 5]" in look(2, 2, TABLE).code


def test_one_seed_is_no_choice():
    alone = TABLE._replace(validation=VALIDATION[:, :1])
    with pytest.raises(ValueError, match="two seeds or more"):
        seed_luck(alone)


def test_a_table_of_the_reader():
    explorer = seed_luck(TABLE)
    explorer.controls["seeds"].value = 3
    assert explorer.view.best == 1
