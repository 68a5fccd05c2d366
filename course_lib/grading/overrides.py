"""Manual marks: overrides.csv, which an instructor writes and the grader only reads."""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_lib.checking import Exercise
from course_lib.grading.text import cell, lesson_meant, listed, number

HEADER = ("student", "lesson", "exercise", "points", "reason")


class OverrideError(Exception):
    """A line for each row that cannot be right: where, what was given and what is allowed."""


@dataclass(frozen=True)
class Override:
    """A manual mark: these points in place of the automatic ones, and the reason for it.

    `line` is where it stands in the file.
    """

    student: str
    lesson: str
    exercise: str
    points: float
    reason: str
    line: int = 0


def write_template(path: Path) -> None:
    """Write the header line, for the instructor to go on from. A file that is there is left alone.

    With a BOM, by which Excel knows UTF-8.
    """
    try:
        with path.open("xb") as file:
            file.write(",".join(HEADER).encode("utf-8-sig") + b"\r\n")
    except FileExistsError:
        pass


def read_overrides(path: Path, lessons: Mapping[str, Sequence[Exercise]]) -> tuple[Override, ...]:
    """The manual marks in a file, in its order; none if there is no such file.

    Columns are parted by commas, semicolons (as Excel has it in much of Europe) or tabs; half
    points are allowed, 1.5 or 1,5. A lesson may be its number. Empty lines do not count. Raises
    OverrideError for all lines that cannot be right.
    """
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise OverrideError(
            f"{path}, line {line}: the file is not UTF-8; save it as 'CSV UTF-8'"
        ) from None
    first = text.split("\n", 1)[0].rstrip("\r")
    delimiter = next((d for d in ",;\t" if _cells(first, d) == list(HEADER)), None)
    if delimiter is None:
        raise OverrideError(
            f"{path}, line 1: the header is {_quoted(first)}; it must be {','.join(HEADER)}"
        )
    exercises = {one.id: one for ones in lessons.values() for one in ones}
    found: dict[tuple[str, str, str], Override] = {}
    wrong: list[str] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    next(reader)
    line = reader.line_num + 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                try:
                    override = _override(cells, line, exercises, tuple(lessons))
                    key = (name_key(override.student), override.lesson, override.exercise)
                    if key in found:
                        what = f"{override.student}, {override.lesson}, {override.exercise}"
                        raise ValueError(
                            f"{_quoted(what)} was marked in line {found[key].line} already; "
                            "keep one of the two"
                        )
                    found[key] = override
                except ValueError as error:
                    wrong.append(f"{path}, line {line}: {error}")
            line = reader.line_num + 1
    except csv.Error as error:  # what follows cannot be told into rows
        wrong.append(f"{path}, line {line}: not a row of a CSV file ({error}); look at its quotes")
    if wrong:
        raise OverrideError(listed(wrong))
    return tuple(found.values())


def name_key(student: str) -> str:
    """What two spellings of one student's name have in common.

    macOS writes 김 as two or three characters where Excel writes one; and a name that was copied
    from grades.csv may have the apostrophe that guards a cell.
    """
    return unicodedata.normalize("NFC", cell(student, None))


def _override(
    cells: list[str], line: int, exercises: Mapping[str, Exercise], lessons: Sequence[str]
) -> Override:
    """The manual mark of one row. Raises ValueError that says what is wrong with it."""
    cells = [given.strip() for given in cells]
    while len(cells) > len(HEADER) and not cells[-1]:
        cells.pop()
    if len(cells) != len(HEADER):
        raise ValueError(
            f"{len(cells)} cells; it needs {len(HEADER)}: {','.join(HEADER)} "
            '(text with commas stands in "double quotes")'
        )
    given = dict(zip(HEADER, cells, strict=True))
    for column in ("student", "lesson", "reason"):
        if not given[column]:
            raise ValueError(f"the {column} is empty; every manual mark needs one")
    name = given["exercise"]
    if name not in exercises:
        near = difflib.get_close_matches(name, exercises, n=1, cutoff=0)
        nearest = f"; the nearest is {near[0]!r}" if near else ""
        raise ValueError(f"there is no exercise {_quoted(name)}{nearest}")
    points = _points(given["points"], exercises[name])
    lesson = _stem(given["lesson"], lessons)
    return Override(given["student"], lesson, name, points, given["reason"], line)


def _stem(given: str, lessons: Sequence[str]) -> str:
    """The lesson that 02, 2 or gradient_descent means; as given if it means none."""
    return lesson_meant(given, lessons) or next((s for s in lessons if s[3:] == given), given)


def _points(given: str, exercise: Exercise) -> float:
    allowed = f"0 to {exercise.points} in steps of 0.5"
    if not re.fullmatch(r"[0-9]{1,6}([.,][0-9]{1,6})?", given):
        raise ValueError(f"points {_quoted(given)} is no number; {exercise.id} has {allowed}")
    points = float(given.replace(",", "."))
    if points > exercise.points or points % 0.5:
        raise ValueError(f"{number(points)} points; {exercise.id} has {allowed}")
    return points


def _cells(line: str, delimiter: str) -> list[str]:
    return list(map(str.strip, next(csv.reader([line], delimiter=delimiter), [])))


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")
