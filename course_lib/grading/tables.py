"""The grades as tables: grades.csv for people and spreadsheets, grades.json for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from course_lib.grading.files import to_json
from course_lib.grading.record import plain
from course_lib.grading.rows import Lessons, Mark, Row
from course_lib.grading.text import cell

COLUMNS = ("student", "lesson", "file", "outcome", "points", "maximum")


def grades_csv(rows: Sequence[Row], lessons: Lessons) -> bytes:
    """A row per submission. What was not judged is blank, never 0. UTF-8 with BOM, for Excel."""
    columns = _exercises(rows, lessons)
    text = io.StringIO(newline="")
    table = csv.writer(text)
    names = (name for exercise in columns for name in (exercise, f"{exercise} status"))
    table.writerow([*COLUMNS, *names, "note"])
    for row in rows:
        record = row.record
        marks = {mark.exercise: mark for mark in row.marks}
        line: list[Any] = [cell(record.student), cell(row.lesson or ""), cell(record.file)]
        line += [str(record.outcome), _number(row.points), _number(row.maximum)]
        for exercise in columns:
            mark = marks.get(exercise)
            line += [_number(mark.points), cell(mark.status)] if mark else ["", ""]
        table.writerow([*line, cell("; ".join(row.notes))])
    return text.getvalue().encode("utf-8-sig")


def grades_json(
    rows: Sequence[Row], settings: Mapping[str, Any], pages: Mapping[str, str]
) -> bytes:
    """All that is known: the batch's settings, every record in full, the marks that count.

    pages maps a student to the name of the feedback page.
    """
    submissions = [
        plain(row.record)
        | {
            "counts_for": row.lesson,
            "points": _number(row.points, None),
            "maximum": row.maximum,
            "marks": [_plain_mark(mark) for mark in row.marks],
            "note": list(row.notes),
            "feedback": f"feedback/{pages[row.record.student]}",
        }
        for row in rows
    ]
    return to_json({"settings": dict(settings), "submissions": submissions})


def _plain_mark(mark: Mark) -> dict[str, Any]:
    manual = mark.manual
    return {
        "exercise": mark.exercise,
        "points": _number(mark.points, None),
        "maximum": mark.maximum,
        "status": mark.status,
        "manual": {"points": _number(manual.points), "reason": manual.reason} if manual else None,
    }


def _exercises(rows: Sequence[Row], lessons: Lessons) -> list[str]:
    """Every exercise of the lessons that occur, in the order of the course."""
    stems = {row.lesson for row in rows}
    ordered = [one.id for stem, ones in lessons.items() if stem in stems for one in ones]
    return list(dict.fromkeys([*ordered, *(m.exercise for row in rows for m in row.marks)]))


def _number(points: float | None, missing: Any = "") -> Any:
    """2, not 2.0; what is missing stays missing."""
    if points is None:
        return missing
    return int(points) if points == int(points) else points
