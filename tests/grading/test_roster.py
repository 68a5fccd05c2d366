"""The list of a class: read from what platforms export, joined with what was handed in.

All names are invented.
"""

from pathlib import Path

import pytest

from course_lib.exercises import LESSONS
from course_lib.grading.absent import absent, with_notes
from course_lib.grading.collect import Submission, named
from course_lib.grading.csvfile import TableError
from course_lib.grading.people import ANY, CANVAS, EMAIL, LOGIN, MOODLE, NUMBER, Person
from course_lib.grading.record import Outcome, Record
from course_lib.grading.roster import join, read_roster

CANVAS_CSV = """\
Student,ID,SIS User ID,SIS Login ID,Section,Gradient descent (5317),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,8,(read only)
"Lovelace, Ada",1042,S-01,ada,Tuesday,,
"김, 민준",1043,S-02,kim,"Tuesday, late",,
"Student, Test",1099,,abcdef,Tuesday,,
"""
MOODLE_SHEET = """\
Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade"
"Participant 4711","Zoë Brontë-O'Neil",S-03,zoe@example.edu,"Submitted for grading",,8.00
"Participant 4712","Kim Minjun",S-04,kim1@example.edu,"No submission",,8.00
"""
MOODLE_LIST = """\
"First name","Last name","ID number","Email address",Groups
Zoë,Brontë-O'Neil,S-03,zoe@example.edu,"Group A"
Minjun,Kim,,kim1@example.edu,
"""
GITHUB = """"identifier","github_username","github_id","name"
"S-05","octocat","583231","Ann Lee"
"S-06","","",""
"""
ROSTERS = {
    "name alone": ("student\nAda Lovelace\n\n Bo  Li \n", [("Ada Lovelace", ()), ("Bo Li", ())]),
    "all four": (
        "Email,STUDENT,Section,ID,shoe size\na@b.c,Ada,Tue,17,38\n",
        [("Ada", ((EMAIL, "a@b.c"), (ANY, "17")))],
    ),
    "ids alone": ("id\n17\n18\n", [("17", ((ANY, "17"),)), ("18", ((ANY, "18"),))]),
    "semicolons, BOM": (
        '\ufeffstudent;id\r\n"Smith; Jr., John";17\r\n',
        [("Smith; Jr., John", ((ANY, "17"),))],
    ),
    "tabs": ("name\temail\nAda\ta@b.c\n", [("Ada", ((EMAIL, "a@b.c"),))]),
    "canvas": (
        CANVAS_CSV,
        [
            ("Lovelace, Ada", ((CANVAS, "1042"), (NUMBER, "S-01"), (LOGIN, "ada"))),
            ("김, 민준", ((CANVAS, "1043"), (NUMBER, "S-02"), (LOGIN, "kim"))),
        ],
    ),
    "moodle, worksheet": (
        MOODLE_SHEET,
        [
            ("Zoë Brontë-O'Neil", ((MOODLE, "4711"), (NUMBER, "S-03"), (EMAIL, "zoe@example.edu"))),
            ("Kim Minjun", ((MOODLE, "4712"), (NUMBER, "S-04"), (EMAIL, "kim1@example.edu"))),
        ],
    ),
    "moodle, participants": (
        MOODLE_LIST,
        [
            ("Zoë Brontë-O'Neil", ((NUMBER, "S-03"), (EMAIL, "zoe@example.edu"))),
            ("Minjun Kim", ((EMAIL, "kim1@example.edu"),)),
        ],
    ),
    "github": (
        GITHUB,
        [("Ann Lee", ((ANY, "S-05"), (LOGIN, "octocat"))), ("S-06", ((ANY, "S-06"),))],
    ),
}


def roster(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_roster(path)


@pytest.mark.parametrize(("text", "wanted"), ROSTERS.values(), ids=ROSTERS)
def test_rosters(tmp_path, text, wanted):
    assert [(one.name, one.ids) for one in roster(tmp_path, text)] == wanted


def test_sections(tmp_path):
    assert [one.section for one in roster(tmp_path, CANVAS_CSV)] == ["Tuesday", "Tuesday, late"]
    assert [one.section for one in roster(tmp_path, MOODLE_LIST)] == ["Group A", ""]


BAD = {
    "empty": ("", "is empty"),
    "header alone": ("student,id\n", "names no student"),
    "no column": ("shoe size,hat\n38,7\n", "line 1: no column names the students; there are shoe"),
    "not UTF-8": ("student\nAda\nZo\xeb\n".encode("latin-1"), "line 3: is not UTF-8"),
    "Excel's other text": ("student\nAda\n".encode("utf-16"), "is not UTF-8"),
    "an id twice": ("student,id\nAda,1\nBo,2\nCy,1\n", "line 4: the id '1' stands in line 2"),
    "a login twice": ("student,username\nAda,X\nBo,x\n", "line 3: the login id 'x' stands in"),
    "a name twice": ("student\nKim\nBo\nkim\n", "line 4: 'kim' without an id stands in line 2"),
    "more cells": ("student,id\nSmith, John,17\n", "line 2: has more cells"),
    "quotes": ('student\n"Ada" Lovelace\n', "line 2: not a row"),
    "a lone quote": ('student\n"Ada\n', "not a row"),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_a_roster_that_is_none_is_one_line(tmp_path, text, said):
    with pytest.raises(TableError) as error:
        roster(tmp_path, text)
    assert said in str(error.value)
    assert str(tmp_path / "roster.csv") in str(error.value)
    assert "\n" not in str(error.value)


SEVERAL = {
    "ids twice": ("student,id\nA,1\nB,1\nC,2\nD,3\nE,2\n", [3, 6]),
    "a name and an id, one line": ("name,id,username\nA,1,x\nB,1,x\n", [3]),
    "more cells": ("student,id\nSmith, John,17\nAda,1\nLi, Bo,18\n", [2, 4]),
    "more cells, then quotes": ('student,id\nSmith, John,17\n"Ada" L,1\n', [2, 3]),
}


@pytest.mark.parametrize(("text", "wrong"), SEVERAL.values(), ids=SEVERAL)
def test_every_bad_line_of_a_roster_is_told(tmp_path, text, wrong):
    with pytest.raises(TableError) as error:
        roster(tmp_path, text)
    starts = [f"{tmp_path / 'roster.csv'}, line {line}: " for line in wrong]
    told = str(error.value).splitlines()
    assert len(told) == len(wrong)
    assert [s for s, line in zip(starts, told, strict=True) if not line.startswith(s)] == []


@pytest.mark.parametrize("name", [".", "none.csv"])
def test_no_roster_there(tmp_path, name):
    with pytest.raises(TableError, match="there is no file"):
        read_roster(tmp_path / name)


def handed_in(*people):
    return [
        Submission(one.name, Path("x"), f"{i}.ipynb", 0.0, person=one)
        for i, one in enumerate(people)
    ]


ADA = Person("Ada Lovelace", ((CANVAS, "1"), (NUMBER, "S-1"), (EMAIL, "Ada@Example.edu")))
KIM1 = Person("Kim Minjun", ((CANVAS, "2"), (NUMBER, "S-2")))
KIM2 = Person("Kim Minjun", ((CANVAS, "3"), (NUMBER, "S-3")))
BO = Person("Bo Li", ((ANY, "bo"),))
TURNED = Person("O'Neil-Brontë, Zoë Mae")
CLASS = (ADA, KIM1, KIM2, BO, TURNED)
# who handed in -> the name in the grades
JOINS = {
    "canvas's id": (Person("lovelaceada", ((CANVAS, "1"),)), "Ada Lovelace"),
    "canvas's id, another name": (Person("byronada", ((CANVAS, "1"),)), "Ada Lovelace"),
    "another kind of number": (Person("Cy Young", ((MOODLE, "1"),)), "Cy Young"),
    "moodle's number and a name": (Person("Ada Lovelace", ((MOODLE, "99"),)), "Ada Lovelace"),
    "number": (Person("x", ((NUMBER, "s-1"),)), "Ada Lovelace"),
    "email": (Person("A. L.", ((EMAIL, "ada@example.edu"),)), "Ada Lovelace"),
    "a folder named by email": (named("ada@example.edu"), "Ada Lovelace"),
    "a folder named by number": (named("S-1"), "Ada Lovelace"),
    "a folder named by name": (named("ada lovelace"), "Ada Lovelace"),
    "a name decomposed": (named("Zoe\u0308 Mae O'Neil-Bronte\u0308"), "O'Neil-Brontë, Zoë Mae"),
    "a name squeezed": (Person("oneilbrontëzoëmae", ((CANVAS, "9"),)), "O'Neil-Brontë, Zoë Mae"),
    "a login of unknown kind": (Person("bo", ((LOGIN, "bo"),)), "Bo Li"),
    "the same with another name": (Person("Eve", ((LOGIN, "bo"),)), "Eve"),
    "one of two by id": (Person("kimminjun", ((CANVAS, "3"),)), "Kim Minjun (S-3)"),
    "a third of that name": (Person("Kim Minjun", ((CANVAS, "4"),)), "Kim Minjun (4)"),
    "nobody": (named("Eve"), "Eve"),
    "no letters": (named("🙂"), "🙂"),
    "nothing": (named(""), ""),
}


@pytest.mark.parametrize(("person", "shown"), JOINS.values(), ids=JOINS)
def test_who_is_who(person, shown):
    joined = join(handed_in(person), CLASS)
    assert [one.student for one in joined.submissions] == [shown]
    everybody = [
        *("Ada Lovelace", "Kim Minjun (S-2)", "Kim Minjun (S-3)"),
        *("Bo Li", "O'Neil-Brontë, Zoë Mae"),
    ]
    assert list(joined.listed) == everybody
    assert list(joined.absent) == [name for name in everybody if name != shown]
    assert list(joined.strangers) == [shown] * (shown not in everybody)


def test_one_of_two_who_cannot_be_told_apart_stands_alone():
    joined = join(handed_in(named("Kim Minjun")), CLASS)
    assert [one.student for one in joined.submissions] == ["Kim Minjun"]
    assert joined.notes[0] == (
        "0.ipynb: may be from each of Kim Minjun (S-2), Kim Minjun (S-3); it stands by itself"
    )
    assert len(joined.absent) == 5


def test_without_a_roster_one_name_twice_is_told_apart_by_id():
    people = [Person("Kim", ((MOODLE, "1"),)), Person("Kim", ((MOODLE, "2"),)), named("Ada")]
    joined = join(handed_in(*people, people[0]), ())
    shown = [one.student for one in joined.submissions]
    assert shown == ["Kim (1)", "Kim (2)", "Ada", "Kim (1)"]
    assert (joined.absent, joined.notes) == ((), ())


def test_the_names_of_the_roster_do_not_depend_on_who_handed_in():
    one = join(handed_in(Person("x", ((CANVAS, "2"),))), CLASS)
    both = join(handed_in(Person("x", ((CANVAS, "2"),)), Person("y", ((CANVAS, "3"),))), CLASS)
    assert one.submissions[0].student == both.submissions[0].student == "Kim Minjun (S-2)"


def test_what_is_known_of_a_student_is_put_together():
    joined = join(handed_in(Person("A", ((EMAIL, "ada@example.edu"), (LOGIN, "ada")))), CLASS)
    assert joined.students["Ada Lovelace"].ids == (
        *ADA.ids,
        (EMAIL, "ada@example.edu"),
        (LOGIN, "ada"),
    )


FIRST, SECOND = "01_gradients", "02_gradient_descent"
assert {FIRST, SECOND} <= set(LESSONS)
ABSENT = {
    "nobody sent anything": ([], (), {("A", None), ("B", None), ("C", None)}),
    "one lesson": ([("A", FIRST)], (), {("B", FIRST), ("C", FIRST)}),
    "two lessons": (
        [("A", FIRST), ("B", SECOND)],
        (),
        {("C", FIRST), ("C", SECOND)},
    ),
    "two lessons asked for": (
        [("A", FIRST), ("B", SECOND)],
        (FIRST, SECOND),
        {("A", SECOND), ("B", FIRST), ("C", FIRST), ("C", SECOND)},
    ),
    "a file of unknown lesson": ([("A", FIRST), ("B", None)], (), {("C", FIRST)}),
    "the same, and asked for": ([("A", FIRST), ("B", None)], (FIRST,), {("C", FIRST)}),
    "a stranger": (
        [("A", FIRST), ("X", SECOND)],
        (FIRST,),
        {("B", FIRST), ("C", FIRST)},
    ),
}


@pytest.mark.parametrize(("sent", "lessons", "wanted"), ABSENT.values(), ids=ABSENT)
def test_who_is_absent_from_what(sent, lessons, wanted):
    joined = join(handed_in(*(named(name) for name, _ in sent)), [Person(n) for n in "ABC"])
    records = [Record(name, "x", lesson, Outcome.GRADED) for name, lesson in sent]
    found = absent(records, joined, lessons)
    assert {(one.student, one.lesson) for one in found} == wanted
    assert {one.outcome for one in found} <= {Outcome.MISSING}
    assert len(found) == len(wanted)


def test_notes_of_the_layout_and_of_the_roster_reach_the_record():
    late = Submission("Eve", Path("x"), "x", 0.0, person=named("Eve"), notes=("late",))
    joined = join([late], CLASS)
    (record,) = with_notes([Record("Eve", "x", FIRST, Outcome.GRADED, notes=("a",))], joined)
    assert record.notes == ("a", "late", "not on the roster")
