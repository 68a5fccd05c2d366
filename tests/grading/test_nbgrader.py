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


def built(folder, lesson):
    return nbformat.read(ROOT / folder / f"{lesson}.ipynb", 4)


def solutions(lesson):
    """Every solution cell of the lesson, as its author solved it."""
    graded = [cell for cell in built("solutions", lesson).cells if "nbgrader" in cell.metadata]
    answers = {cell.id: cell.source for cell in graded if cell.metadata.nbgrader.solution}
    return Handed("solutions", answers)


CLASSES = {lesson: write_class(lesson) for lesson in ANSWERS}


@pytest.fixture(scope="module")
def courses(tmp_path_factory):
    """Two course folders, autograded: "class" with two lessons, and "lessons" with all of them."""
    if os.environ.get("COURSE_NBGRADER") != "required":
        pytest.skip("installs nbgrader and takes minutes: COURSE_NBGRADER=required runs it")
    place = tmp_path_factory.mktemp("nbgrader")
    programs = make_environment(place / "environment")
    handed_in = {
        "class": [
            *((lesson, handed) for lesson, class_ in CLASSES.items() for handed in class_),
            *((DIFFERS_IN, row.handed) for row in DIFFERS),
        ],
        "lessons": [(lesson, solutions(lesson)) for lesson in LESSONS],
    }
    made = {name: NbgraderCourse(place / name, programs) for name in handed_in}
    for name, course in made.items():
        course.generate({lesson for lesson, _ in handed_in[name]})
        for lesson, handed in handed_in[name]:
            course.hand_in(handed.student, lesson, handed.notebook(course.released(lesson)))
    running = {name: course.start_autograde() for name, course in made.items()}
    codes = {name: process.wait() for name, process in running.items()}
    # 1, because one notebook ends Python; the others are graded all the same.
    assert codes == {"class": 1, "lessons": 0}, "\n".join(c.log.read_text() for c in made.values())
    return made


@pytest.fixture(scope="module")
def theirs(courses):
    """(student, lesson) -> exercise -> the points in nbgrader's gradebook."""
    return courses["class"].points()


@pytest.fixture(scope="module")
def ours(courses, jail_needed, tmp_path_factory):
    """(student, lesson) -> the row of `course grade` on the same course folder."""
    out = tmp_path_factory.mktemp("ours") / "out"
    folder = courses["class"].folder
    assert cli.main(["grade", str(folder), "--out", str(out), "--seed", "7"]) == 0
    rows = csv.DictReader(io.StringIO((out / "grades.csv").read_text("utf-8-sig")))
    return {(row["student"], row["lesson"]): row for row in rows}


def points(row, lesson):
    return {exercise.id: float(row[exercise.id]) for exercise in LESSONS[lesson]}


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_nbgrader_releases_is_the_student_edition(courses, lesson):
    released, student = courses["lessons"].released(lesson), built("notebooks", lesson)
    assert [(cell.id, cell.source) for cell in released.cells] == [
        (cell.id, cell.source) for cell in student.cells
    ]


def test_the_solutions_of_every_lesson_earn_all_points(courses):
    assert courses["lessons"].points() == {
        ("solutions", lesson): {exercise.id: exercise.points for exercise in exercises}
        for lesson, exercises in LESSONS.items()
    }


@pytest.mark.parametrize(
    ("lesson", "handed"),
    [
        pytest.param(lesson, handed, id=f"{lesson[:2]} {handed.student}")
        for lesson, class_ in CLASSES.items()
        for handed in class_
    ],
)
def test_nbgrader_gives_our_points(theirs, ours, lesson, handed):
    row = ours[handed.student, lesson]
    assert {name: row[f"{name} status"] for name in handed.statuses} == handed.statuses
    assert theirs[handed.student, lesson] == points(row, lesson)


@pytest.mark.parametrize("row", DIFFERS, ids=lambda row: row.handed.student)
def test_what_nbgrader_marks_otherwise_is_known(theirs, ours, row):
    who = row.handed.student, DIFFERS_IN
    assert theirs[who] == row.theirs
    assert points(ours[who], DIFFERS_IN) == row.ours


def test_the_feedback_names_the_mistake(courses):
    course = courses["class"]
    course.run("generate_feedback", course.assignment, "--student=wrong-*")
    said = 0
    for lesson, class_ in CLASSES.items():
        says = {
            f"{exercise.id} failed: {mistake.id}": mistake.says
            for exercise in LESSONS[lesson]
            for mistake in (*exercise.mistakes, *exercise.variants)
        }
        for handed in class_:
            if not handed.student.startswith("wrong-"):
                continue
            page = html.unescape(course.feedback(handed.student, lesson))
            assert "desk.py" not in page, "the verdict alone, not the lines of ours that raised it"
            for mistake in says.keys() & {f"{e} {s}" for e, s in handed.statuses.items()}:
                assert says[mistake] in page
                said += 1
    assert said > 10


@pytest.mark.parametrize(
    ("student", "says"),
    [
        ("cells-that-raise", "Success! Your notebook passes all the tests."),
        ("half", "VALIDATION FAILED ON 3 CELL(S)"),
    ],
)
def test_a_student_can_validate(courses, student, says):
    course = courses["class"]
    assert says in course.run("validate", course.submitted(student, "05_momentum"))


def test_nothing_is_warned_of_and_nothing_kept_as_the_teacher_s(courses):
    for course in courses.values():
        assert "partial credit" not in course.log.read_text()
        assert not course.home("autograde").exists()
