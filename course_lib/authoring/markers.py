"""Solution regions: the lines between two exact markers, which the student edition does not get.

    ### BEGIN SOLUTION
    ...
    ### END SOLUTION

The markers and the stub that takes their place are nbgrader's (Jupyter et al. 2019), which skips
a marker it does not recognise and so publishes the answer. Here whatever is nearly a marker is
refused.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
ALLOWED = f"exactly '{BEGIN}' and '{END}', each alone on its line, indented with spaces only"

_NEAR = 0.8  # how alike a comment and a marker's words may be; "Solution" alone is .80
_WORDS = ("BEGIN SOLUTION", "END SOLUTION")


class Region(NamedTuple):
    """The lines of one solution, as indices into the cell's lines: both markers included."""

    begin: int
    end: int


class Defect(NamedTuple):
    """Something wrong on a line of a cell (`line` counts from 0 within the cell)."""

    line: int
    says: str


def _exact(line: str) -> str | None:
    bare = line.lstrip(" ")
    return bare if bare in (BEGIN, END) else None


def nearly_marker(line: str) -> bool:
    """True if a line holds something that an author may have meant as a marker."""
    if _exact(line):
        return True
    for comment in re.split(r"#+", line)[1:] or [line]:
        words = re.sub(r"[^A-Z]+", " ", comment.upper()).strip()
        squeezed = words.replace(" ", "")
        if any(SequenceMatcher(None, words, marker).ratio() >= _NEAR for marker in _WORDS):
            return True
        if any(squeezed.startswith(marker.replace(" ", "")) for marker in _WORDS):
            return True
    return False


def find_region(text: str, kind: str) -> tuple[Region | None, list[Defect]]:
    """The solution region of a cell, if it has one, and what is wrong with its markers.

    `kind` is "code" or "markdown"; a markdown cell may not hold a marker at all.
    """
    lines = text.split("\n")
    defects = []
    found: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        marker = _exact(line)
        if kind == "markdown":
            # Prose may speak of solutions: only a short line that begins like a marker counts.
            bare = line.strip(" #*-`")
            starts = bare.upper().startswith(("BEGIN", "END")) and len(bare.split()) <= 3
            if marker or (starts and nearly_marker(f"# {bare}")):
                says = f"{line.strip()!r} in a markdown cell: a solution stands in a code cell"
                defects.append(Defect(number, says))
        elif marker:
            found.append((number, marker))
        elif "#" in line and nearly_marker(line):
            says = f"{line.strip()!r} looks like a solution marker; allowed is {ALLOWED}"
            defects.append(Defect(number, says))

    open_at: int | None = None
    regions = []
    for number, marker in found:
        if marker == BEGIN and open_at is not None:
            says = f"'{BEGIN}' inside the region that line {open_at + 1} of the cell opens"
            defects.append(Defect(number, says + "; close that one first"))
        elif marker == BEGIN:
            open_at = number
        elif open_at is None:
            defects.append(Defect(number, f"'{END}' without a '{BEGIN}' above it in this cell"))
        else:
            regions.append(Region(open_at, number))
            open_at = None
    if open_at is not None:
        defects.append(Defect(open_at, f"'{BEGIN}' without an '{END}' below it in this cell"))
    for region in regions[1:]:
        says = "a second solution region in one cell; give it a cell of its own"
        defects.append(Defect(region.begin, says))
    for region in regions:
        if _indent(lines[region.begin]) != _indent(lines[region.end]):
            says = f"'{END}' is indented otherwise than its '{BEGIN}'; indent both alike"
            defects.append(Defect(region.end, says))
        if not "".join(lines[region.begin + 1 : region.end]).strip():
            defects.append(Defect(region.begin, "an empty solution region; put the answer in it"))
    return (regions[0] if regions else None), defects


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def strip_solution(text: str, region: Region) -> str:
    """The cell as the student gets it: the region replaced by the stub, at its indentation."""
    lines = text.split("\n")
    indent = " " * _indent(lines[region.begin])
    stub = [indent + line for line in STUB]
    return "\n".join([*lines[: region.begin], *stub, *lines[region.end + 1 :]])
