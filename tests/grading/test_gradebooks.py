"""Gradebooks filled in, and read back by the rules of their importers.

Each reader below is written from its importer's own source, which it names. All names are invented.
"""

import csv
import io
import re

import pytest
from graded import (
    BONUS,
    FIRST,
    MARKS,
    MAX1,
    MAX2,
    PEOPLE,
    RECORDS,
    SECOND,
    UNREADABLE,
    export,
    first,
    record,
    refusal,
    write_grades,
)

from course_lib.exercises import LESSONS
from course_lib.grading.overrides import Override
from course_lib.grading.record import Outcome, Record


@pytest.fixture
def grades(tmp_path):
    return write_grades(tmp_path / "grades", RECORDS, MARKS, PEOPLE)


# Canvas

CANVAS_CSV = f'''\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,Gradients (5316),Gradient descent (5317),\
Essay (5318),Current Score
,,,,,,,Manual Posting,,
    Points Possible,,,,,,{MAX1}.00,{MAX2}.00,100.00,(read only)
"Lovelace, Ada",1042,S-1,ada,Tuesday,late?,,1.00,95,90
Kim Minjun,1043,S-2,kim2,Tuesday,,,,80,80
Kim Minjun,1044,S-3,kim3,"Tuesday, late",,,,,
김민준,1045,S-4,kim@example.edu,Tuesday,,1.00,3.00,,
"=""=Müller, Zoë""",1046,,-zoe,Tuesday,,,,,
"O'Neil, Jr., Sam",1047,,sam,Tuesday,,,EX,,
"Student, Test",1099,,abc,Tuesday,,,,,
'''


def canvas_import(content):
    """What Canvas makes of a file: (user id, assignment id) -> grade, by gradebook_importer.rb."""
    text = content.decode("utf-8")  # it does not strip a BOM, and asks whether "Student" is in it
    header, *rows = csv.reader(io.StringIO(text))
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert len(header) > 3
    columns = 3
    if re.search(r"SIS\s+User\s+ID", header[2]):
        assert re.search(r"SIS\s+Login\s+ID", header[3])
        columns += 2
    assert "Section" in header[columns - 1]
    grades, possible = {}, {}
    for row in rows:
        assert len(row) == len(header)
        assignments = {
            re.fullmatch(r".*\((\d+)\)", name)[1]: i
            for i, name in enumerate(header)
            if i >= columns
        }
        if "Points Possible" in row[0]:
            possible = {name: row[i] for name, i in assignments.items()}
        elif not all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", c, re.I) for c in row):
            grades |= {(int(row[1]), int(name)): row[i] for name, i in assignments.items()}
    return grades, possible, header


@pytest.fixture
def gradebook(tmp_path):
    path = tmp_path / "gradebook.csv"
    path.write_text(CANVAS_CSV, encoding="utf-8")
    return path


def test_canvas_gets_every_grade(tmp_path, grades, gradebook, capsys):
    out = tmp_path / "upload.csv"
    assert export("canvas", grades, "--template", gradebook, "--out", out) == 0
    got, possible, header = canvas_import(out.read_bytes())
    assert {user: got[user, 5317] for user, _ in got} == {
        1042: f"{first(SECOND, 3)}",
        1043: "0.5",
        1044: f"{first(SECOND, 1)}",
        1045: "3.00",  # unreadable here: what Canvas has stays
        1046: f"{MAX2}",
        1047: "EX",
        1099: "",
    }
    assert {user: got[user, 5316] for user, _ in got} == {
        **{1042: f"{first(FIRST, 2)}", 1045: "1.00"},
        **dict.fromkeys((1043, 1044, 1046, 1047, 1099), ""),
    }
    assert possible == {"5316": f"{MAX1}.00", "5317": f"{MAX2}.00"}
    assert not {"Essay (5318)", "Current Score", "Notes"} & set(header), "these are not ours"
    told = capsys.readouterr()
    assert told.out == f"5 of 5 grades are in {out}.\n"
    assert "김민준: unreadable; no grade is exported for Lesson 02" in told.err
    assert "Sam: nothing handed in; no grade is exported for Lesson 02" in told.err
    assert "not in the grades" not in told.err


def test_canvas_may_be_filled_in_again(tmp_path, grades, gradebook):
    once, again = tmp_path / "once.csv", tmp_path / "again.csv"
    export("canvas", grades, "--template", gradebook, "--out", once)
    export("canvas", grades, "--template", once, "--out", again)
    assert once.read_bytes() == again.read_bytes()


def computed(content):
    """Cells that a spreadsheet would compute, parted by commas or by semicolons."""
    text = content.decode("utf-8-sig")
    tables = [csv.reader(io.StringIO(text), delimiter=d) for d in ",;"]
    cells = [cell for table in tables for row in table for cell in row]
    return [c for c in cells if re.match(r"\s*[=+\-@]", c) and not re.fullmatch(r"-?[\d.]*", c)]


def test_canvas_sheet_is_safe_in_excel(tmp_path, grades, gradebook):
    out = tmp_path / "upload.csv"
    export("canvas", grades, "--template", gradebook, "--out", out)
    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "Müller, Zoë".encode() in content
    assert "김민준".encode() in content
    assert computed(CANVAS_CSV.encode()) != []
    assert computed(content) == []


def test_canvas_with_first_and_last_names(tmp_path, grades, gradebook):
    """After LastName the importer compares the very first cell: no BOM may stand before it."""
    header, *rows = csv.reader(io.StringIO(CANVAS_CSV))
    parted = [[*f"{row[0]},".split(",")[:2], *row[1:]] for row in rows]
    text = io.StringIO()
    csv.writer(text).writerows([["LastName", "FirstName", *header[1:]], *parted])
    gradebook.write_text(text.getvalue(), encoding="utf-8")
    out = tmp_path / "upload.csv"
    assert export("canvas", grades, "--template", gradebook, "--out", out) == 0
    assert out.read_bytes().startswith(b"LastName,FirstName,ID,")
    rows = {row["ID"]: row for row in csv.DictReader(io.StringIO(out.read_text("utf-8")))}
    assert rows["1042"]["Gradient descent (5317)"] == f"{first(SECOND, 3)}"
    assert rows["1043"]["Gradient descent (5317)"] == "0.5"


def test_canvas_with_semicolons_and_decimal_commas(tmp_path, grades, gradebook):
    rows = csv.reader(io.StringIO(CANVAS_CSV))
    with gradebook.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(
            [re.sub(r"^(\d+)\.(\d\d)$", r"\1,\2", cell) for cell in row] for row in rows
        )
    assert f";{MAX1},00;{MAX2},00;100,00;" in gradebook.read_text("utf-8-sig")
    out = tmp_path / "upload.csv"
    assert export("canvas", grades, "--template", gradebook, "--out", out) == 0
    assert canvas_import(out.read_bytes())[0][1043, 5317] == "0.5"


def test_a_column_is_named_where_its_title_does_not_say_the_lesson(tmp_path, grades, gradebook):
    gradebook.write_text(CANVAS_CSV.replace("Gradient descent", "Homework B"), encoding="utf-8")
    words = ["canvas", grades, "--template", gradebook, "--out", tmp_path / "u.csv"]
    for title in ("Homework B", "Homework B (5317)"):
        assert export(*words, "--column", f"02={title}") == 0
        assert canvas_import((tmp_path / "u.csv").read_bytes())[0][1043, 5317] == "0.5"


BAD_CANVAS = {
    "no column": (
        CANVAS_CSV.replace("Gradient descent", "Homework"),
        [],
        "02_gradient_descent has no column",
    ),
    "two columns": (
        CANVAS_CSV.replace("Essay", "Lesson 2"),
        [],
        "more than one column in the gradebook: 'Gradient descent (5317)', 'Lesson 2 (5318)'",
    ),
    "no such title": (CANVAS_CSV, ["--column", "02=HW"], "'HW' is no column"),
    "one for two": (CANVAS_CSV, ["--column", "02=Gradients"], "the column of two lessons"),
    "other points": (
        CANVAS_CSV.replace(f",{MAX2}.00,", ",100,"),
        [],
        f"'Gradient descent (5317)' has 100 points, Lesson 02: gradient descent {MAX2}",
    ),
    "no points": (CANVAS_CSV.replace("    Points Possible", "x"), [], "'Points Possible'"),
    "points are no number": (CANVAS_CSV.replace(f",{MAX2}.00,", ",x,"), [], "maximum 'x'"),
    "a worksheet of Moodle": ("Identifier,Full name,Grade\nParticipant 1,A,\n", [], "Canvas"),
    "no table": ("", [], "is empty"),
    "no ids": (CANVAS_CSV.replace("Student,ID,", "Student,Number,"), [], "no columns Student, ID"),
}


@pytest.mark.parametrize(("text", "options", "said"), BAD_CANVAS.values(), ids=BAD_CANVAS)
def test_a_gradebook_that_does_not_fit_is_one_line(
    tmp_path, grades, gradebook, capsys, text, options, said
):
    gradebook.write_text(text, encoding="utf-8")
    out = tmp_path / "upload.csv"
    assert said in refusal(
        capsys, "canvas", grades, "--template", gradebook, "--out", out, *options
    )
    assert not out.exists()


def test_all_columns_that_do_not_fit_are_told(tmp_path, grades, gradebook, capsys):
    out = tmp_path / "upload.csv"
    words = ["canvas", grades, "--template", gradebook, "--out", out]
    columns = [f"--column=0{n}=none {n}" for n in (1, 2)]
    points = CANVAS_CSV.replace(f",{MAX1}.00,{MAX2}.00,", ",50,100,")
    for text, options, said in (
        (CANVAS_CSV, columns, ["'none 1' is no column", "'none 2' is no column"]),
        (points, [], ["'Gradients (5316)' has 50", "'Gradient descent (5317)' has 100"]),
    ):
        gradebook.write_text(text, encoding="utf-8")
        assert export(*words, *options) == 2
        told = sorted(capsys.readouterr().err.splitlines())
        starts = sorted(f"course: {s}" for s in said)
        assert [line[: len(s)] for line, s in zip(told, starts, strict=True)] == starts
        assert not out.exists()


def test_grades_are_scaled_if_asked_for(tmp_path, grades, gradebook):
    gradebook.write_text(CANVAS_CSV.replace(f",{MAX2}.00,", ",100,"), encoding="utf-8")
    out = tmp_path / "upload.csv"
    assert export("canvas", grades, "--template", gradebook, "--out", out, "--scale") == 0
    got, *_ = canvas_import(out.read_bytes())
    assert (got[1046, 5317], float(got[1043, 5317])) == ("100", round(50 / MAX2, 2))


def test_who_is_not_in_the_gradebook_is_told_and_the_exit_code_is_1(
    tmp_path, grades, gradebook, capsys
):
    lines = [one for one in CANVAS_CSV.splitlines(True) if "1042" not in one]
    gradebook.write_text("".join(lines), encoding="utf-8")
    out = tmp_path / "upload.csv"
    assert export("canvas", grades, "--template", gradebook, "--lesson", "02", "--out", out) == 1
    told = capsys.readouterr()
    assert "note: Ada Lovelace: nobody there has that name or id; the grade is not" in told.err
    assert told.out.startswith("3 of 4 grades")


# Moodle

MOODLE_CSV = f"""\
Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade",\
"Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 4711","Ada Lovelace",S-1,a@example.edu,"Submitted for grading",,{MAX2}.00,Yes,\
"Monday, 2 March 2026, 9:41 AM",-,
"Participant 4712","Kim Minjun",S-2,b@example.edu,"Submitted for grading",,{MAX2}.00,Yes,-,-,\
"-1 for style,
  see me =now"
"Participant 4713","Kim Minjun",S-3,c@example.edu,"Submitted for grading",,{MAX2}.00,Yes,-,-,\
"Lesson 02: gradient descent: 0 of {MAX2} points"
"Participant 4714",김민준,S-4,kim@example.edu,"No submission",3.00,{MAX2}.00,Yes,-,-,
"Participant 4715","=Müller, Zoë",,z@example.edu,"Submitted for grading",,{MAX2}.00,No,-,-,
"Participant 4716","O'Neil, Jr., Sam",,s@example.edu,"No submission",,{MAX2}.00,Yes,-,-,
"""


def moodle_import(content):
    """What Moodle makes of a worksheet: id -> (grade or None, modified, comment).

    By csv_import_reader (which strips a BOM) and assignfeedback_offline_grade_importer.
    """
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(rows.fieldnames)
    found = {}
    for row in rows:
        number = int(row["Identifier"][len("Participant ") :])
        grade = float(row["Grade"]) if row["Grade"] else None
        assert grade is None or 0 <= grade <= float(row["Maximum Grade"]), "would be skipped"
        found[number] = (grade, row["Last modified (grade)"], row["Feedback comments"])
    return found


@pytest.fixture
def worksheet(tmp_path):
    path = tmp_path / "worksheet.csv"
    path.write_text(MOODLE_CSV, encoding="utf-8-sig")
    return path


def test_moodle_gets_every_grade(tmp_path, grades, worksheet, capsys):
    out = tmp_path / "upload.csv"
    words = ["moodle", grades, "--template", worksheet, "--lesson", "02", "--out", out]
    assert export(*words) == 1  # one is locked
    got = moodle_import(out.read_bytes())
    assert {number: grade for number, (grade, *_) in got.items()} == {
        4711: first(SECOND, 3),
        4712: 0.5,
        4713: first(SECOND, 1),
        4714: 3.0,
        4715: None,
        4716: None,
    }
    assert {modified for _, modified, _ in got.values()} == {"-"}
    comments = {number: comment for number, (*_, comment) in got.items()}
    assert comments[4711].startswith(
        f"Lesson 02: gradient descent: {first(SECOND, 3)} of {MAX2} points<br>"
    )
    assert LESSONS[SECOND][0].title in comments[4711]
    assert comments[4712] == "-1 for style,\n  see me =now", "a person's own, to the letter"
    assert comments[4713].startswith(f"Lesson 02: gradient descent: {first(SECOND, 1)} of")
    assert "<script" not in comments[4713]
    assert "&lt;script&gt;" in comments[4713]
    assert comments[4714] == comments[4715] == comments[4716] == ""
    told = capsys.readouterr()
    assert "Kim Minjun: has a comment by hand in Moodle; it is left alone" in told.err
    assert "=Müller, Zoë: locked in Moodle" in told.err
    assert told.out == f"3 of 4 grades are in {out}.\n"


def test_moodle_may_be_filled_in_again(tmp_path, grades, worksheet):
    once, again = tmp_path / "once.csv", tmp_path / "again.csv"
    export("moodle", grades, "--template", worksheet, "--lesson", "02", "--out", once)
    export("moodle", grades, "--template", once, "--lesson", "02", "--out", again)
    assert once.read_bytes() == again.read_bytes()


def test_moodle_sheet_is_safe_in_excel(tmp_path, grades, worksheet):
    text = MOODLE_CSV.replace('"-1 for style,\n  see me =now"', "").replace(",-,-,", ",x,x,")
    worksheet.write_text(text, encoding="utf-8")
    out = tmp_path / "upload.csv"
    export("moodle", grades, "--template", worksheet, "--lesson", "02", "--out", out)
    content = out.read_bytes().replace(b",-,", b",x,")
    assert content.startswith(b"\xef\xbb\xbf")
    assert computed(text.encode()) != []
    assert computed(content) == []
    assert b"\x1b" not in content


BAD_MOODLE = {
    "two lessons": (MOODLE_CSV, [], "a worksheet is of one assignment"),
    "another language": (
        MOODLE_CSV.replace(",Grade,", ",Bewertung,"),
        ["--lesson", "02"],
        "no column Grade); download it with Moodle in English",
    ),
    "blind": (MOODLE_CSV.replace("Full name", "Name"), ["--lesson", "02"], "no column Full name"),
    "a scale": (MOODLE_CSV.replace("Maximum Grade", "Scale"), ["--lesson", "02"], "not a scale"),
    "other points": (
        MOODLE_CSV.replace(f"{MAX2}.00", "100,00".replace(",", ".")),
        ["--lesson", "02"],
        "the worksheet has 100 points",
    ),
    "no such grades": (MOODLE_CSV, ["--lesson", "10"], "there is no grade of 10_adam"),
}


@pytest.mark.parametrize(("text", "options", "said"), BAD_MOODLE.values(), ids=BAD_MOODLE)
def test_a_worksheet_that_does_not_fit_is_one_line(
    tmp_path, grades, worksheet, capsys, text, options, said
):
    worksheet.write_text(text, encoding="utf-8")
    out = tmp_path / "upload.csv"
    words = ["moodle", grades, "--template", worksheet, "--out", out, *options]
    assert said in refusal(capsys, *words)
    assert not out.exists()


# Who is whom


def test_who_is_in_the_gradebook_alone_or_of_no_known_lesson_is_told(tmp_path, gradebook, capsys):
    lost = Record("O'Neil, Jr., Sam", "x.pdf", None, Outcome.UNREADABLE, message="It is a PDF.")
    write_grades(tmp_path / "some", [record("Ada Lovelace", SECOND, 1), lost], people=PEOPLE)
    words = ["canvas", tmp_path / "some", "--template", gradebook, "--out", tmp_path / "u.csv"]
    assert export(*words) == 0
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "course: note: O'Neil, Jr., Sam: unreadable; its lesson is not known",
        'course: note: not in the grades: Kim Minjun; Kim Minjun; 김민준; ="=Müller, Zoë"',
    ]


def test_two_grades_for_one_person_are_both_left_out(tmp_path, gradebook, capsys):
    both = [record("Ada Lovelace", SECOND, 1), record("ada lovelace", SECOND, 2)]
    write_grades(tmp_path / "two", both)
    out = tmp_path / "upload.csv"
    words = ["canvas", tmp_path / "two", "--template", gradebook, "--out", out]
    assert export(*words) == 1
    assert canvas_import(out.read_bytes())[0][1042, 5317] == "1.00"
    assert "neither grade is exported" in capsys.readouterr().err


def test_a_manual_mark_on_what_could_not_be_graded_is_a_grade(tmp_path, gradebook):
    mark = Override("김민준", SECOND, BONUS.id, 1.0, "on paper")
    write_grades(tmp_path / "one", [UNREADABLE], [mark], PEOPLE)
    out = tmp_path / "upload.csv"
    words = ["canvas", tmp_path / "one", "--template", gradebook, "--out", out]
    assert export(*words) == 0
    assert canvas_import(out.read_bytes())[0][1045, 5317] == "1"
