"""What the layout and the roster add to the records: notes, and rows for those who sent nothing."""

from __future__ import annotations

from collections.abc import Sequence

from course_lib.grading.record import Outcome, Record
from course_lib.grading.roster import Joined


def with_notes(records: Sequence[Record], joined: Joined) -> list[Record]:
    """The records with what is known of their submissions besides: late, not on the roster."""
    said = {(one.student, one.file): one.notes for one in joined.submissions}
    strangers = {name: ("not on the roster",) for name in joined.strangers}
    return [
        one.but(
            notes=(
                *one.notes,
                *said.get((one.student, one.file), ()),
                *strangers.get(one.student, ()),
            )
        )
        for one in records
    ]


def absent(records: Sequence[Record], joined: Joined, lessons: Sequence[str] = ()) -> list[Record]:
    """A record for each student of the roster who sent nothing; it has no points, which is not 0.

    lessons: if given, those; a student who sent another lesson alone is absent from them. If not,
    who sent nothing at all is absent from every lesson that anybody sent. A file of unknown lesson
    may be any: who sent one is absent from none.
    """
    there = {(one.student, one.lesson) for one in records}
    occurring: Sequence[str | None] = sorted({lesson for _, lesson in there if lesson})
    return [
        Record(name, "", stem, Outcome.MISSING, message="there is no file of this student.")
        for name in (joined.listed if lessons else joined.absent)
        for stem in (lessons or occurring or (None,))
        if not {(name, stem), (name, None)} & there
    ]
