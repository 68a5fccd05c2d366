"""A small class with grades, for the tests of the exports. All names are invented."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType

from course_lib import cli
from course_lib.checking.verdict import verdict
from course_lib.exercises import LESSONS
from course_lib.grading.overrides import Override
from course_lib.grading.people import CANVAS, EMAIL, MOODLE, NUMBER, Person
from course_lib.grading.record import Outcome, Record
from course_lib.grading.rows import make_rows
from course_lib.grading.students import write_students
from course_lib.grading.tables import grades_json

FIRST, SECOND = "01_gradients", "02_gradient_descent"
MAX1, MAX2 = (sum(one.points for one in LESSONS[stem]) for stem in (FIRST, SECOND))
HOSTILE = '=cmd|"/c calc"!A1 <script>alert(1)</script> | `x` [y](http://z) *b*\x1b[2J\n\n# H; =1+1'

PEOPLE = {
    "Ada Lovelace": Person("Ada Lovelace", ((CANVAS, "1042"), (MOODLE, "4711"), (NUMBER, "S-1"))),
    "Kim Minjun (S-2)": Person("Kim Minjun", ((CANVAS, "1043"), (MOODLE, "4712"), (NUMBER, "S-2"))),
    "Kim Minjun (S-3)": Person("Kim Minjun", ((CANVAS, "1044"), (MOODLE, "4713"), (NUMBER, "S-3"))),
    "김민준": Person("김민준", ((EMAIL, "kim@example.edu"), (NUMBER, "S-4"))),
    "=Müller, Zoë": Person("=Müller, Zoë", ((CANVAS, "1046"), (MOODLE, "4715"))),
    "O'Neil, Jr., Sam": Person("O'Neil, Jr., Sam"),
}


def record(student, stem, passed, message="so it is"):
    """A notebook in which the first so many exercises pass, and the others fail."""
    verdicts = tuple(
        verdict(one, "passed" if i < passed else "failed", message)
        for i, one in enumerate(LESSONS[stem])
    )
    return Record(student, f"{student}.ipynb", stem, Outcome.GRADED, verdicts=verdicts)


def write_grades(out, records, marks=(), people=MappingProxyType({})):
    """What `course grade` writes for the exports."""
    out.mkdir()
    rows, _ = make_rows(records, marks, LESSONS)
    (out / "grades.json").write_bytes(grades_json(rows, {}, defaultdict(str)))
    write_students(out, people)
    return out


def first(stem, count):
    return sum(one.points for one in LESSONS[stem][:count])


UNREADABLE = Record(
    "김민준",
    "kim.ipynb",
    SECOND,
    Outcome.UNREADABLE,
    message="The file is no notebook.",
    verdicts=tuple(verdict(one, "unreadable", "It is no notebook.") for one in LESSONS[SECOND]),
)
RECORDS = [
    record("Ada Lovelace", FIRST, 2),
    record("Ada Lovelace", SECOND, 3),
    record("Kim Minjun (S-2)", SECOND, 0),
    record("Kim Minjun (S-3)", SECOND, 1, HOSTILE),
    UNREADABLE,
    record("=Müller, Zoë", SECOND, 99),
    Record("O'Neil, Jr., Sam", "", SECOND, Outcome.MISSING, message="there is no file."),
]
BONUS = LESSONS[SECOND][0]
MARKS = (Override("Kim Minjun (S-2)", SECOND, BONUS.id, 0.5, HOSTILE),)
# student -> points for lesson 02, None for no grade
POINTS = {
    "Ada Lovelace": first(SECOND, 3),
    "Kim Minjun (S-2)": 0.5,
    "Kim Minjun (S-3)": first(SECOND, 1),
    "김민준": None,
    "=Müller, Zoë": MAX2,
    "O'Neil, Jr., Sam": None,
}


def export(*words):
    return cli.main(["export", *map(str, words)])


def refusal(capsys, *words):
    """The one line on stderr with which the command refuses."""
    assert export(*words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    return line
