"""A whole class through `course grade`: right grades, repeated, interrupted, resumed, replaced."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from classes import ANSWERS, LESSON, RIGHT, same_files, write_class, write_notebook

from course_lib import cli
from course_lib.grading.batch import grade_all, latest
from course_lib.grading.collect import Submission
from course_lib.grading.grader import Settings
from course_lib.grading.record import Outcome, Record

pytestmark = pytest.mark.usefixtures("jail_needed")
SIZE = int(os.environ.get("COURSE_CLASS", "40"))  # CI grades a class of 300


def grade(folder, out, *options):
    return cli.main(["grade", str(folder), "--out", str(out), "--seed", "7", *options])


def rows(out):
    text = (out / "grades.csv").read_text("utf-8-sig")
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


@pytest.fixture(scope="module")
def graded(tmp_path_factory, jail_needed):
    """A class and its grades, with one job; the other tests compare with these."""
    place = tmp_path_factory.mktemp("class")
    wanted = write_class(place / "submissions", SIZE)
    assert grade(place / "submissions", place / "out", "--jobs", "1") == 0
    return place, wanted


def test_every_student_gets_what_was_written(graded):
    place, wanted = graded
    found = rows(place / "out")
    assert found.keys() == wanted.keys()
    for student, statuses in wanted.items():
        row = found[student]
        assert {name: row[f"{name} status"] for name in ANSWERS} == statuses
        points = sum(int(row[name]) for name in ANSWERS)
        assert int(row["points"]) == points
        assert (row["lesson"], row["outcome"], row["maximum"]) == (LESSON, "graded", "8")


def test_two_jobs_give_the_same_files(graded, tmp_path):
    place, _ = graded
    grade(place / "submissions", tmp_path / "out", "--jobs", "2")
    same_files(place / "out", tmp_path / "out")


def records(out):
    return list((out / "records").glob("*.json")) if out.exists() else []


def test_interrupted_and_resumed(graded, tmp_path):
    place, _ = graded
    out = tmp_path / "out"
    command = [sys.executable, "-m", "course_lib", "grade", str(place / "submissions")]
    command += ["--out", str(out), "--seed", "7", "--jobs", "2"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    while process.poll() is None and not records(out):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: to all of them
    printed, complained = process.communicate(timeout=30)
    assert process.returncode == 130, complained
    assert printed == b""
    assert complained.splitlines()[-1] == b"course: stopped"
    assert b"Traceback" not in complained
    assert not (out / "grades.csv").exists()
    kept = records(out)
    assert 1 <= len(kept) < SIZE
    before = {file: file.stat().st_mtime_ns for file in kept}
    for file in kept:
        json.loads(file.read_text())

    grade(place / "submissions", out, "--jobs", "2", "--resume")
    assert {file: file.stat().st_mtime_ns for file in kept} == before, "these were not done again"
    same_files(place / "out", out)


def test_without_resume_everything_is_graded_again(tmp_path):
    out = tmp_path / "out"
    few = tmp_path / "few"
    write_class(few, 3)
    grade(few, out)
    before = {file: file.stat().st_mtime_ns for file in records(out)}
    grade(few, out)
    assert all(file.stat().st_mtime_ns > before[file] for file in records(out))


@pytest.mark.parametrize(
    ("change", "done_again"),
    [
        pytest.param(lambda place: None, 0, id="nothing"),
        pytest.param(
            lambda place: write_notebook(place / "student 001/x.ipynb", [RIGHT], lesson=LESSON),
            1,
            id="a new file",
        ),
        pytest.param(
            lambda place: write_notebook(
                place / f"student 000/{LESSON}.ipynb", ["import numpy as np", RIGHT], lesson=LESSON
            ),
            1,
            id="another content",
        ),
    ],
)
def test_resume_grades_what_changed(tmp_path, change, done_again):
    write_class(tmp_path / "in", 3)
    grade(tmp_path / "in", tmp_path / "out")
    before = {file: file.stat().st_mtime_ns for file in records(tmp_path / "out")}
    change(tmp_path / "in")
    grade(tmp_path / "in", tmp_path / "out", "--resume")
    after = {file: file.stat().st_mtime_ns for file in records(tmp_path / "out")}
    assert sum(after[file] != before.get(file) for file in after) == done_again


def test_a_later_submission_replaces_the_earlier(tmp_path):
    cells = ["import numpy as np", RIGHT]
    write_notebook(tmp_path / "in/ada/first.ipynb", cells, lesson=LESSON)
    write_notebook(tmp_path / "in/ada/later.ipynb", ["1"], lesson=LESSON)
    os.utime(tmp_path / "in/ada/first.ipynb", (1000, 1000))
    os.utime(tmp_path / "in/ada/later.ipynb", (2000, 2000))
    assert grade(tmp_path / "in", tmp_path / "out") == 0
    (row,) = rows(tmp_path / "out").values()
    assert (row["file"], row["points"]) == ("ada/later.ipynb", "0")
    assert "instead of ada/first.ipynb" in row["note"]


def record(file, outcome, submitted):
    return Record("ada", file, LESSON, outcome, submitted=submitted)


@pytest.mark.parametrize(
    ("records", "chosen"),
    [
        ([("a", Outcome.GRADED, 1.0), ("b", Outcome.GRADED, 2.0)], "b"),
        ([("a", Outcome.GRADED, 2.0), ("b", Outcome.GRADED, 1.0)], "a"),
        ([("a", Outcome.GRADED, 1.0), ("b", Outcome.GRADED, 1.0)], "b"),
        ([("a", Outcome.GRADED, 1.0), ("b", Outcome.UNREADABLE, 2.0)], "a"),
        (
            [("x.ipynb", Outcome.GRADED, 1.0), ("x (1).ipynb", Outcome.GRADED, 1.0)],
            "x (1).ipynb",
        ),
    ],
)
def test_the_latest(records, chosen):
    (one,) = latest([record(*fields) for fields in records])
    assert one.file == chosen


@pytest.mark.parametrize(
    ("lessons", "students", "notes"),
    [
        (
            ["02"],
            ["ada", "bo", "cy"],
            {"bo": f"taken as one of {LESSON}", "cy": "holds no notebook"},
        ),
        (["02", "03"], ["ada", "bo", "cy"], {"bo": "says which lesson", "cy": "holds no notebook"}),
    ],
)
def test_what_is_of_no_known_lesson_is_never_left_out(lessons, students, notes, tmp_path, capsys):
    write_notebook(tmp_path / "in/ada.ipynb", [RIGHT], lesson=LESSON)
    write_notebook(tmp_path / "in/bo.ipynb", [RIGHT])
    (tmp_path / "in/cy").mkdir()
    (tmp_path / "in/cy/x.pdf").write_bytes(b"")
    write_notebook(tmp_path / "in/di.ipynb", ["1"], lesson="05_momentum")
    asked = [word for lesson in lessons for word in ("--lesson", lesson)]
    assert grade(tmp_path / "in", tmp_path / "out", *asked) == 1
    found = rows(tmp_path / "out")
    assert sorted(found) == students
    assert [who for who, said in notes.items() if said not in found[who]["note"]] == []
    assert "Left out, since of other lessons: 1\n" in capsys.readouterr().out


def test_the_seed_is_drawn_once_and_kept(tmp_path, capsys):
    write_class(tmp_path / "in", 1)
    out = tmp_path / "out"
    command = ["grade", str(tmp_path / "in"), "--out", str(out)]
    cli.main(command)
    seed = json.loads((out / "batch.json").read_text())["seed"]
    cli.main(command)
    assert json.loads((out / "batch.json").read_text())["seed"] == seed
    capsys.readouterr()
    assert cli.main([*command, "--seed", str(seed + 1)]) == 2
    assert f"was graded with seed {seed}, not {seed + 1}" in capsys.readouterr().err


def test_a_notebook_of_another_version_is_graded_with_a_note(tmp_path):
    write_notebook(tmp_path / "in/ada/a.ipynb", [RIGHT], lesson=LESSON, version="9.9")
    assert grade(tmp_path / "in", tmp_path / "out") == 0
    (row,) = rows(tmp_path / "out").values()
    assert "from version 9.9 of the course" in row["note"]


def test_without_a_jail_every_row_says_so(tmp_path):
    write_class(tmp_path / "in", 2)
    assert grade(tmp_path / "in", tmp_path / "out", "--unsafe-no-sandbox") == 0
    assert all("without a sandbox" in row["note"] for row in rows(tmp_path / "out").values())


def test_a_manual_mark_survives(tmp_path):
    write_notebook(tmp_path / "in/ada/a.ipynb", ["1"], lesson=LESSON)
    grade(tmp_path / "in", tmp_path / "out")
    mark = f"ada,{LESSON},critical-lr,1,shown at the board\n"
    with (tmp_path / "out/overrides.csv").open("a") as file:
        file.write(mark)
    for _ in range(2):
        grade(tmp_path / "in", tmp_path / "out", "--resume")
        (row,) = rows(tmp_path / "out").values()
        assert (row["critical-lr"], row["points"]) == ("1", "1")
        assert "shown at the board" in row["note"]


def breaks(submission, settings):
    """A grading function that ends its process on some submissions."""
    if "bad" in submission.file:
        os._exit(9)
    return Record(submission.student, submission.file, None, Outcome.GRADED).to_json()


def test_a_grading_process_that_ends_takes_no_other_submission_with_it(tmp_path):
    names = ["good0", "good1", "bad2", "good3"]
    submissions = [Submission(name, tmp_path, name, 0.0) for name in names]
    done = list(grade_all(submissions, Settings(0), 2, breaks))
    assert sorted(one.file for one, _ in done) == sorted(names)
    outcomes = {one.file: json.loads(text)["outcome"] for one, text in done}
    assert outcomes == {n: "unreadable" if "bad" in n else "graded" for n in names}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--jobs", "0"], "--jobs 0: give a whole number from 1"),
        (["--jobs", "2", "--scheduler", "tcp://127.0.0.1:1"], "--jobs is for this machine"),
        (["--limit", "call"], "--limit call: give NAME=VALUE"),
        (["--limit", "call=-1"], "give NAME=VALUE with a positive number"),
        (["--limit", "calls=1"], "there is no such limit; there are call, cell, cells"),
        (["--lesson", "99"], "there is no lesson '99'"),
    ],
)
def test_bad_usage_is_one_line_and_nothing_is_written(tmp_path, capsys, options, words):
    write_class(tmp_path / "in", 1)
    assert grade(tmp_path / "in", tmp_path / "out", *options) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_no_submissions_and_a_wrong_out(tmp_path, capsys):
    assert grade(tmp_path / "none", tmp_path / "out") == 2
    assert "there is no folder" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert grade(tmp_path / "empty", tmp_path / "out") == 2
    assert "there is no submission in" in capsys.readouterr().err
    write_class(tmp_path / "in", 1)
    (tmp_path / "other").mkdir()
    (tmp_path / "other/thesis.txt").write_text("mine")
    assert grade(tmp_path / "in", tmp_path / "other") == 2
    assert "something else than a batch" in capsys.readouterr().err
    assert [p.name for p in (tmp_path / "other").iterdir()] == ["thesis.txt"]


def test_limits_are_held_and_lessons_chosen(tmp_path):
    endless = "def critical_lr(H):\n    while True: pass"
    write_notebook(tmp_path / "in/ada/02_gradient_descent.ipynb", [endless])
    write_notebook(tmp_path / "in/ada/05_momentum.ipynb", ["1"])
    options = ["--limit", "call=0.3", "--lesson", "02"]
    assert grade(tmp_path / "in", tmp_path / "out", *options) == 0
    (row,) = rows(tmp_path / "out").values()
    assert row["lesson"] == LESSON
    assert row["critical-lr status"] == "timed out"
