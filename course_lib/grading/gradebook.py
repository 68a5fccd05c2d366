"""The grades of a batch as the exports read them: from grades.json and students.json alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.grading.collect import named
from course_lib.grading.people import Crowd, Person
from course_lib.grading.record import Outcome
from course_lib.grading.students import read_students
from course_lib.grading.text import lesson_name, number, one_line

LONGEST = 600  # characters of what is said about one exercise


class ExportError(Exception):
    """Grades that cannot be exported as asked; the message is a line, or one for each thing."""


@dataclass(frozen=True)
class Exercise:
    """What one exercise earned, manual marks applied, and what is said about it."""

    id: str
    title: str
    points: float
    maximum: float
    status: str
    says: str


@dataclass(frozen=True)
class Grade:
    """What one student earned in one lesson.

    points is None where nobody has judged, neither the grader nor a person: that is exported as
    no grade, never as 0. says: about the submission as a whole.
    """

    student: str
    person: Person
    lesson: str
    points: float | None
    maximum: float
    outcome: str
    says: tuple[str, ...] = ()
    exercises: tuple[Exercise, ...] = field(default=())

    def lines(self) -> list[str]:
        """The grade in words: a line on the whole, then one on each exercise."""
        if self.points is None:
            return [f"{lesson_name(self.lesson)}: {self.outcome}", *self.says]
        total = f"{number(self.points)} of {number(self.maximum)} points"
        each = [
            f"{one.title}: {one.status}, {number(one.points)} of {number(one.maximum)}. {one.says}"
            for one in self.exercises
        ]
        return [f"{lesson_name(self.lesson)}: {total}", *self.says, *map(str.strip, each)]


def read_grades(folder: Path, lessons: Sequence[str] = ()) -> list[Grade]:
    """Every grade in the folder that `course grade` wrote; if lessons are given, of those.

    Raises ExportError if there is none.
    """
    chosen = [one for one in _read(folder) if one.lesson and (not lessons or one.lesson in lessons)]
    if not chosen:
        of = f" of {', '.join(lessons)}" if lessons else ""
        raise ExportError(f"there is no grade{of} in '{folder}'")
    return chosen


def without_lesson(folder: Path) -> list[Grade]:
    """What was handed in and is of no known lesson, so that no gradebook has a place for it."""
    return [one for one in _read(folder) if not one.lesson]


def _read(folder: Path) -> list[Grade]:
    try:
        content = json.loads((folder / "grades.json").read_text("utf-8"))
        students = read_students(folder)
        return [_grade(one, students) for one in content["submissions"]]
    except FileNotFoundError:
        raise ExportError(
            f"there is no grades.json in '{folder}'; give the folder that 'course grade' wrote"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ExportError(f"the grades in '{folder}' are damaged; grade the class again") from None


def _grade(fields: dict[str, Any], students: dict[str, Person]) -> Grade:
    shown, outcome = fields["student"], fields["outcome"]
    judged = outcome == Outcome.GRADED or any(mark["manual"] for mark in fields["marks"])
    verdicts = {one["exercise"]: one for one in fields["verdicts"]}
    return Grade(
        shown,
        students.get(shown) or named(shown),
        fields["counts_for"] or "",
        fields["points"] if judged else None,
        fields["maximum"] or 0,
        outcome,
        tuple(one_line(note) for note in fields["note"] if not note.startswith("manual: ")),
        tuple(_exercise(one, verdicts.get(one["exercise"], {})) for one in fields["marks"]),
    )


def _exercise(mark: dict[str, Any], verdict: dict[str, Any]) -> Exercise:
    manual = mark["manual"]
    said = [verdict.get("message", ""), verdict.get("advice", "")]
    if manual:
        said = [f"Manual mark: {manual['reason']}"]
    return Exercise(
        mark["exercise"],
        verdict.get("title") or mark["exercise"],
        mark["points"] or 0,
        mark["maximum"],
        "manual mark" if manual else mark["status"] or "not judged",
        one_line(" ".join(filter(None, said)), LONGEST),
    )


def assign(grades: Sequence[Grade], people: Sequence[Person]) -> tuple[dict[int, Grade], list[str]]:
    """Grades by the index of their person in a gradebook, and a line for each that finds none.

    Only those that have points are sought. Two for one person are both left out.
    """
    crowd = Crowd(people)
    found: dict[int, Grade] = {}
    twice: set[int] = set()
    notes = []
    for grade in grades:
        if grade.points is None:
            continue
        indices = crowd.find(grade.person)
        if len(indices) != 1:
            why = "several there may be meant" if indices else "nobody there has that name or id"
            notes.append(f"{grade.student}: {why}; the grade is not exported")
            continue
        (index,) = indices
        if index in found:
            twice.add(index)
            notes.append(
                f"{grade.student} and {found[index].student}: both would be "
                f"{people[index].name}; neither grade is exported"
            )
        found.setdefault(index, grade)
    return {index: grade for index, grade in found.items() if index not in twice}, notes
