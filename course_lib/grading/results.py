"""One submission's grade for an autograder: Gradescope's results.json, GitHub's job summary.

Sources: "Autograder Specifications" (gradescope-autograders.readthedocs.io), GitHub Docs
"Workflow commands: adding a job summary" (GitHub Flavored Markdown, at most 1 MiB a step).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from course_lib.grading.files import to_json
from course_lib.grading.gradebook import ExportError, Grade
from course_lib.grading.people import fold
from course_lib.grading.text import lesson_name, number, one_line

MAX_SUMMARY = 1 << 20  # bytes
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$>:@])")


def choose(grades: Sequence[Grade], student: str | None) -> list[Grade]:
    """The grades of one student: the one of that name or id, or the only one there is."""
    names = list(dict.fromkeys(grade.student for grade in grades))
    if student is None:
        if len(names) > 1:
            raise ExportError(f"there are {len(names)} students; choose one with --student NAME")
        return list(grades)
    wanted = fold(student)
    called = [{one.student, *(value for _, value in one.person.ids)} for one in grades]
    chosen = [g for g, names in zip(grades, called, strict=True) if wanted in map(fold, names)]
    found = list(dict.fromkeys(one.student for one in chosen))
    if len(found) != 1:
        several = f": {', '.join(found)}" if found else ""
        raise ExportError(
            f"{'several students are' if found else 'nobody is'} called {student!r}{several}; "
            "give a name as it stands in grades.csv"
        )
    return chosen


def gradescope_json(grades: Sequence[Grade]) -> bytes:
    """results.json for one submission: its score, and a test for each exercise.

    What could not be graded scores 0 here, since Gradescope takes a submission without a score
    for a failed autograder; the output says why.
    """
    tests: list[dict[str, Any]] = [
        {
            "name": one.title,
            "score": one.points,
            "max_score": one.maximum,
            "status": "passed" if one.points >= one.maximum else "failed",
            "output": f"{one.status}. {one.says}".strip(),
            "output_format": "text",
            "visibility": "visible",
        }
        for grade in grades
        for one in grade.exercises
    ]
    lines = [line for one in grades for line in (one.lines()[0], *one.says)]
    return to_json(
        {
            "score": sum(one.points or 0 for one in grades),
            "output": "\n".join(lines),
            "output_format": "text",
            "visibility": "visible",
            "tests": tests,
        }
    )


def github_summary(grades: Sequence[Grade]) -> str:
    """Markdown: a table of exercises for each grade. A student's text is text in it, and no more.

    What is over GitHub's limit of a summary is left out, and said.
    """
    students = {grade.student for grade in grades}
    text = ""
    for index, grade in enumerate(grades):
        part = _part(grade, named=len(students) > 1)
        if len((text + part).encode()) > MAX_SUMMARY - 200:
            return f"{text}\n{len(grades) - index} more are left out: a summary holds 1 MiB.\n"
        text += part
    return text


def _part(grade: Grade, named: bool) -> str:
    title = lesson_name(grade.lesson)
    if named:
        title = f"{grade.student}: {title}"
    if grade.points is None:
        return "\n".join([f"## {_text(title)}", "", *map(_text, [grade.outcome, *grade.says]), ""])
    rows = [
        (
            f"{'✅' if one.points >= one.maximum else '❌'} {_text(one.title)}",
            f"{number(one.points)} / {number(one.maximum)}",
            _text(one.status),
            _text(one.says),
        )
        for one in grade.exercises
    ]
    return "\n".join(
        [
            f"## {_text(title)}",
            "",
            f"**{number(grade.points)} of {number(grade.maximum)} points**",
            "",
            *(f"- {_text(line)}" for line in grade.says),
            "",
            "| exercise | points | status | |",
            "|---|---|---|---|",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
            "",
        ]
    )


def _text(text: str) -> str:
    """Text that Markdown shows as it is: no tag, no link, no cell of a table, no new line."""
    plain = one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    return _MARKS.sub(r"\\\1", plain)
