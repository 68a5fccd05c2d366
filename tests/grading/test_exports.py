"""Grades for autograders, read back by the rules of the documentation; and bad usage of all."""

import json
import re

import pytest
from graded import (
    FIRST,
    MARKS,
    MAX2,
    PEOPLE,
    POINTS,
    RECORDS,
    SECOND,
    export,
    first,
    record,
    refusal,
    write_grades,
)
from markdown_it import MarkdownIt

from course_lib.exercises import LESSONS
from course_lib.grading.results import MAX_SUMMARY


@pytest.fixture
def grades(tmp_path):
    return write_grades(tmp_path / "grades", RECORDS, MARKS, PEOPLE)


# Gradescope


def gradescope_import(content):
    """The score, as the documentation of results.json has it; every key is checked."""
    result = json.loads(content)
    assert result.keys() <= {
        *("score", "execution_time", "output", "output_format", "test_output_format"),
        *("test_name_format", "visibility", "stdout_visibility", "extra_data", "tests"),
        "leaderboard",
    }
    visible = {"hidden", "after_due_date", "after_published", "visible"}
    assert result["visibility"] in visible
    assert isinstance(result["score"], int | float)
    for test in result["tests"]:
        assert test.keys() <= {
            *("score", "max_score", "status", "name", "name_format", "number", "output"),
            *("output_format", "tags", "visibility", "extra_data"),
        }
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] in {"passed", "failed"}
        assert test["output_format"] in {"text", "html", "simple_format", "md", "ansi"}
        assert test["visibility"] in visible
        assert isinstance(test["name"], str)
        assert isinstance(test["output"], str)
    return result


@pytest.mark.parametrize(
    ("student", "points"),
    [*((name, points or 0) for name, points in POINTS.items()), ("s-3", first(SECOND, 1))],
)
def test_gradescope_gets_the_score_and_a_test_per_exercise(tmp_path, grades, student, points):
    out = tmp_path / "results.json"
    words = ["gradescope-results", grades, "--student", student, "--lesson", "02", "--out", out]
    assert export(*words) == 0
    result = gradescope_import(out.read_bytes())
    assert result["score"] == points == sum(test["score"] for test in result["tests"])
    assert [test["name"] for test in result["tests"]] == [
        one.title if student != "O'Neil, Jr., Sam" else one.id for one in LESSONS[SECOND]
    ]
    assert sum(test["max_score"] for test in result["tests"]) == MAX2
    assert "\x1b" not in result["output"] + "".join(test["output"] for test in result["tests"])
    said = {"김민준": "is no notebook", "O'Neil, Jr., Sam": "there is no file"}
    assert said.get(student, "points") in result["output"]


def test_gradescope_of_a_folder_with_one_student_needs_no_name(tmp_path):
    write_grades(tmp_path / "one", [record("x", FIRST, 1)])
    out = tmp_path / "results.json"
    assert export("gradescope-results", tmp_path / "one", "--out", out) == 0
    assert gradescope_import(out.read_bytes())["score"] == first(FIRST, 1)


# GitHub


def shown(markdown):
    """The text of the paragraphs and cells, and the kinds of all that is in them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    inline = [child for token in tokens for child in token.children or ()]
    return [t.content for t in tokens if t.type == "inline"], tokens, {c.type for c in inline}


def test_github_shows_every_exercise_and_a_students_text_as_text(tmp_path, grades):
    out = tmp_path / "summary.md"
    words = [
        "github-summary",
        grades,
        "--lesson",
        "02",
        "--student",
        "Kim Minjun (S-3)",
        "--out",
        out,
    ]
    assert export(*words) == 0
    _, tokens, kinds = shown(out.read_text("utf-8"))
    assert kinds <= {"text", "text_special", "strong_open", "strong_close"}
    assert [t.tag for t in tokens if t.type == "heading_open"] == ["h2"]
    rows = [t for t in tokens if t.type == "tr_open"]
    assert len(rows) == 1 + len(LESSONS[SECOND])
    assert len([t for t in tokens if t.type in ("td_open", "th_open")]) == 4 * len(rows)
    html = MarkdownIt("commonmark").enable("table").render(out.read_text("utf-8"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; | `x` [y](http://z) *b*" in html
    assert "\x1b" not in html


def test_github_appends_to_the_summary_of_the_job(tmp_path, grades, monkeypatch):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert export("github-summary", grades) == 0
    text = summary.read_text("utf-8")
    assert text.startswith("before\n\n## ")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert len(headings) == len(RECORDS)
    assert any("김민준" in line for line in headings)


def test_a_summary_stays_below_githubs_limit(tmp_path):
    records = [record(f"student {i}", SECOND, 0, "wrong " * 100) for i in range(400)]
    write_grades(tmp_path / "many", records)
    out = tmp_path / "summary.md"
    export("github-summary", tmp_path / "many", "--out", out)
    content = out.read_bytes()
    assert MAX_SUMMARY * 0.9 < len(content) <= MAX_SUMMARY
    assert re.search(r"\n\d+ more are left out: a summary holds 1 MiB\.\n$", content.decode())


# What is common to all


CANVAS, MOODLE = (
    [name, "GRADES", "--template", "none.csv", "--out", "o"] for name in ("canvas", "moodle")
)
USAGE = {
    "no template": (["canvas", "GRADES", "--out", "o"], "required: --template; see"),
    "no template for Moodle": (["moodle", "GRADES", "--out", "o"], "required: --template; see"),
    "a template for none": (
        ["github-summary", "GRADES", "--template", "t", "--out", "o"],
        "unrecognized arguments: --template t; see 'course export github-summary --help'",
    ),
    "a column for none": (
        [*MOODLE, "--column", "02=x"],
        "unrecognized arguments: --column 02=x; see 'course export moodle --help'",
    ),
    "no scale": (
        ["gradescope-results", "GRADES", "--scale", "--out", "o"],
        "unrecognized arguments: --scale; see 'course export gradescope-results --help'",
    ),
    "no student": (
        [*CANVAS, "--student", "x"],
        "unrecognized arguments: --student x; see 'course export canvas --help'",
    ),
    "no out": (["gradescope-results", "GRADES"], "required: --out; see"),
    "no out and no job": (["github-summary", "GRADES"], "give the file to write: --out FILE"),
    "a folder as out": (["github-summary", "GRADES", "--out", "."], "'.' cannot be written"),
    "out in no folder": (["github-summary", "GRADES", "--out", "no/where"], "cannot be written"),
    "no grades": (
        ["github-summary", "nowhere", "--out", "o"],
        "there is no grades.json in 'nowhere'",
    ),
    "many students": (
        ["gradescope-results", "GRADES", "--out", "o"],
        "there are 6 students; choose one",
    ),
    "nobody": (
        ["gradescope-results", "GRADES", "--student", "x", "--out", "o"],
        "nobody is called 'x'",
    ),
    "no template there": (CANVAS, "there is no file 'none.csv'"),
    "no title": ([*CANVAS, "--column", "02="], "--column 02="),
    "no lesson at all": ([*CANVAS, "--column", "=x"], "--column =x"),
    "no lesson 99": ([*CANVAS, "--column", "99=x"], "--column 99=x"),
    "no lesson": ([*CANVAS, "--lesson", "99"], "there is no lesson '99'"),
    "no format": (["excel", "GRADES"], "invalid choice: 'excel'"),
    "nothing": ([], "required: WHAT; see 'course export --help'"),
}


@pytest.mark.parametrize(("words", "said"), USAGE.values(), ids=USAGE)
def test_bad_usage_is_one_line_and_nothing_is_written(
    tmp_path, grades, capsys, monkeypatch, words, said
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    words = [str(grades) if word == "GRADES" else word for word in words]
    assert said in refusal(capsys, *words)
    assert [path.name for path in tmp_path.iterdir()] == ["grades"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("grades.json", "{"),
        ("grades.json", "[]"),
        ("grades.json", '{"submissions": [{}]}'),
        ("grades.json", "[" * 100_000),
        ("students.json", "3"),
        ("students.json", '{"a": {}}'),
        ("students.json", "\xff"),
    ],
)
def test_damaged_grades_are_one_line(tmp_path, grades, capsys, name, text):
    (grades / name).write_bytes(text.encode("latin-1"))
    assert "are damaged" in refusal(capsys, "github-summary", grades, "--out", tmp_path / "o")
