"""From one source to two editions: the student's without the solutions, and the solution's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib import __version__

from .markers import strip_solution
from .source import AuthoringError, Cell, Graded, Lesson, parse

EDITIONS = {"student": "notebooks", "solution": "solutions"}  # edition -> folder of its notebooks
TIMING = "timing"  # tag: the cell runs, its output is neither stored nor compared
NBVAL_IGNORE = "nbval-ignore-output"

# Without the version of Python: 3.11 and 3.13 build the same bytes.
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "pygments_lexer": "ipython3"},
}


def derive(text: str, edition: str, exercises: Sequence[Graded], lesson: str) -> Any:
    """One edition of a lesson as a notebook (nbformat 4.5), not executed.

    text        the source, in jupytext's percent format
    edition     "student" (solutions replaced by the stub) or "solution" (the source as it is)
    exercises   those of the lesson, with id, points and function
    lesson      its stem, such as "02_gradient_descent"

    Ids are the exercise's id for its solution cell, id + "-check" for its check cell, the slug of
    the heading or a hash of the text for the others. Solution and check cells carry nbgrader's
    cell metadata, schema 3. Raises AuthoringError for a defective marker, an exercise that is not
    declared, or an edition that does not exist.
    """
    return derive_lesson(parse(text, Path(f"solutions/{lesson}.py")), edition, exercises)


def derive_lesson(lesson: Lesson, edition: str, exercises: Sequence[Graded]) -> Any:
    if edition not in EDITIONS:
        raise AuthoringError(f"edition {edition!r}: allowed are {', '.join(EDITIONS)}")
    for cell in lesson.cells:
        for line, says in cell.marker_defects:
            raise AuthoringError(f"{lesson.path}:{cell.line + line}: {says}")
    cells = [
        _derive_cell(cell, cell_id, lesson, edition, exercises)
        for cell, cell_id in zip(lesson.cells, lesson.ids, strict=True)
    ]
    course = {"lesson": lesson.stem, "edition": edition, "version": __version__}
    notebook = new_notebook(cells=cells, metadata={**KERNEL, "course": course})
    nbformat.validate(notebook)
    return notebook


def _derive_cell(
    cell: Cell, cell_id: str, lesson: Lesson, edition: str, exercises: Sequence[Graded]
) -> Any:
    metadata: dict[str, Any] = {}
    if cell.tags:
        tags = [*cell.tags, NBVAL_IGNORE] if TIMING in cell.tags else list(cell.tags)
        metadata["tags"] = tags
    if cell.kind == "markdown":
        return new_markdown_cell(cell.text, id=cell_id, metadata=metadata)

    text = cell.text
    if cell.region:
        exercise = _declared(cell.solves, cell, lesson, exercises)
        metadata["nbgrader"] = _nbgrader(exercise.id, solution=True)
        text = strip_solution(text, cell.region) if edition == "student" else text
    elif cell.checks:
        exercise = _declared(cell.checks, cell, lesson, exercises)
        metadata["nbgrader"] = {
            **_nbgrader(f"{exercise.id}-check", solution=False),
            "points": exercise.points,
        }
    return new_code_cell(text, id=cell_id, metadata=metadata)


def _nbgrader(grade_id: str, *, solution: bool) -> dict[str, Any]:
    """nbgrader's cell metadata, schema 3: a solution is the student's, a check is locked."""
    return {
        "schema_version": 3,
        "grade": not solution,
        "grade_id": grade_id,
        "locked": not solution,
        "solution": solution,
        "task": False,
    }


def _declared(name: str | None, cell: Cell, lesson: Lesson, exercises: Sequence[Graded]) -> Graded:
    for exercise in exercises:
        if exercise.id == name:
            return exercise
    known = ", ".join(exercise.id for exercise in exercises) or "none"
    what = f"exercise {name!r} is not declared" if name else "a solution cell without a function"
    raise AuthoringError(
        f"{lesson.path}:{cell.line}: {what} for this lesson; declared in order: {known}"
    )
