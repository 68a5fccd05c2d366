"""What a rule of the lint is given, and what it gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from . import markdown
from .source import Cell, Graded, Lesson


class Finding(NamedTuple):
    line: int
    says: str


@dataclass(frozen=True)
class Context:
    lesson: Lesson
    exercises: Sequence[Graded]
    root: Path

    @property
    def code(self) -> Iterator[Cell]:
        return (cell for cell in self.lesson.cells if cell.kind == "code")

    @property
    def text(self) -> Iterator[tuple[Cell, markdown.Markdown]]:
        cells = self.lesson.cells
        return ((cell, markdown.read(cell.text)) for cell in cells if cell.kind == "markdown")

    @property
    def functions(self) -> set[str]:
        return {exercise.function for exercise in self.exercises}

    def headings(self, level: int) -> list[tuple[int, str]]:
        """The headings of one level, with their lines."""
        return [
            (cell.line + heading.line, heading.title)
            for cell, text in self.text
            for heading in text.headings
            if heading.level == level
        ]
