"""The list of a class, and its join with what was handed in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from course_lib.grading.collect import Submission, few, named
from course_lib.grading.csvfile import Table, TableError, read_table
from course_lib.grading.people import (
    ANY,
    CANVAS,
    EMAIL,
    LOGIN,
    MOODLE,
    NUMBER,
    Crowd,
    Person,
    fold,
)
from course_lib.grading.text import listed

NAMES = ("student", "name", "full name", "student name")
FIRST = ("first name", "firstname", "given name")
LAST = ("last name", "lastname", "surname", "family name")
SECTIONS = ("section", "sections", "group", "groups")
# Column -> the kind of its identifiers.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "id": ANY,
        "student id": NUMBER,
        "id number": NUMBER,
        "sid": NUMBER,
        "sis user id": NUMBER,
        "sis login id": LOGIN,
        "username": LOGIN,
        "github_username": LOGIN,
        "identifier": ANY,
        "email": EMAIL,
        "email address": EMAIL,
        "e-mail": EMAIL,
    }
)


def read_roster(path: Path) -> tuple[Person, ...]:
    """The class in a CSV file, in its order.

    Columns are known by their names, in any order and case; others are left alone:

        student (or: first name, last name), and optionally id, email, section

    So Canvas's gradebook, Moodle's list of participants or grading worksheet, and GitHub
    Classroom's roster can be given as they are. Raises TableError if it is no roster, or if some
    of its lines cannot be told apart.
    """
    table = read_table(path)
    people = []
    wrong: list[str] = []
    lines: dict[tuple[str, str], int] = {}
    for line, person in rows_of(table):
        names = (("", f"{fold(person.name)}"),) if not person.id else ()
        for key in sorted({*((k, fold(v)) for k, v in person.ids if k != EMAIL), *names}):
            if key in lines:
                what = f"the {key[0]} id" if key[0] not in ("", ANY) else "the id"
                one = f"{what} {key[1]!r}" if key[0] else f"{person.name!r} without an id"
                wrong.append(
                    f"{path}, line {line}: {one} stands in line {lines[key]} already; "
                    "a roster names everybody once, and people of one name have ids"
                )
                break  # one line for one line
            lines[key] = line
        people.append(person)
    if wrong:
        raise TableError(listed(wrong))
    if not people:
        raise TableError(f"{path}: names no student")
    return tuple(people)


def rows_of(table: Table) -> list[tuple[int, Person]]:
    """Every line of a table that names a person. Raises TableError if no column can."""
    header = [re.sub(r"\s+", " ", fold(name)) for name in table.header]
    kinds = {i: KINDS[name] for i, name in enumerate(header) if name in KINDS}
    name, first, last, section = (
        next((i for i, column in enumerate(header) if column in known), None)
        for known in (NAMES, FIRST, LAST, SECTIONS)
    )
    canvas = "id" in header and "sis login id" in header
    moodle = "identifier" in header and "full name" in header
    if canvas:
        kinds[header.index("id")] = CANVAS
    if moodle:
        kinds[header.index("identifier")] = MOODLE
    if name is None and first is None and last is None and not kinds:
        raise TableError(
            f"{table.path}, line 1: no column names the students; there are "
            f"{few([column[:40] for column in table.header], 9)}; there must be 'student' or 'id', "
            "and there may be 'email' and 'section'"
        )
    found = []
    for line, cells in table.rows:
        parts = (name,) if name is not None else (first, last)
        called = " ".join(cells[i].strip() for i in parts if i is not None).strip()
        called = re.sub(r"\s+", " ", called)
        ids = [(kind, cells[i].strip()) for i, kind in kinds.items() if cells[i].strip()]
        if canvas and (called == "Student, Test" or not any(kind == CANVAS for kind, _ in ids)):
            continue  # Canvas's own test student, and its lines about points and posting
        if moodle:  # "Participant 4711": its folders say 4711
            ids = [(k, re.sub(r"^\D*", "", v) if k == MOODLE else v) for k, v in ids]
        if called or ids:
            where = cells[section].strip() if section is not None else ""
            found.append((line, Person(called or ids[0][1], tuple(ids), where)))
    return found


@dataclass(frozen=True)
class Joined:
    """Submissions under the names that the reports show.

    students: everybody, by that name; it is unique. listed: who is on the roster; absent: who of
    those sent nothing. strangers: who sent something and is not on the roster. notes: what to
    tell the instructor.
    """

    submissions: tuple[Submission, ...]
    students: dict[str, Person]
    listed: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def join(submissions: Sequence[Submission], roster: Sequence[Person]) -> Joined:
    """Find each submission's student on the roster; without a roster everybody is as handed in.

    A student is shown by name, as the roster has it; people of one name with their ids: "Kim (17)".
    """
    crowd = Crowd(roster)
    known: dict[int, Person] = dict(enumerate(roster))
    others: dict[Person, int] = {}
    notes, whose = [], []
    for one in submissions:
        person = one.person or named(one.student)
        found = crowd.find(person)
        if len(found) == 1:
            (index,) = found
            known[index] = known[index].with_ids(person.ids)
        else:
            if len(found) > 1 and person not in others:
                names = ", ".join(sorted(f"{roster[i].name} ({roster[i].id})" for i in found))
                notes.append(f"{one.file}: may be from each of {names}; it stands by itself")
            index = others.setdefault(person, len(roster) + len(others))
            known[index] = person
        whose.append(index)
    shown = _labels(known)
    handed_in = {shown[index] for index in whose}
    expected = [shown[index] for index in range(len(roster))]
    strangers = sorted(handed_in - set(expected)) if roster else []
    if strangers:
        notes.append(f"not on the roster: {', '.join(strangers)}")
    return Joined(
        tuple(
            replace(one, student=shown[index])
            for one, index in zip(submissions, whose, strict=True)
        ),
        {shown[index]: person for index, person in known.items()},
        tuple(expected),
        tuple(name for name in expected if name not in handed_in),
        tuple(strangers),
        tuple(notes),
    )


def _labels(people: Mapping[int, Person]) -> dict[int, str]:
    same = Counter(unicodedata.normalize("NFC", person.name) for person in people.values())
    return {
        index: f"{person.name} ({person.id})"
        if same[unicodedata.normalize("NFC", person.name)] > 1 and person.id
        else person.name
        for index, person in people.items()
    }
