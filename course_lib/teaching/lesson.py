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
_HEAD = re.compile(r"^def ((\w+)\(.*\)):$", re.MULTILINE)
_TYPING = re.compile(r"[^.?!:]*`None`.*", re.DOTALL)  # from the sentence that says where to type
READ_AT_HOME = ("Sources",)


def is_task(cell: Any) -> bool:
    """True for a cell that the student writes in."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution", False))


@dataclass(frozen=True)
class Part:
    """A part of a lesson: what stands under one heading of level 2."""

    title: str
    cells: tuple[Any, ...]

    @property
    def tasks(self) -> tuple[Any, ...]:
        """The cells that the student writes in."""
        return tuple(cell for cell in self.cells if is_task(cell))

    @property
    def exercises(self) -> tuple[str, ...]:
        """The ids of the exercises that stand here."""
        return tuple(cell.metadata["nbgrader"]["grade_id"] for cell in self.tasks)


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

    def signature(self, exercise: Exercise) -> str:
        """What the student is to write: the name of the function and its arguments."""
        heads = (_HEAD.search(cell.source) for part in self.parts for cell in part.tasks)
        return next(head[1] for head in heads if head and head[2] == exercise.function)

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
    bare = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    paragraphs = [one for one in bare.split("\n\n") if "?" in one]
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
