"""A lesson cut into slides: cells for nbconvert, none of which holds an answer.

A heading of level 2 begins a slide. A picture ends one, which holds a line or two above it at most,
and not the code that drew it; an exercise ends one too. Code is shown where it prints something,
where it is an exercise, and where it is a bug to spot. The cards of checks, hints, guesses and
revelations are left out, and so is what a question folds away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_lib.teaching.lesson import Lesson, is_task
from course_lib.teaching.markup import plain

FULL = 17.5  # lines of text on a slide
BESIDE = 5.6  # such lines that leave room for a picture below them
TITLE = 2.2  # the heading of a slide, in such lines
_WIDE = 76  # characters in a line of text
_CODE = 0.66  # the height of a line of code
_FOLDED = re.compile(r"<details>\s*<summary>(.*?)</summary>.*?</details>\n?", re.DOTALL)
_FENCE = re.compile(r"^(```|\$\$)")


@dataclass
class Slide:
    """Cells that are shown at once, and the title of the part that they belong to."""

    title: str
    cells: list[Any] = field(default_factory=list)
    lines: float = 0.0
    begins: bool = False  # it begins with the heading of its part


def slides(lesson: Lesson) -> list[Slide]:
    """The slides of a lesson, in order; the first is the table of what it promises."""
    made = [Slide(lesson.title)]

    def put(cell: Any, lines: float, room: float = FULL, last: bool = False) -> None:
        slide = made[-1]
        if slide.cells and slide.lines + lines > room:
            made.append(slide := Slide(slide.title))
        slide.cells.append(cell)
        slide.lines = FULL if last else slide.lines + lines

    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            for block in blocks(_FOLDED.sub(r"> **\1**\n", cell.source)):
                if block.startswith("## "):
                    made.append(Slide(block.removeprefix("## "), begins=True))
                    put(new_markdown_cell(block), TITLE)
                else:
                    put(new_markdown_cell(block), text_lines(block))
        else:
            pictures, printed = sort_outputs(cell)
            # A task and what is printed stay with what stands above them, even if the slide is a
            # little too full then: the page sets it smaller.
            if shows_code(cell, bool(printed), bool(pictures)):
                task = is_task(cell)
                room = FULL + 2 if task else FULL
                put(new_code_cell(cell.source), code_lines(cell.source), room, last=task)
            if printed:
                shown = new_output("stream", name="stdout", text=printed)
                put(new_code_cell(outputs=[shown]), code_lines(printed), room=FULL + 2)
            for picture in pictures:
                put(new_code_cell(outputs=[picture]), 0, room=BESIDE, last=True)
    return [slide for slide in made if not _is_bare(slide)]


def _is_bare(slide: Slide) -> bool:
    """A heading with nothing left under it, such as that of a part which is all cards."""
    return slide.begins and len(slide.cells) == 1


def sort_outputs(cell: Any) -> tuple[list[Any], str]:
    """The pictures of a cell, and what it prints; cards, which are HTML alone, are neither."""
    pictures, printed = [], ""
    for output in cell.outputs:
        if output.output_type == "stream":
            printed += output.text
        elif "image/png" in output.data:
            alt = output.metadata.get("image/png", {})
            data = {"image/png": output.data["image/png"]}
            pictures.append(new_output("display_data", data=data, metadata={"image/png": alt}))
        elif "text/html" not in output.data:
            printed += output.data["text/plain"] + "\n"
    return pictures, printed


def shows_code(cell: Any, prints: bool, draws: bool) -> bool:
    bug = "bug" in cell.metadata.get("tags", ())
    return is_task(cell) or bug or (prints and not draws)


def blocks(text: str) -> Iterator[str]:
    """The paragraphs, tables, lists, displays and fences of a Markdown text."""
    block: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence and not line.rstrip().endswith("$$", 2):
            fence = mark[1]
        elif fence and line.rstrip().endswith(fence):
            fence = ""
        if line.strip() or fence:
            block.append(line)
        elif block:
            yield "\n".join(block)
            block = []
        if line.startswith("## "):
            yield "\n".join(block)
            block = []
    if block:
        yield "\n".join(block)


def text_lines(block: str) -> float:
    """About how many lines of text a block of Markdown takes on a slide."""
    rows = block.split("\n")
    if block.startswith("```"):
        return code_lines(block)
    if block.startswith("|"):
        return sum(1.35 * ceil(len(row) / _WIDE) for row in rows)
    if block.startswith(">"):
        return 0  # a question stays with what it asks about
    if block.startswith("$$"):
        return 2.6 + 1.4 * block.count("\\\\")
    if re.match(r"[-*] |\d+\. ", block):
        return sum(ceil(len(item) / _WIDE) for item in _items(rows)) + 0.6
    return ceil(len(block) / _WIDE) + 0.6


def _items(rows: list[str]) -> list[str]:
    items: list[str] = []
    for row in rows:
        if items and row.startswith(" "):
            items[-1] += row
        else:
            items.append(row)
    return items


def code_lines(text: str) -> float:
    return _CODE * (text.rstrip("\n").count("\n") + 1) + 1.0


def notebook(lesson: Lesson) -> Any:
    """The slides as a notebook in nbconvert's terms: slides, and subslides that go on."""
    cells: list[Any] = []
    for slide in slides(lesson):
        kind = "slide" if slide.begins else "subslide"
        head = {} if slide.begins or not cells else {"data": {"title": plain(slide.title)}}
        slide.cells[0].metadata["slideshow"] = {"slide_type": kind, **head}
        cells += slide.cells
    title = f"{lesson.stem[:2]} {plain(lesson.title)}"
    return new_notebook(cells=cells, metadata={"title": title})
