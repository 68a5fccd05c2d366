"""Rules on exercises: one solution cell and one check cell each, nothing given away."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .markers import strip_solution
from .rules import Context, Finding
from .rules_parts import part_of
from .source import Cell, first_text

OWN = ("check", "ready")  # given the id and the reader's own function
ASKS = (*OWN, "hint", "diagnose")
# A line gives nothing away if it is shorter than this, blanks apart, or only a comment or a loop.
SHORT = 12
_PLAIN = re.compile(r"for\w+inrange\(\w+\):|[#\"'].*")


def markers(context: Context) -> Iterator[Finding]:
    for cell in context.lesson.cells:
        for line, says in cell.marker_defects:
            yield Finding(cell.line + line, says)


def solution_cells(context: Context) -> Iterator[Finding]:
    for cell in context.code:
        if cell.region is None or cell.tree is None:
            continue
        names = [node.name for node in cell.tree.body if isinstance(node, ast.FunctionDef)]
        if len(names) != 1 or len(cell.tree.body) != 1:
            says = "a solution cell holds one function and nothing else"
            yield Finding(cell.line, f"{says}; this one defines {', '.join(names) or 'none'}")
            continue
        if names[0] not in context.functions:
            allowed = ", ".join(sorted(context.functions)) or "none"
            yield Finding(cell.line, f"{names[0]}: no exercise has this function; {allowed} have")
        try:
            ast.parse(strip_solution(cell.text, cell.region))
        except SyntaxError:
            says = "what is left without the solution is not Python; move the markers"
            yield Finding(cell.line + cell.region.begin, says)


def every_exercise_once(context: Context) -> Iterator[Finding]:
    cells = context.lesson.cells
    solved = [cell for cell in cells if cell.solves]
    for exercise in context.exercises:
        solutions = [cell for cell in solved if cell.solves == exercise.id]
        checks = [
            (cell, call)
            for cell in cells
            for call in cell.calls("check")
            if first_text(call) == exercise.id
        ]
        if not solutions:
            yield Finding(1, f"exercise {exercise.id!r} is declared, but no cell solves it")
        for cell in solutions[1:]:
            yield Finding(cell.line, f"a second solution cell for {exercise.id!r}; keep one")
        if not checks:
            says = f"no check cell; add check({exercise.id!r}, {exercise.function})"
            yield Finding(
                solutions[0].line if solutions else 1, f"exercise {exercise.id!r}: {says}"
            )
        for cell, _ in checks[1:]:
            yield Finding(cell.line, f"a second check of {exercise.id!r}; keep one")
        for cell, _ in checks[:1]:
            if solutions and cell.line < solutions[0].line:
                yield Finding(cell.line, f"check of {exercise.id!r} before its solution cell")
    wanted = [exercise.id for exercise in context.exercises]
    order = [cell.solves for cell in solved if cell.solves in wanted]
    if len(order) == len(wanted) and set(order) == set(wanted) and order != wanted:
        says = f"exercises in the order {', '.join(map(str, order))}"
        yield Finding(solved[0].line, f"{says}; they are declared as {', '.join(wanted)}")


def known_ids(context: Context) -> Iterator[Finding]:
    functions = {exercise.id: exercise.function for exercise in context.exercises}
    for cell in context.code:
        for call in cell.calls(*ASKS):
            line = cell.line + call.lineno - 1
            said = ast.unparse(call)
            name = first_text(call)
            if name not in functions:
                known = ", ".join(functions) or "none"
                yield Finding(line, f"{said}: no exercise of this lesson; its ids are {known}")
            elif said.startswith(OWN) and (
                [ast.unparse(argument) for argument in call.args[1:]] != [functions[name]]
            ):
                yield Finding(line, f"{said}: give it ({name!r}, {functions[name]})")
        if sum(1 for _ in cell.calls("check")) > 1:
            yield Finding(cell.line, "two checks in one cell; give each its own")


def points_in_headings(context: Context) -> Iterator[Finding]:
    points = {exercise.id: exercise.points for exercise in context.exercises}
    for cell in context.code:
        if cell.solves not in points:
            continue
        wanted = points[cell.solves]
        unit = "point" if wanted == 1 else "points"
        if part_of(cell.section) != "Exercise" or not cell.section.endswith(f"({wanted} {unit})"):
            says = f"{cell.solves!r} stands under {cell.section!r}"
            form = f"'## Exercise: ... ({wanted} {unit})'"
            yield Finding(cell.line, f"{says}; its heading has the form {form}")


def no_answer_elsewhere(context: Context) -> Iterator[Finding]:
    """A line of a solution may not stand in what the student is given."""
    answers = {}
    for cell in context.lesson.cells:
        if cell.region:
            for line in cell.text.split("\n")[cell.region.begin + 1 : cell.region.end]:
                bare = re.sub(r"\s+", "", line)
                if len(bare) >= SHORT and not _PLAIN.fullmatch(bare):
                    answers[bare] = cell
    for cell in context.lesson.cells:
        for number, line in enumerate(_given(cell)):
            bare = re.sub(r"\s+", "", line)
            for answer, origin in answers.items():
                if answer in bare and origin is not cell:
                    says = f"gives away a line of the solution of {origin.solves!r}"
                    yield Finding(
                        cell.line + number, f"{line.strip()!r} {says}; write it otherwise"
                    )


def _given(cell: Cell) -> list[str]:
    """The lines of a cell that the student gets, the solution blanked so that lines still count."""
    lines = cell.text.split("\n")
    if cell.region:
        begin, end = cell.region
        lines[begin : end + 1] = [""] * (end + 1 - begin)
    return lines
