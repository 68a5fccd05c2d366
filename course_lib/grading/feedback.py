"""A page for each student: the cards of the notebook, a hint for what is open, manual marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

from course_lib.checking import Exercise, Verdict
from course_lib.checking.card import card, code_marks
from course_lib.grading.page import page
from course_lib.grading.rows import Lessons, Mark, Row
from course_lib.grading.text import lesson_name, number, readable

LONGEST = 2000  # characters of one text of a verdict: what a jailed process sends may be longer


def feedback_page(student: str, rows: Sequence[Row], lessons: Lessons) -> bytes:
    """All of one student's notebooks on one page of HTML."""
    exercises = {one.id: one for ones in lessons.values() for one in ones}
    name = readable(student, 200).strip() or "a student without a name"
    body = [f"<h1>Feedback for <bdi>{escape(name)}</bdi></h1>"]
    if len(rows) > 1:
        body.append(f"<p>{_total(rows)}</p>")
    for row in rows:
        body += _notebook(row, exercises)
    return page(f"Feedback for {name}", body)


def _total(rows: Sequence[Row]) -> str:
    judged = [row for row in rows if row.points is not None]
    points = sum(row.points or 0 for row in judged)
    maximum = sum(row.maximum or 0 for row in judged)
    return f"{len(rows)} notebooks; {number(points)} of {maximum} points in those that are graded."


def _notebook(row: Row, exercises: Mapping[str, Exercise]) -> list[str]:
    title = lesson_name(row.lesson) if row.lesson else "A notebook of no known lesson"
    parts = [f"<h2>{escape(title)}</h2>"]
    if row.record.file:  # none was handed in
        file = escape(readable(row.record.file, 500))
        parts.append(f'<p class="quiet">File: <bdi><code>{file}</code></bdi></p>')
    if row.points is not None:
        parts.append(f"<p><strong>{number(row.points)} of {row.maximum} points</strong></p>")
    # A manual mark is told beside its exercise; all else that concerns the notebook, here.
    parts += [
        f'<p dir="auto">{escape(_sentence(readable(note, LONGEST)))}</p>'
        for note in row.notes
        if not note.startswith("manual: ")
    ]
    for mark in row.marks:
        if mark.verdict or mark.manual:
            parts.append(_exercise(mark, exercises.get(mark.exercise)))
    return parts


def _exercise(mark: Mark, exercise: Exercise | None) -> str:
    """The card as in the notebook, then what comes besides."""
    parts = [card(_readable(mark.verdict))] if mark.verdict else []
    if mark.manual:
        title = "" if mark.verdict else f"{exercise.title if exercise else mark.exercise}: "
        parts.append(
            f'<p class="more manual"><strong>{escape(title)}Manual mark: '
            f"{number(mark.manual.points)} of {mark.maximum} points.</strong> "
            f"<bdi>{escape(readable(mark.manual.reason, LONGEST))}</bdi></p>"
        )
    if exercise and exercise.hints and mark.points != mark.maximum:
        parts.append(f'<p class="more">Hint: {code_marks(exercise.hints[0])}</p>')
    return f'<div class="exercise">{"".join(parts)}</div>'


def _readable(verdict: Verdict) -> Verdict:
    """The verdict with every text cut to a length that a person reads."""
    return replace(
        verdict,
        message=readable(verdict.message, LONGEST),
        case=tuple((readable(k, LONGEST), readable(v, LONGEST)) for k, v in verdict.case),
        advice=readable(verdict.advice, LONGEST),
        notes=tuple(readable(note, LONGEST) for note in verdict.notes),
    )


def _sentence(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}{'' if note.endswith(('.', '!', '?')) else '.'}"
