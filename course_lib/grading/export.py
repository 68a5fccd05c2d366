"""`course export`: grades for the places where they are kept."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.grading.collect import few
from course_lib.grading.files import refusal, write
from course_lib.grading.gradebook import ExportError, Grade, read_grades, without_lesson
from course_lib.grading.people import Crowd, Person
from course_lib.grading.results import choose, github_summary, gradescope_json
from course_lib.grading.sheets import canvas_sheet, moodle_sheet
from course_lib.grading.text import lesson_meant, one_line

SUMMARY = "GITHUB_STEP_SUMMARY"  # GitHub Actions: the file that a job's summary is appended to


@dataclass(frozen=True)
class Request:
    """A gradebook to fill in: whose it is (canvas, moodle), the file it exported, and the copy.

    columns: lesson -> title of its column. scale: to the points that the gradebook gives.
    """

    of: str
    template: Path
    out: Path
    columns: Mapping[str, str] = field(default_factory=dict)
    scale: bool = False


def fill_in(asked: Request, folder: Path, lessons: Sequence[str] = ()) -> bool:
    """Write a copy of the sheet with the grades in it. Returns whether all found their place.

    Raises ExportError, with nothing written, for what cannot be done as asked.
    """
    _writable(asked.out)
    grades = read_grades(folder, lessons)
    sheet = (
        canvas_sheet(asked.template, grades, asked.columns, asked.scale)
        if asked.of == "canvas"
        else moodle_sheet(asked.template, grades, asked.scale)
    )
    write(asked.out, sheet.content)
    lost = without_lesson(folder)
    told = [f"{one.student}: {one.outcome}; its lesson is not known" for one in lost]
    for note in (*sheet.notes, *told, *_without_grade(sheet.people, [*grades, *lost])):
        print(f"course: note: {one_line(note)}", file=sys.stderr)
    count = sum(grade.points is not None for grade in grades)
    print(f"{sheet.filled} of {count} grades are in {asked.out}.")
    return sheet.filled == count


def _without_grade(people: Sequence[Person], grades: Sequence[Grade]) -> list[str]:
    """Who has a line in the gradebook, and is nowhere in the grades."""
    crowd = Crowd(people)
    there = set().union(*(crowd.find(grade.person) for grade in grades))
    names = [person.name for index, person in enumerate(people) if index not in there]
    return [f"not in the grades: {few(names, 10, '; ')}"] if names else []


def write_results(
    folder: Path, out: Path, lessons: Sequence[str] = (), student: str | None = None
) -> None:
    """Write the results.json of one student. Raises ExportError, with nothing written."""
    _writable(out)
    write(out, gradescope_json(choose(read_grades(folder, lessons), student)))


def write_summary(
    folder: Path, out: Path | None, lessons: Sequence[str] = (), student: str | None = None
) -> None:
    """Write the summary of a job, or append it to that of the job that this runs in.

    Raises ExportError, with nothing written, for what cannot be done as asked.
    """
    job = os.environ.get(SUMMARY)
    if out is None and not job:
        raise ExportError(f"give the file to write: --out FILE (there is no ${SUMMARY})")
    if out is not None:
        _writable(out)
    grades: Sequence[Grade] = read_grades(folder, lessons)
    text = github_summary(grades if student is None else choose(grades, student))
    if out is not None:
        write(out, text.encode())
        return
    with Path(job or "").open("a", encoding="utf-8") as file:  # other steps have written there
        file.write(text)


def _writable(out: Path) -> None:
    if why := refusal(out):
        raise ExportError(why)


def parse_columns(given: Sequence[str], lessons: Mapping[str, object]) -> dict[str, str]:
    """02=TITLE -> the lesson's stem and the title. Raises ExportError."""
    found = {}
    for text in given:
        name, _, title = text.partition("=")
        stem = lesson_meant(name, lessons)
        if stem is None or not title or not re.search(r"\S", title):
            raise ExportError(f'--column {text}: give LESSON=TITLE, such as 02="Homework 2"')
        found[stem] = title.strip()
    return found
