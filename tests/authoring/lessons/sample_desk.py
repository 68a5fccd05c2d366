"""The exercises of the sample lesson, and the functions it calls: the course's own desk."""

from course_lib.checking import Case, Desk, Exercise, Mistake
from course_lib.plots import show as course_show


def double_it(x):
    return 2.0 * x


def half_it(x):
    return x / 2


def at_three(call, rng):
    yield Case({"x": 3.0}, {"y": call(3.0)})


LESSONS = {
    "00_sample": (
        Exercise(
            id="double-it",
            title="Double a number",
            points=2,
            reference=double_it,
            observe=at_three,
            hints=("What is a sum?", "Add it to itself."),
            mistakes=(Mistake("squared", "You square it.", lambda x: x * x),),
        ),
        Exercise(
            id="half-it",
            title="Half a number",
            points=1,
            reference=half_it,
            observe=at_three,
            hints=("Divide.",),
            mistakes=(Mistake("doubled", "You double it.", lambda x: 2 * x),),
        ),
    )
}

_desk = Desk(LESSONS)
check, hint, ready = _desk.check, _desk.hint, _desk.ready


def show(fig, alt):
    """The course's show, for a figure that the sample leaves without words on its axes."""
    for ax in fig.axes:
        ax.set(xlabel="x", ylabel="y", title="Twice")
    return course_show(fig, alt)
