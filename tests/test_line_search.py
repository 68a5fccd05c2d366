"""Line searches: the two conditions hold, and the steps are those that SciPy finds."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from course_lib.chained import ChainedRosenbrock
from course_lib.line_search import Point, backtracking, full_step, strong_wolfe

GOLDEN = np.load(Path(__file__).parent / "golden" / "scipy.npz")
BENT = ChainedRosenbrock(2)


class Asker:
    """Loss and gradient at a point, and how often they were asked."""

    def __init__(self, value, grad):
        self.value, self.grad, self.asked = value, grad, 0

    def __call__(self, w):
        self.asked += 1
        return self.at(w)

    def at(self, w):
        return Point(w, float(self.value(w)), np.atleast_1d(self.grad(w)))


def along(value, slope, here=0.0):
    """A loss of one coordinate, and the point to start from."""
    ask = Asker(lambda w: value(w[0]), lambda w: slope(w[0]))
    return ask, ask.at(np.array([here]))


def test_backtracking_by_hand():
    # f = w^2 at 1 with p = -4: to -3, f 9; to -1, f 1, no lower; to 0, which falls enough.
    ask, here = along(lambda w: w**2, lambda w: 2 * w, here=1.0)
    step, there = backtracking(ask, here, np.array([-4.0]))
    assert (step, there.w[0], there.value, ask.asked) == (0.25, 0.0, 0.0, 3)


def test_backtracking_asks_for_a_share_of_the_slope():
    # f = w^2 from 1 along -2 a falls by 4 a - 4 a^2: more than c1 4 a if a <= 1 - c1.
    for c1, wanted in ((1e-4, 0.5), (0.45, 0.5), (0.6, 0.25), (0.8, 0.125)):
        ask, here = along(lambda w: w**2, lambda w: 2 * w, here=1.0)
        assert backtracking(ask, here, np.array([-2.0]), c1=c1)[0] == wanted


def test_a_full_step_looks_at_nothing():
    ask, here = along(lambda w: w**2, lambda w: 2 * w, here=1.0)
    step, there = full_step(ask, here, np.array([-40.0]))
    assert (step, there.value, ask.asked) == (1.0, 39.0**2, 1)


SHAPES = [
    # a loss and its slope, all with a bottom to the right of 0
    ("parabola, bottom at 0.01", lambda a: (a - 0.01) ** 2, lambda a: 2 * (a - 0.01)),
    ("parabola, bottom at 300", lambda a: (a - 300) ** 2, lambda a: 2 * (a - 300)),
    ("quartic", lambda a: (a - 2) ** 4, lambda a: 4 * (a - 2) ** 3),
    ("waves", lambda a: a**2 / 9 - np.sin(5 * a), lambda a: 2 * a / 9 - 5 * np.cos(5 * a)),
    ("wall", lambda a: np.exp(9 * a) - 20 * a, lambda a: 9 * np.exp(9 * a) - 20),
    ("nan beyond 0.3", lambda a: -np.log(0.3 - a) - 9 * a, lambda a: 1 / (0.3 - a) - 9),
]


@pytest.mark.parametrize("c2", [0.9, 0.1, 0.01])
@pytest.mark.parametrize(
    ("value", "slope"), [row[1:] for row in SHAPES], ids=[r[0] for r in SHAPES]
)
def test_both_wolfe_conditions_hold(value, slope, c2):
    with np.errstate(invalid="ignore"):
        ask, here = along(value, slope)
        step, there = strong_wolfe(ask, here, np.array([1.0]), c2=c2)
    first = here.grad[0]
    assert there.value <= here.value + 1e-4 * step * first
    assert abs(there.grad[0]) <= c2 * abs(first)


@pytest.mark.parametrize("search", [backtracking, strong_wolfe])
def test_uphill_is_refused(search):
    ask, here = along(lambda w: w**2, lambda w: 2 * w, here=1.0)
    with pytest.raises(ValueError, match="must point downhill, its slope is 2"):
        search(ask, here, np.array([1.0]))
    assert ask.asked == 0


@pytest.mark.parametrize("search", [backtracking, strong_wolfe])
def test_where_nothing_is_lower_it_stays(search):
    ask, here = along(abs, lambda w: 1.0)  # at the bottom, with a slope that is not there
    step, there = search(ask, here, np.array([-1.0]))
    assert step == 0
    assert there is here


@pytest.mark.parametrize("row", [0, 1], ids=["c2=0.9", "c2=0.1"])
def test_steps_and_counts_are_those_of_scipy(row):
    """SciPy's own search interpolates by a cubic from the second narrowing on; there they part.

    Up to the first parabola the steps are equal to 1e-9, and the losses asked are as many. Later
    both meet the same conditions, and ours asks at most four more times.
    """
    equal = 0
    searches = zip(*(GOLDEN[f"search/{name}"] for name in ("w", "p")), strict=True)
    for (w, p), step, asked in zip(
        searches, GOLDEN["search/step"][row], GOLDEN["search/asked"][row] - 1, strict=True
    ):
        ask = Asker(BENT.value, BENT.grad)
        here = ask.at(w)
        search = partial(strong_wolfe, c2=(0.9, 0.1)[row])
        got, there = search(ask, here, p)
        slope = here.grad @ p
        assert there.value <= here.value + 1e-4 * got * slope
        assert abs(there.grad @ p) <= (0.9, 0.1)[row] * abs(slope)
        assert ask.asked <= asked + 4
        if np.log2(step) % 1 == 0:  # found while doubling: no interpolation at all
            assert (got, ask.asked) == (step, asked)
        equal += np.isclose(got, step, rtol=1e-9)
    assert equal >= (38, 29)[row]
