"""Manual marks: what a file may hold, what is refused, and which submission a mark counts for."""

import unicodedata

import pytest

from course_lib.checking.verdict import verdict
from course_lib.exercises import LESSONS
from course_lib.grading.grader import unreadable
from course_lib.grading.overrides import (
    Override,
    OverrideError,
    read_overrides,
    write_template,
)
from course_lib.grading.record import Outcome, Record
from course_lib.grading.rows import make_rows

HEADER = "student,lesson,exercise,points,reason\n"
ROW = "Anna,05_momentum,momentum-step,1.5,sign slip\n"
MARK = ("Anna", "05_momentum", "momentum-step", 1.5, "sign slip")


@pytest.mark.parametrize(
    ("content", "marks"),
    [
        (HEADER, []),
        (HEADER + ROW, [MARK]),
        ("\ufeff" + HEADER + ROW, [MARK]),
        ((HEADER + ROW).replace("\n", "\r\n"), [MARK]),
        ((HEADER + ROW).replace(",", ";").replace("1.5", "1,5"), [MARK]),
        ((HEADER + ROW).replace(",", "\t"), [MARK]),
        (HEADER + "\n,,,,\n" + ROW + "\n", [MARK]),
        (HEADER + ROW.replace("\n", ",,\n"), [MARK]),
        (HEADER + ROW.rstrip(), [MARK]),
        ('"student","lesson","exercise","points","reason"\n' + ROW, [MARK]),
        (HEADER + " Anna , 05_momentum , momentum-step , 1.5 , sign slip \n", [MARK]),
        (HEADER + ROW.replace("sign slip", '"a, b\n""c"""'), [(*MARK[:4], 'a, b\n"c"')]),
        (HEADER + ROW.replace("05_momentum", "5"), [MARK]),
        (HEADER + ROW.replace("05_momentum", "05"), [MARK]),
        (HEADER + ROW.replace("05_momentum", "momentum"), [MARK]),
        (HEADER + ROW.replace("05_momentum", "55"), [(MARK[0], "55", *MARK[2:])]),
        (HEADER + ROW.replace("1.5", "0"), [(*MARK[:3], 0.0, MARK[4])]),
        (HEADER + ROW.replace("1.5", "2.0"), [(*MARK[:3], 2.0, MARK[4])]),
        (
            HEADER + ROW + ROW.replace("Anna", "김민준"),
            [MARK, ("김민준", *MARK[1:])],
        ),
    ],
)
def test_rows_that_are_taken(content, marks, tmp_path):
    path = tmp_path / "overrides.csv"
    path.write_bytes(content.encode())
    found = read_overrides(path, LESSONS)
    assert [(o.student, o.lesson, o.exercise, o.points, o.reason) for o in found] == marks


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ["line 1", "''", "student,lesson,exercise,points,reason"]),
        (ROW, ["line 1", "Anna,05_momentum", "student,lesson,exercise,points,reason"]),
        ("Student,lesson,exercise,points,reason\n", ["line 1", "Student"]),
        (
            HEADER + ROW.replace("tum-step", "tum-stp"),
            ["line 2", "'momentum-stp'", "'momentum-step'"],
        ),
        (HEADER + ROW.replace("momentum-step", ""), ["line 2", "there is no exercise ''"]),
        (HEADER + ROW.replace("1.5", "two"), ["line 2", "'two'", "0 to 2 in steps of 0.5"]),
        (HEADER + ROW.replace("1.5", "nan"), ["line 2", "'nan'", "0 to 2"]),
        (HEADER + ROW.replace("1.5", "1e0"), ["line 2", "'1e0'"]),
        (HEADER + ROW.replace("1.5", ""), ["line 2", "''", "0 to 2"]),
        (HEADER + ROW.replace("1.5", "-1"), ["line 2", "'-1'"]),
        (HEADER + ROW.replace("1.5", "2.5"), ["line 2", "2.5 points", "0 to 2"]),
        (HEADER + ROW.replace("1.5", "1.3"), ["line 2", "1.3 points", "steps of 0.5"]),
        (HEADER + ROW.replace("sign slip", "  "), ["line 2", "reason is empty"]),
        (HEADER + ROW.replace("Anna", ""), ["line 2", "student is empty"]),
        (HEADER + ROW.replace("05_momentum", ""), ["line 2", "lesson is empty"]),
        (HEADER + ROW.replace("slip", "slip, twice"), ["line 2", "6 cells", "5", "quotes"]),
        (HEADER + "Anna,05_momentum\n", ["line 2", "2 cells"]),
        (HEADER + ROW + "\n" + ROW, ["line 4", "line 2", "keep one"]),
        (HEADER + ROW.replace("sign slip", '"a\nb"') + ROW, ["line 4", "line 2"]),
        (HEADER + ROW.replace("sign slip", '"never closed'), ["line 2", "quotes"]),
        (HEADER + ROW.replace("sign slip", "x" * 200_000), ["line 2"]),
        ((HEADER + ROW).encode("utf-16"), ["line 1", "UTF-8"]),
        ((HEADER + ROW.replace("Anna", "Zoë")).encode("latin-1"), ["line 2", "UTF-8"]),
    ],
)
def test_a_row_that_cannot_be_right_is_one_line(content, said, tmp_path):
    path = tmp_path / "overrides.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(OverrideError) as caught:
        read_overrides(path, LESSONS)
    line = str(caught.value)
    assert str(path) in line
    assert "\n" not in line
    assert [part for part in said if part not in line] == []


def test_every_row_that_cannot_be_right_is_told_and_of_many_the_first_ten(tmp_path):
    path = tmp_path / "overrides.csv"
    ways = {"1.5": "two", "momentum-step": "stp", "sign slip": "", "slip": "slip, twice"}
    bad = [ROW.replace(*way) for way in ways.items()]
    path.write_text(HEADER + bad[0] + ROW + "".join(bad[1:]) + ROW.replace("sign slip", '"open'))
    with pytest.raises(OverrideError) as caught:
        read_overrides(path, LESSONS)
    told = str(caught.value).splitlines()
    assert [line.split(": ")[0] for line in told] == [f"{path}, line {n}" for n in (2, 4, 5, 6, 7)]
    for count, more in ((10, []), (11, ["and 1 more"]), (300, ["and 290 more"])):
        path.write_text(HEADER + bad[0] * count)
        with pytest.raises(OverrideError) as caught:
            read_overrides(path, LESSONS)
        assert str(caught.value).splitlines()[10:] == more


def test_no_file_is_no_marks(tmp_path):
    assert read_overrides(tmp_path / "overrides.csv", LESSONS) == ()


def test_the_template_is_read_as_no_marks_and_never_replaces_a_file(tmp_path):
    path = tmp_path / "overrides.csv"
    write_template(path)
    assert path.read_text("utf-8-sig").strip() == HEADER.strip()
    assert read_overrides(path, LESSONS) == ()
    path.write_bytes(b"mine")
    write_template(path)
    assert path.read_bytes() == b"mine"


def sent(student="Anna", lesson="05_momentum", outcome=Outcome.GRADED, file=None) -> Record:
    """A notebook; a graded one has passed its first exercise and left the others empty."""
    verdicts = ()
    if outcome == Outcome.GRADED:
        first, *others = LESSONS[lesson]
        empty = (verdict(e, "not attempted", "Nothing here yet.") for e in others)
        verdicts = (verdict(first, "passed", "Right."), *empty)
    file = file or f"{student}/{lesson}.ipynb"
    record = Record(student, file, lesson, outcome, message="", verdicts=verdicts)
    return record if outcome == Outcome.GRADED else unreadable(record, "is not JSON.")


def mark(student="Anna", lesson="05_momentum", exercise="spectral-radius", points=1.0) -> Override:
    return Override(student, lesson, exercise, points, "because", 2)


BROKEN = Outcome.UNREADABLE
# momentum-step, the first exercise of lesson 05, has 2 points, and the lesson 6; lesson 06 has 4.
COUNTED = {
    "no mark": ([sent()], [], [2], 0),
    "a mark for an open exercise": ([sent()], [mark()], [3], 0),
    "half a point": ([sent()], [mark(points=0.5)], [2.5], 0),
    "a mark may take points away": ([sent()], [mark(exercise="momentum-step", points=0)], [0], 0),
    "unreadable, lesson known": ([sent(outcome=BROKEN)], [mark()], [1], 0),
    "unreadable, no mark: blank": ([sent(outcome=BROKEN)], [], [None], 0),
    "unreadable, lesson unknown": ([sent(lesson=None, outcome=BROKEN)], [mark()], [1], 0),
    "a file for each lesson": (
        [sent(lesson=None, outcome=BROKEN), sent(lesson=None, outcome=BROKEN, file="z.ipynb")],
        [mark(), mark(lesson="06_nesterov", exercise="nesterov-step", points=2.0)],
        [1, 2],
        0,
    ),
    "two unreadable files, one mark: it counts once": (
        [sent(lesson=None, outcome=BROKEN), sent(lesson=None, outcome=BROKEN, file="z.ipynb")],
        [mark()],
        [1, None],
        0,
    ),
    "the lesson is here: an unreadable file gets nothing": (
        [sent(lesson=None, outcome=BROKEN), sent()],
        [mark()],
        [None, 3],
        0,
    ),
    "another student": ([sent("Bo")], [mark()], [2], 1),
    "another lesson": ([sent()], [mark(lesson="06_nesterov", exercise="nesterov-step")], [2], 1),
    "an exercise of another lesson": ([sent()], [mark(exercise="adam-step")], [2], 1),
    "no such lesson": ([sent()], [mark(lesson="55_nothing")], [2], 1),
    "a name that macOS takes apart": (
        [sent(unicodedata.normalize("NFD", "김민준"))],
        [mark(unicodedata.normalize("NFC", "김민준"))],
        [3],
        0,
    ),
    "a name copied from grades.csv": ([sent("=Bo")], [mark("'=Bo")], [3], 0),
    "a name that is no UTF-8": ([sent("Bo\udcff")], [mark("Bo\\udcff")], [3], 0),
}


@pytest.mark.parametrize("case", COUNTED)
def test_a_mark_counts_for_one_submission_or_is_named_as_unused(case):
    records, overrides, points, unused = COUNTED[case]
    rows, warnings = make_rows(records, overrides, LESSONS)
    assert [row.points for row in rows] == points
    assert len(warnings) == unused
    assert [line for line in warnings if "overrides.csv, line 2" not in line] == []


def test_a_manual_mark_leaves_the_automatic_status_to_be_seen():
    ((row,), _) = make_rows([sent()], [mark()], LESSONS)
    (one,) = [m for m in row.marks if m.manual]
    assert (one.exercise, one.points, one.status) == ("spectral-radius", 1.0, "not attempted")
    assert row.notes == ("manual: spectral-radius 1 of 2: because",)
