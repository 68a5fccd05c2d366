"""Rules on code cells: one import cell, short cells, no helpers, figures with words."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .editions import TIMING
from .markers import BEGIN, END
from .outputs import MIN_ALT
from .rules import Context, Finding
from .rules_parts import part_of
from .source import Cell

MAX_LINES = 15  # blank lines and solution markers not counted
MAX_SUBJECT_LINES = 10  # of a function that is itself the subject of an experiment
BUG = "bug"
TAGS = (TIMING, BUG)


def plain_python(context: Context) -> Iterator[Finding]:
    for cell in context.code:
        if cell.tree is None:
            try:
                ast.parse(cell.text)
            except SyntaxError as error:
                line = cell.line + (error.lineno or 1) - 1
                yield Finding(line, f"not plain Python ({error.msg}); no magics, no shell lines")


def one_import_cell(context: Context) -> Iterator[Finding]:
    cells = list(context.code)
    if not cells or not any(_imports(cells[0])):
        line = cells[0].line if cells else 1
        yield Finding(line, "the first code cell is the import cell, and the only one")
    for cell in cells[1:]:
        for node in _imports(cell):
            line = cell.line + node.lineno - 1
            yield Finding(line, f"{ast.unparse(node)!r}: put imports into the first code cell")


def no_shadowing(context: Context) -> Iterator[Finding]:
    for cell in context.code:
        for node in _imports(cell):
            line = cell.line + node.lineno - 1
            for name in node.names:
                bound = name.asname or name.name.split(".")[0]
                if bound == "*":
                    yield Finding(line, f"{ast.unparse(node)!r}: name what you import")
                if bound in context.functions:
                    says = f"imports {bound}, which is the name of an exercise's function"
                    yield Finding(line, f"{says}; import it by another name, or not at all")


def short_cells(context: Context) -> Iterator[Finding]:
    for cell in context.code:
        count = _lines(cell.text)
        if count > MAX_LINES:
            says = f"{count} lines of code in a cell; at most {MAX_LINES}"
            yield Finding(cell.line, f"{says} (blank lines and markers not counted): split it")


def no_helpers(context: Context) -> Iterator[Finding]:
    for cell in context.code:
        subject = BUG in cell.tags or part_of(cell.section) in ("Spot the bug", "Experiment")
        for node in cell.tree.body if cell.tree else ():
            line = cell.line + getattr(node, "lineno", 1) - 1
            if isinstance(node, ast.ClassDef):
                yield Finding(line, f"class {node.name}: put classes into course_lib")
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if cell.region:
                continue
            if node.name in context.functions:
                says = "an exercise's function outside its solution cell; use another name"
                yield Finding(line, f"def {node.name}: {says}")
            elif not subject:
                says = "no helper code in notebooks; put it into course_lib, or tag the cell 'bug'"
                yield Finding(line, f"def {node.name}: {says} if it is itself the subject")
            elif _lines(ast.unparse(node)) > MAX_SUBJECT_LINES:
                says = f"longer than {MAX_SUBJECT_LINES} lines; shorten it, or use course_lib"
                yield Finding(line, f"def {node.name}: {says}")


def figures_through_show(context: Context) -> Iterator[Finding]:
    for cell in context.code:
        for imported in _imports(cell):
            said = ast.unparse(imported)
            if "pyplot" in said or "pylab" in said:
                line = cell.line + imported.lineno - 1
                yield Finding(line, f"{said!r}: draw with course_lib.plots, not with pyplot")
        for node in ast.walk(cell.tree or ast.Module([], [])):
            if isinstance(node, ast.Name) and node.id == "plt":
                line = cell.line + node.lineno - 1
                yield Finding(line, "plt: draw with course_lib.plots and show(fig, alt=...)")
        for call in cell.calls("show"):
            alt = next((k.value for k in call.keywords if k.arg == "alt"), None)
            if alt is None or _literal_length(alt) < MIN_ALT:
                line = cell.line + call.lineno - 1
                says = "give the picture in words, written here, of at least"
                yield Finding(line, f"show without alt=...: {says} {MIN_ALT} letters")


def known_tags(context: Context) -> Iterator[Finding]:
    for cell in context.lesson.cells:
        for tag in cell.tags:
            if tag not in TAGS:
                yield Finding(cell.line - 1, f"tag {tag!r}; allowed are {', '.join(TAGS)}")


def _imports(cell: Cell) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.walk(cell.tree or ast.Module([], [])):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def _lines(text: str) -> int:
    return sum(1 for line in text.split("\n") if line.strip() not in ("", BEGIN, END))


def _literal_length(node: ast.expr) -> int:
    """How many characters of a text are written out: all of a string, the fixed part of an f''."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return len(node.value.strip())
    if isinstance(node, ast.JoinedStr):
        return sum(_literal_length(value) for value in node.values)
    return 0
