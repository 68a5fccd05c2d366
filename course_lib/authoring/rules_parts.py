"""Rules on the parts of a lesson: what must be there, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .rules import Context, Finding
from .source import SOURCE_NAME

# The first words of the level-2 headings. Several of a kind are fine, and so are others.
PARTS = (
    "Predict",
    "The idea",
    "The equation",
    "Exercise",
    "Explorer",
    "Experiment",
    "Real data",
    "Spot the bug",
    "When it fails",
    "Summary",
    "Sources",
)
WITH_CODE = ("Exercise", "Explorer", "Experiment", "Real data", "Spot the bug")
# Each of these comes before the next; the others stand where the lesson wants them.
ORDER = ("Predict", "The idea", "The equation", "Exercise", "Summary", "Sources")
PROMISES = ("Do", "Learn", "Need", "Time")


def file_name(context: Context) -> Iterator[Finding]:
    if not SOURCE_NAME.fullmatch(context.lesson.stem):
        yield Finding(1, f"file name {context.lesson.path.name!r}: use NN_topic.py, a-z and _ only")


def title(context: Context) -> Iterator[Finding]:
    titles = context.headings(1)
    first = context.lesson.cells[0]
    if not titles or titles[0][0] != first.line:
        says = "begin the lesson with a '# ' title that says what the reader will be able to do"
        yield Finding(first.line, says)
    for line, words in titles[1:]:
        yield Finding(line, f"a second title, {words!r}; a lesson has one, the rest are '## '")
    for promise in PROMISES:
        if not re.search(rf"(?m)^[\W_]*{promise}\b", first.text):
            says = f"the first cell has no line or table row that begins with {promise!r}"
            yield Finding(first.line, f"{says}; it needs {', '.join(PROMISES)}")


def parts_present(context: Context) -> Iterator[Finding]:
    there = {part_of(words) for _, words in context.headings(2)}
    for part in PARTS:
        if part not in there:
            yield Finding(1, f"no part '## {part}'; a lesson has {', '.join(PARTS)}")


def parts_in_order(context: Context) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for line, words in context.headings(2):
        first.setdefault(part_of(words) or "", line)
    there = [part for part in ORDER if part in first]
    for earlier, later in pairwise(there):
        if first[earlier] > first[later]:
            yield Finding(first[later], f"'## {later}' stands before '## {earlier}'; swap them")


def parts_have_code(context: Context) -> Iterator[Finding]:
    with_code = {cell.section for cell in context.code if cell.text.strip()}
    for line, words in context.headings(2):
        if part_of(words) in WITH_CODE and words not in with_code:
            yield Finding(line, f"'## {words}' has no code cell; the reader should run something")


def one_heading_a_cell(context: Context) -> Iterator[Finding]:
    for cell, text in context.text:
        for heading in text.headings:
            if heading.level == 2 and heading.line > 0:
                line = cell.line + heading.line
                yield Finding(line, f"'## {heading.title}' inside a cell; begin a cell with it")


def part_of(words: str) -> str | None:
    """The part that a heading opens, told by its first words, or None."""
    return next((part for part in PARTS if re.match(rf"{part}\b", words)), None)
