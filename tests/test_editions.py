"""The built lessons, as committed: each is what its source builds, and gives nothing away.

Re-execution is `course build --check`; nbval runs every notebook. Here nothing is run but the
functions that are graded.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

from course_lib.authoring import derive, lint, sources
from course_lib.checking import grade_notebook
from course_lib.exercises import LESSONS

ROOT = Path(__file__).parent.parent
STEMS = sources(ROOT)
FOLDERS = {"student": "notebooks", "solution": "solutions"}
BUILT = [(stem, edition) for stem in STEMS for edition in FOLDERS]
# Cells that call one of these show something.
SPEAK = {"check", "hint", "show", "print", "predict", "reveal", "progress"}

each_lesson = pytest.mark.parametrize("stem", STEMS)
each_notebook = pytest.mark.parametrize(("stem", "edition"), BUILT)


def source(stem):
    return (ROOT / "solutions" / f"{stem}.py").read_text(encoding="utf-8")


def path(stem, edition):
    return ROOT / FOLDERS[edition] / f"{stem}.ipynb"


def notebook(stem, edition):
    return nbformat.read(path(stem, edition), as_version=4)


def test_sources_notebooks_and_exercises_are_the_same_lessons():
    assert STEMS
    assert list(LESSONS) == STEMS
    for folder in FOLDERS.values():
        assert sorted(p.stem for p in (ROOT / folder).glob("*.ipynb")) == STEMS


@each_lesson
def test_the_lesson_passes_the_lint(stem):
    file = ROOT / "solutions" / f"{stem}.py"
    assert [str(problem) for problem in lint(file, LESSONS[stem], ROOT)] == []


@each_notebook
def test_the_notebook_is_what_its_source_builds(stem, edition):
    wanted = derive(source(stem), edition, LESSONS[stem], stem)
    stored = notebook(stem, edition)
    said = [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in stored.cells]
    assert said == [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in wanted.cells]
    assert stored.metadata == wanted.metadata


@each_notebook
def test_the_notebook_was_run_from_top_to_bottom(stem, edition):
    cells = [cell for cell in notebook(stem, edition).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert not [output for output in cell.outputs if output.output_type == "error"]
        calls = [
            node.func for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)
        ]
        speaks = SPEAK & {call.id for call in calls if isinstance(call, ast.Name)}
        timed = "timing" in cell.metadata.get("tags", ())
        assert not (timed and cell.outputs)
        assert cell.outputs or timed or not speaks, f"{cell.id} shows nothing"


@each_lesson
def test_no_line_of_a_solution_is_in_the_student_edition(stem):
    student = notebook(stem, "student")
    said = [cell.source for cell in student.cells]
    for cell in student.cells:
        for output in cell.get("outputs", ()):
            said += [output.get("text", "")]
            said += [v for m, v in output.get("data", {}).items() if m.startswith("text/")]
    said = re.sub(r"\s+", "", "\n".join(said))
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source(stem), re.DOTALL)
    assert len(regions) == len(LESSONS[stem])
    for line in "\n".join(regions).splitlines():
        bare = re.sub(r"\s+", "", line)
        # A short line or a bare loop gives nothing away.
        if len(bare) >= 12 and not re.fullmatch(r"for\w+inrange\(\w+\):|#.*", bare):
            assert bare not in said, line
    assert "BEGINSOLUTION" not in said


@each_lesson
def test_the_solution_edition_earns_every_point(stem):
    verdicts = grade_notebook(path(stem, "solution"), LESSONS)
    earned = {verdict.exercise: (verdict.status, verdict.points) for verdict in verdicts}
    assert earned == {exercise.id: ("passed", exercise.points) for exercise in LESSONS[stem]}


@each_lesson
def test_the_student_edition_earns_none(stem):
    verdicts = grade_notebook(path(stem, "student"), LESSONS)
    earned = {verdict.exercise: (verdict.status, verdict.points) for verdict in verdicts}
    assert earned == {exercise.id: ("not attempted", 0) for exercise in LESSONS[stem]}


@each_notebook
def test_nothing_in_the_file_changes_from_run_to_run(stem, edition):
    text = path(stem, edition).read_bytes()
    for pattern in (
        rb"widget-view\+json",
        rb"widget-state\+json",
        rb"model_id",
        rb"iopub\.",
        rb"\"execution\":",
        rb"\"collapsed\":",
        rb"\bat 0x[0-9a-f]+",
        rb"ipykernel_\d+",
        rb"\r",
    ):
        assert not re.search(pattern, text), pattern
    assert text.endswith(b"}\n")
    assert nbformat.validate(notebook(stem, edition)) is None
