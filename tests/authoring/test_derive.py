"""The two editions before they are run: sources, ids, nbgrader's metadata."""

import nbformat
import pytest
from sample_desk import LESSONS

from course_lib import __version__
from course_lib.authoring import AuthoringError, derive

EXERCISES = LESSONS["00_sample"]


def editions(root):
    text = (root / "solutions" / "00_sample.py").read_text(encoding="utf-8")
    return [derive(text, edition, EXERCISES, "00_sample") for edition in ("student", "solution")]


def by_id(notebook):
    return {cell.id: cell for cell in notebook.cells}


def test_only_the_solution_cells_differ(root):
    student, solution = editions(root)
    assert [c.id for c in student.cells] == [c.id for c in solution.cells]
    assert [c.metadata for c in student.cells] == [c.metadata for c in solution.cells]
    differ = [
        a.id for a, b in zip(student.cells, solution.cells, strict=True) if a.source != b.source
    ]
    assert differ == ["double-it", "half-it"]
    assert by_id(student)["half-it"].source == (
        'def half_it(x):\n    """Return half of x."""\n    scale = 0.5\n'
        "    # YOUR CODE HERE\n    raise NotImplementedError()"
    )


def test_nbgrader_finds_its_metadata_schema_3(root):
    for notebook in editions(root):
        cells = by_id(notebook)
        assert cells["double-it"].metadata["nbgrader"] == {
            "schema_version": 3,
            "grade": False,
            "grade_id": "double-it",
            "locked": False,
            "solution": True,
            "task": False,
        }
        assert cells["double-it-check"].metadata["nbgrader"] == {
            "schema_version": 3,
            "grade": True,
            "grade_id": "double-it-check",
            "locked": True,
            "points": 2,
            "solution": False,
            "task": False,
        }
        graded = [c.id for c in notebook.cells if "nbgrader" in c.metadata]
        assert graded == ["double-it", "double-it-check", "half-it", "half-it-check"]


def test_the_notebook_says_what_it_is(root):
    for notebook, edition in zip(editions(root), ("student", "solution"), strict=True):
        nbformat.validate(notebook)
        assert notebook.metadata["course"] == {
            "lesson": "00_sample",
            "edition": edition,
            "version": __version__,
        }
        assert notebook.metadata["kernelspec"]["name"] == "python3"
        assert "version" not in notebook.metadata["language_info"]


def test_a_timing_cell_is_run_but_not_compared(root):
    tags = [c.metadata["tags"] for c in editions(root)[0].cells if "tags" in c.metadata]
    assert tags == [["timing", "nbval-ignore-output"], ["bug"]]


@pytest.mark.parametrize(
    ("edition", "exercises", "old", "new", "words"),
    [
        ("teacher", EXERCISES, "", "", "'teacher': allowed are student, solution"),
        ("student", EXERCISES, "### BEGIN", "## BEGIN", ":42: '## BEGIN SOLUTION' looks like"),
        ("student", EXERCISES[:1], "", "", "'half-it' is not declared"),
        ("student", (), "", "", "declared in order: none"),
    ],
)
def test_what_cannot_be_derived_is_refused(root, edition, exercises, old, new, words):
    text = (root / "solutions" / "00_sample.py").read_text(encoding="utf-8")
    with pytest.raises(AuthoringError) as refused:
        derive(text.replace(old, new, 1), edition, exercises, "00_sample")
    assert words in str(refused.value)
