"""Pictures of comparisons: what is marked, and what the sentence on guesses counts."""

import numpy as np
import pytest

from course_lib.comparison import Trained
from course_lib.plots import figure, show
from course_lib.scoreboard import calibration, ranking, sensitivity

NAN = float("nan")
TABLE = Trained(
    lrs=np.array([0.01, 0.1, 1.0]),
    seeds=np.array([0, 1]),
    loss=np.zeros((3, 2)),
    validation=np.array([[0.5, 0.7], [0.2, 0.4], [NAN, 0.1]]),
    test=np.zeros((3, 2)),
    accuracy=np.zeros((3, 2)),
)


def test_sensitivity_marks_the_lowest_mean_and_draws_what_diverged_at_the_top():
    _, ax = figure()
    _, line, dot = sensitivity(ax, {"SGD": TABLE}, ["SGD"])
    np.testing.assert_allclose(line.get_ydata(), [0.6, 0.3, (3 + 0.1) / 2])
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (0.1, pytest.approx(0.3))


def test_ranking_puts_the_first_row_on_top():
    fig, ax = figure()
    runs = {"a": np.array([98.0, 99]), "b": np.array([90.0, 91])}
    ranking(ax, [("a", 98.5, 0.5, True), ("b", 90.5, 0.5, False)], runs)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    ax.set_title("a leads")
    assert show(fig, alt="Two methods with their errors, a leads.").png


@pytest.mark.parametrize(
    ("guesses", "says"),
    [
        ([], "No guesses kept yet."),
        ([("q", 2.0, 4.0)], "1 of 1 guesses are within a factor of 2; the one in the middle is low: 0.5 times."),  # noqa: E501
        (
            [("a", 3.0, 1.0), ("b", 1.0, 1.0), ("c", 9.0, 3.0)],
            "1 of 3 guesses are within a factor of 2; the one in the middle is high: 3 times.",
        ),
        ([("a", 0.0, 1.0), ("b", -1.0, 1.0)], "0 of 2 guesses are within a factor of 2; 2 of another sign or zero."),  # noqa: E501
        ([("a", -2.0, -2.0)], "1 of 1 guesses are within a factor of 2; the one in the middle is about right: 1 times."),  # noqa: E501
    ],
)  # fmt: skip
def test_what_the_guesses_say(guesses, says):
    fig, ax = figure()
    assert calibration(ax, guesses) == says
    ax.set_title("Guesses")
    assert show(fig, alt="Guesses over the truth, one in a row.").png
