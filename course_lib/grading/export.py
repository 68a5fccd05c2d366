"""`course export`: grades for the places where they are kept."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.grading.files import write
from course_lib.grading.gradebook import ExportError, read_grades
from course_lib.grading.results import choose, github_summary, gradescope_json
from course_lib.grading.sheets import canvas_sheet, moodle_sheet
from course_lib.grading.text import one_line

SUMMARY = "GITHUB_STEP_SUMMARY"  # GitHub Actions: the file that a job's summary is appended to


@dataclass(frozen=True)
class Export:
    """What `course export` is asked for.

    template: the gradebook to fill in (canvas, moodle). columns: lesson -> title of its column.
    """

    format: str
    grades: Path
    out: Path | None = None
    template: Path | None = None
    lessons: Sequence[str] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    student: str | None = None
    scale: bool = False


def export(asked: Export) -> bool:
    """Write the grades in that format. Returns whether every grade found its place.

    Raises ExportError, with nothing written, for what cannot be done as asked.
    """
    filled_in = asked.format in ("canvas", "moodle")
    _refuse(asked.template is not None and not filled_in, "--template", asked.format)
    _refuse(bool(asked.columns) and asked.format != "canvas", "--column", asked.format)
    _refuse(asked.scale and not filled_in, "--scale", asked.format)
    _refuse(asked.student is not None and filled_in, "--student", asked.format)
    if filled_in and asked.template is None:
        raise ExportError(
            f"export {asked.format} fills in a file that it knows the students by; "
            f"give the one that {asked.format.title()} exported: --template FILE"
        )
    out = asked.out
    if out is None and asked.format == "github" and os.environ.get(SUMMARY):
        return _append(Path(os.environ[SUMMARY]), asked)
    if out is None:
        raise ExportError("give the file to write: --out FILE")
    if out.is_dir() or not out.parent.is_dir():
        raise ExportError(f"'{out}' cannot be written; give --out a file in a folder that is there")
    grades = read_grades(asked.grades, asked.lessons)
    if asked.template is None:
        content = (
            gradescope_json(choose(grades, asked.student))
            if asked.format == "gradescope"
            else _summary(asked).encode()
        )
        write(out, content)
        return True
    sheet = (
        canvas_sheet(asked.template, grades, asked.columns, asked.scale)
        if asked.format == "canvas"
        else moodle_sheet(asked.template, grades, asked.scale)
    )
    write(out, sheet.content)
    for note in sheet.notes:
        print(f"course: note: {one_line(note)}", file=sys.stderr)
    count = sum(grade.points is not None for grade in grades)
    print(f"{sheet.filled} of {count} grades are in {out}.")
    return sheet.filled == count


def _refuse(given: bool, option: str, format_: str) -> None:
    if given:
        raise ExportError(f"export {format_} has no {option}; see 'course export --help'")


def _summary(asked: Export) -> str:
    grades = read_grades(asked.grades, asked.lessons)
    return github_summary(grades if asked.student is None else choose(grades, asked.student))


def _append(path: Path, asked: Export) -> bool:
    text = _summary(asked)
    with path.open("a", encoding="utf-8") as file:  # other steps have written there
        file.write(text)
    return True


def parse_columns(given: Sequence[str], lessons: Mapping[str, object]) -> dict[str, str]:
    """02=TITLE -> the lesson's stem and the title. Raises ExportError."""
    found = {}
    for text in given:
        name, _, title = text.partition("=")
        stem = next((s for s in lessons if name in (s, s[:2], s[:2].lstrip("0"))), None)
        if stem is None or not title or not re.search(r"\S", title):
            raise ExportError(f'--column {text}: give LESSON=TITLE, such as 02="Homework 2"')
        found[stem] = title.strip()
    return found
