"""Gradebooks filled in: the table that Canvas or Moodle exported, with the grades in its cells.

Sources: Canvas lib/gradebook_importer.rb and gradebook_exporter.rb; Moodle 4
mod/assign/feedback/offline (importgradeslib.php, locallib.php) and lib/csvlib.class.php.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from course_lib.grading.csvfile import Table, TableError, read_table
from course_lib.grading.gradebook import ExportError, Grade, assign
from course_lib.grading.people import Person
from course_lib.grading.roster import rows_of
from course_lib.grading.text import cell, lesson_name, listed, number

_NUMBER = re.compile(r"-?[0-9.,]*%?")
_ASSIGNMENT = re.compile(r".* \([0-9]+\)", re.S)  # Canvas: "Gradient descent (5317)"
MOODLE = ("Identifier", "Grade", "Last modified (grade)")  # what its importer asks for


@dataclass(frozen=True)
class Sheet:
    """A gradebook to import, how many grades are in it, and what is to be told about the rest.

    people: who has a line in it.
    """

    content: bytes
    filled: int
    notes: tuple[str, ...]
    people: tuple[Person, ...]


def canvas_sheet(
    template: Path, grades: Sequence[Grade], columns: Mapping[str, str], scale: bool
) -> Sheet:
    """Canvas's gradebook with the grades in it: a column per lesson.

    template: the gradebook that Canvas exported; students and columns are found in it by their
    ids. columns: the title of a lesson's column, where it does not name the lesson. Only the
    columns of these lessons are written, since an import overwrites what is in the file; a cell
    without a grade stays as it was, since a blank one would delete the grade there, and so does
    EX (excused). Raises ExportError if it is no such file, a column is not there or not sure, or
    its points are not the lesson's.
    """
    table = _table(template)
    people = _people(table)
    header = table.header
    if not {"ID", "Section"} <= set(header) or header[0] not in ("Student", "LastName"):
        raise ExportError(
            f"{template}: is no gradebook of Canvas (it has no columns Student, ID, Section); "
            "give the CSV that Canvas exports"
        )
    points = next((cells for _, cells in table.rows if "Points Possible" in cells[0]), None)
    if points is None:
        raise ExportError(f"{template}: has no line 'Points Possible'; export it once more")
    rows = {line: list(cells) for line, cells in table.rows}
    lessons = list(dict.fromkeys(grade.lesson for grade in grades))
    used = _all(lambda one: _column(header, one, columns.get(one)), lessons)
    twice = [header[at] for at in used.values() if list(used.values()).count(at) > 1]
    if twice:
        raise ExportError(f"{twice[0]!r} is the column of two lessons; say which: --column")
    theirs = {lesson: [one for one in grades if one.lesson == lesson] for lesson in lessons}
    factors = _all(
        lambda one: _factor(repr(header[used[one]]), points[used[one]], theirs[one][0], scale),
        lessons,
    )
    filled, notes = 0, []
    for lesson, at in used.items():
        own, factor = theirs[lesson], factors[lesson]
        found, lost = assign(own, [person for _, person in people])
        notes += lost
        for index, grade in found.items():
            line, person = people[index]
            if rows[line][at].strip().upper() in ("EX", "N/A"):
                notes.append(f"{person.name}: {rows[line][at]} in Canvas, and stays so")
                continue
            rows[line][at] = _points(grade, factor)
            filled += 1
        notes += _without(own)
    kept = [*range(header.index("Section") + 1), *sorted(used.values())]
    lines = [[header[i] for i in kept]]
    lines += [[_guarded(cells[i]) for i in kept] for cells in rows.values()]
    crowd = tuple(person for _, person in people)
    # Of "LastName" Canvas wants the very first character; after "Student" it asks less strictly.
    return Sheet(_csv(lines, mark=header[0] != "LastName"), filled, tuple(notes), crowd)


def moodle_sheet(template: Path, grades: Sequence[Grade], scale: bool) -> Sheet:
    """Moodle's offline grading worksheet with the grades of one lesson, and feedback comments.

    template: the worksheet that Moodle gave. Identifier and "Last modified (grade)" stay as they
    are, since Moodle finds the student by the one, and by the other skips grades that were changed
    there since. A comment of a person's own is left alone. Raises ExportError if it is no such
    file, if the grades are of several lessons, or if its maximum is not the lesson's.
    """
    table = _table(template)
    missing = [name for name in MOODLE if name not in table.header]
    if missing or "Full name" not in table.header:
        raise ExportError(
            f"{template}: is no grading worksheet of Moodle (no column "
            f"{' and no '.join(missing or ['Full name'])}); download it with Moodle in English"
        )
    lessons = list(dict.fromkeys(grade.lesson for grade in grades))
    if len(lessons) > 1:
        raise ExportError(
            f"a worksheet is of one assignment, the grades are of {', '.join(lessons)}; "
            "choose one with --lesson"
        )
    at = {name: index for index, name in enumerate(table.header)}
    raw = {at[name] for name in (*MOODLE, "Feedback comments") if name in at}
    maximum = next((i for n, i in at.items() if n.casefold() == "maximum grade"), None)
    if maximum is None:
        raise ExportError(f"{template}: has no maximum grade; a lesson has points, not a scale")
    people = _people(table)
    rows = {line: list(cells) for line, cells in table.rows}
    found, notes = assign(grades, [person for _, person in people])
    most = {index: rows[people[index][0]][maximum] for index in found}
    factors = _all(lambda i: _factor("the worksheet", most[i], found[i], scale), most)
    filled = 0
    for index, grade in found.items():
        line, person = people[index]
        row = rows[line]
        changeable = row[at["Grade can be changed"]] if "Grade can be changed" in at else "Yes"
        if changeable.strip().casefold() == "no":
            notes.append(f"{person.name}: locked in Moodle; the grade there stays")
            continue
        row[at["Grade"]] = _points(grade, factors[index])
        filled += 1
        if (comments := at.get("Feedback comments")) is not None:
            if row[comments].strip() and not row[comments].startswith(_ours(grade)):
                notes.append(f"{person.name}: has a comment by hand in Moodle; it is left alone")
            else:
                row[comments] = cell("<br>".join(escape(s) for s in grade.lines()), None)
    lines = [list(table.header)]
    lines += [
        [text if i in raw else _guarded(text) for i, text in enumerate(row)]
        for row in rows.values()
    ]
    return Sheet(
        _csv(lines), filled, (*notes, *_without(grades)), tuple(person for _, person in people)
    )


def _table(path: Path) -> Table:
    try:
        return read_table(path)
    except TableError as error:
        raise ExportError(str(error)) from None


def _people(table: Table) -> list[tuple[int, Person]]:
    try:
        return rows_of(table)
    except TableError as error:
        raise ExportError(str(error)) from None


def _all(look_up: Callable[[Any], Any], keys: Iterable[Any]) -> dict[Any, Any]:
    """What is found for each key. Raises ExportError with all that is wrong, each thing once."""
    found: dict[Any, Any] = {}
    wrong: list[str] = []
    for key in keys:
        try:
            found[key] = look_up(key)
        except ExportError as error:
            wrong.append(str(error))
    if wrong:
        raise ExportError(listed(list(dict.fromkeys(wrong))))
    return found


def _column(header: Sequence[str], lesson: str, title: str | None) -> int:
    """The column of a lesson: the one with this title, else the one that names the lesson."""
    there = [i for i, name in enumerate(header) if _ASSIGNMENT.fullmatch(name)]
    if title is not None:
        found = [i for i in there if title in (header[i], header[i].rpartition(" (")[0])]
    else:
        found = [i for i in there if _names(header[i], lesson)]
    if len(found) == 1:
        return found[0]
    named = f"{title!r} is" if title is not None else f"{lesson} has"
    titles = ", ".join(repr(header[i]) for i in found or there) or "none"
    raise ExportError(
        f"{named} {'more than one column' if found else 'no column'} in the gradebook: {titles}; "
        f'say which: --column {lesson[:2]}="TITLE"'
    )


def _names(title: str, lesson: str) -> bool:
    """Whether a title has the lesson's topic in it, as words: not "adam" in "adamw"."""
    words = " ".join(re.findall(r"[^\W_]+", title.casefold()))
    digits, _, topic = lesson.partition("_")
    said = (topic.replace("_", " "), f"lesson {digits}", f"lesson {digits.lstrip('0')}")
    return any(f" {one} " in f" {words} " for one in said if one)


def _factor(where: str, maximum: str, grade: Grade, scale: bool) -> float:
    """What points are multiplied with. Raises ExportError if the maxima differ and scale is not."""
    try:
        most = float(maximum.strip().replace(",", "."))
    except ValueError:
        raise ExportError(f"{where} has the maximum {maximum!r}, which is no number") from None
    if most == grade.maximum:
        return 1.0
    if not scale or most <= 0:
        raise ExportError(
            f"{where} has {number(most)} points, {lesson_name(grade.lesson)} "
            f"{number(grade.maximum)}; change it there, or scale the grades with --scale"
        )
    return most / grade.maximum


def _points(grade: Grade, factor: float) -> str:
    return number(round((grade.points or 0) * factor, 2))


def _ours(grade: Grade) -> str:
    """How a comment of ours begins."""
    return f"{lesson_name(grade.lesson)}: "


def _without(grades: Sequence[Grade]) -> list[str]:
    return [
        f"{one.student}: {one.outcome}; no grade is exported for {lesson_name(one.lesson)}"
        for one in grades
        if one.points is None
    ]


def _guarded(text: str) -> str:
    """A cell of the template; a name that a spreadsheet would compute is guarded.

    Both importers find students by id where there is one, and there is one.
    """
    return text if _NUMBER.fullmatch(text) else cell(text, None)


def _csv(lines: Sequence[Sequence[str]], mark: bool = True) -> bytes:
    """Comma-separated, as both importers expect; with a BOM, by which Excel knows UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode("utf-8-sig" if mark else "utf-8")
