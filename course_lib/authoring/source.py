"""The source of a lesson, solutions/NN_topic.py, read into cells that know their lines."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import jupytext

from . import markdown
from .markers import Defect, Region, find_region

SOURCE_NAME = re.compile(r"\d\d_[a-z0-9_]+")

_CELL_MARK = re.compile(r"# %%(?:\s|$)")
_NEARLY_CELL_MARK = re.compile(r"\s*#\s*%%")


class AuthoringError(Exception):
    """A lesson that cannot be built. The message is written for the author, without traceback."""


class Graded(Protocol):
    """What authoring needs to know of an exercise (course_lib.checking.Exercise has it)."""

    @property
    def id(self) -> str: ...
    @property
    def points(self) -> int: ...
    @property
    def function(self) -> str: ...


@dataclass(frozen=True)
class Problem:
    """One thing to put right, and where."""

    path: Path
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.says}"


@dataclass(frozen=True)
class Cell:
    """One cell: its text, the line of the file where the text begins, and where it belongs."""

    kind: str  # "code" or "markdown"
    text: str
    line: int
    tags: tuple[str, ...]
    section: str  # the level-2 heading above it, "" before the first

    @cached_property
    def _region(self) -> tuple[Region | None, list[Defect]]:
        return find_region(self.text, self.kind)

    @property
    def region(self) -> Region | None:
        return self._region[0]

    @property
    def marker_defects(self) -> list[Defect]:
        return self._region[1]

    @cached_property
    def tree(self) -> ast.Module | None:
        """The code as a syntax tree; None for a markdown cell and for code that is no Python."""
        if self.kind != "code":
            return None
        try:
            return ast.parse(self.text)
        except SyntaxError:
            return None

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """The calls of these names in a code cell, in the order of the text.

        A dotted name counts by its last part: `plots.show(...)` is a call of "show".
        """
        for node in ast.walk(self.tree or ast.Module([], [])):
            if isinstance(node, ast.Call):
                function = node.func
                name = function.attr if isinstance(function, ast.Attribute) else None
                name = function.id if isinstance(function, ast.Name) else name
                if name in names:
                    yield node

    @property
    def solves(self) -> str | None:
        """The id of the exercise that a solution cell answers: its function's name tells it."""
        if self.region is None or self.tree is None:
            return None
        functions = [node for node in self.tree.body if isinstance(node, ast.FunctionDef)]
        return functions[0].name.replace("_", "-") if functions else None

    @property
    def checks(self) -> str | None:
        """The id that a check cell passes to check(...)."""
        return next((first_text(call) for call in self.calls("check") if first_text(call)), None)


def first_text(call: ast.Call) -> str | None:
    """The first argument of a call, if it is a string written out."""
    if call.args and isinstance(call.args[0], ast.Constant):
        value = call.args[0].value
        return value if isinstance(value, str) else None
    return None


@dataclass(frozen=True)
class Lesson:
    """A parsed source. `path` is only a name for messages; nothing is read through it."""

    path: Path
    text: str
    cells: tuple[Cell, ...]

    @property
    def stem(self) -> str:
        return self.path.stem

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(_cell_ids(self.cells))


def read(path: Path) -> Lesson:
    """Read a source file; raises AuthoringError if it is not a text in cells."""
    here = Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    try:
        return parse(path.read_text(encoding="utf-8"), shown)
    except (OSError, UnicodeDecodeError) as error:
        raise AuthoringError(f"{shown}: cannot be read as UTF-8 text ({error})") from None


def parse(text: str, path: Path) -> Lesson:
    """Split a source in the percent format ("# %%" for code, "# %% [markdown]" for text)."""
    notebook = jupytext.reads(text, fmt="py:percent")
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, 2) if _CELL_MARK.match(line)]
    if len(starts) != len(notebook.cells) or not starts or starts[0] != 2:
        for number, line in enumerate(lines, 1):
            if _NEARLY_CELL_MARK.match(line) and not _CELL_MARK.match(line):
                raise AuthoringError(
                    f"{path}:{number}: {line.strip()!r}: a cell begins with exactly '# %%' "
                    "or '# %% [markdown]'"
                )
        raise AuthoringError(
            f"{path}:1: every line belongs to a cell: begin the file with '# %% [markdown]', and "
            "write '# %%' only where a cell begins"
        )
    cells = []
    section = ""
    for start, cell in zip(starts, notebook.cells, strict=True):
        known = {"tags", "lines_to_next_cell"}
        if cell.cell_type not in ("code", "markdown") or set(cell.metadata) - known:
            raise AuthoringError(
                f"{path}:{start - 1}: {lines[start - 2]!r}: allowed are '# %%', "
                "'# %% [markdown]' and '# %% tags=[\"...\"]'"
            )
        if cell.cell_type == "markdown":
            headings = [h for h in markdown.read(cell.source).headings if h.level == 2]
            section = headings[-1].title if headings else section
        tags = tuple(cell.metadata.get("tags", ()))
        cells.append(Cell(cell.cell_type, cell.source, start, tags, section))
    return Lesson(path, text, tuple(cells))


def sources(root: Path) -> list[str]:
    """The lessons of the course, in order: the stems of solutions/NN_topic.py."""
    return sorted(p.stem for p in (root / "solutions").glob("*.py"))


def _cell_ids(cells: Sequence[Cell]) -> Iterator[str]:
    """An id for every cell, from what is in it: inserting a cell renames no other.

    An exercise's cells take their ids first; text takes its heading, the rest a hash.
    """
    fixed = {cell: _exercise_id(cell) for cell in cells}
    taken = {name for name in fixed.values() if name}
    given: set[str] = set()
    for cell in cells:
        name = fixed[cell]
        if name is None or name in given:
            name = _unused(name or _natural_id(cell), taken | given)
        given.add(name)
        yield name


def _exercise_id(cell: Cell) -> str | None:
    if cell.solves:
        return cell.solves
    return f"{cell.checks}-check" if cell.checks else None


def _natural_id(cell: Cell) -> str:
    headings = markdown.read(cell.text).headings if cell.kind == "markdown" else ()
    slug = re.sub(r"[^a-z0-9]+", "-", headings[0].title.lower()).strip("-") if headings else ""
    return slug[:50].strip("-") or hashlib.sha256(cell.text.encode()).hexdigest()[:10]


def _unused(name: str, taken: set[str]) -> str:
    wanted, count = name, 1
    while wanted in taken:
        count += 1
        wanted = f"{name}-{count}"
    return wanted
