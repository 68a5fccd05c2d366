"""The built lessons in the real nbgrader: released, validated, autograded, with feedback; no mock.

It installs nbgrader into an environment of its own and takes minutes of a processor, so it runs
with COURSE_NBGRADER=required, as CI does. Then what is missing is a failure; else it is skipped.
"""

from __future__ import annotations

import csv
import html
import io
import os

import nbformat
import pytest
from nbgrader_class import ANSWERS, Handed, write_class
from nbgrader_course import ROOT, NbgraderCourse, make_environment
from nbgrader_differs import DIFFERS
from nbgrader_differs import LESSON as DIFFERS_IN

from course_lib import cli
from course_lib.exercises import LESSONS

MOMENTUM = "05_momentum"


def built(folder, lesson):
    return nbformat.read(ROOT / folder / f"{lesson}.ipynb", 4)


def solutions(lesson):
    """Every solution cell of the lesson, as its author solved it."""
    graded = [cell for cell in built("solutions", lesson).cells if "nbgrader" in cell.metadata]
    answers = {cell.id: cell.source for cell in graded if cell.metadata.nbgrader.solution}
    return Handed("solutions", answers)


CLASSES = {lesson: write_class(lesson) for lesson in ANSWERS}


def plans():
    """What is handed in to each course folder: the lesson and the submission, one by one."""
    return {
        **{lesson: [(lesson, one) for one in handed] for lesson, handed in CLASSES.items()},
        "differs": [(DIFFERS_IN, row.handed) for row in DIFFERS],
        "lessons": [(lesson, solutions(lesson)) for lesson in LESSONS],
    }


@pytest.fixture(scope="module")
def courses(tmp_path_factory):
    """The course folders, generated, handed in and autograded, side by side."""
    if os.environ.get("COURSE_NBGRADER") != "required":
        pytest.skip("installs nbgrader and takes minutes: COURSE_NBGRADER=required runs it")
    place = tmp_path_factory.mktemp("nbgrader")
    programs = make_environment(place / "environment")
    made = {}
    for name, plan in plans().items():
        made[name] = course = NbgraderCourse(place / name, programs)
        course.generate({lesson for lesson, _ in plan})
        for lesson, handed in plan:
            course.hand_in(handed.student, lesson, handed.notebook(course.released(lesson)))
    running = {name: course.start("autograde") for name, course in made.items()}
    codes = {name: process.wait() for name, process in running.items()}
    # 1: a notebook ended Python, and the others are graded.
    assert codes == {**dict.fromkeys(made, 0), "differs": 1}, logs(made)
    return made


def logs(courses):
    return "\n".join(course.log.read_text() for course in courses.values())


@pytest.fixture(scope="module")
def theirs(courses):
    """Course -> (student, lesson) -> exercise -> the points in nbgrader's gradebook."""
    return {name: course.points() for name, course in courses.items()}


@pytest.fixture(scope="module")
def ours(courses, jail_needed, tmp_path_factory):
    """Course -> (student, lesson) -> the row of `course grade` on the same course folder."""
    found = {}
    for name in (*CLASSES, "differs"):
        out = tmp_path_factory.mktemp("ours") / "out"
        assert cli.main(["grade", str(courses[name].folder), "--out", str(out), "--seed", "7"]) == 0
        text = (out / "grades.csv").read_text("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text))
        found[name] = {(row["student"], row["lesson"]): row for row in rows}
    return found


def points(row, lesson):
    return {exercise.id: float(row[exercise.id]) for exercise in LESSONS[lesson]}


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_nbgrader_releases_is_the_student_edition(courses, lesson):
    released, student = courses["lessons"].released(lesson), built("notebooks", lesson)
    assert [(cell.id, cell.source) for cell in released.cells] == [
        (cell.id, cell.source) for cell in student.cells
    ]


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_solutions_of_every_lesson_earn_all_points(theirs, lesson):
    assert theirs["lessons"]["solutions", lesson] == {e.id: e.points for e in LESSONS[lesson]}


@pytest.mark.parametrize(
    ("lesson", "handed"),
    [
        pytest.param(lesson, handed, id=f"{lesson[:2]} {handed.student}")
        for lesson, handed_in in CLASSES.items()
        for handed in handed_in
    ],
)
def test_nbgrader_gives_our_points(theirs, ours, lesson, handed):
    row = ours[lesson][handed.student, lesson]
    assert {name: row[f"{name} status"] for name in handed.statuses} == handed.statuses
    assert theirs[lesson][handed.student, lesson] == points(row, lesson)


@pytest.mark.parametrize("row", DIFFERS, ids=lambda row: row.handed.student)
def test_what_nbgrader_marks_otherwise_is_known(theirs, ours, row):
    who = row.handed.student, DIFFERS_IN
    assert theirs["differs"][who] == row.theirs
    assert points(ours["differs"][who], DIFFERS_IN) == row.ours


def test_the_feedback_names_the_mistake(courses, ours):
    course = courses[MOMENTUM]
    assert course.start("generate_feedback").wait() == 0, course.log.read_text()
    mistakes = {
        f"{exercise.id} failed: {mistake.id}": mistake.says
        for exercise in LESSONS[MOMENTUM]
        for mistake in (*exercise.mistakes, *exercise.variants)
    }
    said = 0
    for handed in CLASSES[MOMENTUM]:
        page = html.unescape(course.feedback(handed.student, MOMENTUM))
        assert "desk.py" not in page, "a card, not the lines of ours that raised it"
        for name, status in handed.statuses.items():
            says = mistakes.get(f"{name} {status}")
            assert says is None or says in page
            said += says is not None
    assert said >= 8


def test_a_student_can_validate(courses):
    """nbgrader's Validate button, on a right and on a half done notebook."""
    course = courses[MOMENTUM]
    found = {
        student: course.run("nbgrader", "validate", course.submitted(student, MOMENTUM))
        for student in ("cells-that-raise", "half")
    }
    assert "Success! Your notebook passes all the tests." in found["cells-that-raise"]
    assert f"VALIDATION FAILED ON {len(ANSWERS[MOMENTUM]) - 1} CELL(S)" in found["half"]


def test_nothing_is_warned_of_and_nothing_left_behind(courses):
    for course in courses.values():
        assert "partial credit" not in course.log.read_text()
        assert not course.teacher.exists(), "the progress of a student, kept as the teacher's"
