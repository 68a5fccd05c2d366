"""Every report of a batch, written from its records and the manual marks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

from course_lib.grading.classview import SAID, class_page, count_of, most_common
from course_lib.grading.feedback import feedback_page
from course_lib.grading.files import slugs, to_json, write
from course_lib.grading.overrides import Override
from course_lib.grading.record import Outcome, Record
from course_lib.grading.rows import Lessons, Row, make_rows
from course_lib.grading.tables import grades_csv, grades_json
from course_lib.grading.text import one_line

NOTHING: Mapping[str, Any] = MappingProxyType({})
INDEX = "index.json"  # in the folder of feedback: its pages, and whose they are


def write_reports(
    out: Path,
    records: Iterable[Record],
    overrides: Iterable[Override],
    lessons: Lessons,
    *,
    settings: Mapping[str, Any] = NOTHING,
) -> tuple[str, ...]:
    """Write grades.csv, grades.json, class.html and feedback/*.html into the folder `out`.

    settings: of the batch, as JSON's types; they go into grades.json. The same arguments give the
    same bytes. Feedback pages that an earlier run wrote and this one did not are removed; nothing
    else is. Returns one line for each override that fits no submission. Raises OSError, which names
    the file that cannot be written.
    """
    rows, warnings = make_rows(records, overrides, lessons)
    feedback = out / "feedback"
    feedback.mkdir(parents=True, exist_ok=True)
    pages = {name: f"{slug}.html" for name, slug in slugs(r.record.student for r in rows).items()}
    before = _index(feedback)
    # The index comes first and for a moment names both: an interruption leaves no page unknown.
    written = {page: student for student, page in pages.items()}
    write(feedback / INDEX, to_json(before | written))
    for page in before.keys() - written.keys():
        # Before the new ones are written: where case is ignored, Anna.html may be anna.html.
        (feedback / page).unlink(missing_ok=True)
    for student, theirs in groupby(rows, key=lambda row: row.record.student):
        write(feedback / pages[student], feedback_page(student, tuple(theirs), lessons))
    write(feedback / INDEX, to_json(written))
    write(out / "class.html", class_page(rows, lessons))
    write(out / "grades.json", grades_json(rows, settings, pages))
    write(out / "grades.csv", grades_csv(rows, lessons))
    return tuple(map(one_line, warnings))


def _index(feedback: Path) -> dict[str, str]:
    """The pages that an earlier run wrote; none if that is not known for certain."""
    try:
        pages = json.loads((feedback / INDEX).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(pages, dict):
        return {}
    # Only a plain name can be one of ours: none leads out of the folder.
    return {
        name: whose
        for name, whose in pages.items()
        if isinstance(whose, str) and name.endswith(".html") and not set(name) & set("/\\:\0")
    }


def summary_lines(
    out: Path, records: Iterable[Record], overrides: Iterable[Override], lessons: Lessons
) -> list[str]:
    """The last lines of `course grade`: what was graded, how it went, where the files are."""
    rows, _ = make_rows(records, overrides, lessons)
    return list(map(one_line, _summary(out, rows, lessons)))


def _summary(out: Path, rows: tuple[Row, ...], lessons: Lessons) -> Iterable[str]:
    outcomes = [row.record.outcome for row in rows]
    kinds = [
        f"{outcomes.count(kind)} {SAID.get(kind, kind)}" for kind in Outcome if kind in outcomes
    ]
    there = len(rows) - outcomes.count(Outcome.MISSING)
    yield (
        f"{count_of(there, 'submission')}: {', '.join(kinds)}"
        if rows
        else "No submission was found."
    )
    if unsafe := sum(row.graded and not row.record.sandboxed for row in rows):
        yield f"Graded without a sandbox: {unsafe}"
    for stem in lessons:
        points = [r.points for r in rows if r.lesson == stem and r.points is not None]
        if points:
            maximum = sum(exercise.points for exercise in lessons[stem])
            yield f"{stem}: mean {sum(points) / len(points):.3g} of {maximum} points"
    if common := most_common(rows, lessons):
        told = (f"{mistake} in {exercise} ({count})" for exercise, mistake, count in common)
        yield f"Most common mistakes: {', '.join(told)}"
    if manual := sum(mark.manual is not None for row in rows for mark in row.marks):
        yield f"Manual marks: {manual}"
    yield f"Grades: {out / 'grades.csv'}"
    yield f"The class: {out / 'class.html'}"
    yield f"Feedback: {out / 'feedback'}"
