"""What became of one submission: plain data, kept as JSON, from which every report is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from course_lib.checking import Exercise, Mistake, Status, Verdict


class Outcome(StrEnum):
    """What became of a notebook as a whole; the exercises have a Status each."""

    GRADED = "graded"
    UNREADABLE = "unreadable"
    NO_LESSON = "no lesson"
    MISSING = "nothing handed in"


@dataclass(frozen=True)
class Record:
    """One submission and its verdicts.

    student, file: who sent it, and the file's path below the folder of submissions.
    lesson: the stem of its lesson, None if it belongs to none (then `verdicts` is empty).
    digest: SHA-256 of the file. submitted: its time of modification (seconds since 1970).
    version: the course version that its metadata names. message: why it is not graded.
    notes: what else an instructor should know, in sentences.
    sandboxed: False if it ran without a jail (--unsafe-no-sandbox).
    """

    student: str
    file: str
    lesson: str | None
    outcome: Outcome
    digest: str = ""
    submitted: float = 0.0
    version: str | None = None
    message: str = ""
    notes: tuple[str, ...] = ()
    sandboxed: bool = True
    verdicts: tuple[Verdict, ...] = field(default=())

    @property
    def points(self) -> int:
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def max_points(self) -> int:
        return sum(verdict.max_points for verdict in self.verdicts)

    def but(self, **changes: Any) -> Record:
        """The same record with some fields changed."""
        return replace(self, **changes)

    def to_json(self) -> str:
        return json.dumps(plain(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, exercises: Mapping[str, Exercise]) -> Record:
        """The record that to_json wrote. Raises ValueError, KeyError or TypeError for another."""
        fields = json.loads(text)
        verdicts = tuple(_verdict(one, exercises) for one in fields.pop("verdicts"))
        record = cls(verdicts=verdicts, **fields)
        return replace(record, outcome=Outcome(record.outcome), notes=tuple(record.notes))


def plain(record: Record) -> dict[str, Any]:
    """The record as JSON's types; a mistake is its id."""
    shallow = asdict(replace(record, verdicts=()))
    return shallow | {"verdicts": [_plain_verdict(verdict) for verdict in record.verdicts]}


def _plain_verdict(verdict: Verdict) -> dict[str, Any]:
    fields = asdict(replace(verdict, mistake=None))
    return fields | {"mistake": verdict.mistake.id if verdict.mistake else None}


def _verdict(fields: dict[str, Any], exercises: Mapping[str, Exercise]) -> Verdict:
    mistake = fields["mistake"]
    known = {one.id: one for one in known_mistakes(exercises[fields["exercise"]])}
    return Verdict(
        **fields
        | {
            "status": Status(fields["status"]),
            "mistake": known[mistake] if mistake else None,
            "case": tuple((label, text) for label, text in fields["case"]),
            "notes": tuple(fields["notes"]),
        }
    )


def known_mistakes(exercise: Exercise) -> tuple[Mistake | Any, ...]:
    """Every mistake and variant that a verdict on this exercise can name."""
    from course_lib.checking.judge import WRITES_INPUT

    return (*exercise.mistakes, *exercise.variants, WRITES_INPUT)
