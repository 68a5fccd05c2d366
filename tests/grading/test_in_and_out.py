"""A class from a platform's archive, through `course grade`, and back into its gradebook."""

import csv
import io
import json
import shutil
import zipfile
from contextlib import redirect_stderr, redirect_stdout

import pytest
from classes import ANSWERS, LESSON, write_notebook

from course_lib import cli
from course_lib.exercises import LESSONS

pytestmark = pytest.mark.usefixtures("jail_needed")
MAXIMUM = sum(one.points for one in LESSONS[LESSON])
GOOD = ["import numpy as np", *(answers[0][0] for answers in ANSWERS.values())]
WORKSHEET = f"""\
Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Last modified (grade),\
Feedback comments
Participant 71,"Brontë-O'Neil, Zoë",S-1,zoe@example.edu,,,{MAXIMUM}.00,-,
Participant 72,Kim Minjun,S-2,kim2@example.edu,,,{MAXIMUM}.00,-,
Participant 73,Kim Minjun,S-3,kim3@example.edu,,,{MAXIMUM}.00,-,
Participant 74,Gone Fishing,S-4,gone@example.edu,,,{MAXIMUM}.00,-,
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory, jail_needed):
    """Moodle's archive of a class, its worksheet as the roster, and what was printed."""
    place = tmp_path_factory.mktemp("moodle")
    folder = place / "in"
    entries = {
        "Brontë-O'Neil, Zoë_71_assignsubmission_file_/hw.ipynb": GOOD,
        "Kim Minjun_72_assignsubmission_file_/hw.ipynb": GOOD[:2],
        "Kim Minjun_73_assignsubmission_file_/hw.ipynb": ["1"],
        "A Guest_99_assignsubmission_file_/hw.ipynb": ["1"],
    }
    for name, cells in entries.items():
        write_notebook(folder / name, cells, lesson=LESSON)
    shutil.make_archive(str(place / "class"), "zip", folder)
    (place / "sheet.csv").write_text(WORKSHEET, encoding="utf-8")
    return place


def grade(place, out, *options, source="class.zip"):
    words = [place / source, "--out", out, "--seed", "7", "--jobs", "2", *options]
    return cli.main(["grade", *map(str, words)])


@pytest.fixture(scope="module")
def printed():
    return {"out": io.StringIO(), "err": io.StringIO()}


@pytest.fixture(scope="module")
def out(graded, printed):
    with redirect_stdout(printed["out"]), redirect_stderr(printed["err"]):
        assert grade(graded, graded / "out", "--roster", graded / "sheet.csv") == 0
    return graded / "out"


def table(path):
    text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_everybody_has_a_row_and_who_sent_nothing_has_no_points(out):
    rows = {row["student"]: row for row in table(out / "grades.csv")}
    points = {name: (row["outcome"], row["points"]) for name, row in rows.items()}
    earned = LESSONS[LESSON][0].points
    assert points == {
        "Brontë-O'Neil, Zoë": ("graded", str(MAXIMUM)),
        "Kim Minjun (S-2)": ("graded", str(earned)),
        "Kim Minjun (S-3)": ("graded", "0"),
        "Gone Fishing": ("nothing handed in", ""),
        "A Guest": ("graded", "0"),
    }
    assert rows["Gone Fishing"]["lesson"] == LESSON
    assert rows["Gone Fishing"]["note"] == "nothing handed in: there is no file of this student."
    assert rows["A Guest"]["note"] == "not on the roster"
    assert "5 notebooks" not in (out / "class.html").read_text("utf-8")
    assert "4 submissions: 4 graded, 1 nothing handed in" in (out / "class.html").read_text("utf-8")


def test_the_layout_is_named(out, printed):
    said = printed["out"].getvalue()
    assert said.startswith("Layout: moodle (names are like 'Full name_123_assignsubmission_file_'")
    assert "4 submissions: 4 graded, 1 nothing handed in\n" in said
    assert "course: note: not on the roster: A Guest\n" in printed["err"].getvalue()
    assert json.loads((out / "grades.json").read_text("utf-8"))["settings"]["layout"] == "moodle"


def test_the_grades_go_back_into_the_worksheet(graded, out, tmp_path):
    sheet = tmp_path / "upload.csv"
    words = ["moodle", out, "--template", graded / "sheet.csv", "--out", sheet]
    assert cli.main(["export", *map(str, words)]) == 1  # the guest has no line there
    grades = {row["Identifier"]: row["Grade"] for row in table(sheet)}
    earned = str(LESSONS[LESSON][0].points)
    assert grades == {
        "Participant 71": str(MAXIMUM),
        "Participant 72": earned,
        "Participant 73": "0",
        "Participant 74": "",
    }


def test_an_archive_is_resumed_though_it_is_unpacked_anew_and_manual_marks_count(
    graded, out, tmp_path
):
    place = tmp_path / "out"
    shutil.copytree(out, place)
    before = {path: path.stat().st_mtime_ns for path in (place / "records").iterdir()}
    with (place / "overrides.csv").open("a", encoding="utf-8") as file:
        file.write(f"Gone Fishing,{LESSON},critical-lr,1,oral exam\n")
    assert grade(graded, place, "--resume", "--roster", graded / "sheet.csv") == 0
    assert {path: path.stat().st_mtime_ns for path in (place / "records").iterdir()} == before
    rows = {row["student"]: row for row in table(place / "grades.csv")}
    assert (rows["Gone Fishing"]["critical-lr"], rows["Gone Fishing"]["points"]) == ("1", "1")


def test_an_archive_and_its_folder_have_the_same_grades(graded, out, tmp_path):
    grade(graded, tmp_path / "out", "--roster", graded / "sheet.csv", source="in")
    assert (tmp_path / "out/grades.csv").read_bytes() == (out / "grades.csv").read_bytes()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--layout", "canvas"], "--layout canvas: there is no such thing in"),
        (["--layout", "excel"], "invalid choice: 'excel'"),
        (["--roster", "none.csv"], "there is no file 'none.csv'"),
        (["--roster", "class.zip"], "class.zip"),
    ],
)
def test_bad_usage_is_one_line_and_nothing_is_written(
    graded, tmp_path, capsys, monkeypatch, options, said
):
    monkeypatch.chdir(graded)
    assert grade(graded, tmp_path / "out", *options) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_bad_manual_marks_are_told_at_once_and_nothing_is_written(graded, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    file = tmp_path / "out" / "overrides.csv"
    mark = f"Kim Minjun,{LESSON}"
    rows = [f"{mark},critical-lr,9,oral", f"{mark},none,1,oral", f"{mark},critical-lr,1,"]
    file.write_text("\n".join(["student,lesson,exercise,points,reason", *rows]))
    assert grade(graded, tmp_path / "out") == 2
    told = capsys.readouterr().err.splitlines()
    starts = [f"course: {file}, line {line}: " for line in (2, 3, 4)]
    assert [line[: len(s)] for line, s in zip(told, starts, strict=True)] == starts
    assert list((tmp_path / "out").iterdir()) == [file]


def test_an_archive_that_is_refused_is_one_line_and_nothing_is_written(tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as file:
        file.writestr("../../x.ipynb", "{}")
    assert grade(tmp_path, tmp_path / "out") == 2
    told = capsys.readouterr().err
    assert told.startswith(f"course: '{tmp_path / 'class.zip'}': '../../x.ipynb' leads out of")
    assert told.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["class.zip"]


def test_a_notebook_of_a_group_counts_for_each_of_it(tmp_path):
    write_notebook(tmp_path / "in/submission_1/hw.ipynb", GOOD, lesson=LESSON)
    (tmp_path / "in/submission_metadata.yml").write_text(
        "submission_1:\n  :submitters:\n  - :name: Ada\n  - :name: Bo\n"
    )
    assert grade(tmp_path, tmp_path / "out", source="in") == 0
    rows = {row["student"]: row["points"] for row in table(tmp_path / "out/grades.csv")}
    assert rows == {"Ada": str(MAXIMUM), "Bo": str(MAXIMUM)}
