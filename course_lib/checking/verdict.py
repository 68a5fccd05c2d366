"""What a check found, and how it is said in plain text. The card for notebooks is in card.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from course_lib.checking.exercise import Exercise, Mistake, Variant

LONGEST = 2500  # characters of a text that a student's function may have filled


class Status(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    NOT_ATTEMPTED = "not attempted"
    NOT_FOUND = "not found"
    NOT_A_FUNCTION = "not a function"
    COURSE_ANSWER = "used the course's own answer"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, eq=False)
class Verdict:
    """What became of one exercise. It shows itself: a card in a notebook, text elsewhere.

    `case` holds (label, text) rows: the smallest case that differs. `advice` says what to do next,
    `notes` what else was seen (printing, warnings).
    """

    exercise: str
    title: str
    status: Status
    points: int
    max_points: int
    message: str
    mistake: Mistake | Variant | None = None
    case: tuple[tuple[str, str], ...] = ()
    advice: str = ""
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.status == Status.PASSED

    @property
    def headline(self) -> str:
        return f"{self.title}: {self.status}, {self.points} of {self.max_points} points"

    def __str__(self) -> str:
        lines = [f"{'✓' if self.passed else '✗'} {self.headline}", f"  {self.message}"]
        width = max((len(label) for label, _ in self.case), default=0)
        lines += [f"    {label:<{width}}  {text}" for label, text in self.case]
        lines += [f"  {text}" for text in (self.advice, *self.notes) if text]
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        from course_lib.checking.card import card  # card imports Verdict

        return card(self)


def verdict(
    exercise: Exercise,
    status: str,
    message: str,
    *,
    mistake: Mistake | Variant | None = None,
    case: Sequence[tuple[str, str]] = (),
    advice: str = "",
    notes: Sequence[str] = (),
) -> Verdict:
    """A verdict on `exercise`; points are all or nothing."""
    return Verdict(
        exercise=exercise.id,
        title=exercise.title,
        status=Status(status),
        points=exercise.points if status == Status.PASSED else 0,
        max_points=exercise.points,
        message=_short(message),
        mistake=mistake,
        case=tuple((_short(label), _short(text)) for label, text in case),
        advice=advice,
        notes=tuple(map(_short, notes)),
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + " […]"
