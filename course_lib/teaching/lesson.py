"""What a lesson promises, its parts and its questions, read from its student edition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import nbformat

from course_lib.checking import Exercise

_ROW = re.compile(r"^\| \*\*(\w+)\*\* \| (.+) \|$", re.MULTILINE)
_PREDICT = re.compile(r"^\w* ?=? ?predict\(", re.MULTILINE)
_TYPING = re.compile(r"[^.?!:]*`None`.*", re.DOTALL)  # from the sentence that says where to type
READ_AT_HOME = ("Sources",)


@dataclass(frozen=True)
class Part:
    """A part of a lesson: what stands under one heading of level 2."""

    title: str
    cells: tuple[Any, ...]

    @property
    def exercises(self) -> tuple[str, ...]:
        """The ids of the exercises whose cell to write in stands here."""
        marks = (cell.metadata.get("nbgrader", {}) for cell in self.cells)
        return tuple(mark["grade_id"] for mark in marks if mark.get("solution"))


@dataclass(frozen=True)
class Lesson:
    """The student edition of a lesson, and its exercises."""

    stem: str
    cells: tuple[Any, ...]
    exercises: tuple[Exercise, ...]

    @property
    def title(self) -> str:
        return str(self.cells[0].source.splitlines()[0].removeprefix("# "))

    @property
    def promises(self) -> dict[str, str]:
        """The rows of the table below the title: Do, Learn, Need and Time, in Markdown."""
        return {name: words for name, words in _ROW.findall(self.cells[0].source)}

    @property
    def minutes(self) -> int:
        """The minutes that the lesson states."""
        found = re.search(r"(\d+) minutes", self.promises.get("Time", ""))
        if found is None:
            raise ValueError(f"{self.stem}: its table does not say how many minutes it takes")
        return int(found[1])

    @property
    def parts(self) -> list[Part]:
        """The parts in order; what stands before the first heading belongs to none."""
        found: list[tuple[str, list[Any]]] = []
        for cell in self.cells:
            if cell.cell_type == "markdown" and cell.source.startswith("## "):
                found.append((cell.source.splitlines()[0].removeprefix("## "), []))
            if found:
                found[-1][1].append(cell)
        return [Part(title, tuple(cells)) for title, cells in found]

    @property
    def questions(self) -> list[str]:
        """What the lesson asks the reader to predict, without the words on where to type it."""
        asked = []
        for before, cell in pairwise(self.cells):
            if cell.cell_type == "code" and _PREDICT.search(cell.source):
                # Several guesses may follow one question.
                asked += _last_question(before.source) if before.cell_type == "markdown" else []
        return asked


def _last_question(text: str) -> list[str]:
    paragraphs = [one for one in text.split("\n\n") if "?" in one and not one.startswith("#")]
    return [_TYPING.sub("", " ".join(paragraphs[-1].split())).strip()] if paragraphs else []


def read_lesson(path: Path, exercises: Sequence[Exercise]) -> Lesson:
    return Lesson(path.stem, tuple(nbformat.read(path, as_version=4).cells), tuple(exercises))


@dataclass(frozen=True)
class Slot:
    """A part of the lesson on the clock, in minutes from the beginning."""

    part: Part
    start: int
    end: int


def timetable(lesson: Lesson) -> Iterator[Slot]:
    """The lesson's minutes, shared out: half among the exercises by points, half by cells.

    The half is what the course promises: half reading, half writing. What is read at home has none.
    """
    parts = [part for part in lesson.parts if part.title not in READ_AT_HOME]
    points = {exercise.id: exercise.points for exercise in lesson.exercises}
    cells = sum(len(part.cells) for part in parts)
    shares = [
        len(part.cells) / cells / 2
        + sum(points[one] for one in part.exercises) / sum(points.values()) / 2
        for part in parts
    ]
    ends = [round(lesson.minutes * share) for share in accumulate(shares)]
    for part, start, end in zip(parts, [0, *ends], ends, strict=False):
        yield Slot(part, start, end)
