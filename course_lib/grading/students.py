"""students.json: who stands behind each name in the grades, for the exports to find them again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from course_lib.grading.files import to_json, write
from course_lib.grading.people import Person

FILE = "students.json"


def write_students(out: Path, students: Mapping[str, Person]) -> None:
    """Keep everybody's name, identifiers and section, by the name that the grades show."""
    content = {
        shown: {"name": one.name, "ids": [list(pair) for pair in one.ids], "section": one.section}
        for shown, one in students.items()
    }
    write(out / FILE, to_json(content))


def read_students(out: Path) -> dict[str, Person]:
    """What write_students kept; nobody if there is no such file. Raises ValueError if damaged."""
    try:
        content = json.loads((out / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    try:
        return {
            shown: Person(
                one["name"], tuple((str(k), str(v)) for k, v in one["ids"]), one["section"]
            )
            for shown, one in content.items()
        }
    except (KeyError, TypeError, AttributeError):
        raise ValueError(f"{out / FILE}: is damaged") from None
