"""Records and manual marks put together: a row per submission, from which every report is made."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from course_lib.checking import Exercise, Verdict
from course_lib.grading.overrides import Override, name_key
from course_lib.grading.record import Outcome, Record
from course_lib.grading.text import number

Lessons = Mapping[str, Sequence[Exercise]]


@dataclass(frozen=True)
class Mark:
    """What an exercise earned: the verdict, if there is one, and a manual mark that replaces it."""

    exercise: str
    maximum: int
    verdict: Verdict | None = None
    manual: Override | None = None

    @property
    def points(self) -> float | None:
        """None if nobody has judged it, neither the grader nor a person."""
        judged = self.manual or self.verdict
        return judged.points if judged else None

    @property
    def status(self) -> str:
        """The automatic status, with the mistake if it has a name; empty without a verdict."""
        if self.verdict is None:
            return ""
        mistake = self.verdict.mistake
        return f"{self.verdict.status}: {mistake.id}" if mistake else str(self.verdict.status)


@dataclass(frozen=True)
class Row:
    """One submission as reports show it.

    lesson is the record's; for a notebook that cannot be read, the one that manual marks name.
    notes say all that a reader of the points must know besides.
    """

    record: Record
    lesson: str | None
    marks: tuple[Mark, ...]
    notes: tuple[str, ...]

    @property
    def graded(self) -> bool:
        return self.record.outcome == Outcome.GRADED

    @property
    def points(self) -> float | None:
        """The sum of what was judged; None if nothing was, which is not the same as 0."""
        judged = [mark.points for mark in self.marks if mark.points is not None]
        return sum(judged) if judged else None

    @property
    def maximum(self) -> int | None:
        return sum(mark.maximum for mark in self.marks) if self.marks else None


def make_rows(
    records: Iterable[Record],
    overrides: Iterable[Override],
    lessons: Lessons,
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """A row per record, sorted by student, lesson and file, and a warning per unused override."""
    ordered = sorted(records, key=_order)
    waiting: defaultdict[tuple[str, str], list[Override]] = defaultdict(list)
    for override in overrides:
        waiting[name_key(override.student), override.lesson].append(override)
    there = {(name_key(one.student), one.lesson) for one in ordered}
    lost = {key: marks for key, marks in waiting.items() if key not in there and key[1] in lessons}
    rows, used = [], set()
    for record in ordered:
        student, lesson = name_key(record.student), record.lesson
        if lesson is None:  # unreadable: the first lesson that was marked by hand and has no file
            lesson = next((its for who, its in lost if who == student), None)
            lost.pop((student, lesson or ""), None)
        manual = {one.exercise: one for one in waiting.get((student, lesson or ""), ())}
        marks = _marks(record, lessons.get(lesson or "", ()), manual)
        used |= {id(mark.manual) for mark in marks}
        rows.append(Row(record, lesson, marks, _notes(record, marks)))
    unused = [one for ones in waiting.values() for one in ones if id(one) not in used]
    return tuple(rows), tuple(_warning(one, there, lessons) for one in unused)


def _order(record: Record) -> tuple[str, ...]:
    folded = unicodedata.normalize("NFC", record.student).casefold()
    return folded, record.student, record.lesson or "", record.file


def _marks(
    record: Record, exercises: Sequence[Exercise], manual: Mapping[str, Override]
) -> tuple[Mark, ...]:
    """One mark per exercise of the lesson, then one per verdict on any other.

    Of a notebook that could not be graded no exercise was judged: it has no points, which is not 0.
    """
    graded = record.outcome == Outcome.GRADED
    verdicts = {one.exercise: one for one in record.verdicts if graded}
    maxima = {one.id: one.points for one in exercises}
    maxima |= {name: one.max_points for name, one in verdicts.items()}
    return tuple(
        Mark(name, maximum, verdicts.get(name), manual.get(name))
        for name, maximum in maxima.items()
    )


def _notes(record: Record, marks: Sequence[Mark]) -> tuple[str, ...]:
    notes = [
        f"manual: {one.exercise} {number(one.manual.points)} of {one.maximum}: {one.manual.reason}"
        for one in marks
        if one.manual
    ]
    if record.outcome != Outcome.GRADED:
        notes.append(f"{record.outcome}: {record.message or 'no reason is known'}")
    elif record.message:
        notes.append(record.message)
    if not record.sandboxed:
        notes.append("graded without a sandbox")
    return (*notes, *record.notes)


def _warning(one: Override, there: set, lessons: Lessons) -> str:
    start = f"overrides.csv, line {one.line}: not used:"
    if one.lesson not in lessons:
        return f"{start} there is no lesson {one.lesson!r}; there are {', '.join(lessons)}"
    if one.exercise not in {exercise.id for exercise in lessons[one.lesson]}:
        return f"{start} {one.exercise} is no exercise of {one.lesson}"
    if (name_key(one.student), one.lesson) not in there:
        return f"{start} there is no submission of {one.student!r} for {one.lesson}"
    return f"{start} {one.student!r} has no such exercise in {one.lesson}"
